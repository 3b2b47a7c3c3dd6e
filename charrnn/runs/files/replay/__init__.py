"""The history of a run, to be played: in a dialog of the dashboard, and in a page that is a file.

data     what is played: curves, samples, what of them is copied
page     a run as one HTML file that opens offline (page.css)
assets   the scripts and the style sheet that both use: player.js, replay.js, replay.css
"""

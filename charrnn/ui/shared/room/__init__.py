"""What a room adds to every page, for its presenter and for the people in it.

presence    which room the visitor is in, and in what part
recent      values that many pages share for a moment
following   starts, runs that begin together, and what the presenter looks at reach the page
starts      a start from the settings on the page, or an experiment, and back
questions   what everybody is asked to guess
strip       the line at the top of every page
changes     what the browsers of people in a room ask for now and then (watch.js)
countdown   3, 2, 1, drawn by the browser
"""

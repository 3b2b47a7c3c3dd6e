"""The page /room: a workshop, for its presenter with a projector and for the people in it.

page             the page: joining and opening a room, or the room that the visitor is in
join             joining with a code and a nickname, and opening a room
code_guesses     slows down guessing codes
qr_code          the link to a room as a QR code
presenter_panel  the sidebar: the start, starting everybody, people, the end
people_dialog    renaming and removing people
views            the views of the wall, and the live part of the page
tiles            the view "Tiles": one tile per person (tiles.js)
curves           the view "Curves": all curves against the baselines
question_view    the view "Guess": a question, and a histogram of the guesses
challenge_view   the view "Challenge": whose network predicts best within a budget
moments_view     the view "Moments": samples and curves that the presenter has kept
saved_wall       the wall as an HTML file and as a CSV file
"""

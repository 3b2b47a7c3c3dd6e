"""Beat the network: thirty held-out characters, guessed by a person and by the network.

panel    the game on a page, and its result (beat.js, beat.css)
passage  the characters of one game, and what the network bets on each
score    what the guesses say about the person and about the network
"""

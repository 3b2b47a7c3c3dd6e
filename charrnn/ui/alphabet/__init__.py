"""The page /alphabet: what the network sees of a text, and what it has made of it.

page puts the panels one under the other: characters (with tidy), one_hot, windows, why, learned.
following redraws the last two while a run trains.
reading is what they read; charts and cells turn it into something to draw.
"""

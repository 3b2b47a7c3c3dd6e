"""The mathematics of a character-level RNN, on NumPy alone.

Read it in this order: corpus (text to numbers), parameters (what is learned), model (forward,
loss, backward), adagrad (the update), sampling (writing), training (all of it, step by step),
then landmarks and evaluation (what a loss means). What looks inside comes last: alphabet and
cleanup (the characters of a text), columns and surprise (what a network made of them), copying
(what of its writing is not its own). No file, clock, print, thread or global random state:
whoever calls owns the loop and passes the seed.
"""

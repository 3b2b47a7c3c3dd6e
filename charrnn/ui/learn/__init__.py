"""The page /learn: ten questions about the network, each answered by an experiment.

page         the page: all questions, or one of them; below them two games
card         what a card consists of: its question, a guess, the runs, a picture, a verdict
cards/       the ten cards, one module each
all_cards    their order
result       the results of an experiment's runs so far
experiment_runs    finding, resuming and deleting these runs; shared/experiments.py starts them
card_view    one card: the guess, the progress, the guess beside what happened
curves       the charts: the loss of these runs, other lines, and shares as bars
specs        what these charts look like
brackets     which brackets a network closes, for two of the cards
texts        which text an experiment reads
pictures     samples side by side, a mark in a sample, characters colored by what they cost
"""

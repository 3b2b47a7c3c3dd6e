"""What can be said about a text, a network and a sample.

Of a text: character_info (the names, kinds and counts of its characters), cleanup (a text with
fewer characters) and baselines (how well counting predicts it, to compare a loss with). Of a
network: embeddings (which characters it treats alike), surprisal (which characters it predicts
well) and brackets (whether it closes them). Of a run: overfitting (whether its held-out loss has
risen again) and counting (when it overtakes n-grams). Of a sample: overlap (what is copied from the
training text, and what is invented; matches, window_index and words find it). Of a person:
guessing_game (how well they predict a text).

Inside a network: reading (its activations while it reads), unit_tracking (what single units go
along with), holding (what changes if a unit is held at a value), one_step (all that one training
iteration computes), gradient_check (numerical against analytic gradients), window_losses (what
characters cost by their place in the window), gradient_flow (how far
back it remembers) and spectrum (whether Whh lets what it carries grow or fade).
"""

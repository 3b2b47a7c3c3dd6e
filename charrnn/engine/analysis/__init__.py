"""What can be said about a text, a network and a sample.

Of a text:

    character_info   the names, kinds and counts of its characters
    cleanup          a text with fewer characters
    baselines        how well counting predicts it, to compare a loss with

Of a network:

    embeddings       which characters it treats alike
    surprisal        which characters it predicts well
    brackets         whether it closes them
    gradient_flow    how far back it remembers
    spectrum         whether Whh makes what it carries grow or fade
    window_losses    what characters cost by their place in the window

Inside a network, step by step:

    reading          its activations while it reads
    unit_tracking    what single units go along with
    holding          what changes if a unit is held at a value
    one_step         everything that one training iteration computes
    gradient_check   numerical against analytic gradients

Of a run:

    overfitting      whether its held-out loss has risen again
    counting         when it overtakes n-grams

Of a sample:

    overlap          what is copied from the training text, and what is invented
    matches          finds the copied parts, with the index in window_index
    window_index     all windows of a text, to look up those of a sample
    words            finds the words, in any script that separates them

Of a person:

    guessing_game    how well they predict a text
"""

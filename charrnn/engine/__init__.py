"""The mathematics of a character-level RNN, in NumPy alone.

Read it in this order:

    textbook         the network as it is usually taught, one character at a time
    vocabulary       characters become ids, and ids characters
    corpus           a text in parallel streams, windows, and the held-out part
    initial_weights  the numbers that the weights start with
    parameters       the weights that are learned, in one vector
    arrays           what makes NumPy fast here
    window           the buffers of one window of text
    model            forward and backward: the textbook, arranged for the processor
    optimizers/      from gradients to new weights
    gauges           how well a step went: clipping, saturation, size of the update
    sampling         how the network writes
    training         all of it, one step at a time
    stretches        reading parts of a text as if everything before had been read
    ngrams           predicting by counting, to compare the network with
    ngram_writer     writing by counting
    evaluation       how well the network predicts held-out text
    analysis/        what can be said about a text, a network and a sample

The engine touches no file, clock, screen, thread or global random state: the caller owns the loop
and passes in the seed.
"""

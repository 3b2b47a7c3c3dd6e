"""Which settings learn a text fastest: a few are tried for a few seconds each.

    candidates   the settings that are tried
    trial        one of them: a network trained for a few CPU seconds, scored on held-out text
    process      a trial in a process of its own
    search       all trials of a text, run while cores are free, and their results so far
    ranking      the trials from best to worst, and whether the best beats the current settings

Nothing of this is in the store: a search takes less than a minute, and ends with its server.
"""

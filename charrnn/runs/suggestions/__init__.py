"""Which settings learn a text fastest: a few of them tried for a few seconds each.

    candidates   the settings that are tried
    trial        one of them: a network trained for so much CPU time, measured on held-out text
    process      a trial in a process of its own
    sweep        all trials of a text, as far as cores are free, and their results so far
    ranking      what the results come to: the best settings, in a sentence

Nothing of this is in the store: a sweep takes less than a minute, and ends with its server.
"""

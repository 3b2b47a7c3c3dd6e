"""The commands of python -m charrnn.

    train, suggest, sample, export_run,             a command each: its options and its function
    import_run, prune
    training_loop                                   training, printing and saving at the terminal
    training_session                                local training, without a store
    text_file                                       reading a text, in any encoding
    local_store                                     the store that the dashboard here uses
    terminal                                        output, errors, signals and number options

A command imports what it needs when it is called, so that it does not wait for the packages of
another, and so that --help is quick.
"""

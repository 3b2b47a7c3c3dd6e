"""charrnn: watch a small recurrent network learn to write, one character at a time.

Imports go down only.

    dashboard.py       the entry point of the dashboard
    charrnn/ui         the pages: panels, charts, dialogs
    charrnn/runs       settings, texts, the store, run files, worker processes
    charrnn/engine     the mathematics, on NumPy alone; begin reading here

charrnn/commands, beside ui, is the command line: python -m charrnn.
"""

"""charrnn: watch a small recurrent network learn to write, one character at a time.

Three floors; imports go down only.

    dashboard.py     the door
    charrnn/ui       what is seen: pages, panels, charts
    charrnn/runs     what lasts: settings, texts, the database, worker processes
    charrnn/engine   the mathematics, on NumPy alone; begin reading here

python -m charrnn is the same on the command line: charrnn/commands, beside the pages.
"""

"""What all charts share.

specs: units, axes and the parts of a Vega-Lite specification. options: the controls that choose
the unit and the horizontal axis. tables: the data behind a chart as a table and as a CSV file.
"""

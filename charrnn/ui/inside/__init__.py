"""The page /inside: look into the network while it learns.

page                the page: a run, a snapshot and one of the views
live                refreshes the view while the run trains
passage             what the network reads: the text, a typed line, or what it writes
components          the pictures that a browser draws by itself, each from one message
network_panel       the view "The network": reading, character by character
step_panel          the view "One step": one training iteration, stage by stage
step_notes          what its switches change, in words
training_state      what the next iteration of a run begins with
units_panel         the view "Units": the text colored by a unit, and what units track
memory_panel        the view "Memory": gradients over distance and the spectrum of Whh
memory_chart        the charts of it
hold_panel          the view "Hold a unit": the same sample while units are held at a value
surprisal_panel     the view "Surprisal": bits per character, before and after
gauges_panel        the view "Gauges": what the worker measures, over iterations
gauges_chart        the charts of it
check_panel         the view "Gradient check"
pictures            colored texts, rankings and heat maps, for several views
"""

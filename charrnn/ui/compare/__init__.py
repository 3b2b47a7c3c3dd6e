"""The page /compare: runs side by side, and the shelf they come from.

page puts it together; shelf is the list at the side, curves the chart, samples what they wrote
at one moment, table their settings and figures. subject is one run as it is compared.
"""

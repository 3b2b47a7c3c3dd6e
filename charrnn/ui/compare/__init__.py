"""The page /compare: several runs side by side.

page.py         the page: heading, legend, chart, samples, table
run_list.py     the visitor's runs in the sidebar
checkbox.py     the checkbox of a run in that list
import_run.py   importing a saved run, below the list
compared_run.py one of the compared runs, with everything the page shows of it
curves_chart.py the chart of their losses
line_style.py   the color and the dashes of each
ranking.py      who has the lowest loss, and whether that may be chance
samples.py      their samples at the same iteration or second
table.py        their settings and results
"""

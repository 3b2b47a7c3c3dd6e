"""The Train page, at /: choose a text and settings, train a network, watch it learn.

page.py            the page: the sidebar, the controls, the live part
text_panel.py      sidebar, step 1: the text
text_encoding.py   the encoding of an uploaded text
settings_panel.py  sidebar, step 2: the settings
recipe_choice.py   the recipe, at the top of it
suggestions_panel.py   settings tried on the text, and one click that takes the best
suggestions_chart.py   their chart
copy_link.py       copying a link to the settings (copy_link.js)
number_field.py    a number to type, with a slider
controls.py        the buttons Train, Pause, Resume, Step, Reset
next_steps.py      what to do after a run has ended; next_steps_panel.py draws it
advice.py          what would help a run that trains; advice_panel.py draws it
live.py            the live part and how often it refreshes
run_view.py        the data of one refresh
announcement.py    the progress, said aloud by a screen reader now and then
progress.py        problems of the run, its progress bar, its figures
counting_panel.py  what counting writes, and when the network overtakes it
rivals.py          who else predicts the held-out text: counting, and the visitor
loss_panel.py      the loss chart with its options
loss_rows.py       its rows
loss_chart.py      its Vega-Lite specification
loss_summary.py    the chart in words
sample_panel.py    the newest sample, and the earlier ones
notebook_panel.py  what the network keeps from the notebook, and what it corrects
"""

"""What more than one page uses.

The run and its text
linked_run        the run in the URL
run_select        choosing one of the visitor's runs
live_run          following a run while it trains
lineage           copies and branches, in words
deleted_runs      undo, and the list of runs that can be restored
run_actions/      what the menu of a run offers
chosen_text       the text that is chosen

Its network
snapshots         a network at one iteration, and what its text consists of
snapshot_slider   which snapshot of a run is shown
samples           a sample with its copied passages marked
replay            a history that plays
gauges            where the gauges of training should be
beat/             guessing held-out characters against a network

The settings
wording           their names, values and differences, in words
settings          those on the page, in step with those of a run
settings_input    what is entered there
settings_link     a link that fills them in
drawn_controls    what the visitor has changed, and what the browser has not heard of yet
learning_rate_hint    rates that are too large for a network

Experiments
experiments       those of the page Learn, and how they are started
guess             a guess, and what happened beside it
challenges        goals within a budget of characters
room/             what a room adds to every page

Every page
quota             a notice of how much a visitor has stored
cluster_notice    a notice while the machines of a cluster cannot train
workspace_link    opening all runs on another device

Building blocks
double_click      ignoring the second click of a double click
charts/           what all charts share
dialogs           dialogs about a run, which stay open
formatting        how durations, lists and perplexities are written
memory_cache      what is kept in memory for the next rerun
"""

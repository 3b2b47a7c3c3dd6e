"""What more than one page uses.

The run and its text: linked_run (the run in the URL), chosen_text (the text that is chosen),
settings (the controls of a run), settings_input (what is entered there), drawn_controls (what the
visitor has changed, and what the browser has not heard of yet), settings_link (a link that fills
them in), learning_rate_hint (rates that are too large for a network), gauges (where the gauges of
training should be), snapshots (a network at one iteration), snapshot_slider (which snapshot of a
run), live_run (following a run while it trains), run_label (a run in a list to choose from),
samples (a sample with its copied passages marked), replay (a history that plays), lineage (copies
and branches, in words), deleted_runs (undo, and restore), challenges (goals within a budget),
experiments (those of the page Learn, and how they are started), guess (a guess, and what happened
beside it), memory_cache (what is kept for the next rerun), quota (how much a visitor has stored),
cluster_notice (whether the machines of a cluster can train), workspace_link (opening all runs on
another device).

Building blocks of a page: dialogs, formatting (durations and lists), charts/ (what all charts
share), run_actions/ (the menu of a run), beat/ (guessing held-out characters against a network),
room/ (what a room adds to every page).
"""

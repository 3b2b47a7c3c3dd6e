"""The Alphabet page: how characters become numbers, and what a network has learned about them.

page                the page, top to bottom
contents            the sections, and the links to them
run_select          which run, or which text, the page shows
characters_panel    panel 1: the table of characters, with counts; charts in character_charts
cleanup_panel       a cleaned-up copy of the text
one_hot_panel       panel 2: one-hot vectors; their HTML is in cells
windows_panel       the windows the network reads
why_one_hot_panel   panel 3: multiplying by a one-hot vector is a lookup
embeddings_panel    panel 4: embeddings and surprisal; charts in embedding_charts
map_player          the embedding map over the snapshots, played (map_player.js)
measurements        what panel 4 computes from a snapshot, cached
live                refreshes panels 3 and 4 while a run trains
"""

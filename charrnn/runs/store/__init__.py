"""The store: the database of texts and runs, through which pages and workers communicate.

All SQL is in this folder. `Store` opens the database and has one part for each kind of content:

    store.py         Store, which has all parts
    corpora.py       store.corpora: the texts, each stored once
    runs.py          store.runs: creating runs, reading them, requesting a desired state
    history.py       store.history: metrics, gauges, evaluations, samples, learning-rate changes
    snapshots.py     store.snapshots: saved training states
    incomplete.py    runs that are written bit by bit, and hidden until they are complete
    leases.py        store.leases: which worker trains a run, and what only that worker writes
    servers.py       store.servers: which servers use the store; the first of them decides
    placement.py     store.placement: what it decides: which runs train, and where
    attempts.py      store.attempts: how often a worker was started for a run without progress
    space.py         store.space: what is free on the disk, and what each visitor takes
    workspace.py     Workspace: one visitor's runs
    quota.py         Quota: how much one visitor may store
    rooms.py         store.rooms: the rooms of workshops, as the people in them use them
    walls.py         store.walls: what the wall of a room shows
    presenter.py     Presenter: what only the presenter of a room may do
    room_records.py  what these three take and return: Room, Start, Member, Tile, Wall ...
    games.py         store.games: what visitors have scored against the networks
    losses.py        two figures that sum up the losses of a run: recent mean, and best
    retention.py     prune(): deletes runs and texts that nobody needs
    records.py       what the store takes and returns: Run, Corpus, History, Progress ...

Underneath:

    url.py              where the store is: CHARRNN_STORE
    database.py         connections and transactions, on SQLite or PostgreSQL
    database_errors.py  database errors as sentences for people
    clock.py            the time in the database, which all machines share
    schema.py           the tables
    migration.py        brings an older store up to date, with the steps in migrations/
"""

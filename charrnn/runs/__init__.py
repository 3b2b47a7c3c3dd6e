"""Everything that outlives a page: settings, texts, the store, run files, and worker processes.

Pages and workers communicate only through the store: a page writes the desired state of a run, and
the run's worker writes the actual state. Nothing here imports Streamlit.

    config.py         RunConfig: the settings of a run, with their limits and meanings
    challenges.py     goals on a text within a budget of characters, and who has met them
    recipes.py        Textbook, Quick, Patient: settings that go well together
    limits.py         Limits: what one server allows, set by environment variables
    memory.py         how much memory training takes
    events.py         the log: one line of JSON for each event
    errors.py         StoreError
    recording.py      the iterations whose losses and gauges are recorded
    prompts.py        how a saved network continues a prompt
    serialization.py  a training state as bytes
    texts/            uploaded texts, and the library of texts to choose from
    store/            the database of texts and runs
    files/            a run as a file: export and import
    workers/          the processes that train, and what starts, queues and replaces them
    suggestions/      which settings learn a text fastest, tried in processes of their own

Imports go down only: suggestions -> workers -> files -> store -> texts.
"""

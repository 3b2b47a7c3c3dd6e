"""What lasts: settings, texts, the database of runs, and the processes that train.

The store is the only meeting place: a page writes what it wants, a worker writes what is.
Nothing here knows Streamlit.
"""

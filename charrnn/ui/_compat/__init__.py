"""The parts of Streamlit, and of its web server, that have no public API yet.

No other module uses their internals, which change without notice: look here first after an upgrade
of Streamlit.

script_runs    which page a script run draws, and where; callbacks, and changes that are not cut off
server         Streamlit's page, messages and connections; what is logged; how Ctrl-C ends it
uploads        the files that are held in memory, and their limit
downloads      the files that pages offer, kept until browsers have fetched them
"""

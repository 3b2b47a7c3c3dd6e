"""The dashboard: everything that uses Streamlit.

pages.py          the script that Streamlit runs: all pages
train/ alphabet/ inside/ compare/ write/ room/ learn/    one page each
shared/           what several pages use
middleware/       what lies between the browser and Streamlit: headers, cookies, uploads
session.py        what the session remembers; the keys of its state
selection.py      selecting a page, a run, a text, in step with the URL
workspace_key.py  who owns which runs: the key in the cookie (cookie.js)
client_address.py     which address a visitor comes from, as a keyed hash
comparison.py     which runs are compared
navigation.py     going from page to page
services.py       the store and the supervisor, shared by all sessions
refresh.py        how often live pages refresh when there are many
errors.py         errors as sentences on the page
markdown.py       escaping text for elements that interpret Markdown
accessibility.py  what the page needs for keyboards and screen readers beyond Streamlit
keys.py           keys for a presenter: Space, the arrows, ? for the list (keys.js)
direction.py      text from right to left within sentences
style.py          colors and style sheet, and the theme, dark or light (theme.js)
_compat/          Streamlit's internals
"""

"""What lies between the browser and Streamlit: dashboard.py puts it around the app.

response_headers      what a browser lets a page do
html_page             adds a script and the style sheet to the HTML page
browser_history       that script: which changes of the URL the Back button undoes
workspace_cookie      how a browser keeps the key of its workspace
uploads               how much uploaded files may take in memory
client_messages       what a browser may ask of the server
"""

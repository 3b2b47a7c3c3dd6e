"""The commands of python -m charrnn, a module each; what they share is in terminal.py.

What they need is loaded where it is needed: a command should not wait for another's packages.
"""

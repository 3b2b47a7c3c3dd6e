"""The page /write: a network at one moment, with a prompt, a temperature and dice of one's own.

page puts it together; bench lets the network write; clickable is the text whose characters can
be clicked, and the odds that can be picked.
"""

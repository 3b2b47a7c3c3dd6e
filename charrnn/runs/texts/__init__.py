"""The texts that networks learn from, wherever they come from.

decoding       bytes or a pasted string to clean text, or a reason why not; begin here
file_types     files that are not text, recognized by their signature
unicode        UTF-8, UTF-16, and text with a byte order mark
encodings      the encodings that can be chosen, and their names
code_pages     the encodings from before Unicode
letters        which letters languages use, and how often
plausibility   whether decoded bytes make sense as text
library        the texts that come with the program
names          the names of texts and runs, cut to one visible line
printable      text made safe for a terminal
"""

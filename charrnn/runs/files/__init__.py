"""A run as one file, to keep or to move between stores.

archive       SavedRun, and the bytes of its file; begin here
header        the header of the file: what the tensors mean
checksum      the checksum over every byte of the file
history       losses, samples and the rest of a run's history as arrays
validation    which names, shapes and values a file may contain
replay/       a run as one HTML file, to be looked at, and the history that plays in it
transfer      export from a store, import into a workspace, tables for other programs
"""

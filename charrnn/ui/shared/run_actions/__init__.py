"""What a visitor can do with a run besides training it.

menu            the menu that offers these actions
duplicate       a copy of a run with other settings
rules           which rules the copy breaks
sweep           a copy for every combination of a few values
copies          what those two share: values, limits, estimate
branch          a new run from a snapshot
rename, save, share    one dialog each
"""

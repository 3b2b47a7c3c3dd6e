"""The workspace keys of a presenter and of three people in a room."""

PRESENTER, ADA, BEN, CLEO = "p" * 32, "a" * 32, "b" * 32, "c" * 32

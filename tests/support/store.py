"""The workspace key and the text that tests use, and the settings of a small network."""

from charrnn.runs.config import RunConfig

WORKSPACE = "w" * 32
TEXT = "the cat sat on the mat and the dog sat on the log\n" * 60
SMALL = RunConfig(hidden_size=8, iterations=1000, sample_interval=100, sample_length=40)

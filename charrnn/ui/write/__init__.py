"""The page /write: sample from a trained network and see the probabilities behind each character.

page.py           the page: the sample, its probabilities, the same seed at five temperatures
network.py        choosing the network: a run and one of its snapshots
controls.py       prompt, temperature, length and random seed
link.py           the URL parameters of a sample
drafts.py         samples in blocks: long ones appear bit by bit, and nothing is written twice
writer.py         a snapshot with a prompt: writes samples, returns probabilities
clickable_text.py two components: the sample and the list of probabilities, both clickable
"""

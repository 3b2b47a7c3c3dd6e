"""The ten cards of the page Learn, in the order in which they are shown.

start_of_loss     Why does the loss start at T·ln V, and what is the smooth loss?
good_loss         What loss is good?
spikes            Why does the loss go up and down?
initial_weights   Why start with weights near 0.01?
hidden_state      Why carry the hidden state?
through_time      Why `dh + dhnext`?
seq_length        Does seq_length limit what the network can learn?
clipping          Why clip the gradients?
sampling          Why sample, and not take the most likely character?
copying           Does it understand, or copy?
"""

"""The cards of the page, in their order."""

from charrnn.ui.learn.cards import (
    clipping,
    copying,
    good_loss,
    hidden_state,
    initial_weights,
    sampling,
    seq_length,
    spikes,
    start_of_loss,
    through_time,
)

MODULES = (
    *(start_of_loss, good_loss, spikes, initial_weights, hidden_state),
    *(through_time, seq_length, clipping, sampling, copying),
)
CARDS = {module.CARD.key: module.CARD for module in MODULES}

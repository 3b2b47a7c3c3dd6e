"""The cards of the page, in their order."""

from charrnn.ui.learn.cards import (
    good_loss,
    hidden_state,
    initial_weights,
    seq_length,
    through_time,
)

CARDS = {
    module.CARD.key: module.CARD
    for module in (good_loss, initial_weights, hidden_state, through_time, seq_length)
}

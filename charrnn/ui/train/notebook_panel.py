"""What the training keeps from the notebook, and what it corrects. Also in the README."""

import streamlit as st

TITLE = "What it keeps from the notebook, and what it corrects"

KEPT = (
    "One-hot characters, initial weights of 0.01·N(0, 1), the cross-entropy summed over a window, "
    "full backpropagation through time, every gradient clipped to ±5, Adagrad, the smooth loss "
    "that moves by a thousandth, and the hidden state that is carried from window to window and "
    "reset when the text wraps."
)
CORRECTED = (
    "`Why`, the weights from the hidden state to the output, is vocabulary × hidden. In the "
    "notebook it is vocabulary × vocabulary, which only works when the two sizes are equal.",
    "The vocabulary is sorted. The notebook takes the order of a `set`, which changes with every "
    "start, so that the same seed writes something else each time.",
    "The first window is shown with its own ids. The notebook prints the characters with the ids 0 "
    "to 24 instead.",
    "A sample continues the text: it starts from the character that comes next. The notebook has "
    "just read a window, and feeds the window's first character again.",
    "`exp` cannot overflow, since the largest score is subtracted first.",
    "When training diverges, the run stops and says so. The notebook goes on with a loss of `nan`.",
)
ADDED = (
    "Losses are also shown in bits per character, so that runs with different `seq_length` can be "
    "compared."
)


def draw() -> None:
    """Draw the expander."""
    with st.expander(TITLE, icon=":material/menu_book:"):
        st.markdown(
            f"**Kept.** {KEPT}\n\n**Corrected.**\n\n"
            + "".join(f"- {sentence}\n" for sentence in CORRECTED)
            + f"\n**Added.** {ADDED}"
        )

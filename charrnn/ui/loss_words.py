"""The chart of the loss as a sentence: for those who do not see it, and for those who do."""

from charrnn.ui.charts import LANDMARK_NAMES, LN_2, Interpolation
from charrnn.ui.snapshot import Snapshot

BY_HEART = 1.0  # bits per character, at least, between a text learned by heart and any other


def loss_in_words(snapshot: Snapshot) -> str:
    """The chart as a sentence or two: what somebody who cannot see it should know."""
    guess = snapshot.corpus.landmarks.uniform
    if snapshot.iteration == 0:
        return (
            f"Before the first update the network guesses: {guess:.2f} bits per character, "
            f"like choosing among {2**guess:.0f} characters."
        )
    if guess == 0:
        return "Every character of this text is the same: there is nothing to guess."
    passed = [
        LANDMARK_NAMES[name]
        for name, bits in snapshot.corpus.landmarks._asdict().items()
        if snapshot.bits < bits
    ]
    better = f", better than {passed[-1]}" if passed else ", no better than guessing yet"
    words = (
        f"After {snapshot.iteration:,} iteration{'s' * (snapshot.iteration > 1)}: "
        f"{snapshot.bits:.2f} bits per character, like choosing among "
        f"{2**snapshot.bits:.1f} characters{better}."
    )
    if snapshot.history.evaluations:
        held_out = snapshot.history.evaluations[-1][1] / LN_2
        words += f" The dashes, on text it never saw: {held_out:.2f}."
        if _is_by_heart(snapshot):
            words += " It is learning its text by heart rather than the language."
    return words


def _is_by_heart(snapshot: Snapshot) -> bool:
    """Whether what it learned is of little use elsewhere, as it was at the newest measurement.

    Only from one to the next may this change: the sentence keeps its length between two ticks.
    """
    n, held_out = snapshot.history.evaluations[-1]
    bits, marks = held_out / LN_2, snapshot.corpus.landmarks
    learned = Interpolation(snapshot.history.metrics).smooth(n) / snapshot.config.seq_length / LN_2
    # A network that has learned next to nothing is above guessing, too, but on every text.
    return bits - learned > BY_HEART or (bits > marks.uniform and learned < marks.unigram)

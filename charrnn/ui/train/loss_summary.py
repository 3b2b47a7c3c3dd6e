"""The loss chart in words: for visitors who cannot see it, and for those who can."""

from charrnn.engine.analysis.overfitting import lowest_before_rise, training_loss_rose
from charrnn.ui.shared.formatting import effective_choices
from charrnn.ui.train.loss_rows import LN_2, Interpolation, draws_held_out_line
from charrnn.ui.train.run_view import RunView

# In the order of the baselines, from the easiest to the hardest to beat.
BASELINES_IN_WORDS = {
    "uniform": "guessing",
    "unigram": "unigrams (how often each character occurs)",
    "bigram": "bigrams (knowing the previous character)",
    "trigram": "trigrams (knowing the last two characters)",
}
MEMORIZING_GAP = 1.0  # bits per character between training and held-out loss


def loss_in_words(view: RunView) -> str:
    """One to three sentences: the loss, the best baseline that it beats, the held-out loss."""
    guessing = view.baselines.uniform
    if view.divergence:
        return view.divergence
    if view.iteration == 0:
        return f"Before the first update the network guesses: {_loss(guessing, digits=0)}."
    if guessing == 0:
        return "Every character of this text is the same: there is nothing to predict."
    beaten = [
        BASELINES_IN_WORDS[name]
        for name, bits in view.baselines._asdict().items()
        if view.bits < bits
    ]
    comparison = f"better than {beaten[-1]}" if beaten else "no better than guessing yet"
    plural = "s" if view.iteration > 1 else ""
    words = f"After {view.iteration:,} iteration{plural}: {_loss(view.bits)}, {comparison}."
    if draws_held_out_line(view):
        words += _held_out(view)
    return words


def _held_out(view: RunView) -> str:
    """The newest held-out loss, and whether it says that the text is being memorized."""
    words = f" On held-out text: {view.evaluations[-1][1] / LN_2:.2f} bits per character."
    lowest = lowest_before_rise(view.evaluations)
    if lowest is not None:
        words += f" Held-out loss was lowest at iteration {lowest:,} and has risen since:"
    if _is_memorizing(view):
        it = " It" if lowest is None else " the network"
        words += f"{it} is memorizing this text rather than learning the language (overfitting)."
    elif lowest is not None and training_loss_rose(view.smooth_losses, lowest):
        words += " so has the training loss, because the learning rate is too high."
    elif lowest is not None:
        words += " the network is starting to memorize this text (overfitting)."
    return words


def _loss(bits: float, *, digits: int = 1) -> str:
    choices = effective_choices(bits, digits=digits)
    noun = "choice" if choices == "1" else "choices"
    return f"{bits:.2f} bits per character, {choices} effective {noun} (perplexity)"


def _is_memorizing(view: RunView) -> bool:
    """Whether the newest held-out loss is so high that what was learned is of little use elsewhere.

    Both losses are taken at that evaluation. So the answer, and with it the length of the caption,
    changes only from one evaluation to the next and not at every refresh.
    """
    n, held_out = view.evaluations[-1]
    held_out_bits, baselines = held_out / LN_2, view.baselines
    bits = Interpolation(view.curve).smooth_loss(n) / view.config.seq_length / LN_2
    # A network that has hardly learned anything may be above guessing, too, but then its training
    # loss is above the unigram baseline.
    worse_than_guessing = held_out_bits > baselines.uniform and bits < baselines.unigram
    return held_out_bits - bits > MEMORIZING_GAP or worse_than_guessing

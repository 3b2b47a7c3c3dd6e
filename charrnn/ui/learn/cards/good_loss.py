"""What loss is good? A bet among the baselines, and where the run arrives."""

from charrnn.runs.config import RunConfig
from charrnn.runs.store.records import Corpus
from charrnn.ui.learn import curves
from charrnn.ui.learn.card import Card, Verdict
from charrnn.ui.learn.result import Result
from charrnn.ui.shared.experiments import Plan
from charrnn.ui.shared.formatting import effective_choices
from charrnn.ui.shared.guess import Choice

CONFIG = RunConfig(hidden_size=64, iterations=80_000)


def _idea(corpus: Corpus) -> str:
    b = corpus.baselines
    return (
        "The **loss** says how surprised the network is by the character that comes next. At 1 bit "
        "per character it is as unsure as somebody who chooses between 2 characters, at 2 bits "
        "among 4, at 3 bits among 8.\n\n"
        "By itself such a number says little. This is what simple counting achieves on the same "
        "text:\n\n"
        f"- **{b.uniform:.2f} bits**: guess among all {len(corpus.vocabulary)} characters\n"
        f"- **{b.unigram:.2f} bits**: know how often each character occurs (*unigrams*)\n"
        f"- **{b.bigram:.2f} bits**: also know which character came before (*bigrams*)\n"
        f"- **{b.trigram:.2f} bits**: know the two characters before (*trigrams*)\n\n"
        f"A network of {CONFIG.hidden_size} hidden units will read about two million characters, "
        "and is measured on the end of the text, which it is never trained on (*held-out text*)."
    )


def _plans(corpus: Corpus) -> list[Plan]:
    return [Plan("", CONFIG.fitted(corpus.characters))]


def _picture(result: Result) -> None:
    curves.draw(
        result,
        baselines=result[""].baselines,
        held_out=True,
        name="text that it is trained on",
        alt="The loss of the network over the characters it has read, and the baselines",
    )


def _verdict(result: Result) -> Verdict:
    bits, b = result[""].held_out_bits, result[""].baselines
    beaten = [name for name in ("unigram", "bigram", "trigram") if bits < getattr(b, name)]
    than = "less than" if bits < b.trigram else "not less than"
    return Verdict(
        beaten[-1] if beaten else "none",
        f"The network ended at **{bits:.2f} bits** per character of held-out text: it is as unsure "
        f"as somebody who chooses among {effective_choices(bits)} characters. That is {than} the "
        f"{b.trigram:.2f} bits of trigrams. A loss is good if it is below what counting achieves "
        "*on the same text*: another text has other baselines.",
    )


CARD = Card(
    key="good-loss",
    question="What loss is good?",
    teaser="Bet on where the network will arrive.",
    title="Good loss",
    idea=_idea,
    guess=Choice(
        "Where will the network arrive?",
        {
            "none": "No better than unigrams, the letter frequencies",
            "unigram": "Better than unigrams, not as good as bigrams",
            "bigram": "Better than bigrams, not as good as trigrams",
            "trigram": "Better than trigrams",
        },
    ),
    plans=_plans,
    picture=_picture,
    verdict=_verdict,
)

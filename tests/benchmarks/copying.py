"""Copied or invented: how long a sample takes to look up, and what would pass for copied by chance.

Looked up are the samples that cost least and most, in an ordinary text and in ones that repeat
themselves. By chance: the last fifth of a text is looked up in the rest of it. What is found was
not copied, so the fewer the better.
"""

import random
import statistics
import sys
import time
from pathlib import Path

from charrnn.engine.copying import MIN_SHORTEST, Source, worth_noticing
from charrnn.engine.corpus import Vocabulary
from charrnn.engine.landmarks import landmarks

STORY = Path(__file__).parents[2] / "data" / "three_stone.txt"
LONG_CHARACTERS = 5_000_000
SAMPLE_CHARACTERS = 200
ROUNDS = 9
TARGET_MS = 200
LENGTHS = (8, 12, 14, 16, 20, 24, 30, 40)


def main(text_file: Path | None = None) -> None:
    story = (text_file or STORY).read_text(encoding="utf-8")
    text = story if text_file else _long_text(story)
    fair = _worth_noticing(text)
    _print_checks("Text", text, fair, _samples(text))
    _print_checks("Text, quotes as short as can be", text, MIN_SHORTEST, _samples(text))
    for name, repeated, sample in _repetitive():
        _print_checks(name, repeated, _worth_noticing(repeated), {"of the same kind": sample})
    _print_chance(story)


def _print_checks(name: str, text: str, shortest: int, samples: dict[str, str]) -> None:
    """Build an index and look each sample up some times."""
    started = time.perf_counter()
    source = Source(text, shortest=shortest)
    seconds = time.perf_counter() - started
    words = sys.getsizeof(source.words) + sum(map(sys.getsizeof, source.words))
    print(f"\n{name}: {len(text):,} characters, quoted from {shortest} on")
    megabytes = (source.hashes.nbytes + words) / 1e6
    print(f"  index built in {seconds:.2f} s, {megabytes:.1f} MB", end="")
    print(f", {words / 1e6:.1f} of it for {len(source.words):,} words")
    for kind, sample in samples.items():
        took = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            copied = source.compare(sample)
            took.append(1000 * (time.perf_counter() - started))
        print(f"  {kind:<27}{statistics.median(took):6.1f} ms, at most {max(took):5.1f}", end="")
        print(f" (target {TARGET_MS})", end="")
        print(f"{copied.share:6.0%} in {len(copied.stretches)} stretches")


def _print_chance(text: str) -> None:
    cut = len(text) * 4 // 5
    known, new = text[:cut], text[cut:][:100_000]
    fair = _worth_noticing(known)
    print("\nA new chapter, looked up in those before: what would pass for copied")
    for shortest in sorted({*LENGTHS, fair}):
        share = Source(known, shortest=shortest).compare(new).share
        chosen = "  <- worth noticing" if shortest == fair else ""
        print(f"  from {shortest:2} characters on {share:6.1%}{chosen}")


def _worth_noticing(text: str) -> int:
    vocabulary = Vocabulary.of(text)
    bits = landmarks(vocabulary.encode(text), len(vocabulary)).trigram
    return worth_noticing(len(text), bits)


def _samples(text: str) -> dict[str, str]:
    """Samples of 200 characters. The end of the text is where a search takes longest."""
    dice = random.Random(0)
    end = text[-10 * SAMPLE_CHARACTERS :]

    def stitched(length: int) -> str:
        starts = (dice.randrange(len(end) - length) for _ in range(SAMPLE_CHARACTERS // length))
        return "".join(end[start : start + length] for start in starts)

    return {
        "invented": "".join(dice.choices(text, k=SAMPLE_CHARACTERS)),
        "one quote from the end": text[-SAMPLE_CHARACTERS:],
        "quotes of 40 from the end": stitched(40),
        "quotes of 20 from the end": stitched(20),
        f"quotes of {MIN_SHORTEST} from the end": stitched(MIN_SHORTEST),
    }


def _repetitive() -> list[tuple[str, str, str]]:
    """(name, text, sample) where nearly every place agrees with the sample for a while."""
    line = "the cat sat on the mat and the dog sat on the log\n"
    nearly = "a" * 38 + "b"
    return [
        ("One character", "a" * LONG_CHARACTERS, "a" * SAMPLE_CHARACTERS),
        ("One line", line * (LONG_CHARACTERS // len(line)), line * 2 + line[::-1] * 2),
        (
            "Nearly one character, the run at the end",
            nearly * (LONG_CHARACTERS // len(nearly)) + "a" * SAMPLE_CHARACTERS,
            ("a" * 41 + "b" * 9) * (SAMPLE_CHARACTERS // 50),
        ),
    ]


def _long_text(story: str) -> str:
    """The words of a story in ever new orders, so that it has no period."""
    dice = random.Random(0)
    words = story.split(" ")
    rounds = range(LONG_CHARACTERS // len(story) + 1)
    return " ".join(" ".join(dice.sample(words, len(words))) for _ in rounds)[:LONG_CHARACTERS]


if __name__ == "__main__":
    main()

"""Copied or invented: how long it takes to look up a sample, and what matches by chance.

Time: the cheapest and the most expensive samples, in an ordinary text and in repetitive ones.
Chance: the last fifth of a text is looked up in the rest of it. What matches there was not copied,
so the less the better.
"""

import random
import statistics
import sys
import time
from pathlib import Path

from charrnn.engine.analysis.baselines import baselines
from charrnn.engine.analysis.overlap import MIN_MATCH_LENGTH, SourceIndex, min_match_length
from charrnn.engine.vocabulary import Vocabulary

STORY = Path(__file__).parents[2] / "data" / "three_stone.txt"
LONG_CHARACTERS = 5_000_000
SAMPLE_CHARACTERS = 200
ROUNDS = 9
TARGET_MS = 200
LENGTHS = (8, 12, 14, 16, 20, 24, 30, 40)


def main(text_file: Path | None = None) -> None:
    story = (text_file or STORY).read_text(encoding="utf-8")
    text = story if text_file else _long_text(story)
    _print_checks("Text", text, _min_length(text), _samples(text))
    _print_checks("Text, shortest matches allowed", text, MIN_MATCH_LENGTH, _samples(text))
    for name, repeated, sample in _repetitive():
        _print_checks(name, repeated, _min_length(repeated), {"of the same kind": sample})
    _print_chance(story)


def _print_checks(name: str, text: str, min_length: int, samples: dict[str, str]) -> None:
    """Build an index and look up each sample ROUNDS times."""
    started = time.perf_counter()
    index = SourceIndex(text, min_length=min_length)
    seconds = time.perf_counter() - started
    words = sys.getsizeof(index.words) + sum(map(sys.getsizeof, index.words))
    print(f"\n{name}: {len(text):,} characters, matches of {min_length} or more")
    megabytes = (index.hashes.nbytes + words) / 1e6
    print(f"  index built in {seconds:.2f} s, {megabytes:.1f} MB", end="")
    print(f", {words / 1e6:.1f} of it for {len(index.words):,} words")
    for kind, sample in samples.items():
        took = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            overlap = index.compare(sample)
            took.append(1000 * (time.perf_counter() - started))
        print(f"  {kind:<27}{statistics.median(took):6.1f} ms, at most {max(took):5.1f}", end="")
        print(f" (target {TARGET_MS})", end="")
        print(f"{overlap.share:6.0%} in {len(overlap.matches)} matches")


def _print_chance(text: str) -> None:
    cut = len(text) * 4 // 5
    known, new = text[:cut], text[cut:][:100_000]
    used = _min_length(known)
    print("\nA new chapter, looked up in those before: what would count as copied")
    for min_length in sorted({*LENGTHS, used}):
        share = SourceIndex(known, min_length=min_length).compare(new).share
        mark = "  <- min_match_length" if min_length == used else ""
        print(f"  from {min_length:2} characters {share:6.1%}{mark}")


def _min_length(text: str) -> int:
    vocabulary = Vocabulary.of(text)
    bits = baselines(vocabulary.encode(text), len(vocabulary)).trigram
    return min_match_length(len(text), bits)


def _samples(text: str) -> dict[str, str]:
    """Samples of 200 characters. A search takes longest for parts from the end of the text."""
    rng = random.Random(0)
    end = text[-10 * SAMPLE_CHARACTERS :]

    def stitched(length: int) -> str:
        starts = (rng.randrange(len(end) - length) for _ in range(SAMPLE_CHARACTERS // length))
        return "".join(end[start : start + length] for start in starts)

    return {
        "invented": "".join(rng.choices(text, k=SAMPLE_CHARACTERS)),
        "one part from the end": text[-SAMPLE_CHARACTERS:],
        "parts of 40 from the end": stitched(40),
        "parts of 20 from the end": stitched(20),
        f"parts of {MIN_MATCH_LENGTH} from the end": stitched(MIN_MATCH_LENGTH),
    }


def _repetitive() -> list[tuple[str, str, str]]:
    """(name, text, sample) where nearly every position agrees with the sample for a while."""
    line = "the cat sat on the mat and the dog sat on the log\n"
    nearly = "a" * 38 + "b"
    return [
        ("One character", "a" * LONG_CHARACTERS, "a" * SAMPLE_CHARACTERS),
        ("One line", line * (LONG_CHARACTERS // len(line)), line * 2 + line[::-1] * 2),
        (
            "Nearly one character, the match at the end",
            nearly * (LONG_CHARACTERS // len(nearly)) + "a" * SAMPLE_CHARACTERS,
            ("a" * 41 + "b" * 9) * (SAMPLE_CHARACTERS // 50),
        ),
    ]


def _long_text(story: str) -> str:
    """The words of a story, shuffled again and again, so that the text has no period."""
    rng = random.Random(0)
    words = story.split(" ")
    rounds = range(LONG_CHARACTERS // len(story) + 1)
    return " ".join(" ".join(rng.sample(words, len(words))) for _ in rounds)[:LONG_CHARACTERS]


if __name__ == "__main__":
    main()

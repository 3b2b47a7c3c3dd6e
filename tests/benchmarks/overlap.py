"""Copied or invented: how long it takes to look up a sample, and what matches by chance.

Time: the cheapest and the most expensive samples, in an ordinary text and in repetitive ones, with
the length of a match that is fair for the text and with the shortest one there is. CPU time, since
the work is bounded, and a busy machine is not its fault.
Chance: the last fifth of a text is looked up in the rest of it. What matches there was not copied,
so the less the better. And what a trigram model writes: it copies nothing by itself.
"""

import random
import statistics
import time
from collections import defaultdict
from pathlib import Path

from charrnn.engine.analysis.baselines import baselines
from charrnn.engine.analysis.overlap import MIN_MATCH_LENGTH, SourceIndex, min_match_length
from charrnn.engine.corpus import training_length
from charrnn.engine.vocabulary import Vocabulary

DATA = Path(__file__).parents[2] / "data"
STORY = DATA / "three_stone.txt"
LONG_CHARACTERS = 25_000_000
SAMPLE_CHARACTERS, LONG_SAMPLE_CHARACTERS = 200, 20_000
ROUNDS = 7
TARGET_MS = 30
LENGTHS = (8, 12, 14, 16, 20, 24, 30, 40)
TRIGRAM_SAMPLES = 100


def main(text_file: Path | None = None) -> None:
    story = (text_file or STORY).read_text(encoding="utf-8")
    text = story if text_file else _long_text(story)
    samples = _samples(text, SAMPLE_CHARACTERS) | _samples(text, LONG_SAMPLE_CHARACTERS)
    fair = _min_length(text)
    if fair:
        _print_checks("Text, fair length", text, fair, samples)
    _print_checks("Text, shortest matches allowed", text, MIN_MATCH_LENGTH, samples)
    del text
    for name, repeated, sample in _repetitive():
        fair = _min_length(repeated)
        if fair:
            _print_checks(f"{name}, fair length", repeated, fair, {"of the same kind": sample})
        else:
            print(f"\n{name}: no verdict in practice, since it repeats itself too much")
        for min_length in (MIN_MATCH_LENGTH, 20):
            _print_checks(name, repeated, min_length, {"of the same kind": sample})
    _print_chance(story)
    for file in [text_file] if text_file else sorted(DATA.glob("*.txt")):
        _print_trigram_writer(file)


def _print_checks(name: str, text: str, min_length: int, samples: dict[str, str]) -> None:
    """Build an index and look up each sample ROUNDS times."""
    started = time.process_time()
    index = SourceIndex(text, min_length=min_length)
    seconds = time.process_time() - started
    words = index.words.nbytes
    print(f"\n{name}: {len(text):,} characters, matches of {min_length} or more")
    megabytes = (index.windows.entries.nbytes + words) / 1e6
    print(f"  index built in {seconds:.2f} s, {megabytes:.1f} MB", end="")
    print(f", {words / 1e6:.1f} of it for {len(index.words):,} words")
    for kind, sample in samples.items():
        took = []
        for _ in range(ROUNDS):
            started = time.process_time()
            overlap = index.compare(sample)
            took.append(1000 * (time.process_time() - started))
        print(f"  {len(sample):>6} {kind:<24}", end="")
        print(f"{statistics.median(took):6.1f} ms, at most {max(took):5.1f}", end="")
        print(f" (target {TARGET_MS})", end="")
        found = overlap.matching
        print(f"{overlap.share:6.0%} in {len(found.parts):,} parts, the longest", end=" ")
        print(f"{'' if found.longest_is_exact else 'at least '}{found.longest_visible:,}")


def _print_chance(text: str) -> None:
    cut = len(text) * 4 // 5
    known, new = text[:cut], text[cut:][:100_000]
    fair = _min_length(known)
    print("\nA new chapter, looked up in those before: what would count as copied")
    for min_length in sorted({*LENGTHS, fair or MIN_MATCH_LENGTH}):
        share = SourceIndex(known, min_length=min_length).compare(new).share
        mark = "  <- min_match_length" if min_length == fair else ""
        print(f"  from {min_length:2} characters {share:6.1%}{mark}")


def _print_trigram_writer(file: Path) -> None:
    """How often what a trigram model writes would be called copied."""
    text = file.read_text(encoding="utf-8")
    fair = _min_length(text)
    print(f"\n{file.name}, samples of {SAMPLE_CHARACTERS} characters by a trigram model: ", end="")
    if fair is None:
        print("no verdict")
        return
    followers = defaultdict(list)
    for i in range(len(text) - 2):
        followers[text[i : i + 2]].append(text[i + 2])
    rng, index, shares = random.Random(0), SourceIndex(text, min_length=fair), []
    for _ in range(TRIGRAM_SAMPLES):
        start = rng.randrange(len(text) - 2)
        sample = text[start : start + 2]
        while len(sample) < SAMPLE_CHARACTERS:
            sample += rng.choice(followers.get(sample[-2:], text))
        shares.append(index.compare(sample).share)
    copied = sum(share > 0 for share in shares)
    print(f"{copied} of {TRIGRAM_SAMPLES} have a match of {fair}, ", end="")
    print(f"{statistics.mean(shares):.1%} is copied on average")


def _min_length(text: str) -> int | None:
    vocabulary = Vocabulary.of(text)
    n_train = training_length(len(text), 0.1)
    bits = baselines(vocabulary.encode(text), len(vocabulary), n_train).trigram
    return min_match_length(len(text), bits)


def _samples(text: str, characters: int) -> dict[str, str]:
    """Samples of so many characters, from the end of the text."""
    rng = random.Random(0)
    end = text[-10 * characters :]

    def stitched(length: int) -> str:
        starts = (rng.randrange(len(end) - length) for _ in range(characters // length))
        return "".join(end[start : start + length] for start in starts)

    samples = {
        "invented": "".join(rng.choices(text, k=characters)),
        "one part": text[-characters:],
        "parts of 40": stitched(40),
        "parts of 20": stitched(20),
        f"parts of {MIN_MATCH_LENGTH}": stitched(MIN_MATCH_LENGTH),
    }
    return {f"{kind} ({characters:,})": sample for kind, sample in samples.items()}


def _repetitive() -> list[tuple[str, str, str]]:
    """(name, text, sample) where nearly every position agrees with the sample for a while."""
    rng = random.Random(0)
    line = "the cat sat on the mat and the dog sat on the log\n"
    nearly = "a" * 38 + "b"
    n = LONG_SAMPLE_CHARACTERS
    return [
        ("Random a and b", _random_ab(rng, LONG_CHARACTERS), _random_ab(rng, n)),
        ("One character", "a" * LONG_CHARACTERS, "a" * n),
        (
            "One line",
            line * (LONG_CHARACTERS // len(line)),
            (line * 2 + line[::-1] * 2) * (n // 4 // len(line)),
        ),
        (
            "Nearly one character",
            nearly * (LONG_CHARACTERS // len(nearly)) + "a" * SAMPLE_CHARACTERS,
            ("a" * 41 + "b" * 9) * (n // 50),
        ),
    ]


def _random_ab(rng: random.Random, length: int) -> str:
    return rng.randbytes(length).translate(bytes(b"ab"[byte & 1] for byte in range(256))).decode()


def _long_text(story: str) -> str:
    """The words of a story, shuffled again and again, so that the text has no period."""
    rng = random.Random(0)
    words = story.split(" ")
    rounds = range(LONG_CHARACTERS // len(story) + 1)
    return " ".join(" ".join(rng.sample(words, len(words))) for _ in rounds)[:LONG_CHARACTERS]


if __name__ == "__main__":
    main()

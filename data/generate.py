"""Generate two of the texts in this folder: arithmetic.txt and brackets.txt.

    python data/generate.py

Everything is drawn from a fixed seed, so the files come out the same every time. All randomness
comes from ``random.Random.random`` alone, whose sequence Python promises to keep.
"""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TypeVar

FOLDER = Path(__file__).resolve().parent

CLOSER = {"(": ")", "[": "]", "{": "}"}

T = TypeVar("T")


def between(rng: Random, low: int, high: int) -> int:
    """A random whole number from low to high, both included."""
    return low + int(rng.random() * (high - low + 1))


def pick(rng: Random, options: Sequence[T]) -> T:
    """One of the options, all equally probable."""
    return options[between(rng, 0, len(options) - 1)]


def arithmetic(seed: int = 1, lines: int = 6000) -> str:
    """Sums such as ``7+5=12``, one on each line.

    Seven lines in ten add two numbers from 0 to 9. There are only a hundred such sums, so each
    occurs about forty times, and a small network can memorize them. Two lines in ten pair a number
    from 0 to 9 with one from 0 to 99, and one in ten adds two numbers from 0 to 99: most of those
    occur once or never, so getting them right takes more than memorizing.
    """
    rng = Random(seed)
    sums = []
    for _ in range(lines):
        kind = rng.random()
        a = between(rng, 0, 9 if kind < 0.9 else 99)
        b = between(rng, 0, 9 if kind < 0.7 else 99)
        if rng.random() < 0.5:
            a, b = b, a
        sums.append(f"{a}+{b}={a + b}\n")
    return "".join(sums)


def filler(rng: Random, length: int) -> str:
    """Letters in a cycle, such as ``deabcdea``: easy to predict, and no hint at any bracket."""
    start = between(rng, 0, 4)
    return "".join("abcde"[(start + i) % 5] for i in range(length))


def group(rng: Random) -> str:
    """A pair such as ``[]`` or, three times in ten, one around another such as ``({})``."""
    opener = pick(rng, "([{")
    inside = ""
    if rng.random() < 0.3:
        inner = pick(rng, "([{")
        inside = inner + CLOSER[inner]
    return opener + inside + CLOSER[opener]


def bracket_line(rng: Random) -> str:
    """An opening bracket, filler, and the closing bracket that matches.

    The filler is 7 to 12, 13 to 24 or 25 to 60 letters long, each a third of the time. One line in
    four has a small group somewhere in it, which closes first. The filler never has fewer than 7
    letters: what a network learns from a match close by carries over to any distance, and then a
    short sequence length would be enough after all.
    """
    opener = pick(rng, "([{")
    shortest, longest = pick(rng, ((7, 12), (13, 24), (25, 60)))
    inside = filler(rng, between(rng, shortest, longest))
    if rng.random() < 0.25:
        cut = between(rng, 0, len(inside))
        inside = inside[:cut] + group(rng) + inside[cut:]
    return opener + inside + CLOSER[opener]


def brackets(seed: int = 2, characters: int = 80_000) -> str:
    """Balanced lines of brackets, until there are at least so many characters."""
    rng = Random(seed)
    lines = []
    length = 0
    while length < characters:
        lines.append(bracket_line(rng) + "\n")
        length += len(lines[-1])
    return "".join(lines)


def main() -> None:
    """Write both files next to this one."""
    for name, text in (("arithmetic.txt", arithmetic()), ("brackets.txt", brackets())):
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"{name}: {len(text):,} characters, {len(set(text))} distinct")


if __name__ == "__main__":
    main()

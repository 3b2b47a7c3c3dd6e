"""Make the two generated texts of this folder again: arithmetic.txt and brackets.txt.

    python data/generate.py

Everything is drawn from a fixed seed, so the same two files come out every time. The random
numbers come from ``random.Random.random`` alone, whose sequence Python promises to keep.
"""

from pathlib import Path
from random import Random

FOLDER = Path(__file__).resolve().parent

CLOSER = {"(": ")", "[": "]", "{": "}"}


def between(rng: Random, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(rng.random() * (high - low + 1))


def pick(rng: Random, options):
    """One of the options, each as likely as the others."""
    return options[between(rng, 0, len(options) - 1)]


def arithmetic(seed: int = 1, lines: int = 6000) -> str:
    """Sums such as ``7+5=12``, one a line.

    Seven lines in ten add two numbers from 0 to 9. There are only a hundred such sums, so each
    comes by about forty times and a small network can learn them by heart. Two lines in ten pair
    a number from 0 to 9 with one from 0 to 99, and one in ten adds two numbers from 0 to 99: most
    of those come once or never, so getting them right takes more than memory.
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


def group(rng: Random, may_nest: bool = True) -> str:
    """A short balanced group such as ``[..]`` or, now and then, ``[.{}]``."""
    opener = pick(rng, "([{")
    inside = "." * between(rng, 0, 2)
    if may_nest and rng.random() < 0.2:
        inside += group(rng, may_nest=False)
    return opener + inside + CLOSER[opener]


def bracket_line(rng: Random) -> str:
    """An opening bracket, a run of dots, and the closing bracket that matches.

    The run is short (1 to 4 dots), medium (5 to 20) or long (21 to 60), each a third of the time.
    One line in three also holds a small group somewhere among the dots, to be closed first. The
    dots are the same whatever the opener was, so only memory can tell which bracket must close.
    """
    opener = pick(rng, "([{")
    low, high = pick(rng, ((1, 4), (5, 20), (21, 60)))
    dots = "." * between(rng, low, high)
    if rng.random() < 1 / 3:
        cut = between(rng, 0, len(dots))
        dots = dots[:cut] + group(rng) + dots[cut:]
    return opener + dots + CLOSER[opener]


def brackets(seed: int = 2, characters: int = 80_000) -> str:
    """Balanced lines of brackets, up to the first line end at or after so many characters."""
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

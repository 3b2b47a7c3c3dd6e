"""A guess before a run: the control for it, and the guess beside what happened.

The page Learn asks one visitor; a room asks everybody in it.
"""

import html
import math
from typing import NamedTuple

import streamlit as st

LARGEST = 1e15  # of the numbers that can be guessed
NEAR = 0.02  # a number this share away from the answer counts as right


class Choice(NamedTuple):
    """A guess among a few answers."""

    prompt: str  # Markdown
    answers: dict[str, str]  # key -> words


class Estimate(NamedTuple):
    """A guess at a number."""

    prompt: str  # Markdown
    unit: str = ""
    low: float = -LARGEST
    high: float = LARGEST


Guess = Choice | Estimate


def control(guess: Guess, *, key: str, label: str | None = None) -> str | None:
    """Draw the control; returns the answer that was chosen, None before that.

    label: in place of the prompt. The answer is the key of a choice, or a number in digits.
    """
    label = f"**{guess.prompt}**" if label is None else label
    if isinstance(guess, Choice):
        st.radio(
            label, list(guess.answers), index=None, format_func=guess.answers.__getitem__, key=key
        )
    else:
        low, high = guess.low, guess.high
        st.number_input(
            label, low, high, None, key=key, width=320, format="%g", placeholder="a number"
        )
    return answer_in(guess, key)


def answer_in(guess: Guess, key: str) -> str | None:
    """The answer in a control, also in a callback; None before there is one."""
    value = st.session_state.get(key)
    if value is None or isinstance(guess, Choice):
        return value
    return in_digits(value)


def in_digits(number: float) -> str:
    """A number as an answer."""
    return f"{number:.10g}"


def in_words(guess: Guess, answer: str) -> str:
    """An answer as the page writes it."""
    if not answer:
        return "nothing"
    if isinstance(guess, Choice):
        return guess.answers.get(answer, answer)
    return f"{answer} {guess.unit}".rstrip()


def draw_beside(
    guess: Guess, guessed: list[str], happened: str | None, *, who: str = "You guessed"
) -> None:
    """Draw a guess beside what happened. happened: None as long as that is not known.

    guessed: the answer, "" if there was no guess; several if a room is divided. who: has guessed.
    """
    words, known, kind, mark = " / ".join(in_words(guess, each) for each in guessed), "…", "", ""
    if happened is not None:
        known, kind = in_words(guess, happened), "wrong"
        if len(guessed) == 1 and is_right(guess, guessed[0], happened):
            kind, mark = "right", "<b>✓ as guessed</b>"
    st.html(
        f'<dl class="guess"><div><dt>{html.escape(who)}</dt><dd>{html.escape(words)}</dd></div>'
        f'<div class="{kind}"><dt>What happened{mark}</dt><dd>{html.escape(known)}</dd></div></dl>'
    )


def is_right(guess: Guess, guessed: str, happened: str) -> bool:
    """Whether a guess is the answer, or a number near enough."""
    if isinstance(guess, Choice) or not guessed:
        return guessed == happened
    return math.isclose(float(guessed), float(happened), rel_tol=NEAR)


def to_number(guess: Guess, answer: str) -> float:
    """An answer as the store keeps those of a room: a choice by its index, from 0."""
    return float(list(guess.answers).index(answer)) if isinstance(guess, Choice) else float(answer)


def from_number(guess: Guess, number: float) -> str:
    """The answer that the store has as this number; "" if there is no such choice."""
    if isinstance(guess, Estimate):
        return in_digits(number)
    keys = list(guess.answers)
    return keys[int(number)] if number in range(len(keys)) else ""

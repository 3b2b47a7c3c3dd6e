"""The view "Guess": a question to the room before a run, and how often each guess was made."""

import math
import statistics
from decimal import Decimal
from html import escape
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from charrnn.runs.store.room_records import Question, Room, Wall
from charrnn.ui import services
from charrnn.ui.errors import shows_errors
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.room.tiles import name
from charrnn.ui.shared import guess
from charrnn.ui.shared.charts.specs import compiled, themed
from charrnn.ui.shared.guess import Choice, Guess
from charrnn.ui.shared.room import presence, questions
from charrnn.ui.style import ACCENT, HELD_OUT, MUTED

QUESTION, ANSWER = "question_text", "question_answer"
MAX_QUESTION = 140  # characters
EXAMPLE = "How many bits per character will it need after one minute?"
HEIGHT = 400  # pixels
FONT_SIZE = 18  # pixels: for a projector
MAX_BARS = 16
MAX_CLOSEST = 3  # names
ROUNDING = 1e-9  # of a bar
FAR = 10  # times the median distance from the median: a guess beyond that may be a joke


def draw(wall: Wall) -> None:
    """Draw the question with its guesses, or the field for the next question."""
    question = wall.room.question
    if question is None or not question.text:
        _draw_new_question(wall.room)
        return
    guesses = services.store().rooms.guesses(wall.room.id, question)
    values, asked = sorted(guesses.values()), questions.guess_at(question)
    st.markdown(f"## {asked.prompt}")
    if question.open:
        st.markdown(
            f"**{len(values)} of {len(wall.tiles)}** have guessed. The guesses are shown when "
            f"guessing ends{', or when everybody is started' if question.experiment else ''}."
        )
        st.button(
            "End guessing",
            type="primary",
            icon=":material/bar_chart:",
            on_click=_end,
            args=(wall.room, None),
        )
        return
    with st.container(key="guesses_of_all"):
        if not values:
            st.markdown("Nobody has guessed.")
        elif isinstance(asked, Choice):
            st.html(_bars(asked, values, question.answer))
        else:
            st.vega_lite_chart(
                histogram_rows(values, question.answer),
                histogram_spec(),
                key="guesses",
                alt="How often each guess was made",
            )
        if values:
            _draw_beside(wall, question, asked, guesses)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"{ANSWER}_{question.number}"
        guess.control(asked, key=key, label="What happened")
        st.button(
            "Show the answer",
            on_click=_answer,
            args=(wall.room, question, key),
            icon=":material/flag:",
        )
        st.button("Next question", on_click=_withdraw, args=(wall.room,), icon=":material/add:")


def _draw_new_question(room: Room) -> None:
    st.markdown("Ask the room to guess a number before a run starts.")
    st.text_input(
        "Question",
        key=QUESTION,
        max_chars=MAX_QUESTION,
        placeholder=EXAMPLE,
    )
    st.button("Ask", type="primary", icon=":material/help:", on_click=_ask, args=(room,))


def bins(values: list[float]) -> list[tuple[float, float, int]]:
    """(from, to, count) of bars of equal, round width that hold all values."""
    low, high = min(values), max(values)
    span = (high - low) or max(abs(high), 1.0) / 10
    width = 10.0 ** math.floor(math.log10(span / MAX_BARS))
    while span / width > MAX_BARS - 1:
        width *= 2 if round(math.log10(width) % 1, 3) != 0.301 else 2.5
    # A guess of 2.3 belongs to the bar that begins there, though 2.3 / 0.1 is a little below 23.
    bars = [math.floor(value / width + ROUNDING) for value in values]
    first = min(bars)
    counts = [0] * (max(bars) - first + 1)
    for bar in bars:
        counts[bar - first] += 1
    return [((first + i) * width, (first + i + 1) * width, count) for i, count in enumerate(counts)]


def bulk(values: list[float], answer: float | None) -> list[float]:
    """The guesses without those so far away that they would squeeze all others into one bar.

    These are far from the median, as measured by how far half of all guesses are at most, beyond
    the answer, and few: one, or up to a quarter of all.
    """
    middle = statistics.median(values)
    spread = statistics.median(abs(value - middle) for value in values)
    reach = FAR * (spread or max(abs(middle), 1.0))
    known = middle if answer is None else answer
    low, high = min(middle - reach, known), max(middle + reach, known)
    near = [value for value in values if low <= value <= high]
    return near if len(values) - len(near) <= max(1, len(values) // 4) else values


def histogram_rows(values: list[float], answer: float | None) -> pd.DataFrame:
    """One row per bar, one for the answer if it is known, and one for the guesses beyond each end.

    values: not empty.
    """
    near = bulk(values, answer)
    rows: list[tuple[Any, ...]] = [("bar", *each, 0, "") for each in bins(near)]
    if answer is not None:
        rows.append(("answer", answer, answer, 0, 0, ""))
    low, high = min(near), max(near)
    if below := sum(value < low for value in values):
        rows.append(("below", low, low, below, 0, f"← {below} below {guess.in_digits(low)}"))
    if above := sum(value > high for value in values):
        rows.append(("above", high, high, above, 0, f"{above} above {guess.in_digits(high)} →"))
    return pd.DataFrame(rows, columns=["kind", "low", "high", "count", "bottom", "label"])


@themed
def histogram_spec() -> dict[str, Any]:
    """The Vega-Lite specification, without data: bars, a line at the answer, words at the ends."""
    text: dict[str, Any] = {"labelFontSize": FONT_SIZE, "titleFontSize": FONT_SIZE}
    base = alt.Chart(alt.NamedData("source")).encode(
        x=alt.X(
            "low:Q", title="guess", scale=alt.Scale(zero=False), axis=alt.Axis(grid=False, **text)
        )
    )
    words: dict[str, Any] = {"fontSize": FONT_SIZE, "color": MUTED, "tooltip": None}
    above_bars: dict[str, Any] = {"y": alt.value(-FONT_SIZE), "text": "label:N"}
    layers = [
        base.transform_filter(alt.datum.kind == "bar")
        .mark_rect(color=HELD_OUT, tooltip=None)
        .encode(
            x2="high:Q",
            y=alt.Y("count:Q", title="people", axis=alt.Axis(tickMinStep=1, **text)),
            y2="bottom:Q",
        ),
        base.transform_filter(alt.datum.kind == "answer").mark_rule(
            color=ACCENT, strokeWidth=4, tooltip=None
        ),
        base.transform_filter(alt.datum.kind == "below")
        .mark_text(align="left", **words)
        .encode(x=alt.value(0), **above_bars),
        base.transform_filter(alt.datum.kind == "above")
        .mark_text(align="right", **words)
        .encode(x=alt.value("width"), **above_bars),
    ]
    return compiled(alt.layer(*layers).properties(height=HEIGHT))


def _bars(asked: Choice, values: list[float], answer: float | None) -> str:
    """How many chose each answer, as bars of HTML: the answers may be long."""
    most = max(values.count(value) for value in values)
    rows = []
    for number, words in enumerate(asked.answers.values()):
        count = values.count(number)
        kind = ' class="right"' if number == answer else ""
        rows.append(
            f"<li{kind}><span>{escape(words)}</span><b>{count}</b>"
            f'<i style="width:{100 * count / most:.1f}%"></i></li>'
        )
    return f'<ul class="guesses">{"".join(rows)}</ul>'


def _draw_beside(wall: Wall, question: Question, asked: Guess, guesses: dict[str, float]) -> None:
    """What the room has guessed beside what happened, and who was right or came closest."""
    values, answer = list(guesses.values()), question.answer
    if isinstance(asked, Choice):
        who, often = "Guessed most often", statistics.multimode(values)
    else:
        who, often = "The median guess", [statistics.median(values)]
    happened = None if answer is None else guess.from_number(asked, answer)
    guess.draw_beside(asked, [guess.from_number(asked, each) for each in often], happened, who=who)
    if answer is None:
        return
    if isinstance(asked, Choice):
        st.markdown(f"**{values.count(answer)} of {len(values)}** guessed that.")
    elif names := closest(wall, guesses, answer):
        number = "number " if wall.room.names_hidden else ""
        shown = ", ".join(f"{number}{each}" for each in names[:MAX_CLOSEST])
        more = f" and {len(names) - MAX_CLOSEST} more" if len(names) > MAX_CLOSEST else ""
        st.markdown(f"Closest: **{escape_markdown(shown)}**{more}.")


def closest(wall: Wall, guesses: dict[str, float], answer: float) -> list[str]:
    """What the wall calls those who came closest; guesses: key of the workspace -> guess."""
    here = [tile for tile in wall.tiles if tile.member.workspace in guesses]
    away = {tile.member.key: _distance(guesses[tile.member.workspace], answer) for tile in here}
    least = min(away.values(), default=0)
    return [name(tile, wall) for tile in here if away[tile.member.key] == least]


def _distance(guessed: float, answer: float) -> Decimal:
    """How far apart two numbers are as people write them: 1.1 and 1.3 are equally far from 1.2."""
    return abs(Decimal(guess.in_digits(guessed)) - Decimal(guess.in_digits(answer)))


@shows_errors()
def _ask(room: Room) -> None:
    text = " ".join((st.session_state.get(QUESTION) or "").split())[:MAX_QUESTION] or EXAMPLE
    presence.presenter(room).ask(text)
    presence.forget()


@shows_errors()
def _end(room: Room, answer: float | None) -> None:
    presence.presenter(room).answer(answer)
    presence.forget()


def _answer(room: Room, question: Question, key: str) -> None:
    asked = questions.guess_at(question)
    answer = guess.answer_in(asked, key)
    if answer is not None:
        _end(room, guess.to_number(asked, answer))


@shows_errors()
def _withdraw(room: Room) -> None:
    presence.presenter(room).withdraw_question()
    presence.forget()

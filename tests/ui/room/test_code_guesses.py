"""Guessing the codes of rooms is slowed down."""

from charrnn.ui.room.code_guesses import (
    MAX_OF_ADDRESS,
    MAX_OF_ALL,
    MAX_OF_VISITOR,
    WINDOW_SECONDS,
    CodeGuesses,
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_after_some_wrong_codes_a_visitor_has_to_wait():
    clock = Clock()
    guesses = CodeGuesses(clock=clock)
    for _ in range(MAX_OF_VISITOR):
        assert guesses.allowed("ada", "here")
        guesses.note_wrong("ada", "here")
    assert not guesses.allowed("ada", "elsewhere")
    assert guesses.allowed("ben", "here")  # others at the same address still may
    clock.now += WINDOW_SECONDS + 1
    assert guesses.allowed("ada", "here")


def test_many_visitors_of_one_address_gain_nothing():
    guesses = CodeGuesses(clock=Clock())
    for n in range(MAX_OF_ADDRESS):
        guesses.note_wrong(str(n), "here")
    assert not guesses.allowed("new", "here")
    assert guesses.allowed("new", "elsewhere")


def test_nor_do_many_addresses():
    guesses = CodeGuesses(clock=Clock())
    for n in range(MAX_OF_ALL):
        guesses.note_wrong(str(n), str(n))
    assert not guesses.allowed("new", "new")

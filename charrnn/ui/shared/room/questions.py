"""What everybody in a room is asked to guess: the presenter's question, or an experiment's."""

from charrnn.runs.store.room_records import Member, Question
from charrnn.runs.store.store import Store
from charrnn.ui import services
from charrnn.ui.markdown import escape_markdown
from charrnn.ui.shared import experiments, guess
from charrnn.ui.shared.guess import Estimate, Guess


def guess_at(question: Question) -> Guess:
    """What can be guessed: one of the answers of an experiment's question, or a number."""
    setup = experiments.find(question.experiment)
    return setup.guess if setup else Estimate(escape_markdown(question.text))


def answer_of(store: Store, member: Member, question: Question) -> str:
    """What a member has guessed; "" if nothing."""
    found = store.rooms.guesses(member.room, question).get(member.workspace)
    return "" if found is None else guess.from_number(guess_at(question), found)


def send(member: Member, question: Question, answer: str) -> None:
    """Record the visitor's guess, in place of an earlier one."""
    number = guess.to_number(guess_at(question), answer)
    services.store().rooms.guess(member, question, number)

"""What a presenter sends to everybody in a room: the start, and questions to guess at."""

import time
from dataclasses import replace

from charrnn.runs.limits import Limits
from charrnn.runs.store import rooms as rooms_module
from charrnn.runs.store.presenter import Presenter
from charrnn.runs.store.retention import prune
from charrnn.runs.store.room_records import Start
from charrnn.runs.store.workspace import Workspace
from tests.support.rooms import ADA, BEN
from tests.support.store import SMALL

DAY = 86_400


def test_each_person_starts_with_another_seed_unless_the_start_says_otherwise(start, join):
    people = [join(ADA), join(BEN)]
    assert [start.of(member).config.seed for member in people] == [1, 2]
    alike = replace(start, own_seeds=False)
    assert [alike.of(member).config.seed for member in people] == [0, 0]


def test_everybody_is_started_once_with_what_stands_on_their_page(
    store, room, presenter, corpus, join
):
    ada, ben = join(ADA, "Ada"), join(BEN, "Ben")
    earlier = Workspace(store, BEN).create(corpus, SMALL)
    wider = replace(SMALL, hidden_size=12)
    store.rooms.choose(ben, Start(corpus.sha256, "cats", wider))
    presenter.count_down(100.0)
    assert presenter.begin(99.0) == []  # another countdown, which was called off
    assert Presenter(store, ADA, room.id).begin(100.0) == []  # by somebody else
    assert [member.key for member in presenter.begin(100.0)] == [ada.key, ben.key]
    assert presenter.begin(100.0) == []
    of_ada, of_ben = (tile.run for tile in store.walls.read(room.id).tiles)
    assert of_ada.config == replace(SMALL, seed=1).fitted(corpus.characters)
    assert of_ben.config == wider.fitted(corpus.characters)
    assert [member.run for member in store.rooms.people(room.id)[1]] == [of_ada.id, of_ben.id]
    assert of_ada.desired == of_ben.desired == "running"
    assert store.runs.get(earlier.id).desired == "paused"


def test_whoever_cannot_train_does_not_keep_the_others_from_it(store, room, presenter, start, join):
    store.rooms.choose(join(ADA, "Ada"), replace(start, sha256="0" * 64))
    ben = join(BEN, "Ben")
    presenter.count_down(100.0)
    assert [member.key for member in presenter.begin(100.0)] == [ben.key]


def test_a_new_start_keeps_the_runs_of_the_old_one(store, room, presenter, start, corpus, join):
    join(ADA)
    run = Workspace(store, ADA).create(corpus, SMALL)
    presenter.send(replace(start, note="try this"))
    after = store.rooms.people(room.id)[0].start
    assert (after.number, after.note) == (2, "try this")
    assert Workspace(store, ADA).run(run.id) == run


def test_a_start_of_an_earlier_version_has_no_experiment(store, room, start):
    old = start.to_dict()
    del old["experiment"], old["sent_at"]
    with store.database.writing() as db:
        db.execute(rooms_module.schema.rooms.update().values(start=old))
    assert store.rooms.people(room.id)[0].start == start


def test_an_experiment_is_guessed_at_until_everybody_is_started(
    store, room, presenter, start, corpus, join
):
    ada = join(ADA)
    running = Workspace(store, ADA).create(corpus, SMALL)
    presenter.send(replace(start, experiment="clipping"), question="What becomes of it?")
    asked = store.rooms.people(room.id)[0]
    assert (asked.question.text, asked.question.experiment) == ("What becomes of it?", "clipping")
    assert asked.start.sent_at > running.created_at
    store.rooms.guess(ada, asked.question, 1.0)
    started = []

    def start_run(workspace, room, member):
        started.append((workspace.key, room.start.experiment, member))
        assert not store.runs.get(running.id).active
        return running

    presenter.count_down(100.0)
    presenter.begin(100.0, start_run=start_run)
    assert started == [(ADA, "clipping", ada)]
    closed = store.rooms.people(room.id)[0].question
    assert closed == replace(asked.question, open=False)
    store.rooms.guess(ada, asked.question, 2.0)  # too late
    assert store.rooms.guesses(room.id, closed) == {ADA: 1.0}

    presenter.send(start)
    assert store.rooms.people(room.id)[0].question.text == ""
    presenter.ask("How many bits?")
    presenter.send(start)  # a question in the presenter's own words stays
    assert store.rooms.people(room.id)[0].question.text == "How many bits?"


def test_the_text_of_a_start_is_not_pruned(store, room, presenter, corpus):
    corpora = rooms_module.schema.corpora
    with store.database.writing() as db:
        db.execute(corpora.update().values(added_at=time.time() - 2 * DAY))
    assert prune(store, Limits(), dry_run=True).texts == []
    presenter.close()
    assert prune(store, Limits(), dry_run=True).texts == [corpus.sha256]


def test_the_last_guess_of_each_counts_until_guessing_ends(store, room, presenter, join):
    ada, ben = join(ADA), join(BEN)
    presenter.ask("How much?")
    question = store.rooms.people(room.id)[0].question
    for member, guess in ((ada, 1.0), (ben, 2.5), (ada, 3.0)):
        store.rooms.guess(member, question, guess)
    presenter.answer(None)
    store.rooms.guess(ben, question, 9.0)
    assert store.rooms.guesses(room.id, question) == {ADA: 3.0, BEN: 2.5}
    presenter.withdraw_question()
    presenter.ask("And now?")
    asked = store.rooms.people(room.id)[0].question
    assert store.rooms.guesses(room.id, asked) == {}

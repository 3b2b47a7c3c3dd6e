"""What the wall of a room shows, and the moments that are kept of it."""

from dataclasses import replace
from statistics import fmean

import pytest

from charrnn.engine.evaluation import bits_per_character
from charrnn.engine.training import SMOOTHING
from charrnn.runs.store import rooms as rooms_module
from charrnn.runs.store.presenter import MAX_MOMENTS, Presenter
from charrnn.runs.store.records import Experiment
from charrnn.runs.store.store import Store
from charrnn.runs.store.workspace import Workspace
from tests.support.rooms import ADA, BEN
from tests.support.store import SMALL


def test_the_wall_shows_the_newest_run_since_joining_and_nothing_else(store, room, corpus, join):
    mine = Workspace(store, ADA)
    mine.create(corpus, SMALL)  # before joining
    join(ADA)
    assert store.walls.read(room.id).tiles[0].run is None
    first, second = (mine.create(corpus, SMALL) for _ in range(2))
    Workspace(store, BEN).create(corpus, SMALL)  # not in the room
    assert [tile.run.id for tile in store.walls.read(room.id).tiles] == [second.id]
    mine.delete(second.id)
    assert [tile.run.id for tile in store.walls.read(room.id).tiles] == [first.id]


def test_of_an_experiment_the_wall_shows_the_last_run_that_has_begun(store, room, corpus, join):
    join(ADA)
    join(BEN, "Ben")
    mine, labels = Workspace(store, ADA), ("clipped", "not clipped", "a third")
    older, runs = (
        [
            mine.create(corpus, SMALL, experiment=Experiment("clipping", group, label, ""))
            for label in labels
        ]
        for group in ("older", "newer")
    )
    of_ben = Workspace(store, BEN).create(corpus, SMALL)
    r = rooms_module.schema.runs

    def shown():
        of_ada, ordinary = (tile.run for tile in store.walls.read(room.id).tiles)
        assert ordinary.id == of_ben.id
        return of_ada.experiment.label

    with store.database.writing() as db:
        db.execute(r.update().where(r.c.id == older[2].id).values(iteration=1000))
    assert shown() == "clipped"
    for run in runs[:2]:
        with store.database.writing() as db:
            db.execute(r.update().where(r.c.id == run.id).values(iteration=10))
        assert shown() == run.experiment.label


def test_a_tile_has_a_thinned_curve_and_the_newest_sample(store, room, corpus, join, work):
    join(ADA)
    run = work(Workspace(store, ADA).create(corpus, SMALL))
    (tile,) = store.walls.read(room.id, points=16).tiles
    history = store.history.observe(run.id)[1]
    stored = store.history.full(run.id).metrics
    losses, seconds = ({row[0]: row[column] for row in stored} for column in (1, 3))
    assert [n for n, _, _ in tile.curve] == [*range(0, 1000, 64), 1000]
    assert len(losses) == 1001  # of a short run, every window is recorded
    for n, bits, spent in tile.curve[:-1]:
        last = range(max(1, n - 255), n + 1) or [0]  # the last 200 lie within four strides of 64
        weights = [(1 - SMOOTHING) ** (n - i) for i in last]  # as of mean_between()
        mean = fmean((losses[i] for i in last), weights)
        mean = bits_per_character(mean, run.config.seq_length)
        assert (bits, spent) == (pytest.approx(mean), seconds[n])
    assert tile.curve[-1] == (1000, tile.bits, run.seconds)
    assert tile.sample == history.newest_sample
    assert tile.bits == pytest.approx(bits_per_character(run.recent_loss, run.config.seq_length))


def test_reading_a_wall_looks_up_as_many_rows_for_a_long_run_as_for_a_short_one(
    store, room, corpus, join
):
    """A run of a million iterations, of which only every 4,096th has a row."""
    join(ADA)
    run = Workspace(store, ADA).create(corpus, SMALL)
    schema = rooms_module.schema
    rows = [
        {"run": run.id, "iteration": n, "loss": 1.0, "smooth_loss": 1.0, "seconds": 0.0}
        for n in range(0, 1_000_001, 4096)
    ]
    with store.database.writing() as db:
        db.execute(schema.metrics.insert(), rows)
        db.execute(schema.runs.update().values(iteration=1_000_000))
    (tile,) = store.walls.read(room.id, points=48).tiles
    assert [n for n, _, _ in tile.curve] == [*range(0, 1_000_000, 32_768), 1_000_000]


def test_moments_are_copies_in_the_order_of_the_presenter(
    store, room, presenter, corpus, join, work
):
    member = join(ADA)
    run = work(Workspace(store, ADA).create(corpus, SMALL))
    (tile,) = store.walls.read(room.id).tiles
    for _ in range(3):
        presenter.keep(tile)
    presenter.keep(tile)
    Workspace(store, ADA).delete(run.id)
    presenter.remove(member.key)
    presenter.move(4, -1)
    presenter.move(1, -1)  # the first stays where it is
    presenter.discard(2)
    moments = presenter.moments()
    assert [moment.number for moment in moments] == [1, 4, 3]
    assert [moment.nickname for moment in moments] == ["Ada"] * 3
    assert {moment.sample for moment in moments} == {tile.sample[1]}
    assert moments[0].curve == [(n, bits) for n, bits, _ in tile.curve]


def test_a_caption_says_of_which_iteration_each_figure_is(
    store, room, presenter, corpus, join, work
):
    join(ADA)
    work(Workspace(store, ADA).create(corpus, SMALL, pause_at=150))  # a sample every 100
    (tile,) = store.walls.read(room.id).tiles
    presenter.keep(tile)
    bits = f"{tile.bits:.2f} bits per character"
    assert presenter.moments()[0].caption == f"iteration 150 · {bits} · sample of iteration 100"
    presenter.keep(replace(tile, sample=(150, "a sample")))
    assert presenter.moments()[1].caption == f"iteration 150 · {bits}"


def test_a_kept_moment_follows_a_new_nickname(store, room, presenter, corpus, join):
    join(BEN, "Ben")
    member = join(ADA)
    Workspace(store, ADA).create(corpus, SMALL)
    presenter.keep(store.walls.read(room.id).tiles[1])
    presenter.rename(member.key, "Lovelace")
    assert presenter.moments()[0].nickname == "Lovelace"
    join(ADA, "Countess")
    assert presenter.moments()[0].nickname == "Countess"
    assert [each.nickname for each in store.rooms.people(room.id)[1]] == ["Ben", "Countess"]


def test_moments_of_an_earlier_store_get_the_numbers_of_members_who_are_there(
    store, room, presenter, corpus, join
):
    for key, nickname in ((ADA, "Ada"), (BEN, "Ben")):
        join(key, nickname)
        Workspace(store, key).create(corpus, SMALL)
    for tile in store.walls.read(room.id).tiles:
        presenter.keep(tile)
    presenter.remove(store.rooms.people(room.id)[1][0].key)
    with store.database.writing() as db:  # as in version 15 of the tables
        db.exec_driver_sql("ALTER TABLE room_moments DROP COLUMN member")
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '15'")
    migrated = Store(store.database.url)
    moments = Presenter(migrated, presenter.key, room.id).moments()
    assert [(moment.nickname, moment.member) for moment in moments] == [("Ada", None), ("Ben", 2)]


def test_no_more_moments_are_kept_than_the_page_can_show(store, room, presenter, corpus, join):
    join(ADA)
    Workspace(store, ADA).create(corpus, SMALL)
    (tile,) = store.walls.read(room.id).tiles
    kept = [presenter.keep(tile) for _ in range(MAX_MOMENTS + 1)]
    assert kept == [True] * MAX_MOMENTS + [False]
    assert len(presenter.moments()) == MAX_MOMENTS

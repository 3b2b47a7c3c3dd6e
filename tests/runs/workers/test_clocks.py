"""No clock that is set, wrong or stopped makes a server take something for dead that lives."""

import os
import time

import pytest

from charrnn.runs.limits import Limits
from charrnn.runs.store.leases import LEASE_SECONDS, worker_name
from charrnn.runs.store.records import Progress
from charrnn.runs.store.store import Store
from charrnn.runs.workers.supervisor import Supervisor
from tests.support.progress import RUNNING
from tests.support.supervisors import AdjustableClock, pass_time
from tests.support.workers import ENDLESS

HOUR = 3600.0
ELSEWHERE = "another machine:1:1"  # where a process cannot be seen


@pytest.fixture
def time_of_day():
    """The clock of the machine. On PostgreSQL it has no effect, since its server has another."""
    return AdjustableClock(time.time)


@pytest.fixture
def here(store, clock, time_of_day):
    """A supervisor on a machine whose clock can be set."""
    supervisor = Supervisor(Store(store.database.url, clock=time_of_day), clock=clock)
    yield supervisor
    supervisor.close()


@pytest.mark.parametrize("jump", [30.0, 2 * HOUR, -30.0, -2 * HOUR])
def test_a_clock_that_jumps_changes_nothing(
    store, corpus, here, started, clock, time_of_day, eventually, jump
):
    runs = [store.runs.create(corpus, ENDLESS) for _ in range(2)]
    here.reconcile()
    eventually(lambda: all(store.runs.get(run.id).iteration > 0 for run in runs))
    time_of_day.offset += jump
    pass_time(clock, 5, here)
    reached = {run.id: store.runs.get(run.id).iteration for run in runs}
    eventually(lambda: all(store.runs.get(id).iteration > n for id, n in reached.items()))
    assert len(started) == 2
    assert [child.poll() for _, child in started] == [None, None]
    assert all(store.runs.get(run.id).active for run in runs)


@pytest.mark.parametrize("asleep", [30.0, 2 * HOUR])
def test_time_in_which_the_server_sleeps_does_not_count(
    store, corpus, here, started, clock, time_of_day, asleep
):
    """As if the laptop had been closed, or the database had not answered."""
    left = store.runs.create(corpus, ENDLESS)
    assert store.leases.claim(left.id, ELSEWHERE)
    store.runs.create(corpus, ENDLESS)
    here.reconcile()
    time_of_day.offset += asleep
    clock.offset += asleep
    here.reconcile()
    assert [child.poll() for _, child in started] == [None]
    assert all(run.active for run in store.runs.runnable())
    assert store.runs.get(left.id).worker == ELSEWHERE


@pytest.mark.parametrize("difference", [120.0, -120.0])
def test_servers_whose_clocks_differ_do_not_take_each_others_runs(
    store, corpus, here, started, clock, time_of_day, difference
):
    time_of_day.offset += difference
    run = store.runs.create(corpus, ENDLESS)
    assert store.leases.claim(run.id, ELSEWHERE)
    for _ in range(int(2 * LEASE_SECONDS)):
        store.leases.publish(run.id, ELSEWHERE, RUNNING, Progress())
        pass_time(clock, 1, here)
    assert store.runs.get(run.id).worker == ELSEWHERE
    assert started == []


def test_a_lease_that_nobody_renews_expires(store, corpus, here, started, clock, time_of_day):
    time_of_day.offset -= 2 * HOUR  # however old or new it looks
    run = store.runs.create(corpus, ENDLESS)
    assert store.leases.claim(run.id, ELSEWHERE)
    here.reconcile()
    pass_time(clock, LEASE_SECONDS - 1, here)
    assert started == []
    pass_time(clock, 2, here)
    assert [run_id for run_id, _ in started] == [run.id]


def test_a_slow_worker_of_a_server_that_lives_keeps_its_lease(store, corpus, here, clock):
    run = store.runs.create(corpus, ENDLESS)
    other = Supervisor(store, clock=clock)
    other.reconcile()
    here.reconcile()
    with store.database.writing() as db:
        db.exec_driver_sql(f"UPDATE runs SET server = '{here.name}'")
    # Not the name of a process: nobody but its server can know whether it lives.
    assert store.leases.claim(run.id, worker_name(os.getpid()))
    pass_time(clock, LEASE_SECONDS + 2, here, other)
    assert store.runs.get(run.id).worker == worker_name(os.getpid())
    other.close()


# --- Runs that nobody looks at ------------------------------------------------------------------

LIMITS = Limits(unseen_minutes=0.5, free_megabytes=0.001)


@pytest.fixture
def impatient(store, clock, started):
    """A supervisor that pauses what no page has shown for half a minute."""
    return Supervisor(store, limits=LIMITS, clock=clock)


def test_a_run_pauses_once_no_page_has_shown_it_for_long(store, run, impatient, clock):
    impatient.reconcile()
    pass_time(clock, 29, impatient)
    assert store.runs.get(run.id).active
    pass_time(clock, 2, impatient)
    assert store.runs.get(run.id).message.startswith("Paused: no page has shown this run for 1 min")


def test_viewing_or_resuming_a_run_keeps_it_training(store, corpus, impatient, clock):
    viewed, resumed, neither = (store.runs.create(corpus, ENDLESS) for _ in range(3))
    impatient.reconcile()
    for _ in range(3):
        pass_time(clock, 20, impatient)
        with store.database.writing() as db:  # long enough ago for a page to record it again
            db.exec_driver_sql(
                f"UPDATE runs SET viewed_at = viewed_at - 60 WHERE id = '{viewed.id}'"
            )
        store.runs.mark_viewed([viewed.id])
        store.runs.request(resumed.id, desired="running")  # for example on the page Compare
    active = [store.runs.get(run.id).active for run in (viewed, resumed, neither)]
    assert active == [True, True, False]


def test_a_view_is_recorded_though_the_clock_was_set_back(store, run):
    before = store.runs.get(run.id).viewed_at
    with store.database.writing() as db:
        db.exec_driver_sql(f"UPDATE runs SET viewed_at = {before + 2 * HOUR}")
    store.runs.mark_viewed([run.id])
    assert before <= store.runs.get(run.id).viewed_at < before + HOUR


def test_time_without_a_server_does_not_count_as_unseen(store, run, impatient):
    with store.database.writing() as db:
        db.exec_driver_sql("UPDATE runs SET viewed_at = 1")
    impatient.reconcile()
    assert store.runs.get(run.id).active

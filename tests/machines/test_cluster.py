"""Runs that train on a cluster: whatever fails there, nothing is lost."""

import socket
import ssl
from urllib.parse import urlsplit

import pytest

from charrnn.runs.workers.cluster import UNREACHABLE


def test_a_run_whose_machine_is_killed_equals_an_undisturbed_one(
    store, machines, dashboards, begin, machine_of, eventually, finishes_like_an_undisturbed_run
):
    run = begin()
    eventually(lambda: store.snapshots.checkpoint_iteration(run.id), seconds=60)
    machine = eventually(lambda: machine_of(run))
    machine.kill()
    killed = store.runs.get(run.id)
    eventually(lambda: store.runs.get(run.id).worker not in (None, killed.worker), seconds=60)
    assert machine_of(run) not in (None, machine)
    finishes_like_an_undisturbed_run(run)


def test_runs_go_on_when_the_scheduler_is_back(
    store, cluster, machines, dashboards, begin, eventually, finishes_like_an_undisturbed_run
):
    run = begin()
    eventually(lambda: store.runs.get(run.id).iteration, seconds=60)
    cluster.kill_scheduler()
    # Its machines end as well, each run with a last checkpoint.
    eventually(lambda: not cluster.machines, seconds=60)
    stopped = store.runs.get(run.id)
    assert not stopped.leased
    assert store.snapshots.checkpoint_iteration(run.id) == stopped.iteration
    for dashboard in dashboards:  # each notices, and finds the cluster again all the same
        eventually(lambda log=dashboard.log: UNREACHABLE in log.read_text(), seconds=60)
    cluster.start_scheduler()
    cluster.add_machine(store.database.url)
    eventually(lambda: store.runs.get(run.id).iteration > stopped.iteration, seconds=60)
    finishes_like_an_undisturbed_run(run)


def test_a_machine_that_is_shut_down_hands_its_runs_over(
    store, machines, dashboards, begin, machine_of, eventually
):
    run = begin()
    machine = eventually(lambda: machine_of(run), seconds=60)
    eventually(lambda: store.runs.get(run.id).iteration)
    machine.stop()
    left = store.snapshots.checkpoint_iteration(run.id)
    eventually(lambda: store.runs.get(run.id).iteration > left, seconds=60)
    assert machine_of(run) is not machine


def first_words(cluster, *, certified: bool) -> bytes:
    """What the scheduler says to whoever connects to it, with a certificate or without."""
    variables = "DASK_DISTRIBUTED__COMM__TLS__"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # as in Dask, where all parts share one certificate
    context.load_verify_locations(cluster.environment[f"{variables}CA_FILE"])
    if certified:
        parts = [cluster.environment[f"{variables}CLIENT__{part}"] for part in ("CERT", "KEY")]
        context.load_cert_chain(*parts)
    where = urlsplit(cluster.address)
    with socket.create_connection((where.hostname, where.port), timeout=30) as connection:
        return context.wrap_socket(connection).recv(8)


def test_the_scheduler_talks_to_nobody_without_a_certificate(cluster):
    assert first_words(cluster, certified=True)
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        first_words(cluster, certified=False)

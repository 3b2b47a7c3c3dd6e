"""Two dashboards on one store: the same workspaces at both."""

import re
import secrets
import ssl
import urllib.request

from tests.support.uploading import upload
from tests.support.visits import visit


def run_of(store, page):
    return store.runs.get(page.query.partition("run=")[2].partition("&")[0])


def test_a_run_begun_at_one_dashboard_is_seen_and_paused_at_another(
    store, machines, dashboards, eventually
):
    (first, second), key = dashboards, secrets.token_urlsafe(24)
    with visit(first.url, key=key) as page:
        page.press("Train")
        run = run_of(store, page)
        eventually(lambda: store.runs.get(run.id).iteration, seconds=60)
        with visit(second.url, page.query, key=key) as elsewhere:
            assert "Pause" in elsewhere.buttons
            elsewhere.press("Pause")
            eventually(lambda: store.runs.get(run.id).status == "paused")
        page.reload()
        assert "Resume" in page.buttons


def sessions(dashboard) -> int:
    """How many pages are open at a dashboard."""
    with urllib.request.urlopen(f"{dashboard.url}/_stcore/metrics") as answer:
        metrics = answer.read().decode()
    return int(float(re.search(r"^active_sessions(?:{.*})? (\S+)", metrics, re.MULTILINE)[1]))


def test_the_proxy_of_the_readme_keeps_each_browser_at_one_dashboard(dashboards, proxy):
    trusting = ssl._create_unverified_context()
    with urllib.request.urlopen(proxy.url, context=trusting) as answer:
        cookie = answer.headers["Set-Cookie"]
    assert re.fullmatch("charrnn_dashboard=([0-9a-f]{32}); Path=/; Secure; HttpOnly; .*", cookie)
    request = urllib.request.Request(proxy.url, headers={"Cookie": cookie.partition(";")[0]})
    with urllib.request.urlopen(request, context=trusting) as answer:
        assert "Set-Cookie" not in answer.headers
    at_first = set()
    for browser in "abcdefgh":
        before = [sessions(dashboard) for dashboard in dashboards]
        options = {"cookies": {"charrnn_dashboard": browser}, "ssl": trusting}
        with visit(proxy.url, **options) as page, visit(proxy.url, **options):
            opened = [sessions(each) - n for each, n in zip(dashboards, before, strict=True)]
            assert upload(proxy.url, page.session, b"a text", **options) == 204
        assert sorted(opened) == [0, 2]
        at_first.add(opened[0] == 2)
    assert at_first == {True, False}


def test_runs_go_on_when_the_deciding_dashboard_is_killed(
    store, machines, deciding, begin, eventually, finishes_like_an_undisturbed_run
):
    run = begin()
    eventually(lambda: store.runs.get(run.id).iteration, seconds=60)
    worker, killed = store.runs.get(run.id).worker, deciding()
    killed.kill()
    new = begin()
    eventually(lambda: store.runs.get(new.id).iteration, seconds=60)
    assert deciding() is not killed
    assert store.runs.get(run.id).worker == worker  # the cluster went on with it
    killed.start()
    finishes_like_an_undisturbed_run(run)


def test_runs_go_on_after_the_database_was_restarted(
    store,
    postgresql_server,
    machines,
    dashboards,
    begin,
    eventually,
    finishes_like_an_undisturbed_run,
):
    runs = [begin(seed=seed) for seed in range(3)]
    eventually(lambda: all(store.runs.get(run.id).iteration for run in runs), seconds=60)
    before = [store.runs.get(run.id) for run in runs]
    postgresql_server.restart()
    for run in before:
        eventually(lambda run=run: store.runs.get(run.id).iteration > run.iteration, seconds=60)
        assert store.runs.get(run.id).worker == run.worker  # it has waited for the database
    finishes_like_an_undisturbed_run(runs[0])

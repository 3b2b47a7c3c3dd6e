"""An unexpected error is one line of the log, its type and place, and one sentence on the page."""

import io
import json
import logging

import pytest

from charrnn.runs.events import drop_tracebacks, log_to_stderr
from charrnn.ui import errors
from charrnn.ui._compat.server import keep_out_of_the_log

SECRET = "Bearbeitet"


def error_about(text: str) -> Exception:
    """An error that quotes a text, raised by the store."""
    from charrnn.runs.texts import library

    try:
        library.load(text)
    except KeyError as error:
        return error
    raise AssertionError("that text should not exist")


@pytest.fixture(autouse=True)
def restored_loggers():
    """Take the filters off again that a test puts on."""
    loggers = [logging.getLogger(name) for name in ("streamlit.error_util", "uvicorn.access")]
    filters = [list(logger.filters) for logger in loggers]
    yield
    for logger, before in zip(loggers, filters, strict=True):
        logger.filters = before


@pytest.fixture
def log():
    """What a logger of another package has written, as it would to a terminal."""
    written = io.StringIO()
    make_record = logging.getLogRecordFactory()
    logger = logging.getLogger("streamlit.error_util")
    handler = logging.StreamHandler(written)
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)
    logging.setLogRecordFactory(make_record)


def test_unexpected_error_is_one_event_with_its_module_and_line(capfd):
    log_to_stderr()
    assert errors.show_unexpected(error_about(SECRET))
    logging.getLogger("charrnn.events").handlers.clear()
    log = capfd.readouterr().err
    (event,) = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert (event["event"], event["error"]) == ("page_failed", "KeyError")
    module, line = event["at"].split(":")
    assert module == "charrnn.runs.texts.library"
    assert int(line) > 0
    assert event["path"] == event["at"]  # the calls of this package
    assert SECRET not in log


def test_other_loggers_write_the_type_and_place_of_an_error_but_no_traceback(log):
    logger = logging.getLogger("streamlit.error_util")
    drop_tracebacks()
    logger.error("It failed: %s", "x", exc_info=error_about(SECRET), stack_info=True)
    lines = log.getvalue().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("It failed: x (KeyError at charrnn.runs.texts.library:")
    assert SECRET not in lines[0]


def test_streamlit_leaves_the_errors_of_a_page_to_the_app(log):
    from streamlit import error_util

    keep_out_of_the_log()
    handled = []
    error = error_about(SECRET)
    error_util.handle_user_script_exception(error, lambda e: bool(handled.append(e)) or True)
    assert handled == [error]
    assert log.getvalue() == ""
    logging.getLogger("streamlit.error_util").error("Something else")
    assert log.getvalue() == "Something else\n"


def test_addresses_are_not_logged():
    """They contain keys of workspaces."""
    keep_out_of_the_log()
    record = logging.makeLogRecord({"msg": "GET /?w=key"})
    assert not logging.getLogger("uvicorn.access").filter(record)

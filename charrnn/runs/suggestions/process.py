"""A trial in a process of its own, at low priority, which prints its results as they come.

    python -m charrnn.runs.suggestions.process SHA256 SETTINGS

SETTINGS is RunConfig.to_dict() as JSON. Each line of its output is a list: the fields of a Mark.
It ends when the reader of its output has ended, or its standard input closes.
"""

import json
import os
import signal
import sys
import threading

from charrnn.engine.training import Diverged
from charrnn.engine.vocabulary import Vocabulary
from charrnn.runs.config import RunConfig
from charrnn.runs.errors import StoreError
from charrnn.runs.events import log_crashes, log_event, log_to_stderr
from charrnn.runs.store.store import Store
from charrnn.runs.store.url import default_url
from charrnn.runs.suggestions.trial import run_trial
from charrnn.runs.workers.process import lower_priority

DIVERGED_STATUS = 3  # exit status


def main(sha256: str, settings: str) -> int:
    """Run the trial; returns the exit status: 0, 1 if it failed, or DIVERGED_STATUS."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the server
    lower_priority(os.getpid())
    log_to_stderr()
    threading.Thread(target=_exit_when_input_closes, daemon=True).start()
    try:
        text = Store(default_url()).corpora.text(sha256)
        vocabulary = Vocabulary.of(text)
        config = RunConfig.from_dict(json.loads(settings))
        for mark in run_trial(vocabulary.encode(text), len(vocabulary), config):
            print(json.dumps(mark), flush=True)
    except Diverged:
        return DIVERGED_STATUS
    except (StoreError, KeyError, ValueError, MemoryError, BrokenPipeError) as error:
        log_event("trial_failed", error=type(error).__name__)
        return 1
    return 0


def _exit_when_input_closes() -> None:
    # Not sys.stdin.read(), which would hold a lock that the interpreter needs to exit.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(1)  # there is nothing to save


if __name__ == "__main__":
    log_crashes()
    sys.exit(main(*sys.argv[1:]))

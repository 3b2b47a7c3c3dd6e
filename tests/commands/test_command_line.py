"""How python -m charrnn starts, and its help."""

import subprocess
import sys

from charrnn.__main__ import COMMANDS
from charrnn.runs.config import RunConfig
from tests.support.terminal import ENVIRONMENT, run


def test_help_lists_every_setting_with_its_meaning_and_range():
    shown = " ".join(run("train", "--help").stdout.split())
    for name in RunConfig.__dataclass_fields__:
        assert f"--{name.replace('_', '-')}" in shown
    assert "1 to 1,024; 100 unless given." in shown
    assert "0.00001 to 10; 0.1 unless given." in shown
    assert "0 to 0.5; 0.1 unless given." in shown
    assert RunConfig.meaning("seq_length") in shown.replace("- ", "-")


def test_blas_is_set_to_one_thread_before_numpy_is_imported():
    code = (
        "import os, sys, charrnn.__main__; "
        "print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    )
    environment = {k: v for k, v in ENVIRONMENT.items() if not k.endswith("_NUM_THREADS")}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8"
    )
    assert result.stdout.split() == ["False", "1"]


def test_list_of_commands_is_shown_without_importing_any():
    code = (
        "import sys; from charrnn.__main__ import main\n"
        "try: main(['--help'])\n"
        "finally: print('numpy' in sys.modules, 'charrnn.commands.train' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, encoding="utf-8"
    )
    *shown, last = result.stdout.splitlines()
    assert last == "False False"
    assert all(any(command in line for line in shown) for command in COMMANDS)

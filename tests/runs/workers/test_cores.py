"""The number of cores respects the scheduler's affinity and a container's quota."""

import math
import os

import pytest

from charrnn.runs.workers import cores
from charrnn.runs.workers.cores import available_cores


@pytest.fixture
def cgroup(tmp_path, monkeypatch):
    monkeypatch.setattr(cores, "_CGROUP", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("cpu_max", "expected"),
    [
        ("max 100000", 8),
        ("400000 100000", 4),
        ("50000 100000", 0.5),
        ("1600000 100000", 8),  # more than there are
        ("1 100000", 0.1),
        ("nonsense", 8),
        ("0 0", 8),
    ],
)
def test_a_container_s_quota_limits_the_cores(cgroup, cpu_max, expected):
    (cgroup / "cpu.max").write_text(f"{cpu_max}\n")
    assert available_cores() == expected


@pytest.mark.parametrize(("quota", "expected"), [("-1", 8), ("150000", 1.5)])
def test_the_quota_of_an_older_kernel_counts_as_well(cgroup, quota, expected):
    (cgroup / "cpu").mkdir()
    (cgroup / "cpu" / "cpu.cfs_quota_us").write_text(quota)
    (cgroup / "cpu" / "cpu.cfs_period_us").write_text("100000")
    assert available_cores() == expected


def test_affinity_limits_the_cores(cgroup, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5}, raising=False)
    assert available_cores() == 2


def test_one_core_is_assumed_if_their_number_is_unknown(cgroup, monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert available_cores() == 1
    assert not math.isinf(available_cores())

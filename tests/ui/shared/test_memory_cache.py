"""What pages keep in memory is bounded in bytes and in time, whatever visitors open."""

import random
import threading

import pytest

from charrnn.engine.analysis.overlap import SourceIndex
from charrnn.ui.shared import samples
from charrnn.ui.shared.memory_cache import MemoryCache
from tests.support.supervisors import AdjustableClock


@pytest.fixture
def clock():
    return AdjustableClock()


@pytest.fixture
def cache(clock):
    """A cache of strings for 10 bytes and 60 seconds."""
    return MemoryCache(len, max_bytes=10, seconds=60.0, clock=clock)


def test_a_value_is_made_once_while_it_is_kept(cache):
    made = []
    for _ in range(3):
        assert cache.get("key", lambda: made.append(1) or "value") == "value"
    assert made == [1]


def test_the_values_used_last_are_kept_up_to_so_many_bytes(cache):
    for key in "abcabd":
        cache.get(key, lambda: "12345")
    assert cache.nbytes == 10
    assert cache.get("b", lambda: "made again") == "12345"
    assert cache.get("a", lambda: "made again") == "made again"


def test_one_large_value_is_kept_alone(cache):
    cache.get("small", lambda: "123")
    assert len(cache.get("large", lambda: "x" * 100)) == 100
    assert cache.nbytes == 100
    cache.get("small", lambda: "123")
    assert cache.nbytes == 3


def test_values_that_nobody_uses_are_dropped(cache, clock):
    cache.get("old", lambda: "12345")
    clock.offset = 50
    cache.get("new", lambda: "12345")
    clock.offset = 61
    cache.drop_unused()
    assert cache.nbytes == 5
    clock.offset = 200
    cache.drop_unused()
    assert cache.nbytes == 0


def test_a_timer_drops_them_even_if_nobody_comes_again(eventually):
    cache = MemoryCache(len, seconds=0.01)
    cache.get("key", lambda: "value")
    eventually(lambda: cache.nbytes == 0)


def test_one_value_is_made_at_a_time_and_may_be_made_of_another(cache):
    making, most = [], []

    def make():
        making.append(1)
        most.append(len(making))
        value = cache.get("inner", lambda: "12")
        making.pop()
        return value

    threads = [threading.Thread(target=cache.get, args=(n, make)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert set(most) == {1}


def test_an_index_of_random_words_takes_little_more_than_its_text():
    rng = random.Random(0)
    text = " ".join(f"{rng.getrandbits(30):b}".translate({48: "a", 49: "b"}) for _ in range(10_000))
    source = SourceIndex(text, min_length=12)
    assert samples.SOURCES._size(source) == source.nbytes
    assert 8.5 * len(text) < source.nbytes < 9.5 * len(text)
    assert source.knows(text.split()[5].upper())
    assert not source.knows("ababab")

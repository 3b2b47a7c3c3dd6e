"""The address of a visitor: behind proxies, too, and never in the clear."""

import hashlib

import pytest

from charrnn.runs.errors import StoreError
from charrnn.ui import client_address
from charrnn.ui._compat import server


@pytest.fixture
def seen(monkeypatch):
    """seen(peer, forwarded_for="", proxies=""): the hash of the address of such a connection."""

    def seen(peer, forwarded_for="", proxies=""):
        monkeypatch.setattr(server, "peer_address", lambda: peer)
        monkeypatch.setattr(server, "forwarded_for", lambda: forwarded_for)
        monkeypatch.setenv(client_address.PROXIES_VARIABLE, proxies)
        return client_address.current()

    return seen


def test_without_known_proxies_a_header_changes_nothing(seen):
    assert seen("203.0.113.7", "198.51.100.1") == seen("203.0.113.7")
    assert seen("203.0.113.7") != seen("203.0.113.8")


def test_behind_proxies_only_what_they_have_added_counts(seen):
    direct = seen("203.0.113.7")
    assert seen("10.0.0.1", "203.0.113.7", "1") == direct
    assert seen("10.0.0.1", "1.2.3.4, 5.6.7.8, 203.0.113.7", "1") == direct  # forged by the client
    assert seen("10.0.0.1", "1.2.3.4, 203.0.113.7, 10.0.0.2", "2") == direct
    assert seen("10.0.0.1", "203.0.113.7", "2") is None  # it has come past one of them
    assert seen("10.0.0.1", "", "1") is None


def test_an_ipv6_network_is_one_address(seen):
    assert seen("2001:db8:1:2::1") == seen("2001:db8:1:2:ffff::9")
    assert seen("2001:db8:1:2::1") != seen("2001:db8:1:3::1")
    assert seen("::ffff:203.0.113.7") == seen("203.0.113.7")


@pytest.mark.parametrize("address", [None, "", "127.0.0.1", "::1", "unknown", "203.0.113.7:1234x"])
def test_an_address_that_tells_nobody_apart_is_not_known(seen, address):
    assert seen(address) is None


def test_the_address_is_neither_stored_nor_guessable(seen, monkeypatch):
    before = seen("203.0.113.7")
    for text in (b"203.0.113.7", b"203.0.113.7/32"):
        assert hashlib.blake2b(text, digest_size=16).hexdigest() != before
    monkeypatch.setattr(client_address, "_KEY", b"of another start")
    assert seen("203.0.113.7") != before


@pytest.mark.parametrize("value", ["-1", "one", "1.5"])
def test_an_invalid_number_of_proxies_is_refused_in_one_sentence(seen, value):
    with pytest.raises(StoreError, match=rf"CHARRNN_PROXIES is '{value}'; it must be a whole"):
        seen("203.0.113.7", "", value)

"""Which network address a visitor comes from, as a keyed hash that says nothing else about it.

A workspace costs nothing, so what is shared fairly is shared by address as well. The key is made
anew with every start of the server and never stored: nobody can find out an address from the store.
"""

import hashlib
import ipaddress
import os
import secrets
from contextlib import suppress

from charrnn.runs.limits import BadLimit
from charrnn.ui._compat import server

PROXIES_VARIABLE = "CHARRNN_PROXIES"
_KEY = secrets.token_bytes(32)


def current() -> str | None:
    """The hash of this visitor's address; None if it is not known, or is this machine's."""
    network = _network(_address(server.peer_address(), server.forwarded_for(), _proxies()))
    return network and hashlib.blake2b(network.encode(), key=_KEY, digest_size=16).hexdigest()


def _proxies() -> int:
    """How many proxies are in front of this server. Raises BadLimit."""
    text = os.environ.get(PROXIES_VARIABLE, "").strip() or "0"
    if not (text.isascii() and text.isdigit()):
        raise BadLimit(f"{PROXIES_VARIABLE} is {text[:40]!r}; it must be a whole number.")
    return int(text)


def _address(peer: str | None, forwarded_for: str, proxies: int) -> str | None:
    """The address of the visitor.

    forwarded_for: the header X-Forwarded-For, to which each proxy has added the address that it
    was called from. Anybody can send such a header, so only what the outermost of the known
    proxies has added counts, and nothing counts without proxies.
    """
    stated = [address.strip() for address in forwarded_for.split(",") if address.strip()]
    if not proxies:
        return peer
    return stated[-proxies] if len(stated) >= proxies else None


def _network(address: str | None) -> str | None:
    """What one visitor has: an IPv4 address, or the 64 bits that all of an IPv6 network share."""
    with suppress(ValueError):
        parsed = ipaddress.ip_address(address or "")
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        if not parsed.is_loopback:
            prefix = 64 if parsed.version == 6 else 32
            return str(ipaddress.ip_network((parsed, prefix), strict=False))
    return None

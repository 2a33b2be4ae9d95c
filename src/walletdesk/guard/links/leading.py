"""Where a link leads on to: addresses in its query, its path, its fragment, written plainly or in Base64."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final
from urllib.parse import unquote

from walletdesk.guard.links.hosts import Address

DEPTH_MAX: Final = 3
"""So many redirects one inside the other are looked at."""
VALUES_MAX: Final = 40
_ADDRESS: Final = re.compile(r"(?:https?:)?[/\\]{2}[^\s/\\?#]+\.[^\s]+|https?:[^\s]+", re.IGNORECASE)
_CODED: Final = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_PATHS: Final = (
    re.compile(r"^/amp/s/([^\s]+)$", re.IGNORECASE),
    re.compile(r"__(https?:[^\s]+)__", re.IGNORECASE),
    re.compile(r"(?:^|/)(https?:/{1,2}[^\s]+)$", re.IGNORECASE),
)


def leads_to(address: Address) -> list[str]:
    """Return the addresses to which a link may pass on."""
    found: list[str] = []
    for value in _values(address):
        for form in _decoded(value):
            if _ADDRESS.match(form):
                found.append(f"http:{form}" if form[:2] in ("//", "\\\\") else form)
                break
    whole = unquote(address.path + address.query)
    for pattern in _PATHS:
        match = pattern.search(whole)
        if match is not None:
            found.append(match[1] if match[1].lower().startswith("http") else f"https://{match[1]}")
    return list(dict.fromkeys(found))


def _values(address: Address) -> list[str]:
    parts = re.split(r"[?&#;]", address.query)[:VALUES_MAX]
    path = [unquote(part) for part in address.path.split(";")[1:]]
    values = [part.partition("=")[2] if "=" in part and not _ADDRESS.match(part) else part for part in parts]
    return [value for value in (*values, *path) if value]


def _decoded(value: str) -> list[str]:
    """Return a value as it stands, without percent signs (twice at most), and out of Base64."""
    once = unquote(value)
    forms = [once, unquote(once)]
    if _CODED.fullmatch(once):
        try:
            padded = once.rstrip("=") + "=" * (-len(once.rstrip("=")) % 4)
            forms.append(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
        except (binascii.Error, ValueError):
            return forms
    return forms

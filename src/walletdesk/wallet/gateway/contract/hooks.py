"""Standard Webhooks (standardwebhooks.com, version 1): who tells news proves it, and may tell it again.

Signed is `id.timestamp.body` with HMAC-SHA256; several signatures and several secrets may stand beside each other
while one secret replaces another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

PREFIX: Final = "whsec_"
TOLERANCE_SECONDS: Final = 300
SECRET_BYTES_MIN: Final = 24
SECRET_BYTES_MAX: Final = 64
_VERSION: Final = "v1,"
SIGNATURES_MAX: Final = 8


class Fault(StrEnum):
    """Why a webhook proves nothing."""

    MISSING = "missing"
    WRONG = "wrong"
    OLD = "old"


def read_secret(text: str) -> bytes:
    """Read a secret in the form `whsec_<base64>`.

    Raises:
        ValueError: It has another form, or not 24 to 64 bytes.
    """
    plain = text.strip()
    if not plain.startswith(PREFIX):
        raise ValueError("a webhook secret begins with whsec_")
    secret = base64.b64decode(plain.removeprefix(PREFIX), validate=True)
    if not SECRET_BYTES_MIN <= len(secret) <= SECRET_BYTES_MAX:
        raise ValueError("a webhook secret has 24 to 64 bytes")
    return secret


def sign(secret: bytes, hook_id: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """Return the headers with which news are sent."""
    timestamp = str(int(now.timestamp()))
    mac = base64.b64encode(_mac(secret, hook_id, timestamp, body)).decode()
    return {"webhook-id": hook_id, "webhook-timestamp": timestamp, "webhook-signature": _VERSION + mac}


def verify(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], *, now: datetime
) -> Fault | None:
    """Say what is wrong with a webhook; None if one of the secrets has signed it within five minutes of now."""
    hook_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split(" ")[:SIGNATURES_MAX]
    if not hook_id or not (timestamp.isascii() and timestamp.isdecimal()) or len(timestamp) > 12 or given == [""]:
        return Fault.MISSING
    macs = [mac for one in given if (mac := _read(one)) is not None]
    wanted = [_mac(secret, hook_id, timestamp, body) for secret in secrets]
    if not any(hmac.compare_digest(mac, one) for mac in macs for one in wanted):
        return Fault.WRONG
    return Fault.OLD if abs(int(timestamp) - now.timestamp()) > TOLERANCE_SECONDS else None


def _mac(secret: bytes, hook_id: str, timestamp: str, body: bytes) -> bytes:
    return hmac.digest(secret, f"{hook_id}.{timestamp}.".encode() + body, hashlib.sha256)


def _read(signature: str) -> bytes | None:
    if not signature.startswith(_VERSION):
        return None
    try:
        return base64.b64decode(signature.removeprefix(_VERSION), validate=True)
    except (binascii.Error, ValueError):
        return None

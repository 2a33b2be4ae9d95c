"""Proof of who asks: HTTP Message Signatures (RFC 9421) with HMAC-SHA256 over a secret that both sides hold.

Covered are the method, the path and the query as they are sent and, where there are any, the digest of the body
(RFC 9530), the idempotency key and who acts for whom. `created` may be five minutes away from the reader's clock.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

LABEL: Final = "desk"
TOLERANCE_SECONDS: Final = 300
SECRET_BYTES_MIN: Final = 32
ALWAYS: Final = ("@method", "@path", "@query")
WHERE_SENT: Final = ("content-digest", "idempotency-key", "x-actor", "x-case-id", "x-interaction-id")

_INPUT: Final = re.compile(
    r'^desk=(\("[a-z@-]+"(?: "[a-z@-]+")*\)((?:;[a-z]+=(?:[0-9]+|"[\x20\x21\x23-\x7e]*"))*))$'
)
_NAMES: Final = re.compile(r'"([a-z@-]+)"')
_CREATED: Final = re.compile(r";created=([0-9]{1,12})(?:;|$)")
_SIGNATURE: Final = re.compile(r"^desk=:([A-Za-z0-9+/]{43}=):$")


class Fault(StrEnum):
    """Why a signature does not prove anything; these are the `reason` words of the 401."""

    MISSING = "signature_missing"
    WRONG = "signature_wrong"
    OLD = "signature_old"
    DIGEST = "digest_wrong"


@dataclass(frozen=True, slots=True)
class Request:
    """The parts of a request that are signed; `path` and `query` exactly as sent, header names in small letters."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""


def digest(body: bytes) -> str:
    """Return the header `Content-Digest` of a body (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def key_id(secret: bytes) -> str:
    """Name a secret without telling it: so that two can be in use while one is replaced."""
    return hashlib.sha256(b"walletdesk key" + secret).hexdigest()[:16]


def sign(request: Request, secret: bytes, *, now: datetime) -> dict[str, str]:
    """Return the headers that prove a request: digest, signature and what it covers."""
    added = {"content-digest": digest(request.body)} if request.body else {}
    whole = Request(request.method, request.path, request.query, {**request.headers, **added}, request.body)
    covered = [*ALWAYS, *(name for name in WHERE_SENT if name in whole.headers)]
    names = " ".join(f'"{name}"' for name in covered)
    created = int(now.timestamp())
    params = f'({names});created={created};keyid="{key_id(secret)}";alg="hmac-sha256"'
    mac = hmac.digest(secret, _base(whole, covered, params), hashlib.sha256)
    return {
        **added,
        "signature-input": f"{LABEL}={params}",
        "signature": f"{LABEL}=:{base64.b64encode(mac).decode()}:",
    }


def verify(request: Request, secrets: Sequence[bytes], *, now: datetime) -> Fault | None:
    """Say what is wrong with a request's signature; None if one of the secrets has made it, lately, for all of it."""
    given = _INPUT.match(request.headers.get("signature-input", ""))
    signature = _SIGNATURE.match(request.headers.get("signature", ""))
    if given is None or signature is None:
        return Fault.MISSING
    covered = _NAMES.findall(given[1].partition(")")[0])
    if not set(_wanted(request)) <= set(covered) or len(set(covered)) != len(covered):
        return Fault.WRONG
    base = _base(request, covered, given[1])
    try:
        mac = base64.b64decode(signature[1], validate=True)
    except binascii.Error:
        return Fault.WRONG
    if not any(hmac.compare_digest(mac, hmac.digest(one, base, hashlib.sha256)) for one in secrets):
        return Fault.WRONG
    created = _CREATED.search(given[2])
    if created is None or abs(int(created[1]) - now.timestamp()) > TOLERANCE_SECONDS:
        return Fault.OLD
    has_digest = bool(request.body) or "content-digest" in request.headers
    if has_digest and request.headers.get("content-digest") != digest(request.body):
        return Fault.DIGEST
    return None


def _wanted(request: Request) -> Iterator[str]:
    """Name what a signature must cover for this request."""
    yield from ALWAYS
    if request.body:
        yield "content-digest"
    yield from (name for name in WHERE_SENT if name in request.headers)


def _base(request: Request, covered: Sequence[str], params: str) -> bytes:
    """Build the signature base (RFC 9421, section 2.5)."""
    lines = [f'"{name}": {_component(request, name)}' for name in covered]
    return "\n".join([*lines, f'"@signature-params": {params}']).encode()


def _component(request: Request, name: str) -> str:
    if name == "@method":
        return request.method
    if name == "@path":
        return request.path
    if name == "@query":
        return f"?{request.query}"
    return request.headers.get(name, "").strip()

"""A signature proves one request, by one of the known secrets, lately; and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import NOON
from walletdesk.wallet.gateway.contract.signing import Fault, Request, digest, key_id, sign, verify

SECRET, OTHER = b"s" * 32, b"o" * 32
READ = Request("GET", "/v1/events", "limit=2&after=%20x", {"x-interaction-id": "i-1"})
ACT = Request(
    "POST", "/v1/actions/freeze", "", {"idempotency-key": "k", "x-actor": "bot", "x-case-id": "c"}, b'{"a":1}'
)


def signed(request: Request, secret: bytes = SECRET, **more: Any) -> Request:
    added = sign(request, secret, **{"now": NOON, **more})
    return replace(request, headers={**request.headers, **added})


def test_the_base_is_that_of_the_standard() -> None:
    # Written out by hand after RFC 9421, section 2.5.
    headers = sign(ACT, SECRET, now=NOON)
    params = (
        '("@method" "@path" "@query" "content-digest" "idempotency-key" "x-actor" "x-case-id")'
        f';created={int(NOON.timestamp())};keyid="{key_id(SECRET)}";alg="hmac-sha256"'
    )
    base = "\n".join(
        [
            '"@method": POST',
            '"@path": /v1/actions/freeze',
            '"@query": ?',
            f'"content-digest": {digest(ACT.body)}',
            '"idempotency-key": k',
            '"x-actor": bot',
            '"x-case-id": c',
            f'"@signature-params": {params}',
        ]
    )
    mac = base64.b64encode(hmac.new(SECRET, base.encode(), hashlib.sha256).digest()).decode()
    assert headers["signature-input"] == f"desk={params}"
    assert headers["signature"] == f"desk=:{mac}:"


def test_the_digest_is_that_of_the_standard() -> None:
    # RFC 9530, appendix D: the digest of {"hello": "world"} and a line feed.
    assert digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


@pytest.mark.parametrize("request_", [READ, ACT])
def test_what_is_signed_is_believed_by_any_of_the_secrets(request_: Request) -> None:
    assert verify(signed(request_), [OTHER, SECRET], now=NOON) is None
    assert verify(signed(request_), [OTHER], now=NOON) is Fault.WRONG
    assert verify(signed(request_), [], now=NOON) is Fault.WRONG


@pytest.mark.parametrize(
    "change",
    [
        {"method": "DELETE"}, {"path": "/v1/actions/unfreeze"}, {"query": "x=1"}, {"body": b'{"a":2}'}, {"body": b""},
    ],
)  # fmt: skip
def test_it_holds_for_nothing_else(change: dict[str, Any]) -> None:
    assert verify(replace(signed(ACT), **change), [SECRET], now=NOON) in (Fault.WRONG, Fault.DIGEST)


@pytest.mark.parametrize("name", ["idempotency-key", "x-actor", "x-case-id", "content-digest"])
def test_no_header_that_matters_can_be_changed_or_added(name: str) -> None:
    request = signed(ACT)
    changed = replace(request, headers={**request.headers, name: "other"})
    assert verify(changed, [SECRET], now=NOON) in (Fault.WRONG, Fault.DIGEST)
    added = replace(signed(READ), headers={**signed(READ).headers, "x-actor": "agent:7"})
    assert verify(added, [SECRET], now=NOON) is Fault.WRONG


def test_a_body_cannot_be_added_to_a_question_that_had_none() -> None:
    assert verify(replace(signed(READ), body=b"x"), [SECRET], now=NOON) is Fault.WRONG


@pytest.mark.parametrize("seconds", [301, -301])
def test_it_ends_after_five_minutes(seconds: int) -> None:
    then = NOON + timedelta(seconds=seconds)
    assert verify(signed(READ), [SECRET], now=then) is Fault.OLD
    assert verify(signed(READ), [SECRET], now=NOON + timedelta(seconds=299)) is None


def test_a_signature_that_covers_too_little_proves_nothing() -> None:
    for covered in ('"@method" "@path"', '"@method" "@path" "@query" "@query"', ""):
        params = f'({covered});created={int(NOON.timestamp())};keyid="x";alg="hmac-sha256"'
        names = [one.strip('"') for one in covered.split()]
        lines = [f'"{n}": ' + {"@method": "GET", "@path": READ.path, "@query": f"?{READ.query}"}[n] for n in names]
        base = "\n".join([*lines, f'"@signature-params": {params}'])
        mac = base64.b64encode(hmac.new(SECRET, base.encode(), hashlib.sha256).digest()).decode()
        headers = {"signature-input": f"desk={params}", "signature": f"desk=:{mac}:"}
        assert verify(replace(READ, headers=headers), [SECRET], now=NOON) in (Fault.WRONG, Fault.MISSING)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200), st.text(max_size=100))
def test_whatever_stands_there_is_read_without_falling_over(given_input: str, signature: str) -> None:
    headers = {"signature-input": given_input, "signature": signature}
    assert verify(replace(READ, headers=headers), [SECRET], now=NOON) is Fault.MISSING
    half = replace(signed(READ), headers={**signed(READ).headers, "signature": f"desk=:{signature}:"})
    assert verify(half, [SECRET], now=NOON) in (Fault.MISSING, Fault.WRONG)

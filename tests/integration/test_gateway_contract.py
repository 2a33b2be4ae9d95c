"""The contract test: the reference wallet and the example pass it, and a wallet that breaks a sentence is found out."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from tests.support.wallet_people import ANNA, SECRET, Town, settle_in
from walletdesk.app.cli.main import main
from walletdesk.kit import clock, db
from walletdesk.kit.i18n import LANGS, has_text
from walletdesk.wallet.gateway.conformance import acting, probe
from walletdesk.wallet.gateway.conformance.model import Result, Verdict
from walletdesk.wallet.gateway.conformance.probe import Probe
from walletdesk.wallet.gateway.conformance.run import CHECKS, run
from walletdesk.wallet.gateway.contract import signing
from walletdesk.wallet.gateway.embedded import EmbeddedWallet
from walletdesk.wallet.gateway.http.served import make_served
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.accounts.model import RestrictionKind

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "minimal_wallet" / "wallet.py"
HOOK_SECRET = "whsec_" + base64.b64encode(b"h" * 32).decode()


def test_every_sentence_of_the_contract_has_words() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    assert all(has_text(lang, f"contract.{name}") for name in names for lang in LANGS)


# --------------------------------------------------------------------- the example, as a new user runs it


@contextmanager
def example(key: Path, *more: str) -> Iterator[str]:
    """Run the example as its first lines say; return where it is."""
    process = subprocess.Popen(
        [sys.executable, str(EXAMPLE), "--key-file", str(key), "--port", "0", *more],
        stdout=subprocess.PIPE, text=True, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()  # type: ignore[union-attr]


def free_port() -> int:
    with socket.socket() as probed:
        probed.bind(("127.0.0.1", 0))
        return int(probed.getsockname()[1])


def test_the_example_is_short_and_passes_the_whole_contract_test(tmp_path: Path) -> None:
    assert len(EXAMPLE.read_text().splitlines()) <= 300
    key, hook, place = tmp_path / "wallet.key", tmp_path / "hook.secret", f"127.0.0.1:{free_port()}"
    key.write_text("k" * 40)
    hook.write_text(HOOK_SECRET)
    with example(key, "--push", f"http://{place}/", str(hook)) as url:
        asked = ["contract-test", url, "--key-file", str(key), "--listen", place, "--hook-secret-file", str(hook)]
        result = CliRunner().invoke(main, [*asked, "--json"], env={"WALLETDESK_HOME": str(tmp_path)})
    report = json.loads(result.stdout)
    assert [line for line in report["checks"] if line["verdict"] != "ok"] == []
    assert (result.exit_code, report["ok"], len(report["checks"])) == (0, True, len(CHECKS))


def test_a_wrong_key_is_found_out_and_ends_the_command_with_one(tmp_path: Path) -> None:
    key, other = tmp_path / "wallet.key", tmp_path / "other.key"
    key.write_text("k" * 40)
    other.write_text("o" * 40)
    with example(key) as url:
        result = CliRunner().invoke(main, ["contract-test", url, "--key-file", str(other)])
    assert result.exit_code == 1
    assert "FAIL  GET /v1/capabilities names the wallet" in result.stdout
    assert "capabilities: status 401 in place of 200" in result.stdout


def test_the_command_refuses_what_cannot_be_tested(tmp_path: Path) -> None:
    key = tmp_path / "wallet.key"
    key.write_text("short")
    for arguments in (["http://127.0.0.1:1"], ["ftp://x"], ["http://wallet.example"]):
        result = CliRunner().invoke(main, ["contract-test", *arguments, "--key-file", str(key)])
        assert (result.exit_code, result.stdout) == (1, "")
        assert "[app.wallet_setting_invalid]" in result.stderr


# ------------------------------------------------------------------------- the reference wallet, and mutants


Body = dict[str, Any]
Change = Callable[[str, str, int, Body], tuple[int, Body] | None]
"""What a mutant answers in place of (method, path, status, body); None leaves it as it is."""


class Whole(httpx.AsyncByteStream):
    """A body that has not been read yet, as from a network."""

    def __init__(self, body: Body) -> None:
        self.raw = json.dumps(body).encode()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.raw


class Mutant(httpx.AsyncBaseTransport):
    """The served reference wallet with one sentence of the contract broken on the way."""

    def __init__(self, inner: httpx.AsyncBaseTransport, change: Change | None = None) -> None:
        self.inner, self.change = inner, change
        self.forget = False
        self.lax = False
        self.secret = SECRET

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.lax:
            request = self._signed_by_us(request)
        if self.forget and "idempotency-key" in request.headers:
            request = self._signed_by_us(request, key=os.urandom(8).hex())
        response = await self.inner.handle_async_request(request)
        body = json.loads(await response.aread())
        found = self.change(request.method, request.url.path, response.status_code, body) if self.change else None
        if found is None:
            kind = response.headers["content-type"]
            return httpx.Response(response.status_code, headers={"content-type": kind}, stream=Whole(body))
        status, body = found
        kind = "application/json" if status < 400 else "application/problem+json"
        return httpx.Response(status, headers={"content-type": kind}, stream=Whole(body))

    def _signed_by_us(self, request: httpx.Request, key: str | None = None) -> httpx.Request:
        names = ("x-interaction-id", "content-type", "idempotency-key", "x-actor")
        headers = {name: request.headers[name] for name in names if name in request.headers}
        headers.update({"idempotency-key": key} if key else {})
        path, _, query = request.url.raw_path.decode().partition("?")
        signed = signing.Request(request.method, path, query, headers, request.content)
        headers.update(signing.sign(signed, self.secret, now=clock.now()))
        return httpx.Request(request.method, request.url, headers=headers, content=request.content)


@pytest.fixture
async def asked(
    swept_pool: db.Pool, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Callable[..., Any]]:
    """A function that runs the contract test against a mutant of the reference wallet with some life in it."""
    now = clock.now()
    time = clock.VirtualClock(now)

    async def pause() -> None:
        time.advance(timedelta(seconds=1))

    monkeypatch.setattr(acting, "pause", pause)
    monkeypatch.setattr(acting, "ASKED_MAX", 40)
    async with db.transaction(swept_pool) as tx:
        await settle_in(tx, now=now)
    with clock.using(time):
        town = Town(swept_pool, time)
        town.outside.at = now
        for minor in (1_500, 700, 300, 1_500, 900):
            await town.pay(minor)
            await town.top_up(minor * 2)
        await town.work()
        async with db.transaction(swept_pool) as tx:
            await accounts.restrict(tx, ANNA, RestrictionKind.PIN, now=now)
        transport = httpx.ASGITransport(make_served(EmbeddedWallet(swept_pool, town.client), [SECRET]))  # type: ignore[arg-type]

        async def test(change: Change | None = None, *, only: str | None = None, **how: bool) -> dict[str, Result]:
            mutant = Mutant(transport, change)
            for name, value in how.items():
                setattr(mutant, name, value)
            async with httpx.AsyncClient(transport=mutant, base_url="http://wallet") as client:
                tried = [check for check in CHECKS if only in (None, check.name)]
                return {one.name: one async for one in run(Probe(client, SECRET, ANNA), tried)}

        yield test


async def test_the_served_reference_wallet_passes(asked: Any) -> None:
    found = await asked()
    assert {name: one.detail for name, one in found.items() if one.verdict is Verdict.FAILED} == {}
    assert {name for name, one in found.items() if one.verdict is Verdict.SKIPPED} == {
        "hook_signed", "hook_again", "hook_in_feed",
    }  # fmt: skip


def of(path: str, change: Callable[[Body], Body | None]) -> Change:
    """Change the good answers of one address."""

    def changed(_: str, at: str, status: int, body: Body) -> tuple[int, Body] | None:
        if not at.endswith(path) and path not in at:
            return None
        return (status, change(body) or body) if status in (200, 202) else None

    return changed


def put(*names: str | int, value: object) -> Callable[[Body], None]:
    def change(body: Any) -> None:
        for name in names[:-1]:
            body = body[name] if not isinstance(body, list) or len(body) > int(name) else {}
        if isinstance(body, dict | list) and body:
            body[names[-1]] = value  # type: ignore[index]

    return change


def counted(values: list[str]) -> Callable[[Body], None]:
    """Give another record at each answer."""

    def change(body: Body) -> None:
        values.append("x")
        body["record"], body["state"] = f"notice/{len(values)}", "done"

    return change


def no(status: int, reason: str) -> tuple[int, Body]:
    return status, {"title": reason, "status": status, "reason": reason}


MUTANTS: dict[str, list[Change]] = {
    "capabilities": [of("/capabilities", put("currencies", value=[])), of("/capabilities", put("name", value=7))],
    "customer": [of(f"/customers/{ANNA}", put("id", value="00000000-0000-0000-0000-000000000009"))],
    "masked": [of(f"/customers/{ANNA}", put("phone_masked", value="19900000001"))],
    "customer_unknown": [lambda _, at, status, body: (404, body) if status == 404 and body.pop("reason") else None],
    "accounts": [
        of("/accounts", put("accounts", 0, "posted", "minor", value="12.50")),
        of("/accounts", put("accounts", 0, "held", "currency", value="USD")),
        of("/accounts", put("accounts", value=[])),
        lambda _, at, s, b: (200, {"accounts": [{}]}) if at.endswith("/accounts") and not b["accounts"] else None,
    ],
    "entries": [
        of("/entries", put("entries", 0, "balance_after", "minor", value="1")),
        of("/entries", lambda body: {"entries": body["entries"][::-1]}),
        of("/entries", lambda body: {"entries": body["entries"][1:]}),
    ],
    "transactions": [
        of("/v1/transactions", put("transactions", 0, "amount", "minor", value="-5")),
        of("/v1/transactions", put("transactions", 0, "customer_id", value="00000000-0000-0000-0000-000000000002")),
        of("/v1/transactions", put("transactions", 0, "state", value="fine")),
    ],
    "evidence": [
        of("/v1/transactions/", put("ledger", "record", value=None)),
        of("/v1/transactions/", put("as_of", value="2020-01-01T00:00:00Z")),
        of("/v1/transactions/", put("rail_state", "value", value="maybe")),
        of("/v1/transactions/", put("transaction", "amount", "minor", value="1")),
        lambda _, at, s, b: no(404, "transaction_missing") if "/v1/transactions/" in at else None,
    ],
    "evidence_foreign": [
        lambda _, at, s, b: no(403, "forbidden") if s == 404 and "/v1/transactions/" in at else None,
    ],
    "query_invalid": [lambda _, at, s, b: (200, {"transactions": []}) if s == 422 else None],
    "surroundings": [of("/limits", put("limits", 0, "used", "currency", value="USD"))],
    "events_ordered": [of("/events", lambda body: {"events": body["events"][::-1]})],
    "action_unknown": [lambda _, at, s, b: (200, {"state": "refused"}) if at.endswith("dance") else None],
    "action_needs_key": [lambda _, at, s, b: (200, {"state": "done", "record": "x"}) if s == 422 else None],
    "action_repeated": [of("/actions/", counted([]))],
    "action_at_once": [of("/actions/", counted([]))],
    "action_hung_up": [of("/actions/", counted([])), of("/actions/", put("state", value="unknown"))],
    "action_reordered": [of("/actions/", counted([]))],
    "action_key_again": [lambda _, at, s, b: (200, {"state": "done", "record": "x"}) if s == 409 else None],
    "action_foreign": [of("/actions/", lambda body: {"state": "done", "record": "x"})],
}


async def test_a_wallet_that_breaks_a_sentence_fails_by_it(asked: Any) -> None:
    escaped: list[tuple[str, int]] = []
    for name, changes in MUTANTS.items():
        for n, change in enumerate(changes):
            found = (await asked(change, only=name))[name]
            if found.verdict is not Verdict.FAILED or not found.detail:
                escaped.append((name, n))
    assert escaped == []


async def test_a_wallet_that_forgets_keys_fails_by_the_actions(asked: Any) -> None:
    found = await asked(forget=True)
    failed = {name for name, one in found.items() if one.verdict is Verdict.FAILED}
    assert "action_key_again" in failed
    others = {name: found[name].detail for name in failed - {check.name for check in acting.CHECKS}}
    assert set(others) <= {"changed_body"}, others


async def test_a_wallet_that_lets_everybody_in_fails_by_every_sentence_of_access(asked: Any) -> None:
    found = await asked(lax=True)
    failed = {name for name, one in found.items() if one.verdict is Verdict.FAILED}
    assert {"unsigned", "foreign_key", "old_signature", "changed_query"} <= failed


async def test_a_wallet_that_does_not_answer_fails_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "READ_SECONDS_MAX", 0.05)

    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(60)
            raise AssertionError

    async with httpx.AsyncClient(transport=Silent(), base_url="http://wallet") as client:
        tried = [check for check in CHECKS if check.name in ("unsigned", "capabilities")]
        found = [one async for one in run(Probe(client, SECRET, ANNA), tried)]
    assert [one.verdict for one in found] == [Verdict.FAILED] * 2
    assert "no answer within" in found[0].detail

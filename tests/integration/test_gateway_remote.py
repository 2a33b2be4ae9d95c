"""An operator's wallet that is slow, huge, rude or untrue is refused clearly, and nothing is guessed from it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from tests.conftest import NOON
from tests.support.hostile import Hostile, hostile
from tests.support.wallet_people import ANNA, BEN, SECRET, cny
from walletdesk.diagnosis.investigation import investigate
from walletdesk.diagnosis.model import MoneyAt, Symptom
from walletdesk.kit import clock
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.wallet.gateway.contract import wire
from walletdesk.wallet.gateway.contract.endpoints import ANSWER_BYTES_MAX
from walletdesk.wallet.gateway.model import (
    AccountView,
    Command,
    CommandName,
    EntryView,
    Evidence,
    LedgerState,
    OutcomeState,
    Remembered,
    Seen,
    Source,
    Transaction,
    TransactionKind,
    TransactionQuery,
    TransactionState,
)
from walletdesk.wallet.gateway.remote.adapter import RemoteWallet
from walletdesk.wallet.gateway.remote.breaker import FAILURES_MAX, OPEN_SECONDS
from walletdesk.wallet.gateway.remote.line import Line

PAID = UUID(int=77)


class Ticking:
    """Monotonic time that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Away:
    """A wallet at a hostile server, and the clocks around it."""

    def __init__(self, server: Hostile, client: httpx.AsyncClient, time: clock.VirtualClock) -> None:
        self.server = server
        self.time = time
        self.ticking = Ticking()
        self.wallet = RemoteWallet(Line(client, SECRET, time_source=self.ticking))
        hasty = Line(client, SECRET, read_seconds_max=0.25, act_seconds_max=0.25, time_source=self.ticking)
        self.hasty = RemoteWallet(hasty)
        """The same wallet, for those who do not wait long."""


@pytest.fixture
async def away(clock_at: Any) -> AsyncGenerator[Away]:
    async with hostile() as server, httpx.AsyncClient(base_url=server.url) as client:
        with clock_at(NOON) as moment:
            yield Away(server, client, moment)


async def refused(work: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await work
    assert caught.value.kind in (Kind.UNAVAILABLE, Kind.TOO_MANY)
    return caught.value


def transaction(**more: Any) -> Transaction:
    found = Transaction(
        PAID, ANNA, TransactionKind.PAYMENT, "Corner Coffee", cny(1_500), outgoing=True,
        state=TransactionState.SUCCEEDED, shown=TransactionState.SUCCEEDED, order_no=None, rail=None, rail_ref=None,
        created_at=NOON, updated_at=NOON, record=f"payment/{PAID}",
    )  # fmt: skip
    return replace(found, **more)


def evidence(**more: Any) -> Evidence:
    return replace(Evidence(transaction(), NOON), **more)


@pytest.mark.parametrize("declared", [True, False])
async def test_fifty_megabytes_are_refused_before_they_are_read(away: Away, *, declared: bool) -> None:
    away.server.floods(50, declared=declared)
    refusal = await refused(away.wallet.accounts(ANNA))
    assert (refusal.code, refusal.details["bytes_max"]) == ("gateway.answer_too_large", ANSWER_BYTES_MAX)
    # What lay in the sockets' buffers was sent in vain; the rest never was.
    assert away.server.sent < 12 * 1024 * 1024


async def test_what_announces_itself_as_too_large_is_not_waited_for(away: Away) -> None:
    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 52428800\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(60)

    away.server.answer = answer
    assert (await refused(away.wallet.accounts(ANNA))).code == "gateway.answer_too_large"


@pytest.mark.parametrize("drip", [True, False])
async def test_a_wallet_that_stalls_or_drips_is_given_up_in_time(away: Away, *, drip: bool) -> None:
    away.server.stalls(drip=drip)
    started = time.perf_counter()
    refusal = await refused(away.hasty.evidence(ANNA, PAID))
    assert (refusal.code, refusal.details["reason"]) == ("gateway.wallet_away", "too slow")
    assert time.perf_counter() - started < 2


async def test_a_compressed_answer_is_not_unpacked(away: Away) -> None:
    away.server.says(200, b"\x1f\x8b" + b"0" * 50, content_encoding="gzip")
    refusal = await refused(away.wallet.accounts(ANNA))
    assert (refusal.code, refusal.details["reason"]) == ("gateway.answer_invalid", "compressed")


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", b"<h1>maintenance</h1>"),
        (200, "text/html", b'{"accounts":[]}'),
        (200, "application/json", b"{"),
        (200, "application/json", b'{"accounts":"none"}'),
        (200, "application/json", b"[" * 100_000),
        (200, "application/json", b'{"accounts":[{"id":"1"}]}'),
        (404, "text/html", b"not found"),
        (404, "application/problem+json", b'{"title":"x","status":400,"reason":"customer_missing"}'),
        (302, "application/json", b"{}"),
        (204, "application/json", b""),
    ],
)
async def test_what_is_not_an_answer_of_the_contract_says_nothing(
    away: Away, status: int, kind: str, body: bytes
) -> None:
    away.server.says(status, body, kind=kind, location="http://127.0.0.1:1/")
    assert (await refused(away.wallet.accounts(ANNA))).code == "gateway.answer_invalid"
    assert len(away.server.asked) == 1


async def test_absence_is_believed_in_the_contracts_own_words_only(away: Away) -> None:
    away.server.says(
        404, {"title": "no", "status": 404, "reason": "customer_missing"}, kind="application/problem+json"
    )
    assert await away.wallet.customer(ANNA) is None
    assert await away.wallet.evidence(ANNA, PAID) is None


async def test_a_key_that_is_not_accepted_is_said_to_be_so(away: Away) -> None:
    away.server.says(401, {"title": "no", "status": 401, "reason": "signature_wrong"}, kind="application/problem+json")
    assert (await refused(away.wallet.incidents())).code == "gateway.wallet_key_refused"


async def test_a_wallet_that_is_busy_says_when_to_come_again(away: Away) -> None:
    away.server.says(429, {}, retry_after="7")
    refusal = await refused(away.wallet.incidents())
    assert (refusal.code, refusal.retry_after_seconds) == ("gateway.wallet_busy", 7)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (evidence(transaction=transaction(customer_id=BEN)), "another customer's transaction"),
        (evidence(transaction=transaction(id=uuid4())), "another transaction"),
        (evidence(transaction=transaction(amount=cny(0))), "an amount that is not positive"),
        (evidence(ledger=Seen(LedgerState.POSTED, None, Source.LEDGER, NOON)), "ledger is known without a record"),
        (evidence(as_of=NOON + timedelta(days=1)), "a time lies in the future"),
        (evidence(credited=Seen(NOON + timedelta(days=1), "entry/1/1")), "a time lies in the future"),
    ],
)
async def test_evidence_that_contradicts_the_question_or_itself_is_refused(
    away: Away, said: Evidence, reason: str
) -> None:
    away.server.says(200, wire.outward(said))
    refusal = await refused(away.wallet.evidence(ANNA, PAID))
    assert (refusal.code, refusal.details["reason"]) == ("gateway.answer_invalid", reason)


async def test_a_word_that_is_in_no_list_is_no_evidence(away: Away) -> None:
    said = wire.outward(evidence())
    said["ledger"] = {"value": "perhaps", "record": "entry/1/1", "source": "ledger", "at": None}
    away.server.says(200, said)
    assert "ledger" in str((await refused(away.wallet.evidence(ANNA, PAID))).details["reason"])


async def test_what_a_wallet_says_beyond_the_contract_is_passed_over(away: Away) -> None:
    away.server.says(200, {**wire.outward(evidence()), "colour": "blue"})
    assert await away.wallet.evidence(ANNA, PAID) == evidence()


async def test_lines_that_do_not_add_up_are_refused(away: Away) -> None:
    lines = [
        EntryView("entry/1/2", 2, cny(-300), cny(700), None, NOON),
        EntryView("entry/1/1", 1, cny(1_000), cny(1_001), None, NOON),
    ]
    away.server.says(200, {"entries": wire.outward(lines)})
    refusal = await refused(away.wallet.entries(ANNA, "1", before_seq=None, limit=9))
    assert refusal.details["reason"] == "balances do not follow from the lines"
    away.server.says(200, {"entries": wire.outward([lines[1], lines[0]])})
    assert (await refused(away.wallet.entries(ANNA, "1", before_seq=None, limit=9))).code == "gateway.answer_invalid"


async def test_a_list_of_another_customer_or_of_too_many_is_refused(away: Away) -> None:
    away.server.says(200, {"transactions": wire.outward([transaction(customer_id=BEN)])})
    assert (await refused(away.wallet.transactions(ANNA, TransactionQuery()))).code == "gateway.answer_invalid"
    two = [transaction(created_at=NOON), transaction(id=uuid4(), created_at=NOON - timedelta(days=1))]
    away.server.says(200, {"transactions": wire.outward(two)})
    assert len(await away.wallet.transactions(ANNA, TransactionQuery(limit=2))) == 2
    assert (await refused(away.wallet.transactions(ANNA, TransactionQuery(limit=1)))).code == "gateway.answer_invalid"
    away.server.says(200, {"transactions": wire.outward(two[::-1])})
    assert (await refused(away.wallet.transactions(ANNA, TransactionQuery()))).code == "gateway.answer_invalid"


async def test_after_some_failures_nobody_waits_until_one_try_succeeds(away: Away) -> None:
    away.server.says(503, {})
    for _ in range(FAILURES_MAX):
        await refused(away.wallet.incidents())
    paused = await refused(away.wallet.incidents())
    assert (paused.details["reason"], paused.retry_after_seconds) == ("paused", OPEN_SECONDS)
    assert len(away.server.asked) == FAILURES_MAX
    await refused(away.wallet.accounts(ANNA))
    assert len(away.server.asked) == FAILURES_MAX + 1, "one address does not stop the others"

    away.ticking.now += OPEN_SECONDS
    await refused(away.wallet.incidents())
    await refused(away.wallet.incidents())
    assert len(away.server.asked) == FAILURES_MAX + 2, "one try, and closed again"
    away.ticking.now += OPEN_SECONDS
    away.server.says(200, {"incidents": []})
    assert await away.wallet.incidents() == ()
    assert await away.wallet.incidents() == ()


async def test_failures_with_a_success_between_them_close_nothing(away: Away) -> None:
    for _ in range(3):
        away.server.says(503, {})
        for _ in range(FAILURES_MAX - 1):
            await refused(away.wallet.evidence(ANNA, PAID))
        away.server.says(200, wire.outward(evidence()))
        assert await away.wallet.evidence(ANNA, PAID) == evidence()


async def test_while_one_tries_whether_the_wallet_is_back_the_others_do_not_wait(away: Away) -> None:
    away.server.says(503, {})
    for _ in range(FAILURES_MAX):
        await refused(away.hasty.evidence(ANNA, PAID))
    away.ticking.now += OPEN_SECONDS
    away.server.stalls(drip=False)
    reasons = await asyncio.gather(*(refused(away.hasty.evidence(ANNA, PAID)) for _ in range(4)))
    assert sorted(str(one.details["reason"]) for one in reasons) == ["paused"] * 3 + ["too slow"]


async def test_balances_of_the_last_minute_are_shown_as_old_and_prove_nothing(away: Away) -> None:
    account = AccountView("1", "CNY", cny(900), cny(0), cny(900), "entry/1/1", NOON)
    away.server.says(200, {"accounts": wire.outward([account])})
    fresh = await away.wallet.accounts(ANNA)
    assert (fresh, isinstance(fresh, Remembered)) == ((account,), False)

    away.server.says(503, {})
    away.time.advance(timedelta(seconds=59))
    old = await away.wallet.accounts(ANNA)
    assert isinstance(old, Remembered)
    assert (tuple(old), old.as_of) == ((account,), NOON)
    await refused(away.wallet.accounts(BEN))
    away.time.advance(timedelta(seconds=2))
    await refused(away.wallet.accounts(ANNA))


async def test_the_evidence_of_a_transaction_is_never_remembered(away: Away) -> None:
    away.server.says(200, wire.outward(evidence()))
    assert await away.wallet.evidence(ANNA, PAID) is not None
    away.server.says(503, {})
    await refused(away.wallet.evidence(ANNA, PAID))


async def test_of_a_wallet_that_does_not_answer_a_diagnosis_says_so_and_no_more(away: Away) -> None:
    away.server.says(200, {"accounts": [], "limits": [], "restrictions": []})
    await away.wallet.accounts(ANNA)
    away.server.says(500, {})
    finding = await investigate(away.wallet, ANNA, Symptom.PAY_FAIL, PAID, now=NOON)
    assert (finding.verdict, finding.variant, finding.money) == ("PENDING_UPSTREAM", "unread", MoneyAt.UNKNOWN)


async def offering(away: Away, *commands: CommandName) -> None:
    away.server.says(200, {"name": "Other", "commands": [*commands, "dance"], "currencies": ["CNY"]})
    assert (await away.wallet.capabilities()).commands == frozenset(commands)


async def test_what_is_not_offered_is_not_asked_for(away: Away) -> None:
    await offering(away)
    outcome = await away.wallet.act(Command(CommandName.FREEZE, ANNA, "k"))
    assert (outcome.state, outcome.reason) == (OutcomeState.REFUSED, "not_offered")
    assert len(away.server.asked) == 1


@pytest.mark.parametrize("said", ["stall", 500, 502, 429, "html", "done without record"])
async def test_an_action_without_a_clear_answer_is_unknown_and_never_a_no(away: Away, said: object) -> None:
    await offering(away, CommandName.FREEZE)
    wallet = away.wallet
    if said == "stall":
        wallet = away.hasty
        await wallet.capabilities()
        away.server.stalls(drip=False)
    elif isinstance(said, int):
        away.server.says(said, {})
    elif said == "html":
        away.server.says(200, b"<p>ok</p>", kind="text/html")
    else:
        away.server.says(200, {"state": "done"})
    outcome = await wallet.act(Command(CommandName.FREEZE, ANNA, "k"))
    assert (outcome.state, outcome.reason) == (OutcomeState.UNKNOWN, "no_answer")


async def test_a_no_of_the_wallet_is_its_own_word(away: Away) -> None:
    await offering(away, CommandName.FREEZE)
    away.server.says(
        409, {"title": "x", "status": 409, "reason": "same_key_other_command"}, kind="application/problem+json"
    )
    outcome = await away.wallet.act(Command(CommandName.FREEZE, ANNA, "k", actor="agent:7", case_id=uuid4()))
    assert (outcome.state, outcome.reason) == (OutcomeState.REFUSED, "same_key_other_command")
    head = away.server.heads[-1].lower()
    for name in ("idempotency-key: k", "x-actor: agent:7", "x-case-id", "content-digest", "signature: desk=:"):
        assert name in head


async def test_an_unreachable_wallet_is_away(clock_at: Any) -> None:
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9") as client:
        wallet = RemoteWallet(Line(client, SECRET))
        with clock_at(NOON):
            assert (await refused(wallet.capabilities())).code == "gateway.wallet_away"
            outcome = await wallet.act(Command(CommandName.FREEZE, ANNA, "k"))
            assert outcome.state is OutcomeState.UNKNOWN


def test_money_goes_over_the_wire_as_a_string() -> None:
    assert b'"amount":{"minor":"1500","currency":"CNY"}' in msgspec.json.encode(wire.outward(transaction()))

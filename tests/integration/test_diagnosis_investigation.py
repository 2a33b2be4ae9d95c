"""How the wallet is read: at once, few times, never guessed, and the rail is asked where news prove nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import NOON
from tests.support.diagnosis_desk import Desk
from tests.support.wallet_outside import SILENT
from tests.support.wallet_people import ADAPTERS, ANNA, BEN, SHOP, Town, cny, settle_in
from walletdesk.diagnosis import investigation, rendering
from walletdesk.diagnosis.investigation import investigate
from walletdesk.diagnosis.model import Finding, MoneyAt, StoredFinding, Symptom
from walletdesk.diagnosis.procedures import replay
from walletdesk.kit import db
from walletdesk.kit.i18n import LANGS
from walletdesk.wallet.gateway.model import Remembered, TransactionKind, TransactionQuery
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.accounts.model import RestrictionKind
from walletdesk.wallet.reference.payments import actions as payments
from walletdesk.wallet.reference.rails import actions as rails
from walletdesk.wallet.reference.transfers.model import to_bank, to_wallet

BANK = to_bank("summit", "9876", "王小明")


@pytest.fixture(params=ADAPTERS)
async def town(swept_pool: db.Pool, clock_at: Any, request: pytest.FixtureRequest) -> AsyncGenerator[Town]:
    async with db.transaction(swept_pool) as tx:
        await settle_in(tx)
    with clock_at(NOON) as time:
        yield Town(swept_pool, time, over=request.param)


class Counted:
    """The wallet, with every read counted; some may hang or fail."""

    def __init__(self, town: Town, *, slow: frozenset[str] = frozenset(), away: frozenset[str] = frozenset()) -> None:
        self.wallet, self.slow, self.away = town.wallet, slow, away
        self.reads: Counter[str] = Counter()
        self.together = self.most = 0

    def __getattr__(self, name: str) -> Any:
        async def read(*args: Any, **more: Any) -> Any:
            self.reads[f"{name} anew" if more.get("refresh") else name] += 1
            self.together += 1
            self.most = max(self.most, self.together)
            try:
                if name in self.slow:
                    await asyncio.sleep(60)
                if name in self.away:
                    raise db.DatabaseDown
                return await getattr(self.wallet, name)(*args, **more)
            finally:
                self.together -= 1

        return read


async def find(town: Town, symptom: Symptom, transaction_id: Any, wallet: Any = None, **more: Any) -> Finding:
    return await investigate(
        wallet or town.wallet, more.pop("customer", ANNA), symptom, transaction_id, now=town.now, **more
    )


async def test_a_shop_that_was_not_told_is_found_with_three_reads_at_once(town: Town) -> None:
    town.outside.on_notify = 500
    paid = await town.pay()
    await town.work()
    wallet = Counted(town)
    finding = await find(town, Symptom.MERCHANT_NOT_RECEIVED, paid.id, wallet)
    assert finding.verdict == "RENOTIFY"
    assert wallet.reads == {"evidence": 1, "incidents": 1, "capabilities": 1}
    assert wallet.most == 3


async def test_why_a_payment_was_declined_takes_three_reads_more(town: Town) -> None:
    declined = await town.pay(200_000)
    wallet = Counted(town)
    finding = await find(town, Symptom.PAY_FAIL, declined.id, wallet)
    assert (finding.verdict, finding.money) == ("FUNDS", MoneyAt.UNTOUCHED)
    assert finding.references["available"].value == cny(100_000)
    assert finding.references["missing"].value == cny(100_000)
    assert sum(wallet.reads.values()) == 6


async def test_a_foreign_transaction_is_not_told_from_one_that_does_not_exist(town: Town) -> None:
    paid = await town.pay()
    await town.work()
    foreign = await find(town, Symptom.PAY_DEBITED, paid.id, customer=BEN)
    absent = await find(town, Symptom.PAY_DEBITED, uuid4(), customer=BEN)
    assert foreign.verdict == absent.verdict == "UNIDENTIFIED"
    assert rendering.sentence(foreign, "zh") == rendering.sentence(absent, "zh")
    assert (foreign.facts, foreign.references, foreign.transaction) == (absent.facts, absent.references, None)


async def test_without_a_transaction_nothing_of_it_is_read(town: Town) -> None:
    wallet = Counted(town)
    finding = await find(town, Symptom.PAY_FAIL, None, wallet)
    assert finding.verdict == "NOT_SENT"
    assert "evidence" not in wallet.reads


async def test_a_wallet_that_does_not_answer_is_said_to_be_so_and_nothing_is_guessed(town: Town) -> None:
    paid = await town.pay()
    finding = await find(town, Symptom.PAY_FAIL, paid.id, Counted(town, away=frozenset({"evidence"})))
    assert (finding.verdict, finding.variant, finding.money) == ("PENDING_UPSTREAM", "unread", MoneyAt.UNKNOWN)
    assert finding.transaction_id == paid.id


async def test_surroundings_that_cannot_be_read_are_unknown(town: Town) -> None:
    declined = await town.pay(200_000)
    finding = await find(town, Symptom.PAY_FAIL, declined.id, Counted(town, away=frozenset({"accounts", "limits"})))
    facts = {fact.name: fact.value for fact in finding.facts}
    assert (finding.verdict, finding.variant, facts["available"]) == ("FUNDS", "then", None)


async def test_what_the_wallet_only_remembers_proves_nothing(town: Town) -> None:
    declined = await town.pay(200_000)

    class Old(Counted):
        def __getattr__(self, name: str) -> Any:
            inner = super().__getattr__(name)

            async def read(*args: Any, **more: Any) -> Any:
                found = await inner(*args, **more)
                return Remembered(found, town.now) if name in ("accounts", "limits") else found

            return read

    finding = await find(town, Symptom.PAY_FAIL, declined.id, Old(town))
    facts = {fact.name: fact.value for fact in finding.facts}
    assert (finding.verdict, finding.variant, facts["available"]) == ("FUNDS", "then", None)


async def test_a_slow_rail_does_not_hide_what_our_own_books_know(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(investigation, "READ_SECONDS_MAX", 0.2)
    monkeypatch.setattr(investigation._read, "__defaults__", (0.2,))
    paid = await town.pay()
    await town.work()

    class SlowAnew(Counted):
        def __getattr__(self, name: str) -> Any:
            inner = super().__getattr__(name)

            async def read(*args: Any, **more: Any) -> Any:
                if more.get("refresh"):
                    await asyncio.sleep(60)
                return await inner(*args, **more)

            return read

    finding = await find(town, Symptom.MERCHANT_NOT_RECEIVED, paid.id, SlowAnew(town), refresh=True)
    assert finding.verdict == "GIVE_PROOF"


async def test_news_alone_make_the_rail_be_asked_before_anything_is_said(town: Town) -> None:
    town.outside.on_send, town.outside.on_ask = "accepted", SILENT
    paid = await town.pay()
    await town.work()
    town.outside.say(paid.id, "succeeded")
    await town.work()
    town.outside.say(paid.id, "failed", "60")
    await town.work()

    wallet = Counted(town)
    silent = await find(town, Symptom.PAY_DEBITED, paid.id, wallet)
    assert not any(remedy.automatic for remedy in silent.remedies)
    assert silent.verdict == "PENDING_UPSTREAM"

    town.outside.on_ask = ("failed", "60")
    asked = await find(town, Symptom.PAY_DEBITED, paid.id, refresh=True)
    assert asked.verdict in ("REVERSE", "MONEY_BACK")


async def test_the_rail_is_asked_without_being_told_to_where_its_news_do_not_fit_our_books(town: Town) -> None:
    town.outside.on_send, town.outside.on_ask = "accepted", SILENT
    paid = await town.pay(source="balance")
    await town.work()
    town.outside.say(paid.id, "failed", "60")
    await town.work()
    assert (await find(town, Symptom.PAY_DEBITED, paid.id)).verdict == "PENDING_UPSTREAM"

    town.outside.on_ask = ("failed", "60")
    wallet = Counted(town)
    finding = await find(town, Symptom.PAY_DEBITED, paid.id, wallet)
    assert wallet.reads["evidence anew"] == 1
    assert finding.verdict in ("MONEY_BACK", "VOID_NOW")


# ------------------------------------------------ the reference wallet, one situation after the other


async def told(town: Town, symptom: Symptom, transaction_id: Any, **more: Any) -> tuple[str, str | None, MoneyAt]:
    """Diagnose; whatever comes out can be made again and be said and drawn in both languages."""
    finding = await find(town, symptom, transaction_id, **more)
    assert replay(finding) == finding
    stored = StoredFinding(uuid4(), "E-10001", None, ANNA, finding, town.now)
    for lang in LANGS:
        card = rendering.card(stored, lang, "Asia/Shanghai", {})
        other = rendering.cards.text(lang, "diagnosis.timeline.other")
        assert other not in [step["text"] for step in card["timeline"]]
        assert rendering.sentence(stored, lang)
        assert rendering.facts(stored, lang)
    return finding.verdict, finding.variant, finding.money


async def test_a_payment_that_went_well(town: Town) -> None:
    paid = await town.pay()
    await town.work()
    assert await told(town, Symptom.MERCHANT_NOT_RECEIVED, paid.id, refresh=True) == (
        "GIVE_PROOF", "order_paid", MoneyAt.PAID,
    )  # fmt: skip
    assert (await told(town, Symptom.PAY_FAIL, paid.id))[0] == "PAID_SHOW_STALE"


async def test_a_shop_whose_order_stays_open(town: Town) -> None:
    town.outside.on_shop = "open"
    paid = await town.pay()
    await town.work()
    found = await told(town, Symptom.MERCHANT_NOT_RECEIVED, paid.id, refresh=True)
    assert found == ("MERCHANT_ORDER", None, MoneyAt.PAID)


@pytest.mark.parametrize(
    ("code", "verdict", "variant"),
    [
        ("51", "FUNDS", "bank"),
        ("61", "LIMIT", "bank"),
        ("55", "PIN", None),
        ("75", "PIN", "locked"),
        ("54", "CARD_EXPIRED", None),
        ("14", "CARD_INVALID", None),
        ("62", "CARD_STATUS", None),
        ("43", "RISK_HOLD", None),
        ("59", "RISK_HOLD", None),
        ("57", "MERCHANT_UNSUPPORTED", "method"),
        ("05", "DECLINED", None),
        ("91", "RAIL_DOWN", None),
        ("96", "SYSTEM_BUSY", None),
        ("94", "DUPLICATE", None),
    ],
)
async def test_a_card_payment_that_the_bank_declined(town: Town, code: str, verdict: str, variant: str | None) -> None:
    town.outside.on_send = ("failed", code)
    paid = await town.pay(source="card")
    await town.work()
    found = await told(town, Symptom.PAY_FAIL, paid.id)
    assert found[:2] == (verdict, variant)
    assert found[2] in (MoneyAt.UNTOUCHED, MoneyAt.RELEASED)


async def test_a_payment_of_a_customer_who_is_restricted(town: Town) -> None:
    async with db.transaction(town.pool) as tx:
        await accounts.freeze(tx, ANNA, RestrictionKind.RISK, restriction_id=uuid4(), now=town.now)
    town.later(seconds=1)
    paid = await town.pay()
    assert (await told(town, Symptom.PAY_FAIL, paid.id))[0] == "BLOCKED"


async def test_a_payment_during_an_announced_disturbance(town: Town) -> None:
    town.outside.on_send = town.outside.on_ask = SILENT
    paid = await town.pay()
    await town.work()
    tx_rail = (await town.evidence(paid.id)).transaction.rail
    assert tx_rail
    async with db.transaction(town.pool) as tx:
        await rails.announce(
            tx, incident_id=uuid4(), scope=f"rail:{tx_rail}", zh="网联通道延迟", en="The rail is slow",
            opened_at=town.now, expected_end=None,
        )  # fmt: skip
    assert (await told(town, Symptom.PAY_DEBITED, paid.id))[:2] == ("INCIDENT", None)


async def test_transfers_on_their_way_arrived_unknown_and_declined(town: Town) -> None:
    town.outside.on_send = "accepted"
    sent = await town.send(BANK, 2_000)
    await town.work(rounds=1)
    assert (await told(town, Symptom.NOT_ARRIVED, sent.id))[0] == "IN_TIME"
    town.outside.on_ask = "succeeded"
    assert (await told(town, Symptom.NOT_ARRIVED, sent.id, refresh=True))[::2] == ("CREDITED_AT_BANK", MoneyAt.PAID)

    town.outside.on_send = ("failed", "66")
    wrong = await town.send(BANK, 2_000)
    await town.work()
    assert (await told(town, Symptom.XFER_FAIL, wrong.id))[0] in ("PAYEE_INVALID", "DECLINED")

    friend = await town.send(to_wallet(BEN), 300)
    await town.work()
    assert (await told(town, Symptom.NOT_ARRIVED, friend.id))[:2] == ("CREDITED_AT_BANK", "wallet")


async def test_an_overdue_transfer_is_traced(town: Town) -> None:
    town.outside.on_send = town.outside.on_ask = "accepted"
    sent = await town.send(BANK, 2_000)
    await town.work(rounds=1)
    due = (await town.evidence(sent.id)).due_by.value
    assert due is not None
    town.later(seconds=(due - town.now).total_seconds() + 60)
    assert (await told(town, Symptom.NOT_ARRIVED, sent.id))[0] == "TRACE"


async def test_a_top_up_of_which_only_the_bank_knows(town: Town) -> None:
    town.outside.on_send = town.outside.on_ask = None
    top_up = await town.top_up()
    await town.work(rounds=1)
    town.outside.say(top_up.id, "bank_debited")
    await town.work()
    found = await told(town, Symptom.NOT_ARRIVED, top_up.id, refresh=True)
    assert found == ("BANK_SIDE", None, MoneyAt.AT_BANK)


async def test_everything_that_a_customer_can_see_can_be_diagnosed_under_every_symptom(town: Town) -> None:
    await town.top_up()
    await town.pay()
    await town.pay(source="card")
    await town.pay(900_000)
    await town.send(BANK)
    await town.withdraw()
    await town.work()
    seen = await town.wallet.transactions(ANNA, TransactionQuery())
    assert {one.kind for one in seen} >= {TransactionKind.PAYMENT, TransactionKind.TRANSFER, TransactionKind.TOP_UP}
    for one in seen:
        for symptom in Symptom:
            await told(town, symptom, one.id)


async def test_a_merchant_that_is_frozen_after_the_payment_is_not_betrayed(town: Town) -> None:
    town.outside.on_shop = SILENT
    paid = await town.pay()
    await town.work()
    async with db.transaction(town.pool) as tx:
        await payments.set_merchant_state(tx, SHOP, "frozen", now=town.now)
    verdict, _, _ = await told(town, Symptom.MERCHANT_NOT_RECEIVED, paid.id)
    assert verdict == "MERCHANT_FROZEN"
    stored = await Desk(town).diagnose(Symptom.MERCHANT_NOT_RECEIVED, paid.id)
    assert rendering.card(stored, "en", "Asia/Shanghai", {})["verdict"] == "NEUTRAL"

"""The desk sees the embedded wallet through the port: everything with its record, nobody else's, each command once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.conftest import NOON
from tests.support.swept import Swept
from tests.support.wallet_outside import SILENT
from tests.support.wallet_people import ADAPTERS, ANNA, BEN, OTHER_SHOP, SHOP, Town, cny, settle_in
from walletdesk.kit import db
from walletdesk.kit.i18n import has_text, placeholders
from walletdesk.wallet.gateway.embedded import EmbeddedWallet
from walletdesk.wallet.gateway.model import (
    Command,
    CommandName,
    LedgerState,
    NoticeState,
    OrderState,
    Outcome,
    OutcomeState,
    PartyState,
    RailState,
    TransactionKind,
    TransactionQuery,
    TransactionState,
    Wallet,
)
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.accounts.model import RestrictionKind
from walletdesk.wallet.reference.model import fingerprint
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


async def ask(town: Town, name: CommandName, transaction_id: UUID | None = None, **more: Any) -> Outcome:
    command = Command(
        **{
            "name": name, "customer_id": ANNA, "idempotency_key": f"{transaction_id}:{name}",
            "transaction_id": transaction_id, **more,
        }
    )  # fmt: skip
    return await town.wallet.act(command)


async def test_the_adapter_is_a_wallet(town: Town) -> None:
    wallet: Wallet = town.wallet
    capabilities = await wallet.capabilities()
    assert capabilities.commands == frozenset(CommandName)


async def test_a_customer_is_shown_with_a_masked_number(town: Town) -> None:
    found = await town.wallet.customer(ANNA)
    assert found is not None
    assert (found.name, found.phone_masked, found.tier, found.locale) == ("Anna Adams", "199****0001", 3, "en")
    assert await town.wallet.customer(uuid4()) is None  # type: ignore[arg-type]


async def test_balances_name_the_line_that_proves_them(town: Town) -> None:
    await town.pay(1_500)
    [account] = await town.wallet.accounts(ANNA)
    assert (account.posted, account.held, account.available) == (cny(100_000), cny(1_500), cny(98_500))
    assert account.record == f"entry/{account.id}/1"
    [empty] = await town.wallet.accounts(BEN)
    assert empty.record == f"account/{empty.id}"


async def test_lines_of_an_account_are_read_newest_first_and_by_its_owner_only(town: Town) -> None:
    paid = [await town.pay(minor) for minor in (100, 200, 300)]
    await town.work()
    [account] = await town.wallet.accounts(ANNA)

    lines = await town.wallet.entries(ANNA, account.id, before_seq=None, limit=2)
    older = await town.wallet.entries(ANNA, account.id, before_seq=lines[-1].seq, limit=9)

    assert [line.seq for line in (*lines, *older)] == [4, 3, 2, 1]
    assert lines[0].balance_after == cny(99_400)
    assert {line.transaction_id for line in (*lines, *older)} == {*(one.id for one in paid), None}
    assert await town.wallet.entries(BEN, account.id, before_seq=None, limit=9) == ()
    assert await town.wallet.entries(ANNA, "1; DROP TABLE", before_seq=None, limit=9) == ()
    assert await town.wallet.entries(ANNA, "9" * 30, before_seq=None, limit=9) == ()


async def some_life(town: Town) -> dict[str, UUID]:
    """Let one thing of each kind happen, a minute apart, oldest first."""
    made = {"top_up": (await town.top_up(5_000)).id}
    for name, deed in (
        ("payment", lambda: town.pay(1_500, order_no="A-1")),
        ("card", lambda: town.pay(700, source="card", merchant_id=OTHER_SHOP)),
        ("transfer", lambda: town.send(BANK, 2_000)),
        ("friend", lambda: town.send(to_wallet(BEN), 300)),
        ("withdrawal", lambda: town.withdraw(900)),
    ):
        town.later(minutes=1)
        made[name] = (await deed()).id
    await town.work()
    return made


async def test_transactions_are_listed_newest_first_and_found_by_what_the_customer_knows(town: Town) -> None:
    made = await some_life(town)

    async def listed(**query: Any) -> list[str]:
        names = {uuid: name for name, uuid in made.items()}
        return [names[one.id] for one in await town.wallet.transactions(ANNA, TransactionQuery(**query))]

    everything = ["withdrawal", "friend", "transfer", "card", "payment", "top_up"]
    assert await listed() == everything
    assert await listed(kinds=frozenset({TransactionKind.PAYMENT})) == ["card", "payment"]
    assert await listed(kinds=frozenset({TransactionKind.TOP_UP, TransactionKind.TRANSFER})) == [
        "friend", "transfer", "top_up",
    ]  # fmt: skip
    assert await listed(amount_minor=2_000) == ["transfer"]
    assert await listed(outgoing=False) == ["top_up"]
    assert await listed(since=NOON + timedelta(minutes=2), until=NOON + timedelta(minutes=3)) == ["transfer", "card"]
    assert await listed(ref="A-1") == ["payment"]
    assert await listed(ref=str(made["transfer"])) == ["transfer"]
    paid = await town.evidence(made["payment"])
    assert await listed(ref=paid.receipt_no.value) == ["payment"]
    assert await listed(ref=paid.transaction.rail_ref) == ["payment"]
    assert await listed(ref="' OR true --") == []


async def test_pages_follow_each_other_without_gap_or_repetition(town: Town) -> None:
    made = await some_life(town)
    seen: list[UUID] = []
    before = None
    while page := await town.wallet.transactions(ANNA, TransactionQuery(before=before, limit=2)):
        seen += [one.id for one in page]
        before = (page[-1].created_at, page[-1].id)
    assert seen == list(reversed(list(made.values())))


async def test_what_is_anothers_does_not_exist(town: Town) -> None:
    made = await some_life(town)
    for name, transaction_id in made.items():
        found = await town.wallet.evidence(BEN, transaction_id, refresh=True)
        assert (found is not None) == (name == "friend")
        assert (await town.wallet.transaction(BEN, transaction_id) is not None) == (name == "friend")
    assert [one.id for one in await town.wallet.transactions(BEN, TransactionQuery())] == [made["friend"]]
    assert await town.wallet.evidence(ANNA, uuid4()) is None
    for command in (CommandName.RESEND_NOTICE, CommandName.VOID_HOLD, CommandName.REVERSE_PAYMENT):
        outcome = await ask(town, command, made["payment"], customer_id=BEN, idempotency_key=f"foreign {command}")
        assert (outcome.state, outcome.reason) == (OutcomeState.REFUSED, "transaction_missing")


async def test_every_value_of_the_evidence_names_its_record_and_every_step_has_words(town: Town) -> None:
    made = await some_life(town)
    kinds: set[str] = set()
    for transaction_id in made.values():
        evidence = await town.evidence(transaction_id, refresh=True)
        for name in evidence.__dataclass_fields__:
            seen = getattr(evidence, name)
            if hasattr(seen, "record") and name != "transaction" and seen.value is not None:
                assert seen.record, name
        assert [step.at for step in evidence.timeline] == sorted(step.at for step in evidence.timeline)
        for step in evidence.timeline:
            kinds.add(step.kind)
            for lang in ("zh", "en"):
                key = f"wallet.timeline.{step.kind}"
                assert has_text(lang, key)
                assert placeholders(lang, key) <= set(step.values)
    assert {"created", "held", "captured", "captured_card", "sent", "rail_succeeded", "notice_delivered"} <= kinds
    assert {"order_paid", "credited", "moved", "sent_out"} <= kinds


async def test_the_records_of_the_evidence_are_rows_that_exist(town: Town) -> None:
    paid = await town.pay(1_500)
    await town.work()
    evidence = await town.evidence(paid.id)
    async with db.reading(town.pool) as tx:
        assert evidence.ledger.record is not None
        _, account, seq = evidence.ledger.record.split("/")
        line = "SELECT amount FROM ledger.entry WHERE account_id = $1 AND seq = $2"
        assert await db.fetch_value(tx, line, int(account), int(seq)) == -1_500
        for record, table in (
            (evidence.rail_state.record, "rails.rail_event"),
            (evidence.notice.record, "payments.notice"),
            (evidence.order.record, "payments.shop_answer"),
            (f"hold/{evidence.hold_id}", "ledger.hold"),
            (evidence.receipt_no.record, "payments.payment"),
            (evidence.merchant.record, "payments.merchant"),
        ):
            assert record is not None
            row_id = UUID(record.split("/")[1])
            assert await db.fetch_value(tx, f"SELECT count(*) FROM {table} WHERE id = $1", row_id) == 1  # type: ignore[arg-type]


async def test_the_evidence_takes_two_round_trips_at_most(town: Town) -> None:
    made = await some_life(town)
    for transaction_id in made.values():
        asked: list[str] = []
        async with town.pool.acquire() as connection:
            connection.add_query_logger(lambda record, asked=asked: asked.append(record.query))

            class OnePool:
                def acquire(self, *, timeout: float | None = None, connection: Any = connection) -> Any:
                    class Lent:
                        async def __aenter__(self) -> Any:
                            return connection

                        async def __aexit__(self, *_: object) -> None:
                            return None

                    return Lent()

            await EmbeddedWallet(OnePool()).evidence(ANNA, transaction_id)  # type: ignore[arg-type]
        assert 1 <= len(asked) <= 2


async def test_refresh_asks_rail_and_shop_anew(town: Town) -> None:
    town.outside.on_send, town.outside.on_ask = SILENT, SILENT
    paid = await town.pay()
    await town.work()
    assert (await town.evidence(paid.id, refresh=True)).rail_state.value is None

    town.outside.on_ask = "succeeded"
    assert (await town.evidence(paid.id)).rail_state.value is None
    fresh = await town.evidence(paid.id, refresh=True)
    assert (fresh.rail_state.value, fresh.ledger.value) == (RailState.SUCCEEDED, LedgerState.POSTED)

    town.outside.on_shop = "closed_before_payment"
    assert (await town.evidence(paid.id, refresh=True)).order.value is OrderState.CLOSED_BEFORE_PAYMENT


async def test_a_slow_outside_does_not_keep_the_customer_waiting(town: Town) -> None:
    class Slow:
        async def ask(self, *_: object, **__: object) -> None:
            await asyncio.sleep(60)

        async def ask_shop(self, *_: object) -> None:
            await asyncio.sleep(60)

    paid = await town.pay()
    await town.work()
    wallet = EmbeddedWallet(town.pool, Slow())  # type: ignore[arg-type]
    async with asyncio.timeout(5):
        evidence = await wallet.evidence(ANNA, paid.id, refresh=True)
    assert evidence is not None
    assert evidence.rail_state.value is RailState.SUCCEEDED


async def test_payee_and_merchant_are_shown_as_they_stand(town: Town) -> None:
    paid = await town.pay(intended_merchant_id=OTHER_SHOP)
    await town.work()
    async with db.transaction(town.pool) as tx:
        await payments.set_merchant_state(tx, SHOP, "frozen", now=town.now)

    evidence = await town.evidence(paid.id)
    assert (evidence.payee_is_intended.value, evidence.merchant.value) == (False, PartyState.FROZEN)


async def test_restrictions_limits_and_incidents_are_listed_while_they_last(town: Town) -> None:
    incident = uuid4()
    async with db.transaction(town.pool) as tx:
        row = await accounts.restrict(tx, ANNA, RestrictionKind.PIN, until=NOON + timedelta(hours=1), now=NOON)
        await rails.announce(
            tx, incident_id=incident, scope="rail:netunion", zh="网联维护", en="Network maintenance", opened_at=NOON
        )
    [restriction] = await town.wallet.restrictions(ANNA)
    [found] = await town.wallet.incidents()
    assert (restriction.record, restriction.kind, restriction.blocks_debit) == (f"restriction/{row.id}", "pin", True)
    assert (found.record, found.texts) == (f"incident/{incident}", {"zh": "网联维护", "en": "Network maintenance"})
    assert [limit.kind for limit in await town.wallet.limits(ANNA)] == ["single", "day", "month", "year"]

    town.later(hours=1)
    async with db.transaction(town.pool) as tx:
        await rails.close_incident(tx, incident, now=town.now)
    assert (await town.wallet.restrictions(ANNA), await town.wallet.incidents()) == ((), ())


async def test_an_announced_disturbance_says_that_the_rail_is_down(town: Town) -> None:
    paid = await town.pay()
    async with db.transaction(town.pool) as tx:
        await rails.announce(
            tx, incident_id=uuid4(), scope="rail:netunion", zh="维护", en="Maintenance", opened_at=NOON
        )
    assert (await town.evidence(paid.id)).rail_available.value is False


async def test_news_are_read_once_and_in_order(town: Town) -> None:
    paid = await town.pay()
    await town.work()
    async with db.transaction(town.pool) as tx:
        await accounts.restrict(tx, ANNA, RestrictionKind.RISK, now=town.now)

    seen = []
    cursor = None
    while page := await town.wallet.events(cursor, limit=2):
        seen += page
        cursor = page[-1].cursor
    assert {one.transaction_id for one in seen} == {paid.id, None}
    assert [one.kind for one in seen][-1] == "restriction.changed"
    assert {one.customer_id for one in seen} == {ANNA}
    assert await town.wallet.events(cursor) == ()
    assert len(await town.wallet.events("no cursor of ours")) == len(seen)


async def test_news_come_in_the_order_of_their_transactions_however_many_are_read(
    town: Town, swept_server: Swept
) -> None:
    owner = await asyncpg.connect(swept_server.dsn)
    for xid in (8, 9, 10, 11):
        await owner.execute(
            "INSERT INTO kit.event (xid, key, name, body) VALUES ($1::text::xid8, $2, 'RestrictionChanged', '{}')",
            str(xid), ANNA,
        )  # fmt: skip
    await owner.close()

    at_once = [one.cursor for one in await town.wallet.events(None)]
    one_by_one: list[str] = []
    while page := await town.wallet.events(one_by_one[-1] if one_by_one else None, limit=1):
        one_by_one.append(page[0].cursor)
    assert [cursor.partition("-")[0] for cursor in at_once] == ["8", "9", "10", "11"]
    assert one_by_one == at_once


async def test_a_notice_is_sent_again_for_real_and_once_per_key(town: Town) -> None:
    town.outside.on_notify = 500
    paid = await town.pay()
    await town.work()
    town.outside.on_notify = 200

    done = await ask(town, CommandName.RESEND_NOTICE, paid.id)
    again = await ask(town, CommandName.RESEND_NOTICE, paid.id)

    evidence = await town.evidence(paid.id)
    assert (done.state, done.record) == (OutcomeState.DONE, evidence.notice.record)
    assert (again.state, again.record) == (done.state, done.record)
    assert (evidence.notice.value, evidence.notice_attempts, len(town.outside.notices)) == (NoticeState.DELIVERED, 2, 2)


async def test_a_shop_that_answers_an_error_refuses_the_command(town: Town) -> None:
    town.outside.on_notify = 500
    paid = await town.pay()
    await town.work()

    outcome = await ask(town, CommandName.RESEND_NOTICE, paid.id)
    assert (outcome.state, outcome.reason) == (OutcomeState.REFUSED, "shop_refused")


async def test_a_silent_shop_leaves_the_outcome_unknown_until_it_is_asked_too_often(town: Town) -> None:
    town.outside.on_notify = SILENT
    paid = await town.pay()
    await town.work()

    outcomes = [await ask(town, CommandName.RESEND_NOTICE, paid.id) for _ in range(4)]
    assert [one.state for one in outcomes] == ["unknown", "unknown", "refused", "refused"]
    assert len(town.outside.notices) == 4


async def test_a_stale_screen_is_refreshed_with_the_notice(town: Town) -> None:
    town.outside.on_send = town.outside.on_ask = SILENT
    paid = await town.pay()
    await town.work()
    town.later(minutes=2)
    await town.work()
    town.outside.on_ask = "succeeded"
    town.later(minutes=10)
    await town.work()
    assert (await town.evidence(paid.id)).transaction.shown is TransactionState.FAILED

    await ask(town, CommandName.RESEND_NOTICE, paid.id)
    assert (await town.evidence(paid.id)).transaction.shown is TransactionState.SUCCEEDED


async def test_nothing_is_told_of_what_was_not_paid(town: Town) -> None:
    town.outside.on_send = ("failed", "64")
    paid = await town.pay()
    await town.work()

    outcome = await ask(town, CommandName.RESEND_NOTICE, paid.id)
    assert (outcome.state, outcome.reason, town.outside.notices) == (OutcomeState.REFUSED, "not_paid", [])


async def late_failure(town: Town) -> UUID:
    town.outside.on_send = town.outside.on_ask = SILENT
    paid = await town.pay()
    await town.work()
    town.later(minutes=40)
    return paid.id


async def test_a_hold_is_released_when_the_rail_asked_now_says_failed_and_not_before(town: Town) -> None:
    paid = await late_failure(town)
    too_early = await ask(town, CommandName.VOID_HOLD, paid, idempotency_key="early")
    assert (too_early.state, too_early.reason) == (OutcomeState.REFUSED, "rail_not_failed")
    assert await town.balance() == (100_000, 1_500)

    town.outside.on_ask = ("failed", "64")
    done = await ask(town, CommandName.VOID_HOLD, paid)
    again = await ask(town, CommandName.VOID_HOLD, paid)
    other = await ask(town, CommandName.VOID_HOLD, paid, idempotency_key="another")

    evidence = await town.evidence(paid)
    assert (done.state, done.record) == (OutcomeState.DONE, f"hold/{evidence.hold_id}")
    assert (again, (other.state, other.reason)) == (
        Outcome(done.state, done.record, None, again.at),
        (OutcomeState.REFUSED, "nothing_held"),
    )
    assert await town.balance() == (100_000, 0)


async def test_a_booked_payment_is_reversed_on_proof(town: Town) -> None:
    town.outside.on_send, town.outside.on_ask = "accepted", SILENT
    paid = await town.pay()
    await town.work()
    town.outside.say(paid.id, "succeeded")
    town.outside.say(paid.id, "failed", "60")
    await town.work()
    unproved = await ask(town, CommandName.REVERSE_PAYMENT, paid.id, idempotency_key="unproved")
    assert unproved.reason == "rail_not_failed"

    town.outside.on_ask = ("failed", "60")
    done = await ask(town, CommandName.REVERSE_PAYMENT, paid.id)

    evidence = await town.evidence(paid.id)
    assert (done.state, done.record) == (OutcomeState.DONE, evidence.ledger.record)
    assert (evidence.ledger.value, await town.balance()) == (LedgerState.RETURNED, (100_000, 0))
    await town.books_are_right()


async def test_returned_money_is_credited_on_proof(town: Town) -> None:
    sent = await town.send(BANK, 2_000)
    await town.work()
    town.later(hours=3)
    early = await ask(town, CommandName.RECREDIT_RETURNED, sent.id, idempotency_key="early")
    assert early.reason == "rail_not_failed"
    town.outside.on_ask = ("returned", "AC04")

    done = await ask(town, CommandName.RECREDIT_RETURNED, sent.id)

    evidence = await town.evidence(sent.id)
    assert (done.state, done.record) == (OutcomeState.DONE, evidence.ledger.record)
    assert (evidence.ledger.value, await town.balance()) == (LedgerState.RETURNED, (100_000, 0))
    await town.books_are_right()


async def test_a_closed_order_is_refunded_on_the_shops_word_of_now(town: Town) -> None:
    paid = await town.pay()
    await town.work()
    early = await ask(town, CommandName.REFUND_CLOSED_ORDER, paid.id, idempotency_key="early")
    assert early.reason == "order_not_closed"
    town.outside.on_shop = "closed_before_payment"

    done = await ask(town, CommandName.REFUND_CLOSED_ORDER, paid.id)

    assert (done.state, await town.balance()) == (OutcomeState.DONE, (100_000, 0))
    assert (await town.evidence(paid.id)).transaction.state is TransactionState.RETURNED


async def test_a_freeze_keeps_money_from_leaving_in_the_books_too(town: Town) -> None:
    done = await ask(town, CommandName.FREEZE, idempotency_key="freeze")
    again = await ask(town, CommandName.FREEZE, idempotency_key="freeze")

    [restriction] = await town.wallet.restrictions(ANNA)
    assert (done.state, done.record, again.record) == (OutcomeState.DONE, restriction.record, restriction.record)
    assert (await town.pay()).reason == "account_blocked"
    async with db.transaction(town.pool) as tx:
        wallet = await accounts.wallet_of(tx, ANNA, "CNY")
        status = "SELECT status FROM ledger.account WHERE id = $1"
        assert await db.fetch_value(tx, status, wallet.account_id) == "no_debit"
        await accounts.lift(tx, UUID(restriction.record.split("/")[1]), now=NOON)
        assert await db.fetch_value(tx, status, wallet.account_id) == "open"
    stranger = await ask(town, CommandName.FREEZE, idempotency_key="x", customer_id=uuid4())
    assert (stranger.state, stranger.reason) == (OutcomeState.REFUSED, "wallet_missing")


async def test_a_key_means_one_command(town: Town) -> None:
    paid = await town.pay()
    await town.work()
    await ask(town, CommandName.RESEND_NOTICE, paid.id, idempotency_key="k")
    other = await ask(town, CommandName.FREEZE, idempotency_key="k")
    assert (other.state, other.reason) == (OutcomeState.REFUSED, "same_key_other_command")
    assert await town.wallet.restrictions(ANNA) == ()


async def test_the_same_command_asked_by_many_at_once_happens_once(town: Town) -> None:
    town.outside.on_notify = 500
    paid = await town.pay()
    await town.work()
    town.outside.on_notify = 200

    outcomes = await asyncio.gather(*(ask(town, CommandName.RESEND_NOTICE, paid.id) for _ in range(6)))
    assert sorted({one.state for one in outcomes}) in (["done"], ["done", "running"])
    assert len(town.outside.notices) == 2


async def test_a_command_whose_process_died_is_carried_on_by_whoever_asks_again(town: Town) -> None:
    paid = await late_failure(town)
    town.outside.on_ask = ("failed", "64")
    async with db.transaction(town.pool) as tx:
        await tx.execute(
            "INSERT INTO gateway.command (key, name, customer_id, transaction_id, fingerprint, actor, state,"
            " leased_until, asked_at) SELECT 'k', 'void_hold', $1, $2, $3, 'bot', 'running', $4, $5",
            ANNA, paid, fingerprint(CommandName.VOID_HOLD, ANNA, paid), town.now + timedelta(seconds=20), town.now,
        )  # fmt: skip
    assert (await ask(town, CommandName.VOID_HOLD, paid, idempotency_key="k")).state is OutcomeState.RUNNING
    town.later(seconds=21)
    assert (await ask(town, CommandName.VOID_HOLD, paid, idempotency_key="k")).state is OutcomeState.DONE
    assert await town.balance() == (100_000, 0)


async def test_without_an_outside_nothing_is_told_and_everything_else_works(town: Town) -> None:
    paid = await town.pay()
    await town.work()
    alone = EmbeddedWallet(town.pool)
    assert await alone.evidence(ANNA, paid.id, refresh=True) is not None
    outcome = await alone.act(Command(CommandName.RESEND_NOTICE, ANNA, "k", paid.id))
    assert (outcome.state, outcome.reason) == (OutcomeState.REFUSED, "shop_unreachable")


async def test_every_command_that_ended_is_in_the_audit_log(town: Town) -> None:
    paid = await town.pay()
    await town.work()
    await ask(town, CommandName.RESEND_NOTICE, paid.id, actor="agent:7")
    async with db.reading(town.pool) as tx:
        row = await tx.fetchrow("SELECT actor_kind, action, object FROM people.audit")
    assert row is not None
    assert tuple(row) == ("agent:7", "wallet.resend_notice", f"transaction:{paid.id}")

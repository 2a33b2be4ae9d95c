"""Transfers reach their payee once, wait where they must, and come back when the rail proves it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import NOON
from tests.support.wallet_outside import SILENT
from tests.support.wallet_people import ANNA, BEN, Town, settle_in
from walletdesk.kit import db
from walletdesk.wallet.gateway.model import (
    ArrivalMode,
    LedgerState,
    PartyState,
    RailState,
    Reason,
    ReviewState,
    Source,
    TransactionQuery,
    TransactionState,
)
from walletdesk.wallet.reference import jobs
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.accounts.model import LimitKind, RestrictionKind
from walletdesk.wallet.reference.model import (
    AmountInvalid,
    BankAccountMissing,
    BankUnknown,
    NotCancellable,
    NotProved,
    PayeeInvalid,
    SameIdOtherBody,
    TransactionMissing,
    WalletMissing,
)
from walletdesk.wallet.reference.transfers import actions as transfers
from walletdesk.wallet.reference.transfers.model import State, to_bank, to_nobody, to_wallet

FRIEND = to_wallet(BEN)
FRIENDS_BANK = to_bank("summit", "9876", "王小明")
MORNING = datetime.fromisoformat("2026-01-06T09:00:00+08:00")


@pytest.fixture
async def town(pool: db.Pool, clock_at: Any) -> AsyncGenerator[Town]:
    async with db.transaction(pool) as tx:
        await settle_in(tx, balance=2_000_000)
    with clock_at(NOON) as time:
        yield Town(pool, time)


async def test_money_to_a_friend_arrives_at_once_and_both_see_it(town: Town) -> None:
    sent = await town.send(FRIEND, 2_000)

    assert (sent.state, await town.balance(), await town.balance(BEN)) == (State.SUCCEEDED, (1_998_000, 0), (2_000, 0))
    [mine] = await town.wallet.transactions(ANNA, TransactionQuery())
    [his] = await town.wallet.transactions(BEN, TransactionQuery())
    assert (mine.outgoing, mine.name, his.outgoing, his.name) == (True, "王•", False, "Anna •")
    arrived = await town.evidence(sent.id, BEN)
    assert (arrived.ledger.value, arrived.credited.value) == (LedgerState.POSTED, NOON)
    assert arrived.credited.record == arrived.ledger.record
    await town.books_are_right()


async def test_the_name_is_checked_but_width_case_and_spaces_do_not_count(town: Town) -> None:
    assert (await town.send(to_wallet(BEN, " 王 小明"))).state is State.SUCCEEDED

    wrong = await town.send(to_wallet(BEN, "王小红"))
    assert (wrong.state, wrong.reason, wrong.payee_name) == (State.FAILED, "name_mismatch", "王小红")
    evidence = await town.evidence(wrong.id)
    assert (evidence.payee.value, evidence.ledger.value) == (PartyState.NAME_MISMATCH, LedgerState.NONE)


async def test_nobody_and_somebody_without_wallet_are_not_found(town: Town) -> None:
    for payee in (to_nobody("199****7777", "李雷"), to_wallet(uuid4())):
        sent = await town.send(payee)
        evidence = await town.evidence(sent.id)
        assert (sent.state, evidence.payee.value, evidence.reason.value) == (
            State.FAILED,
            PartyState.NOT_FOUND,
            Reason.ACCOUNT_INVALID,
        )
    assert await town.balance() == (2_000_000, 0)


async def test_a_payee_who_may_not_receive_is_blocked(town: Town) -> None:
    async with db.transaction(town.pool) as tx:
        await accounts.restrict(tx, BEN, RestrictionKind.RISK, blocks_debit=False, blocks_credit=True, now=NOON)

    sent = await town.send(FRIEND)
    assert (sent.state, (await town.evidence(sent.id)).payee.value) == (State.FAILED, PartyState.BLOCKED)


async def test_who_is_restricted_sends_withdraws_and_tops_up_nothing(town: Town) -> None:
    async with db.transaction(town.pool) as tx:
        await accounts.restrict(tx, ANNA, RestrictionKind.KYC, blocks_credit=True, now=NOON)

    for deed in (town.send(FRIEND), town.send(FRIENDS_BANK), town.withdraw(), town.top_up()):
        assert (await deed).reason == "account_blocked"
    await town.work()
    assert (town.outside.sent, await town.balance()) == ([], (2_000_000, 0))


async def test_too_little_money_and_a_limit_are_told_apart(town: Town) -> None:
    async with db.transaction(town.pool) as tx:
        await accounts.set_limit(tx, ANNA, LimitKind.SINGLE, 1_000, now=NOON)

    assert (await town.send(FRIEND, 1_001)).reason == "limit_amount"
    poor = await town.send(to_wallet(ANNA), 1, customer_id=BEN)
    assert poor.reason == "funds"
    assert [limit.used.minor for limit in await town.wallet.limits(BEN)] == [0, 0, 0, 0]


async def test_withdrawals_do_not_count_against_the_limits_of_spending(town: Town) -> None:
    async with db.transaction(town.pool) as tx:
        await accounts.set_limit(tx, ANNA, LimitKind.DAY, 100, now=NOON)

    assert (await town.withdraw(5_000)).state is State.PENDING


@pytest.mark.parametrize(
    ("payee", "refusal"),
    [
        (to_wallet(ANNA), PayeeInvalid),
        (to_bank("nowhere", "1234", "x"), BankUnknown),
        (to_bank("summit", "", "x"), PayeeInvalid),
        (to_bank("summit", "12345", "x"), PayeeInvalid),
        (to_bank("summit", "1234", ""), PayeeInvalid),
        (to_bank("summit", "1234", "x" * 81), PayeeInvalid),
        (to_wallet(BEN, "a\x00b"), PayeeInvalid),
    ],
)
async def test_a_payee_that_cannot_be_is_refused(town: Town, payee: Any, refusal: Any) -> None:
    with pytest.raises(refusal):
        await town.send(payee)


async def test_impossible_requests_are_refused_and_nothing_is_stored(town: Town) -> None:
    with pytest.raises(AmountInvalid):
        await town.send(FRIEND, 0)
    with pytest.raises(WalletMissing):
        await town.send(FRIEND, customer_id=uuid4())
    with pytest.raises(BankAccountMissing):
        await town.top_up(bank="summit")
    with pytest.raises(ValueError, match="soon"):
        await town.send(FRIEND, mode="soon")
    async with db.reading(town.pool) as tx:
        assert await db.fetch_value(tx, "SELECT count(*) FROM transfers.transfer") == 0


async def test_the_same_id_sends_once_and_another_body_is_refused(town: Town) -> None:
    sent = await town.send(FRIENDS_BANK)
    assert (await town.send(FRIENDS_BANK, transfer_id=sent.id)).id == sent.id
    with pytest.raises(SameIdOtherBody):
        await town.send(FRIEND, transfer_id=sent.id)
    with pytest.raises(SameIdOtherBody):
        await town.withdraw(2_000, transfer_id=sent.id)
    assert await town.balance() == (2_000_000, 2_000)


async def test_money_to_a_bank_is_held_until_the_rail_says_that_it_arrived(town: Town) -> None:
    town.outside.on_send = "accepted"
    sent = await town.send(FRIENDS_BANK, 2_000)
    assert (await town.evidence(sent.id)).ledger.value is LedgerState.HELD
    await town.work()
    underway = await town.evidence(sent.id)
    assert (underway.rail_state.value, underway.sent.value) == (RailState.ACCEPTED, NOON)
    assert (underway.due_by.value, underway.due_by.record) == (NOON + timedelta(hours=2), "rule/arrival/instant")

    town.later(minutes=1)
    town.outside.say(sent.id, "succeeded")
    await town.work()
    there = await town.evidence(sent.id)
    assert (there.ledger.value, there.credited.value) == (LedgerState.POSTED, town.now)
    assert (there.payee.value, there.bank_name) == (PartyState.OPEN, "Summit Bank")
    assert town.outside.sent[0]["payee_name"] == "王小明"
    await town.books_are_right()


@pytest.mark.parametrize(
    ("code", "payee", "reason"),
    [
        ("AC01", PartyState.NOT_FOUND, Reason.ACCOUNT_INVALID),
        ("BE01", PartyState.NAME_MISMATCH, Reason.NAME_MISMATCH),
        ("AC06", PartyState.BLOCKED, Reason.ACCOUNT_BLOCKED),
        ("FRAD", None, Reason.FRAUD),
    ],
)
async def test_what_the_payees_bank_says_is_understood(
    town: Town, code: str, payee: PartyState | None, reason: Reason
) -> None:
    town.outside.on_send = ("failed", code)
    sent = await town.send(FRIENDS_BANK)
    await town.work()

    evidence = await town.evidence(sent.id)
    assert (evidence.payee.value, evidence.reason.value, evidence.rail_code) == (payee, reason, code)
    assert (evidence.ledger.value, await town.balance()) == (LedgerState.VOIDED, (2_000_000, 0))


async def test_money_that_comes_back_in_time_is_credited_by_itself(town: Town) -> None:
    sent = await town.send(FRIENDS_BANK, 2_000)
    await town.work()
    assert await town.balance() == (1_998_000, 0)

    town.later(minutes=10)
    town.outside.on_ask = ("returned", "AC04")
    town.outside.say(sent.id, "returned", "AC04")
    await town.work()

    evidence = await town.evidence(sent.id)
    assert (evidence.transaction.state, evidence.ledger.value) == (TransactionState.RETURNED, LedgerState.RETURNED)
    assert (evidence.returned.value, evidence.returned.source) == (town.now, Source.RAIL_QUERY)
    assert await town.balance() == (2_000_000, 0)
    await town.work()
    await town.books_are_right()


async def test_money_that_comes_back_late_is_credited_on_proof_and_once(town: Town) -> None:
    sent = await town.send(FRIENDS_BANK, 2_000)
    await town.work()
    town.later(hours=3)
    town.outside.on_ask = ("returned", "AC04")
    town.outside.say(sent.id, "returned", "AC04")
    await town.work()
    evidence = await town.evidence(sent.id)
    assert (evidence.ledger.value, evidence.rail_state.value) == (LedgerState.POSTED, RailState.RETURNED)
    assert evidence.credited.value is None

    async with db.transaction(town.pool) as tx:
        with pytest.raises(NotProved):
            await transfers.void_hold(tx, sent.id, now=town.now)
        back = await transfers.recredit(tx, sent.id, now=town.now)
        with pytest.raises(NotProved):
            await transfers.recredit(tx, sent.id, now=town.now)
    assert (back.state, back.reason, await town.balance()) == (State.RETURNED, "account_closed", (2_000_000, 0))
    await town.books_are_right()


async def test_a_late_return_is_credited_by_the_next_days_reconciliation(town: Town) -> None:
    sent = await town.send(FRIENDS_BANK, 2_000)
    await town.work()
    town.later(hours=3)
    town.outside.on_ask = ("returned", "AC04")
    town.outside.say(sent.id, "returned", "AC04")
    await town.work()
    town.time.set(datetime.fromisoformat("2026-01-06T12:00:00+08:00"))
    await jobs.settle(town.pool, town.now)

    assert await jobs.reconcile(town.pool, town.now) == 1
    assert await town.balance() == (2_000_000, 0)
    town.later(days=1)
    await jobs.settle(town.pool, town.now)
    await town.books_are_right()


async def test_news_of_a_return_alone_credits_nothing(town: Town) -> None:
    sent = await town.send(FRIENDS_BANK, 2_000)
    await town.work()
    town.outside.on_ask = SILENT
    town.later(minutes=1)
    town.outside.say(sent.id, "returned", "AC04")
    await town.work()

    assert await town.balance() == (1_998_000, 0)
    assert len(town.outside.asked) == 1


async def test_a_top_up_is_credited_when_the_rail_says_so_and_once(town: Town) -> None:
    town.outside.on_send = "accepted"
    top_up = await town.top_up(5_000)
    await town.work()
    assert await town.balance() == (2_000_000, 0)

    for _ in range(2):
        town.outside.say(top_up.id, "succeeded")
    await town.work()
    evidence = await town.evidence(top_up.id)
    assert (await town.balance(), evidence.transaction.outgoing) == ((2_005_000, 0), False)
    assert (evidence.ledger.value, evidence.credited.record) == (LedgerState.POSTED, evidence.ledger.record)
    await town.books_are_right()


async def test_a_top_up_into_an_account_that_takes_nothing_waits_for_people(town: Town) -> None:
    town.outside.on_send = "accepted"
    top_up = await town.top_up(5_000)
    await town.work()
    async with db.transaction(town.pool) as tx:
        wallet = await accounts.wallet_of(tx, ANNA, "CNY")
        await tx.execute("SELECT ledger.set_status($1, 'no_credit')", wallet.account_id)
    town.outside.say(top_up.id, "succeeded")
    await town.work()

    evidence = await town.evidence(top_up.id)
    assert (evidence.ledger.value, evidence.rail_state.value) == (LedgerState.NONE, RailState.SUCCEEDED)
    assert evidence.transaction.state is TransactionState.PENDING
    await town.books_are_right()


async def test_a_top_up_that_is_returned_after_its_success_is_for_people_to_decide(town: Town) -> None:
    top_up = await town.top_up(5_000)
    await town.work()
    town.later(minutes=5)
    town.outside.on_ask = ("returned", "63")
    town.outside.say(top_up.id, "returned", "63")
    await town.work()
    town.time.set(datetime.fromisoformat("2026-01-06T12:00:00+08:00"))

    assert await jobs.reconcile(town.pool, town.now) == 0
    assert await town.balance() == (2_005_000, 0)
    async with db.reading(town.pool) as tx:
        assert await db.fetch_value(tx, "SELECT unapplied FROM rails.orders WHERE id = $1", top_up.id) is True
    await town.books_are_right()


async def test_a_declined_top_up_ends_with_its_reason(town: Town) -> None:
    town.outside.on_send = ("failed", "64")
    top_up = await town.top_up()
    await town.work()

    evidence = await town.evidence(top_up.id)
    assert (evidence.transaction.state, evidence.reason.value) == (TransactionState.FAILED, Reason.FUNDS)


async def test_a_next_day_transfer_leaves_in_the_morning_and_can_be_cancelled_until_then(town: Town) -> None:
    first = await town.send(FRIENDS_BANK, 2_000, mode="next_day")
    second = await town.send(FRIEND, 1_000, mode="next_day")
    third = await town.send(FRIENDS_BANK, 500, mode="next_day")
    await town.work()
    evidence = await town.evidence(first.id)
    assert (evidence.review.value, evidence.scheduled_at) == (ReviewState.SCHEDULED, MORNING)
    assert evidence.arrival_mode is ArrivalMode.NEXT_DAY
    assert (evidence.due_by.value, town.outside.sent) == (MORNING + timedelta(hours=3), [])

    async with db.transaction(town.pool) as tx:
        back = await transfers.cancel(tx, transfer_id=third.id, customer_id=ANNA, now=town.now)
        again = await transfers.cancel(tx, transfer_id=third.id, customer_id=ANNA, now=town.now)
    assert (back.state, again.state, await town.balance()) == (State.CANCELLED, State.CANCELLED, (2_000_000, 3_000))

    town.time.set(MORNING)
    await town.work()
    assert ([one["ref"] for one in town.outside.sent], await town.balance(BEN)) == ([str(first.id)], (1_000, 0))
    assert (await town.evidence(second.id)).transaction.state is TransactionState.SUCCEEDED
    async with db.transaction(town.pool) as tx:
        with pytest.raises(NotCancellable):
            await transfers.cancel(tx, transfer_id=first.id, customer_id=ANNA, now=town.now)
        with pytest.raises(TransactionMissing):
            await transfers.cancel(tx, transfer_id=first.id, customer_id=BEN, now=town.now)
    await town.books_are_right()


async def test_ordinary_arrival_is_due_at_the_end_of_the_day(town: Town) -> None:
    sent = await town.send(FRIENDS_BANK, mode="ordinary")
    friend = await town.send(FRIEND, mode="ordinary")

    day_end = datetime.fromisoformat("2026-01-05T23:59:59+08:00")
    assert (await town.evidence(sent.id)).due_by.value == day_end
    assert (await town.evidence(friend.id)).scheduled_at == NOON + timedelta(hours=2)
    town.later(hours=2)
    await town.work()
    assert await town.balance(BEN) == (2_000, 0)


async def test_much_money_to_somebody_new_is_held_back_for_a_day(town: Town) -> None:
    sent = await town.send(FRIEND, 300_000)
    evidence = await town.evidence(sent.id)
    assert (evidence.review.value, evidence.ledger.value) == (ReviewState.RISK, LedgerState.HELD)
    assert evidence.scheduled_at is None
    assert [one.id for one in await town.wallet.transactions(BEN, TransactionQuery())] == []
    assert await town.wallet.evidence(BEN, sent.id) is None

    town.later(hours=24)
    await town.work()
    assert await town.balance(BEN) == (300_000, 0)
    assert (await town.send(FRIEND, 300_000)).state is State.SUCCEEDED


async def test_what_was_held_back_is_given_back_when_its_sender_or_payee_is_blocked_meanwhile(town: Town) -> None:
    mine = await town.send(FRIEND, 300_000)
    async with db.transaction(town.pool) as tx:
        row = await accounts.restrict(tx, BEN, RestrictionKind.RISK, blocks_credit=True, now=NOON)
    town.later(hours=24)
    await town.work()
    evidence = await town.evidence(mine.id)
    assert (evidence.ledger.value, evidence.payee.value) == (LedgerState.VOIDED, PartyState.BLOCKED)

    async with db.transaction(town.pool) as tx:
        await accounts.lift(tx, row.id, now=town.now)
    again = await town.send(FRIENDS_BANK, 300_000)
    async with db.transaction(town.pool) as tx:
        await accounts.restrict(tx, ANNA, RestrictionKind.JUDICIAL, now=town.now)
    town.later(hours=24)
    await town.work()
    assert (await town.evidence(again.id)).transaction.state is TransactionState.FAILED
    assert (await town.balance(), town.outside.sent) == ((2_000_000, 0), [])


async def test_people_withdraw_to_their_own_bank(town: Town) -> None:
    taken = await town.withdraw(5_000)
    await town.work()

    evidence = await town.evidence(taken.id)
    assert (await town.balance(), evidence.ledger.value) == ((1_995_000, 0), LedgerState.POSTED)
    assert (evidence.transaction.name, evidence.bank_name) == ("Anna Adams", "Harbour Bank")
    poor = await town.withdraw(5_000, customer_id=BEN)
    assert (poor.state, poor.reason) == (State.FAILED, "funds")
    await town.books_are_right()

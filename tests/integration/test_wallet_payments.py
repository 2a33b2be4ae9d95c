"""Payments hold money, follow the rail's answer once, and tell the shop."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import NOON
from tests.support.wallet_outside import DOWN, SILENT
from tests.support.wallet_people import ANNA, BEN, OTHER_SHOP, SHOP, Town, cny, settle_in
from walletdesk.kit import db
from walletdesk.wallet.gateway.model import LedgerState, NoticeState, OrderState, RailState, Reason, Source
from walletdesk.wallet.reference import jobs
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.accounts.model import LimitKind, RestrictionKind
from walletdesk.wallet.reference.model import (
    AmountInvalid,
    BankAccountMissing,
    MerchantMissing,
    NotProved,
    OrderInvalid,
    SameIdOtherBody,
    TransactionMissing,
    WalletMissing,
)
from walletdesk.wallet.reference.payments import actions as payments
from walletdesk.wallet.reference.payments import queries
from walletdesk.wallet.reference.payments.model import Payment, State
from walletdesk.wallet.reference.rails import queries as rail_queries


@pytest.fixture
async def town(pool: db.Pool, clock_at: Any) -> AsyncGenerator[Town]:
    async with db.transaction(pool) as tx:
        await settle_in(tx)
    with clock_at(NOON) as time:
        yield Town(pool, time)


async def found(town: Town, payment: Payment) -> Payment:
    async with db.reading(town.pool) as tx:
        row = await queries.find_payment(tx, ANNA, payment.id)
    assert row is not None
    return row


async def test_a_payment_is_held_then_captured_and_the_shop_is_told(town: Town) -> None:
    payment = await town.pay(1_500, order_no="A-1")
    assert (payment.state, await town.balance()) == (State.PENDING, (100_000, 1_500))

    await town.work()

    paid = await found(town, payment)
    assert (paid.state, paid.shown, paid.captured) == (State.SUCCEEDED, State.SUCCEEDED, 1_500)
    assert paid.notice == "delivered"
    assert (await town.balance(), await town.shop_balance()) == ((98_500, 0), 1_500)
    [notice] = town.outside.notices
    assert (notice["order_no"], notice["receipt_no"], notice["amount_minor"]) == ("A-1", paid.receipt_no, 1_500)
    await town.books_are_right()


async def test_the_notice_is_signed_so_that_a_shop_can_tell_it_from_a_forged_one(town: Town) -> None:
    await town.pay()
    await town.work()

    async with db.reading(town.pool) as tx:
        merchant = await payments.merchant_of(tx, SHOP)
    headers = town.outside.headers[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{headers['body']}".encode()
    mac = hmac.digest(merchant.notice_secret, signed, hashlib.sha256)
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()


async def test_the_same_id_pays_once_and_another_body_is_refused(town: Town) -> None:
    payment = await town.pay(1_500)
    await town.work()

    again = await town.pay(1_500, payment_id=payment.id)
    assert (again.id, again.state) == (payment.id, State.SUCCEEDED)
    with pytest.raises(SameIdOtherBody):
        await town.pay(1_501, payment_id=payment.id)
    with pytest.raises(SameIdOtherBody):
        await town.pay(1_500, payment_id=payment.id, customer_id=BEN)
    assert await town.balance() == (98_500, 0)


async def test_a_transfer_and_a_payment_cannot_share_an_id(town: Town) -> None:
    payment = await town.pay()
    with pytest.raises(SameIdOtherBody):
        await town.top_up(transfer_id=payment.id)
    top_up = await town.top_up()
    with pytest.raises(SameIdOtherBody):
        await town.pay(payment_id=top_up.id)


@pytest.mark.parametrize("minor", [0, -1, 10**14])
async def test_an_amount_that_cannot_be_is_refused(town: Town, minor: int) -> None:
    with pytest.raises(AmountInvalid):
        await town.pay(minor)


@pytest.mark.parametrize("order_no", ["a/b", "x" * 65, "a b", "\x00", "?q=1"])
async def test_an_order_number_that_no_shop_gives_is_refused(town: Town, order_no: str) -> None:
    with pytest.raises(OrderInvalid):
        await town.pay(order_no=order_no)


async def test_an_unknown_shop_or_customer_is_refused_and_nothing_is_stored(town: Town) -> None:
    with pytest.raises(MerchantMissing):
        await town.pay(merchant_id=uuid4())
    with pytest.raises(WalletMissing):
        await town.pay(customer_id=uuid4())
    async with db.reading(town.pool) as tx:
        assert await db.fetch_value(tx, "SELECT count(*) FROM payments.payment") == 0


async def test_a_card_payment_needs_a_card(town: Town, owner: Any) -> None:
    await owner.execute("DELETE FROM accounts.bank_account")
    with pytest.raises(BankAccountMissing):
        await town.pay(source="card")


async def test_who_has_too_little_pays_nothing_and_the_reason_is_kept(town: Town) -> None:
    payment = await town.pay(customer_id=BEN)

    assert (payment.state, payment.reason) == (State.FAILED, "funds")
    evidence = await town.evidence(payment.id, BEN)
    assert (evidence.reason.value, evidence.ledger.value, evidence.transaction.rail) == (
        Reason.FUNDS,
        LedgerState.NONE,
        None,
    )
    assert [limit.used.minor for limit in await town.wallet.limits(BEN)] == [0, 0, 0, 0]
    await town.work()
    assert town.outside.sent == []


async def test_limits_count_what_was_paid_and_forbid_the_rest(town: Town) -> None:
    async with db.transaction(town.pool) as tx:
        await accounts.set_limit(tx, ANNA, LimitKind.DAY, 2_000, now=NOON)
    await town.pay(1_500)

    refused = await town.pay(501)
    allowed = await town.pay(500)

    assert (refused.state, refused.reason) == (State.FAILED, "limit_amount")
    assert allowed.state is State.PENDING
    [day] = [limit for limit in await town.wallet.limits(ANNA) if limit.kind == "day"]
    assert (day.limit.minor, day.used.minor) == (2_000, 2_000)
    assert day.resets_at == datetime.fromisoformat("2026-01-05T16:00:00+00:00")
    assert (await town.evidence(refused.id)).ledger.value is LedgerState.NONE


async def test_what_did_not_come_about_is_not_counted(town: Town) -> None:
    town.outside.on_send = ("failed", "64")
    await town.pay(1_500)
    await town.work()

    assert [limit.used.minor for limit in await town.wallet.limits(ANNA)] == [0, 0, 0, 0]


async def test_a_single_payment_may_be_too_large(town: Town) -> None:
    async with db.transaction(town.pool) as tx:
        await accounts.set_limit(tx, ANNA, LimitKind.SINGLE, 1_000, now=NOON)

    assert (await town.pay(1_001)).reason == "limit_amount"
    assert (await town.pay(1_000)).state is State.PENDING


async def test_who_is_restricted_cannot_pay_until_it_is_lifted(town: Town) -> None:
    async with db.transaction(town.pool) as tx:
        row = await accounts.restrict(tx, ANNA, RestrictionKind.RISK, now=NOON)
    assert (await town.pay()).reason == "account_blocked"

    async with db.transaction(town.pool) as tx:
        await accounts.lift(tx, row.id, now=NOON)
    assert (await town.pay()).state is State.PENDING


async def test_a_restriction_ends_by_itself_when_its_time_is_over(town: Town) -> None:
    async with db.transaction(town.pool) as tx:
        await accounts.restrict(tx, ANNA, RestrictionKind.PIN, until=NOON + timedelta(hours=1), now=NOON)
    assert (await town.pay()).reason == "account_blocked"
    town.later(hours=1)
    assert (await town.pay()).state is State.PENDING


async def test_a_frozen_shop_takes_no_payment(town: Town) -> None:
    async with db.transaction(town.pool) as tx:
        await payments.set_merchant_state(tx, SHOP, "frozen", now=NOON)
    assert (await town.pay()).reason == "merchant_invalid"


@pytest.mark.parametrize(
    ("code", "reason"),
    [("64", Reason.FUNDS), ("65", Reason.PIN_WRONG), ("38", Reason.FRAUD), ("??", Reason.DO_NOT_HONOR)],
)
async def test_a_decline_of_the_rail_gives_the_money_back_with_its_reason(
    town: Town, code: str, reason: Reason
) -> None:
    town.outside.on_send = ("failed", code)
    payment = await town.pay()
    await town.work()

    evidence = await town.evidence(payment.id)
    assert (await town.balance(), evidence.transaction.state) == ((100_000, 0), "failed")
    assert (evidence.reason.value, evidence.rail_code) == (reason, code)
    assert (evidence.ledger.value, evidence.rail_state.value) == (LedgerState.VOIDED, RailState.FAILED)
    assert evidence.rail_state.source is Source.RAIL_QUERY


async def test_a_card_payment_moves_money_at_the_bank_and_to_the_shop(town: Town) -> None:
    payment = await town.pay(source="card")
    await town.work()

    evidence = await town.evidence(payment.id)
    assert (await town.balance(), await town.shop_balance()) == ((100_000, 0), 1_500)
    assert (evidence.ledger.value, evidence.rail_state.value) == (LedgerState.NONE, RailState.SUCCEEDED)
    assert (evidence.bank_name, evidence.transaction.rail) == ("Harbour Bank", "card")
    assert (town.outside.sent[0]["bank"], town.outside.sent[0]["account_tail"]) == ("harbour", "1234")
    await town.books_are_right()


async def test_an_accepted_order_is_concluded_by_news_that_may_come_twice(town: Town) -> None:
    town.outside.on_send = "accepted"
    payment = await town.pay()
    await town.work()
    assert (await found(town, payment)).state is State.PENDING

    town.later(seconds=3)
    for _ in range(2):
        town.outside.say(payment.id, "succeeded")
    await town.work()
    await town.work()

    assert (await found(town, payment)).state is State.SUCCEEDED
    assert (await town.balance(), await town.shop_balance()) == ((98_500, 0), 1_500)
    kinds = [step.kind for step in (await town.evidence(payment.id)).timeline]
    assert kinds.count("rail_succeeded") == 1


async def test_news_of_strangers_are_kept_and_move_nothing(town: Town) -> None:
    town.outside.say(uuid4(), "succeeded")
    town.outside.say("no uuid", "failed", "05")
    town.outside.say(uuid4(), "a word that nobody knows")
    await town.work()

    async with db.reading(town.pool) as tx:
        assert await db.fetch_value(tx, "SELECT count(*) FROM rails.rail_event WHERE order_id IS NULL") == 2
        assert await rail_queries.feed_after(tx, "rails") == 3


async def test_while_the_rail_keeps_silent_the_money_stays_held_and_nobody_says_failed(town: Town) -> None:
    town.outside.on_send = town.outside.on_ask = SILENT
    payment = await town.pay()
    await town.work()
    town.later(hours=5)
    await town.work()

    evidence = await town.evidence(payment.id)
    assert (evidence.ledger.value, evidence.rail_state.value) == (LedgerState.HELD, None)
    assert (evidence.transaction.state, evidence.transaction.shown) == ("pending", "failed")
    assert len(town.outside.sent) == 1


async def test_an_unanswered_order_is_asked_for_with_growing_pauses(town: Town) -> None:
    town.outside.on_send = town.outside.on_ask = SILENT
    payment = await town.pay()
    times: list[float] = []
    for second in range(0, 2_400, 5):
        town.time.set(NOON + timedelta(seconds=second))
        before = len(town.outside.asked)
        await town.work(rounds=1)
        times += [second] * (len(town.outside.asked) - before)

    assert times == [10, 20, 30, 40, 100, 400, 2_200]
    assert set(town.outside.asked) == {str(payment.id)}


async def test_a_late_success_is_booked_and_the_stale_screen_is_refreshed_by_the_notice(town: Town) -> None:
    town.outside.on_send = SILENT
    town.outside.on_ask = SILENT
    payment = await town.pay()
    await town.work()
    town.later(minutes=5)
    await town.work()

    town.outside.on_ask = "succeeded"
    town.later(minutes=30)
    await town.work()

    late = await found(town, payment)
    assert (late.state, late.shown) == (State.SUCCEEDED, State.FAILED)
    async with db.transaction(town.pool) as tx:
        assert (await payments.refresh_shown(tx, payment.id, now=town.now)).shown is State.SUCCEEDED


async def test_a_late_failure_waits_for_the_next_days_reconciliation(town: Town) -> None:
    town.outside.on_send = town.outside.on_ask = SILENT
    payment = await town.pay()
    await town.work()
    town.later(minutes=40)
    town.outside.on_ask = ("failed", "64")
    await town.work()

    evidence = await town.evidence(payment.id)
    assert (evidence.ledger.value, evidence.rail_state.value) == (LedgerState.HELD, RailState.FAILED)
    assert await jobs.reconcile(town.pool, town.now) == 0

    town.time.set(datetime.fromisoformat("2026-01-06T12:00:00+08:00"))
    assert await jobs.reconcile(town.pool, town.now) == 1
    assert (await town.balance(), (await found(town, payment)).state) == ((100_000, 0), State.FAILED)
    assert await jobs.reconcile(town.pool, town.now) == 0
    await town.books_are_right()


async def test_a_late_failure_can_be_released_at_once_on_proof(town: Town) -> None:
    town.outside.on_send = town.outside.on_ask = SILENT
    payment = await town.pay()
    await town.work()
    async with db.transaction(town.pool) as tx:
        with pytest.raises(NotProved):
            await payments.void_hold(tx, payment.id, now=town.now)

    town.later(minutes=40)
    town.outside.on_ask = ("failed", "64")
    await town.work()
    async with db.transaction(town.pool) as tx:
        back = await payments.void_hold(tx, payment.id, now=town.now)
        with pytest.raises(NotProved):
            await payments.void_hold(tx, payment.id, now=town.now)

    assert (back.state, back.reason, await town.balance()) == (State.FAILED, "funds", (100_000, 0))


async def test_news_of_a_failure_alone_frees_nothing_and_makes_us_ask(town: Town) -> None:
    town.outside.on_send = "accepted"
    town.outside.on_ask = SILENT
    payment = await town.pay()
    await town.work()
    town.later(seconds=1)
    town.outside.say(payment.id, "failed", "60")
    await town.work()

    assert (await town.balance(), len(town.outside.asked)) == ((100_000, 1_500), 1)
    evidence = await town.evidence(payment.id)
    assert (evidence.rail_state.value, evidence.rail_state.source) == (RailState.FAILED, Source.RAIL_WEBHOOK)

    town.outside.on_ask = "succeeded"
    town.later(seconds=30)
    await town.work()
    assert (await found(town, payment)).state is State.SUCCEEDED


async def test_a_contradiction_after_a_booked_success_is_reversed_only_on_the_rails_own_answer(town: Town) -> None:
    town.outside.on_send = "accepted"
    town.outside.on_ask = SILENT
    payment = await town.pay()
    await town.work()
    town.later(seconds=2)
    town.outside.say(payment.id, "succeeded")
    await town.work()
    town.later(seconds=10)
    town.outside.say(payment.id, "failed", "60")
    await town.work()

    unclear = await town.evidence(payment.id)
    assert (unclear.ledger.value, unclear.rail_state.value) == (LedgerState.POSTED, None)
    async with db.transaction(town.pool) as tx:
        with pytest.raises(NotProved):
            await payments.reverse(tx, payment.id, now=town.now)

    town.outside.on_ask = ("failed", "60")
    town.later(minutes=2)
    await town.work()
    proved = await town.evidence(payment.id)
    assert (proved.ledger.value, proved.rail_state.value) == (LedgerState.POSTED, RailState.FAILED)

    async with db.transaction(town.pool) as tx:
        back = await payments.reverse(tx, payment.id, now=town.now)
        with pytest.raises(NotProved):
            await payments.reverse(tx, payment.id, now=town.now)
    assert (back.state, await town.balance(), await town.shop_balance()) == (State.RETURNED, (100_000, 0), 0)
    assert (await town.evidence(payment.id)).ledger.value is LedgerState.RETURNED
    await town.books_are_right()


async def test_a_payment_that_the_rail_returns_after_its_success_is_paid_back_and_not_counted(town: Town) -> None:
    payment = await town.pay()
    await town.work()
    town.later(minutes=5)
    town.outside.on_ask = ("returned", "63")
    town.outside.say(payment.id, "returned", "63")
    await town.work()

    assert ((await found(town, payment)).state, await town.balance()) == (State.RETURNED, (100_000, 0))
    assert (await town.evidence(payment.id)).ledger.value is LedgerState.RETURNED
    assert [limit.used.minor for limit in await town.wallet.limits(ANNA)] == [0, 0, 0, 0]
    await town.books_are_right()


async def test_the_first_end_that_the_rail_answers_stays(town: Town) -> None:
    payment = await town.pay()
    await town.work()
    town.later(seconds=5)
    town.outside.say(payment.id, "failed", "60")
    town.outside.on_ask = ("failed", "60")
    await town.work()
    await town.evidence(payment.id, refresh=True)

    assert (await found(town, payment)).state is State.SUCCEEDED
    assert (await town.balance(), await town.shop_balance()) == ((98_500, 0), 1_500)


async def test_a_contradiction_is_not_settled_with_the_shop(town: Town) -> None:
    town.outside.on_send, town.outside.on_ask = "accepted", SILENT
    payment = await town.pay()
    await town.work()
    town.outside.say(payment.id, "succeeded")
    town.outside.say(payment.id, "failed", "60")
    await town.work()
    town.later(days=1)

    await jobs.settle(town.pool, town.now)
    assert await town.shop_balance() == 1_500


async def test_a_rail_that_takes_nothing_is_offered_the_order_again_then_it_has_failed(town: Town) -> None:
    town.outside.on_send = DOWN
    payment = await town.pay()
    await town.work()
    assert (await found(town, payment)).state is State.PENDING
    town.later(seconds=10)
    await town.work()
    town.later(seconds=60)
    await town.work()

    evidence = await town.evidence(payment.id)
    assert (await town.balance(), evidence.reason.value) == ((100_000, 0), Reason.RAIL_DOWN)
    assert (evidence.rail_state.value, evidence.rail_available.value) == (RailState.NONE, False)
    assert len(town.outside.sent) == 3
    town.outside.on_send = "succeeded"
    later = await town.pay()
    await town.work()
    assert (await town.evidence(later.id)).rail_available.value is True


async def test_an_order_that_the_rail_never_got_is_sent_again_under_its_reference(town: Town) -> None:
    town.outside.on_send = None
    payment = await town.pay()
    await town.work()
    town.later(seconds=10)
    await town.work()
    missing = await town.evidence(payment.id)
    assert (missing.rail_state.value, missing.rail_state.source) == (RailState.NONE, Source.RAIL_QUERY)

    town.outside.on_send = "succeeded"
    town.later(seconds=10)
    await town.work()
    assert (await found(town, payment)).state is State.SUCCEEDED
    assert {one["ref"] for one in town.outside.sent} == {str(payment.id)}
    assert await town.shop_balance() == 1_500


async def test_what_no_rail_knows_of_after_a_day_is_given_back(town: Town) -> None:
    town.outside.on_send = town.outside.on_ask = None
    payment = await town.pay()
    for _ in range(6):
        await town.work()
        town.later(minutes=5)
    assert len(town.outside.sent) == 3
    assert await town.balance() == (100_000, 1_500)

    town.time.set(datetime.fromisoformat("2026-01-06T12:00:00+08:00"))
    assert await jobs.reconcile(town.pool, town.now) == 1
    assert (await town.balance(), (await found(town, payment)).reason) == ((100_000, 0), "not_found")


async def test_what_the_bank_took_without_the_rail_stays_open_for_people(town: Town) -> None:
    town.outside.on_send = town.outside.on_ask = None
    payment = await town.pay(source="card")
    await town.work()
    town.outside.say(payment.id, "bank_debited")
    town.later(seconds=10)
    await town.work()

    evidence = await town.evidence(payment.id)
    assert (evidence.bank_debited.value, evidence.rail_state.value) == (True, RailState.NONE)
    town.time.set(datetime.fromisoformat("2026-01-06T12:00:00+08:00"))
    assert await jobs.reconcile(town.pool, town.now) == 0


async def test_a_payment_that_was_never_confirmed_shows_that_it_did_not_reach_us(town: Town) -> None:
    payment_id = uuid4()
    more: Any = {"payment_id": payment_id, "customer_id": ANNA, "merchant_id": SHOP, "amount": cny(900), "now": NOON}
    async with db.transaction(town.pool) as tx:
        await payments.prepare(tx, **more)
    evidence = await town.evidence(payment_id)
    assert (evidence.received.value, evidence.received.record) == (False, f"payment/{payment_id}")

    assert (await town.pay(900, payment_id=payment_id)).state is State.PENDING
    assert (await town.evidence(payment_id)).received.value is True


@pytest.mark.parametrize("answer", [500, SILENT])
async def test_a_shop_that_does_not_take_its_notice_is_told_again_for_some_hours(town: Town, answer: Any) -> None:
    town.outside.on_notify = answer
    payment = await town.pay()
    await town.work()
    evidence = await town.evidence(payment.id)
    assert (evidence.notice.value, evidence.notice_attempts) == (NoticeState.FAILED, 1)
    assert evidence.notice_http_status == (500 if answer == 500 else None)

    for _ in range(30):
        town.later(hours=1)
        await town.work()
    assert len(town.outside.notices) == 8
    assert (await found(town, payment)).notice == "failed"


async def test_a_notice_that_is_taken_at_last_asks_the_shop_for_its_order(town: Town) -> None:
    town.outside.on_notify = 500
    town.outside.on_shop = "open"
    payment = await town.pay(order_no="B-7")
    await town.work()
    town.outside.on_notify = 200
    town.later(seconds=5)
    await town.work()

    evidence = await town.evidence(payment.id)
    assert (evidence.notice.value, evidence.notice_attempts) == (NoticeState.DELIVERED, 2)
    assert (evidence.order.value, evidence.order.source) == (OrderState.OPEN, Source.MERCHANT)
    assert town.outside.shop_asked == ["B-7"]


async def test_a_closed_order_is_refunded_when_the_shop_itself_says_so(town: Town) -> None:
    town.outside.on_shop = "closed_before_payment"
    payment = await town.pay()
    await town.work()

    async with db.transaction(town.pool) as tx:
        back = await payments.refund_closed_order(tx, payment.id, now=town.now)
    assert (back.state, back.refunded, await town.balance()) == (State.RETURNED, 1_500, (100_000, 0))
    async with db.transaction(town.pool) as tx:
        with pytest.raises(NotProved):
            await payments.refund_closed_order(tx, payment.id, now=town.now)
    await town.books_are_right()


async def test_no_refund_without_the_shops_word_and_none_to_a_card(town: Town) -> None:
    open_ = await town.pay()
    await town.work()
    town.outside.on_shop = "closed_before_payment"
    card = await town.pay(source="card")
    await town.work()

    for payment, reason in ((open_, "order_not_closed"), (card, "paid_by_card")):
        async with db.transaction(town.pool) as tx:
            with pytest.raises(NotProved) as refused:
                await payments.refund_closed_order(tx, payment.id, now=town.now)
        assert refused.value.details == {"reason": reason}


async def test_a_shop_is_paid_out_once_for_the_days_before(town: Town) -> None:
    paid = [await town.pay(1_000), await town.pay(500)]
    await town.pay(300, merchant_id=OTHER_SHOP)
    await town.work()
    assert await jobs.settle(town.pool, town.now) == 0

    town.later(days=1)
    today = await town.pay(200)
    await town.work()
    assert await jobs.settle(town.pool, town.now) == 3
    assert await jobs.settle(town.pool, town.now) == 0

    assert await town.shop_balance() == 200
    assert [(await town.evidence(one.id)).settled.value for one in (*paid, today)] == [True, True, False]
    await town.books_are_right()


async def test_what_was_paid_out_cannot_be_taken_back_from_the_shop(town: Town) -> None:
    town.outside.on_shop = "closed_before_payment"
    payment = await town.pay()
    await town.work()
    town.later(days=1)
    await jobs.settle(town.pool, town.now)

    async with db.transaction(town.pool) as tx:
        with pytest.raises(NotProved) as refused:
            await payments.refund_closed_order(tx, payment.id, now=town.now)
    assert refused.value.details == {"reason": "merchant_funds"}


async def test_rails_are_settled_once_a_day_and_the_clearing_accounts_are_zero(town: Town) -> None:
    await town.pay(source="card")
    await town.top_up()
    await town.withdraw(700)
    await town.work()
    await town.books_are_right()
    town.later(days=1)

    assert await jobs.settle(town.pool, town.now) == 4
    async with db.reading(town.pool) as tx:
        rows = await tx.fetch("SELECT credits - debits AS balance FROM ledger.account WHERE kind LIKE 'clearing:%'")
    assert [row["balance"] for row in rows] == [0, 0, 0]
    await town.books_are_right()


async def test_the_answer_to_an_unknown_payment_is_that_there_is_none(town: Town) -> None:
    async with db.transaction(town.pool) as tx:
        for deed in (payments.void_hold, payments.reverse, payments.refund_closed_order, payments.refresh_shown):
            with pytest.raises(TransactionMissing):
                await deed(tx, uuid4(), now=NOON)


async def test_two_workers_at_once_capture_once(town: Town) -> None:
    for _ in range(5):
        await town.pay(100)
    await asyncio.gather(*(jobs.send_orders(town.pool, town.now, outside=town.client) for _ in range(4)))
    await asyncio.gather(*(jobs.deliver_notices(town.pool, town.now, outside=town.client) for _ in range(4)))

    assert (await town.balance(), await town.shop_balance()) == ((99_500, 0), 500)
    assert len(town.outside.notices) == 5
    await town.books_are_right()


async def test_a_worker_that_died_after_sending_is_repeated_without_harm(town: Town) -> None:
    payment = await town.pay()
    async with db.transaction(town.pool) as tx:
        [order] = await rail_queries.claim_due(
            tx, ["waiting"], now=town.now, until=town.now + timedelta(seconds=30), limit=5
        )
    await town.client.send(order, now=town.now)
    await town.work()
    assert (await found(town, payment)).state is State.PENDING

    town.later(seconds=31)
    await town.work()
    assert (await found(town, payment)).state is State.SUCCEEDED
    assert await town.shop_balance() == 1_500

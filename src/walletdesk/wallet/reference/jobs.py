"""The wallet's own work: send orders, hear and ask what became of them, tell shops, let time pass, settle.

Every pass claims what is due with a short lease, speaks to the outside without a transaction, and writes down what came
back in another. A pass that dies in between is repeated when the lease is over; references make that harmless.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final, TypeVar
from uuid import UUID

from walletdesk.kit import db
from walletdesk.wallet.reference import actions
from walletdesk.wallet.reference.ledger import actions as ledger
from walletdesk.wallet.reference.model import HOME, NotProved, local_day
from walletdesk.wallet.reference.payments import actions as payments
from walletdesk.wallet.reference.payments import queries as payment_queries
from walletdesk.wallet.reference.payments.queries import DueNotice
from walletdesk.wallet.reference.rails import actions as rails
from walletdesk.wallet.reference.rails import model, queries
from walletdesk.wallet.reference.rails.client import News, Outside, RailReply, Reached
from walletdesk.wallet.reference.rails.model import By, Order, State
from walletdesk.wallet.reference.transfers import actions as transfers

LEASE: Final = timedelta(seconds=30)
BATCH: Final = 20
FEED: Final = "rails"
RECONCILED_AT: Final = time(12, 0)
"""The settlement file of a day decides at noon of the next (T+1)."""

_log = logging.getLogger(__name__)

Item = TypeVar("Item")


async def _together(items: Sequence[Item], work: Callable[[Item], Awaitable[None]]) -> None:
    """Work on all items at once; one that fails does not stop the others, and comes again after its lease."""

    async def one(item: Item) -> None:
        try:
            await work(item)
        except Exception:  # noqa: BLE001 - logged; the other items have a right to be worked on
            _log.exception("wallet item failed")

    await asyncio.gather(*(one(item) for item in items))


async def send_orders(pool: db.Pool, now: datetime, *, outside: Outside) -> int:
    """Send orders that wait, and again those of which the rail has no record; return how many."""
    async with db.transaction(pool) as tx:
        orders = await queries.claim_due(
            tx, [State.WAITING.value], now=now, until=now + LEASE, limit=BATCH
        )

    async def send(order: Order) -> None:
        await _send(pool, outside, order, now)

    await _together(orders, send)
    return len(orders)


async def _send(pool: db.Pool, outside: Outside, order: Order, now: datetime) -> None:
    reply = await outside.send(order, now=now)
    async with db.transaction(pool) as tx:
        await note_contact(tx, order, reply, now=now)
        locked = await rails.lock(tx, order.id)
        if locked is None:
            return
        if reply.reached is not Reached.REFUSED and locked.state in model.OPEN:
            # It left us: from now on it is asked for, whatever came back.
            state = State.SENT if locked.state is State.WAITING else locked.state
            sent = replace(locked, state=state, sends=locked.sends + 1, sent_at=locked.sent_at or now)
            await queries.save_order(tx, replace(sent, due_at=model.next_query(sent, now)))
        await actions.hear_reply(tx, order.id, reply, By.ANSWER, now=now)


async def ask_orders(pool: db.Pool, now: datetime, *, outside: Outside) -> int:
    """Ask what became of orders without a proved end; return how many were asked for."""
    asked = [State.SENT, State.MISSING, State.ACCEPTED, State.SUCCEEDED]
    async with db.transaction(pool) as tx:
        orders = await queries.claim_due(
            tx, [state.value for state in asked], now=now, until=now + LEASE, limit=BATCH
        )

    async def ask(order: Order) -> None:
        if model.may_send_again(order):
            await _send(pool, outside, order, now)
        await _ask(pool, outside, order, now)

    await _together(orders, ask)
    return len(orders)


async def _ask(pool: db.Pool, outside: Outside, order: Order, now: datetime) -> None:
    reply = await outside.ask(order.id, now=now)
    async with db.transaction(pool) as tx:
        await note_contact(tx, order, reply, now=now)
        locked = await rails.lock(tx, order.id)
        if locked is None:
            return
        asked = replace(locked, queries=locked.queries + 1)
        await queries.save_order(tx, replace(asked, due_at=model.next_query(asked, now)))
        await actions.hear_reply(tx, order.id, reply, By.QUERY, now=now)


async def note_contact(tx: db.Tx, order: Order, reply: RailReply, *, now: datetime) -> None:
    """Note whether the rail is up. One order without an answer says nothing of the rail, a refusal does."""
    if reply.reached is not Reached.UNANSWERED:
        await queries.save_contact(tx, order.rail.value, ok=reply.reached is not Reached.REFUSED, now=now)


async def hear_news(pool: db.Pool, now: datetime, *, outside: Outside) -> int:
    """Read the rails' feed on; news that comes twice is heard once. Return how many were read."""
    async with db.reading(pool) as tx:
        after = await queries.feed_after(tx, FEED)
    news = await outside.news(after=after)
    for one in news or ():
        async with db.transaction(pool) as tx:
            await _hear_one(tx, one, now=now)
    return len(news or ())


async def _hear_one(tx: db.Tx, one: News, *, now: datetime) -> None:
    """Hear one piece of news and move the cursor in the same transaction: exactly once, in order."""
    if one.n <= await queries.lock_feed(tx, FEED):
        return
    if one.answer is not None:
        order_id = _uuid(one.ref)
        heard = await actions.hear(tx, order_id, one.answer, By.WEBHOOK, now=now) if order_id else None
        if heard is None:
            await queries.insert_event(tx, None, one.ref, one.answer, By.WEBHOOK, rail="unknown", now=now)
    await queries.save_feed(tx, FEED, one.n)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def deliver_notices(pool: db.Pool, now: datetime, *, outside: Outside) -> int:
    """Tell shops that they have been paid; return how many were told or tried."""
    async with db.transaction(pool) as tx:
        due = await payment_queries.claim_notices(tx, now=now, until=now + LEASE, limit=BATCH)

    async def deliver(one: DueNotice) -> None:
        with suppress(NotProved):
            await tell_shop(pool, outside, one.payment_id, now=now)

    await _together(due, deliver)
    return len(due)


async def tell_shop(
    pool: db.Pool, outside: Outside, payment_id: UUID, *, now: datetime
) -> int | None:
    """Tell a shop once that it has been paid and keep the attempt; return its HTTP status, None for silence.

    A shop that takes the notice is asked at once how its order stands: a notice alone opens no door.

    Raises:
        TransactionMissing
        NotProved: The payment has not succeeded; there is nothing to tell.
    """
    try:
        async with db.transaction(pool) as tx:
            notice = await payments.notice_of(tx, payment_id)
    except NotProved:
        async with db.transaction(pool) as tx:
            await payments.stop_notices(tx, payment_id)
        raise
    reply = await outside.notify(notice, now=now)
    async with db.transaction(pool) as tx:
        row = await payments.record_notice(tx, notice, reply.http_status, now=now)
    if row.delivered:
        await ask_shop(pool, outside, payment_id, notice.merchant_id, notice.order_no, now=now)
    return reply.http_status


async def ask_shop(
    pool: db.Pool, outside: Outside, payment_id: UUID, merchant_id: UUID, order_no: str, *, now: datetime
) -> str | None:
    """Ask a shop how its order stands and keep the answer; return it, None where it does not say."""
    reply = await outside.ask_shop(merchant_id, order_no)
    async with db.transaction(pool) as tx:
        await payments.record_shop_answer(tx, payment_id, reply.http_status, reply.state, now=now)
    return reply.state


async def let_time_pass(pool: db.Pool, now: datetime) -> int:
    """Release what was held back, end holds that are over, and let apps give up waiting; return how many."""
    done = 0
    for _ in range(BATCH):
        async with db.transaction(pool) as tx:
            released = await transfers.release_due(tx, now=now)
        done += released
        if not released:
            break
    async with db.transaction(pool) as tx:
        done += await ledger.expire_holds(tx, now=now)
    async with db.transaction(pool) as tx:
        done += await payments.show_unanswered(tx, before=now - model.ANSWER_EXPECTED, now=now)
    return done


async def settle(pool: db.Pool, now: datetime) -> int:
    """Settle the days before today with rails and shops; return how many orders and payments."""
    midnight = datetime.combine(local_day(now), time(0, 0), tzinfo=HOME)
    async with db.transaction(pool) as tx:
        done = await rails.settle(tx, before=midnight, now=now)
    async with db.transaction(pool) as tx:
        done += await payments.settle(tx, before=midnight, now=now)
    return done


async def reconcile(pool: db.Pool, now: datetime) -> int:
    """Follow the ends that came too late, at noon of the day after (T+1); return how many were followed."""
    midnight = datetime.combine(local_day(now), time(0, 0), tzinfo=HOME)
    if now.astimezone(HOME).time() < RECONCILED_AT:
        midnight -= timedelta(days=1)
    async with db.transaction(pool) as tx:
        late = await queries.list_unapplied(tx, before=midnight, limit=BATCH)
        lost = await queries.list_lost(tx, before=midnight, limit=BATCH)
    done = 0
    for order_id in late:
        async with db.transaction(pool) as tx:
            done += await actions.reconcile(tx, order_id, now=now)
    for order_id in lost:
        async with db.transaction(pool) as tx:
            done += await actions.give_up(tx, order_id, now=now)
    return done

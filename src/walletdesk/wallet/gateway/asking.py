"""Asks rail and shop anew what became of a transaction, before somebody relies on it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from walletdesk.kit import db
from walletdesk.wallet.reference import actions, jobs
from walletdesk.wallet.reference.payments import queries as payment_queries
from walletdesk.wallet.reference.payments.model import Payment
from walletdesk.wallet.reference.payments.model import State as PaymentState
from walletdesk.wallet.reference.rails import queries as rail_queries
from walletdesk.wallet.reference.rails.client import Outside, RailReply, Reached
from walletdesk.wallet.reference.rails.model import By, Order, State, next_query
from walletdesk.wallet.reference.transfers import queries as transfer_queries

PATIENCE_SECONDS: Final = 1.5
"""How long an answer is waited for while a customer waits; a later one is heard by the jobs."""


async def ask_anew(
    pool: db.Pool, outside: Outside, customer_id: UUID, transaction_id: UUID, *, now: datetime
) -> None:
    """Ask the rail for its order and, where a payment has gone through, the shop for its own.

    What they say is kept and carried through as if a job had asked. A foreign transaction is asked for nowhere.
    """
    async with db.reading(pool) as tx:
        payment = await payment_queries.find_payment(tx, customer_id, transaction_id)
        if payment is None and await transfer_queries.find_transfer(tx, customer_id, transaction_id) is None:
            return
        order = await rail_queries.find_order(tx, transaction_id)
    asked: list[Coroutine[None, None, None]] = []
    if order is not None and order.state is not State.WAITING:
        asked.append(_ask_rail(pool, outside, order, now))
    if payment is not None and payment.state is PaymentState.SUCCEEDED:
        asked.append(_ask_shop(pool, outside, payment, now))
    await asyncio.gather(*asked)


async def _ask_rail(pool: db.Pool, outside: Outside, order: Order, now: datetime) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reply = await outside.ask(order.id, now=now)
    except TimeoutError:
        reply = RailReply(Reached.UNANSWERED)
    async with db.transaction(pool) as tx:
        await jobs.note_contact(tx, order, reply, now=now)
        locked = await rail_queries.lock_order(tx, order.id)
        if locked is not None and locked.due_at is not None:
            await rail_queries.save_order(tx, replace(locked, due_at=next_query(locked, now)))
        await actions.hear_reply(tx, order.id, reply, By.QUERY, now=now)


async def _ask_shop(pool: db.Pool, outside: Outside, payment: Payment, now: datetime) -> None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await jobs.ask_shop(pool, outside, payment.id, payment.merchant_id, payment.order_no, now=now)
    except TimeoutError:
        return

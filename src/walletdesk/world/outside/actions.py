"""What the outside world does when it is asked: take an order, answer a question, hear a notice, misbehave."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from walletdesk.kit import db
from walletdesk.world.outside import queries
from walletdesk.world.outside.model import (
    ACCEPTED_CODE,
    CODES,
    FaultName,
    Notice,
    OrderDiffers,
    RailOrder,
    Reply,
    ShopReply,
    check_scope,
    fate_of,
    parse_faults,
    pick,
    pick_for_shop,
    rail_ref,
    shop_reply,
    shop_state,
)

OwnerOf = Callable[[db.Tx, str], Awaitable[UUID | None]]
"""Whose payment or transfer is this? Real rails do not know; the switch of one demo customer needs it."""


@dataclass(frozen=True, slots=True)
class RailAnswer:
    """What the rail says of an order at this moment."""

    reply: Reply
    ref: str = ""
    rail_ref: str = ""
    state: str = ""
    code: str = ""
    at: datetime | None = None


SecretOf = Callable[[db.Tx, UUID], Awaitable[bytes | None]]
"""The secret that a shop has agreed with the wallet; None where it has none and believes everybody."""


async def no_secret(_tx: db.Tx, _merchant_id: UUID) -> bytes | None:
    """Have agreed on nothing: for shops that believe every notice."""
    return None


def is_signed(secret: bytes, message_id: str, timestamp: str, body: bytes, signature: str) -> bool:
    """Check a notice as shops do (Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`)."""
    digest = hmac.digest(secret, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    wanted = "v1," + base64.b64encode(digest).decode()
    return any(hmac.compare_digest(wanted.encode(), one.encode()) for one in signature.split(" "))


async def nobody(_tx: db.Tx, _ref: str) -> UUID | None:
    """Know nobody: for an outside world without customers' switches."""
    return None


async def take_order(tx: db.Tx, order: RailOrder, *, owner_of: OwnerOf, seed: int, now: datetime) -> RailAnswer:
    """Take an order; a repeated reference answers the first order.

    Raises:
        OrderDiffers: The reference belongs to another amount or kind.
        RailUnknown
    """
    scopes = await _scopes(tx, order.ref, f"rail:{order.rail}", owner_of)
    switched = await queries.faults_of(tx, scopes)
    faults = pick(switched, scopes)
    if FaultName.DOWN in faults:
        return RailAnswer(Reply.DOWN)
    known = await queries.find_order(tx, order.ref)
    if known is not None:
        if (known.rail, known.kind, known.amount_minor, known.currency) != (
            order.rail,
            order.kind,
            order.amount_minor,
            order.currency,
        ):
            raise OrderDiffers(field="ref")
        return _answer(known, now) or RailAnswer(Reply.HANG)
    fate = fate_of(order, faults, seed=seed, now=now)
    if not fate.arrives:
        return RailAnswer(fate.reply)
    number = rail_ref(order.rail, order.ref, seed)
    scope = next((scope for scope in scopes if scope in switched), None)
    if await queries.insert_order(tx, order, fate, rail_ref=number, scope=scope, now=now):
        await queries.insert_news(tx, order.ref, number, fate.news)
    if fate.reply is not Reply.ANSWER:
        return RailAnswer(fate.reply)
    return await ask(tx, order.ref, owner_of=owner_of, now=now) or RailAnswer(Reply.HANG)


async def ask(tx: db.Tx, ref: str, *, owner_of: OwnerOf, now: datetime) -> RailAnswer | None:
    """Say what became of an order; None where the rail has no record of it."""
    row = await queries.find_order(tx, ref)
    scopes = await _scopes(tx, ref, f"rail:{row.rail}" if row else "rail:", owner_of)
    faults = pick(await queries.faults_of(tx, scopes), scopes)
    if FaultName.DOWN in faults:
        return RailAnswer(Reply.DOWN)
    return None if row is None else _answer(row, now)


def _answer(row: queries.OrderRow, now: datetime) -> RailAnswer | None:
    if row.silent_until is not None and row.silent_until > now:
        return RailAnswer(Reply.HANG)
    if not row.known:
        return None
    if row.interim_at is not None and row.interim_at <= now < row.outcome_at:
        ok = CODES[row.rail]["ok"]
        return RailAnswer(Reply.ANSWER, row.ref, row.rail_ref, "succeeded", ok, row.interim_at)
    if row.outcome_at > now:
        return RailAnswer(Reply.ANSWER, row.ref, row.rail_ref, "accepted", ACCEPTED_CODE[row.rail], row.accepted_at)
    return RailAnswer(Reply.ANSWER, row.ref, row.rail_ref, row.outcome, row.outcome_code, row.outcome_at)


async def _scopes(tx: db.Tx, ref: str, place: str, owner_of: OwnerOf) -> list[str]:
    owner = await owner_of(tx, ref)
    return [f"order:{ref}", *([f"customer:{owner}"] if owner else []), place]


async def news(tx: db.Tx, *, after: int, limit: int, now: datetime) -> list[queries.EventRow]:
    """Return the rail's news after a number."""
    await queries.publish_due(tx, now=now)
    return await queries.list_events(tx, after=after, limit=limit)


async def hear_notice(
    tx: db.Tx, merchant_id: UUID, notice: Notice, *, owner_of: OwnerOf, now: datetime
) -> tuple[ShopReply, str]:
    """Let a shop hear that it was paid; return how it answers and how its order stands."""
    scopes = await _scopes(tx, str(notice.payment_id), f"shop:{merchant_id}", owner_of)
    faults = pick_for_shop(await queries.faults_of(tx, scopes), scopes)
    reply = shop_reply(faults)
    before = await queries.lock_shop_order(tx, merchant_id, notice.order_no)
    if reply is not ShopReply.OK:
        if before is None:
            await queries.insert_open_order(tx, merchant_id, notice, now=now)
        return reply, "open"
    state = shop_state(faults, before.state if before else None)
    await queries.save_shop_order(tx, merchant_id, notice, state=state, now=now)
    return reply, state


async def ask_shop(tx: db.Tx, merchant_id: UUID, order_no: str, *, now: datetime) -> tuple[ShopReply, str, datetime]:
    """Let a shop say how its order stands; one it was never told of is open."""
    scope = f"shop:{merchant_id}"
    faults = pick_for_shop(await queries.faults_of(tx, [scope]), [scope])
    row = await queries.lock_shop_order(tx, merchant_id, order_no)
    reply = shop_reply(faults)
    return reply, row.state if row else "open", row.at if row else now


async def switch(tx: db.Tx, scope: str, fault: str, *, now: datetime) -> None:
    """Make a part of the outside world misbehave, or (`none`) behave again.

    Raises:
        FaultUnknown
    """
    check_scope(scope)
    faults = parse_faults(fault)
    if FaultName.SILENT not in faults:
        await queries.end_silence(tx, scope, now=now)
    if faults:
        await queries.save_fault(tx, scope, fault, now=now)
    else:
        await queries.delete_fault(tx, scope)

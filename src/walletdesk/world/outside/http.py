"""The doors of rails and shops: what a wallet finds when it looks out of the window.

Times are RFC 3339, amounts whole minor units. A response with the header `x-outside-hang` never leaves the
house: `serve.Hanging` keeps the caller waiting in its place, as a lost answer does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody, QueryParameter

from walletdesk.kit import db
from walletdesk.world.outside import actions, queries
from walletdesk.world.outside.actions import OwnerOf, RailAnswer, SecretOf
from walletdesk.world.outside.model import Notice, RailOrder, Reply, ShopReply

HANG_HEADER: Final = "x-outside-hang"
EVENTS_MAX: Final = 500

Short = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Amount = Annotated[int, msgspec.Meta(gt=0, le=10**15)]


class SentOrder(msgspec.Struct, forbid_unknown_fields=True):
    """An order as a wallet sends it."""

    ref: Short
    rail: Short
    kind: Annotated[str, msgspec.Meta(pattern="^(payment|transfer|top_up|withdrawal)$")]
    amount_minor: Amount
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3,5}$")]
    bank: Short
    account_tail: Annotated[str, msgspec.Meta(max_length=40)]
    mode: Short = "instant"
    payee_name: str | None = None


class OrderAnswer(msgspec.Struct):
    """What the rail says of an order."""

    ref: str
    rail_ref: str
    state: str
    code: str
    at: datetime


class NewsItem(msgspec.Struct):
    """One piece of news of the rail's feed."""

    n: int
    ref: str
    rail_ref: str
    kind: str
    code: str
    at: datetime


class SentNotice(msgspec.Struct, forbid_unknown_fields=True):
    """What a wallet tells a shop."""

    payment_id: UUID
    order_no: Short
    amount_minor: Amount
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3,5}$")]
    receipt_no: Short


class ShopOrder(msgspec.Struct):
    """A shop's order."""

    order_no: str
    state: str
    at: datetime


class SetFault(msgspec.Struct, forbid_unknown_fields=True):
    """Which part shall misbehave and how; `none` ends it."""

    scope: Short
    fault: Annotated[str, msgspec.Meta(max_length=200)]


class FaultItem(msgspec.Struct):
    """A fault that is switched on."""

    scope: str
    fault: str
    set_at: datetime


def _hang() -> Response[Any]:
    return Response(None, status_code=504, headers={HANG_HEADER: "1"})


def _rail_response(answer: RailAnswer | None, *, sent: bool) -> Response[Any]:
    if answer is None:
        return Response({"code": "not_found"}, status_code=404)
    if answer.reply is Reply.DOWN:
        return Response({"code": "down"}, status_code=503)
    if answer.reply is Reply.HANG or answer.at is None:
        return _hang()
    body = OrderAnswer(answer.ref, answer.rail_ref, answer.state, answer.code, answer.at)
    return Response(body, status_code=202 if sent and answer.state == "accepted" else 200)


def _shop_response(reply: ShopReply, body: ShopOrder) -> Response[Any]:
    if reply is ShopReply.HANG:
        return _hang()
    statuses = {ShopReply.ERROR: 500, ShopReply.DOWN: 503, ShopReply.NOT_FOUND: 404}
    if reply in statuses:
        return Response({"code": str(reply)}, status_code=statuses[reply])
    return Response(body, status_code=200)


def _time(state: State) -> datetime:
    time: Callable[[], datetime] = state.time
    return time()


def _owner_of(state: State) -> OwnerOf:
    found: OwnerOf = state.owner_of
    return found


def _secret_of(state: State) -> SecretOf:
    found: SecretOf = state.secret_of
    return found


def _signature(request: Request[Any, Any, Any], body: bytes) -> tuple[str, str, bytes, str]:
    head = request.headers
    return head.get("webhook-id", ""), head.get("webhook-timestamp", ""), body, head.get("webhook-signature", "")


@post("/rail/orders")
async def send_order(data: JSONBody[SentOrder], state: State) -> Response[Any]:
    """Take an order; a repeated reference answers the same order."""
    order = RailOrder(
        data.ref,
        data.rail,
        data.kind,
        data.amount_minor,
        data.currency,
        data.bank,
        data.account_tail,
        data.payee_name,
        data.mode,
    )
    async with db.transaction(state.pool) as tx:
        answer = await actions.take_order(tx, order, owner_of=_owner_of(state), seed=state.seed, now=_time(state))
    return _rail_response(answer, sent=True)


@get("/rail/orders/{ref:str}")
async def ask_order(ref: FromPath[str], state: State) -> Response[Any]:
    """Say what became of an order."""
    async with db.transaction(state.pool) as tx:
        answer = await actions.ask(tx, ref, owner_of=_owner_of(state), now=_time(state))
    return _rail_response(answer, sent=False)


@get("/rail/events")
async def events(
    state: State,
    after: Annotated[int, QueryParameter(ge=0)] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=EVENTS_MAX)] = 200,
) -> list[NewsItem]:
    """Return news after a number, oldest first."""
    async with db.transaction(state.pool) as tx:
        rows = await actions.news(tx, after=after, limit=limit, now=_time(state))
    return [NewsItem(row.n, row.ref, row.rail_ref, row.kind, row.code, row.at) for row in rows]


@post("/shops/{merchant_id:uuid}/notify")
async def notify(
    merchant_id: FromPath[UUID], data: JSONBody[SentNotice], request: Request[Any, Any, Any], state: State
) -> Response[Any]:
    """Let a shop hear that it was paid; a notice that is not signed by the wallet is refused."""
    body = await request.body()
    notice = Notice(data.payment_id, data.order_no, data.amount_minor, data.currency, data.receipt_no)
    now = _time(state)
    async with db.transaction(state.pool) as tx:
        secret = await _secret_of(state)(tx, merchant_id)
        if secret is not None and not actions.is_signed(secret, *_signature(request, body)):
            return Response({"code": "signature"}, status_code=401)
        reply, order_state = await actions.hear_notice(tx, merchant_id, notice, owner_of=_owner_of(state), now=now)
    return _shop_response(reply, ShopOrder(data.order_no, order_state, now))


@get("/shops/{merchant_id:uuid}/orders/{order_no:str}")
async def ask_shop(merchant_id: FromPath[UUID], order_no: FromPath[str], state: State) -> Response[Any]:
    """Let a shop say how its order stands."""
    async with db.transaction(state.pool) as tx:
        reply, order_state, at = await actions.ask_shop(tx, merchant_id, order_no, now=_time(state))
    return _shop_response(reply, ShopOrder(order_no, order_state, at))


@get("/faults")
async def faults(state: State) -> list[FaultItem]:
    """Say what misbehaves at the moment."""
    async with db.reading(state.pool) as tx:
        return [FaultItem(r.scope, r.fault, r.set_at) for r in await queries.list_faults(tx)]


@put("/faults")
async def set_fault(data: JSONBody[SetFault], state: State) -> FaultItem:
    """Make a part misbehave, or behave again."""
    now = _time(state)
    async with db.transaction(state.pool) as tx:
        await actions.switch(tx, data.scope, data.fault, now=now)
    return FaultItem(data.scope, data.fault, now)


ROUTES = [send_order, ask_order, events, notify, ask_shop, faults, set_fault]

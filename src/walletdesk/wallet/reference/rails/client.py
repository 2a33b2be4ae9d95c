"""The client of the outside world: rails over JSON, shops over signed notices.

Nothing is raised for a partner that misbehaves: no answer, a broken one and an answer of 5xx are results. Never
used inside a database transaction.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import httpx
import msgspec

from walletdesk.wallet.reference.rails.model import Answer, Order, Said

TIMEOUT_SECONDS: Final = 5.0
FEED_MAX: Final = 200

_log = logging.getLogger(__name__)


class Reached(StrEnum):
    """Whether somebody answered: with what we asked for, that there is none, that he takes nothing, or not at all."""

    ANSWERED = "answered"
    MISSING = "missing"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class RailReply:
    """What came back from a rail."""

    reached: Reached
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class ShopReply:
    """What came back from a shop: HTTP status (None: nothing) and how its order stands, if it says so."""

    http_status: int | None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class News:
    """One piece of the rails' feed; `n` is its number there, `answer` None where we do not know its word."""

    n: int
    ref: str
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a shop is told; the secret signs it."""

    id: UUID
    merchant_id: UUID
    payment_id: UUID
    order_no: str
    amount_minor: int
    currency: str
    receipt_no: str
    secret: bytes


class _Order(msgspec.Struct):
    rail_ref: str
    state: str
    code: str = ""
    at: datetime | None = None


class _News(msgspec.Struct):
    n: int
    ref: str
    rail_ref: str
    kind: str
    code: str
    at: datetime


class _ShopOrder(msgspec.Struct):
    state: str


def sign(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign a notice as Standard Webhooks do: HMAC-SHA256 over `id.timestamp.body`."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


class Outside:
    """Rails and shops as the wallet reaches them."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def send(self, order: Order, *, now: datetime) -> RailReply:
        """Send an order; sending it again under its reference is harmless."""
        body: dict[str, Any] = {
            "ref": str(order.id),
            "rail": order.rail.value,
            "kind": order.kind,
            "amount_minor": order.amount_minor,
            "currency": order.currency,
            "bank": order.bank,
            "account_tail": order.account_tail,
            "mode": order.mode,
        }
        if order.payee_name is not None:
            body["payee_name"] = order.payee_name
        return _rail_reply(await self._call("POST", "/rail/orders", json=body), now)

    async def ask(self, order_id: UUID, *, now: datetime) -> RailReply:
        """Ask a rail what became of an order."""
        return _rail_reply(await self._call("GET", f"/rail/orders/{order_id}"), now)

    async def news(self, *, after: int) -> list[News] | None:
        """Read the rails' news after a number; None where nobody answered."""
        response = await self._call("GET", "/rail/events", params={"after": after, "limit": FEED_MAX})
        found = _read(response, list[_News])
        if found is None:
            return None
        known = set(Said)
        return [
            News(
                one.n,
                one.ref,
                Answer(Said(one.kind), one.code, one.at, one.rail_ref) if one.kind in known else None,
            )
            for one in found
        ]

    async def notify(self, notice: Notice, *, now: datetime) -> ShopReply:
        """Tell a shop that it has been paid."""
        body = msgspec.json.encode(
            {
                "payment_id": notice.payment_id,
                "order_no": notice.order_no,
                "amount_minor": notice.amount_minor,
                "currency": notice.currency,
                "receipt_no": notice.receipt_no,
            }
        )
        timestamp = int(now.timestamp())
        headers = {
            "content-type": "application/json",
            "webhook-id": str(notice.id),
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(notice.secret, str(notice.id), timestamp, body),
        }
        response = await self._call("POST", f"/shops/{notice.merchant_id}/notify", content=body, headers=headers)
        return ShopReply(response.status_code if response is not None else None)

    async def ask_shop(self, merchant_id: UUID, order_no: str) -> ShopReply:
        """Ask a shop how its order stands."""
        return _shop_reply(await self._call("GET", f"/shops/{merchant_id}/orders/{quote(order_no, safe='')}"))

    async def _call(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        try:
            return await self._client.request(method, path, **more)
        except httpx.HTTPError as error:
            _log.info("the outside does not answer", extra={"path": path, "error": type(error).__name__})
            return None


def _rail_reply(response: httpx.Response | None, now: datetime) -> RailReply:
    if response is None:
        return RailReply(Reached.UNANSWERED)
    if response.status_code == 404:
        return RailReply(Reached.MISSING)
    if response.status_code == 503:
        return RailReply(Reached.REFUSED)
    found = _read(response, _Order)
    if found is None or found.state not in {Said.ACCEPTED, Said.SUCCEEDED, Said.FAILED, Said.RETURNED}:
        return RailReply(Reached.UNANSWERED)
    return RailReply(Reached.ANSWERED, Answer(Said(found.state), found.code, found.at or now, found.rail_ref))


def _shop_reply(response: httpx.Response | None) -> ShopReply:
    if response is None:
        return ShopReply(None)
    found = _read(response, _ShopOrder)
    state = found.state if found and found.state in ("open", "paid", "closed_before_payment") else None
    return ShopReply(response.status_code, state)


def _read(response: httpx.Response | None, shape: Any) -> Any:
    """Read a body of 2xx in the given shape; None where there is none."""
    if response is None or not response.is_success:
        return None
    try:
        return msgspec.json.decode(response.content, type=shape)
    except msgspec.DecodeError:
        _log.warning("the outside sent what cannot be read", extra={"status": response.status_code})
        return None

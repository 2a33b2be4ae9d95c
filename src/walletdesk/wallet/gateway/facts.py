"""What the reference wallet's rows say about one transaction, as they were read at one moment."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class OrderFacts(msgspec.Struct, frozen=True):
    """The order to the rail."""

    rail: str
    bank: str
    state: str
    mode: str
    answered_by: str | None
    rail_ref: str | None
    code: str | None
    reason: str | None
    conflict: bool
    unapplied: bool
    bank_debited: bool
    created_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None


class RailFacts(msgspec.Struct, frozen=True):
    """One thing that the rail said."""

    id: UUID
    kind: str
    source: str
    code: str
    at: datetime
    received_at: datetime


class NoticeFacts(msgspec.Struct, frozen=True):
    """One attempt to tell the shop."""

    id: UUID
    n: int
    http_status: int | None
    at: datetime

    @property
    def delivered(self) -> bool:
        """Did the shop take it?"""
        return self.http_status is not None and 200 <= self.http_status < 300


class AnswerFacts(msgspec.Struct, frozen=True):
    """One answer of the shop to the question how its order stands."""

    id: UUID
    http_status: int | None
    state: str | None
    at: datetime


class HoldFacts(msgspec.Struct, frozen=True):
    """Money that was set aside."""

    id: UUID
    amount: int
    state: str
    placed_at: datetime
    resolved_at: datetime | None


class MoveFacts(msgspec.Struct, frozen=True):
    """A transfer in the ledger, with its line on the customer's account if it has one there."""

    transfer_id: UUID
    kind: str
    minor: int
    reverses: UUID | None
    at: datetime
    account_id: int | None
    seq: int | None
    signed: int | None

    @property
    def record(self) -> str:
        """Name the row that proves it."""
        return f"transfer/{self.transfer_id}" if self.seq is None else f"entry/{self.account_id}/{self.seq}"


class ContactFacts(msgspec.Struct, frozen=True):
    """Whether the rail answered when it was last spoken to."""

    rail: str
    ok: bool
    at: datetime


class IncidentFacts(msgspec.Struct, frozen=True):
    """An open disturbance that concerns the rail or the bank."""

    id: UUID
    opened_at: datetime


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one transaction of one customer."""

    id: UUID
    customer_id: UUID
    kind: str
    outgoing: bool
    name: str
    person: bool = False
    amount_minor: int
    currency: str
    state: str
    shown: str
    source: str
    created_at: datetime
    updated_at: datetime
    received_at: datetime | None = None
    reason: str | None = None
    order_no: str | None = None
    receipt_no: str | None = None
    account_id: int | None = None
    merchant_id: UUID | None = None
    merchant_state: str | None = None
    merchant_state_at: datetime | None = None
    intended: bool | None = None
    notice: str | None = None
    settlement_id: UUID | None = None
    settled_at: datetime | None = None
    mode: str | None = None
    review: str | None = None
    release_at: datetime | None = None
    due_by: datetime | None = None
    payee_state: str | None = None
    payee_kind: str | None = None
    bank: str | None = None
    order: OrderFacts | None = None
    contact: ContactFacts | None = None
    incident: IncidentFacts | None = None
    rail_events: tuple[RailFacts, ...] = ()
    notices: tuple[NoticeFacts, ...] = ()
    answers: tuple[AnswerFacts, ...] = ()
    holds: tuple[HoldFacts, ...] = ()
    moves: tuple[MoveFacts, ...] = ()

    @property
    def record(self) -> str:
        """Name the row of the transaction itself."""
        return f"{'payment' if self.kind == 'payment' else 'transfer'}/{self.id}"

    def said(self, kind: str, source: str | None = None) -> RailFacts | None:
        """Return the last time the rail said something, in any way or in the given one."""
        found = [e for e in self.rail_events if e.kind == kind and source in (None, e.source)]
        return found[-1] if found else None

"""Payments to shops: values and rules without any I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from walletdesk.kit.money import Money
from walletdesk.wallet.reference.model import local_day


class Source(StrEnum):
    """Where the money of a payment comes from."""

    BALANCE = "balance"
    CARD = "card"


class State(StrEnum):
    """Where a payment stands in our books."""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


NOTICE_AFTER: Final = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 1_800, 7_200, 21_600))
"""When a shop that did not take its notice is told again; after the last attempt a person or the desk does it."""


@dataclass(frozen=True, slots=True)
class Merchant:
    """A shop that can be paid."""

    id: UUID
    zh: str
    en: str
    state: str
    account_id: int
    notice_secret: bytes


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it stands; the database's row. `shown` is what the customer's app was told last."""

    id: UUID
    customer_id: UUID
    merchant_id: UUID
    intended_id: UUID
    amount_minor: int
    currency: str
    order_no: str
    source: Source
    fingerprint: bytes
    state: State
    shown: State
    reason: str | None
    hold_id: UUID | None
    receipt_no: str | None
    captured: int
    refunded: int
    refund_pending: int
    notice: str
    notice_due_at: datetime | None
    settlement_id: UUID | None
    created_at: datetime
    received_at: datetime | None
    paid_at: datetime | None
    updated_at: datetime

    def __post_init__(self) -> None:
        """Turn the words of the database into ours."""
        object.__setattr__(self, "source", Source(self.source))
        object.__setattr__(self, "state", State(self.state))
        object.__setattr__(self, "shown", State(self.shown))

    @property
    def amount(self) -> Money:
        """What is to be paid."""
        return Money(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One attempt to tell a shop."""

    id: UUID
    payment_id: UUID
    n: int
    http_status: int | None
    at: datetime

    @property
    def delivered(self) -> bool:
        """Did the shop take it?"""
        return self.http_status is not None and 200 <= self.http_status < 300


def receipt_number(prefix: str, subject: UUID, paid_at: datetime) -> str:
    """Return the number a customer can show as proof: letter, day, and fourteen digits that come from the id.

    The digits are the random end of the id, so the number is found again from it and never given twice by chance.
    """
    return f"{prefix}{local_day(paid_at):%Y%m%d}{subject.int % 10**14:014d}"


def notice_due(attempts: int, now: datetime) -> datetime | None:
    """Return when a shop is told again after so many attempts that failed; None when we stop."""
    return now + NOTICE_AFTER[attempts - 1] if attempts <= len(NOTICE_AFTER) else None

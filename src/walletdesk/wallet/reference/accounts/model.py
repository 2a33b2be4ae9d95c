"""Wallets, limits and restrictions: values and rules without any I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from walletdesk.kit.ids import CustomerId
from walletdesk.wallet.reference.model import HOME, local_day


class RestrictionKind(StrEnum):
    """Why a customer is kept from paying or receiving."""

    RISK = "risk"
    JUDICIAL = "judicial"
    KYC = "kyc"
    USER = "user"
    PIN = "pin"
    DORMANT = "dormant"


class LimitKind(StrEnum):
    """What a limit bounds: one order, or all of a period."""

    SINGLE = "single"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


PERIODS: Final = (LimitKind.DAY, LimitKind.MONTH, LimitKind.YEAR)


@dataclass(frozen=True, slots=True)
class NewWallet:
    """A wallet to be opened, with the bank account that the customer links to it."""

    customer_id: UUID
    currency: str = "CNY"
    phone_masked: str = "***"
    bank: str | None = None
    account_tail: str | None = None


@dataclass(frozen=True, slots=True)
class WalletRow:
    """Which account of the ledger is a customer's wallet."""

    customer_id: UUID
    currency: str
    account_id: int
    phone_masked: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A customer's own bank account or card."""

    bank: str
    account_tail: str


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A limit in force with what is used of it; minor units."""

    kind: str
    limit_minor: int
    used_minor: int
    own: bool
    """Set for this customer; else that of his tier."""


@dataclass(frozen=True, slots=True)
class RestrictionRow:
    """A restriction in force."""

    id: UUID
    customer_id: UUID
    kind: str
    blocks_debit: bool
    blocks_credit: bool
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a customer may do at the moment: may money leave him, may it reach him?"""

    customer_id: CustomerId
    account_id: int
    debit_restriction: UUID | None
    credit_restriction: UUID | None


def period_start(kind: LimitKind, now: datetime) -> date:
    """Return the day on which the present period of a limit began, in the wallet's zone."""
    day = local_day(now)
    if kind is LimitKind.MONTH:
        return day.replace(day=1)
    return day.replace(month=1, day=1) if kind is LimitKind.YEAR else day


def resets_at(kind: LimitKind, now: datetime) -> datetime | None:
    """Return when a used limit is whole again; None where it bounds single orders."""
    if kind is LimitKind.SINGLE:
        return None
    start = period_start(kind, now)
    if kind is LimitKind.DAY:
        after = start + timedelta(days=1)
    elif kind is LimitKind.MONTH:
        after = (start + timedelta(days=32)).replace(day=1)
    else:
        after = start.replace(year=start.year + 1)
    return datetime(after.year, after.month, after.day, tzinfo=HOME).astimezone(now.tzinfo)

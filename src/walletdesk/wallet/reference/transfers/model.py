"""Transfers: payees, modes, and when money is sent and due. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from walletdesk.kit.money import Money
from walletdesk.wallet.reference.model import HOME, PayeeInvalid, local_day


class Kind(StrEnum):
    """What sort of movement it is."""

    TRANSFER = "transfer"
    TOP_UP = "top_up"
    WITHDRAWAL = "withdrawal"


class Mode(StrEnum):
    """When the sender chose that the money arrives (实时 / 普通 / 次日)."""

    INSTANT = "instant"
    ORDINARY = "ordinary"
    NEXT_DAY = "next_day"


class State(StrEnum):
    """Where a transfer stands in our books."""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class PayeeState(StrEnum):
    """What the look-up of a payee found."""

    OPEN = "open"
    NOT_FOUND = "not_found"
    NAME_MISMATCH = "name_mismatch"
    BLOCKED = "blocked"


class Review(StrEnum):
    """Why we ourselves hold a transfer back."""

    NONE = "none"
    RISK = "risk"
    SCHEDULED = "scheduled"


REVIEW_FROM_MINOR: Final = 300_000
"""From this amount on (minor units) a first transfer to somebody new is held back, so that it can be thought over."""
REVIEW_TIME: Final = timedelta(hours=24)
NEXT_DAY_SENT_AT: Final = time(9, 0)
NEXT_DAY_DUE_AT: Final = time(12, 0)
INSTANT_WITHIN: Final = timedelta(hours=2)
ORDINARY_IN_HOUSE: Final = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Payee:
    """Whom money is sent to, as the sender describes him; made by the functions below.

    `name` is what the sender typed; it is compared with the real one where there is one.
    """

    kind: str
    name: str | None = None
    customer_id: UUID | None = None
    bank: str | None = None
    account_tail: str | None = None
    described: str | None = None
    """How somebody who was not found was described, masked, e.g. `199****0000`."""


_TAIL: Final = re.compile(r"[0-9]{4}")
NAME_LENGTH_MAX: Final = 80


def check_payee(payee: Payee, sender_id: UUID) -> None:
    """Refuse a payee to whom nothing can be sent: the sender himself, no name or no digits at a bank.

    Raises:
        PayeeInvalid
    """
    if payee.customer_id == sender_id:
        raise PayeeInvalid(field="payee")
    if payee.kind == "bank" and not (payee.name and _TAIL.fullmatch(payee.account_tail or "")):
        raise PayeeInvalid(field="payee")
    for text in (payee.name, payee.described):
        if text is not None and not (0 < len(text) <= NAME_LENGTH_MAX and text.isprintable()):
            raise PayeeInvalid(field="name")


def to_wallet(customer_id: UUID, name: str | None = None) -> Payee:
    """Send to another customer of this wallet."""
    return Payee("wallet", name, customer_id=customer_id)


def to_bank(bank: str, account_tail: str, name: str) -> Payee:
    """Send to an account at a bank; only the last four digits are kept."""
    return Payee("bank", name, bank=bank, account_tail=account_tail)


def to_nobody(described: str, name: str | None = None) -> Payee:
    """Send to somebody who was looked up and not found; `described` is masked already."""
    return Payee("unknown", name, described=described)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer, top-up or withdrawal as it stands; the database's row."""

    id: UUID
    customer_id: UUID
    kind: Kind
    payee_kind: str
    payee_id: UUID | None
    payee_name: str
    bank: str | None
    account_tail: str | None
    amount_minor: int
    currency: str
    mode: Mode
    fingerprint: bytes
    state: State
    reason: str | None
    payee_state: str | None
    review: Review
    release_at: datetime | None
    due_by: datetime
    hold_id: UUID | None
    receipt_no: str | None
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        """Turn the words of the database into ours."""
        object.__setattr__(self, "kind", Kind(self.kind))
        object.__setattr__(self, "mode", Mode(self.mode))
        object.__setattr__(self, "state", State(self.state))
        object.__setattr__(self, "review", Review(self.review))

    @property
    def amount(self) -> Money:
        """What is to be moved."""
        return Money(self.amount_minor, self.currency)

    @property
    def in_house(self) -> bool:
        """Does it stay in this wallet?"""
        return self.payee_kind == "wallet"


def same_name(typed: str, real: str) -> bool:
    """Say whether two spellings mean the same name: width, case and spaces do not count."""
    return _plain(typed) == _plain(real)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def due_by(mode: Mode, now: datetime) -> datetime:
    """Return until when arrival is in time: two hours, the end of the day, or noon of the next day."""
    if mode is Mode.INSTANT:
        return now + INSTANT_WITHIN
    day = local_day(now)
    if mode is Mode.ORDINARY:
        end = datetime.combine(day, time(23, 59, 59), tzinfo=HOME)
        return max(end.astimezone(now.tzinfo), now + INSTANT_WITHIN)
    noon = datetime.combine(day + timedelta(days=1), NEXT_DAY_DUE_AT, tzinfo=HOME)
    return noon.astimezone(now.tzinfo)


def send_at(mode: Mode, now: datetime, *, in_house: bool) -> datetime | None:
    """Return when a transfer is sent that does not go at once; None where it does."""
    if mode is Mode.NEXT_DAY:
        morning = datetime.combine(local_day(now) + timedelta(days=1), NEXT_DAY_SENT_AT, tzinfo=HOME)
        return morning.astimezone(now.tzinfo)
    return now + ORDINARY_IN_HOUSE if mode is Mode.ORDINARY and in_house else None


def hold_back(
    mode: Mode, amount: Money, now: datetime, *, in_house: bool, known: bool
) -> tuple[Review, datetime | None]:
    """Decide whether a transfer waits, and until when."""
    scheduled = send_at(mode, now, in_house=in_house)
    if amount.minor >= REVIEW_FROM_MINOR and not known:
        return Review.RISK, max(now + REVIEW_TIME, scheduled or now)
    return (Review.SCHEDULED, scheduled) if scheduled else (Review.NONE, None)

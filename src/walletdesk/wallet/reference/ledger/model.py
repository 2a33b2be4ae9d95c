"""Operations of the ledger as values: what is moved, held, captured, given back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from walletdesk.kit.ids import new_id
from walletdesk.kit.money import Money

CUSTODY: Final = "custody"
"""The wallet's account at the bank that keeps the customers' money (备付金)."""
WALLET: Final = "wallet"
MERCHANT: Final = "merchant"


def clearing(rail: str) -> str:
    """Return the kind of the account on which a rail's orders stand until they are settled."""
    return f"clearing:{rail}"


class Verdict(StrEnum):
    """What became of an operation."""

    OK = "ok"
    EXISTS = "exists"
    """Done before under this id with the same body; nothing happened again."""
    MISMATCH = "mismatch"
    """The id belongs to another body."""
    INSUFFICIENT = "insufficient"
    FROZEN = "frozen"
    CLOSED = "closed"
    CURRENCY = "currency"
    """There are no such two accounts in this currency."""
    HOLD = "hold"
    """There is no pending hold of that size."""

    @property
    def stands(self) -> bool:
        """Is the operation in the books, now or since before?"""
        return self in (Verdict.OK, Verdict.EXISTS)


class Action(StrEnum):
    """What one step does."""

    TRANSFER = "transfer"
    HOLD = "hold"
    CAPTURE = "capture"
    VOID = "void"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class Leg:
    """One step of an operation; `id` is the transfer's. Made by the functions below."""

    action: Action
    debit: int | None = None
    credit: int | None = None
    amount: Money | None = None
    code: str | None = None
    hold_id: UUID | None = None
    reverses: UUID | None = None
    expires_at: datetime | None = None
    id: UUID = field(default_factory=new_id, compare=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """Steps that happen together or not at all, under an id that whoever asks has made.

    `subject` is the payment or transfer it belongs to, `at` when it takes effect (history may lie in the past).
    """

    id: UUID
    kind: str
    legs: tuple[Leg, ...]
    at: datetime
    subject: UUID | None = None

    def fingerprint(self) -> bytes:
        """Return what tells this body from another under the same id; times do not count, a retry is later."""
        body = [
            [leg.action, leg.debit, leg.credit, leg.amount, leg.code, leg.hold_id, leg.reverses] for leg in self.legs
        ]
        return hashlib.sha256(msgspec.json.encode([self.kind, self.subject, body])).digest()


def transfer(debit: int, credit: int, amount: Money, code: str, *, reverses: UUID | None = None) -> Leg:
    """Move an amount from the debited to the credited account."""
    return Leg(Action.TRANSFER, debit, credit, amount, code, reverses=reverses)


def hold(hold_id: UUID, account: int, amount: Money, *, expires_at: datetime | None = None) -> Leg:
    """Set an amount aside on an account."""
    return Leg(Action.HOLD, account, amount=amount, code="hold", hold_id=hold_id, expires_at=expires_at)


def capture(hold_id: UUID, credit: int, amount: Money, code: str) -> Leg:
    """Move what was held, or a part of it, to another account; the rest is free again."""
    return Leg(Action.CAPTURE, None, credit, amount, code, hold_id=hold_id)


def void(hold_id: UUID) -> Leg:
    """Give back what was held."""
    return Leg(Action.VOID, hold_id=hold_id)


def expire(hold_id: UUID) -> Leg:
    """Give back what was held for too long."""
    return Leg(Action.EXPIRE, hold_id=hold_id)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be opened; `floor` None lets it be negative."""

    owner: UUID | None
    kind: str
    currency: str
    floor: int | None = 0


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as it stands; minor units."""

    id: int
    owner: UUID | None
    kind: str
    currency: str
    status: str
    debits: int
    credits: int
    held: int
    floor: int | None
    seq: int

    @property
    def posted(self) -> int:
        """What is on the account, held or not."""
        return self.credits - self.debits

    @property
    def available(self) -> int:
        """What can be spent."""
        return self.credits - self.debits - self.held


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as it stands."""

    id: UUID
    account_id: int
    amount: int
    remaining: int
    state: str
    expires_at: datetime | None
    placed_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line of an account."""

    account_id: int
    seq: int
    transfer_id: UUID
    amount: int
    balance_after: int
    subject: UUID | None
    at: datetime


def stand(verdicts: Sequence[Verdict]) -> bool:
    """Say whether every operation is in the books."""
    return all(verdict.stands for verdict in verdicts)

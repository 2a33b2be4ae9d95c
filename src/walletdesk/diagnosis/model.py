"""What a diagnosis looks at and what it concludes: symptom -> facts -> finding.

A finding carries no sentence, only keys of the catalogue and *references*: each value that a sentence may
show, with the record that proves it. The renderer refuses a number that is no reference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from walletdesk.kit.money import Money
from walletdesk.wallet.gateway.model import CommandName, Source, TimelineEvent, Transaction

Value = bool | int | str | Money | datetime | None


class Symptom(StrEnum):
    """What the customer says is wrong; names of the table in `wallet.md` section 3."""

    PAY_FAIL = "PAY_FAIL"
    PAY_DEBITED = "PAY_DEBITED"
    MERCHANT_NOT_RECEIVED = "MERCHANT_NOT_RECEIVED"
    XFER_FAIL = "XFER_FAIL"
    NOT_ARRIVED = "NOT_ARRIVED"


class Tone(StrEnum):
    """How the card looks: everything fine, please wait, something is wrong, neither."""

    GOOD = "good"
    WAIT = "wait"
    PROBLEM = "problem"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was looked at; `value is None` means unknown."""

    name: str
    value: Value
    record: str | None
    source: Source
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that may be shown, and the record it comes from."""

    value: Money | datetime | str | int
    record: str


class Who(StrEnum):
    """Who may carry out a remedy: customer himself, bot, agent, supervisor, compliance."""

    CUSTOMER = "S"
    BOT = "B"
    AGENT = "A"
    SUPERVISOR = "V"
    COMPLIANCE = "C"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What can be done. With `command` it runs in the wallet; else it is advice or a person's work (`kind`)."""

    kind: str
    who: Who
    command: CommandName | None = None
    automatic: bool = False
    """True when the bot carries it out by itself because the ledger proves it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was concluded, from what, and what follows.

    `verdict` is a key of the catalogue: `diagnosis.<symptom>.<verdict>.{customer,agent,money,next}`.
    `references` fill its placeholders. `next_at` is when we look or write again at the latest.
    """

    symptom: Symptom
    verdict: str
    tone: Tone
    references: dict[str, Reference] = field(default_factory=dict[str, Reference])
    remedies: tuple[Remedy, ...] = ()
    facts: tuple[Fact, ...] = ()
    timeline: tuple[TimelineEvent, ...] = ()
    transaction: Transaction | None = None
    next_at: datetime | None = None
    neutral: bool = False
    """True where the true reason must not be told (no tipping off)."""
    version: int = 1


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding with its identity: what a conversation, a case and an evidence pack point at."""

    id: UUID
    number: str
    """Short number for people, e.g. `E-20931`."""
    conversation_id: UUID | None
    customer_id: UUID
    finding: Finding
    made_at: datetime

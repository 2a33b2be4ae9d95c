"""What a diagnosis looks at and what it concludes: symptom -> facts -> finding.

A finding carries no sentence, only keys of the catalogue and *references*: each value that a sentence may
show, with the record that proves it. The renderer refuses a number that is no reference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from walletdesk.kit.money import Money
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.wallet.gateway.model import (
    AccountView,
    CommandName,
    Evidence,
    Incident,
    Limit,
    Restriction,
    Source,
    TimelineEvent,
    Transaction,
)

Value = bool | int | str | Money | datetime | None

HOME_ZONE: Final = "Asia/Shanghai"
"""The zone in which days begin and end where the customer's own is not known (IANA name)."""


HUMAN: Final = "human"
"""The kind of the remedy that is a person's work."""


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


class MoneyAt(StrEnum):
    """Where the customer's money is, as far as it is proved; `UNKNOWN` while any leg is."""

    UNTOUCHED = "untouched"
    HELD = "held"
    UNDERWAY = "underway"
    PAID = "paid"
    IN_WALLET = "in_wallet"
    RELEASED = "released"
    RETURNED = "returned"
    AT_BANK = "at_bank"
    UNKNOWN = "unknown"


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
    """True when the bot carries it out by itself: a command that the ledger proves, or handing over to a person."""

    @property
    def id(self) -> str:
        """What a card's action is called: `command:<name>` for what the wallet is asked, else the kind."""
        return f"command:{self.command.value}" if self.command else self.kind


@dataclass(frozen=True, slots=True)
class Situation:
    """What surrounds the transaction when it is looked at; `None` where it was not or could not be read.

    `commands` are those that this wallet offers. `readable` is false when the wallet itself did not answer.
    """

    accounts: tuple[AccountView, ...] | None = None
    limits: tuple[Limit, ...] | None = None
    restrictions: tuple[Restriction, ...] | None = None
    incidents: tuple[Incident, ...] | None = None
    commands: frozenset[CommandName] = frozenset(CommandName)
    zone: str = HOME_ZONE
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Basis:
    """All that a procedure was given; with it a finding can be made again, years later, and compared."""

    asked: Symptom
    transaction_id: UUID | None
    evidence: Evidence | None
    situation: Situation
    at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """What was concluded, from what, and what follows.

    `symptom` is that of the procedure which concluded; what the customer said is `basis.asked`. The texts are
    `diagnosis.<symptom>.<verdict>.{customer,agent,money,next}`, shared ones `diagnosis.verdict.<verdict>...`;
    `variant` and `money` choose between wordings, `references` fill the placeholders. `next_at` is when we
    look or write again at the latest.
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
    variant: str | None = None
    money: MoneyAt = MoneyAt.UNKNOWN
    basis: Basis | None = None

    @property
    def asked(self) -> Symptom:
        """What the customer said was wrong."""
        return self.basis.asked if self.basis else self.symptom

    @property
    def transaction_id(self) -> UUID | None:
        """Which transaction was asked about, also when the wallet could not show it."""
        if self.transaction is not None:
            return self.transaction.id
        return self.basis.transaction_id if self.basis else None

    @property
    def hands_off(self) -> Who | None:
        """Whom the bot hands over to by itself, because the text says that a colleague is on it."""
        return next((one.who for one in self.remedies if one.kind == HUMAN and one.automatic), None)

    def says_the_same(self, other: Finding) -> bool:
        """Say whether a customer would be told the same again."""
        mine = (self.symptom, self.verdict, self.variant, self.money)
        return mine == (other.symptom, other.verdict, other.variant, other.money)


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


class CommandState(StrEnum):
    """How far a command is; `unknown` is asked again with the same key, `done` and `refused` are final."""

    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


FINAL: Final = frozenset({CommandState.DONE, CommandState.REFUSED})

REPEATABLE: Final = frozenset({CommandName.RESEND_NOTICE})
"""What may be done again for the same transaction; everything else happens once or not at all."""


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One thing asked of the wallet because of a finding."""

    id: UUID
    finding_id: UUID
    customer_id: UUID
    transaction_id: UUID | None
    name: CommandName
    idempotency_key: str
    actor_kind: str
    actor_id: UUID | None
    state: CommandState
    record: str | None
    reason: str | None
    tries: int
    asked_at: datetime
    finished_at: datetime | None

    def __post_init__(self) -> None:
        """Turn the words of the database into ours."""
        object.__setattr__(self, "name", CommandName(self.name))
        object.__setattr__(self, "state", CommandState(self.state))


@dataclass(frozen=True, slots=True)
class CommandView:
    """How a command stands, as a card shows it; `made` marks the finding that was made after it ended."""

    name: CommandName
    state: CommandState
    record: str | None = None
    reason: str | None = None
    at: datetime | None = None
    made: bool = False


MAY: Final[dict[Who, frozenset[str]]] = {
    Who.CUSTOMER: frozenset({"customer", "agent", "supervisor"}),
    Who.BOT: frozenset({"customer", "bot", "agent", "supervisor"}),
    Who.AGENT: frozenset({"agent", "supervisor"}),
    Who.SUPERVISOR: frozenset({"supervisor"}),
    Who.COMPLIANCE: frozenset({"compliance"}),
}
"""Which actors may ask for a remedy, by the letter of the table."""


class FindingMissing(Refusal):
    """There is no such finding for this person."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "diagnosis.finding_missing"


class CommandNotOffered(Refusal):
    """The finding does not offer this command."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "diagnosis.command_not_offered"


class CommandForbidden(Refusal):
    """Whoever asks may not have this command carried out."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "diagnosis.command_forbidden"


class NumberUnreferenced(Refusal):
    """A text for a customer holds a number that no record proves; it must not be sent."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "diagnosis.number_unreferenced"

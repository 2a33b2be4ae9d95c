"""Values of the dialogue: what is remembered, what was heard, what is known, what is decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from walletdesk.bot.understanding.model import Understood
from walletdesk.desk.conversations.promise import Then
from walletdesk.desk.helpcentre.model import Shown
from walletdesk.desk.helpcentre.notices import Announcement
from walletdesk.desk.helpcentre.touching import Touched
from walletdesk.diagnosis.model import Finding, Reference, StoredFinding, Symptom
from walletdesk.guard.links import NOTHING_SET, Policy
from walletdesk.kit.i18n import Lang
from walletdesk.wallet.gateway.model import CommandName, Incident, Transaction

PAGE: Final = 5
"""How many transactions a picker shows."""
MISSES_MAX: Final = 2
"""After so many turns that were not understood a person takes over (H1 of the promise)."""

HUMAN: Final = "human"
OTHER: Final = "other"
WAIT: Final = "wait"
MORE: Final = "more"
NONE: Final = "none"
COMMAND: Final = "command:"
INTENT: Final = "intent:"
MINE: Final = "mine:"
"""Before the id of an announcement: whether it touches him."""


# --- what is remembered between two turns -------------------------------------------------------------


class Option(msgspec.Struct, frozen=True):
    """Something that can be tapped, or typed by its number or words."""

    id: str
    label: str


class Offered(msgspec.Struct, frozen=True):
    """A card with options, so that a number or a label that is typed means what a tap would."""

    card_id: UUID
    card: str
    options: tuple[Option, ...]
    symptom: Symptom | None = None
    finding_id: UUID | None = None


class Dialogue(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the bot remembers of a conversation."""

    lang: Lang | None = None
    symptom: Symptom | None = None
    transaction_id: UUID | None = None
    finding_id: UUID | None = None
    verdict: str | None = None
    card_id: UUID | None = None
    """The item in whose place the last finding stands."""
    repeats: int = 0
    """How often the same was asked again without anything new."""
    misses: int = 0
    greeted: bool = False
    passed: tuple[UUID, ...] = ()
    """Transactions that the customer has seen and not meant."""
    offered: tuple[Offered, ...] = ()
    """The cards of the last answer that had options, in the order in which they are read."""
    asked: tuple[str, ...] = ()
    """What the customer was asked already (keys of the catalogue), for the agent who takes over."""
    emergency: str | None = None


# --- what was heard ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tap:
    """An option that was chosen: of which card (its present content), standing in which place."""

    option: str
    card: dict[str, Any] | None = None
    place: UUID | None = None
    finding_id: UUID | None = None
    known: bool = True
    """False when the card named by the tap is not one of this conversation."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that a customer said and nobody has answered yet."""

    seq: int
    kind: str
    text: str
    understood: Understood | None = None
    tap: Tap | None = None


# --- what is known -------------------------------------------------------------------------------------

Question = tuple[Symptom, UUID | None]
"""A symptom of a transaction; without one, of the customer as he is."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything outside the dialogue that a decision may rest on; what was not read yet is absent."""

    now: datetime
    zone: str
    lang: Lang
    """The language of the conversation, until the customer writes in another."""
    known: bool = False
    """Whether the wallet vouches for this person; of a visitor nothing is read."""
    large_type: bool = False
    context_id: UUID | None = None
    """The transaction from which the customer opened the chat."""
    policy: Policy = NOTHING_SET
    """What the operator says of links."""
    joined: Understood | None = None
    """What several messages in a row mean together."""
    transactions: tuple[Transaction, ...] | None = None
    single: dict[UUID, Transaction | None] = field(default_factory=dict[UUID, "Transaction | None"])
    findings: dict[Question, Finding] = field(default_factory=dict[Question, Finding])
    stored: dict[UUID, StoredFinding | None] = field(default_factory=dict[UUID, "StoredFinding | None"])
    commands: frozenset[CommandName] | None = None
    """What this wallet can be asked to do; None until it was read."""
    articles: dict[tuple[str, Lang], Shown | None] = field(default_factory=dict[tuple[str, Lang], "Shown | None"])
    """What the help centre has published for an intent in a language."""
    found: dict[str, Shown | None] = field(default_factory=dict[str, "Shown | None"])
    """What the help centre finds for words, where it is sure enough."""
    announcements: tuple[Announcement, ...] | None = None
    """What the staff has announced; read together with what the wallet itself says."""
    incidents: tuple[Incident, ...] = ()
    touched: dict[UUID, Touched | None] = field(default_factory=dict[UUID, "Touched | None"])
    """Whether an announcement touches this customer; None where there is no such announcement."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be read before a decision is possible; the decision is then asked for again."""

    transactions: bool = False
    many: bool = False
    """Further back than usual, because something was said that may name an old one."""
    transaction: UUID | None = None
    findings: tuple[Question, ...] = ()
    refresh: bool = False
    """Ask the rail anew instead of taking the wallet's last knowledge."""
    stored: UUID | None = None
    commands: bool = False
    article: tuple[str, Lang] | None = None
    search: tuple[str, Lang] | None = None
    """Words that the help centre may have an article for."""
    announcements: bool = False
    touched: UUID | None = None

    @property
    def public(self) -> bool:
        """Say whether a visitor may know it too."""
        return self.article is not None or self.search is not None or self.announcements


# --- what is decided -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence of the catalogue, filled from references only."""

    key: str
    references: dict[str, Reference] = field(default_factory=dict[str, Reference])


@dataclass(frozen=True, slots=True)
class Chips:
    """A sentence with options: `(id, key of its label)`."""

    key: str
    options: tuple[tuple[str, str], ...]
    references: dict[str, Reference] = field(default_factory=dict[str, Reference])


@dataclass(frozen=True, slots=True)
class Pick:
    """A list of the customer's transactions to choose from."""

    key: str
    symptom: Symptom
    transactions: tuple[Transaction, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Show:
    """A finding as a card; in the place of an earlier one where `replaces` names it.

    `stored` where it has its number already; else it is stored with the answer.
    """

    finding: Finding
    replaces: UUID | None = None
    stored: StoredFinding | None = None


@dataclass(frozen=True, slots=True)
class Renew:
    """A card that is there already, with the present state of its commands."""

    stored: StoredFinding
    replaces: UUID


@dataclass(frozen=True, slots=True)
class Tell:
    """A finding that is stored already, as one sentence."""

    stored: StoredFinding


@dataclass(frozen=True, slots=True)
class Safety:
    """The safe thing to do before anything is asked; `freeze` is None where this wallet cannot do it for us."""

    key: str
    freeze: str | None = None
    human: bool = False
    replaces: UUID | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """An article of the help centre: title, first lines, the way to the whole of it, and options beside it."""

    article: Shown
    options: tuple[tuple[str, str], ...]


Speech = Guide | Say | Chips | Pick | Show | Renew | Tell | Safety


@dataclass(frozen=True, slots=True)
class AskCommand:
    """The customer wants a command of a finding carried out; what is proved is asked by the finding itself."""

    command: CommandName
    finding_id: UUID


@dataclass(frozen=True, slots=True)
class FreezeAsked:
    """The customer wants nothing more to leave his wallet; `place` is the safety card that was tapped."""

    place: UUID


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nobody has written down yet what this question asks for."""

    question: str


Effect = AskCommand | FreezeAsked | Unanswered


@dataclass(frozen=True, slots=True)
class Decision:
    """What the bot says, what it remembers, on whom the conversation waits, and what is done besides."""

    items: tuple[Speech, ...]
    next_state: Dialogue
    then: Then
    effects: tuple[Effect, ...] = ()

"""What the staff's pages are sent: rows of the inbox, conversations, customers' facts (`web/proto` has the words)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from walletdesk.desk.conversations.model import Conversation, Item, StateView
from walletdesk.desk.routing.model import AfterInvalid, AgentView
from walletdesk.kit.i18n import Lang, has_text, text
from walletdesk.wallet.gateway.model import AccountView, CustomerView, Remembered, Restriction, Transaction

_TIERS: Final = ("basic", "basic", "verified", "full")


class InboxRow(msgspec.Struct, frozen=True):
    """One line of an agent's inbox."""

    id: UUID
    customer_name: str
    locale: str
    large_type: bool
    state: str
    owner_kind: str
    owner_id: UUID | None
    owner_name: str | None
    skill: str
    priority_class: int
    level: int
    due_at: datetime | None
    owed_since: datetime | None
    waiting_since: datetime | None
    last_text: str
    last_at: datetime
    unread: int
    subject: str | None
    symptom: str | None
    verdict: str | None


class InboxAnswer(msgspec.Struct, frozen=True):
    """A page of a box; `next` goes into `after`; counts say at most a thousand."""

    rows: list[InboxRow]
    next: str | None
    counts: dict[str, int]


class Suggestion(msgspec.Struct, frozen=True):
    """A reply that an agent may send as it is."""

    id: str
    text: str


class DeskConversation(msgspec.Struct, frozen=True):
    """A conversation as an agent opens it."""

    row: InboxRow
    items: list[Item]
    more: bool
    state: StateView
    suggestions: list[Suggestion]


class ItemsAnswer(msgspec.Struct, frozen=True):
    """Items of a conversation, in their order."""

    items: list[Item]
    state: StateView
    more: bool


class CustomerCard(msgspec.Struct, frozen=True):
    """Who a customer is, as far as the desk may see."""

    id: UUID
    name: str
    tier: str
    phone_masked: str
    large_type: bool
    since: datetime


class AccountCard(msgspec.Struct, frozen=True):
    """One account: what stands in it, what is held, what can be spent."""

    id: str
    currency: str
    posted_minor: int
    held_minor: int
    available_minor: int
    as_of: datetime


class MoneyCard(msgspec.Struct, frozen=True):
    """An amount in the smallest unit of its currency."""

    minor: int
    currency: str


class TransactionCard(msgspec.Struct, frozen=True):
    """One transaction in the list beside the conversation."""

    id: UUID
    kind: str
    name: str
    amount: MoneyCard
    sign: str
    at: datetime
    state: str
    order_no: str | None
    reason: str | None = None


class RestrictionCard(msgspec.Struct, frozen=True):
    """Something that keeps a customer from paying or receiving, with its record."""

    kind: str
    label: str
    record: str
    since: datetime
    until: datetime | None


class PastConversation(msgspec.Struct, frozen=True):
    """An earlier conversation of the same customer."""

    id: UUID
    opened_at: datetime
    subject: str | None
    state: str


class CustomerFacts(msgspec.Struct, frozen=True):
    """Everything about the customer that an answer may need; no customer where nobody vouches for a visitor."""

    customer: CustomerCard | None
    accounts: list[AccountCard] = []
    restrictions: list[RestrictionCard] = []
    transactions: list[TransactionCard] = []
    history: list[PastConversation] = []
    stale_since: datetime | None = None
    """Since when the wallet has not answered: what is shown of it was said then."""


class DeskFinding(msgspec.Struct, frozen=True):
    """A finding for the staff: the card, everything that was looked at, what can be done."""

    finding_id: UUID
    symptom: str
    verdict: str
    at: datetime
    summary: str
    card: dict[str, Any]
    facts: list[dict[str, Any]]
    remedies: list[dict[str, Any]]


class CommandAsked(msgspec.Struct, frozen=True):
    """A command as it stands after it was asked for."""

    command: str
    state: str


class Colleagues(msgspec.Struct, frozen=True):
    """Who is or was here today."""

    agents: list[AgentView]


def row_view(row: Conversation) -> InboxRow:
    """Return a conversation as a line of the inbox; a visitor has no name."""
    return InboxRow(
        row.id, row.person_name or "", row.locale, row.large_type, row.state.value, row.owner_kind.value,
        row.owner_id, row.owner_name, row.skill, row.priority_class, row.level, row.due_at, row.owed_since,
        row.waiting_since, row.last_text, row.last_at, row.agent_unread, row.subject, row.symptom, row.verdict,
    )  # fmt: skip


def mark_of(place: tuple[datetime, UUID]) -> str:
    """Write the place where a page ended in a form that clients hand back and do not read."""
    return base64.urlsafe_b64encode(f"{place[0].isoformat()}|{place[1]}".encode()).decode().rstrip("=")


def place_in(mark: str) -> tuple[datetime, UUID]:
    """Read such a mark.

    Raises:
        AfterInvalid
    """
    try:
        plain = base64.b64decode(mark + "=" * (-len(mark) % 4), altchars=b"-_", validate=True).decode()
        moment, _, last = plain.partition("|")
        at = datetime.fromisoformat(moment)
        found = (at, UUID(last))
    except (ValueError, binascii.Error) as error:
        raise AfterInvalid(field="after") from error
    if at.tzinfo is None:
        raise AfterInvalid(field="after")
    return found


def customer_card(seen: CustomerView) -> CustomerCard:
    """Return who a customer is."""
    tier = _TIERS[min(max(seen.tier, 0), len(_TIERS) - 1)]
    return CustomerCard(seen.id, seen.name, tier, seen.phone_masked, seen.large_type, seen.since)


def stale_since(seen: CustomerView | None, *lists: object) -> datetime | None:
    """Return when the oldest of what is only remembered was said; None if all of it was said now."""
    moments = [one.as_of for one in lists if isinstance(one, Remembered)]
    if seen is not None and seen.stale_since is not None:
        moments.append(seen.stale_since)
    return min(moments, default=None)


def account_cards(seen: Sequence[AccountView]) -> list[AccountCard]:
    """Return a customer's accounts."""
    return [
        AccountCard(one.id, one.currency, one.posted.minor, one.held.minor, one.available.minor, one.as_of)
        for one in seen
    ]


def transaction_cards(seen: Sequence[Transaction]) -> list[TransactionCard]:
    """Return a customer's transactions."""
    return [
        TransactionCard(
            one.id, one.kind.value, one.name, MoneyCard(abs(one.amount.minor), one.amount.currency),
            "-" if one.outgoing else "+", one.created_at, one.state.value, one.order_no,
        )
        for one in seen
    ]  # fmt: skip


def restriction_cards(seen: Sequence[Restriction], lang: Lang) -> list[RestrictionCard]:
    """Return what keeps a customer from paying or receiving, in words."""
    found: list[RestrictionCard] = []
    for one in seen:
        key = f"routing.restriction.{one.kind}"
        label = text(lang, key if has_text(lang, key) else "routing.restriction.other")
        found.append(RestrictionCard(one.kind, label, one.record, one.since, one.until))
    return found


def history_of(rows: Sequence[Conversation]) -> list[PastConversation]:
    """Return a customer's conversations in short."""
    return [PastConversation(row.id, row.opened_at, row.subject, row.state.value) for row in rows]

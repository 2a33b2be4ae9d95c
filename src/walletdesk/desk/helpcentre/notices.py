"""Announcements: values, refusals, and whether one touches a customer's own transactions. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Literal
from uuid import UUID

import msgspec

from walletdesk.kit.i18n import Lang
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.wallet.gateway.model import Evidence, Reason, Transaction, TransactionState

TITLE_CHARACTERS_MAX: Final = 120
TEXT_CHARACTERS_MAX: Final = 2_000
NAMES_MAX: Final = 50
OPEN: Final = frozenset({TransactionState.CREATED, TransactionState.PENDING})

NoticeKind = Literal["maintenance", "incident"]
MovementKind = Literal["payment", "transfer", "top_up", "withdrawal", "refund", "bill"]
Phase = Literal["planned", "now", "late", "ended"]
"""Before it starts, while it lasts, after the time at which it should have ended, over."""


class NoticeState(StrEnum):
    """Where an announcement stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ENDED = "ended"


class Words(msgspec.Struct, frozen=True):
    """What is announced, in both languages."""

    zh_title: str
    zh_text: str
    en_title: str
    en_text: str


class Reach(msgspec.Struct, frozen=True):
    """What it touches; an empty list leaves nothing out. Banks and shops by the names customers read."""

    kinds: list[MovementKind] = []
    rails: list[str] = []
    banks: list[str] = []
    shops: list[str] = []


class Announcement(msgspec.Struct, frozen=True):
    """Maintenance or an incident, as the staff has written it."""

    id: UUID
    kind: NoticeKind
    state: str
    zh_title: str
    zh_text: str
    en_title: str
    en_text: str
    kinds: list[str]
    rails: list[str]
    banks: list[str]
    shops: list[str]
    starts_at: datetime
    expected_end: datetime | None
    next_news_at: datetime | None
    ended_at: datetime | None
    author_id: UUID
    published_at: datetime | None
    updated_at: datetime

    def title(self, lang: Lang) -> str:
        """Return the headline for a reader."""
        return self.zh_title if lang == "zh" else self.en_title

    def text(self, lang: Lang) -> str:
        """Return the text for a reader."""
        return self.zh_text if lang == "zh" else self.en_text

    def phase(self, now: datetime) -> Phase:
        """Say where it stands at a moment."""
        if self.state == NoticeState.ENDED:
            return "ended"
        if now < self.starts_at:
            return "planned"
        return "late" if self.expected_end is not None and self.expected_end <= now else "now"


class News(msgspec.Struct, frozen=True):
    """How it went on."""

    announcement_id: UUID
    number: int
    zh: str
    en: str
    at: datetime

    def text(self, lang: Lang) -> str:
        """Return the text for a reader."""
        return self.zh if lang == "zh" else self.en


Touch = Literal["yes", "no", "unknown", "planned"]
DISTURBED: Final = frozenset({Reason.UNKNOWN, Reason.RAIL_DOWN, Reason.SYSTEM, Reason.RETURNED})
"""Reasons that may come of a disturbance; every other (no money, wrong name, a limit) would have failed without it."""


def may_touch(one: Announcement, transaction: Transaction, *, now: datetime) -> bool:
    """Say whether a transaction lies in what is announced as far as its own row tells; its bank stands elsewhere.

    Only what is on its way, or went wrong since it began, counts: what has succeeded has passed it.
    """
    if one.kinds and transaction.kind not in one.kinds:
        return False
    if one.rails and transaction.rail not in one.rails:
        return False
    if one.shops and transaction.name not in one.shops:
        return False
    if transaction.created_at > (one.ended_at or now):
        return False
    if transaction.state in OPEN:
        return True
    went_wrong = transaction.state in (TransactionState.FAILED, TransactionState.RETURNED)
    return went_wrong and transaction.updated_at >= one.starts_at


def needs_evidence(one: Announcement, transaction: Transaction) -> bool:
    """Say whether its own row is not enough: its bank matters, or why it went wrong."""
    return bool(one.banks) or transaction.state not in OPEN


def touched(
    one: Announcement, candidates: Sequence[Transaction], seen: Mapping[UUID, Evidence | None]
) -> tuple[list[Transaction], bool]:
    """Return those of the candidates that are touched, and whether of some it is not known."""
    judged = [(each, _is_touched(one, each, seen.get(each.id))) for each in candidates]
    return [each for each, found in judged if found], any(found is None for _, found in judged)


def _is_touched(one: Announcement, transaction: Transaction, evidence: Evidence | None) -> bool | None:
    if not needs_evidence(one, transaction):
        return True
    if evidence is None:
        return None
    if one.banks and evidence.bank_name not in one.banks:
        return None if evidence.bank_name is None else False
    if transaction.state in OPEN:
        return True
    return None if evidence.reason.value is None else evidence.reason.value in DISTURBED


class AnnouncementMissing(Refusal):
    """There is no such announcement, or it is not published."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "helpcentre.announcement_missing"


class AnnouncementState(Refusal):
    """The announcement does not stand where this can be done with it."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "helpcentre.announcement_state"


class EndTooEarly(Refusal):
    """What is announced cannot end before it starts."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "helpcentre.end_too_early"

"""Articles: values, states, refusals."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from walletdesk.kit.i18n import Lang
from walletdesk.kit.refusal import Kind, Refusal

TITLE_CHARACTERS_MAX: Final = 120
BODY_CHARACTERS_MAX: Final = 20_000
WORDS_CHARACTERS_MAX: Final = 1_000
NOTE_CHARACTERS_MAX: Final = 1_000
QUESTION_CHARACTERS_MAX: Final = 200
"""Of a longer question the beginning is looked at."""
SLUG_PATTERN: Final = "^[a-z0-9]+(-[a-z0-9]+)*$"
SLUG_CHARACTERS_MAX: Final = 80


class Topic(StrEnum):
    """Under which heading an article stands on the first page, in this order."""

    PAY = "pay"
    TRANSFER = "transfer"
    ADD = "add"
    REFUND = "refund"
    BILLS = "bills"
    BALANCE = "balance"
    ACCOUNT = "account"
    SAFETY = "safety"
    SERVICE = "service"


class State(StrEnum):
    """Where a version stands: written, looked at by somebody else, shown, shown no more."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"
    RETIRED = "retired"


class Article(msgspec.Struct, frozen=True):
    """An article, whatever it says in which language."""

    id: UUID
    number: int
    slug: str
    intent: str | None
    topic: str


class Version(msgspec.Struct, frozen=True):
    """What an article says in one language; `authors` is empty for what comes with the product."""

    article_id: UUID
    lang: Lang
    version: int
    state: str
    title: str
    body: str
    words: str
    """Words that people use for it and that need not stand in the text, for search alone."""
    reviewed_on: date
    stale_on: date
    authors: list[UUID]
    reviewer_id: UUID | None
    note: str | None
    updated_at: datetime
    published_at: datetime | None

    @property
    def packaged(self) -> bool:
        """Say whether it came with the product."""
        return not self.authors


class Shown(msgspec.Struct, frozen=True):
    """A published article as readers see it."""

    article_id: UUID
    slug: str
    intent: str | None
    topic: str
    lang: Lang
    version: int
    title: str
    body: str
    reviewed_on: date
    stale_on: date
    published_at: datetime


class Listed(msgspec.Struct, frozen=True):
    """An article in a list of readers."""

    slug: str
    topic: str
    lang: Lang
    title: str


class Hit(msgspec.Struct, frozen=True):
    """What search found: `score` is the fused rank, `share` how much of the question stands in the article."""

    article_id: UUID
    slug: str
    topic: str
    lang: Lang
    title: str
    body: str
    version: int
    score: float
    share: float


class Text(msgspec.Struct, frozen=True):
    """What an editor writes."""

    title: str
    body: str
    words: str
    reviewed_on: date
    stale_on: date


class Packaged(msgspec.Struct, frozen=True):
    """An article as it lies in the package; `digest` changes when the file does."""

    slug: str
    intent: str | None
    topic: Topic
    lang: Lang
    text: Text
    digest: str


class ArticleMissing(Refusal):
    """There is no such article, or nothing of it is published."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "helpcentre.article_missing"


class SlugTaken(Refusal):
    """Another article has this address already."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "helpcentre.slug_taken"


class IntentTaken(Refusal):
    """Another article answers this intent already."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "helpcentre.intent_taken"


class VersionMissing(Refusal):
    """There is no version in the state that this needs."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "helpcentre.version_missing"


class UnderReview(Refusal):
    """The text is being reviewed; it has to be sent back before it is changed."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "helpcentre.under_review"


class DraftChanged(Refusal):
    """Somebody else has changed the draft since it was read."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "helpcentre.draft_changed"


class FourEyes(Refusal):
    """Whoever has written in a text does not publish it."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "helpcentre.four_eyes"


class StaleTooEarly(Refusal):
    """A text goes stale after the day on which it was reviewed."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "helpcentre.stale_too_early"


class TextInvalid(Refusal):
    """A title or text is empty or too long."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "helpcentre.text_invalid"


class PackagedInvalid(Refusal):
    """An article file of the package cannot be read: `file` and `reason` say which and why."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "helpcentre.packaged_invalid"

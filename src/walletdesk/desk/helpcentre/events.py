"""What the room lets others know; the key is the id of the article or the announcement."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from walletdesk.kit.events import Event


@dataclass(frozen=True, slots=True)
class ArticlePublished(Event):
    """A text has passed a second pair of eyes and is what readers see from now on."""

    article_id: UUID
    slug: str
    lang: str
    version: int


@dataclass(frozen=True, slots=True)
class AnnouncementPublished(Event):
    """Maintenance or an incident is announced to everybody."""

    announcement_id: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class AnnouncementEnded(Event):
    """What was announced is over."""

    announcement_id: UUID
    kind: str

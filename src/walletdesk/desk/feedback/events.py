"""What the room lets others know; the key is the conversation's id."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from walletdesk.kit.events import Event


@dataclass(frozen=True, slots=True)
class ConversationRated(Event):
    """A customer has rated a resolution, or changed his rating."""

    conversation_id: UUID
    resolution: int
    score: int

"""What this room tells others; the key is the conversation, or the finding where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from walletdesk.kit.events import Event


@dataclass(frozen=True, slots=True)
class FindingMade(Event):
    """A finding was stored."""

    finding_id: UUID
    conversation_id: UUID | None
    symptom: str
    verdict: str


@dataclass(frozen=True, slots=True)
class FindingChanged(Event):
    """A follow-up found something else than before; the new finding is stored already."""

    finding_id: UUID
    new_finding_id: UUID
    conversation_id: UUID | None
    verdict: str


@dataclass(frozen=True, slots=True)
class CommandFinished(Event):
    """A command came to `done` or `refused`, or for the first time to `unknown` (and is asked again).

    `finding_id` is the finding under which it was asked in this conversation, `new_finding_id` the one that was
    made afterwards; absent while the outcome is unknown or when the wallet could not be read again.
    """

    finding_id: UUID
    conversation_id: UUID | None
    command: str
    state: str
    new_finding_id: UUID | None


@dataclass(frozen=True, slots=True)
class HandOffDue(Event):
    """What was promised by itself has not come: a person should take over.

    `reason` is `overdue` (a promised time has passed without news), `verdict` (a follow-up or a command ended in
    a finding that is a person's work, e.g. no answer at T+1 noon), `command_unknown` or `command_refused`.
    """

    finding_id: UUID
    conversation_id: UUID | None
    reason: str

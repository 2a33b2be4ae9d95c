"""Values of the room: presence, desks, what waits, places; nothing here touches a database or a clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from walletdesk.kit.ids import AgentId
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.kit.web import NotSignedIn, Who

ABSENT_AFTER: Final = timedelta(seconds=30)
"""Without a sign of life for so long an agent counts as absent; his page gives one every five seconds."""
BREAK_GRACE: Final = timedelta(seconds=60)
"""How long an agent who takes a break may still finish what he holds."""
LEFT_AFTER: Final = timedelta(minutes=15)
"""After so long an absence he loses also what only waits with him for a customer."""
DECLINED_FOR: Final = timedelta(seconds=60)
"""For so long a conversation is not offered again to the agent who gave it back."""
MISSED_APART: Final = timedelta(seconds=15)
"""Two unanswered offers at least so far apart mean that the agent does not look: he is offered no more."""
OFFERS_REMEMBERED: Final = timedelta(days=7)
PACE_WINDOW: Final = timedelta(minutes=60)
POSITION_MAX: Final = 1_000
"""Places are counted up to here; the last one means "or further back"."""

LEVEL_LEADS: Final = 2
"""From this rung of the ladder on, leads are offered a conversation whatever its skill."""
LEVEL_ANYBODY: Final = 3
"""From this rung on, everybody is."""


class Presence(StrEnum):
    """What an agent says of himself: 在线, 忙碌 (keeps his conversations, gets none), 小休, 离线."""

    ONLINE = "online"
    BUSY = "busy"
    BREAK = "break"
    OFFLINE = "offline"


HERE: Final = frozenset({Presence.ONLINE, Presence.BUSY})
"""With these he sits at his desk: what he holds stays with him."""


@dataclass(frozen=True, slots=True)
class Sight:
    """An agent's presence as it is stored."""

    agent_id: UUID
    session_id: UUID | None
    chosen: str
    since: datetime
    seen_at: datetime
    gone: bool

    def presence(self, now: datetime) -> Presence:
        """Return what others see: whoever gives no sign of life is offline, whatever he chose."""
        if self.gone or self.seen_at < now - ABSENT_AFTER:
            return Presence.OFFLINE
        return Presence(self.chosen)


class AgentView(msgspec.Struct, frozen=True):
    """A colleague as the desk sees him: presence, and how many of his places are taken."""

    id: UUID
    name: str
    presence: Presence
    load: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Desk:
    """An agent who is here, as far as it matters for who gets what.

    `missed`: he has not answered the last offer. `lead`: a supervisor. `takes`: he is online and not only busy.
    """

    agent_id: UUID
    capacity: int
    load: int
    skills: frozenset[str]
    lang: str
    lead: bool = False
    takes: bool = True
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation in the queue, as far as it matters for who gets it."""

    id: UUID
    skill: str
    level: int
    locale: str
    rank_at: datetime
    last_agent_id: UUID | None = None
    declined_by: frozenset[UUID] = field(default_factory=frozenset[UUID])
    """Agents who gave it back a moment ago."""
    missed_by: frozenset[UUID] = field(default_factory=frozenset[UUID])
    """Agents who let an offer of it pass."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a skill's queue moves: agents here, their places, and what the last sixty minutes have shown."""

    skill: str
    present: int
    slots: int
    free: int
    taken: int
    held_s: float
    departed: int
    waited_s: float
    measured_at: datetime


class Place(msgspec.Struct, frozen=True):
    """Where a customer stands in the queue, and the announced range of his further wait in seconds.

    `position` 1 is next. With `staffed` False nobody is on shift for this skill: then there is no queue to speak
    of, the range is zero, and a promised time is what helps.
    """

    position: int
    low_s: int
    high_s: int
    staffed: bool
    as_of: datetime


class AfterInvalid(Refusal):
    """The mark of the next page is not one that this list has given."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "routing.after_invalid"


class FrameInvalid(Refusal):
    """A frame on the socket has a form that is not read here; `reason` names what is wrong."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "routing.frame_invalid"


class TransactionMissing(Refusal):
    """This customer has no such transaction."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "routing.transaction_not_found"


class NoCustomer(Refusal):
    """Nobody vouches for the person of this conversation, so there is no wallet to look into."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "routing.no_customer"


class SkillUnknown(Refusal):
    """Nobody at the desk has this skill."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "routing.skill_unknown"


def agent_of(who: Who) -> AgentId:
    """Return which agent is asking.

    Raises:
        NotSignedIn: None is.
    """
    if who.kind != "agent" or who.id is None:
        raise NotSignedIn
    return AgentId(who.id)

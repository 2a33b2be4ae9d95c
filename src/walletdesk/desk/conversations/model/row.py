"""The promise as it stands on a conversation's row: on whom it waits, who owes what, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec


class State(StrEnum):
    """Where a conversation stands; the names are those of `ops.md` section 2.1."""

    BOT = "bot"
    QUEUED = "queued"
    OFFERED = "offered"
    AGENT = "agent"
    WAIT_CUST = "wait_cust"
    WAIT_THIRD = "wait_third"
    CALLBACK = "callback"
    RESOLVED = "resolved"


LIVE: Final = frozenset(State) - {State.RESOLVED}


class Owner(StrEnum):
    """Who must move next."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"
    CUSTOMER = "customer"
    CALLBACK = "callback"
    CASE = "case"


class Debt(StrEnum):
    """What we owe a customer besides an answer: news of a third party, or a call."""

    NEWS = "news"
    CALL = "call"


LEVELS: Final = ("agent", "any_agent", "team_lead", "duty_manager", "red_list")
LEVEL_MAX: Final = len(LEVELS) - 1
"""The red list; an entry leaves it by an answer only."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long each state may last before the ladder is climbed (`ops.md` section 2.1)."""

    bot: timedelta = timedelta(seconds=20)
    bot_working: timedelta = timedelta(seconds=60)
    """How long the bot may keep saying that it is still at work on one question."""
    queued: timedelta = timedelta(seconds=120)
    offered: timedelta = timedelta(seconds=20)
    agent: timedelta = timedelta(seconds=180)
    wait_customer: timedelta = timedelta(hours=24)
    wait_third: timedelta = timedelta(hours=4)
    wait_third_max: timedelta = timedelta(days=15)
    call_slack: timedelta = timedelta(seconds=60)
    call_max: timedelta = timedelta(days=15)
    reminders_max: int = 2
    failed_turns_max: int = 2
    class_gap: timedelta = timedelta(seconds=120)
    emergency_gap: timedelta = timedelta(seconds=600)

    def weight(self, priority_class: int) -> timedelta:
        """How much later than it began a conversation's wait counts: nobody is passed by more than this."""
        if priority_class <= 0:
            return timedelta(0)
        return self.emergency_gap + self.class_gap * (priority_class - 1)


BOUNDS: Final = Bounds()


class Promise(msgspec.Struct, frozen=True, gc=False):
    """The fields of a row that the state machine reads and writes, always all at once.

    `owed_since` is the time of the oldest thing a customer said (or was promised) without an answer.
    `owner_id` is an agent: who holds the conversation (offered, agent) or waits with the customer for
    something (wait_cust, wait_third); he loses it when he is gone. `debt_*` is a promise of news or a call.
    `rank_at` orders the queue: the start of the wait plus the weight of the class.
    """

    state: State
    owner_kind: Owner
    promised_at: datetime
    due_at: datetime | None
    owner_id: UUID | None = None
    level: int = 0
    owed_since: datetime | None = None
    acked_at: datetime | None = None
    waiting_since: datetime | None = None
    rank_at: datetime | None = None
    debt_kind: Debt | None = None
    debt_due_at: datetime | None = None
    human_wanted: bool = False
    tries: int = 0
    reminders: int = 0
    call_tries: int = 0
    skill: str = "general"
    priority_class: int = 2
    last_agent_id: UUID | None = None
    resolutions: int = 0

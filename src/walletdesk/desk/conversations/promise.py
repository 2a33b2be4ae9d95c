"""The promise as a state machine: `(row, event, now) -> (row, effects)`, pure.

It is the only place that decides on whom a conversation waits, who owes the next answer and until when; state,
owner and due time are always written together. The CHECK constraints of `conversations.conversation` say the
same, `tests/property/test_promise_*` run it under a virtual clock with every fault of `ops.md` section 2.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import replace

from walletdesk.desk.conversations.model import (
    BOUNDS,
    LEVEL_MAX,
    AnswerOwed,
    Bounds,
    Debt,
    MovedOn,
    NotHeld,
    Owner,
    Promise,
    PromiseOpen,
    State,
)


class Effect(StrEnum):
    """What the caller tells the world after the commit of a step."""

    QUEUED = "queued"
    HANDED_OFF = "handed_off"
    ESCALATED = "escalated"
    REMIND = "remind"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    DEBT_BROKEN = "debt_broken"


Step = tuple[Promise, tuple[Effect, ...]]


# --- how an answer ends: on whom the conversation waits after it --------------------------------------


class WaitCustomer(msgspec.Struct, frozen=True):
    """The customer has the next word. `understood` is False for a bot that had to ask back."""

    understood: bool = True
    settles_debt: bool = False
    """True when this answer is the promised news; implied when it comes while we wait for them."""


class WaitThird(msgspec.Struct, frozen=True):
    """News of a third party are promised until then (at most `Bounds.wait_third_max` ahead)."""

    until: datetime | None = None
    why: str = ""


class PromiseCall(msgspec.Struct, frozen=True):
    """A call is promised at a time; the promise itself is the deadline."""

    at: datetime


class HandOff(msgspec.Struct, frozen=True):
    """A person takes over (from an agent: reassignment)."""

    skill: str | None
    priority_class: int
    reason: str


class StillWorking(msgspec.Struct, frozen=True):
    """The answer is being made; the deadline moves, but never past the bound of its state."""

    until: datetime


class Aside(msgspec.Struct, frozen=True):
    """Something was said that answers nothing and promises nothing."""


Then = WaitCustomer | WaitThird | PromiseCall | HandOff | StillWorking | Aside
BotThen = Then


# --- what can happen to a row ---------------------------------------------------------------------


class CustomerSpoke(msgspec.Struct, frozen=True):
    """A customer said something new. `agent_free`: the agent who waited for it is here and has room."""

    agent_free: bool = False


class BotAnswered(msgspec.Struct, frozen=True):
    """The bot said something. `unseen_since`: the oldest thing said after what it answered, if any."""

    then: Then
    unseen_since: datetime | None = None


class BotFailed(msgspec.Struct, frozen=True):
    """The bot raised or understood nothing; after two such turns a person takes over (H1)."""

    skill: str | None = None


class HandedOff(msgspec.Struct, frozen=True):
    """A person is wanted: by the customer, the bot, or because the topic is risky."""

    skill: str | None
    priority_class: int
    reason: str


class Offered(msgspec.Struct, frozen=True):
    """Routing offers the conversation to an agent who has room."""

    agent_id: UUID


class Accepted(msgspec.Struct, frozen=True):
    """An agent takes the conversation."""

    agent_id: UUID


class AgentAnswered(msgspec.Struct, frozen=True):
    """The agent who holds the conversation said something to the customer."""

    agent_id: UUID
    then: Then
    unseen_since: datetime | None = None


class Released(msgspec.Struct, frozen=True):
    """An agent gives the conversation back, or is gone (then also where he only waited)."""

    agent_id: UUID
    gone: bool = False


class NewsCame(msgspec.Struct, frozen=True):
    """The third party has answered; telling the customer is now owed."""


class CallEnded(msgspec.Struct, frozen=True):
    """A promised call was tried; after three vain ones the customer is written to (by the caller)."""

    reached: bool
    wrote_instead: bool = False


class DueCame(msgspec.Struct, frozen=True):
    """The deadline has passed and nothing moved: climb the ladder."""


class Resolve(msgspec.Struct, frozen=True):
    """Somebody wants to close; refused while anything is owed."""


Happening = (
    CustomerSpoke | BotAnswered | BotFailed | HandedOff | Offered | Accepted | AgentAnswered
    | Released | NewsCame | CallEnded | DueCame | Resolve
)  # fmt: skip

_HELD: Final = frozenset({State.OFFERED, State.AGENT})
_WAITING: Final = frozenset({State.WAIT_CUST, State.WAIT_THIRD, State.CALLBACK})
CALL_TRIES_MAX: Final = 3


def opened(
    now: datetime,
    *,
    asked: bool,
    skill: str = "general",
    priority_class: int = 2,
    bounds: Bounds = BOUNDS,
) -> Promise:
    """Return the row of a new conversation; `asked` when opening it was a question in itself."""
    return Promise(
        state=State.BOT,
        owner_kind=Owner.BOT,
        promised_at=now,
        due_at=now + bounds.bot,
        owed_since=now if asked else None,
        acked_at=now,
        skill=skill,
        priority_class=priority_class,
    )


def step(row: Promise, happening: Happening, now: datetime, bounds: Bounds = BOUNDS) -> Step:
    """Return the row after what happened, and what to tell the world.

    Raises:
        MovedOn, NotHeld, AnswerOwed, PromiseOpen: It cannot happen to this row; the row stays as it is.
    """
    return _RULES[type(happening)](row, happening, now, bounds)


# --- the only ways to change a row: state, owner and deadline in one write ---------------------------


def _due(row: Promise, bound: timedelta, now: datetime) -> datetime:
    """The bound of a state, or an earlier promise that is still to come."""
    due = now + bound
    debt = row.debt_due_at
    return debt if debt is not None and now < debt < due else due


def _to_bot(row: Promise, now: datetime, bounds: Bounds) -> Promise:
    return replace(
        row, state=State.BOT, owner_kind=Owner.BOT, owner_id=None, promised_at=now,
        due_at=_due(row, bounds.bot, now), waiting_since=None, rank_at=None,
    )  # fmt: skip


def _to_queue(row: Promise, now: datetime, bounds: Bounds, *, since: datetime | None = None) -> Promise:
    waiting = since or row.owed_since or now
    return replace(
        row, state=State.QUEUED, owner_kind=Owner.QUEUE, owner_id=None, promised_at=now,
        due_at=_due(row, bounds.queued, now), owed_since=row.owed_since or now, human_wanted=True,
        waiting_since=waiting, rank_at=waiting + bounds.weight(row.priority_class),
    )  # fmt: skip


def _to_agent(row: Promise, agent_id: UUID, now: datetime, bounds: Bounds) -> Promise:
    return replace(
        row, state=State.AGENT, owner_kind=Owner.AGENT, owner_id=agent_id, promised_at=now,
        due_at=_due(row, bounds.agent, now), human_wanted=True, last_agent_id=agent_id,
    )  # fmt: skip


def _to_customer(row: Promise, now: datetime, bounds: Bounds) -> Promise:
    """Wait for the customer; or, where news or a call are still promised, for those."""
    if row.debt_kind is not None and row.debt_due_at is not None:
        return _to_debt(row, row.debt_kind, row.debt_due_at, now)
    return replace(
        row, state=State.WAIT_CUST, owner_kind=Owner.CUSTOMER, promised_at=now,
        due_at=now + bounds.wait_customer, reminders=0, waiting_since=None, rank_at=None,
    )  # fmt: skip


def _to_debt(row: Promise, kind: Debt, due: datetime, now: datetime) -> Promise:
    call = kind is Debt.CALL
    return replace(
        row, state=State.CALLBACK if call else State.WAIT_THIRD,
        owner_kind=Owner.CALLBACK if call else Owner.CASE, promised_at=now, due_at=max(due, now),
        debt_kind=kind, debt_due_at=due, waiting_since=None, rank_at=None,
        owner_id=None if call else row.owner_id, human_wanted=row.human_wanted or call,
        call_tries=row.call_tries if row.debt_kind is Debt.CALL else 0,
    )  # fmt: skip


# --- customers -------------------------------------------------------------------------------------


def _customer_spoke(row: Promise, event: CustomerSpoke, now: datetime, bounds: Bounds) -> Step:
    heard = replace(row, owed_since=row.owed_since or now, acked_at=now, reminders=0)
    if row.state in (State.QUEUED, State.OFFERED):
        return heard, ()
    if row.state in (State.BOT, State.AGENT):
        if row.owed_since is not None:
            return heard, ()
        bound = bounds.bot if row.state is State.BOT else bounds.agent
        return replace(heard, due_at=_due(row, bound, now), promised_at=now), ()
    effects = (Effect.REOPENED,) if row.state is State.RESOLVED else ()
    if event.agent_free and row.owner_id is not None:
        return _to_agent(heard, row.owner_id, now, bounds), effects
    if row.human_wanted:
        return _to_queue(heard, now, bounds), (*effects, Effect.QUEUED)
    return _to_bot(heard, now, bounds), effects


# --- the bot -----------------------------------------------------------------------------------------


def _bot_answered(row: Promise, event: BotAnswered, now: datetime, bounds: Bounds) -> Step:
    then = event.then
    if isinstance(then, Aside):
        return row, ()
    follow_up = row.state in (State.WAIT_CUST, State.WAIT_THIRD) and row.owner_id is None
    if row.state is not State.BOT and not follow_up:
        raise MovedOn(state=row.state.value)
    if isinstance(then, HandOff):
        return _hand_off(row, HandedOff(then.skill, then.priority_class, then.reason), now, bounds)
    if isinstance(then, StillWorking):
        return _still_working(row, then, now, bounds), ()
    if isinstance(then, WaitCustomer) and not then.understood:
        return _asked_back(row, now, bounds)
    return _answered(replace(row, tries=0), then, event.unseen_since, now, bounds), ()


def _still_working(row: Promise, then: StillWorking, now: datetime, bounds: Bounds) -> Promise:
    """Move the deadline of an answer in the making; in the end the ladder is climbed all the same."""
    if row.state is not State.BOT:
        raise MovedOn(state=row.state.value)
    last = (row.owed_since or row.promised_at) + bounds.bot_working
    due = min(max(then.until, now), now + bounds.bot, max(last, now))
    return replace(row, due_at=due, promised_at=now)


def _asked_back(row: Promise, now: datetime, bounds: Bounds) -> Step:
    """A question back is an answer once; twice in a row means that a person is needed (H1)."""
    tried = replace(row, tries=row.tries + 1)
    if tried.tries >= bounds.failed_turns_max:
        return _to_queue(tried, now, bounds), (Effect.HANDED_OFF, Effect.QUEUED)
    return _answered(tried, WaitCustomer(), None, now, bounds), ()


def _bot_failed(row: Promise, event: BotFailed, now: datetime, bounds: Bounds) -> Step:
    if row.state is not State.BOT:
        raise MovedOn(state=row.state.value)
    tried = replace(row, tries=row.tries + 1, skill=event.skill or row.skill)
    if tried.tries < bounds.failed_turns_max:
        return tried, ()
    return _to_queue(tried, now, bounds), (Effect.HANDED_OFF, Effect.QUEUED)


def _hand_off(row: Promise, event: HandedOff, now: datetime, bounds: Bounds) -> Step:
    if row.state is State.RESOLVED:
        raise MovedOn(state=row.state.value)
    wanted = replace(
        row,
        skill=event.skill or row.skill,
        priority_class=min(row.priority_class, event.priority_class),
        tries=0,
    )
    if row.state is State.OFFERED and wanted.skill == row.skill:
        return wanted, ()
    queued = _to_queue(wanted, now, bounds, since=row.waiting_since)
    if row.state is State.QUEUED:
        return replace(queued, due_at=row.due_at, promised_at=row.promised_at), (Effect.QUEUED,)
    return queued, (Effect.HANDED_OFF, Effect.QUEUED)


# --- agents ------------------------------------------------------------------------------------------


def _offered(row: Promise, event: Offered, now: datetime, bounds: Bounds) -> Step:
    if row.state is not State.QUEUED:
        raise MovedOn(state=row.state.value)
    return replace(
        row, state=State.OFFERED, owner_kind=Owner.AGENT, owner_id=event.agent_id, promised_at=now,
        due_at=_due(row, bounds.offered, now),
    ), ()  # fmt: skip


def _accepted(row: Promise, event: Accepted, now: datetime, bounds: Bounds) -> Step:
    if row.state is State.RESOLVED:
        raise MovedOn(state=row.state.value)
    if row.state in _HELD and row.owner_id != event.agent_id:
        raise NotHeld(state=row.state.value)
    if row.state is State.AGENT:
        return row, ()
    return _to_agent(row, event.agent_id, now, bounds), ()


def _agent_answered(row: Promise, event: AgentAnswered, now: datetime, bounds: Bounds) -> Step:
    holds = row.state is State.AGENT or (row.state in _WAITING and row.state is not State.CALLBACK)
    if not holds or row.owner_id != event.agent_id:
        raise NotHeld(state=row.state.value)
    then = event.then
    if isinstance(then, Aside):
        return row, ()
    if isinstance(then, HandOff):
        return _hand_off(row, HandedOff(then.skill, then.priority_class, then.reason), now, bounds)
    if isinstance(then, StillWorking):
        # "One moment, please" is no answer: what is owed stays owed, only the deadline moves.
        due = min(max(then.until, now), now + bounds.agent)
        return replace(row, due_at=due, promised_at=now), ()
    return _answered(row, then, event.unseen_since, now, bounds), ()


def _released(row: Promise, event: Released, now: datetime, bounds: Bounds) -> Step:
    if row.owner_id != event.agent_id:
        raise NotHeld(state=row.state.value)
    if row.state in _HELD and row.owed_since is not None:
        # His place is kept: who was with an agent who vanished goes before those who came later.
        since = min(row.waiting_since or row.owed_since, row.owed_since)
        return _to_queue(row, now, bounds, since=since), (Effect.QUEUED,)
    if row.state is State.AGENT:
        return replace(_to_customer(row, now, bounds), owner_id=None), ()
    return replace(row, owner_id=None), ()


# --- answers, news, calls ------------------------------------------------------------------------------


def _answered(
    row: Promise, then: Then, unseen_since: datetime | None, now: datetime, bounds: Bounds
) -> Promise:
    """What a substantive answer does: nothing is owed any more, but what was said after it was begun."""
    settles = row.state in (State.WAIT_THIRD, State.CALLBACK)
    if row.state not in (State.BOT, State.AGENT):
        unseen_since = None
    if isinstance(then, WaitCustomer) and (then.settles_debt or settles):
        row = replace(row, debt_kind=None, debt_due_at=None, call_tries=0)
    done = replace(row, owed_since=unseen_since, level=0)
    if isinstance(then, WaitThird):
        until = min(then.until or now + bounds.wait_third, now + bounds.wait_third_max)
        done = replace(done, debt_kind=Debt.NEWS, debt_due_at=max(until, now))
    elif isinstance(then, PromiseCall):
        at = min(max(then.at, now) + bounds.call_slack, now + bounds.call_max)
        done = replace(done, debt_kind=Debt.CALL, debt_due_at=at, call_tries=0)
    if unseen_since is None:
        return _to_customer(done, now, bounds)
    bound = bounds.agent if row.state is State.AGENT else bounds.bot
    return replace(done, due_at=_due(done, bound, now), promised_at=now)


def _news_came(row: Promise, event: NewsCame, now: datetime, bounds: Bounds) -> Step:
    del event
    if row.debt_kind is not Debt.NEWS:
        return row, ()
    heard = replace(row, debt_kind=None, debt_due_at=None, owed_since=row.owed_since or now)
    if row.state is not State.WAIT_THIRD:
        return heard, ()
    if row.human_wanted:
        return _to_queue(heard, now, bounds), (Effect.QUEUED,)
    return _to_bot(heard, now, bounds), ()


def _call_ended(row: Promise, event: CallEnded, now: datetime, bounds: Bounds) -> Step:
    if row.debt_kind is not Debt.CALL:
        raise MovedOn(state=row.state.value)
    tried = replace(row, call_tries=row.call_tries + 1)
    if event.reached or (event.wrote_instead and tried.call_tries >= CALL_TRIES_MAX):
        free = replace(
            tried, debt_kind=None, debt_due_at=None, call_tries=0,
            owed_since=row.owed_since if row.state is not State.CALLBACK else None,
            level=0 if row.state is State.CALLBACK else row.level,
        )  # fmt: skip
        return (_to_customer(free, now, bounds) if row.state is State.CALLBACK else free), ()
    return tried, ()


# --- the ladder, and the end -----------------------------------------------------------------------------


def _due_came(row: Promise, event: DueCame, now: datetime, bounds: Bounds) -> Step:
    del event
    if row.due_at is None or row.due_at > now:
        return row, ()
    if row.state is State.WAIT_CUST:
        return _customer_silent(row, now, bounds)
    broken = row.debt_due_at is not None and row.debt_due_at <= now
    if row.state in (State.BOT, State.AGENT) and row.owed_since is None and not broken:
        return _to_customer(row, now, bounds), ()
    higher = replace(row, level=min(row.level + 1, LEVEL_MAX), owed_since=row.owed_since or now)
    effects: tuple[Effect, ...] = (Effect.ESCALATED, Effect.QUEUED)
    if broken:
        # What was promised did not come in time: saying so is the answer that is owed now.
        higher = replace(higher, debt_kind=None, debt_due_at=None, call_tries=0)
        effects = (Effect.DEBT_BROKEN, *effects)
    if row.state is State.BOT:
        effects = (Effect.HANDED_OFF, *effects)
    return _to_queue(higher, now, bounds, since=row.waiting_since), effects


def _customer_silent(row: Promise, now: datetime, bounds: Bounds) -> Step:
    if row.reminders < bounds.reminders_max:
        return replace(
            row, reminders=row.reminders + 1, promised_at=now, due_at=now + bounds.wait_customer
        ), (Effect.REMIND,)
    return _closed(row, now), (Effect.RESOLVED,)


def _resolve(row: Promise, event: Resolve, now: datetime, bounds: Bounds) -> Step:
    del event, bounds
    if row.state is State.RESOLVED:
        return row, ()
    if row.owed_since is not None:
        raise AnswerOwed
    if row.debt_kind is not None:
        raise PromiseOpen(promise=row.debt_kind.value)
    return _closed(row, now), (Effect.RESOLVED,)


def _closed(row: Promise, now: datetime) -> Promise:
    return replace(
        row, state=State.RESOLVED, owner_kind=Owner.CUSTOMER, owner_id=None, promised_at=now,
        due_at=None, level=0, waiting_since=None, rank_at=None, tries=0, reminders=0,
        resolutions=row.resolutions + 1,
    )  # fmt: skip


_E = TypeVar("_E")
_Rule = Callable[[Promise, Any, datetime, Bounds], Step]
_RULES: Final[dict[type, _Rule]] = {
    CustomerSpoke: _customer_spoke,
    BotAnswered: _bot_answered,
    BotFailed: _bot_failed,
    HandedOff: _hand_off,
    Offered: _offered,
    Accepted: _accepted,
    AgentAnswered: _agent_answered,
    Released: _released,
    NewsCame: _news_came,
    CallEnded: _call_ended,
    DueCame: _due_came,
    Resolve: _resolve,
}

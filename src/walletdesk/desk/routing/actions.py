"""What is done at the desk: being here or not, offering, taking, giving back, passing on, closing.

Locks are taken in one order everywhere: presence, seat, conversation.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from walletdesk.desk.conversations import actions as conversations
from walletdesk.desk.conversations import queries as stored
from walletdesk.desk.conversations.model import (
    BOUNDS,
    Author,
    Conversation,
    ConversationMissing,
    Debt,
    NotHeld,
    State,
)
from walletdesk.desk.conversations.promise import (
    Accepted,
    AgentAnswered,
    HandedOff,
    Offered,
    Released,
    Resolve,
    WaitCustomer,
)
from walletdesk.desk.routing import queries
from walletdesk.desk.routing.model import (
    ABSENT_AFTER,
    BREAK_GRACE,
    HERE,
    LEFT_AFTER,
    Presence,
    Sight,
    SkillUnknown,
    agent_of,
)
from walletdesk.kit import db, live
from walletdesk.kit.web import NotSignedIn, Who
from walletdesk.people import audit
from walletdesk.people import queries as people
from walletdesk.people.model import Agent, Deed

PRESENCE_TOPIC: Final = "desk:presence"
_HELD: Final = frozenset({State.OFFERED, State.AGENT})


# --- being here -----------------------------------------------------------------------------------------


async def beat(tx: db.Tx, who: Who, *, now: datetime) -> Presence | None:
    """Note a sign of life of an agent's page; return what he counts as where that has changed by it.

    Whoever was gone is back as what he chose; with a new session an agent is online at once, a lead is busy (he
    looks, and is offered nothing before he says so). Nobody has to remember a switch so that customers are served.

    Raises:
        NotSignedIn: The agent is unknown or disabled.
    """
    agent_id = agent_of(who)
    if await queries.touch_sight(tx, agent_id, now=now):
        return None
    agent = await _agent(tx, agent_id)
    old = await queries.lock_sight(tx, agent_id, now=now)
    if old is not None and old.session_id == who.session_id:
        chosen = Presence(old.chosen)
    else:
        chosen = Presence.ONLINE if "agent" in agent.roles else Presence.BUSY
    # `since` begins anew: what was offered while he was gone is not held against him.
    await _sit(tx, agent, Sight(agent_id, who.session_id, chosen.value, now, now, gone=False), now)
    return chosen


async def choose(tx: db.Tx, who: Who, presence: Presence, *, now: datetime) -> int:
    """Say whether one takes conversations; return how many went back to the queue.

    On a break offers go back at once and what is owed after a grace; offline, everything goes back at once.

    Raises:
        NotSignedIn: The agent is unknown or disabled.
    """
    agent = await _agent(tx, agent_of(who))
    await queries.lock_sight(tx, agent.id, now=now)
    await _sit(tx, agent, Sight(agent.id, who.session_id, presence.value, now, now, gone=False), now)
    if presence in HERE:
        return 0
    held = await queries.list_held(tx, agent.id, waiting_too=presence is Presence.OFFLINE)
    if presence is Presence.BREAK:
        held = [row for row in held if row.state is State.OFFERED]
    return await _give_back(tx, agent.id, held, now)


async def notice_absence(tx: db.Tx, agent_id: UUID, *, now: datetime) -> int:
    """Let an agent who is not here give back what he holds; return how many conversations that were.

    Looked at again under the lock: a sign of life that came meanwhile counts.
    """
    sight = await queries.lock_sight(tx, agent_id, now=now)
    if sight is None or not _is_leaving(sight, now):
        return 0
    if not sight.gone and sight.seen_at < now - ABSENT_AFTER:
        await _empty_seat(tx, sight, now)
    left = sight.chosen == Presence.OFFLINE or sight.seen_at < now - LEFT_AFTER
    held = await queries.list_held(tx, agent_id, waiting_too=left)
    return await _give_back(tx, agent_id, held, now)


def _is_leaving(sight: Sight, now: datetime) -> bool:
    presence = sight.presence(now)
    if presence is Presence.BREAK:
        return sight.since < now - BREAK_GRACE
    return presence is Presence.OFFLINE


async def _empty_seat(tx: db.Tx, sight: Sight, now: datetime) -> None:
    agent = await people.find_agent(tx, sight.agent_id)
    await conversations.save_seat(
        tx,
        sight.agent_id,
        name=agent.name if agent is not None else "",
        capacity=agent.capacity if agent is not None else 0,
        present=False,
        now=now,
    )
    await queries.save_sight(tx, replace(sight, gone=True))
    await queries.save_pace(tx, agent.skills if agent is not None else [], now)
    await live.publish(tx, PRESENCE_TOPIC, {"agent": str(sight.agent_id)})


async def take_out_of_line(tx: db.Tx, agent_id: UUID, *, now: datetime) -> bool:
    """Offer no more to an agent who lets offers pass, so that customers do not wait for an empty chair.

    Whoever holds conversations is at work on them and becomes busy; else he is on a break.
    """
    sight = await queries.lock_sight(tx, agent_id, now=now)
    agent = await people.find_agent(tx, agent_id)
    if sight is None or agent is None or sight.presence(now) not in HERE:
        return False
    held = await queries.list_held(tx, agent_id, waiting_too=False)
    at_work = any(row.state is State.AGENT for row in held)
    presence = Presence.BUSY if at_work else Presence.BREAK
    await _sit(tx, agent, replace(sight, chosen=presence.value, since=now), now)
    details = {"why": "offers_missed", "presence": presence.value}
    await audit.record(tx, [Deed("system", None, "taken_out_of_line", f"agent/{agent_id}", details)], now=now)
    return True


async def _sit(tx: db.Tx, agent: Agent, sight: Sight, now: datetime) -> None:
    """Write presence, seat and pace together, and let the others see it."""
    present = Presence(sight.chosen) in HERE
    await queries.save_sight(tx, sight)
    await conversations.save_seat(
        tx, agent.id, name=agent.name, capacity=agent.capacity, present=present, now=now
    )
    await queries.save_pace(tx, agent.skills, now)
    await live.publish(tx, PRESENCE_TOPIC, {"agent": str(agent.id)})


async def _give_back(tx: db.Tx, agent_id: UUID, held: list[Conversation], now: datetime) -> int:
    for row in sorted(held, key=lambda one: one.id):
        if row.state is State.OFFERED:
            await queries.answer_offer(tx, row.id, agent_id, "withdrawn")
        try:
            await conversations.apply(tx, row.id, Released(agent_id, gone=True), now=now)
        except NotHeld:
            continue  # it moved between the look and the lock
    return len(held)


# --- offering and taking ---------------------------------------------------------------------------------


async def offer(tx: db.Tx, conversation_id: UUID, agent_id: UUID, *, now: datetime) -> Conversation:
    """Offer a waiting conversation to an agent; it is his for twenty seconds, then the sweeper takes it back.

    Raises:
        MovedOn: It does not wait any more.
        SeatFull: The agent is gone or has no room.
        ConversationMissing
    """
    row = await conversations.apply(tx, conversation_id, Offered(agent_id), now=now)
    expires_at = row.due_at or now + BOUNDS.offered
    await queries.insert_offer(tx, row.id, agent_id, offered_at=now, expires_at=expires_at)
    return row


async def accept(tx: db.Tx, who: Who, conversation_id: UUID, *, now: datetime) -> Conversation:
    """Take a conversation: one that was offered, or any that is in nobody else's hands.

    Taking one is a sign of life; from a break one comes back by it, without being offered more.

    Raises:
        ConversationMissing, NotHeld, MovedOn, SeatFull, NotSignedIn
    """
    agent_id = agent_of(who)
    if await stored.find_conversation(tx, conversation_id) is None:
        raise ConversationMissing
    await beat(tx, who, now=now)
    sight = await queries.find_sight(tx, agent_id)
    if sight is not None and sight.presence(now) not in HERE:
        await choose(tx, who, Presence.BUSY, now=now)
    row = await conversations.apply(
        tx, conversation_id, Accepted(agent_id), author=Author.AGENT, author_id=agent_id,
        author_name=who.name, now=now,
    )  # fmt: skip
    if not await queries.answer_offer(tx, conversation_id, agent_id, "accepted"):
        await queries.insert_offer(
            tx, conversation_id, agent_id, offered_at=now, expires_at=now, answer="accepted"
        )
    await _record(tx, who, "conversation_accepted", conversation_id, now)
    return row


async def release(tx: db.Tx, who: Who, conversation_id: UUID, *, now: datetime) -> Conversation:
    """Give a conversation back to the queue, where it keeps its place; for a while it is not offered again to him.

    Raises:
        ConversationMissing, NotHeld
    """
    agent_id = agent_of(who)
    row = await conversations.apply(tx, conversation_id, Released(agent_id), now=now)
    await _declined(tx, conversation_id, agent_id, now)
    await _record(tx, who, "conversation_released", conversation_id, now)
    return row


async def resolve(
    tx: db.Tx,
    who: Who,
    conversation_id: UUID,
    *,
    supervises: bool,
    promise_kept: bool = False,
    now: datetime,
) -> Conversation:
    """Close a conversation in which nothing is owed; who holds it may, and whoever supervises.

    Promised news are a debt. With `promise_kept` the agent who holds the conversation says that he has told them,
    or that they are needed no more; it is written down that he did. An answer that is owed cannot be waived.

    Raises:
        ConversationMissing, NotHeld, AnswerOwed, PromiseOpen
    """
    row = await _locked_for(tx, who, conversation_id, supervises=supervises)
    waived = promise_kept and row.debt_kind is Debt.NEWS and row.owed_since is None
    if waived:
        settled = AgentAnswered(agent_of(who), WaitCustomer(settles_debt=True))
        await conversations.apply(tx, conversation_id, settled, author=Author.AGENT, author_id=who.id, now=now)
    row = await conversations.apply(
        tx, conversation_id, Resolve(), author=Author.AGENT, author_id=who.id, author_name=who.name, now=now
    )
    details = {"promise": "kept"} if waived else {}
    await _record(tx, who, "conversation_resolved", conversation_id, now, **details)
    return row


async def reassign(
    tx: db.Tx, who: Who, conversation_id: UUID, skill: str, *, supervises: bool, now: datetime
) -> Conversation:
    """Pass a conversation on to the queue of a skill; the wait that has begun is kept.

    Raises:
        SkillUnknown: Nobody at the desk has it.
        ConversationMissing, NotHeld, MovedOn
    """
    if not any(skill in agent.skills for agent in await people.list_agents(tx)):
        raise SkillUnknown(field="skill", skill=skill)
    row = await _locked_for(tx, who, conversation_id, supervises=supervises)
    holder = row.owner_id if row.state in _HELD else None
    happening = HandedOff(skill, row.priority_class, "reassigned")
    moved = await conversations.apply(
        tx, conversation_id, happening, author=Author.AGENT, author_id=who.id, author_name=who.name, now=now
    )
    if holder is not None:
        await _declined(tx, conversation_id, holder, now)
    await _record(tx, who, "conversation_reassigned", conversation_id, now, skill=skill)
    return moved


async def _locked_for(tx: db.Tx, who: Who, conversation_id: UUID, *, supervises: bool) -> Conversation:
    row = await stored.lock_conversation(tx, conversation_id)
    if row is None:
        raise ConversationMissing
    in_no_hands = row.owner_id is None and row.state is not State.RESOLVED
    if row.owner_id != who.id and not supervises and not in_no_hands:
        raise NotHeld(state=row.state.value)
    return row


async def _declined(tx: db.Tx, conversation_id: UUID, agent_id: UUID, now: datetime) -> None:
    """Remember that somebody gave a conversation back, whether it was offered to him or taken by him."""
    if not await queries.answer_offer(tx, conversation_id, agent_id, "declined"):
        await queries.insert_offer(
            tx, conversation_id, agent_id, offered_at=now, expires_at=now, answer="declined"
        )


async def _record(
    tx: db.Tx, who: Who, action: str, conversation_id: UUID, now: datetime, **details: str
) -> None:
    deed = Deed("agent", who.id, action, f"conversation/{conversation_id}", dict(details))
    await audit.record(tx, [deed], now=now)


async def _agent(tx: db.Tx, agent_id: UUID) -> Agent:
    agent = await people.find_agent(tx, agent_id)
    if agent is None:
        raise NotSignedIn
    return agent

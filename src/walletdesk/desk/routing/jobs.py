"""Schedules of the room: offer what waits, take back from who is gone, measure how fast the queues move.

Wire: `assign` as job "routing" (woken by that name), `release_absent` as "absence", `measure` as "pace"; `FOLLOWER`
follows the event log.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from walletdesk.desk.conversations.model import ConversationMissing, MovedOn, SeatFull, State
from walletdesk.desk.routing import actions, matching, queries
from walletdesk.desk.routing.model import Desk, Waiting
from walletdesk.kit import db
from walletdesk.kit.events import Follower, Recorded
from walletdesk.kit.refusal import Refusal

_log = logging.getLogger(__name__)

ASSIGN_PERIOD_SECONDS: Final = 2.0
ABSENCE_PERIOD_SECONDS: Final = 5.0
PACE_PERIOD_SECONDS: Final = 10.0
PLANS_A_PASS: Final = 20
OFFERS_A_PLAN: Final = 50
"""A plan is carried out within a fraction of a second and then made anew, so that nobody who has just come with a
better right is passed over for longer."""

_KIND: Final = {
    State.QUEUED.value: "waiting",
    State.OFFERED.value: "waiting",
    State.AGENT.value: "held",
}


async def assign(pool: db.Pool, now: datetime) -> int:
    """Offer what waits to agents who are here and have room, in ageing order; return how many were offered.

    Any number of workers may run it at once: what to do is read without locks, and each offer is made in a
    transaction of its own that locks the seat, then the conversation, and looks again. A plan is dropped at its
    first offer that cannot be made, because somebody else was faster: going on would pass over that customer.
    """
    offered = 0
    for _ in range(PLANS_A_PASS):
        made, whole = await _carry_out(pool, await _plan(pool, now), now)
        offered += made
        if whole:
            break
    return offered


async def _plan(pool: db.Pool, now: datetime) -> list[tuple[Waiting, Desk]]:
    """Plan from one snapshot, so that queue and desks are of the same moment."""
    async with db.transaction(pool) as tx:
        await queries.begin_snapshot(tx)
        desks = await queries.list_desks(tx, now)
        if not desks:
            return []
        skills = sorted({skill for desk in desks for skill in desk.skills})
        room = sum(desk.capacity - desk.load for desk in desks)
        queue = await queries.list_heads(tx, skills, limit=min(room, OFFERS_A_PLAN) * 2, now=now)
    return matching.plan(queue, desks)[:OFFERS_A_PLAN]


async def _carry_out(
    pool: db.Pool, plan: Sequence[tuple[Waiting, Desk]], now: datetime
) -> tuple[int, bool]:
    """Make the offers of a plan; return how many were made, and whether it was carried out to its end."""
    made = 0
    for waiting, desk in plan:
        try:
            async with db.transaction(pool) as tx:
                await actions.offer(tx, waiting.id, desk.agent_id, now=now)
        except (MovedOn, SeatFull, ConversationMissing):
            return made, False  # another worker, a colleague or the agent himself was faster
        except Refusal:
            raise
        except Exception:  # noqa: BLE001 - logged with the id; a row with a defect does not hold up the others
            _log.exception("cannot be offered", extra={"conversation": waiting.id})
            continue
        made += 1
    return made, True


async def release_absent(pool: db.Pool, now: datetime) -> int:
    """Let agents who are gone give back what they hold, and offer no more to those who let offers pass.

    Returns how many agents that were.
    """
    async with db.reading(pool) as tx:
        leaving = await queries.list_leaving(tx, now)
        ignoring = await queries.list_ignoring(tx, now)
    done = 0
    for agent_id in leaving:
        async with db.transaction(pool) as tx:
            done += await actions.notice_absence(tx, agent_id, now=now) > 0
    for agent_id in ignoring:
        async with db.transaction(pool) as tx:
            done += await actions.take_out_of_line(tx, agent_id, now=now)
    return done


async def measure(pool: db.Pool, now: datetime) -> int:
    """Measure how fast every skill's queue moves, and forget what no measurement needs any more."""
    async with db.transaction(pool) as tx:
        await queries.save_pace(tx, None, now)
    async with db.transaction(pool) as tx:
        await queries.delete_flow(tx, now)
        await queries.delete_offers(tx, now)
    return 0


async def follow_moves(tx: db.Tx, events: Sequence[Recorded], now: datetime) -> None:
    """Keep count of how long conversations wait and are held, from what the log says of them."""
    del now
    moves = [(UUID(event.body["conversation_id"]), event) for event in events]
    skills = await queries.find_moved(tx, sorted({conversation_id for conversation_id, _ in moves}))
    for conversation_id, event in moves:
        skill = skills.get(conversation_id)
        if skill is None:
            continue
        kind = _KIND.get(event.body["state"])
        ended = await queries.swap_spell(tx, conversation_id, skill=skill, kind=kind, at=event.at)
        if ended is None:
            continue
        seconds = max(0.0, (event.at - ended.began_at).total_seconds())
        if ended.kind == "held":
            await queries.add_flow(tx, ended.skill, event.at, held_s=seconds)
        else:
            taken = int(kind == "held")
            departed = int(kind is None)
            await queries.add_flow(
                tx, ended.skill, event.at, taken=taken, departed=departed, waited_s=seconds
            )


FOLLOWER: Final = Follower("routing", frozenset({"PromiseMoved"}), follow_moves)

"""Who gets which conversation: pure, over what waits and who is here.

The queue is served in its ageing order, so nobody is passed over by more than the weight of a class (I9 of
`ops.md` section 2); each conversation goes to the best agent who may take it and has room (I7).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from walletdesk.desk.routing.model import LEVEL_ANYBODY, LEVEL_LEADS, Desk, Waiting


def may_take(desk: Desk, waiting: Waiting) -> bool:
    """Say whether a conversation may be offered to an agent now.

    Who has the skill and is online; higher on the ladder also leads, even busy ones, whatever their skill, and
    at last everybody who is here, so that no skill without an agent leaves a customer alone.
    """
    if desk.load >= desk.capacity or desk.agent_id in waiting.declined_by:
        return False
    if waiting.level >= LEVEL_LEADS and desk.lead:
        return True
    return desk.takes and (waiting.skill in desk.skills or waiting.level >= LEVEL_ANYBODY)


def choose(desks: Iterable[Desk], waiting: Waiting) -> Desk | None:
    """Return the agent for a conversation, or None when nobody may take it.

    First who does not let offers pass, then whom the customer knows, then who has the skill, then the least
    loaded, then who speaks the customer's language; the id decides a tie, so that every process decides alike.
    """

    def order(desk: Desk) -> tuple[bool, bool, bool, bool, float, bool, UUID]:
        return (
            desk.agent_id in waiting.missed_by,
            desk.missed,
            desk.agent_id != waiting.last_agent_id,
            waiting.skill not in desk.skills,
            desk.load / desk.capacity,
            desk.lang != waiting.locale,
            desk.agent_id,
        )

    able = [desk for desk in desks if may_take(desk, waiting)]
    return min(able, key=order, default=None)


def plan(queue: Sequence[Waiting], desks: Sequence[Desk]) -> list[tuple[Waiting, Desk]]:
    """Return who is offered what, in the order of the queue; loads grow as the plan does."""
    here = {desk.agent_id: desk for desk in desks}
    pairs: list[tuple[Waiting, Desk]] = []
    for waiting in sorted(queue, key=lambda one: (one.rank_at, one.id)):
        desk = choose(here.values(), waiting)
        if desk is None:
            continue
        pairs.append((waiting, desk))
        here[desk.agent_id] = replace(desk, load=desk.load + 1)
    return pairs

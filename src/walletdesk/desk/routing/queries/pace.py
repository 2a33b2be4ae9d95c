"""How fast each skill's queue moves, and where in it a customer stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from walletdesk.desk.routing import estimate
from walletdesk.desk.routing.model import ABSENT_AFTER, PACE_WINDOW, POSITION_MAX, Place
from walletdesk.kit import db

FRESH: Final = timedelta(seconds=5)
"""Free places say something about a wait that has just begun; whoever waits longer was not given one."""
OFFER_S: Final = 30
"""Who is being offered to an agent is told "in a moment"."""


@dataclass(frozen=True, slots=True)
class Spell:
    """What a conversation was doing, and since when."""

    skill: str
    kind: str
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """What is left to know of a conversation whose move the log has told of."""

    skill: str
    resolved: bool


@dataclass(frozen=True, slots=True)
class _Standing:
    state: str
    waiting_since: datetime
    ahead: int
    head_since: datetime | None
    present: int | None
    slots: int | None
    free: int | None
    taken: int | None
    held_s: float | None
    departed: int | None
    waited_s: float | None


async def place_of(tx: db.Tx, conversation_id: UUID, now: datetime) -> Place | None:
    """Return where a conversation stands in the queue of its skill and how long it will still wait.

    None when it does not wait for a person. One round trip over indexes only: the row, the measured pace of its
    skill, the head of the queue, and those before it (counted up to `POSITION_MAX`).
    """
    found = await db.fetch_one(
        tx,
        _Standing,
        """
        SELECT c.state, c.waiting_since, q.ahead, h.head_since,
               p.present, p.slots, p.free, p.taken, p.held_s, p.departed, p.waited_s
          FROM conversations.conversation AS c
          CROSS JOIN LATERAL (
               SELECT count(*)::int AS ahead FROM (
                   SELECT FROM conversations.conversation AS o
                    WHERE o.state = 'queued'
                      AND (o.skill, o.rank_at) >= (c.skill, '-infinity'::timestamptz)
                      AND (o.skill, o.rank_at, o.id) < (c.skill, c.rank_at, c.id)
                    LIMIT 1000) AS before) AS q
          LEFT JOIN LATERAL (
               SELECT o.waiting_since AS head_since FROM conversations.conversation AS o
                WHERE o.state = 'queued' AND o.skill >= c.skill AND o.skill <= c.skill
                ORDER BY o.skill, o.rank_at, o.id LIMIT 1) AS h ON true
          LEFT JOIN routing.pace AS p ON p.skill = c.skill
         WHERE c.id = $1 AND c.state IN ('queued', 'offered')
        """,
        conversation_id,
    )
    return None if found is None else _place(found, now)


def _place(found: _Standing, now: datetime) -> Place:
    staffed = bool(found.present)
    if found.state == "offered":
        return Place(1, 0, OFFER_S, staffed=True, as_of=now)
    position = min(found.ahead + 1, POSITION_MAX)
    if not staffed:
        return Place(position, 0, 0, staffed=False, as_of=now)
    median = estimate.median_wait_s(
        found.ahead,
        slots=found.slots or 0,
        free=(found.free or 0) if now - found.waiting_since < FRESH else 0,
        mu=estimate.rate(found.taken or 0, found.held_s or 0.0),
        theta=estimate.rate(found.departed or 0, found.waited_s or 0.0) or 0.0,
        head_waited_s=max(0.0, (now - (found.head_since or now)).total_seconds()),
    )
    low, high = estimate.announced_s(median)
    return Place(position, low, high, staffed=True, as_of=now)


async def save_pace(tx: db.Tx, skills: Sequence[str] | None, now: datetime) -> int:
    """Measure the pace of some skills (None: of all that anybody has or anything waits for) and keep it.

    Skills are written in their order, so that two who measure at once wait for each other.
    """
    return await db.execute(
        tx,
        """
        INSERT INTO routing.pace AS old
               (skill, present, slots, free, taken, held_s, departed, waited_s, measured_at)
        WITH desk AS (
            SELECT a.skills, s.capacity, p.chosen, held.load
              FROM routing.presence AS p
              JOIN conversations.seat AS s ON s.agent_id = p.agent_id AND s.present
              JOIN people.agent AS a ON a.id = p.agent_id AND a.disabled_at IS NULL
              CROSS JOIN LATERAL (
                   SELECT count(*)::int AS load FROM conversations.conversation AS c
                    WHERE c.owner_id = p.agent_id AND c.state IN ('offered', 'agent')) AS held
             WHERE NOT p.gone AND p.chosen IN ('online', 'busy')
               AND p.seen_at >= $2::timestamptz - $3::interval
        ), wanted AS (
            SELECT DISTINCT k AS skill FROM (
                SELECT unnest($1::text[]) AS k
                UNION ALL SELECT unnest(a.skills) FROM people.agent AS a
                           WHERE $1::text[] IS NULL AND a.disabled_at IS NULL
                UNION ALL SELECT skill FROM routing.pace WHERE $1::text[] IS NULL) AS u
        )
        SELECT w.skill, coalesce(d.present, 0), coalesce(d.slots, 0), coalesce(d.free, 0),
               coalesce(f.taken, 0), coalesce(f.held_s, 0) + coalesce(o.held_s, 0),
               coalesce(f.departed, 0), coalesce(f.waited_s, 0), $2
          FROM wanted AS w
          LEFT JOIN LATERAL (
               SELECT count(*)::int AS present,
                      (sum(capacity) FILTER (WHERE chosen = 'online'))::int AS slots,
                      (sum(greatest(capacity - load, 0)) FILTER (WHERE chosen = 'online'))::int AS free
                 FROM desk WHERE w.skill = ANY (desk.skills)) AS d ON true
          LEFT JOIN LATERAL (
               SELECT sum(taken)::int AS taken, sum(held_s) AS held_s, sum(departed)::int AS departed,
                      sum(waited_s) AS waited_s
                 FROM routing.flow WHERE skill = w.skill AND minute > $2::timestamptz - $4::interval) AS f ON true
          LEFT JOIN LATERAL (
               SELECT sum(greatest(extract(epoch FROM $2 - greatest(began_at, $2::timestamptz - $4::interval)), 0))
                      AS held_s
                 FROM routing.spell WHERE skill = w.skill AND kind = 'held') AS o ON true
         ORDER BY w.skill
        ON CONFLICT (skill) DO UPDATE
           SET present = excluded.present, slots = excluded.slots, free = excluded.free,
               taken = excluded.taken, held_s = excluded.held_s, departed = excluded.departed,
               waited_s = excluded.waited_s, measured_at = excluded.measured_at
        """,
        skills,
        now,
        ABSENT_AFTER,
        PACE_WINDOW,
    )


async def find_moved(tx: db.Tx, conversation_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the skill of each of these conversations."""
    rows = await tx.fetch(
        "SELECT id, skill FROM conversations.conversation WHERE id = ANY ($1::uuid[])", conversation_ids
    )
    return {row["id"]: row["skill"] for row in rows}


async def swap_spell(
    tx: db.Tx, conversation_id: UUID, *, skill: str, kind: str | None, at: datetime
) -> Spell | None:
    """End what a conversation was doing and begin what it does now (None: nothing that counts here).

    Returns what has ended; None where nothing has, because it goes on.
    """
    old = await db.fetch_one(
        tx,
        Spell,
        "SELECT skill, kind, began_at FROM routing.spell WHERE conversation_id = $1 FOR UPDATE",
        conversation_id,
    )
    if old is not None and old.kind == kind and old.skill == skill:
        return None
    if kind is None:
        await db.execute(tx, "DELETE FROM routing.spell WHERE conversation_id = $1", conversation_id)
        return old
    await db.execute(
        tx,
        """
        INSERT INTO routing.spell (conversation_id, skill, kind, began_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (conversation_id) DO UPDATE SET skill = $2, kind = $3, began_at = $4
        """,
        conversation_id,
        skill,
        kind,
        at,
    )
    return old


async def add_flow(
    tx: db.Tx,
    skill: str,
    at: datetime,
    *,
    taken: int = 0,
    departed: int = 0,
    waited_s: float = 0.0,
    held_s: float = 0.0,
) -> None:
    """Add what has ended to its minute."""
    await db.execute(
        tx,
        """
        INSERT INTO routing.flow AS f (skill, minute, taken, departed, waited_s, held_s)
        VALUES ($1, date_trunc('minute', $2::timestamptz), $3, $4, $5, $6)
        ON CONFLICT (skill, minute) DO UPDATE
           SET taken = f.taken + $3, departed = f.departed + $4, waited_s = f.waited_s + $5,
               held_s = f.held_s + $6
        """,
        skill,
        at,
        taken,
        departed,
        waited_s,
        held_s,
    )


async def delete_flow(tx: db.Tx, now: datetime) -> int:
    """Forget minutes that no estimate looks at any more."""
    return await db.execute(
        tx, "DELETE FROM routing.flow WHERE minute < $1::timestamptz - interval '1 day'", now
    )

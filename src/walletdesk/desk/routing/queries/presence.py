"""Who of the desk is here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from walletdesk.desk.routing.model import ABSENT_AFTER, BREAK_GRACE, LEFT_AFTER, AgentView, Presence, Sight
from walletdesk.kit import db


async def find_sight(tx: db.Tx, agent_id: UUID) -> Sight | None:
    """Return an agent's presence as it is stored."""
    return await db.fetch_one(
        tx,
        Sight,
        """
        SELECT agent_id, session_id, chosen, since, seen_at, gone FROM routing.presence WHERE agent_id = $1
        """,
        agent_id,
    )


async def touch_sight(tx: db.Tx, agent_id: UUID, *, now: datetime) -> bool:
    """Note a sign of life of somebody who counts as here; False where more than that has to be done."""
    return (
        await db.execute(
            tx,
            """
            UPDATE routing.presence SET seen_at = greatest(seen_at, $2)
             WHERE agent_id = $1 AND NOT gone AND seen_at >= $2::timestamptz - $3::interval
            """,
            agent_id,
            now,
            ABSENT_AFTER,
        )
        == 1
    )


async def lock_sight(tx: db.Tx, agent_id: UUID, *, now: datetime) -> Sight | None:
    """Lock an agent's presence until the commit; None where he was never here (then nobody else gets past).

    The row is made first, so that two pages opened at once wait for each other.
    """
    made = await db.execute(
        tx,
        """
        INSERT INTO routing.presence (agent_id, chosen, since, seen_at, gone)
        VALUES ($1, 'offline', $2, $2, true)
        ON CONFLICT (agent_id) DO NOTHING
        """,
        agent_id,
        now,
    )
    found = await db.fetch_one(
        tx,
        Sight,
        """
        SELECT agent_id, session_id, chosen, since, seen_at, gone
          FROM routing.presence WHERE agent_id = $1 FOR NO KEY UPDATE
        """,
        agent_id,
    )
    return None if made else found


async def save_sight(tx: db.Tx, sight: Sight) -> None:
    """Write an agent's presence."""
    await db.execute(
        tx,
        """
        UPDATE routing.presence
           SET session_id = $2, chosen = $3, since = $4, seen_at = $5, gone = $6
         WHERE agent_id = $1
        """,
        sight.agent_id,
        sight.session_id,
        sight.chosen,
        sight.since,
        sight.seen_at,
        sight.gone,
    )


async def list_leaving(tx: db.Tx, now: datetime) -> list[UUID]:
    """Return agents who are not here (any more) but still count as here, or still hold something.

    Absent: no sign of life; then what they owe answers in goes back at once, what only waits with them for a
    customer after a longer absence. Offline: everything. On a break: what they owe, after a grace.
    """
    rows = await tx.fetch(
        """
        SELECT p.agent_id
          FROM routing.presence AS p
         WHERE (NOT p.gone AND p.seen_at < $1::timestamptz - $2::interval)
            OR ((p.gone OR p.chosen = 'offline'
                 OR (p.chosen = 'break' AND p.since < $1::timestamptz - $3::interval))
                AND EXISTS (SELECT FROM conversations.conversation AS c
                             WHERE c.owner_id = p.agent_id AND c.state IN ('offered', 'agent')))
            OR ((p.chosen = 'offline' OR p.seen_at < $1::timestamptz - $4::interval)
                AND EXISTS (SELECT FROM conversations.conversation AS c WHERE c.owner_id = p.agent_id))
         ORDER BY p.agent_id
         LIMIT 200
        """,
        now,
        ABSENT_AFTER,
        BREAK_GRACE,
        LEFT_AFTER,
    )
    return [row["agent_id"] for row in rows]


async def list_colleagues(tx: db.Tx, now: datetime) -> list[AgentView]:
    """Return everybody who was here within the last twelve hours, as others see him, by name; at most 500."""
    rows = await tx.fetch(
        """
        SELECT p.agent_id, a.name, a.capacity,
               CASE WHEN p.gone OR p.seen_at < $1::timestamptz - $2::interval THEN 'offline'
                    ELSE p.chosen END AS presence,
               (SELECT count(*)::int FROM conversations.conversation AS c
                 WHERE c.owner_id = p.agent_id AND c.state IN ('offered', 'agent')) AS load
          FROM routing.presence AS p
          JOIN people.agent AS a ON a.id = p.agent_id AND a.disabled_at IS NULL
         WHERE p.seen_at > $1::timestamptz - interval '12 hours'
         ORDER BY a.name, p.agent_id
         LIMIT 500
        """,
        now,
        ABSENT_AFTER,
    )
    return [
        AgentView(row["agent_id"], row["name"], Presence(row["presence"]), row["load"], row["capacity"])
        for row in rows
    ]

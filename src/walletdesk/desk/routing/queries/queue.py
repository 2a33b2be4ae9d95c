"""What waits, who is here to take it, and who holds what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from walletdesk.desk.conversations.model import Conversation
from walletdesk.desk.conversations.queries.rows import conversation_of
from walletdesk.desk.routing.model import ABSENT_AFTER, DECLINED_FOR, Desk, Waiting
from walletdesk.kit import db


async def begin_snapshot(tx: db.Tx) -> None:
    """Let everything that is read in this transaction be of the same moment; the first statement of it."""
    await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")


async def list_desks(tx: db.Tx, now: datetime) -> list[Desk]:
    """Return agents who sit at their desks and have room."""
    rows = await tx.fetch(
        """
        SELECT p.agent_id, s.capacity, held.load, a.skills, a.lang, 'supervisor' = ANY (a.roles) AS lead,
               p.chosen = 'online' AS takes,
               coalesce(last.answer IS NULL AND last.expires_at < $1, false) AS missed
          FROM routing.presence AS p
          JOIN conversations.seat AS s ON s.agent_id = p.agent_id AND s.present
          JOIN people.agent AS a ON a.id = p.agent_id AND a.disabled_at IS NULL
          CROSS JOIN LATERAL (
               SELECT count(*)::int AS load FROM conversations.conversation AS c
                WHERE c.owner_id = p.agent_id AND c.state IN ('offered', 'agent')) AS held
          LEFT JOIN LATERAL (
               SELECT o.answer, o.expires_at FROM routing.offer AS o
                WHERE o.agent_id = p.agent_id AND o.offered_at >= p.since
                ORDER BY o.offered_at DESC LIMIT 1) AS last ON true
         WHERE NOT p.gone AND p.chosen IN ('online', 'busy')
           AND p.seen_at >= $1::timestamptz - $2::interval
           AND held.load < s.capacity
         ORDER BY p.agent_id
        """,
        now,
        ABSENT_AFTER,
    )
    return [
        Desk(
            row["agent_id"], row["capacity"], row["load"], frozenset(row["skills"]), row["lang"],
            row["lead"], row["takes"], row["missed"],
        )
        for row in rows
    ]  # fmt: skip


async def list_heads(
    tx: db.Tx, skills: Sequence[str], *, limit: int, now: datetime
) -> list[Waiting]:
    """Return the heads of some skills' queues, and of what has climbed the ladder in any skill.

    Each part walks its own index and stops at `limit`, however long the queue is. A skill is named as a range and
    the order begins with it, so that the planner cannot walk the queue of all skills and throw most of it away;
    the rung is written out (`LEVEL_LEADS`), because only so it sees that it is the index's.
    """
    rows = await tx.fetch(
        """
        WITH head AS (
            SELECT h.* FROM unnest($1::text[]) AS k (skill)
             CROSS JOIN LATERAL (
                   SELECT c.id, c.skill, c.level, c.locale, c.rank_at, c.last_agent_id
                     FROM conversations.conversation AS c
                    WHERE c.state = 'queued' AND c.skill >= k.skill AND c.skill <= k.skill
                    ORDER BY c.skill, c.rank_at, c.id LIMIT $2) AS h
            UNION
            (SELECT c.id, c.skill, c.level, c.locale, c.rank_at, c.last_agent_id
               FROM conversations.conversation AS c
              WHERE c.state = 'queued' AND c.level >= 2
              ORDER BY c.rank_at, c.id LIMIT $2)
        )
        SELECT head.*, past.declined, past.missed
          FROM head
          CROSS JOIN LATERAL (
               SELECT array_agg(o.agent_id) FILTER (WHERE o.answer = 'declined'
                           AND o.expires_at > $3::timestamptz - $4::interval) AS declined,
                      array_agg(o.agent_id) FILTER (WHERE o.answer IS NULL
                           AND o.expires_at < $3::timestamptz) AS missed
                 FROM routing.offer AS o
                WHERE o.conversation_id = head.id
                  AND o.offered_at > $3::timestamptz - interval '1 hour') AS past
         ORDER BY head.rank_at, head.id
        """,
        skills,
        limit,
        now,
        DECLINED_FOR,
    )
    return [
        Waiting(
            row["id"], row["skill"], row["level"], row["locale"], row["rank_at"], row["last_agent_id"],
            frozenset(row["declined"] or ()), frozenset(row["missed"] or ()),
        )
        for row in rows
    ]  # fmt: skip


async def list_held(tx: db.Tx, agent_id: UUID, *, waiting_too: bool) -> list[Conversation]:
    """Return what is in an agent's hands; with `waiting_too` also what waits with him for a customer or news."""
    if waiting_too:
        rows = await tx.fetch(
            """
            SELECT * FROM conversations.conversation WHERE owner_id = $1 ORDER BY due_at, id LIMIT 500
            """,
            agent_id,
        )
    else:
        rows = await tx.fetch(
            """
            SELECT * FROM conversations.conversation
             WHERE owner_id = $1 AND state IN ('offered', 'agent') ORDER BY id
            """,
            agent_id,
        )
    return [conversation_of(row) for row in rows]


async def list_rows(tx: db.Tx, conversation_ids: Sequence[UUID]) -> list[Conversation]:
    """Return conversations by their ids."""
    rows = await tx.fetch(
        "SELECT * FROM conversations.conversation WHERE id = ANY ($1::uuid[])", conversation_ids
    )
    return [conversation_of(row) for row in rows]

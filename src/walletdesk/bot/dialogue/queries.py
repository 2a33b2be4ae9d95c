"""Reads and writes of schema `dialogue`, and the reads of a whole batch of conversations at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from walletdesk.kit import db


@dataclass(frozen=True, slots=True)
class HeardRow:
    """Something a customer said that waits for an answer."""

    conversation_id: UUID
    seq: int
    kind: str
    text: str
    body: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card: the place in which it stands, what it says now, and the finding it shows now."""

    id: UUID
    conversation_id: UUID
    place: UUID
    body: dict[str, Any] | None
    finding_id: UUID | None


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that is to be told or done in a conversation."""

    id: int
    conversation_id: UUID
    kind: str
    body: dict[str, Any]
    tries: int


async def claim(
    tx: db.Tx, conversation_ids: Sequence[UUID], *, now: datetime, until: datetime, limit: int
) -> Mapping[UUID, dict[str, Any]]:
    """Claim the first conversations that no other worker is busy with; return what is remembered of each.

    In the order of their ids, so that two workers wait for each other instead of deadlocking.
    """
    records = await tx.fetch(
        """
        INSERT INTO dialogue.state AS s (conversation_id, claimed_until, updated_at)
        SELECT id, $3, $2
          FROM (SELECT u.id FROM unnest($1::uuid[]) WITH ORDINALITY AS u (id, i)
                  LEFT JOIN dialogue.state AS busy
                    ON busy.conversation_id = u.id AND busy.claimed_until > $2
                 WHERE busy.conversation_id IS NULL
                 ORDER BY u.i
                 LIMIT $4) AS free
         ORDER BY id
        ON CONFLICT (conversation_id) DO UPDATE SET claimed_until = $3
         WHERE s.claimed_until IS NULL OR s.claimed_until <= $2
        RETURNING conversation_id, state
        """,
        list(conversation_ids),
        now,
        until,
        limit,
    )
    return {record["conversation_id"]: record["state"] for record in records}


async def save_claim(tx: db.Tx, conversation_id: UUID, until: datetime | None) -> None:
    """Give a claim back, or keep everybody from the conversation for a moment."""
    await db.execute(
        tx,
        "UPDATE dialogue.state SET claimed_until = $2 WHERE conversation_id = $1",
        conversation_id,
        until,
    )


async def find_state(tx: db.Tx, conversation_id: UUID) -> dict[str, Any] | None:
    """Return what is remembered of a conversation."""
    return await db.fetch_value(
        tx, "SELECT state FROM dialogue.state WHERE conversation_id = $1", conversation_id
    )


async def save_state(
    tx: db.Tx,
    conversation_id: UUID,
    state: dict[str, Any],
    *,
    shown: UUID | None,
    place: UUID | None,
    release: bool,
    now: datetime,
) -> None:
    """Remember a conversation, and in which place a finding is shown; with `release` the claim is given back."""
    await db.execute(
        tx,
        """
        WITH shown AS (
            INSERT INTO dialogue.shown (finding_id, place, conversation_id)
            SELECT $5::uuid, $6::uuid, $1 WHERE $5::uuid IS NOT NULL AND $6::uuid IS NOT NULL
            ON CONFLICT (finding_id) DO NOTHING
        )
        INSERT INTO dialogue.state AS s (conversation_id, state, updated_at) VALUES ($1, $2, $3)
        ON CONFLICT (conversation_id) DO UPDATE
           SET state = $2, claimed_until = CASE WHEN $4 THEN NULL ELSE s.claimed_until END, updated_at = $3
        """,
        conversation_id,
        state,
        now,
        release,
        shown,
        place,
    )


async def list_heard(
    tx: db.Tx, conversation_ids: Sequence[UUID], *, after: Sequence[int]
) -> list[HeardRow]:
    """Return what customers said after a place, for many conversations at once; at most fifty of each."""
    return await db.fetch_all(
        tx,
        HeardRow,
        """
        SELECT m.conversation_id, m.seq, m.kind, m.text, m.body
          FROM unnest($1::uuid[], $2::bigint[]) AS u (id, seq)
         CROSS JOIN LATERAL (
               SELECT conversation_id, seq, kind, text, body
                 FROM conversations.message
                WHERE conversation_id = u.id AND seq > u.seq AND author_kind = 'customer'
                ORDER BY seq
                LIMIT 50) AS m
         ORDER BY m.conversation_id, m.seq
        """,
        list(conversation_ids),
        list(after),
    )


async def list_cards(tx: db.Tx, ids: Sequence[UUID]) -> list[CardRow]:
    """Return cards with what stands in their places now."""
    return await db.fetch_all(
        tx,
        CardRow,
        """
        SELECT m.id, m.conversation_id, coalesce(m.replaces, m.id) AS place, m.body, s.finding_id
          FROM conversations.message AS m
          LEFT JOIN LATERAL (
               SELECT finding_id FROM dialogue.shown
                WHERE place = coalesce(m.replaces, m.id) AND conversation_id = m.conversation_id
                ORDER BY n DESC LIMIT 1) AS s ON true
         WHERE m.id = ANY ($1::uuid[]) AND m.kind = 'card'
        """,
        list(ids),
    )


async def list_zones(tx: db.Tx, customer_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return the zones in which customers live."""
    records = await tx.fetch(
        "SELECT id, zone FROM people.customer WHERE id = ANY ($1::uuid[])", list(customer_ids)
    )
    return {record["id"]: record["zone"] for record in records}


async def find_place(tx: db.Tx, finding_id: UUID) -> UUID | None:
    """Return the place in which a finding was shown."""
    return await db.fetch_value(tx, "SELECT place FROM dialogue.shown WHERE finding_id = $1", finding_id)


# --- what is still to be told ------------------------------------------------------------------------


async def insert_todos(
    tx: db.Tx, todos: Sequence[tuple[UUID, str, dict[str, Any]]], *, due_at: datetime
) -> None:
    """Note things to be told: (conversation, kind, body)."""
    await db.execute(
        tx,
        """
        INSERT INTO dialogue.todo (conversation_id, kind, body, due_at)
        SELECT c, k, b, $4 FROM unnest($1::uuid[], $2::text[], $3::jsonb[]) WITH ORDINALITY AS u (c, k, b, i)
         ORDER BY i
        """,
        [conversation_id for conversation_id, _, _ in todos],
        [kind for _, kind, _ in todos],
        [body for _, _, body in todos],
        due_at,
    )


async def insert_overheard(
    tx: db.Tx, conversation_ids: Sequence[UUID], seqs: Sequence[int], *, due_at: datetime
) -> set[str]:
    """Note what was said where people have the word: taps on cards, and words of those who wait; return the kinds."""
    records = await tx.fetch(
        """
        INSERT INTO dialogue.todo (conversation_id, kind, body, due_at)
        SELECT c.id, CASE m.kind WHEN 'choice' THEN 'tap' ELSE 'overhear' END,
               jsonb_build_object('seq', m.seq), $3
          FROM unnest($1::uuid[], $2::bigint[]) AS u (id, seq)
          JOIN conversations.conversation AS c
            ON c.id = u.id AND c.state IN ('queued', 'offered', 'agent')
          JOIN conversations.message AS m
            ON m.conversation_id = u.id AND m.seq = u.seq
         WHERE m.kind = 'choice' OR c.state <> 'agent'
         ORDER BY c.id, m.seq
        RETURNING kind
        """,
        list(conversation_ids),
        list(seqs),
        due_at,
    )
    return {record["kind"] for record in records}


async def find_said(tx: db.Tx, conversation_id: UUID, seq: int) -> HeardRow | None:
    """Return something that was said."""
    return await db.fetch_one(
        tx,
        HeardRow,
        """
        SELECT conversation_id, seq, kind, text, body
          FROM conversations.message WHERE conversation_id = $1 AND seq = $2
        """,
        conversation_id,
        seq,
    )


async def claim_todos(
    tx: db.Tx, kinds: Sequence[str], *, now: datetime, until: datetime, limit: int
) -> list[Todo]:
    """Claim what is due, of each conversation only the oldest; others have it again after `until`."""
    return await db.fetch_all(
        tx,
        Todo,
        """
        WITH due AS (
            SELECT id FROM dialogue.todo AS t
             WHERE due_at <= $2 AND kind = ANY ($1::text[])
               AND NOT EXISTS (SELECT FROM dialogue.todo AS e
                                WHERE e.conversation_id = t.conversation_id AND e.id < t.id
                                  AND e.kind = ANY ($1::text[]))
             ORDER BY due_at, id
             LIMIT $4
               FOR UPDATE SKIP LOCKED
        )
        UPDATE dialogue.todo AS t SET due_at = $3, tries = t.tries + 1
          FROM due WHERE due.id = t.id
        RETURNING t.id, t.conversation_id, t.kind, t.body, t.tries
        """,
        list(kinds),
        now,
        until,
        limit,
    )


async def delete_todo(tx: db.Tx, todo_id: int) -> bool:
    """Take something off the list; False when another worker has done it."""
    return await db.execute(tx, "DELETE FROM dialogue.todo WHERE id = $1", todo_id) == 1


async def postpone_todo(tx: db.Tx, todo_id: int, due_at: datetime) -> None:
    """Try something again later."""
    await db.execute(tx, "UPDATE dialogue.todo SET due_at = $2 WHERE id = $1", todo_id, due_at)

"""Conversations' rows: how they are read, locked, opened and marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from walletdesk.desk.conversations.model import Conversation, Debt, Owner, State
from walletdesk.kit import db

_FIELDS: Final = Conversation.__struct_fields__
_STATE: Final = {state.value: state for state in State}
_OWNER: Final = {owner.value: owner for owner in Owner}
_DEBT: Final = {None: None, **{debt.value: debt for debt in Debt}}


class Stored(msgspec.Struct, frozen=True):
    """A message that has been stored before, as far as it matters for its repetition."""

    id: UUID
    conversation_id: UUID
    seq: int
    at: datetime
    author_kind: str
    author_id: UUID | None


class Versioned(msgspec.Struct, frozen=True):
    """A row as it reads in one version."""

    version: str
    row: Conversation


def conversation_of(record: Mapping[str, Any]) -> Conversation:
    """Make a row's value; columns that this version does not know are passed over."""
    values = {name: record[name] for name in _FIELDS}
    values["state"] = _STATE[record["state"]]
    values["owner_kind"] = _OWNER[record["owner_kind"]]
    values["debt_kind"] = _DEBT[record["debt_kind"]]
    return Conversation(**values)


async def find_conversation(tx: db.Tx, conversation_id: UUID) -> Conversation | None:
    """Return a conversation."""
    record = await tx.fetchrow("SELECT * FROM conversations.conversation WHERE id = $1", conversation_id)
    return None if record is None else conversation_of(record)


async def lock_conversation(tx: db.Tx, conversation_id: UUID) -> Conversation | None:
    """Return a conversation and keep everybody else from changing it until the commit."""
    record = await tx.fetchrow(
        "SELECT * FROM conversations.conversation WHERE id = $1 FOR NO KEY UPDATE", conversation_id
    )
    return None if record is None else conversation_of(record)


async def lock_batch(
    tx: db.Tx,
    conversation_ids: Sequence[UUID],
    message_ids: Sequence[UUID],
    known: Mapping[UUID, Versioned],
) -> tuple[dict[UUID, Versioned], dict[UUID, Stored]]:
    """Lock conversations in the order of their ids; say also which of the messages are stored already.

    Both with one statement. A row whose version the caller knows is not sent again: a row's version is the
    transaction that wrote it. What another process commits while this waits for a lock is not seen among the
    messages; storing the same id then fails, and the batch is tried again.
    """
    versions = [known[one].version if one in known else None for one in conversation_ids]
    records = await tx.fetch(
        """
        SELECT c.id, c.xmin::text AS version,
               CASE WHEN c.xmin = u.version::xid THEN NULL ELSE to_jsonb(c) END AS row,
               (SELECT jsonb_agg(to_jsonb(m)) FROM (
                   SELECT id, conversation_id, seq, at, author_kind, author_id
                     FROM conversations.message WHERE id = ANY ($3::uuid[])) AS m) AS stored
          FROM unnest($1::uuid[], $2::text[]) AS u (id, version)
          JOIN conversations.conversation AS c ON c.id = u.id
         ORDER BY c.id
           FOR NO KEY UPDATE OF c
        """,
        conversation_ids,
        versions,
        message_ids,
    )
    rows = {
        record["id"]: known[record["id"]]
        if record["row"] is None
        else Versioned(record["version"], msgspec.convert(record["row"], Conversation))
        for record in records
    }
    stored = msgspec.convert(records[0]["stored"] or [], list[Stored]) if records else []
    return rows, {message.id: message for message in stored}


async def lock_due(tx: db.Tx, now: datetime) -> list[Conversation]:
    """Lock what is overdue, the longest first; what another sweeper holds is passed over."""
    records = await tx.fetch(
        """
        SELECT * FROM conversations.conversation
         WHERE state <> 'resolved' AND due_at <= $1
         ORDER BY due_at, id
         LIMIT 500
           FOR NO KEY UPDATE SKIP LOCKED
        """,
        now,
    )
    return [conversation_of(record) for record in records]


async def list_due_ids(tx: db.Tx, now: datetime) -> list[UUID]:
    """Return what is overdue without locking it."""
    records = await tx.fetch(
        """
        SELECT id FROM conversations.conversation
         WHERE state <> 'resolved' AND due_at <= $1
         ORDER BY due_at, id
         LIMIT 500
        """,
        now,
    )
    return [record["id"] for record in records]


async def count_broken(tx: db.Tx, before: datetime) -> int:
    """Count open conversations whose time came before a moment; at most a thousand are counted."""
    found = await db.fetch_value(
        tx,
        """
        SELECT count(*)::int FROM (
            SELECT FROM conversations.conversation WHERE state <> 'resolved' AND due_at < $1 LIMIT 1000) AS t
        """,
        before,
    )
    return int(found)


async def list_for_bot(tx: db.Tx, limit: int = 50) -> list[Conversation]:
    """Return what waits on the bot, longest first."""
    records = await tx.fetch(
        """
        SELECT * FROM conversations.conversation
         WHERE state = 'bot' AND owed_since IS NOT NULL
         ORDER BY owed_since, id
         LIMIT $1
        """,
        limit,
    )
    return [conversation_of(record) for record in records]


async def lock_person(tx: db.Tx, person_id: UUID) -> None:
    """Let one person open one conversation at a time, until the commit."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('open:' || $1::text, 0))", str(person_id))


async def list_live_of(tx: db.Tx, person_id: UUID) -> list[Conversation]:
    """Return a person's open conversations, the newest first; there are a handful."""
    records = await tx.fetch(
        """
        SELECT * FROM conversations.conversation
         WHERE (customer_id = $1 OR visitor_id = $1) AND state <> 'resolved'
         ORDER BY opened_at DESC
         LIMIT 50
        """,
        person_id,
    )
    return [conversation_of(record) for record in records]


async def list_history_of(tx: db.Tx, customer_id: UUID, *, limit: int = 20) -> list[Conversation]:
    """Return a customer's conversations, the newest first."""
    records = await tx.fetch(
        """
        SELECT * FROM conversations.conversation
         WHERE customer_id = $1
         ORDER BY opened_at DESC
         LIMIT $2
        """,
        customer_id,
        limit,
    )
    return [conversation_of(record) for record in records]


async def insert_conversation(tx: db.Tx, row: Conversation) -> bool:
    """Write a new conversation; False when the id is taken."""
    written = await db.execute(
        tx,
        """
        INSERT INTO conversations.conversation
               (id, customer_id, visitor_id, person_name, locale, large_type, channel, context, state, owner_kind,
                promised_at, due_at, owed_since, acked_at, skill, priority_class, last_at, opened_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17, $17)
        ON CONFLICT (id) DO NOTHING
        """,
        row.id,
        row.customer_id,
        row.visitor_id,
        row.person_name,
        row.locale,
        row.large_type,
        row.channel,
        row.context,
        row.state.value,
        row.owner_kind.value,
        row.promised_at,
        row.due_at,
        row.owed_since,
        row.acked_at,
        row.skill,
        row.priority_class,
        row.opened_at,
    )
    return written == 1


async def save_customer_read(tx: db.Tx, conversation_id: UUID, seq: int) -> int | None:
    """Note up to where the customer has read; return that, or None where he had read it before."""
    return await db.fetch_value(
        tx,
        """
        UPDATE conversations.conversation SET customer_read_seq = least($2, last_seq)
         WHERE id = $1 AND customer_read_seq < least($2, last_seq)
        RETURNING customer_read_seq
        """,
        conversation_id,
        seq,
    )


async def save_agent_read(tx: db.Tx, conversation_id: UUID, seq: int) -> int | None:
    """Note up to where an agent has read; return that, or None where that was known."""
    return await db.fetch_value(
        tx,
        """
        UPDATE conversations.conversation
           SET agent_read_seq = least($2, last_seq),
               agent_unread = CASE WHEN $2 >= customer_seq THEN 0 ELSE agent_unread END
         WHERE id = $1 AND agent_read_seq < least($2, last_seq)
        RETURNING agent_read_seq
        """,
        conversation_id,
        seq,
    )


async def save_subject(
    tx: db.Tx, conversation_id: UUID, *, subject: str | None, symptom: str | None, verdict: str | None
) -> int:
    """Note what a conversation is about; what is not given stays as it is."""
    return await db.execute(
        tx,
        """
        UPDATE conversations.conversation
           SET subject = coalesce($2, subject), symptom = coalesce($3, symptom), verdict = coalesce($4, verdict)
         WHERE id = $1
        """,
        conversation_id,
        subject,
        symptom,
        verdict,
    )


async def save_rated(tx: db.Tx, conversation_id: UUID) -> int | None:
    """Note that the present resolution was rated; return the last sequence number, None where it is open."""
    return await db.fetch_value(
        tx,
        """
        UPDATE conversations.conversation SET rated_resolution = resolutions
         WHERE id = $1 AND state = 'resolved'
        RETURNING last_seq
        """,
        conversation_id,
    )


async def save_place(tx: db.Tx, conversation_id: UUID, *, locale: str, large_type: bool) -> int:
    """Note in which language and type size the customer reads now."""
    return await db.execute(
        tx,
        """
        UPDATE conversations.conversation SET locale = $2, large_type = $3
         WHERE id = $1 AND (locale <> $2 OR large_type <> $3)
        """,
        conversation_id,
        locale,
        large_type,
    )

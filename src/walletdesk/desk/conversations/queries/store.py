"""Any number of changes in one round trip: messages, rows, events, hints.

What is written goes over as JSON: encoding and reading it costs less on both sides than fifty arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from walletdesk.desk.conversations.changes import Change
from walletdesk.kit import db

HINTS_EACH: Final = 50
"""Hints in one notification: a hint has about a hundred bytes, a notification may have 8,000."""

_encoder: Final = msgspec.json.Encoder()


async def store(tx: db.Tx, changes: Sequence[Change], *, by: str | None = None) -> str:
    """Write what the changes say; return the version that the written rows have from the commit on.

    The rows must have been locked in this transaction. `by` marks hints of a process that tells its own sockets
    by itself.
    """
    moved = [change for change in changes if change.moved]
    if not moved:
        return ""
    said = [change.row for change in moved if change.only_said]
    stepped = [change.row for change in moved if not change.only_said]
    version = await db.fetch_value(
        tx,
        """
        WITH added AS (
            INSERT INTO conversations.message
                   (conversation_id, seq, id, kind, audience, author_kind, author_id, author_name, text, body,
                    replaces, at)
            SELECT conversation_id, seq, id, kind, audience, author_kind, author_id, author_name, text,
                   nullif(body, 'null'), replaces, at
              FROM json_populate_recordset(NULL::conversations.message, $1::text::json)
        ), said AS (
            UPDATE conversations.conversation AS c
               SET acked_at = u.acked_at, reminders = u.reminders, last_seq = u.last_seq, last_at = u.last_at,
                   last_text = u.last_text, customer_seq = u.customer_seq, agent_seq = u.agent_seq,
                   agent_seq_by = u.agent_seq_by, agent_unread = u.agent_unread, updated_at = u.updated_at
              FROM json_populate_recordset(NULL::conversations.conversation, $2::text::json) AS u
             WHERE c.id = u.id
        ), stepped AS (
            UPDATE conversations.conversation AS c
               SET state = u.state, owner_kind = u.owner_kind, owner_id = u.owner_id, owner_name = u.owner_name,
                   promised_at = u.promised_at, due_at = u.due_at, level = u.level, owed_since = u.owed_since,
                   acked_at = u.acked_at, waiting_since = u.waiting_since, rank_at = u.rank_at,
                   debt_kind = u.debt_kind, debt_due_at = u.debt_due_at, human_wanted = u.human_wanted,
                   tries = u.tries, reminders = u.reminders, call_tries = u.call_tries, skill = u.skill,
                   priority_class = u.priority_class, last_agent_id = u.last_agent_id,
                   resolutions = u.resolutions, last_seq = u.last_seq, last_at = u.last_at,
                   last_text = u.last_text, customer_seq = u.customer_seq, agent_seq = u.agent_seq,
                   agent_seq_by = u.agent_seq_by, answered_seq = u.answered_seq, agent_unread = u.agent_unread,
                   updated_at = u.updated_at, resolved_at = u.resolved_at, resolved_by = u.resolved_by
              FROM json_populate_recordset(NULL::conversations.conversation, $3::text::json) AS u
             WHERE c.id = u.id
        ), told AS (
            SELECT conversations.tell($4::text::jsonb, $5::text[], $6::text[])
        )
        SELECT pg_current_xact_id()::xid::text FROM told
        """,
        _json([record for change in moved for record in change.records]),
        _json(said),
        _json(stepped),
        _json([(change.id, type(event).__name__, event) for change in moved for event in change.events]),
        _hints([hint for change in moved for hint in change.hints(by)]),
        sorted({job for change in moved for job in change.wakes}),
    )
    return str(version)


def _json(value: Sequence[Any]) -> str:
    return _encoder.encode(value).decode()


def _hints(hints: Sequence[tuple[str, dict[str, Any]]]) -> list[str]:
    return [_json(hints[start : start + HINTS_EACH]) for start in range(0, len(hints), HINTS_EACH)]

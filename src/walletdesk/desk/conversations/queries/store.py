"""Any number of changes in one round trip: messages, rows, events, hints."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final

import msgspec

from walletdesk.desk.conversations.changes import Change, Record
from walletdesk.kit import db

HINTS_EACH: Final = 50
"""Hints in one notification: a hint has about a hundred bytes, a notification may have 8,000."""

_encoder: Final = msgspec.json.Encoder()
_columns: Final = attrgetter(
    "id", "state", "owner_kind", "owner_id", "owner_name", "promised_at", "due_at", "level", "owed_since",
    "acked_at", "waiting_since", "rank_at", "debt_kind", "debt_due_at", "human_wanted", "tries", "reminders",
    "call_tries", "skill", "priority_class", "last_agent_id", "resolutions", "last_seq", "last_at", "last_text",
    "customer_seq", "agent_seq", "agent_seq_by", "answered_seq", "agent_unread", "updated_at", "resolved_at",
    "resolved_by",
)  # fmt: skip
_WIDTH_ROW: Final = 33
_WIDTH_RECORD: Final = 12


async def store(tx: db.Tx, changes: Sequence[Change], *, by: str | None = None) -> None:
    """Write what the changes say; `by` marks hints of a process that has told its own sockets already.

    The rows must have been locked in this transaction.
    """
    moved = [change for change in changes if change.moved]
    if not moved:
        return
    await tx.execute(
        """
        WITH added AS (
            INSERT INTO conversations.message
                   (conversation_id, seq, id, kind, audience, author_kind, author_id, author_name, text, body,
                    replaces, at)
            SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[],
                                 $7::uuid[], $8::text[], $9::text[], $10::jsonb[], $11::uuid[],
                                 $12::timestamptz[])
        ), moved AS (
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
              FROM unnest($13::uuid[], $14::text[], $15::text[], $16::uuid[], $17::text[], $18::timestamptz[],
                          $19::timestamptz[], $20::smallint[], $21::timestamptz[], $22::timestamptz[],
                          $23::timestamptz[], $24::timestamptz[], $25::text[], $26::timestamptz[],
                          $27::boolean[], $28::smallint[], $29::smallint[], $30::smallint[], $31::text[],
                          $32::smallint[], $33::uuid[], $34::integer[], $35::bigint[], $36::timestamptz[],
                          $37::text[], $38::bigint[], $39::bigint[], $40::uuid[], $41::bigint[],
                          $42::integer[], $43::timestamptz[], $44::timestamptz[], $45::text[])
                   AS u (id, state, owner_kind, owner_id, owner_name, promised_at, due_at, level, owed_since,
                         acked_at, waiting_since, rank_at, debt_kind, debt_due_at, human_wanted, tries,
                         reminders, call_tries, skill, priority_class, last_agent_id, resolutions, last_seq,
                         last_at, last_text, customer_seq, agent_seq, agent_seq_by, answered_seq, agent_unread,
                         updated_at, resolved_at, resolved_by)
             WHERE c.id = u.id
        )
        SELECT conversations.tell($46::uuid[], $47::text[], $48::text[], $49::text[], $50::text[])
        """,
        *_records(moved),
        *_rows(moved),
        *_told(moved, by),
    )


def _records(changes: Sequence[Change]) -> list[Sequence[Any]]:
    records: list[Record] = [record for change in changes for record in change.records]
    return list(zip(*records, strict=True)) if records else [()] * _WIDTH_RECORD


def _rows(changes: Sequence[Change]) -> list[Sequence[Any]]:
    return list(zip(*[_columns(change.row) for change in changes], strict=True))


def _told(changes: Sequence[Change], by: str | None) -> list[Sequence[Any]]:
    events = [(change.id, event) for change in changes for event in change.events]
    hints = [hint for change in changes for hint in change.hints(by)]
    return [
        [key for key, _ in events],
        [type(event).__name__ for _, event in events],
        [_encoder.encode(event).decode() for _, event in events],
        [
            _encoder.encode(hints[start : start + HINTS_EACH]).decode()
            for start in range(0, len(hints), HINTS_EACH)
        ],
        sorted({job for change in changes for job in change.wakes}),
    ]

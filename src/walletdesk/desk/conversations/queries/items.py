"""What was said: items by their sequence, and the marks that answers need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from walletdesk.desk.conversations.model import Item, ItemAuthor
from walletdesk.kit import db


def item_of(record: Mapping[str, Any]) -> Item:
    """Make an item of a message's row."""
    return Item(
        record["seq"],
        record["id"],
        record["kind"],
        ItemAuthor(record["author_kind"], record["author_name"]),
        record["text"],
        record["body"],
        record["replaces"],
        record["at"],
        msgspec.UNSET if record["audience"] == "all" else record["audience"],
    )


async def list_items(
    tx: db.Tx,
    conversation_id: UUID,
    *,
    since: int | None = None,
    before: int | None = None,
    limit: int = 50,
    staff: bool,
) -> list[Item]:
    """Return items in their order: those after `since`, else the last ones (before `before`)."""
    if since is not None:
        records = await tx.fetch(
            """
            SELECT seq, id, kind, audience, author_kind, author_name, text, body, replaces, at
              FROM conversations.message
             WHERE conversation_id = $1 AND seq > $2 AND ($3 OR audience = 'all')
             ORDER BY seq
             LIMIT $4
            """,
            conversation_id,
            since,
            staff,
            limit,
        )
        return [item_of(record) for record in records]
    records = await tx.fetch(
        """
        SELECT seq, id, kind, audience, author_kind, author_name, text, body, replaces, at
          FROM conversations.message
         WHERE conversation_id = $1 AND seq < $2 AND ($3 OR audience = 'all')
         ORDER BY seq DESC
         LIMIT $4
        """,
        conversation_id,
        before if before is not None else 2**62,
        staff,
        limit,
    )
    return [item_of(record) for record in reversed(records)]


async def list_by_id(tx: db.Tx, conversation_id: UUID, ids: Sequence[UUID]) -> list[Item]:
    """Return those of the given items that stand in a conversation, in their order."""
    records = await tx.fetch(
        """
        SELECT seq, id, kind, audience, author_kind, author_name, text, body, replaces, at
          FROM conversations.message
         WHERE id = ANY ($2::uuid[]) AND conversation_id = $1
         ORDER BY seq
        """,
        conversation_id,
        ids,
    )
    return [item_of(record) for record in records]


async def oldest_unseen(
    tx: db.Tx, conversation_ids: Sequence[UUID], seqs: Sequence[int]
) -> dict[UUID, datetime]:
    """Return when a customer first said something after a place, for each pair that has such a message."""
    records = await tx.fetch(
        """
        SELECT u.id, min(m.at) AS at
          FROM unnest($1::uuid[], $2::bigint[]) AS u (id, seq)
          JOIN conversations.message AS m
            ON m.conversation_id = u.id AND m.seq > u.seq AND m.author_kind = 'customer'
         GROUP BY u.id
        """,
        conversation_ids,
        seqs,
    )
    return {record["id"]: record["at"] for record in records}

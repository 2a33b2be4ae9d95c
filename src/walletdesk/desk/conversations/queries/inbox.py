"""The inbox: pages by key, and counts that never walk further than a bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID

from walletdesk.desk.conversations.model import Conversation
from walletdesk.desk.conversations.queries.rows import conversation_of
from walletdesk.kit import db

Box = Literal["mine", "unassigned", "all", "resolved"]
Place = tuple[datetime, UUID]
"""Where a page ended: the value it is ordered by, and the id."""
COUNT_MAX: Final = 1_000

_FIRST: Final[Place] = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))
_LAST: Final[Place] = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))


def place_of_row(box: Box, row: Conversation) -> Place:
    """Return where the next page begins after a row."""
    moment = {"mine": row.due_at, "all": row.due_at, "unassigned": row.rank_at, "resolved": row.resolved_at}[box]
    return moment or row.updated_at, row.id


async def list_inbox(
    tx: db.Tx, box: Box, *, agent_id: UUID | None = None, after: Place | None = None, limit: int = 50
) -> list[Conversation]:
    """Return a page of a box, what is most urgent first (resolved: the newest first)."""
    moment, last = after or (_LAST if box == "resolved" else _FIRST)
    records = await _page(tx, box, agent_id, moment, last, limit)
    return [conversation_of(record) for record in records]


async def _page(
    tx: db.Tx, box: Box, agent_id: UUID | None, moment: datetime, last: UUID, limit: int
) -> Sequence[Mapping[str, Any]]:
    if box == "mine":
        return await tx.fetch(
            """
            SELECT * FROM conversations.conversation
             WHERE owner_id = $1 AND (due_at, id) > ($2, $3)
             ORDER BY due_at, id LIMIT $4
            """,
            agent_id,
            moment,
            last,
            limit,
        )
    if box == "unassigned":
        return await tx.fetch(
            """
            SELECT * FROM conversations.conversation
             WHERE state = 'queued' AND (rank_at, id) > ($1, $2)
             ORDER BY rank_at, id LIMIT $3
            """,
            moment,
            last,
            limit,
        )
    if box == "all":
        return await tx.fetch(
            """
            SELECT * FROM conversations.conversation
             WHERE state <> 'resolved' AND (due_at, id) > ($1, $2)
             ORDER BY due_at, id LIMIT $3
            """,
            moment,
            last,
            limit,
        )
    return await tx.fetch(
        """
        SELECT * FROM conversations.conversation
         WHERE state = 'resolved' AND (resolved_at, id) < ($1, $2)
         ORDER BY resolved_at DESC, id DESC LIMIT $3
        """,
        moment,
        last,
        limit,
    )


async def count_boxes(tx: db.Tx, agent_id: UUID) -> dict[str, int]:
    """Return how many conversations stand in the live boxes; `COUNT_MAX` means that many or more."""
    record = await tx.fetchrow(
        """
        SELECT (SELECT count(*) FROM (SELECT FROM conversations.conversation WHERE owner_id = $1
                                       LIMIT 1000) AS a)::int AS mine,
               (SELECT count(*) FROM (SELECT FROM conversations.conversation WHERE state = 'queued'
                                       LIMIT 1000) AS b)::int AS unassigned,
               (SELECT count(*) FROM (SELECT FROM conversations.conversation WHERE state <> 'resolved'
                                       LIMIT 1000) AS c)::int AS all
        """,
        agent_id,
    )
    return dict(record) if record is not None else {}


async def list_queue(tx: db.Tx, *, limit: int = 500) -> list[Conversation]:
    """Return the queue of all skills in its ageing order."""
    records = await tx.fetch(
        """
        SELECT * FROM conversations.conversation WHERE state = 'queued' ORDER BY rank_at, id LIMIT $1
        """,
        limit,
    )
    return [conversation_of(record) for record in records]

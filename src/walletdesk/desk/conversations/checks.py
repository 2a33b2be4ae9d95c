"""The promise as SQL that must return no row (`ops.md` section 2.1), for the doctor and for every fault test.

Each check names what must hold; its statement returns conversations (or messages) in which it does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

from walletdesk.desk.conversations.model import BOUNDS
from walletdesk.kit import db

OVERDUE: Final = timedelta(seconds=30)
ABSENT: Final = timedelta(seconds=60)
SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was examined; `detail` names the first offenders."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold, and the statement that finds where it does not; some are told a moment."""

    name: str
    sql: LiteralString
    overdue: timedelta | None = None


RULES: Final = (
    Rule(
        "I1 every open conversation has an owner and a time",
        """
        SELECT id FROM conversations.conversation
         WHERE state <> 'resolved' AND (owner_kind IS NULL OR due_at IS NULL) LIMIT 100
        """,
    ),
    Rule(
        "I1 no promise lies further ahead than its state allows",
        """
        SELECT id FROM conversations.conversation
         WHERE state <> 'resolved' AND due_at > $1::timestamptz + CASE state
               WHEN 'bot' THEN interval '2 minutes' WHEN 'queued' THEN interval '30 minutes'
               WHEN 'offered' THEN interval '5 minutes' WHEN 'agent' THEN interval '1 hour'
               WHEN 'wait_cust' THEN interval '72 hours' ELSE interval '16 days' END
         LIMIT 100
        """,
        timedelta(0),
    ),
    Rule(
        "I2 everything a customer said was acknowledged",
        """
        SELECT id FROM conversations.conversation
         WHERE owed_since IS NOT NULL AND (acked_at IS NULL OR acked_at < owed_since) LIMIT 100
        """,
    ),
    Rule(
        "I3 no promise is overdue by two sweeps",
        """
        SELECT id FROM conversations.conversation WHERE state <> 'resolved' AND due_at < $1 LIMIT 100
        """,
        OVERDUE,
    ),
    Rule(
        "I4 the ladder is left by an answer only",
        """
        SELECT id FROM conversations.conversation
         WHERE level > 0 AND owed_since IS NULL AND state IN ('wait_cust', 'resolved') LIMIT 100
        """,
    ),
    Rule(
        "I5 where nothing is open nothing is owed",
        """
        SELECT id FROM conversations.conversation
         WHERE state = 'resolved' AND (owed_since IS NOT NULL OR debt_kind IS NOT NULL) LIMIT 100
        """,
    ),
    Rule(
        "I5 nothing that was said is forgotten",
        """
        SELECT id FROM conversations.conversation
         WHERE customer_seq > answered_seq AND owed_since IS NULL LIMIT 100
        """,
    ),
    Rule(
        "I6 no id is stored twice",
        """
        SELECT id FROM conversations.message GROUP BY id HAVING count(*) > 1 LIMIT 100
        """,
    ),
    Rule(
        "I6 sequences have no gaps and end where the row says",
        """
        SELECT c.id FROM conversations.conversation AS c
          LEFT JOIN (SELECT conversation_id, count(*) AS n, max(seq) AS last,
                            max(seq) FILTER (WHERE author_kind = 'customer') AS customer
                       FROM conversations.message GROUP BY conversation_id) AS m ON m.conversation_id = c.id
         WHERE coalesce(m.n, 0) <> c.last_seq OR coalesce(m.last, 0) <> c.last_seq
            OR coalesce(m.customer, 0) <> c.customer_seq
         LIMIT 100
        """,
    ),
    Rule(
        "I6 every message belongs to a conversation",
        """
        SELECT DISTINCT m.conversation_id AS id FROM conversations.message AS m
         WHERE NOT EXISTS (SELECT FROM conversations.conversation AS c WHERE c.id = m.conversation_id)
         LIMIT 100
        """,
    ),
    Rule(
        "I6 nothing was said into a closed conversation",
        """
        SELECT c.id FROM conversations.conversation AS c
          JOIN conversations.message AS m ON m.conversation_id = c.id AND m.seq = c.customer_seq
         WHERE c.state = 'resolved' AND m.at > c.resolved_at LIMIT 100
        """,
    ),
    Rule(
        "I7 nobody holds more than his capacity",
        """
        SELECT c.owner_id AS id FROM conversations.conversation AS c
          LEFT JOIN conversations.seat AS s ON s.agent_id = c.owner_id
         WHERE c.state IN ('offered', 'agent')
         GROUP BY c.owner_id, s.capacity HAVING count(*) > coalesce(s.capacity, 0) LIMIT 100
        """,
    ),
    Rule(
        "I8 who holds a conversation is here, or has been gone for less than a minute",
        """
        SELECT c.id FROM conversations.conversation AS c
          LEFT JOIN conversations.seat AS s ON s.agent_id = c.owner_id
         WHERE c.state IN ('offered', 'agent') AND NOT coalesce(s.present, false)
           AND coalesce(s.away_since, '-infinity') < $1 LIMIT 100
        """,
        ABSENT,
    ),
)

_ORDER: Final = "I9 the queue's order is the wait and the weight of its class"


async def invariant_checks(pool: db.Pool, now: datetime) -> list[Check]:
    """Examine every invariant that can be seen in the tables."""
    found: list[Check] = []
    async with db.reading(pool) as tx:
        for rule in RULES:
            moment = () if rule.overdue is None else (now - rule.overdue,)
            found.append(_judge(rule.name, await tx.fetch(rule.sql, *moment)))
        weights = [BOUNDS.weight(priority_class) for priority_class in range(3)]
        out_of_order = await tx.fetch(
            """
            SELECT id FROM conversations.conversation
             WHERE state = 'queued' AND rank_at <> waiting_since + ($1::interval[])[priority_class + 1] LIMIT 100
            """,
            weights,
        )
        found.append(_judge(_ORDER, out_of_order))
    return found


def _judge(name: str, rows: Sequence[Mapping[str, Any]]) -> Check:
    offenders = [str(row["id"]) for row in rows]
    shown = ", ".join(offenders[:SHOWN])
    return Check(name, not offenders, f"{len(offenders)} found: {shown}" if offenders else "none")

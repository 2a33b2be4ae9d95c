"""Many open conversations, written in bulk, for plans and paging."""

from __future__ import annotations

from typing import Any


async def many_queued(owner: Any, count: int, *, skill: str = "general", later_ms: int = 0) -> None:
    """Write conversations that wait for a person, a millisecond apart, and let the planner know of them."""
    await owner.execute(
        """
        INSERT INTO conversations.conversation (
            id, customer_id, locale, large_type, channel, state, owner_kind, promised_at, due_at,
            owed_since, acked_at, waiting_since, rank_at, human_wanted, skill, last_at, opened_at, updated_at)
        SELECT gen_random_uuid(), gen_random_uuid(), 'zh', false, 'web', 'queued', 'queue', t, t + interval '60 s',
               t, t, t, t, true, $2, t, t, t
          FROM generate_series(1, $1::int) AS n,
               LATERAL (SELECT timestamptz '2026-01-05 11:00+00' + ($3::int + n) * interval '1 ms' AS t) AS moment
        """,
        count,
        skill,
        later_ms,
    )
    await owner.execute("VACUUM ANALYZE conversations.conversation")

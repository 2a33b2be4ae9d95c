"""The audit log: who did or read what, written with the deed and chained soon after.

A chain on the write path would let only one transaction at a time commit, so deeds are written plainly,
and one writer at a time chains them in commit order: `hash = SHA-256(previous hash || canonical deed)`. A
line that is removed, changed or moved breaks every hash after it; `verify` names the first broken place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from walletdesk.kit import db
from walletdesk.kit.ids import new_id
from walletdesk.people.model import Deed

GENESIS: Final = hashlib.sha256(b"walletdesk audit").digest()
_BATCH: Final = 1_000
_ADVISORY_KEY: Final = 7_241_010


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One deed as it stands in the log."""

    id: UUID
    xid: str
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    action: str
    object: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChainedRow(AuditRow):
    """One deed with its place in the chain."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found; `broken_at` is the first place that does not fit."""

    checked: int
    unchained: int
    broken_at: int | None
    reason: str | None


async def record(tx: db.Tx, deeds: Sequence[Deed], *, now: datetime) -> None:
    """Write deeds into the log, in the transaction of what was done."""
    if not deeds:
        return
    await db.execute(
        tx,
        """
        INSERT INTO people.audit (id, at, actor_kind, actor_id, action, object, details)
        SELECT i, $2, k, a, x, o, d
          FROM unnest($1::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[])
               AS u (i, k, a, x, o, d)
        """,
        [new_id() for _ in deeds],
        now,
        [deed.actor_kind for deed in deeds],
        [deed.actor_id for deed in deeds],
        [deed.action for deed in deeds],
        [deed.object for deed in deeds],
        [deed.details for deed in deeds],
    )


def link(previous: bytes, row: AuditRow) -> bytes:
    """Return the hash of a deed that follows `previous`."""
    deed = msgspec.json.encode(
        [
            str(row.id), row.at.isoformat(), row.actor_kind, str(row.actor_id),
            row.action, row.object, row.details,
        ],
        order="deterministic",
    )  # fmt: skip
    return hashlib.sha256(previous + deed).digest()


async def chain(pool: db.Pool, now: datetime) -> int:
    """Chain deeds that are committed and not yet in the chain; return how many. One writer at a time."""
    async with db.transaction(pool) as tx:
        if not await db.fetch_value(tx, "SELECT pg_try_advisory_xact_lock($1)", _ADVISORY_KEY):
            return 0
        last = await tx.fetchrow(
            """
            SELECT c.seq, c.hash, c.xid::text AS xid, c.audit_id AS id
              FROM people.audit_chain c ORDER BY c.seq DESC LIMIT 1
            """
        )
        rows = await db.fetch_all(
            tx,
            AuditRow,
            """
            SELECT id, xid::text AS xid, at, actor_kind, actor_id, action, object, details
              FROM people.audit
             WHERE (xid, id) > ($1::text::xid8, $2::uuid)
               AND xid < pg_snapshot_xmin(pg_current_snapshot())
             ORDER BY audit.xid, audit.id LIMIT 1000
            """,
            last["xid"] if last else "0",
            last["id"] if last else UUID(int=0),
        )
        if not rows:
            return 0
        seq, previous = (last["seq"], bytes(last["hash"])) if last else (0, GENESIS)
        hashes: list[bytes] = []
        for row in rows:
            previous = link(previous, row)
            hashes.append(previous)
        await db.execute(
            tx,
            """
            INSERT INTO people.audit_chain (seq, audit_id, xid, hash)
            SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::text[]::xid8[], $4::bytea[])
            """,
            list(range(seq + 1, seq + 1 + len(rows))),
            [row.id for row in rows],
            [row.xid for row in rows],
            hashes,
        )
        return len(rows) if len(rows) == _BATCH else 0


async def verify(pool: db.Pool) -> Verdict:
    """Recompute the whole chain in batches; stop at the first place that does not fit."""
    previous, seq, checked = GENESIS, 0, 0
    async with db.transaction(pool) as tx:
        await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        while rows := await _chained(tx, seq):
            for row in rows:
                previous = link(previous, row)
                if row.seq != seq + 1:
                    return Verdict(checked, 0, seq + 1, "a line is missing")
                if previous != row.hash:
                    return Verdict(checked, 0, row.seq, "a line was changed or moved")
                seq, checked = row.seq, checked + 1
        links = await db.fetch_value(tx, "SELECT count(*) FROM people.audit_chain")
        if links != checked:
            return Verdict(checked, 0, seq + 1, "a line of the log is gone")
        total = await db.fetch_value(tx, "SELECT count(*) FROM people.audit")
    return Verdict(checked, total - checked, None, None)


async def _chained(tx: db.Tx, after: int) -> list[ChainedRow]:
    return await db.fetch_all(
        tx,
        ChainedRow,
        """
        SELECT a.id, a.xid::text AS xid, a.at, a.actor_kind, a.actor_id, a.action, a.object, a.details,
               c.seq, c.hash
          FROM people.audit_chain c JOIN people.audit a ON a.id = c.audit_id
         WHERE c.seq > $1 ORDER BY c.seq LIMIT 1000
        """,
        after,
    )

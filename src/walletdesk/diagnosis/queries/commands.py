"""Reads and writes of what was asked of the wallet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from walletdesk.diagnosis.model import CommandRow, CommandState, CommandView
from walletdesk.kit import db
from walletdesk.wallet.gateway.model import CommandName


@dataclass(frozen=True, slots=True)
class NewCommand:
    """A command as it is written when it is asked."""

    id: UUID
    finding_id: UUID
    customer_id: UUID
    transaction_id: UUID | None
    name: str
    idempotency_key: str
    actor_kind: str
    actor_id: UUID | None
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """A command that this worker carries out now; the lease tells whether it still may write the outcome."""

    id: UUID
    finding_id: UUID
    customer_id: UUID
    transaction_id: UUID | None
    name: str
    idempotency_key: str
    actor_kind: str
    actor_id: UUID | None
    tries: int
    told_unknown: bool
    handed_off: bool
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """Under which finding, in which conversation, a command was asked."""

    finding_id: UUID
    conversation_id: UUID | None
    customer_id: UUID
    asked: str


@dataclass(frozen=True, slots=True)
class _View:
    name: str
    state: str
    record: str | None
    reason: str | None
    at: datetime
    made: bool


async def insert_command(tx: db.Tx, new: NewCommand) -> bool:
    """Ask for a command; False when it (or an open one of its kind for the transaction) was asked before."""
    return bool(
        await db.execute(
            tx,
            """
            INSERT INTO diagnosis.command
                   (id, finding_id, customer_id, transaction_id, name, idempotency_key, actor_kind, actor_id,
                    asked_at, next_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
            ON CONFLICT DO NOTHING
            """,
            new.id,
            new.finding_id,
            new.customer_id,
            new.transaction_id,
            new.name,
            new.idempotency_key,
            new.actor_kind,
            new.actor_id,
            new.asked_at,
        )
    )


async def find_standing(
    tx: db.Tx, idempotency_key: str, transaction_id: UUID | None, name: CommandName
) -> CommandRow | None:
    """Return the command that a new one would repeat: of the same key, still open, or done once and for all."""
    return await db.fetch_one(
        tx,
        CommandRow,
        """
        SELECT id, finding_id, customer_id, transaction_id, name, idempotency_key, actor_kind, actor_id, state,
               record, reason, tries, asked_at, finished_at
          FROM diagnosis.command
         WHERE idempotency_key = $1
            OR (transaction_id = $2 AND name = $3
                AND (state IN ('asked', 'running', 'unknown') OR (state = 'done' AND name <> 'resend_notice')))
         ORDER BY idempotency_key = $1 DESC, asked_at DESC
         LIMIT 1
        """,
        idempotency_key,
        transaction_id,
        name.value,
    )


async def was_refused(tx: db.Tx, transaction_id: UUID | None, name: CommandName) -> bool:
    """Say whether the wallet has refused this for the transaction before."""
    return await db.fetch_value(
        tx,
        """
        SELECT EXISTS (SELECT FROM diagnosis.command
                        WHERE transaction_id = $1 AND name = $2 AND state = 'refused')
        """,
        transaction_id,
        name.value,
    )


async def insert_request(
    tx: db.Tx, command_id: UUID, finding_id: UUID, *, actor_kind: str, actor_id: UUID | None, now: datetime
) -> None:
    """Keep under which finding, and by whom, a command was asked; waits for whoever is finishing it."""
    await db.execute(
        tx,
        """
        INSERT INTO diagnosis.command_request (command_id, finding_id, actor_kind, actor_id, asked_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (command_id, finding_id) DO NOTHING
        """,
        command_id,
        finding_id,
        actor_kind,
        actor_id,
        now,
    )


async def find_command(tx: db.Tx, command_id: UUID) -> CommandRow | None:
    """Return a command as it stands."""
    return await db.fetch_one(
        tx,
        CommandRow,
        """
        SELECT id, finding_id, customer_id, transaction_id, name, idempotency_key, actor_kind, actor_id, state,
               record, reason, tries, asked_at, finished_at
          FROM diagnosis.command WHERE id = $1
        """,
        command_id,
    )


async def claim_commands(
    tx: db.Tx, *, lease: UUID, now: datetime, until: datetime, limit: int
) -> list[Claimed]:
    """Take what is due, each command for one worker only; it falls due again at `until` if the worker dies."""
    return await db.fetch_all(
        tx,
        Claimed,
        """
        WITH due AS (
            SELECT id FROM diagnosis.command
             WHERE next_at <= $2
             ORDER BY next_at, id
             LIMIT $4
               FOR UPDATE SKIP LOCKED
        )
        UPDATE diagnosis.command c
           SET state = CASE WHEN c.state = 'unknown' THEN 'unknown' ELSE 'running' END,
               tries = c.tries + 1, lease = $1, next_at = $3
          FROM due
         WHERE c.id = due.id
        RETURNING c.id, c.finding_id, c.customer_id, c.transaction_id, c.name, c.idempotency_key, c.actor_kind,
                  c.actor_id, c.tries, c.told_unknown, c.handed_off, c.asked_at
        """,
        lease,
        now,
        until,
        limit,
    )


async def lock_claimed(tx: db.Tx, command_id: UUID, lease: UUID) -> bool:
    """Lock a command if it is still this worker's."""
    found = await db.fetch_value(
        tx,
        "SELECT id FROM diagnosis.command WHERE id = $1 AND lease = $2 FOR UPDATE",
        command_id,
        lease,
    )
    return found is not None


async def list_requests(tx: db.Tx, command_id: UUID) -> list[Request]:
    """Return under which findings a command was asked."""
    return await db.fetch_all(
        tx,
        Request,
        """
        SELECT f.id AS finding_id, f.conversation_id, f.customer_id, f.asked
          FROM diagnosis.command_request r JOIN diagnosis.finding f ON f.id = r.finding_id
         WHERE r.command_id = $1
         ORDER BY r.asked_at, f.number
        """,
        command_id,
    )


async def save_final(
    tx: db.Tx,
    command_id: UUID,
    *,
    state: CommandState,
    record: str | None,
    reason: str | None,
    now: datetime,
) -> None:
    """Write that a command is done or refused."""
    await db.execute(
        tx,
        """
        UPDATE diagnosis.command
           SET state = $2, record = $3, reason = $4, finished_at = $5, next_at = NULL, lease = NULL
         WHERE id = $1
        """,
        command_id,
        state.value,
        record,
        reason,
        now,
    )


async def save_open(
    tx: db.Tx,
    command_id: UUID,
    *,
    state: CommandState,
    reason: str | None,
    next_at: datetime,
    handed_off: bool,
) -> None:
    """Write that a command is still running or its outcome unknown, and when it is asked again."""
    await db.execute(
        tx,
        """
        UPDATE diagnosis.command
           SET state = $2, reason = $3, next_at = $4, lease = NULL,
               told_unknown = told_unknown OR $2 = 'unknown', handed_off = handed_off OR $5
         WHERE id = $1
        """,
        command_id,
        state.value,
        reason,
        next_at,
        handed_off,
    )


async def save_new_finding(tx: db.Tx, command_id: UUID, finding_id: UUID, new_finding_id: UUID) -> None:
    """Keep which finding was made after a command had ended."""
    await db.execute(
        tx,
        """
        UPDATE diagnosis.command_request SET new_finding_id = $3 WHERE command_id = $1 AND finding_id = $2
        """,
        command_id,
        finding_id,
        new_finding_id,
    )


async def commands_of(tx: db.Tx, finding_id: UUID) -> dict[str, CommandView]:
    """Return, by name, how the commands stand that a finding's card shows.

    These are the ones asked under the finding, the one after which it was made (`made`), and an open one of
    the same transaction that somebody asked elsewhere.
    """
    rows = await db.fetch_all(
        tx,
        _View,
        """
        SELECT DISTINCT ON (name) name, state, record, reason, at, made
          FROM (
            SELECT c.name, c.state, c.record, c.reason, coalesce(c.finished_at, c.asked_at) AS at,
                   r.finding_id <> $1 AS made, r.asked_at
              FROM diagnosis.command_request r JOIN diagnosis.command c ON c.id = r.command_id
             WHERE r.finding_id = $1 OR r.new_finding_id = $1
            UNION ALL
            SELECT c.name, c.state, c.record, c.reason, c.asked_at, false, c.asked_at
              FROM diagnosis.finding f JOIN diagnosis.command c USING (transaction_id)
             WHERE f.id = $1 AND c.state IN ('asked', 'running', 'unknown')
          ) AS shown
         ORDER BY name, made, asked_at DESC
        """,
        finding_id,
    )
    return {
        row.name: CommandView(
            CommandName(row.name), CommandState(row.state), row.record, row.reason, row.at, row.made
        )
        for row in rows
    }

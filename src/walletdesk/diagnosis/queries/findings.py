"""Reads and writes of the findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from walletdesk.diagnosis.model import StoredFinding
from walletdesk.diagnosis.stored import finding_of, number_text
from walletdesk.kit import db


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as it is written."""

    id: UUID
    conversation_id: UUID | None
    customer_id: UUID
    transaction_id: UUID | None
    asked: str
    symptom: str
    verdict: str
    version: int
    body: dict[str, Any]
    basis: dict[str, Any] | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class _Found:
    id: UUID
    number: int
    conversation_id: UUID | None
    customer_id: UUID
    body: dict[str, Any]
    basis: dict[str, Any] | None
    made_at: datetime


def _stored(row: _Found) -> StoredFinding:
    return StoredFinding(
        id=row.id,
        number=number_text(row.number),
        conversation_id=row.conversation_id,
        customer_id=row.customer_id,
        finding=finding_of(row.body, row.basis),
        made_at=row.made_at,
    )


async def insert_finding(tx: db.Tx, row: FindingRow) -> str:
    """Keep a finding; return its number for people."""
    number = await db.fetch_value(
        tx,
        """
        INSERT INTO diagnosis.finding
               (id, conversation_id, customer_id, transaction_id, asked, symptom, verdict, version,
                body, basis, made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        RETURNING number
        """,
        row.id,
        row.conversation_id,
        row.customer_id,
        row.transaction_id,
        row.asked,
        row.symptom,
        row.verdict,
        row.version,
        row.body,
        row.basis,
        row.made_at,
    )
    return number_text(number)


async def find_finding(tx: db.Tx, finding_id: UUID) -> StoredFinding | None:
    """Return a finding, equal to the one that was stored."""
    row = await db.fetch_one(
        tx,
        _Found,
        """
        SELECT id, number, conversation_id, customer_id, body, basis, made_at
          FROM diagnosis.finding WHERE id = $1
        """,
        finding_id,
    )
    return None if row is None else _stored(row)


async def list_of_conversation(
    tx: db.Tx, conversation_id: UUID, *, limit: int = 50
) -> list[StoredFinding]:
    """Return the findings of a conversation, newest first."""
    rows = await db.fetch_all(
        tx,
        _Found,
        """
        SELECT id, number, conversation_id, customer_id, body, basis, made_at
          FROM diagnosis.finding
         WHERE conversation_id = $1
         ORDER BY made_at DESC, number DESC
         LIMIT $2
        """,
        conversation_id,
        limit,
    )
    return [_stored(row) for row in rows]

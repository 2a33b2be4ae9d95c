"""Photos: their rows; the bytes are files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from walletdesk.kit import db


@dataclass(frozen=True, slots=True)
class Attachment:
    """A photo: whose it is, in which conversation it was said (or in none yet), and where its bytes are."""

    id: UUID
    uploader_id: UUID
    conversation_id: UUID | None
    file: str
    width: int
    height: int
    size_bytes: int
    at: datetime


async def insert_attachment(tx: db.Tx, row: Attachment) -> None:
    """Write a photo's row."""
    await tx.execute(
        """
        INSERT INTO conversations.attachment
               (id, uploader_id, conversation_id, file, width, height, size_bytes, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        row.id,
        row.uploader_id,
        row.conversation_id,
        row.file,
        row.width,
        row.height,
        row.size_bytes,
        row.at,
    )


async def find_attachment(tx: db.Tx, attachment_id: UUID) -> Attachment | None:
    """Return a photo's row."""
    return await db.fetch_one(
        tx,
        Attachment,
        """
        SELECT id, uploader_id, conversation_id, file, width, height, size_bytes, at
          FROM conversations.attachment WHERE id = $1
        """,
        attachment_id,
    )


async def claim_attachment(
    tx: db.Tx, attachment_id: UUID, *, uploader_id: UUID, conversation_id: UUID
) -> Attachment | None:
    """Bind a photo to the conversation in which its uploader says it; None where it is not his to say."""
    return await db.fetch_one(
        tx,
        Attachment,
        """
        UPDATE conversations.attachment SET conversation_id = $3
         WHERE id = $1 AND uploader_id = $2 AND (conversation_id IS NULL OR conversation_id = $3)
        RETURNING id, uploader_id, conversation_id, file, width, height, size_bytes, at
        """,
        attachment_id,
        uploader_id,
        conversation_id,
    )


async def delete_unsaid(tx: db.Tx, before: datetime) -> Sequence[str]:
    """Forget photos that were never said; return the names of their files."""
    records = await tx.fetch(
        """
        DELETE FROM conversations.attachment WHERE id IN (
            SELECT id FROM conversations.attachment WHERE conversation_id IS NULL AND at < $1 LIMIT 500)
        RETURNING file
        """,
        before,
    )
    return [record["file"] for record in records]


async def list_known_files(tx: db.Tx, files: Sequence[str]) -> set[str]:
    """Return which of these files belong to a photo."""
    records = await tx.fetch(
        "SELECT file FROM conversations.attachment WHERE file = ANY ($1::text[])", files
    )
    return {record["file"] for record in records}

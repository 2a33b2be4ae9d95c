"""Marks of this installation: few, named facts about itself, e.g. the seed of its demo world (`kit.mark`)."""

from __future__ import annotations

from typing import Any

from walletdesk.kit import db


async def read(tx: db.Tx, name: str) -> Any:
    """Return the value of a mark, or None when it was never set."""
    return await db.fetch_value(tx, "SELECT value FROM kit.mark WHERE name = $1", name)


async def write(tx: db.Tx, name: str, value: object) -> None:
    """Set a mark."""
    await db.execute(
        tx,
        """
        INSERT INTO kit.mark (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = $2
        """,
        name,
        value,
    )


async def remove(tx: db.Tx, name: str) -> None:
    """Take a mark away."""
    await db.execute(tx, "DELETE FROM kit.mark WHERE name = $1", name)

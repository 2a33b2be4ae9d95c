"""Marks on a conversation that move no promise: what was read, what it is about, that it was rated, seats."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from walletdesk.desk.conversations import queries
from walletdesk.desk.conversations.changes import ROUTING_JOB
from walletdesk.desk.conversations.model import ConversationMissing, RatingClosed
from walletdesk.kit import db, live

Reader = Literal["customer", "agent"]


async def mark_read(tx: db.Tx, conversation_id: UUID, who: Reader, seq: int) -> None:
    """Note up to where one side has read; it never moves back, and not past what was said."""
    if who == "customer":
        read = await queries.save_customer_read(tx, conversation_id, seq)
    else:
        read = await queries.save_agent_read(tx, conversation_id, seq)
    if read is None:
        return
    hints = [(f"conversation:{conversation_id}", {"read": who, "seq": read})]
    if who == "agent":
        hints.append(("inbox", {"id": str(conversation_id)}))
    await live.publish_all(tx, hints)


async def show_typing(
    tx: db.Tx, conversation_id: UUID, who: Literal["customer", "agent", "bot"], *, on: bool
) -> None:
    """Let whoever looks at a conversation see that somebody is writing; nothing of it is kept."""
    await live.publish(tx, f"conversation:{conversation_id}", {"typing": who, "on": on})


async def mark_subject(
    tx: db.Tx,
    conversation_id: UUID,
    *,
    subject: str | None = None,
    symptom: str | None = None,
    verdict: str | None = None,
) -> None:
    """Note what a conversation is about, for the inbox; what is not given stays as it is.

    Raises:
        ConversationMissing
    """
    written = await queries.save_subject(
        tx, conversation_id, subject=subject, symptom=symptom, verdict=verdict
    )
    if written != 1:
        raise ConversationMissing
    await live.publish(tx, "inbox", {"id": str(conversation_id)})


async def mark_rated(tx: db.Tx, conversation_id: UUID) -> None:
    """Note that the customer has rated the present resolution.

    Raises:
        RatingClosed: The conversation is not resolved.
    """
    last_seq = await queries.save_rated(tx, conversation_id)
    if last_seq is None:
        raise RatingClosed
    await live.publish(tx, f"conversation:{conversation_id}", {"seq": last_seq})


async def save_seat(
    tx: db.Tx, agent_id: UUID, *, name: str, capacity: int, present: bool, now: datetime
) -> None:
    """Say where an agent sits, how many conversations he takes at once, and whether he is here."""
    await queries.save_seat(tx, agent_id, name=name, capacity=capacity, present=present, now=now)
    if present:
        await live.wake(tx, ROUTING_JOB)

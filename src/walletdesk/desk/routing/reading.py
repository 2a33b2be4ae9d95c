"""How the staff looks into conversations: every look is written down in the transaction that reads."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final
from uuid import UUID

from walletdesk.desk.conversations import queries, views
from walletdesk.desk.conversations.model import Conversation, ConversationMissing, Item
from walletdesk.desk.routing.views import DeskFinding, Suggestion
from walletdesk.diagnosis import queries as findings
from walletdesk.diagnosis import rendering
from walletdesk.diagnosis.model import StoredFinding
from walletdesk.kit import db
from walletdesk.kit.i18n import Lang, lang_of
from walletdesk.kit.refusal import Refusal
from walletdesk.kit.web import Who
from walletdesk.people import audit
from walletdesk.people import queries as people
from walletdesk.people.model import Deed

SUGGESTED_MAX: Final = 3
"""Findings from which replies are suggested: the newest of each question."""

_log = logging.getLogger(__name__)


async def get(tx: db.Tx, conversation_id: UUID) -> Conversation:
    """Return a conversation.

    Raises:
        ConversationMissing
    """
    row = await queries.find_conversation(tx, conversation_id)
    if row is None:
        raise ConversationMissing
    return row


async def look_into(
    tx: db.Tx, who: Who, conversation_id: UUID, *, now: datetime, at: str = "conversation"
) -> Conversation:
    """Return a conversation for somebody of the staff, and write down that he looked (at what of it).

    Raises:
        ConversationMissing
    """
    row = await get(tx, conversation_id)
    deed = Deed("agent", who.id, "conversation_read", f"conversation/{conversation_id}", {"at": at})
    await audit.record(tx, [deed], now=now)
    return row


async def look_into_wallet(tx: db.Tx, who: Who, row: Conversation, *, now: datetime, at: str) -> None:
    """Write down that somebody of the staff looks into a customer's wallet, and on which occasion."""
    if row.customer_id is None:
        return
    details = {"at": at, "conversation": str(row.id)}
    await audit.record(tx, [Deed("agent", who.id, "wallet_read", f"customer/{row.customer_id}", details)], now=now)


async def items_of(
    tx: db.Tx, conversation_id: UUID, *, before: int | None = None, since: int | None = None, limit: int
) -> tuple[list[Item], bool]:
    """Return a page of items in their order, and whether there are more in the direction of the page."""
    found = await queries.list_items(
        tx, conversation_id, before=before, since=since, limit=limit + 1, staff=True
    )
    more = len(found) > limit
    if not more:
        return found, False
    return (found[:limit] if since is not None else found[1:]), True


async def zone_of(tx: db.Tx, row: Conversation) -> str:
    """Return in which zone the customer of a conversation reads the time."""
    customer = await people.find_customer(tx, row.customer_id) if row.customer_id is not None else None
    return customer.zone if customer is not None else views.DEFAULT_ZONE


async def suggestions(tx: db.Tx, row: Conversation) -> list[Suggestion]:
    """Return replies to the customer, in his language, from the newest finding of each of his questions.

    Every number in them is referenced; a finding that cannot be said so is left out, and the log knows.
    """
    newest: dict[tuple[object, object], StoredFinding] = {}
    for stored in await findings.list_of_conversation(tx, row.id):
        transaction = stored.finding.transaction
        question = (stored.finding.symptom, transaction.id if transaction is not None else None)
        newest.setdefault(question, stored)
    zone = await zone_of(tx, row)
    found: list[Suggestion] = []
    for stored in list(newest.values())[:SUGGESTED_MAX]:
        try:
            replies = rendering.suggestions(stored, lang_of(row.locale), zone)
        except Refusal:
            _log.exception("finding cannot be said", extra={"finding": str(stored.id)})
            continue
        found += [Suggestion(one["id"], one["text"]) for one in replies]
    return found


async def desk_finding(tx: db.Tx, stored: StoredFinding, lang: Lang, zone: str) -> DeskFinding:
    """Return a finding as the staff sees it."""
    commands = await findings.commands_of(tx, stored.id)
    return DeskFinding(
        stored.id,
        stored.finding.symptom.value,
        stored.finding.verdict,
        stored.made_at,
        rendering.sentence(stored, lang, zone, "agent"),
        rendering.card(stored, lang, zone, commands),
        rendering.facts(stored, lang, zone),
        rendering.remedies(stored, lang),
    )

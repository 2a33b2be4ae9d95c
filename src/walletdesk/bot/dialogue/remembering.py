"""From rows to what the dialogue thinks in: what is remembered, what was heard, what is known from the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from walletdesk.bot.dialogue import queries
from walletdesk.bot.dialogue.model import Dialogue, Facts, Heard, Tap
from walletdesk.desk.conversations.model import Conversation
from walletdesk.diagnosis.model import HOME_ZONE
from walletdesk.kit import db
from walletdesk.kit.i18n import lang_of

CHOICE: Final = "choice"


def remembered(state: dict[str, Any]) -> Dialogue:
    """Read what was remembered; what this version cannot read is forgotten rather than misread."""
    try:
        return msgspec.convert(state, Dialogue)
    except msgspec.ValidationError:
        return Dialogue()


async def heard_of(tx: db.Tx, rows: Sequence[queries.HeardRow]) -> list[Heard]:
    """Make of messages what the dialogue hears, with the cards that were tapped as they stand now."""
    wanted = {found for row in rows if (found := _card_id(row)) is not None}
    cards = {card.id: card for card in await queries.list_cards(tx, sorted(wanted))} if wanted else {}
    return [_heard(row, cards) for row in rows]


def _card_id(row: queries.HeardRow) -> UUID | None:
    return uuid_of((row.body or {}).get("card_id")) if row.kind == CHOICE else None


def _heard(row: queries.HeardRow, cards: Mapping[UUID, queries.CardRow]) -> Heard:
    if row.kind != CHOICE:
        return Heard(row.seq, row.kind, row.text)
    option = str((row.body or {}).get("option", ""))
    card_id = _card_id(row)
    if card_id is None:
        return Heard(row.seq, row.kind, row.text, tap=Tap(option))
    card = cards.get(card_id)
    if card is None or card.conversation_id != row.conversation_id:
        return Heard(row.seq, row.kind, row.text, tap=Tap(option, known=False))
    return Heard(row.seq, row.kind, row.text, tap=Tap(option, card.body, card.place, card.finding_id))


def facts_from(row: Conversation, zone: str | None, *, now: datetime) -> Facts:
    """Return what is known of a conversation before anything of the wallet was read."""
    return Facts(
        now=now,
        zone=zone or HOME_ZONE,
        lang=lang_of(row.locale),
        known=row.customer_id is not None,
        large_type=row.large_type,
        context_id=uuid_of((row.context or {}).get("transaction_id")),
    )


async def facts_of(tx: db.Tx, row: Conversation, *, now: datetime) -> Facts:
    """Return what is known of one conversation."""
    if row.customer_id is None:
        return facts_from(row, None, now=now)
    zones = await queries.list_zones(tx, [row.customer_id])
    return facts_from(row, zones.get(row.customer_id), now=now)


def uuid_of(value: object) -> UUID | None:
    """Read an id that a client has sent; None where it is none."""
    try:
        return UUID(str(value)) if value is not None else None
    except ValueError:
        return None

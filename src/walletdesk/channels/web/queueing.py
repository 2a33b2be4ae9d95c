"""The place in the queue, told on entering it, when it changes, and every quarter of a minute."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final
from uuid import UUID

from walletdesk.channels.web.model import OptionView, QueuePlace
from walletdesk.desk.conversations.model import Conversation, State
from walletdesk.desk.routing.queries import place_of
from walletdesk.kit import clock, db
from walletdesk.kit.i18n import Lang, text

LOOK_SECONDS: Final = 5.0
TELL_SECONDS: Final = 15.0
ALTERNATIVES: Final = ("wait", "leave_message", "help")


async def place_frame(
    pool: db.Pool, conversation_id: UUID, lang: Lang, *, before: QueuePlace | None
) -> QueuePlace | None:
    """Return the place as it is now; None when the conversation is in no queue any more."""
    now = clock.now()
    async with db.reading(pool) as tx:
        place = await place_of(tx, conversation_id, now)
    if place is None:
        return None
    rising = before is not None and 0 < before.high_s < place.low_s
    return QueuePlace(
        conversation_id,
        place.position,
        place.low_s,
        place.high_s,
        now,
        [OptionView(name, text(lang, f"chat.queue.{name}")) for name in ALTERNATIVES],
        text(lang, "chat.queue.rising") if rising else None,
    )


async def tell_place(
    pool: db.Pool,
    row_of: Callable[[], Conversation],
    lang_of: Callable[[], Lang],
    send: Callable[[QueuePlace], None],
) -> None:
    """Tell the place for as long as the conversation is in the queue."""
    before: QueuePlace | None = None
    while row_of().state is State.QUEUED:
        frame = await place_frame(pool, row_of().id, lang_of(), before=before)
        if frame is not None and _worth_telling(before, frame):
            send(frame)
            before = frame
        await asyncio.sleep(LOOK_SECONDS)


def _worth_telling(before: QueuePlace | None, frame: QueuePlace) -> bool:
    if before is None or before.position != frame.position:
        return True
    return (frame.as_of - before.as_of).total_seconds() >= TELL_SECONDS - LOOK_SECONDS / 2

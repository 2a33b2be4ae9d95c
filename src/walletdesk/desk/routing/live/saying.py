"""What an agent says, as the writer takes it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from walletdesk.desk.conversations import queries
from walletdesk.desk.conversations.model import (
    AttachmentMissing,
    Audience,
    Author,
    BodyWrong,
    ItemKind,
    NewMessage,
)
from walletdesk.desk.conversations.promise import WaitCustomer, WaitThird
from walletdesk.desk.routing import reading
from walletdesk.desk.routing.live.frames import Say
from walletdesk.desk.routing.model import FrameInvalid, agent_of
from walletdesk.kit import db
from walletdesk.kit.web import Who


class _Photo(msgspec.Struct):
    attachment_id: UUID


async def message_of(pool: db.Pool, who: Who, frame: Say) -> NewMessage:
    """Return what an agent says with what it leaves the conversation waiting for; a photo is bound to it first.

    Raises:
        FrameInvalid: `until` has no zone.
        BodyWrong, AttachmentMissing, ConversationMissing: The photo is not named, not his, or goes nowhere.
    """
    body = await _claimed(pool, who, frame) if frame.kind == "photo" else None
    note = frame.kind == "note"
    return NewMessage(
        frame.id,
        frame.conversation,
        Author.AGENT,
        agent_of(who),
        frame.text,
        author_name=who.name,
        kind=ItemKind(frame.kind),
        body=body,
        audience=Audience.STAFF if note else Audience.ALL,
        then=None if note else _then(frame),
        seen_seq=frame.seen_seq,
    )


def _then(frame: Say) -> WaitCustomer | WaitThird:
    if frame.then == "wait_customer":
        return WaitCustomer()
    if frame.until is not None and frame.until.tzinfo is None:
        raise FrameInvalid(field="until", reason="until has no zone")
    return WaitThird(frame.until)


async def _claimed(pool: db.Pool, who: Who, frame: Say) -> dict[str, Any]:
    try:
        photo = msgspec.convert(frame.body, _Photo)
    except msgspec.ValidationError as error:
        raise BodyWrong(field="body") from error
    async with db.transaction(pool) as tx:
        await reading.get(tx, frame.conversation)
        found = await queries.claim_attachment(
            tx, photo.attachment_id, uploader_id=agent_of(who), conversation_id=frame.conversation
        )
    if found is None:
        raise AttachmentMissing(field="attachment_id")
    return {"attachment_id": str(found.id), "width": found.width, "height": found.height}

"""The words between the console and the desk on the socket, as in `web/proto/src/protocol.ts`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec

from walletdesk.desk.conversations.model import Item, StateView
from walletdesk.desk.routing.model import AgentView, FrameInvalid, Presence
from walletdesk.desk.routing.views import InboxRow
from walletdesk.kit import metrics, web
from walletdesk.kit.i18n import Lang
from walletdesk.kit.ids import new_id
from walletdesk.kit.refusal import Refusal
from walletdesk.kit.web import Defect

FRAME_BYTES_MAX: Final = 64 * 1024
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]

_log = logging.getLogger(__name__)


# --- what the console sends -------------------------------------------------------------------------------


class Watch(msgspec.Struct, tag_field="t", tag="watch", forbid_unknown_fields=True):
    """Follow a conversation from a place on."""

    conversation: UUID
    since: Seq = 0


class Unwatch(msgspec.Struct, tag_field="t", tag="unwatch", forbid_unknown_fields=True):
    """Follow it no longer."""

    conversation: UUID


class Say(msgspec.Struct, tag_field="t", tag="say", forbid_unknown_fields=True):
    """Say something to the customer, or note something for colleagues.

    `then` is whose turn it is afterwards; `until` when the promised news come at the latest; `seen_seq` up to
    where the author has read, so that he does not answer over a colleague.
    """

    id: UUID
    conversation: UUID
    text: str = ""
    kind: Literal["text", "note", "photo"] = "text"
    then: Literal["wait_customer", "wait_third"] = "wait_customer"
    until: datetime | None = None
    seen_seq: Seq | None = None
    body: dict[str, Any] | None = None


class Read(msgspec.Struct, tag_field="t", tag="read", forbid_unknown_fields=True):
    """Everything up to here has been on the screen."""

    conversation: UUID
    seq: Seq


class Typing(msgspec.Struct, tag_field="t", tag="typing", forbid_unknown_fields=True):
    """The agent is writing, or has stopped."""

    conversation: UUID
    on: bool


class Heartbeat(msgspec.Struct, tag_field="t", tag="heartbeat", forbid_unknown_fields=True):
    """The page is open."""


class SetPresence(msgspec.Struct, tag_field="t", tag="presence", forbid_unknown_fields=True):
    """What the agent says of himself."""

    presence: Presence


class Ping(msgspec.Struct, tag_field="t", tag="ping", forbid_unknown_fields=True):
    """Is anybody there?"""


Frame = Watch | Unwatch | Say | Read | Typing | Heartbeat | SetPresence | Ping


# --- what the desk sends ------------------------------------------------------------------------------------


class Ack(msgspec.Struct, tag_field="t", tag="ack"):
    """Stored, at this place."""

    id: UUID
    conversation: UUID
    seq: int
    at: datetime


class Items(msgspec.Struct, tag_field="t", tag="items"):
    """What is new in a conversation, and how it stands; `more` asks to go on watching from the last one."""

    conversation: UUID
    items: Sequence[Item]
    state: StateView
    more: bool


class StateNow(msgspec.Struct, tag_field="t", tag="state"):
    """How a conversation stands now."""

    conversation: UUID
    state: StateView


class TypingNow(msgspec.Struct, tag_field="t", tag="typing"):
    """Somebody is writing, or has stopped."""

    conversation: UUID
    who: str
    on: bool


class ReadNow(msgspec.Struct, tag_field="t", tag="read"):
    """Up to where one side has read."""

    conversation: UUID
    who: str
    seq: int


class Refused(msgspec.Struct, tag_field="t", tag="refused"):
    """An expected no, in the agent's language."""

    code: str
    text: str
    id: UUID | None = None
    retry_after_s: float | None = None
    details: dict[str, str] = {}


class InboxNews(msgspec.Struct, tag_field="t", tag="inbox"):
    """A line of the inbox as it reads now."""

    row: InboxRow


class Offer(msgspec.Struct, tag_field="t", tag="offer"):
    """A conversation is offered to this agent, until then."""

    conversation: UUID
    row: InboxRow
    expires_at: datetime


class PresenceNews(msgspec.Struct, tag_field="t", tag="presence"):
    """Who is or was here today."""

    agents: Sequence[AgentView]


class Pong(msgspec.Struct, tag_field="t", tag="pong"):
    """Yes."""


ServerFrame = (
    Ack | Items | StateNow | TypingNow | ReadNow | Refused | InboxNews | Offer | PresenceNews | Pong
)  # fmt: skip


class _Named(msgspec.Struct):
    id: UUID | None = None


_decode: Final = msgspec.json.Decoder(Frame).decode
_decode_named: Final = msgspec.json.Decoder(_Named).decode
_encode: Final = msgspec.json.Encoder().encode
_UNREADABLE: Final = (msgspec.DecodeError, RecursionError, UnicodeError)


def frame_in(raw: str) -> Frame:
    """Read a frame.

    Raises:
        FrameInvalid: It is too large, no JSON, of an unknown kind, or has a field that is wrong or unknown.
    """
    if len(raw) > FRAME_BYTES_MAX:
        raise FrameInvalid(reason=f"more than {FRAME_BYTES_MAX} bytes")
    try:
        return _decode(raw)
    except _UNREADABLE as error:
        raise FrameInvalid(reason=str(error)[:200]) from error


def id_in(raw: str) -> UUID | None:
    """Return the id of the message that a frame is about, if it can be read so far."""
    try:
        return _decode_named(raw).id if len(raw) <= FRAME_BYTES_MAX else None
    except _UNREADABLE:
        return None


def written(frame: ServerFrame) -> str:
    """Write a frame."""
    return _encode(frame).decode()


def refused(error: BaseException, lang: Lang, message_id: UUID | None = None) -> Refused:
    """Put a no into a frame; what is no refusal is a defect, which is logged under a number."""
    if isinstance(error, Refusal):
        refusal = error
    else:
        error_id = str(new_id())
        _log.error("desk frame failed", extra={"error_id": error_id}, exc_info=error)
        refusal = Defect(error_id=error_id)
    metrics.REFUSALS.labels(refusal.code).inc()
    said = web.said(refusal, lang)
    return Refused(said.code, said.text, message_id, said.retry_after_s, said.details)

"""The expected noes of the room."""

from __future__ import annotations

from typing import ClassVar

from walletdesk.kit.refusal import Kind, Refusal


class ConversationMissing(Refusal):
    """There is no such conversation, or it is somebody else's: the two cannot be told apart."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "conversations.not_found"


class TooManyOpen(Refusal):
    """This person has as many open conversations as one may have."""

    kind: ClassVar[Kind] = Kind.TOO_MANY
    code: ClassVar[str] = "conversations.too_many_open"


class TextTooLong(Refusal):
    """A message is longer than four thousand characters."""

    kind: ClassVar[Kind] = Kind.TOO_LARGE
    code: ClassVar[str] = "conversations.text_too_long"


class TextEmpty(Refusal):
    """A message says nothing."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "conversations.text_empty"


class TooFast(Refusal):
    """Too many messages in too short a time."""

    kind: ClassVar[Kind] = Kind.TOO_MANY
    code: ClassVar[str] = "conversations.too_fast"


class WriterFull(Refusal):
    """So many messages wait for the disk that this one was not taken; nothing was stored."""

    kind: ClassVar[Kind] = Kind.TOO_MANY
    code: ClassVar[str] = "conversations.writer_full"


class AnswerOwed(Refusal):
    """The customer still waits for an answer, so the conversation cannot be closed."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "conversations.answer_owed"


class PromiseOpen(Refusal):
    """News or a call were promised and are still owed, so the conversation cannot be closed."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "conversations.promise_open"


class MovedOn(Refusal):
    """The conversation is not where this step begins; read it again."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "conversations.moved_on"


class NotHeld(Refusal):
    """The conversation is not with the agent who acts."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "conversations.not_held"


class StaleSend(Refusal):
    """A colleague has written since this agent last looked; `last_seq` says up to where to read."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "conversations.stale_send"


class CardMissing(Refusal):
    """There is no such card in this conversation."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "conversations.card_not_found"


class AuthorWrong(Refusal):
    """This id was used by somebody else, or in another conversation."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "conversations.id_taken"


class SeatFull(Refusal):
    """The agent is not at his desk, or holds as many conversations as he may."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "conversations.seat_full"


class RatingClosed(Refusal):
    """A conversation can be rated once it is resolved."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "conversations.rating_closed"


class AttachmentMissing(Refusal):
    """There is no such photo, or it may not be seen: the two cannot be told apart."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "conversations.attachment_not_found"


class PhotoTooLarge(Refusal):
    """A photo has more bytes or more pixels than we take."""

    kind: ClassVar[Kind] = Kind.TOO_LARGE
    code: ClassVar[str] = "conversations.photo_too_large"


class PhotoInvalid(Refusal):
    """What was sent is no photo: another kind of file, a broken one, or one with a second file inside."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "conversations.photo_invalid"


class BodyWrong(Refusal):
    """A choice or a photo does not say which."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "conversations.body_wrong"

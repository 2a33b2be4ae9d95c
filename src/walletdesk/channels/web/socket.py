"""The chat's socket: frames in, frames out, nothing remembered that the database does not know.

Reading and sending are apart: a message is handed to the writer at once, whatever is still to be sent. A task that
sends exists only while there is something to send, so an idle socket costs little memory.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import OrderedDict, deque
from functools import partial
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from litestar import WebSocket, websocket
from litestar.datastructures import State as AppState
from litestar.exceptions import WebSocketDisconnect

from walletdesk.channels.web import customer, queueing
from walletdesk.channels.web.customer import Parts, parts_of
from walletdesk.channels.web.model import (
    FRAME_BYTES_MAX,
    Ack,
    Frame,
    FrameInvalid,
    FrameTooLarge,
    Hello,
    HelloFirst,
    Open,
    Ping,
    Pong,
    Read,
    Refused,
    Say,
    ServerFrame,
    Sync,
    Typing,
    Welcome,
)
from walletdesk.channels.web.watching import Watch, notice_of
from walletdesk.desk.conversations import actions
from walletdesk.desk.conversations.model import (
    TEXT_CHARACTERS_MAX,
    Conversation,
    Person,
    Posted,
    State,
    StateView,
    TextTooLong,
)
from walletdesk.kit import clock, db, metrics, tasks, web
from walletdesk.kit.i18n import Lang, lang_of
from walletdesk.kit.ids import new_id
from walletdesk.kit.live import Hub
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.kit.web import Defect, Identify, NotSignedIn, Who

Socket = WebSocket[Any, Any, Any]

HELLO_SECONDS: Final = 10.0
SESSION_SECONDS: Final = 60.0
"""How long a session is taken to be good without another look."""
OUTBOX_MAX: Final = 400
"""Acknowledgements and notices that may wait for a slow reader; past it he is sent away and comes back."""
WATCHES_MAX: Final = 20
RETRY_SECONDS: Final = 1.0
READ_AGAIN_SECONDS: Final = 5.0
CLOSE_NORMAL: Final = 1000
CLOSE_UNAUTHENTICATED: Final = 4401
CLOSE_FOREIGN: Final = 4403
CLOSE_SLOW: Final = 1013

_GONE: Final = (WebSocketDisconnect, OSError)
_decode: Final = msgspec.json.Decoder(Frame).decode
_encode: Final = msgspec.json.Encoder().encode
_log = logging.getLogger(__name__)


class _Named(msgspec.Struct):
    """As much of a frame as is needed to say which one is refused."""

    t: str = ""
    id: UUID | None = None


_decode_named: Final = msgspec.json.Decoder(_Named).decode


class Line:
    """One socket of somebody who is known by his session."""

    __slots__ = (
        "_checked_at", "_close_code", "_hello", "_identify", "_late", "_news", "_outbox", "_parts", "_sending",
        "_socket", "_watches", "lang", "person", "zone",
    )  # fmt: skip

    def __init__(self, socket: Socket, parts: Parts, who: Who, hello: Hello, zone: str) -> None:
        self._socket = socket
        self._parts = parts
        self._hello = hello
        self._identify = cast("Identify", socket.app.state.identify)
        self._checked_at = clock.now()
        self._watches: OrderedDict[UUID, Watch] = OrderedDict()
        self._outbox: deque[ServerFrame] = deque()
        self._late: dict[UUID, list[Ack]] = {}
        self._news: set[Watch] = set()
        self._sending: asyncio.Task[None] | None = None
        self._close_code: int | None = None
        self.person: Person = customer.person_of(who)
        self.lang: Lang = who.lang
        self.zone = zone

    # --- hearing the client -------------------------------------------------------------------------------

    async def listen(self) -> None:
        """Take frame after frame until the client hangs up or is sent away."""
        try:
            self._send(Welcome(customer.person_view(self.person), self.lang))
            if self._hello.conversation is not None:
                await self._go_on(self._hello.conversation, self._hello.since)
            while self._close_code is None:
                raw = await self._socket.receive_data("text")
                try:
                    await self._take(raw)
                except NotSignedIn as refusal:
                    self._send_away(CLOSE_UNAUTHENTICATED, refusal)
                except Refusal as refusal:
                    self.refuse(refusal, id_in(raw))
        finally:
            if self._sending is not None:
                await asyncio.wait({self._sending}, timeout=5)
            self._end()

    async def _go_on(self, conversation_id: UUID, since: int) -> None:
        try:
            await self.sync(conversation_id, since)
        except Refusal as refusal:
            self.refuse(refusal)

    async def _take(self, raw: str) -> None:
        frame = frame_in(raw)
        if (clock.now() - self._checked_at).total_seconds() > SESSION_SECONDS:
            await self._check_session()
        if isinstance(frame, Say):
            await self._say(frame)
        elif isinstance(frame, Ping):
            self._send(Pong())
        elif isinstance(frame, Read):
            await self._read(frame)
        elif isinstance(frame, Typing):
            await self._typing(frame)
        elif isinstance(frame, Sync):
            await self.sync(frame.conversation, frame.since)
        elif isinstance(frame, Open):
            self.lang = frame.locale
            await self._open(frame)

    async def _check_session(self) -> None:
        """Look whether the session still holds.

        Raises:
            NotSignedIn
        """
        who = await self._identify(self._parts.pool, "chat", self._hello.session)
        if who is None or who.id != self.person.id:
            raise NotSignedIn
        self._checked_at = clock.now()

    async def _say(self, frame: Say) -> None:
        self._parts.limits.message(self.person.id)
        if frame.kind == "photo":
            message = await customer.photo_of(self._parts, self.person, frame)
        else:
            message = customer.message_of(self.person, frame)
        done = self._parts.writer.submit(message, visitor=self.person.kind == "anonymous")
        done.add_done_callback(partial(self._stored, frame.id))

    def _stored(self, message_id: UUID, done: asyncio.Future[Posted]) -> None:
        """Acknowledge; where a secret was hidden, after the item itself, so that the page shows the dots."""
        if done.cancelled():
            return
        if (error := done.exception()) is not None:
            self.refuse(error, message_id)
            return
        posted = done.result()
        ack = Ack(posted.id, posted.conversation_id, posted.seq, posted.at)
        watch = self._watches.get(posted.conversation_id)
        if watch is None:
            self._send(ack)
        elif posted.hidden:
            self._late.setdefault(watch.id, []).append(ack)
            watch.ask_again()
            self._wake(watch)
        else:
            watch.acknowledged(posted.id)
            self._send(ack)

    async def _open(self, frame: Open) -> None:
        row = await customer.begin(self._parts, self.person, frame)
        if row.id not in self._watches:
            self._watch(row, since=row.last_seq)

    async def sync(self, conversation_id: UUID, since: int) -> None:
        """Send everything after a place, and go on from there.

        Raises:
            ConversationMissing
        """
        watch = self._watches.get(conversation_id)
        if watch is None:
            async with db.reading(self._parts.pool) as tx:
                row = await customer.own(tx, conversation_id, self.person)
            watch = self._watch(row, since=since)
        watch.ask(since)
        self._wake(watch)

    async def _read(self, frame: Read) -> None:
        if frame.conversation in self._watches and self._parts.limits.mark(self.person.id):
            async with db.transaction(self._parts.pool) as tx:
                await actions.mark_read(tx, frame.conversation, "customer", frame.seq)

    async def _typing(self, frame: Typing) -> None:
        """Pass it on where a person could see it."""
        watch = self._watches.get(frame.conversation)
        if watch is None or watch.row.owner_id is None or not self._parts.limits.mark(self.person.id):
            return
        async with db.reading(self._parts.pool) as tx:
            await actions.show_typing(tx, frame.conversation, "customer", on=frame.on)

    # --- following conversations -----------------------------------------------------------------------------

    def _watch(self, row: Conversation, *, since: int) -> Watch:
        watch = Watch(row, since=since)
        watch.end = self._parts.hub.subscribe(f"conversation:{row.id}", partial(self._heard, watch))
        self._watches[row.id] = watch
        if len(self._watches) > WATCHES_MAX:
            _, oldest = self._watches.popitem(last=False)
            _let_go(oldest)
        self._wake(watch)
        return watch

    def _heard(self, watch: Watch, _topic: str, news: dict[str, Any]) -> None:
        notice = notice_of(watch.id, news)
        if notice is not None:
            self._send(notice)
        elif "seq" in news and "read" not in news and watch.heard(news, self._parts.writer.name):
            self._wake(watch)

    def _tell_place(self, watch: Watch) -> None:
        """Tell the place while the conversation is in the queue."""
        if watch.queueing is None or watch.queueing.done():
            telling = queueing.tell_place(self._parts.pool, lambda: watch.row, lambda: self.lang, self._send)
            watch.queueing = tasks.spawn(telling, name="queue place")

    def read_again(self) -> None:
        """Read everything again: hints may have been lost."""
        for watch in self._watches.values():
            watch.ask_again()
            self._wake(watch)

    # --- sending ------------------------------------------------------------------------------------------------

    def refuse(self, error: BaseException, message_id: UUID | None = None) -> None:
        """Say no in the client's language; a defect is logged and gets a number."""
        self._send(refused(error, self.lang, message_id))

    def _send_away(self, code: int, refusal: Refusal | None = None) -> None:
        """Close the socket once what is still to be said is said."""
        if refusal is not None:
            self.refuse(refusal)
        self._close_code = code
        self._kick()

    def _send(self, frame: ServerFrame) -> None:
        if self._close_code is not None:
            return
        if len(self._outbox) >= OUTBOX_MAX:
            self._outbox.clear()
            self._send_away(CLOSE_SLOW)
            return
        self._outbox.append(frame)
        self._kick()

    def _wake(self, watch: Watch) -> None:
        self._news.add(watch)
        self._kick()

    def _kick(self) -> None:
        if self._sending is None:
            self._sending = tasks.spawn(self._flush(), name="chat socket")

    async def _flush(self) -> None:
        """Send until there is nothing more to send."""
        try:
            while self._outbox or (self._news and self._close_code is None):
                if self._outbox:
                    await self._write(self._outbox.popleft())
                else:
                    await self._bring(self._news.pop())
            if self._close_code is not None:
                await self._socket.close(self._close_code)
        except _GONE:
            self._outbox.clear()
            self._news.clear()
        except NotSignedIn as refusal:
            self._send_away(CLOSE_UNAUTHENTICATED, refusal)
        except Refusal:
            await asyncio.sleep(RETRY_SECONDS)  # the database is away
        finally:
            self._sending = None
        if self._outbox or self._news:
            self._kick()

    async def _write(self, frame: ServerFrame) -> None:
        await self._socket.send_text(_encode(frame).decode())

    async def _bring(self, watch: Watch) -> None:
        """Send what is new in a conversation; where it cannot be read now, it stays new."""
        try:
            if (clock.now() - self._checked_at).total_seconds() > SESSION_SECONDS * 5:
                await self._check_session()
            frame = await watch.bring(self._parts.pool, self._view)
        except Refusal:
            watch.ask_again()
            self._news.add(watch)
            raise
        if frame is not None:
            await self._write(frame)
        for ack in self._late.pop(watch.id, ()):
            await self._write(ack)
        if watch.row.state is State.QUEUED:
            self._tell_place(watch)

    def _view(self, row: Conversation) -> StateView:
        return customer.state_of(row, self.lang, self.zone)

    def _end(self) -> None:
        self._close_code = self._close_code or CLOSE_NORMAL
        for watch in self._watches.values():
            _let_go(watch)
        self._watches.clear()
        self._news.clear()


def _let_go(watch: Watch) -> None:
    watch.end()
    if watch.queueing is not None:
        watch.queueing.cancel()


def frame_in(raw: str) -> Frame:
    """Read a frame.

    Raises:
        FrameInvalid, FrameTooLarge
        TextTooLong: It is so long because of what is said in it.
    """
    if len(raw) > FRAME_BYTES_MAX or (len(raw) > FRAME_BYTES_MAX // 4 and len(raw.encode()) > FRAME_BYTES_MAX):
        if _named(raw).t == "say":
            raise TextTooLong(field="text", allowed=TEXT_CHARACTERS_MAX)
        raise FrameTooLarge
    try:
        return _decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise FrameInvalid(reason=str(error)[:200]) from error


def id_in(raw: str) -> UUID | None:
    """Return the id of the message that a frame is about, if it can be read so far."""
    return _named(raw).id


def _named(raw: str) -> _Named:
    try:
        return _decode_named(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return _Named()


def refused(error: BaseException, lang: Lang, message_id: UUID | None = None) -> Refused:
    """Put a no into a frame; what is no refusal is a defect, which is logged under a number."""
    if isinstance(error, Refusal):
        refusal = error
    else:
        error_id = str(new_id())
        _log.error("chat frame failed", extra={"error_id": error_id}, exc_info=error)
        refusal = Defect(error_id=error_id)
    metrics.REFUSALS.labels(refusal.code).inc()
    said = web.said(refusal, lang)
    return Refused(said.code, said.text, message_id, said.retry_after_s, said.details)


class Lines:
    """Every socket of this process, so that all read again when hints may have been lost."""

    def __init__(self, hub: Hub) -> None:
        self.open: set[Line] = set()
        hub.on_reconnect(self._read_again)

    def _read_again(self) -> None:
        """Spread the reading: a database that has just come back must not meet all of them at once."""
        loop = asyncio.get_running_loop()
        for line in self.open:
            loop.call_later(random.uniform(0, READ_AGAIN_SECONDS), line.read_again)  # noqa: S311 - jitter


def _lines_of(state: AppState, hub: Hub) -> Lines:
    if "chat_lines" not in state:
        state["chat_lines"] = Lines(hub)
    return cast("Lines", state.chat_lines)


@websocket("/ws/chat", opt={"permission": "public"})
async def chat_socket(socket: Socket) -> None:
    """Speak the chat's protocol with a customer or a visitor; the first frame says whose socket it is."""
    if not web.origin_is_own(socket):
        await socket.close(CLOSE_FOREIGN)
        return
    await socket.accept()
    parts = parts_of(socket.app.state)
    lines = _lines_of(socket.app.state, parts.hub)
    metrics.SOCKETS.labels("customer").inc()
    line: Line | None = None
    try:
        line = await _greet(socket, parts)
        if line is not None:
            lines.open.add(line)
            await line.listen()
    except _GONE:
        return
    finally:
        if line is not None:
            lines.open.discard(line)
        metrics.SOCKETS.labels("customer").dec()


async def _greet(socket: Socket, parts: Parts) -> Line | None:
    """Find out whose socket it is; whoever does not say, or has no session, is sent away with the reason."""
    lang = lang_of(socket.headers.get("accept-language"))
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            hello = frame_in(await socket.receive_data("text"))
        if not isinstance(hello, Hello):
            raise HelloFirst
        who = await cast("Identify", socket.app.state.identify)(parts.pool, "chat", hello.session)
        if who is None:
            raise NotSignedIn
        async with db.reading(parts.pool) as tx:
            zone = await customer.zone_of(tx, customer.person_of(who))
    except (Refusal, TimeoutError) as error:
        refusal = error if isinstance(error, Refusal) else HelloFirst()
        await socket.send_text(_encode(refused(refusal, lang)).decode())
        unavailable = refusal.kind is Kind.UNAVAILABLE
        await socket.close(CLOSE_SLOW if unavailable else CLOSE_UNAUTHENTICATED)
        return None
    return Line(socket, parts, who, hello, zone)


ROUTES = [chat_socket]

"""One socket of somebody of the staff: frames in, frames out, nothing remembered that the database does not know.

Reading and sending are apart: what an agent says goes to the writer at once, whatever is still to be sent. A task
that sends exists only while there is something to send.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import WebSocket
from litestar.exceptions import WebSocketDisconnect

from walletdesk.desk.conversations import actions as conversations
from walletdesk.desk.conversations.model import Conversation, Posted, StateView
from walletdesk.desk.conversations.queries import list_inbox
from walletdesk.desk.conversations.views import state_view
from walletdesk.desk.conversations.writer import Writer
from walletdesk.desk.routing import actions, queries, reading
from walletdesk.desk.routing.live import saying
from walletdesk.desk.routing.live.feed import offer_text
from walletdesk.desk.routing.live.frames import (
    Ack,
    Frame,
    Heartbeat,
    Items,
    Ping,
    Pong,
    Read,
    Say,
    SetPresence,
    StateNow,
    Typing,
    Unwatch,
    Watch,
    frame_in,
    id_in,
    refused,
    written,
)
from walletdesk.desk.routing.live.watching import Following, notice_of
from walletdesk.desk.routing.marking import marked
from walletdesk.desk.routing.model import Presence, agent_of
from walletdesk.guard.links import Policy
from walletdesk.kit import clock, crypto, db, limits, live, tasks
from walletdesk.kit.live import Hub
from walletdesk.kit.refusal import Refusal
from walletdesk.kit.web import Identify, NotPermitted, NotSignedIn, Who
from walletdesk.people import queries as people
from walletdesk.people.model import may

SESSION_SECONDS: Final = 60.0
"""How long a session is taken to be good without another look."""
TELL_SECONDS: Final = 90.0
"""How long something is sent to a line that says nothing without another look at its session."""
BEAT_EVERY: Final = timedelta(seconds=8)
"""Signs of life closer together than this are not written down."""
OUTBOX_MAX: Final = 2_000
"""Frames that may wait for a slow reader; past it he is sent away and comes back."""
FOLLOWED_MAX: Final = 20
CLOSE_UNAUTHENTICATED: Final = 4401
CLOSE_FOREIGN: Final = 4403
CLOSE_COME_BACK: Final = 1012
CLOSE_SLOW: Final = 1013
GONE: Final = (WebSocketDisconnect, OSError, RuntimeError)

Socket = WebSocket[Any, Any, Any]
_frames: Final = limits.Buckets(burst=300, per_seconds=10)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a line needs of the running application."""

    pool: db.Pool
    hub: Hub
    writer: Writer
    identify: Identify
    policy: Policy
    """What the operator says of links."""


class Line:
    """One socket of an agent."""

    __slots__ = (
        "_beat_at", "_checked_at", "_closing", "_followed", "_looked", "_news", "_outbox", "_parts", "_secret",
        "_sending", "_socket", "who",
    )  # fmt: skip

    def __init__(self, socket: Socket, parts: Parts, who: Who, secret: str) -> None:
        self._socket = socket
        self._parts = parts
        self._secret = secret
        self._checked_at = clock.now()
        self._beat_at = clock.now() - BEAT_EVERY
        self._followed: OrderedDict[UUID, Following] = OrderedDict()
        self._looked: set[UUID] = set()
        self._outbox: deque[str] = deque()
        self._news: dict[Following, None] = {}
        self._sending: asyncio.Task[None] | None = None
        self._closing: int | None = None
        self.who = who

    @property
    def agent_id(self) -> UUID:
        """Whose line it is."""
        return agent_of(self.who)

    # --- hearing ---------------------------------------------------------------------------------------------

    async def listen(self) -> None:
        """Take frame after frame until one side hangs up."""
        try:
            await self._greet()
            while self._closing is None:
                raw = await self._socket.receive_data("text")
                try:
                    await self._take(raw)
                except Exception as error:  # noqa: BLE001 - a defect is logged under a number; the line goes on
                    self._refuse(error, raw)
        except GONE:
            return
        finally:
            await self._end()

    def _refuse(self, error: Exception, raw: str) -> None:
        if isinstance(error, GONE) and not isinstance(error, Refusal):
            raise error
        self.push(written(refused(error, self.who.lang, id_in(raw))))
        if isinstance(error, NotSignedIn):
            self._close(CLOSE_UNAUTHENTICATED)

    async def _greet(self) -> None:
        """Bring what was offered while nobody listened."""
        async with db.reading(self._parts.pool) as tx:
            mine = await list_inbox(tx, "mine", agent_id=self.agent_id)
        for offer in filter(None, map(offer_text, mine)):
            self.push(offer)

    async def _take(self, raw: str) -> None:
        frame = frame_in(raw)
        _frames.take(str(self.agent_id))
        if (clock.now() - self._checked_at).total_seconds() > SESSION_SECONDS:
            await self._check_session(uses=not isinstance(frame, Heartbeat | Ping))
        if isinstance(frame, Ping):
            self.push(written(Pong()))
        elif isinstance(frame, Watch):
            await self._watch(frame)
        elif isinstance(frame, Unwatch):
            self._unwatch(frame.conversation)
        elif may(self.who, "desk.act"):
            await self._act(frame)
        elif not isinstance(frame, Heartbeat | Read):  # of which a reader's page knows nothing
            raise NotPermitted(permission="desk.act")

    async def _act(self, frame: Frame) -> None:
        if isinstance(frame, Say):
            await self._say(frame)
        elif isinstance(frame, Heartbeat):
            await self._beat()
        elif isinstance(frame, Typing):
            await self._typing(frame)
        elif isinstance(frame, Read):
            await self._read(frame)
        elif isinstance(frame, SetPresence):
            async with db.transaction(self._parts.pool) as tx:
                await actions.choose(tx, self.who, frame.presence, now=clock.now())

    async def _check_session(self, *, uses: bool) -> None:
        """Look whether the session still holds.

        A page that is only open does not keep a session alive. An agent who is online does: whether he is really
        there is tried by the offers he gets, and who lets them pass is online no more.

        Raises:
            NotSignedIn
        """
        now = clock.now()
        async with db.reading(self._parts.pool) as tx:
            sight = await queries.find_sight(tx, self.agent_id)
            digest = crypto.digest(self._secret)
            holds = await people.find_session(tx, digest, door="staff", now=now) is not None
        if holds and (uses or (sight is not None and sight.presence(now) is Presence.ONLINE)):
            who = await self._parts.identify(self._parts.pool, "staff", self._secret)
            holds = who is not None and who.id == self.agent_id and may(who, "desk.read")
            self.who = who if who is not None and holds else self.who
        if not holds:
            raise NotSignedIn
        self._checked_at = now

    async def _beat(self) -> None:
        now = clock.now()
        if now - self._beat_at < BEAT_EVERY:
            return
        async with db.transaction(self._parts.pool) as tx:
            await actions.beat(tx, self.who, now=now)
        self._beat_at = now

    async def _say(self, frame: Say) -> None:
        message = await saying.message_of(self._parts.pool, self.who, frame)
        done = self._parts.writer.submit(message)
        done.add_done_callback(partial(self._stored, frame.id))

    def _stored(self, message_id: UUID, done: asyncio.Future[Posted]) -> None:
        if done.cancelled():
            return
        if (error := done.exception()) is not None:
            self.push(written(refused(error, self.who.lang, message_id)))
            return
        posted = done.result()
        ack = Ack(posted.id, posted.conversation_id, posted.seq, posted.at)
        following = self._followed.get(posted.conversation_id)
        if following is None:
            self.push(written(ack))
        else:
            following.stored(ack)
            self._wake(following)

    async def _typing(self, frame: Typing) -> None:
        """Let customer and colleagues see it; the hint names the agent, so that he is not told of himself."""
        if frame.conversation not in self._followed:
            return
        hint = {"typing": "agent", "on": frame.on, "agent": str(self.agent_id)}
        async with db.reading(self._parts.pool) as tx:
            await live.publish(tx, f"conversation:{frame.conversation}", hint)

    async def _read(self, frame: Read) -> None:
        """Note that the agent who holds a conversation has read it; a look of somebody else is no answer to it."""
        following = self._followed.get(frame.conversation)
        if following is None or following.row.owner_id != self.agent_id:
            return
        async with db.transaction(self._parts.pool) as tx:
            await conversations.mark_read(tx, frame.conversation, "agent", frame.seq)

    # --- following conversations -------------------------------------------------------------------------------

    async def _watch(self, frame: Watch) -> None:
        """Follow a conversation; that he looks into it is written down once for each line.

        Raises:
            ConversationMissing
        """
        following = self._followed.get(frame.conversation)
        if following is None:
            row = await self._look(frame.conversation)
            following = Following(row, since=frame.since)
            following.end = self._parts.hub.subscribe(f"conversation:{row.id}", partial(self._heard, following))
            self._followed[row.id] = following
            if len(self._followed) > FOLLOWED_MAX:
                self._unwatch(next(iter(self._followed)))
        following.ask(frame.since)
        self._wake(following)

    async def _look(self, conversation_id: UUID) -> Conversation:
        if conversation_id in self._looked:
            async with db.reading(self._parts.pool) as tx:
                return await reading.get(tx, conversation_id)
        async with db.transaction(self._parts.pool) as tx:
            row = await reading.look_into(tx, self.who, conversation_id, now=clock.now(), at="live")
        self._looked.add(conversation_id)
        return row

    def _unwatch(self, conversation_id: UUID) -> None:
        following = self._followed.pop(conversation_id, None)
        if following is not None:
            following.end()
            self._news.pop(following, None)

    def _heard(self, following: Following, _topic: str, news: dict[str, Any]) -> None:
        notice = notice_of(following.id, news, self.agent_id)
        if notice is not None:
            self.push(written(notice))
        elif "seq" in news and following.heard(news, self._parts.writer.name):
            self._wake(following)

    # --- sending -----------------------------------------------------------------------------------------------

    def push(self, text: str) -> None:
        """Send a frame that is written already; whoever does not keep up is sent away and comes back."""
        if self._closing is not None:
            return
        if len(self._outbox) >= OUTBOX_MAX:
            self._close(CLOSE_SLOW)
            return
        self._outbox.append(text)
        self._kick()

    def come_back(self) -> None:
        """Ask the client to connect anew and load what it shows."""
        self._close(CLOSE_COME_BACK)

    def _wake(self, following: Following) -> None:
        self._news[following] = None
        self._kick()

    def _close(self, code: int) -> None:
        """Close after what is still to be said, or at once when that is too much."""
        if self._closing is None:
            self._closing = code
            if code == CLOSE_SLOW:
                self._outbox.clear()
            self._kick()

    def _kick(self) -> None:
        if self._sending is None:
            self._sending = tasks.spawn(self._flush(), name="desk socket")

    async def _flush(self) -> None:
        try:
            while self._outbox or self._news:
                if not await self._may_be_told():
                    break
                if self._outbox:
                    await self._socket.send_text(self._outbox.popleft())
                else:
                    await self._bring(next(iter(self._news)))
            if self._closing is not None:
                await self._socket.close(self._closing)
        except GONE:
            self._closing = self._closing or CLOSE_SLOW
            self._outbox.clear()
            self._news.clear()
        finally:
            self._sending = None

    async def _may_be_told(self) -> bool:
        """Look at the session of a line that has said nothing for a while, before it is told more."""
        if self._closing is not None or (clock.now() - self._checked_at).total_seconds() <= TELL_SECONDS:
            return True
        try:
            await self._check_session(uses=False)
        except NotSignedIn as refusal:
            self._outbox.clear()
            self._news.clear()
            await self._socket.send_text(written(refused(refusal, self.who.lang)))
            self._closing = CLOSE_UNAUTHENTICATED
            return False
        except Refusal:
            await asyncio.sleep(1.0)  # the database is away; nobody can be told anything new either
        return True

    async def _bring(self, following: Following) -> None:
        """Send what is new in a conversation; a database that is away is asked again after a second."""
        self._news.pop(following, None)
        try:
            frames = await following.bring(self._parts.pool, self._view)
        except Refusal:
            await asyncio.sleep(1.0)
            if self._followed.get(following.id) is following:
                self._news[following] = None
            return
        for frame in frames:
            await self._socket.send_text(written(self._marked(frame)))

    def _marked(self, frame: Items | StateNow | Ack) -> Items | StateNow | Ack:
        if not isinstance(frame, Items):
            return frame
        shown = marked(frame.items, self._parts.policy, self.who.lang)
        return Items(frame.conversation, shown, frame.state, frame.more)

    def _view(self, row: Conversation) -> StateView:
        return state_view(row, self.who.lang, "staff")

    async def _end(self) -> None:
        """Follow nothing any more, and let what is being sent end."""
        for following in tuple(self._followed.values()):
            self._unwatch(following.id)
        if self._closing is None:
            self._outbox.clear()
            self._closing = CLOSE_SLOW
        if (sending := self._sending) is not None:
            await asyncio.wait({sending}, timeout=2)

"""What every line of this process gets: changed rows of the inbox, offers, who is here.

Each change is read and written once for all lines. Hints are gathered for a moment, so that a burst of messages in
one conversation is one row.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, Protocol
from uuid import UUID

from walletdesk.desk.conversations.model import Conversation, State
from walletdesk.desk.routing import queries
from walletdesk.desk.routing.actions import PRESENCE_TOPIC
from walletdesk.desk.routing.live.frames import InboxNews, Offer, PresenceNews, written
from walletdesk.desk.routing.views import row_view
from walletdesk.kit import clock, db, tasks
from walletdesk.kit.live import Hub
from walletdesk.kit.refusal import Refusal

GATHER_SECONDS: Final = 0.05
LOAD_SECONDS: Final = 2.0
"""How long after a conversation changed hands the loads of colleagues are told anew."""
ENTRIES_A_SECOND: Final = 50_000
"""How many colleagues' entries all lines together are sent in a second; large desks are told less often."""
ROWS_AT_ONCE: Final = 200

_log = logging.getLogger(__name__)


class Ear(Protocol):
    """A line, as far as the feed knows it."""

    @property
    def agent_id(self) -> UUID:
        """Whose it is."""
        ...

    def push(self, text: str) -> None:
        """Send a frame that is written already."""
        ...

    def come_back(self) -> None:
        """Ask the client to connect anew and load what it shows."""
        ...


class Feed:
    """The lines of this process, and what they have still to be told."""

    def __init__(self, pool: db.Pool, hub: Hub) -> None:
        self._pool = pool
        self._hub = hub
        self._lines: set[Ear] = set()
        self._ends: list[Callable[[], None]] = []
        self._changed: dict[UUID, None] = {}
        self._presence_due: float | None = None
        self._presence_pause = 0.0
        self._bell = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        hub.on_reconnect(self._lost)

    def join(self, line: Ear) -> None:
        """Tell a line from now on."""
        if not self._lines:
            self._ends = [
                self._hub.subscribe("inbox", self._inbox_changed),
                self._hub.subscribe(PRESENCE_TOPIC, self._presence_changed),
            ]
        self._lines.add(line)

    def leave(self, line: Ear) -> None:
        """Tell it no longer."""
        self._lines.discard(line)
        if not self._lines:
            for end in self._ends:
                end()
            self._ends = []
            self._changed.clear()
            self._presence_due = None
            self._bell.set()

    def _lost(self) -> None:
        """Hints may be lost, so what the pages show may be old: they come back and load it anew."""
        for line in tuple(self._lines):
            line.come_back()

    def _inbox_changed(self, _topic: str, news: dict[str, Any]) -> None:
        self._changed[UUID(str(news["id"]))] = None
        self._kick()

    def _presence_changed(self, _topic: str, _news: dict[str, Any]) -> None:
        self._tell_presence_in(GATHER_SECONDS)

    def _tell_presence_in(self, seconds: float) -> None:
        due = max(asyncio.get_running_loop().time() + seconds, self._presence_pause)
        if self._presence_due is None or due < self._presence_due:
            self._presence_due = due
        self._kick()

    def _kick(self) -> None:
        self._bell.set()
        if self._task is None:
            self._task = tasks.spawn(self._work(), name="desk feed")

    async def _work(self) -> None:
        """Tell until everything is told; a database that is away is asked again after a second."""
        loop = asyncio.get_running_loop()
        try:
            while self._changed or self._presence_due is not None:
                self._bell.clear()
                await self._wait(loop.time())
                try:
                    if self._changed:
                        await self._tell_rows()
                    if self._presence_due is not None and self._presence_due <= loop.time():
                        await self._tell_presence()
                except Refusal:
                    _log.warning("desk feed has to wait for the database")
                    await asyncio.sleep(1.0)
        finally:
            self._task = None

    async def _wait(self, now: float) -> None:
        if self._changed:
            await asyncio.sleep(GATHER_SECONDS)
            return
        due = self._presence_due if self._presence_due is not None else now
        try:
            async with asyncio.timeout(max(0.0, due - now)):
                await self._bell.wait()
        except TimeoutError:
            return

    async def _tell_rows(self) -> None:
        ids = list(self._changed)[:ROWS_AT_ONCE]
        for one in ids:
            self._changed.pop(one, None)
        try:
            async with db.reading(self._pool) as tx:
                rows = await queries.list_rows(tx, ids)
        except Refusal:
            self._changed.update(dict.fromkeys(ids))
            raise
        for row in rows:
            self._tell_row(row)
        if any(row.owner_id is not None or row.state is State.QUEUED for row in rows):
            self._tell_presence_in(LOAD_SECONDS)

    def _tell_row(self, row: Conversation) -> None:
        text = written(InboxNews(row_view(row)))
        offer = offer_text(row)
        for line in tuple(self._lines):
            line.push(text)
            if offer is not None and line.agent_id == row.owner_id:
                line.push(offer)

    async def _tell_presence(self) -> None:
        async with db.reading(self._pool) as tx:
            agents = await queries.list_colleagues(tx, clock.now())
        self._presence_due = None
        text = written(PresenceNews(agents))
        for line in tuple(self._lines):
            line.push(text)
        now = asyncio.get_running_loop().time()
        self._presence_pause = now + len(agents) * len(self._lines) / ENTRIES_A_SECOND


def offer_text(row: Conversation) -> str | None:
    """Return the frame that offers a conversation to its owner; None when it is not offered to anybody."""
    if row.state is not State.OFFERED or row.due_at is None:
        return None
    return written(Offer(row.id, row_view(row), row.due_at))

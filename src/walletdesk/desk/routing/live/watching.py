"""One conversation as one line follows it: what was sent, and what has still to be.

Hints say that there is news. Where the writer of this process hands over what it has just stored and nothing is
missing before it, that is sent as it is; in every other case the conversation is read from the last sequence number
that was sent. A lost hint costs a reading and never an item.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast
from uuid import UUID

from walletdesk.desk.conversations import queries
from walletdesk.desk.conversations.model import Conversation, Item, StateView
from walletdesk.desk.routing.live.frames import Ack, Items, ReadNow, StateNow, TypingNow
from walletdesk.kit import db

PAGE: Final = 100
HELD_MAX: Final = 200
"""Items kept for a reader who is slow; past it they are forgotten and read again when he is ready."""

ViewOf = Callable[[Conversation], StateView]


class Following:
    """A conversation on an agent's screen."""

    __slots__ = ("_asked", "_cursor", "_dirty", "_held", "_late", "_shown", "end", "id", "row")

    def __init__(self, row: Conversation, *, since: int) -> None:
        self.id = row.id
        self.row = row
        self.end: Callable[[], None] = _nothing
        self._cursor = since
        self._held: list[Item] = []
        self._late: list[Ack] = []
        self._dirty = True
        self._asked = True
        self._shown: StateView | None = None

    def ask(self, since: int) -> None:
        """Go on from another place; there is an answer even if nothing is new."""
        self._cursor = since
        self._asked = True
        self.read_again()

    def read_again(self) -> None:
        """Forget what was handed over and read the table the next time."""
        self._held.clear()
        self._dirty = True

    def stored(self, ack: Ack) -> None:
        """Keep an acknowledgement until everything before it is on the screen.

        So the client never knows of a later place than it has read up to, and a message of which something was
        hidden is first seen as it was stored.
        """
        self._late.append(ack)
        if ack.seq > (self._held[-1].seq if self._held else self._cursor):
            self._dirty = True

    def heard(self, news: dict[str, Any], writer: str | None) -> bool:
        """Take a hint; say whether there is something to send."""
        items = cast("list[Item] | None", news.get("items"))
        if items is None:
            if writer is not None and news.get("by") == writer:
                return False  # the same was or will be handed over in this process
            self._dirty = True
            return True
        if self._dirty:
            return True
        after = self._held[-1].seq if self._held else self._cursor
        fresh = [item for item in items if item.seq > after]
        if fresh and fresh[0].seq != after + 1:
            self.read_again()
            return True
        self.row = cast("Conversation", news["row"])
        self._held += fresh
        if len(self._held) > HELD_MAX:
            self.read_again()
        return True

    async def bring(self, pool: db.Pool, view_of: ViewOf) -> list[Items | StateNow | Ack]:
        """Return the next frames; none when the client knows everything."""
        more = False
        if self._dirty:
            self._dirty = False
            self._held.clear()
            try:
                items, more = await self._read(pool)
            except BaseException:
                self._dirty = True
                raise
        else:
            items, self._held = self._held, []
        asked, self._asked = self._asked, False
        if items:
            self._cursor = items[-1].seq
        view = view_of(self.row)
        changed, self._shown = view != self._shown, view
        frames: list[Items | StateNow | Ack] = []
        if items or asked:
            frames.append(Items(self.id, items, view, more))
        elif changed:
            frames.append(StateNow(self.id, view))
        return frames + self._due_acks()

    def _due_acks(self) -> list[Ack]:
        due = [ack for ack in self._late if ack.seq <= self._cursor]
        self._late = [ack for ack in self._late if ack.seq > self._cursor]
        return list(due)

    async def _read(self, pool: db.Pool) -> tuple[list[Item], bool]:
        """Read the row and what comes after the cursor; the client asks for the rest itself if it did not fit."""
        async with db.reading(pool) as tx:
            row = await queries.find_conversation(tx, self.id)
            items = await queries.list_items(tx, self.id, since=self._cursor, limit=PAGE + 1, staff=True)
        if row is not None:
            self.row = row
        return items[:PAGE], len(items) > PAGE


def notice_of(conversation: UUID, news: dict[str, Any], me: UUID) -> TypingNow | ReadNow | None:
    """Return the frame of a hint that is only shown and never kept; nobody is told of his own typing."""
    if "typing" in news:
        if news.get("agent") == str(me):
            return None
        return TypingNow(conversation, str(news["typing"]), bool(news.get("on")))
    if "read" in news:
        return ReadNow(conversation, str(news["read"]), int(news["seq"]))
    return None


def _nothing() -> None:
    """End nothing."""

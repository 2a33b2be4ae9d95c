"""What one socket has still to send of one conversation.

Hints say that there is news. Where the writer of this process hands over what it has just stored, and nothing is
missing before it, that is sent as it is; in every other case the conversation is read again from the last sequence
number that was sent. So a lost hint costs a reading and never an item, and a slow reader costs no memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, cast
from uuid import UUID

from walletdesk.channels.web.model import Items, ReadNow, StateNow, TypingNow
from walletdesk.desk.conversations import queries
from walletdesk.desk.conversations.model import Conversation, Item, StateView
from walletdesk.kit import db

PAGE: Final = 100
HELD_MAX: Final = 200
"""Items kept for a reader who is slow; past it they are forgotten and read again when he is ready."""

Notice = TypingNow | ReadNow
ViewOf = Callable[[Conversation], StateView]


class Watch:
    """One conversation as one socket follows it."""

    __slots__ = ("_asked", "_cursor", "_dirty", "_held", "_mine", "_row", "_shown", "end", "id", "queueing")

    def __init__(self, row: Conversation, *, since: int) -> None:
        self.id = row.id
        self.end: Callable[[], None] = _nothing
        self.queueing: asyncio.Task[None] | None = None
        self._row = row
        self._cursor = since
        self._held: list[Item] = []
        self._mine: set[UUID] = set()
        self._dirty = since < row.last_seq
        self._asked = False
        self._shown: StateView | None = None

    @property
    def row(self) -> Conversation:
        """The row as far as it is known here."""
        return self._row

    def ask(self, since: int) -> None:
        """Go on from another place; there will be an answer even if nothing is new."""
        self._cursor = since
        self._held.clear()
        self._dirty = True
        self._asked = True

    def ask_again(self) -> None:
        """Read again from where the client is."""
        self._held.clear()
        self._dirty = True

    def acknowledged(self, message_id: UUID) -> None:
        """Note that the client knows of a message by its acknowledgement, so that it need not be sent back."""
        if len(self._mine) >= HELD_MAX:
            self._mine.clear()
        self._mine.add(message_id)

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
        if items and items[0].seq != after + 1:
            if items[-1].seq <= after:
                return False
            self._dirty = True
            return True
        self._row = cast("Conversation", news["row"])
        self._held += items
        if len(self._held) > HELD_MAX:
            self._held.clear()
            self._dirty = True
        return True

    async def bring(self, pool: db.Pool, view_of: ViewOf) -> Items | StateNow | None:
        """Return the next frame, or None when the client knows everything."""
        more = False
        if self._dirty:
            self._dirty = False
            self._held.clear()
            items, more = await self._read_again(pool)
        else:
            items, self._held = self._held, []
        asked, self._asked = self._asked, False
        if items:
            self._cursor = items[-1].seq
        shown = [item for item in items if not item.for_staff_only and not self._is_mine(item, asked)]
        view = view_of(self._row)
        changed, self._shown = view != self._shown, view
        if shown or asked:
            return Items(self.id, shown, view, more)
        return StateNow(self.id, view) if changed else None

    def _is_mine(self, item: Item, asked: bool) -> bool:  # noqa: FBT001 - private
        """Say whether the client has this item already; who asks gets everything."""
        if item.id not in self._mine:
            return False
        self._mine.discard(item.id)
        return not asked

    async def _read_again(self, pool: db.Pool) -> tuple[list[Item], bool]:
        """Read the row and what comes after the cursor; the client asks for more itself if it did not fit."""
        async with db.reading(pool) as tx:
            row = await queries.find_conversation(tx, self.id)
            items = await queries.list_items(tx, self.id, since=self._cursor, limit=PAGE + 1, staff=True)
        if row is not None:
            self._row = row
        return items[:PAGE], len(items) > PAGE


def notice_of(conversation: UUID, news: dict[str, Any]) -> Notice | None:
    """Return the frame of a hint that is only shown and never kept."""
    if "typing" in news:
        who = str(news["typing"])
        return None if who == "customer" else TypingNow(conversation, who, bool(news.get("on")))
    if "read" in news:
        return ReadNow(conversation, str(news["read"]), int(news["seq"]))
    return None


def _nothing() -> None:
    """End nothing."""

"""The writer: what customers and agents say, committed in batches without a timer.

Everything that arrives while the last commit is on disk goes into the next one (at most `BATCH_MAX` messages):
lock the rows in the order of their ids, let the promise step in memory, write all of it with one statement, commit,
acknowledge, tell the sockets of this process. Nothing is acknowledged before it is on disk. It needs a pool and
nothing of the web.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace

from walletdesk.desk.conversations import queries
from walletdesk.desk.conversations.batching import Batch, Pending
from walletdesk.desk.conversations.changes import Change
from walletdesk.desk.conversations.model import (
    TEXT_CHARACTERS_MAX,
    Author,
    ItemKind,
    NewMessage,
    Posted,
    TextEmpty,
    TextTooLong,
    WriterFull,
)
from walletdesk.guard.masking import mask, may_hold_secret
from walletdesk.kit import clock, db, metrics, tasks
from walletdesk.kit.live import Hub
from walletdesk.kit.refusal import Refusal

BATCH_MAX: Final = 500
TRIES: Final = 6
"""How often a batch is tried on a broken connection, with pauses from 0.1 s that double: about three seconds."""
VISITORS_SHARE: Final = 0.5
"""Past this share of the bound visitors are asked to wait, so that there is room for those whom a wallet knows."""
RETRY_AFTER_SECONDS: Final = 2.0
KNOWN_MAX: Final = 5_000
"""Rows kept in memory, about 1.5 KB each."""

_log = logging.getLogger(__name__)


class Writer:
    """Stores messages of one process; `run` must be running for anything to be stored."""

    def __init__(self, pool: db.Pool, waiting_max: int = 2_000, hub: Hub | None = None) -> None:
        self._pool = pool
        self._waiting_max = waiting_max
        self._hub = hub
        self._name = secrets.token_hex(4) if hub is not None else None
        self._waiting: deque[Pending] = deque()
        self._arrived = asyncio.Event()
        self._closing = False
        self._known: dict[UUID, queries.Versioned] = {}

    @property
    def name(self) -> str | None:
        """What marks hints of this writer: a socket of this process has heard what they say already."""
        return self._name

    @property
    def waiting(self) -> int:
        """How many messages wait for a commit."""
        return len(self._waiting)

    async def post(self, message: NewMessage, *, visitor: bool = False) -> Posted:
        """Store a message and return where it stands; a repeated id returns where the first one stands.

        Raises:
            TextEmpty, TextTooLong, WriterFull, ConversationMissing, AuthorWrong, NotHeld, StaleSend
            DatabaseDown, DatabaseFull: Not stored as far as is known; repeat with the same id.
        """
        return await self.submit(message, visitor=visitor)

    def submit(self, message: NewMessage, *, visitor: bool = False) -> asyncio.Future[Posted]:
        """Take a message; the future ends when it is on disk. Messages are stored in the order they are taken.

        Raises:
            TextEmpty, TextTooLong
            WriterFull: Too many wait; nothing was taken.
        """
        allowed = self._waiting_max * (VISITORS_SHARE if visitor else 1)
        if self._closing or len(self._waiting) >= allowed:
            raise WriterFull(retry_after_seconds=RETRY_AFTER_SECONDS)
        clean, hidden = _clean(message)
        done: asyncio.Future[Posted] = asyncio.get_running_loop().create_future()
        self._waiting.append(Pending(clean, hidden, done))
        self._arrived.set()
        return done

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Commit batch after batch until `stop` or `close`; what was taken before is still stored."""
        watching = tasks.spawn(self._close_on(stop), name="writer stop") if stop is not None else None
        try:
            while self._waiting or not self._closing:
                if not self._waiting:
                    self._arrived.clear()
                    await self._arrived.wait()
                    continue
                batch = [self._waiting.popleft() for _ in range(min(BATCH_MAX, len(self._waiting)))]
                await self._settle(batch)
        finally:
            if watching is not None:
                await tasks.cancel(watching)
            self._fail([*self._waiting], db.DatabaseDown(retry_after_seconds=RETRY_AFTER_SECONDS))
            self._waiting.clear()

    async def close(self) -> None:
        """Take nothing more and wait until what was taken is stored, a few seconds at most."""
        self._closing = True
        self._arrived.set()
        for _ in range(50):
            if not self._waiting:
                return
            await asyncio.sleep(0.1)

    async def _close_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._closing = True
        self._arrived.set()

    async def _settle(self, pending: Sequence[Pending]) -> None:
        """Store a batch; one message that cannot be written does not keep the others from it."""
        try:
            await self._store_patiently(pending)
        except asyncio.CancelledError:
            self._fail(pending, db.DatabaseDown(retry_after_seconds=RETRY_AFTER_SECONDS))
            raise
        except Refusal as refusal:
            self._fail(pending, refusal)
        except Exception as error:  # noqa: BLE001 - taken apart, then handed to its sender
            if len(pending) > 1 or not pending[0].alone:
                _log.warning("batch failed, going on one by one", extra={"count": len(pending)}, exc_info=error)
                for one in pending:
                    one.alone = True
                    await self._settle([one])
                return
            _log.exception("message cannot be stored", extra={"conversation": pending[0].message.conversation_id})
            self._fail(pending, error)

    async def _store_patiently(self, pending: Sequence[Pending]) -> None:
        """Try again on a broken connection: the ids make it safe, whatever became of the last try."""
        for attempt in range(TRIES):
            try:
                await self._store(pending)
            except db.DatabaseDown:
                if attempt == TRIES - 1:
                    raise
                await asyncio.sleep(0.1 * 2**attempt)
            else:
                return

    async def _store(self, pending: Sequence[Pending]) -> None:
        now = clock.now()
        async with db.transaction(self._pool) as tx:
            batch = await self._read(tx, pending)
            outcomes = batch.decide(pending, now)
            version = await queries.store(tx, batch.changed, by=self._name)
        self._remember(batch.changed, version)
        for one, outcome in zip(pending, outcomes, strict=True):
            one.settle(outcome)
        _count(batch.changed)
        self._tell(batch.changed)

    async def _read(self, tx: db.Tx, pending: Sequence[Pending]) -> Batch:
        """Lock the rows of a batch and read what deciding about it needs: one statement in the usual case."""
        messages = [one.message for one in pending]
        rows, stored = await queries.lock_batch(
            tx, list({m.conversation_id for m in messages}), [m.id for m in messages], self._known
        )
        batch = Batch(rows, stored)
        if waiting := batch.waiting_agents(messages):
            batch.room = await queries.lock_free_seats(tx, waiting)
        if answers := batch.answers_behind(messages):
            batch.unseen = await queries.oldest_unseen(tx, list(answers), list(answers.values()))
        return batch

    def _remember(self, changes: Sequence[Change], version: str) -> None:
        """Keep rows as they were written last: the next lock need not read those that nobody else has touched."""
        for change in changes:
            self._known.pop(change.id, None)
            self._known[change.id] = queries.Versioned(version, change.row)
        while len(self._known) > KNOWN_MAX:
            del self._known[next(iter(self._known))]

    def _tell(self, changes: Sequence[Change]) -> None:
        """Hand what is on disk now to the sockets of this process, without another look at the disk."""
        if self._hub is None:
            return
        for change in changes:
            topic = f"conversation:{change.id}"
            if self._hub.has(topic):
                news: dict[str, Any] = {"seq": change.row.last_seq, "items": change.items, "row": change.row}
                self._hub.deliver(topic, news)

    @staticmethod
    def _fail(pending: Sequence[Pending], error: Exception) -> None:
        for one in pending:
            one.settle(error)


def _clean(message: NewMessage) -> tuple[NewMessage, tuple[str, ...]]:
    """Refuse what is too long or empty, and take out what must not be stored."""
    text = message.text.replace("\0", "")
    if len(text) > TEXT_CHARACTERS_MAX:
        raise TextTooLong(field="text", allowed=TEXT_CHARACTERS_MAX)
    if not text.strip() and message.kind is not ItemKind.PHOTO:
        raise TextEmpty(field="text")
    hidden: tuple[str, ...] = ()
    if may_hold_secret(text):  # most messages do not
        masked = mask(text)
        text, hidden = masked.text, tuple(sorted(masked.kinds))
    return (message if text is message.text else replace(message, text=text)), hidden


def _count(changes: Sequence[Change]) -> None:
    stored = sum(len(change.items) for change in changes)
    if not stored:
        return
    metrics.FLUSH_ROWS.observe(stored)
    by_author = dict.fromkeys((Author.CUSTOMER.value, Author.AGENT.value), 0)
    for change in changes:
        for item in change.items:
            if item.author.kind in by_author:
                by_author[item.author.kind] += 1
    for author, count in by_author.items():
        if count:
            metrics.MESSAGES.labels(author).inc(count)

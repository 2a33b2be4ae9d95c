"""Live hints between processes: after a commit, whoever looks at something learns that there is news.

A hint carries ids only and may be lost: every reader re-reads by sequence number. Hints of one transaction
leave with its commit (PostgreSQL NOTIFY), so nobody hears of what was rolled back.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

import asyncpg
import msgspec

from walletdesk.kit import db
from walletdesk.kit.events import CHANNEL as EVENT_CHANNEL

LIVE_CHANNEL: Final = "walletdesk_live"
WAKE_CHANNEL: Final = "walletdesk_wake"
PAYLOAD_BYTES_MAX: Final = 7_000

Listener = Callable[[str, dict[str, Any]], None]

_log = logging.getLogger(__name__)
_encoder = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(list[tuple[str, dict[str, Any]]])


async def publish(tx: db.Tx, topic: str, payload: dict[str, Any]) -> None:
    """Tell every process, at the commit, that there is news on `topic`; the payload holds ids only."""
    await publish_all(tx, [(topic, payload)])


async def publish_all(tx: db.Tx, news: list[tuple[str, dict[str, Any]]]) -> None:
    """Tell many at once; long lists are cut into several notifications (PostgreSQL allows 8000 bytes)."""
    chunks: list[str] = []
    chunk: list[tuple[str, dict[str, Any]]] = []
    size = 2
    for item in news:
        length = len(_encoder.encode(item)) + 1
        if chunk and size + length > PAYLOAD_BYTES_MAX:
            chunks.append(_encoder.encode(chunk).decode())
            chunk, size = [], 2
        chunk.append(item)
        size += length
    if chunk:
        chunks.append(_encoder.encode(chunk).decode())
    if chunks:
        await tx.execute("SELECT pg_notify('walletdesk_live', u) FROM unnest($1::text[]) u", chunks)


async def wake(tx: db.Tx, job: str) -> None:
    """Let the workers run the job of that name at once after the commit."""
    await tx.execute("SELECT pg_notify('walletdesk_wake', $1)", job)


class Hub:
    """What one process listens to: topics of its sockets, the event log's bell, and the jobs' bells."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._bells: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._on_reconnect: set[Callable[[], None]] = set()
        self._connection: Any = None

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Call `listener(topic, payload)` for every hint; return the function that ends it."""
        self._listeners[topic].add(listener)

        def end() -> None:
            found = self._listeners.get(topic)
            if found is not None:
                found.discard(listener)
                if not found:
                    del self._listeners[topic]

        return end

    def has(self, topic: str) -> bool:
        """Say whether anybody in this process listens to a topic."""
        return topic in self._listeners

    def bell(self, name: str) -> asyncio.Event:
        """Return an event that is set whenever the job (or `event`: the log) is woken."""
        bell = asyncio.Event()
        self._bells[name].add(bell)
        return bell

    def on_reconnect(self, call: Callable[[], None]) -> None:
        """Call when hints may have been lost, so that readers re-read."""
        self._on_reconnect.add(call)

    def deliver(self, topic: str, payload: dict[str, Any]) -> None:
        """Hand a hint to this process's listeners; a listener that fails does not stop the others."""
        for listener in tuple(self._listeners.get(topic, ())):
            try:
                listener(topic, payload)
            except Exception:  # noqa: BLE001 - logged; the loop must outlive any defect
                _log.exception("live listener failed")

    def ring(self, name: str) -> None:
        """Set the bells of a name."""
        for bell in self._bells.get(name, ()):
            bell.set()

    async def listen(self, dsn: str, stop: asyncio.Event) -> None:
        """Keep a connection that listens; after a loss reconnect and let readers re-read."""
        while not stop.is_set():
            try:
                connection = await asyncpg.connect(
                    dsn, timeout=10, server_settings={"application_name": "walletdesk-live"}
                )
            except (OSError, asyncpg.PostgresError, TimeoutError):
                await asyncio.sleep(0.5)
                continue
            lost = asyncio.Event()
            connection.add_termination_listener(_setter(lost))
            await connection.add_listener(LIVE_CHANNEL, self._heard)
            await connection.add_listener(EVENT_CHANNEL, self._event_rang)
            await connection.add_listener(WAKE_CHANNEL, self._job_rang)
            for call in self._on_reconnect:
                call()
            for bells in self._bells.values():
                for bell in bells:
                    bell.set()
            await self._wait_either(lost, stop)
            if not connection.is_closed():
                await connection.close(timeout=5)

    @staticmethod
    async def _wait_either(*events: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(event.wait()) for event in events]
        _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()

    def _event_rang(self, _connection: object, _pid: int, _channel: str, _payload: str) -> None:
        self.ring("event")

    def _job_rang(self, _connection: object, _pid: int, _channel: str, payload: str) -> None:
        self.ring(payload)

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: str) -> None:
        for topic, body in _decoder.decode(payload):
            if topic in self._listeners:
                self.deliver(topic, body)


def _setter(event: asyncio.Event) -> Callable[[object], None]:
    def call(_connection: object) -> None:
        event.set()

    return call

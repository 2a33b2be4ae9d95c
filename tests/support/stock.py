"""A stock of fresh databases, made ahead on the second core while tests run on the first."""

from __future__ import annotations

import asyncio
import queue
import threading
from uuid import uuid4

import asyncpg

AHEAD = 3
PATIENCE_SECONDS = 120.0


class Stock:
    """Copies of a template: taken one at a time, given back to be removed."""

    def __init__(self, admin_dsn: str, template: str) -> None:
        self._admin_dsn = admin_dsn
        self._template = template
        self._made: queue.Queue[str | BaseException] = queue.Queue(AHEAD)
        self._used: queue.Queue[str] = queue.Queue()
        self._stop = threading.Event()
        self._worker = threading.Thread(target=self._work, name="stock of databases", daemon=True)
        self._worker.start()

    def take(self) -> str:
        """Return the name of a database that nobody else has."""
        found = self._made.get(timeout=PATIENCE_SECONDS)
        if isinstance(found, BaseException):
            raise found
        return found

    def give_back(self, name: str) -> None:
        """Let a database be removed when there is time."""
        self._used.put(name)

    def close(self) -> None:
        """Make no more; what is left goes with the server."""
        self._stop.set()
        while self._worker.is_alive():
            try:
                self._made.get(timeout=0.1)
            except queue.Empty:
                continue

    def _work(self) -> None:
        try:
            asyncio.run(self._fill())
        except BaseException as error:  # noqa: BLE001 - the test that asks next shows it
            self._made.put(error)

    async def _fill(self) -> None:
        admin = await asyncpg.connect(self._admin_dsn)
        try:
            while not self._stop.is_set():
                name = f"t_{uuid4().hex}"
                await admin.execute(f"CREATE DATABASE {name} TEMPLATE {self._template}")
                self._made.put(name)
                while not self._used.empty():
                    await admin.execute(f"DROP DATABASE IF EXISTS {self._used.get()} WITH (FORCE)")
        finally:
            await admin.close()

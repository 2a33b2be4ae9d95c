"""Any process is killed while people talk: nothing is lost, nothing appears twice, everybody is answered."""

from __future__ import annotations

import asyncio
import random
import time

import asyncpg
import pytest

from tests.faults.visitors import Visitor
from tests.support.running import Running, installation
from walletdesk.kit.pg import Server

pytestmark = pytest.mark.faults
VISITORS = 24


async def _storm(running: Running, victims: list[str], *, calm_seconds: float = 4.0) -> list[Visitor]:
    """Let visitors talk while one victim after another is killed."""
    visitors = [Visitor(running.url, random.Random(n)) for n in range(VISITORS)]
    stop = asyncio.Event()
    talking = [asyncio.ensure_future(visitor.talk(stop)) for visitor in visitors]
    for victim in victims:
        await asyncio.sleep(calm_seconds)
        await asyncio.to_thread(_kill, running, victim)
    await asyncio.sleep(calm_seconds)
    stop.set()
    await asyncio.wait_for(asyncio.gather(*talking), 120)
    return visitors


def _kill(running: Running, victim: str) -> None:
    if victim == "everything":
        running.kill("everything")
        running.start()
        return
    running.kill(victim)


async def _rows(running: Running, sql: str, *arguments: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(Server(running.home).dsn())
    try:
        return await connection.fetch(sql, *arguments)
    finally:
        await connection.close()


async def _lost(running: Running, visitors: list[Visitor]) -> set[str]:
    """Acknowledged messages that are not in the database at their place."""
    acked = {message_id: seq for visitor in visitors for message_id, seq in visitor.acked.items()}
    sql = "SELECT id::text, seq FROM conversations.message WHERE id = ANY($1::uuid[])"
    rows = await _rows(running, sql, list(acked))
    stored = {row["id"]: row["seq"] for row in rows}
    return {message_id for message_id, seq in acked.items() if stored.get(message_id) != seq}


async def _still_owed(running: Running) -> list[asyncpg.Record]:
    return await _rows(
        running,
        """
        SELECT id, state, owed_since, due_at FROM conversations.conversation
         WHERE state <> 'resolved' AND (due_at IS NULL OR due_at < clock_timestamp() - interval '30 s'
               OR (state = 'bot' AND owed_since < clock_timestamp() - interval '30 s'))
        """,
    )


async def _settled(running: Running) -> list[asyncpg.Record]:
    """Wait until nothing is owed beyond its time, at most two minutes."""
    until = time.monotonic() + 120
    while (owed := await _still_owed(running)) and time.monotonic() < until:
        await asyncio.sleep(2)
    return owed


async def test_killing_any_process_loses_nothing_and_doubles_nothing() -> None:
    with installation(command="serve") as running:
        await asyncio.to_thread(running.start)
        victims = ["app", "worker", "database", "app", "database", "everything", "worker", "database"]
        visitors = await _storm(running, victims)

        assert sum(len(visitor.acked) for visitor in visitors) > VISITORS * 5, "the load was no load"
        assert sum(visitor.reconnects for visitor in visitors) > 0, "nobody noticed the kills"
        assert await _lost(running, visitors) == set()
        assert await _settled(running) == []
        for visitor in visitors:
            places = {seq for seq, _ in visitor.seen}
            assert len({item for _, item in visitor.seen}) == len(places), "an item was seen at two places"
        answers = await _rows(
            running,
            """
            SELECT conversation_id FROM conversations.message WHERE author_kind = 'bot' AND kind <> 'status'
             GROUP BY conversation_id, text, at HAVING count(*) > 1
            """,
        )
        assert answers == [], "a reply was given twice"
        gaps = await _rows(
            running,
            "SELECT conversation_id FROM conversations.message GROUP BY 1 HAVING max(seq) <> count(*)",
        )
        assert gaps == []
        examined = await asyncio.to_thread(running.run, "doctor", "--json")
        assert examined.returncode == 0, examined.stdout + examined.stderr


async def test_without_durable_commits_the_same_kills_do_lose_messages() -> None:
    """The control run: a test that cannot see a loss proves nothing."""
    with installation(command="serve") as running:
        await asyncio.to_thread(running.start)
        connection = await asyncpg.connect(Server(running.home).dsn())
        await connection.execute("ALTER DATABASE walletdesk SET synchronous_commit = off")
        await connection.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        await connection.execute("ALTER SYSTEM SET wal_writer_flush_after = '1GB'")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.close()
        for name in ("app", "worker"):  # so that their sessions begin with the new setting
            running.kill(name)
        visitors = [Visitor(running.url, random.Random(n)) for n in range(VISITORS)]
        lost: set[str] = set()
        for _ in range(4):
            stop = asyncio.Event()
            talking = [asyncio.ensure_future(visitor.talk(stop)) for visitor in visitors]
            await asyncio.sleep(5)
            running.kill("database")
            stop.set()
            for task in talking:
                task.cancel()
            await asyncio.gather(*talking, return_exceptions=True)
            await asyncio.sleep(8)
            lost |= await _lost(running, visitors)
            if lost:
                break
        assert lost, "the kill is too gentle to show a loss; the other test is blind"

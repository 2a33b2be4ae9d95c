"""`bench messages`: stored and delivered messages a second, beside what the same disk allows.

Three ways in turns, fifty senders each, every sender with one message under way:

- *bare*: rows of the same size into a table with one key, everything that arrived while the last commit was on
  disk in one statement (group commit without a timer); nothing else. The limit.
- *single*: the same rows, one commit each, on as many connections as the product has.
- *product*: fifty customers on sockets of a running application, with session, rights, masking, promise, audit and
  events; each message counts when its sender has the acknowledgement and the agent who watches has the item.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from walletdesk.app.bench.report import Goal, Report, median, percentile, report
from walletdesk.app.bench.scratch import add_customers, chat_sessions, part, ready, scratch
from walletdesk.app.bench.sockets_client import Chat, watching
from walletdesk.app.context import Context
from walletdesk.kit import db
from walletdesk.kit.ids import new_id

CUSTOMERS = 50
ROUNDS = 5
SECONDS = 3.0
TEXT = "I paid the coffee shop this afternoon and they still say that nothing has arrived, please look. " * 1
GOALS = (
    Goal("product/bare", least=0.50),
    Goal("product/single", least=2.0),
    Goal("product_p99/bare_p50", most=15.0),
)


@dataclass(slots=True)
class Round:
    """What one way did in one round."""

    per_second: float
    latencies: list[float] = field(default_factory=list[float])


async def drive(send: Callable[[int], Awaitable[None]], *, senders: int, seconds: float) -> Round:
    """Let every sender send one after another for a while."""
    latencies: list[float] = []
    until = time.perf_counter() + seconds

    async def sender(number: int) -> None:
        while (started := time.perf_counter()) < until:
            await send(number)
            latencies.append(time.perf_counter() - started)

    started = time.perf_counter()
    await asyncio.gather(*(sender(number) for number in range(senders)))
    return Round(len(latencies) / (time.perf_counter() - started), latencies)


class Bare:
    """The limit: group commit of plain rows."""

    def __init__(self, pool: db.Pool) -> None:
        self._pool = pool
        self._waiting: list[asyncio.Future[None]] = []
        self._arrived = asyncio.Event()

    async def send(self, number: int) -> None:
        """Wait until a row is on disk."""
        del number
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self._arrived.set()
        await done

    async def write(self) -> None:
        """Write whatever has arrived, for ever."""
        async with self._pool.acquire() as connection:
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                batch, self._waiting = self._waiting[:500], self._waiting[500:]
                await connection.execute(
                    "INSERT INTO public.bench_message (id, body) SELECT * FROM unnest($1::uuid[], $2::text[])",
                    [new_id() for _ in batch],
                    [TEXT for _ in batch],
                )
                for done in batch:
                    done.set_result(None)
                if self._waiting:
                    self._arrived.set()


def single(pool: db.Pool) -> Callable[[int], Awaitable[None]]:
    """Return a way to send that commits each message by itself."""

    async def send(number: int) -> None:
        del number
        async with pool.acquire() as connection:
            await connection.execute(
                "INSERT INTO public.bench_message (id, body) VALUES ($1, $2)", new_id(), TEXT
            )

    return send


async def measure(*, rounds: int = ROUNDS, seconds: float = SECONDS) -> Report:
    """Run the three ways in turns and report the medians of the rounds' ratios."""
    async with scratch() as context, part(context, "app"):
        await ready(context)
        pool = await db.open_pool(context.dsn, size_min=16, size_max=16, role=None)
        try:
            async with pool.acquire() as connection:
                await connection.execute("CREATE TABLE public.bench_message (id uuid PRIMARY KEY, body text)")
            return await _rounds(context, pool, rounds=rounds, seconds=seconds)
        finally:
            await pool.close()


async def _rounds(context: Context, pool: db.Pool, *, rounds: int, seconds: float) -> Report:
    customers = await add_customers(context, CUSTOMERS)
    secrets = await chat_sessions(context, customers)
    bare = Bare(pool)
    writing = asyncio.ensure_future(bare.write())
    chats = [await Chat.open(context.settings.base_url, secret) for secret in secrets]
    found: dict[str, list[Round]] = {"bare": [], "single": [], "product": []}
    try:
        async with watching(context, [chat.conversation for chat in chats]) as watched:
            for chat in chats:
                chat.seen_by = watched

            async def say(number: int) -> None:
                await chats[number].say(TEXT)

            ways = {"bare": bare.send, "single": single(pool), "product": say}
            for _ in range(rounds):
                for name, way in ways.items():
                    found[name].append(await drive(way, senders=CUSTOMERS, seconds=seconds))
    finally:
        writing.cancel()
        for chat in chats:
            await chat.close()
    return _judge(found)


def _judge(found: dict[str, list[Round]]) -> Report:
    turns = list(zip(found["bare"], found["single"], found["product"], strict=True))
    p99 = [percentile(p.latencies, 0.99) for _, _, p in turns]
    p50 = [percentile(b.latencies, 0.5) for b, _, _ in turns]
    figures = {f"{name}_per_second": median([r.per_second for r in rounds]) for name, rounds in found.items()}
    figures |= {
        "product_p50_ms": 1e3 * median([percentile(p.latencies, 0.5) for _, _, p in turns]),
        "product_p99_ms": 1e3 * median(p99),
        "bare_p50_ms": 1e3 * median(p50),
    }
    ratios = {
        "product/bare": median([p.per_second / b.per_second for b, _, p in turns]),
        "product/single": median([p.per_second / s.per_second for _, s, p in turns]),
        "product_p99/bare_p50": median([a / b for a, b in zip(p99, p50, strict=True)]),
    }
    return report("messages", figures, ratios, GOALS)

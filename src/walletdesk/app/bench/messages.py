"""`bench messages`: stored and delivered messages a second, beside what the same disk allows.

Three ways in turns, fifty senders each, every sender with one message under way:

- *bare*: rows of the same size into a table with one key, everything that arrived while the last commit was on
  disk in one statement (group commit without a timer); nothing else. The limit.
- *single*: the same rows, one commit each, on as many connections as the product has.
- *product*: fifty customers on sockets of a running application, with session, rights, masking, promise, audit and
  events. A customer sends his next message when the last is acknowledged; a round ends, and a message's time with it,
  when an agent who watches has the last of them.

All of it twice: on the disk that is there, which the goals are about, and, for comparison between machines, as on a
disk that takes four milliseconds to sync, which is what a durable write costs on common servers. `commit_delay` with
`commit_siblings = 0` makes the first of those who commit wait that long, and the others with him, as a disk would.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from walletdesk.app.bench.report import Goal, Report, median, percentile, report
from walletdesk.app.bench.scratch import add_customers, chat_sessions, part, ready, scratch
from walletdesk.app.bench.sockets_client import Arrivals, Chat, watching
from walletdesk.app.context import Context
from walletdesk.kit import db, tasks
from walletdesk.kit.ids import new_id

CUSTOMERS = 50
ROUNDS = 5
SECONDS = 3.0
TEXT = "I paid the coffee shop this afternoon and they still say that nothing has arrived, please look. "
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
    writing = tasks.spawn(bare.write(), name="bench writer")
    chats = [await Chat.open(context.settings.base_url, secret) for secret in secrets]
    try:
        async with watching(context, [chat.conversation for chat in chats]) as watched:
            for chat in chats:
                chat.seen_by = watched
            ways = {"bare": bare.send, "single": single(pool)}
            found = await _turns(ways, chats, watched, rounds=rounds, seconds=seconds)
            await _slow_down(pool)
            slow = await _turns(ways, chats, watched, rounds=rounds, seconds=seconds)
    finally:
        await tasks.cancel(writing)
        for chat in chats:
            await chat.close()
    return _judge(found, slow)


async def _turns(
    ways: dict[str, Callable[[int], Awaitable[None]]],
    chats: Sequence[Chat],
    watched: Arrivals,
    *,
    rounds: int,
    seconds: float,
) -> dict[str, list[Round]]:
    """Let each way have its turn, round after round."""
    found: dict[str, list[Round]] = {"bare": [], "single": [], "product": []}
    for _ in range(rounds):
        for name, way in ways.items():
            found[name].append(await drive(way, senders=CUSTOMERS, seconds=seconds))
        found["product"].append(await _product(chats, watched, seconds=seconds))
    return found


async def _product(chats: Sequence[Chat], watched: Arrivals, *, seconds: float) -> Round:
    """Let the customers talk; a message counts when an agent has it."""
    watched.waits.clear()
    started = time.perf_counter()
    await drive(lambda number: chats[number].say(TEXT), senders=len(chats), seconds=seconds)
    await watched.all()
    return Round(len(watched.waits) / (time.perf_counter() - started), list(watched.waits))


async def _slow_down(pool: db.Pool) -> None:
    """Let every sync of this server's log take as long as on a common disk."""
    async with pool.acquire() as connection:
        await connection.execute("ALTER SYSTEM SET commit_siblings = 0")
        await connection.execute("ALTER SYSTEM SET commit_delay = 4000")  # microseconds
        await connection.execute("SELECT pg_reload_conf()")
    await asyncio.sleep(1.0)


def _ratios(found: dict[str, list[Round]]) -> dict[str, float]:
    turns = list(zip(found["bare"], found["single"], found["product"], strict=True))
    p99 = [percentile(p.latencies, 0.99) / percentile(b.latencies, 0.5) for b, _, p in turns]
    return {
        "product/bare": median([p.per_second / b.per_second for b, _, p in turns]),
        "product/single": median([p.per_second / s.per_second for _, s, p in turns]),
        "product_p99/bare_p50": median(p99),
    }


def _judge(found: dict[str, list[Round]], slow: dict[str, list[Round]]) -> Report:
    figures: dict[str, float] = {}
    for disk, turns in (("", found), ("slow_disk_", slow)):
        for name, rounds in turns.items():
            figures[f"{disk}{name}_per_second"] = median([r.per_second for r in rounds])
            figures[f"{disk}{name}_p50_ms"] = 1e3 * median([percentile(r.latencies, 0.5) for r in rounds])
    figures |= {f"slow_disk_{name}": value for name, value in _ratios(slow).items()}
    return report("messages", figures, _ratios(found), GOALS)

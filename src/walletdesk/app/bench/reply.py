"""`bench reply`: how long a customer waits for the bot's answer with a diagnosis, twenty asking at once.

From the moment a sentence leaves the customer's socket to the moment the finding's card is there: acknowledgement,
understanding, the wallet's evidence, decision, commit and delivery, with application, worker and outside world as
processes of their own.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any, Final

from walletdesk.app import demo
from walletdesk.app.bench.report import Goal, Report, percentile, report
from walletdesk.app.bench.scratch import chat_sessions, part, ready, scratch
from walletdesk.app.bench.sockets_client import Chat
from walletdesk.app.context import Context
from walletdesk.kit import db
from walletdesk.people import queries as people
from walletdesk.wallet.gateway.model import TransactionKind, TransactionQuery

ASKERS: Final = 20
QUESTIONS: Final = 6
PAUSE_SECONDS: Final = 1.0
SENTENCES: Final = ("我付钱了,商家没收到", "I paid but the shop says it got nothing", "付款成功了店家说没有到账")
GOALS = (Goal("p95_ms", most=150.0),)


async def measure() -> Report:
    """Let twenty customers ask about a payment of theirs, again and again."""
    async with scratch() as context:
        small = replace(context, settings=replace(context.settings, demo_customers_count=40, demo_history_days=7))
        await demo.fill(small, tell=lambda _key, _detail="": None)
        async with part(context, "outside"), part(context, "app"), part(context, "worker"):
            await ready(context)
            chats = await _askers(context)
            try:
                await _ask(chats[:1], 2)  # the first answer waits for the model to be loaded
                waits = await _ask(chats, QUESTIONS)
            finally:
                for chat in chats:
                    await chat.close()
    figures = {"answers": float(len(waits)), "p50_ms": percentile(waits, 0.5) * 1e3, "max_ms": max(waits) * 1e3}
    return report("reply", figures, {"p95_ms": percentile(waits, 0.95) * 1e3}, GOALS)


async def _askers(context: Context) -> list[Chat]:
    async with db.reading(context.pool) as tx:
        personas = await people.list_personas(tx)
    query = TransactionQuery(kinds=frozenset({TransactionKind.PAYMENT}), limit=1)
    chats: list[Chat] = []
    for customer in personas:
        paid = await context.wallet.transactions(customer.id, query)
        if paid and len(chats) < ASKERS:
            (session,) = await chat_sessions(context, [customer.id])
            about = {"transaction_id": str(paid[0].id)}
            chats.append(await Chat.open(context.settings.base_url, session, context=about))
    return chats


async def _ask(chats: list[Chat], questions: int) -> list[float]:
    """Return how long each answer took, in seconds; the askers begin together."""

    async def asker(number: int, chat: Chat) -> list[float]:
        waits: list[float] = []
        for turn in range(questions):
            await asyncio.sleep(PAUSE_SECONDS)
            started = time.perf_counter()
            await chat.say(SENTENCES[(number + turn) % len(SENTENCES)])
            async with asyncio.timeout(30):
                await _card(chat)
            waits.append(time.perf_counter() - started)
        return waits

    found = await asyncio.gather(*(asker(number, chat) for number, chat in enumerate(chats)))
    return [wait for waits in found for wait in waits]


async def _card(chat: Chat) -> None:
    while True:
        item = await chat.items.get()
        body: dict[str, Any] = item.get("body") or {}
        if item["kind"] == "card" and body.get("card") == "finding":
            return

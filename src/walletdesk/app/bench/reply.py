"""`bench reply`: how long a customer waits for the bot's answer with a diagnosis, twenty asking at once.

From the moment a sentence leaves the customer's socket, or he taps on a payment, to the moment the finding's card is
there: acknowledgement, understanding, the wallet's evidence, decision, commit and delivery, with application, worker
and outside world as processes of their own.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from walletdesk.app import demo
from walletdesk.app.bench.report import Goal, Report, percentile, report
from walletdesk.app.bench.scratch import chat_sessions, part, ready, scratch
from walletdesk.app.bench.sockets_client import Chat
from walletdesk.app.context import Context
from walletdesk.bot.understanding.model import Understander
from walletdesk.kit import db
from walletdesk.people import queries as people
from walletdesk.wallet.gateway.model import TransactionKind, TransactionQuery

ASKERS: Final = 20
QUESTIONS: Final = 4
"""Conversations of each asker, a tap and a sentence in each; with the trial five, and more may not be open."""
TRIAL_SECONDS: Final = 5.0
PAUSE_SECONDS: Final = 1.0
SENTENCES: Final = ("我付钱了,商家没收到", "I paid but the shop says it got nothing", "付款成功了店家说没有到账")
GOALS = (Goal("p95_ms", most=150.0),)


async def measure() -> Report:
    """Let twenty customers ask about a payment of theirs, again and again."""
    async with scratch() as context:
        small = replace(context, settings=replace(context.settings, demo_customers_count=40, demo_history_days=7))
        # As `walletdesk demo` does before its doors open.
        await asyncio.to_thread(Understander.load, context.settings.home)
        await demo.fill(small, tell=lambda _key, _detail="": None)
        async with part(context, "outside"), part(context, "app"), part(context, "worker"):
            await ready(context)
            askers = await _askers(context)
            try:
                taps, sentences = await _ask(askers, QUESTIONS)
            finally:
                for asker in askers:
                    await asker.chat.close()
    waits = taps + sentences
    figures = {
        "answers": float(len(waits)),
        "tap_p50_ms": percentile(taps, 0.5) * 1e3,
        "sentence_p50_ms": percentile(sentences, 0.5) * 1e3,
        "max_ms": max(waits) * 1e3,
    }
    return report("reply", figures, {"p95_ms": percentile(waits, 0.95) * 1e3}, GOALS)


@dataclass(frozen=True, slots=True)
class Asker:
    """A customer on his socket, and what he asks about."""

    chat: Chat
    about: dict[str, Any]


async def _askers(context: Context) -> list[Asker]:
    async with db.reading(context.pool) as tx:
        personas = await people.list_personas(tx)
    query = TransactionQuery(kinds=frozenset({TransactionKind.PAYMENT}), limit=1)
    found: list[Asker] = []
    for customer in personas:
        paid = await context.wallet.transactions(customer.id, query)
        if paid:
            (session,) = await chat_sessions(context, [customer.id])
            about = {"transaction_id": str(paid[0].id)}
            found.append(Asker(await Chat.open(context.settings.base_url, session, context=about), about))
    fit = await asyncio.gather(*(_is_answered(asker.chat) for asker in found))
    askers = [asker for asker, answered in zip(found, fit, strict=True) if answered][:ASKERS]
    for asker in found:
        if asker not in askers:
            await asker.chat.close()
    return askers


async def _is_answered(chat: Chat) -> bool:
    """Say whether the bot answers this customer with a diagnosis; some are asked which payment, some get a person.

    It is the warming up as well: the first answer waits for the model to be loaded.
    """
    try:
        async with asyncio.timeout(TRIAL_SECONDS):
            await chat.card("finding")
            await chat.say(SENTENCES[0])
            await chat.card("finding")
    except TimeoutError:
        return False
    return True


async def _ask(askers: Sequence[Asker], questions: int) -> tuple[list[float], list[float]]:
    """Return how long the answers to a tap and to a sentence took, in seconds; all ask at the same time."""
    taps: list[float] = []
    sentences: list[float] = []

    async def asking(number: int, asker: Asker) -> None:
        for turn in range(questions):
            await _pause()
            # Always a new conversation: whoever asks the same thing again and again is handed to a person.
            taps.append(await _until_card(asker.chat, asker.chat.begin(asker.about)))
            await _pause()
            sentence = SENTENCES[(number + turn) % len(SENTENCES)]
            sentences.append(await _until_card(asker.chat, asker.chat.say(sentence)))

    await asyncio.gather(*(asking(number, asker) for number, asker in enumerate(askers)))
    return taps, sentences


async def _pause() -> None:
    """Let people read, each at his own pace: twenty at once, but not in step."""
    await asyncio.sleep(PAUSE_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - no secret


async def _until_card(chat: Chat, act: Coroutine[Any, Any, None]) -> float:
    started = time.perf_counter()
    await act
    await chat.card("finding")
    return time.perf_counter() - started

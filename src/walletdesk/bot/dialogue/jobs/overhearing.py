"""What is said by those who wait for a person: an emergency among it goes to the head of the queue."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from walletdesk.bot.dialogue import actions, queries
from walletdesk.bot.dialogue.decide import decide
from walletdesk.bot.dialogue.jobs.answering import Understands
from walletdesk.bot.dialogue.jobs.reading import commands_of
from walletdesk.bot.dialogue.model import Decision, Facts, Heard
from walletdesk.bot.dialogue.queries import Todo
from walletdesk.bot.dialogue.remembering import facts_of, remembered
from walletdesk.bot.understanding.model import Understood
from walletdesk.desk.conversations import queries as conversations
from walletdesk.desk.conversations.model import State
from walletdesk.desk.conversations.promise import HandOff
from walletdesk.kit import db
from walletdesk.wallet.gateway.model import CommandName, Wallet

BATCH_MAX: Final = 50
LEASE: Final = timedelta(seconds=15)
_WAITING: Final = frozenset({State.QUEUED, State.OFFERED})


async def overhear(pool: db.Pool, wallet: Wallet, understander: Understands, now: datetime) -> int:
    """Look for emergencies in what was said while waiting for a person; return how much was looked at."""
    async with db.transaction(pool) as tx:
        todos = await queries.claim_todos(tx, ["overhear"], now=now, until=now + LEASE, limit=BATCH_MAX)
        said = {todo.id: await queries.find_said(tx, todo.conversation_id, int(todo.body["seq"])) for todo in todos}
    texts = [row.text if row is not None else "" for row in said.values()]
    if not todos:
        return 0
    found = await asyncio.to_thread(understander.understand, texts)
    grave = any(one.emergency is not None for one in found)
    commands: frozenset[CommandName] = await commands_of(wallet) if grave else frozenset()
    for todo, meaning in zip(todos, found, strict=True):
        await _judge(pool, todo, meaning, commands, now)
    return len(todos)


async def _judge(
    pool: db.Pool, todo: Todo, meaning: Understood, commands: frozenset[CommandName], now: datetime
) -> None:
    async with db.transaction(pool) as tx:
        if not await queries.delete_todo(tx, todo.id) or meaning.emergency is None:
            return
        row = await conversations.lock_conversation(tx, todo.conversation_id)
        if row is None or row.state not in _WAITING:
            return
        state = remembered(await queries.find_state(tx, row.id) or {})
        if state.emergency == meaning.emergency:
            return
        facts: Facts = await facts_of(tx, row, now=now)
        heard = [Heard(row.customer_seq, "text", meaning.text, meaning)]
        decision = decide(state, heard, replace(facts, commands=commands))
        if isinstance(decision, Decision) and isinstance(decision.then, HandOff):
            await actions.post_urgent(tx, row, decision, facts, then=decision.then, now=now)

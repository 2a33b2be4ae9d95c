"""The job that tells what was noted: news of findings and commands, reminders, notes for whoever takes over."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from walletdesk.bot.dialogue import queries
from walletdesk.bot.dialogue.jobs import telling
from walletdesk.bot.dialogue.jobs.telling import AlreadyTold, Task
from walletdesk.kit import db
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.wallet.gateway.model import Wallet

BATCH_MAX: Final = 50
LEASE: Final = timedelta(seconds=30)
TRIES_MAX: Final = 12
"""Then it is given up and logged; the promise on the conversation's row is the guard behind it."""

_log = logging.getLogger(__name__)


_TELLERS: Final[dict[str, Callable[[Task], Awaitable[None]]]] = {
    "finding": telling.finding_changed,
    "command": telling.command_finished,
    "handoff_due": telling.hand_off_due,
    "remind": telling.remind,
    "note": telling.leave_note,
    "tap": telling.tapped_beside,
    "freeze": telling.freeze,
}


async def tell_news(pool: db.Pool, wallet: Wallet, now: datetime) -> int:
    """Tell what is due, in each conversation in its order; return how much was told.

    Each thing is told in the transaction that takes it off the list, so it is told once, and again only after
    a crash that undid both.
    """
    async with db.transaction(pool) as tx:
        todos = await queries.claim_todos(
            tx, sorted(_TELLERS), now=now, until=now + LEASE, limit=BATCH_MAX
        )
    for todo in todos:
        await _tell(Task(pool, wallet, todo, now))
    return len(todos)


async def _tell(task: Task) -> None:
    todo = task.todo
    try:
        await _TELLERS[todo.kind](task)
    except AlreadyTold:
        return
    except Refusal as refusal:
        if refusal.kind is Kind.UNAVAILABLE:
            raise
        _log.warning("news not told", extra={"code": refusal.code, "conversation": todo.conversation_id})
        await _give_up(task)
    except Exception:  # noqa: BLE001 - logged with the id; others are told all the same
        _log.exception("news failed", extra={"conversation": todo.conversation_id})
        await _again(task)


async def _again(task: Task) -> None:
    if task.todo.tries >= TRIES_MAX:
        await _give_up(task)
        return
    async with db.transaction(task.pool) as tx:
        later = task.now + timedelta(seconds=min(300, 2**task.todo.tries))
        await queries.postpone_todo(tx, task.todo.id, later)


async def _give_up(task: Task) -> None:
    async with db.transaction(task.pool) as tx:
        await queries.delete_todo(tx, task.todo.id)

"""The bot's pass: claim what waits, understand it as one batch, read, decide, post.

Each conversation is a turn of its own, so that a wallet that is slow for one customer keeps nobody else waiting:
the pass goes on without turns that take long, and their claim keeps other passes from them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from walletdesk.bot.dialogue import actions, queries
from walletdesk.bot.dialogue.hearing import segment
from walletdesk.bot.dialogue.jobs.reading import decided
from walletdesk.bot.dialogue.model import Dialogue, Heard
from walletdesk.bot.dialogue.remembering import facts_from, heard_of, remembered
from walletdesk.bot.understanding.model import Understood
from walletdesk.desk.conversations import queries as conversations
from walletdesk.desk.conversations.model import Conversation, ConversationMissing, MovedOn
from walletdesk.kit import db, tasks
from walletdesk.kit.refusal import Refusal
from walletdesk.wallet.gateway.model import Wallet

BATCH_MAX: Final = 50
LOOKED_AT_MAX: Final = 500
CLAIM: Final = timedelta(seconds=12)
"""Longer than a turn may take, shorter than the bound of the bot: who died is replaced in time."""
TURN_SECONDS_MAX: Final = 8.0
RETRY: Final = timedelta(seconds=2)
"""A turn that failed is tried again after this; the second failure calls a person."""
PATIENCE_SECONDS: Final = 0.25
"""How long a pass waits for its turns before it looks for others."""

_log = logging.getLogger(__name__)


class Elapsing:
    """The time of a pass, carried on while the pass lasts."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._started = time.monotonic()

    def __call__(self) -> datetime:
        """Return the present moment."""
        return self._now + timedelta(seconds=time.monotonic() - self._started)


class Understands(Protocol):
    """Whoever understands texts."""

    def understand(self, texts: Sequence[str]) -> list[Understood]:
        """Understand several texts at once."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation that waits on the bot: its row, what is remembered, what was heard, and where he lives."""

    row: Conversation
    state: Dialogue
    heard: tuple[Heard, ...]
    zone: str | None

    @property
    def answers_seq(self) -> int:
        """Up to where this turn answers."""
        return self.heard[-1].seq if self.heard else self.row.customer_seq


async def answer(
    pool: db.Pool,
    wallet: Wallet,
    understander: Understands,
    now: datetime,
    *,
    patience_seconds: float | None = PATIENCE_SECONDS,
) -> int:
    """Answer whatever waits on the bot; return how many conversations were answered.

    Any number of workers may run this at once: nothing is answered twice. With `patience_seconds` None every
    turn is waited for.
    """
    clock = Elapsing(now)
    waiting = await _claim(pool, now)
    if not waiting:
        return 0
    waiting, joined = await _understood(waiting, understander)
    turns = [
        tasks.spawn(_turn(pool, wallet, one, meaning, clock), name="bot turn")
        for one, meaning in zip(waiting, joined, strict=True)
    ]
    done, _ = await asyncio.wait(turns, timeout=patience_seconds)
    return sum(turn.result() for turn in done)


# --- claiming -------------------------------------------------------------------------------------------


async def _claim(pool: db.Pool, now: datetime) -> list[Waiting]:
    async with db.reading(pool) as tx:
        rows = await conversations.list_for_bot(tx, LOOKED_AT_MAX)
    if not rows:
        return []
    async with db.transaction(pool) as tx:
        claimed = await queries.claim(
            tx, [row.id for row in rows], now=now, until=now + CLAIM, limit=BATCH_MAX
        )
        mine = [row for row in rows if row.id in claimed]
        if not mine:
            return []
        heard = await queries.list_heard(
            tx, [row.id for row in mine], after=[row.answered_seq for row in mine]
        )
        meant = await heard_of(tx, heard)
        customers = [row.customer_id for row in mine if row.customer_id is not None]
        zones: Mapping[UUID, str] = await queries.list_zones(tx, customers) if customers else {}
    said: dict[UUID, list[Heard]] = {row.id: [] for row in mine}
    for one, what in zip(heard, meant, strict=True):
        said[one.conversation_id].append(what)
    return [
        Waiting(
            row,
            remembered(claimed[row.id]),
            tuple(said[row.id]),
            zones.get(row.customer_id) if row.customer_id else None,
        )
        for row in mine
    ]


# --- understanding ---------------------------------------------------------------------------------------


async def _understood(
    waiting: Sequence[Waiting], understander: Understands
) -> tuple[list[Waiting], list[Understood | None]]:
    """Understand every text of every conversation, and what several in a row mean together, in one call."""
    texts: list[str] = []
    places: dict[str, int] = {}

    def place_of(text: str) -> int:
        if text not in places:
            places[text] = len(texts)
            texts.append(text)
        return places[text]

    singles = [[place_of(one.text) if _has_words(one) else -1 for one in w.heard] for w in waiting]
    joined = [place_of(text) if (text := _joined(w)) is not None else -1 for w in waiting]
    found = await asyncio.to_thread(understander.understand, texts) if texts else []
    meant = [
        _with_meanings(w, [found[p] if p >= 0 else None for p in ps])
        for w, ps in zip(waiting, singles, strict=True)
    ]
    return meant, [found[p] if p >= 0 else None for p in joined]


def _with_meanings(waiting: Waiting, meanings: Sequence[Understood | None]) -> Waiting:
    """Put what was understood beside what was heard, and cut off what is answered later."""
    heard = [
        replace(one, understood=meaning) for one, meaning in zip(waiting.heard, meanings, strict=True)
    ]
    return replace(waiting, heard=segment(heard))


def _has_words(one: Heard) -> bool:
    return one.tap is None and bool(one.text.strip())


def _joined(waiting: Waiting) -> str | None:
    words: list[str] = []
    for one in waiting.heard:
        if one.tap is not None:
            break
        if _has_words(one):
            words.append(one.text)
    return " ".join(words) if len(words) > 1 else None


# --- one turn -----------------------------------------------------------------------------------------------


async def _turn(
    pool: db.Pool, wallet: Wallet, waiting: Waiting, joined: Understood | None, clock: Elapsing
) -> int:
    """Answer one conversation; return 1 if it was answered.

    A turn that raises is counted on the conversation's row, so that after two of them a person takes over. A
    database that is away is no failure of the turn: the claim runs out and the turn is tried again.
    """
    try:
        async with asyncio.timeout(TURN_SECONDS_MAX):
            known = replace(facts_from(waiting.row, waiting.zone, now=clock()), joined=joined)
            decision, facts = await decided(
                pool, wallet, waiting.row.customer_id, waiting.state, waiting.heard, known
            )
            async with db.transaction(pool) as tx:
                await actions.post_answer(
                    tx, waiting.row, decision, facts, answers_seq=waiting.answers_seq, now=clock()
                )
    except (MovedOn, ConversationMissing):
        await _give_back(pool, waiting.row.id, None)
        return 0
    except (db.DatabaseDown, db.DatabaseFull) as refusal:
        _log.warning("bot turn refused", extra={"code": refusal.code, "conversation": waiting.row.id})
        return 0
    except Exception:  # noqa: BLE001 - logged once with the id; the row remembers it and a person takes over
        _log.exception("bot turn failed", extra={"conversation": waiting.row.id})
        return await _failed(pool, waiting.row.id, clock)
    return 1


async def _failed(pool: db.Pool, conversation_id: UUID, clock: Elapsing) -> int:
    try:
        async with db.transaction(pool) as tx:
            await actions.fail(tx, conversation_id, retry_at=clock() + RETRY, now=clock())
    except Refusal as refusal:
        _log.warning("failure not noted", extra={"code": refusal.code, "conversation": conversation_id})
        return 0
    return 1


async def _give_back(pool: db.Pool, conversation_id: UUID, until: datetime | None) -> None:
    try:
        async with db.transaction(pool) as tx:
            await queries.save_claim(tx, conversation_id, until)
    except Refusal as refusal:
        _log.warning("claim not given back", extra={"code": refusal.code, "conversation": conversation_id})

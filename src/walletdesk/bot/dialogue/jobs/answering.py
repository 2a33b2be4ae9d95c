"""The bot's pass: claim what waits, understand it as one batch, read, decide, post.

Each conversation is a turn of its own, so that a wallet that is slow for one customer keeps nobody else waiting:
the pass does not wait for its turns, and their claim keeps other passes from them.
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
from walletdesk.desk.conversations import actions as conversation_actions
from walletdesk.desk.conversations import queries as conversations
from walletdesk.desk.conversations.model import Conversation, ConversationMissing, MovedOn
from walletdesk.guard.links import NOTHING_SET, Policy
from walletdesk.kit import db, tasks
from walletdesk.kit.refusal import Refusal
from walletdesk.wallet.gateway.model import Wallet

TURNS_MAX: Final = 50
"""How many turns one process has under way; who comes after them waits in the database."""
LOOKED_AT_MAX: Final = 500
CLAIM: Final = timedelta(seconds=12)
"""Longer than a turn may take, shorter than the bound of the bot: who died is replaced in time."""
TURN_SECONDS_MAX: Final = 8.0
RETRY: Final = timedelta(seconds=2)
"""A turn that failed is tried again after this; the second failure calls a person."""
FULL_SECONDS: Final = 0.25
TYPING_SECONDS: Final = 0.6
"""After this the customer sees that his question is being looked into."""

_log = logging.getLogger(__name__)
_turns: set[asyncio.Task[int]] = set()
"""The turns that this process has under way."""


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
    joined: Understood | None = None
    """What several messages in a row mean together."""
    understood: bool = False

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
    policy: Policy = NOTHING_SET,
    wait: bool = False,
) -> int:
    """Take up whatever waits on the bot; return how many turns were begun.

    Any number of workers may run this at once: nothing is answered twice. The turns go on by themselves, so that
    who comes next need not wait for them; with `wait` they are waited for, and the answered ones are counted.
    """
    clock = Elapsing(now)
    if not (room := TURNS_MAX - len(_turns)):
        await asyncio.wait(_turns, timeout=FULL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        return 1
    waiting = await _claim(pool, now, room)
    if not waiting:
        return 0
    desk = Desk(pool, wallet, understander, clock, policy)
    begun = [_begin(desk, one) for one in await _understood(waiting, understander)]
    if not wait:
        return len(begun)
    return sum(await asyncio.gather(*begun))


def _begin(desk: Desk, waiting: Waiting) -> asyncio.Task[int]:
    turn = tasks.spawn(_turn(desk, waiting), name="bot turn")
    _turns.add(turn)
    turn.add_done_callback(_turns.discard)
    return turn


# --- claiming -------------------------------------------------------------------------------------------


async def _claim(pool: db.Pool, now: datetime, room: int) -> list[Waiting]:
    async with db.reading(pool) as tx:
        rows = await conversations.list_for_bot(tx, LOOKED_AT_MAX)
    if not rows:
        return []
    async with db.transaction(pool) as tx:
        claimed = await queries.claim(
            tx, [row.id for row in rows], now=now, until=now + CLAIM, limit=room
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


async def _understood(waiting: Sequence[Waiting], understander: Understands) -> list[Waiting]:
    """Understand everybody's words in one call; where that fails, each turn tries its own."""
    try:
        return await understood(waiting, understander)
    except Exception:  # noqa: BLE001 - logged; one text that cannot be read must not keep the others waiting
        _log.exception("understanding failed, going on one by one", extra={"count": len(waiting)})
        return list(waiting)


async def understood(waiting: Sequence[Waiting], understander: Understands) -> list[Waiting]:
    """Understand every text of every conversation, and what several in a row mean together, in one call."""
    places: dict[str, int] = {}

    def place_of(text: str | None) -> int:
        return places.setdefault(text, len(places)) if text else -1

    singles = [[place_of(one.text.strip()) if one.tap is None else -1 for one in w.heard] for w in waiting]
    joined = [place_of(_joined(w)) for w in waiting]
    found: list[Understood | None] = []
    if places:
        found += await asyncio.to_thread(understander.understand, list(places))
    found.append(None)  # what -1 finds: nothing was said in words
    return [
        _with_meanings(w, [found[place] for place in own], found[together])
        for w, own, together in zip(waiting, singles, joined, strict=True)
    ]


def _with_meanings(
    waiting: Waiting, meanings: Sequence[Understood | None], joined: Understood | None
) -> Waiting:
    """Put what was understood beside what was heard, and cut off what is answered later."""
    heard = [
        replace(one, understood=meaning) for one, meaning in zip(waiting.heard, meanings, strict=True)
    ]
    return replace(waiting, heard=segment(heard), joined=joined, understood=True)


def _joined(waiting: Waiting) -> str | None:
    words: list[str] = []
    for one in waiting.heard:
        if one.tap is not None:
            break
        if one.text.strip():
            words.append(one.text.strip())
    return " ".join(words) if len(words) > 1 else None


# --- one turn -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Desk:
    """What a turn works with."""

    pool: db.Pool
    wallet: Wallet
    understander: Understands
    clock: Elapsing
    policy: Policy
    """What the operator says of links."""


async def _turn(desk: Desk, waiting: Waiting) -> int:
    """Answer one conversation, and show that it is being looked into where that takes a moment."""
    work = tasks.spawn(_guarded(desk, waiting), name="bot answer")
    done, _ = await asyncio.wait({work}, timeout=TYPING_SECONDS)
    if not done:
        try:
            async with db.transaction(desk.pool) as tx:
                await conversation_actions.show_typing(tx, waiting.row.id, "bot", on=True)
        except Refusal as refusal:
            _log.warning("typing not shown", extra={"code": refusal.code, "conversation": waiting.row.id})
    return await work


async def _guarded(desk: Desk, waiting: Waiting) -> int:
    """Answer one conversation; return 1 if its row has moved.

    A turn that raises is counted on the conversation's row, so that after two of them a person takes over. A
    database that is away is no failure of the turn: the claim runs out and the turn is tried again.
    """
    try:
        async with asyncio.timeout(TURN_SECONDS_MAX):
            await _answer(desk, waiting)
    except (MovedOn, ConversationMissing):
        await _give_back(desk.pool, waiting.row.id)
        return 0
    except (db.DatabaseDown, db.DatabaseFull) as refusal:
        _log.warning("bot turn refused", extra={"code": refusal.code, "conversation": waiting.row.id})
        return 0
    except Exception:  # noqa: BLE001 - logged once with the id; the row remembers it and a person takes over
        _log.exception("bot turn failed", extra={"conversation": waiting.row.id})
        return await _failed(desk, waiting.row.id)
    return 1


async def _answer(desk: Desk, waiting: Waiting) -> None:
    if not waiting.understood:
        [waiting] = await understood([waiting], desk.understander)
    row, clock = waiting.row, desk.clock
    known = replace(facts_from(row, waiting.zone, now=clock()), joined=waiting.joined, policy=desk.policy)
    decision, facts = await decided(
        desk.pool, desk.wallet, row.customer_id, waiting.state, waiting.heard, known
    )
    async with db.transaction(desk.pool) as tx:
        await actions.post_answer(tx, row, decision, facts, answers_seq=waiting.answers_seq, now=clock())


async def _failed(desk: Desk, conversation_id: UUID) -> int:
    now = desk.clock()
    try:
        async with db.transaction(desk.pool) as tx:
            await actions.fail(tx, conversation_id, retry_at=now + RETRY, now=now)
    except Refusal as refusal:
        _log.warning("failure not noted", extra={"code": refusal.code, "conversation": conversation_id})
        return 0
    return 1


async def _give_back(pool: db.Pool, conversation_id: UUID) -> None:
    try:
        async with db.transaction(pool) as tx:
            await queries.save_claim(tx, conversation_id, None)
    except Refusal as refusal:
        _log.warning("claim not given back", extra={"code": refusal.code, "conversation": conversation_id})

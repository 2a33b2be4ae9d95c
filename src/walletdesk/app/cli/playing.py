"""Plays a customer's turns through the real path: the writer, the bot's pass, commands, news.

Where an installation is running, its worker answers; else the same passes run here, with the demo's banks and
shops in this process.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final
from uuid import UUID

from msgspec.structs import replace

from walletdesk.app.context import Context
from walletdesk.bot.dialogue import jobs as dialogue
from walletdesk.bot.understanding.model import Understander, Understood
from walletdesk.desk.conversations import actions, queries
from walletdesk.desk.conversations.model import (
    Author,
    Conversation,
    Item,
    ItemKind,
    NewItem,
    NewMessage,
    Person,
    State,
)
from walletdesk.desk.conversations.promise import Accepted, AgentAnswered, Resolve, WaitCustomer
from walletdesk.desk.conversations.writer import Writer
from walletdesk.diagnosis import jobs as diagnosis
from walletdesk.diagnosis import queries as findings
from walletdesk.diagnosis.model import StoredFinding
from walletdesk.guard.links import Policy
from walletdesk.kit import clock, db, events, tasks
from walletdesk.kit.i18n import lang_of, text
from walletdesk.kit.ids import AgentId, new_id
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.people import queries as people
from walletdesk.people.model import Customer, PersonaUnknown
from walletdesk.wallet.gateway.embedded import EmbeddedWallet
from walletdesk.wallet.gateway.model import Wallet
from walletdesk.wallet.reference.rails.client import Outside
from walletdesk.world.outside.serve import client_in_process, make_outside

WORKER_SECONDS: Final = 3.0
"""How long the worker of a running installation has before this process answers in its place."""
ANSWER_SECONDS_MAX: Final = 30.0
OUTCOME_SECONDS_MAX: Final = 12.0
"""How long the outcome of a command is waited for; later it is told in the conversation all the same."""
LOOK_SECONDS: Final = 0.05
TERMINAL: Final = AgentId(UUID("00000000-0000-7000-8000-00000000a5c0"))
"""Who closes what a terminal has opened, so that nobody of the desk is called to somebody who has left."""
_SETTLED: Final = frozenset({"offered", "done", "refused", "unknown"})


class NoAnswer(Refusal):
    """The bot did not answer in time; the conversation is kept and a person is called when its time is up."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "bot.no_answer"


@dataclass(frozen=True, slots=True)
class Tappable:
    """Something that a following turn may choose."""

    card_id: UUID
    option: str
    label: str

    @property
    def names(self) -> frozenset[str]:
        """How it may be called: its label, its id, and its id without what sort of option it is."""
        return frozenset(n.casefold() for n in (self.label, self.option, self.option.rpartition(":")[2]))


@dataclass(slots=True)
class Played:
    """One turn as it went."""

    said: str
    understood: Understood | None
    items: list[Item]
    state: str
    later: list[Item] = field(default_factory=list[Item])
    """What was told of itself afterwards: how what the ledger had proved was carried out."""
    finding: StoredFinding | None = None
    tappable: list[Tappable] = field(default_factory=list[Tappable])

    @property
    def said_by_bot(self) -> list[Item]:
        """What the customer is told, cards in their last form; lines about the conversation itself left out."""
        return [one for one in self.items if one.author.kind == Author.BOT]


async def play(context: Context, persona: str, turns: Sequence[str], *, alone: bool) -> list[Played]:
    """Play the turns of a persona in a conversation of its own.

    Raises:
        PersonaUnknown: There is no such customer.
        NoAnswer: The bot did not answer.
    """
    async with db.reading(context.pool) as tx:
        customer = await people.find_persona(tx, persona)
    if customer is None:
        raise PersonaUnknown(field="persona", name=persona)
    understander = await asyncio.to_thread(Understander.load, context.settings.home)
    async with _wallet(context, alone=alone) as wallet:
        stage = Stage(context.pool, wallet, understander, policy=context.settings.links, alone=alone)
        return await stage.play(customer, turns)


@asynccontextmanager
async def _wallet(context: Context, *, alone: bool) -> AsyncGenerator[Wallet]:
    """Lend the wallet; alone, the demo's banks and shops run in this process, because no other runs them."""
    if not alone or context.settings.rails_url:
        yield context.wallet
        return
    async with client_in_process(make_outside(context.pool)) as client:
        yield EmbeddedWallet(context.pool, Outside(client))


class Stage:
    """A conversation that is played in a terminal."""

    def __init__(
        self, pool: db.Pool, wallet: Wallet, understander: Understander, *, policy: Policy, alone: bool
    ) -> None:
        self._pool = pool
        self._wallet = wallet
        self._understander = understander
        self._policy = policy
        self._alone = alone
        self.conversation = new_id()
        self._seen = 0
        self._tappable: list[Tappable] = []

    async def play(self, customer: Customer, turns: Sequence[str]) -> list[Played]:
        """Open a conversation, say one turn after the other, and leave nothing owed behind."""
        writer = Writer(self._pool)
        running = tasks.spawn(writer.run(), name="writer")
        try:
            async with db.transaction(self._pool) as tx:
                await actions.open_conversation(
                    tx,
                    self.conversation,
                    person=Person("customer", customer.id, customer.name),
                    locale=lang_of(customer.locale),
                    large_type=customer.large_type,
                    channel="terminal",
                    context=None,
                    now=clock.now(),
                )
            try:
                played = [await self._turn(writer, customer, turn) for turn in turns]
                played[-1].later = await self._afterwards(played[-1].items)
                return played
            finally:
                with suppress(Refusal):
                    await self._leave()
        finally:
            await writer.close()
            await tasks.cancel(running)

    async def _turn(self, writer: Writer, customer: Customer, said: str) -> Played:
        message, understood = await self._message(customer, said)
        posted = await writer.post(message)
        await self._answered(posted.seq)
        items = await self._new_items()
        if understood is None:
            items = await self._outcomes(items)
        played = Played(said, understood, items, (await self._row()).state.value)
        played.finding = await self._finding(items)
        played.tappable = self._tappable = tappable_of(items) or self._tappable
        return played

    async def _message(self, customer: Customer, said: str) -> tuple[NewMessage, Understood | None]:
        tap = chosen(said, self._tappable)
        message = NewMessage(new_id(), self.conversation, Author.CUSTOMER, customer.id, said)
        if tap is not None:
            body = {"card_id": str(tap.card_id), "option": tap.option}
            return replace(message, text=tap.label, kind=ItemKind.CHOICE, body=body), None
        understood = await asyncio.to_thread(self._understander.understand, [said])
        return message, understood[0]

    # ------------------------------------------------------------------------------ waiting for answers

    async def _answered(self, seq: int) -> None:
        """Wait until what was said is answered or in the hands of people."""
        started = time.monotonic()
        while True:
            row = await self._row()
            if row.state is not State.BOT or row.answered_seq >= seq:
                return
            waited = time.monotonic() - started
            if waited > ANSWER_SECONDS_MAX:
                raise NoAnswer(seconds=int(ANSWER_SECONDS_MAX))
            if self._alone or waited > WORKER_SECONDS:
                await dialogue.answer(
                    self._pool, self._wallet, self._understander, clock.now(), policy=self._policy, wait=True
                )
            await asyncio.sleep(LOOK_SECONDS)

    async def _outcomes(self, items: list[Item]) -> list[Item]:
        """Wait for the outcome of the commands that the last answer has asked for."""
        started = time.monotonic()
        while True:
            if self._alone:
                await self._work()
            items = renewed(items, await self._new_items())
            if not _running(items) or time.monotonic() - started > OUTCOME_SECONDS_MAX:
                return items
            await asyncio.sleep(LOOK_SECONDS)

    async def _afterwards(self, items: list[Item]) -> list[Item]:
        """Wait for what is carried out by itself; return what the customer is told of it."""
        if not _running(items):
            return []
        known = {item.id for item in items}
        return [item for item in await self._outcomes(items) if item.id not in known and not item.body]

    async def _work(self) -> None:
        """Do what a worker would do for this conversation."""
        now = clock.now()
        await diagnosis.run_commands(self._pool, self._wallet, now)
        while await events.follow_once(self._pool, dialogue.follower, now) >= events.BATCH_MAX:
            pass
        await dialogue.tell_news(self._pool, self._wallet, clock.now())

    # ------------------------------------------------------------------------------ reading, leaving

    async def _row(self) -> Conversation:
        async with db.reading(self._pool) as tx:
            row = await queries.find_conversation(tx, self.conversation)
        if row is None:
            raise LookupError("the conversation that was just opened is gone")
        return row

    async def _new_items(self) -> list[Item]:
        async with db.reading(self._pool) as tx:
            items = await queries.list_items(
                tx, self.conversation, since=self._seen, limit=200, staff=False
            )
        self._seen = max([self._seen, *(item.seq for item in items)])
        return renewed([], [item for item in items if item.author.kind != Author.CUSTOMER])

    async def _finding(self, items: Sequence[Item]) -> StoredFinding | None:
        ids = [
            UUID(str(item.body["finding_id"]))
            for item in items
            if item.body is not None and item.body.get("card") == "finding"
        ]
        if not ids:
            return None
        async with db.reading(self._pool) as tx:
            return await findings.find_finding(tx, ids[-1])

    async def _leave(self) -> None:
        """Close the conversation: whoever played it has left, and no colleague should be called for him.

        Where a colleague has it already, it is his.

        Raises:
            NotHeld: A colleague has taken it at this moment.
        """
        row = await self._row()
        if row.state in (State.RESOLVED, State.OFFERED, State.AGENT):
            return
        now = clock.now()
        said = text(lang_of(row.locale), "bot.ask.closed")
        name = text(lang_of(row.locale), "bot.ask.terminal")
        async with db.transaction(self._pool) as tx:
            await actions.save_seat(tx, TERMINAL, name=name, capacity=10, present=False, now=now)
            await actions.apply(tx, row.id, Accepted(TERMINAL), author_name=name, now=now)
            await actions.apply(
                tx,
                row.id,
                AgentAnswered(TERMINAL, WaitCustomer(settles_debt=True)),
                items=[NewItem(ItemKind.STATUS, said, id=new_id())],
                now=now,
            )
            await actions.apply(tx, row.id, Resolve(), now=now)


# --- cards ---------------------------------------------------------------------------------------------


def renewed(items: Sequence[Item], news: Sequence[Item]) -> list[Item]:
    """Put items that renew a card in its place, as every screen does."""
    found = list(items)
    for item in news:
        index = next((i for i, old in enumerate(found) if item.replaces in (old.id, old.replaces or old.id)), None)
        if item.replaces is None or index is None:
            found.append(item)
        else:
            found[index] = item
    return found


def _running(items: Sequence[Item]) -> bool:
    return any(action["state"] not in _SETTLED for item in items for action in (item.body or {}).get("actions", ()))


def tappable_of(items: Sequence[Item]) -> list[Tappable]:
    """Return what can be chosen on the cards of an answer, in the order in which they are read."""
    return [
        Tappable(item.replaces or item.id, option, label)
        for item in items
        for option, label in _options(item.body or {})
    ]


def _options(card: dict[str, Any]) -> list[tuple[str, str]]:
    if card.get("card") == "picker":
        shown = [(one["id"], one["name"]) for one in card["options"]]
        return [*shown, (card["none"]["id"], card["none"]["label"])]
    if card.get("card") == "choices":
        return [(one["id"], one["label"]) for one in card["options"]]
    return [(one["id"], one["label"]) for one in card.get("actions", ()) if one["state"] == "offered"]


def chosen(said: str, tappable: Sequence[Tappable]) -> Tappable | None:
    """Return what a turn chooses: by its number, its label or its id; None when it is something said."""
    plain = said.strip()
    if plain.isdigit() and 1 <= int(plain) <= len(tappable):
        return tappable[int(plain) - 1]
    named = [one for one in tappable if plain.casefold() in one.names]
    return named[0] if len(named) == 1 else None

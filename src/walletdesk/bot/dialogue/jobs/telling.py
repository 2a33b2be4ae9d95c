"""How each kind of news is told; wallet first, then one transaction in which it is also taken off the list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from walletdesk.bot.dialogue import actions, queries
from walletdesk.bot.dialogue.decide.turn import HUMAN_OPTION
from walletdesk.bot.dialogue.jobs.reading import decided
from walletdesk.bot.dialogue.model import (
    Chips,
    Decision,
    Dialogue,
    Renew,
    Safety,
    Say,
    Show,
    Speech,
)
from walletdesk.bot.dialogue.notes import note_of
from walletdesk.bot.dialogue.queries import Todo
from walletdesk.bot.dialogue.remembering import facts_of, heard_of, remembered
from walletdesk.bot.dialogue.speaking import Voice
from walletdesk.bot.dialogue.vocabulary import EMERGENCIES, SKILL_OF
from walletdesk.desk.conversations import actions as conversations
from walletdesk.desk.conversations import queries as conversation_rows
from walletdesk.desk.conversations.model import (
    Audience,
    Author,
    Conversation,
    ConversationMissing,
    ItemKind,
    NewItem,
    State,
)
from walletdesk.desk.conversations.promise import (
    Aside,
    BotAnswered,
    HandOff,
    Happening,
    NewsCame,
    Then,
    WaitCustomer,
    WaitThird,
)
from walletdesk.diagnosis import queries as findings
from walletdesk.diagnosis.model import Finding, Reference, StoredFinding
from walletdesk.diagnosis.rendering import sentence
from walletdesk.kit import db
from walletdesk.kit.ids import CustomerId, new_id
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.people import audit
from walletdesk.people.model import Deed
from walletdesk.wallet.gateway.model import Command, CommandName, OutcomeState, Wallet

ACT_SECONDS_MAX: Final = 10.0
FREEZE_AGAIN: Final = timedelta(seconds=5)
FREEZE_TIMES_MAX: Final = 40
_WITH_BOT: Final = frozenset({State.BOT, State.WAIT_CUST, State.WAIT_THIRD})


class AlreadyTold(Exception):  # noqa: N818 - an outcome, not an error
    """Another worker has told it."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to be told, and what is needed for it."""

    pool: db.Pool
    wallet: Wallet
    todo: Todo
    now: datetime

    @property
    def conversation_id(self) -> UUID:
        """The conversation in which it is told."""
        return self.todo.conversation_id

    def id_of(self, name: str) -> UUID | None:
        """Return an id of the event that led to this."""
        value = self.todo.body.get(name)
        return UUID(str(value)) if value else None


@dataclass(frozen=True, slots=True)
class Scene:
    """A conversation under its lock, with what is remembered and in whose words to speak."""

    tx: db.Tx
    row: Conversation
    state: Dialogue
    voice: Voice


@asynccontextmanager
async def _scene(task: Task) -> AsyncGenerator[Scene]:
    """Take the thing off the list and lock its conversation, in the transaction in which it is told.

    Raises:
        AlreadyTold: It is not on the list any more.
        ConversationMissing: There is no such conversation.
    """
    async with db.transaction(task.pool) as tx:
        if not await queries.delete_todo(tx, task.todo.id):
            raise AlreadyTold
        row = await conversation_rows.lock_conversation(tx, task.conversation_id)
        if row is None:
            raise ConversationMissing
        state = remembered(await queries.find_state(tx, row.id) or {})
        facts = await facts_of(tx, row, now=task.now)
        yield Scene(tx, row, state, Voice(state.lang or facts.lang, facts.zone, task.now))


def _bots(row: Conversation) -> bool:
    """Say whether the bot may speak for the desk: nobody of the staff has the conversation."""
    return row.state in _WITH_BOT and row.owner_id is None


async def _say(scene: Scene, items: Sequence[Speech], then: Then, *, news: bool = False) -> None:
    """Say something that nobody has asked for at this moment.

    Where people have the conversation, it is said all the same but moves nothing; that `news` have come is
    noted on the row. What the customer has said meanwhile stays owed.
    """
    row, now = scene.row, scene.voice.now
    decision = Decision(tuple(items), scene.state, then)
    told = await actions.prepare(scene.tx, row, decision, scene.voice, now=now)
    happening: Happening = BotAnswered(then)
    if not _bots(row):
        happening = NewsCame() if news else BotAnswered(Aside())
    moves = isinstance(happening, BotAnswered) and not isinstance(then, Aside)
    await conversations.apply(
        scene.tx, row.id, happening, items=[one.item for one in told.spoken], author=Author.BOT,
        answers_seq=row.answered_seq if moves and _bots(row) else None, now=now,
    )  # fmt: skip
    await actions.remember(scene.tx, row, scene.state, told, release=False, now=now)


def _after(finding: Finding, now: datetime) -> Then:
    """Return on whom the conversation waits after news: what was promised is settled, or promised anew."""
    if finding.hands_off is not None:
        return HandOff(SKILL_OF[finding.symptom], 2, f"finding:{finding.verdict}")
    if finding.next_at is not None:
        return WaitThird(until=finding.next_at if finding.next_at > now else None, why=finding.verdict)
    return WaitCustomer(settles_debt=True)


# --- news of a finding, of a command ------------------------------------------------------------------------


async def finding_changed(task: Task) -> None:
    """Put the new finding in the place of the old one, and say what has changed."""
    async with _scene(task) as scene:
        new = await _finding(scene, task.id_of("new_finding_id"))
        if new is None or await queries.find_place(scene.tx, new.id) is not None:
            return
        card = await _renewed(scene, task.id_of("finding_id"), new)
        headline = sentence(new, scene.voice.lang, scene.voice.zone, "headline")
        said = Say("bot.news.changed", {"headline": Reference(headline, f"finding/{new.id}")})
        await _say(scene, [card, said], _after(new.finding, task.now), news=True)


async def command_finished(task: Task) -> None:
    """Renew the card by what the command has led to, and say how it ended."""
    command, outcome = str(task.todo.body["command"]), str(task.todo.body["state"])
    said = Say(f"bot.command.{command}.{outcome}")
    async with _scene(task) as scene:
        new = await _finding(scene, task.id_of("new_finding_id"))
        if new is not None and await queries.find_place(scene.tx, new.id) is None:
            card = await _renewed(scene, task.id_of("finding_id"), new)
            await _say(scene, [card, said], _after(new.finding, task.now), news=True)
            return
        old = await _finding(scene, task.id_of("finding_id"))
        place = await queries.find_place(scene.tx, old.id) if old is not None else None
        items: list[Speech] = [said] if old is None or place is None else [Renew(old, place), said]
        settled = outcome in (OutcomeState.DONE, OutcomeState.REFUSED)
        await _say(scene, items, WaitCustomer(settles_debt=True) if settled else Aside(), news=settled)


async def _finding(scene: Scene, finding_id: UUID | None) -> StoredFinding | None:
    return await findings.find_finding(scene.tx, finding_id) if finding_id is not None else None


async def _renewed(scene: Scene, old_id: UUID | None, new: StoredFinding) -> Show:
    """Return the new finding as a card in the place of the old one; where there was none, as a card of its own."""
    place = await queries.find_place(scene.tx, old_id) if old_id is not None else None
    return Show(new.finding, replaces=place, stored=new)


async def hand_off_due(task: Task) -> None:
    """Call a person because what was promised by itself has not come."""
    async with _scene(task) as scene:
        if not _bots(scene.row):
            return
        old = await _finding(scene, task.id_of("finding_id"))
        skill = SKILL_OF[old.finding.symptom] if old is not None else None
        reason = f"promise:{task.todo.body.get('reason', '')}"
        await _say(scene, [Say("bot.news.handoff")], HandOff(skill, 1, reason))


# --- the silent customer, the colleague ---------------------------------------------------------------------


async def remind(task: Task) -> None:
    """Ask a customer who has been silent whether it is solved; it promises nothing and moves nothing."""
    async with _scene(task) as scene:
        if scene.row.state is State.WAIT_CUST:
            await _say(scene, [Chips("bot.remind", (HUMAN_OPTION,))], Aside())


async def leave_note(task: Task) -> None:
    """Tell whoever takes over why, what was found, and what the customer was asked already."""
    async with _scene(task) as scene:
        stored = await _finding(scene, scene.state.finding_id)
        text = note_of(str(task.todo.body.get("reason", "")), scene.state, stored, scene.voice)
        item = NewItem(ItemKind.NOTE, text, id=new_id(), audience=Audience.STAFF)
        await conversations.apply(
            scene.tx, scene.row.id, BotAnswered(Aside()), items=[item], author=Author.BOT, now=task.now
        )


# --- taps while people have the word ---------------------------------------------------------------------------


async def tapped_beside(task: Task) -> None:
    """Carry out a command that was tapped while the conversation waits on people; other taps are for them."""
    async with db.reading(task.pool) as tx:
        said = await queries.find_said(tx, task.conversation_id, int(task.todo.body["seq"]))
        row = await conversation_rows.find_conversation(tx, task.conversation_id)
        state = remembered(await queries.find_state(tx, task.conversation_id) or {})
        heard = await heard_of(tx, [said] if said is not None else [])
        facts = await facts_of(tx, row, now=task.now) if row is not None else None
    decision = None
    if row is not None and facts is not None and heard and _commands(heard[0].tap):
        decision, facts = await decided(task.pool, task.wallet, row.customer_id, state, heard, facts)
    async with _scene(task) as scene:
        if decision is None or facts is None or not decision.effects:
            return
        await actions.post_beside(scene.tx, scene.row, decision, facts, now=task.now)


def _commands(tap: object) -> bool:
    option = getattr(tap, "option", "")
    return isinstance(option, str) and option.startswith("command:")


# --- freezing --------------------------------------------------------------------------------------------------


async def freeze(task: Task) -> None:
    """Freeze the customer's wallet and renew the safety card; asked again with the same key while it is unknown."""
    place = task.id_of("place")
    async with db.reading(task.pool) as tx:
        row = await conversation_rows.find_conversation(tx, task.conversation_id)
    if row is None or row.customer_id is None or place is None:
        raise ConversationMissing
    outcome = await _act(task.wallet, CustomerId(row.customer_id), f"{place}:freeze")
    async with _scene(task) as scene:
        deed = Deed(
            "customer", row.customer_id, "wallet.freeze", f"conversation/{row.id}", {"outcome": outcome.value}
        )
        await audit.record(scene.tx, [deed], now=task.now)
        if outcome in (OutcomeState.DONE, OutcomeState.REFUSED):
            await _frozen(scene, place, outcome.value)
        else:
            await _ask_again(scene, task, place)


async def _frozen(scene: Scene, place: UUID, state: str) -> None:
    card = Safety(f"bot.freeze.{state}", freeze=state, replaces=place)
    then: Then = WaitCustomer(settles_debt=True)
    if state != OutcomeState.DONE:
        urgency = EMERGENCIES["money_leaving"]
        then = HandOff(urgency.skill, urgency.priority_class, "emergency:freeze")
    await _say(scene, [card, Say(f"bot.command.freeze.{state}")], then, news=True)


async def _ask_again(scene: Scene, task: Task, place: UUID) -> None:
    """Ask again with the same key; the first time a person is called, because nobody knows whether it is safe."""
    times = int(task.todo.body.get("times", 0)) + 1
    if times == 1:
        await _frozen(scene, place, OutcomeState.UNKNOWN.value)
    if times <= FREEZE_TIMES_MAX:
        again = (scene.row.id, "freeze", {**task.todo.body, "times": times})
        await queries.insert_todos(scene.tx, [again], due_at=task.now + FREEZE_AGAIN * times)


async def _act(wallet: Wallet, customer_id: CustomerId, key: str) -> OutcomeState:
    command = Command(CommandName.FREEZE, customer_id, key, actor="customer")
    try:
        async with asyncio.timeout(ACT_SECONDS_MAX):
            return (await wallet.act(command)).state
    except (TimeoutError, OSError):
        return OutcomeState.UNKNOWN
    except Refusal as refusal:
        return OutcomeState.UNKNOWN if refusal.kind is Kind.UNAVAILABLE else OutcomeState.REFUSED

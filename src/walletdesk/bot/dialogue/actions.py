"""What the bot does: answer with the promise in one write, tell news, note what is still to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace as with_fields

from walletdesk.bot.dialogue import queries
from walletdesk.bot.dialogue.model import (
    AskCommand,
    Decision,
    Dialogue,
    Facts,
    FreezeAsked,
    Renew,
    Show,
    Speech,
    Unanswered,
)
from walletdesk.bot.dialogue.speaking import Spoken, Voice, speak, subject_of
from walletdesk.desk.conversations import actions as conversations
from walletdesk.desk.conversations.model import Author, Conversation
from walletdesk.desk.conversations.promise import Aside, BotAnswered, BotFailed, HandedOff, HandOff
from walletdesk.desk.helpcentre.actions import gaps
from walletdesk.diagnosis import actions as diagnosis
from walletdesk.diagnosis import queries as findings
from walletdesk.diagnosis.model import CommandView, StoredFinding
from walletdesk.kit import db, live

NEWS_JOB = "bot_news"
EARS_JOB = "bot_ears"


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer looks like once its finding has a number and its commands are asked."""

    spoken: tuple[Spoken, ...]
    shown: StoredFinding | None
    place: UUID | None
    """Where the finding stands in the conversation."""

    def standing(self, ids: Mapping[UUID | None, UUID]) -> Told:
        """Return the same with the ids under which the items were stored."""
        place = self.place and ids.get(self.place, self.place)
        return replace(self, spoken=tuple(_standing(one, ids) for one in self.spoken), place=place)


def _standing(spoken: Spoken, ids: Mapping[UUID | None, UUID]) -> Spoken:
    if spoken.offered is None:
        return spoken
    card_id = ids.get(spoken.offered.card_id, spoken.offered.card_id)
    return replace(spoken, offered=with_fields(spoken.offered, card_id=card_id))


async def post_answer(
    tx: db.Tx,
    row: Conversation,
    decision: Decision,
    facts: Facts,
    *,
    answers_seq: int,
    now: datetime,
) -> None:
    """Write an answer: finding, commands, items, the promise and what is remembered, all or nothing.

    Raises:
        MovedOn: Somebody has answered already, or the conversation is no longer the bot's.
        NumberUnreferenced: A text holds a number that no record proves.
    """
    lang = decision.next_state.lang or facts.lang
    told = await prepare(tx, row, decision, Voice(lang, facts.zone, now), now=now)
    # Without ids of ours there is nothing to look up before the write: a repetition is told by `answers_seq`.
    items = [with_fields(one.item, id=None) for one in told.spoken]
    posted = await conversations.post_bot(
        tx, row.id, items, then=decision.then, answers_seq=answers_seq, now=now
    )
    told = told.standing({one.item.id: item.id for one, item in zip(told.spoken, posted, strict=True)})
    await remember(tx, row, decision.next_state, told, release=True, now=now)
    await _freeze(tx, row, decision, now)
    for effect in decision.effects:
        if isinstance(effect, Unanswered):
            await gaps.note_gap(tx, effect.question, lang, chat=True, now=now)


async def post_beside(tx: db.Tx, row: Conversation, decision: Decision, facts: Facts, *, now: datetime) -> None:
    """Do and say what a decision says in a conversation that waits on people, without moving it.

    Raises:
        NumberUnreferenced: A text holds a number that no record proves.
    """
    voice = Voice(decision.next_state.lang or facts.lang, facts.zone, now)
    told = await prepare(tx, row, decision, voice, now=now)
    items = [one.item for one in told.spoken]
    await conversations.apply(tx, row.id, BotAnswered(Aside()), items=items, author=Author.BOT, now=now)
    await remember(tx, row, decision.next_state, told, release=False, now=now)
    await _freeze(tx, row, decision, now)


async def post_urgent(
    tx: db.Tx, row: Conversation, decision: Decision, facts: Facts, *, then: HandOff, now: datetime
) -> None:
    """Show the safe action to somebody who waits already, and let him go first."""
    voice = Voice(decision.next_state.lang or facts.lang, facts.zone, now)
    told = await prepare(tx, row, decision, voice, now=now)
    await conversations.apply(
        tx,
        row.id,
        HandedOff(then.skill, then.priority_class, then.reason),
        items=[one.item for one in told.spoken],
        author=Author.BOT,
        now=now,
    )
    await remember(tx, row, decision.next_state, told, release=False, now=now)


async def _freeze(tx: db.Tx, row: Conversation, decision: Decision, now: datetime) -> None:
    freezes = [(row.id, "freeze", {"place": str(e.place)}) for e in decision.effects if isinstance(e, FreezeAsked)]
    if freezes:
        await queries.insert_todos(tx, freezes, due_at=now)
        await live.wake(tx, NEWS_JOB)


async def prepare(tx: db.Tx, row: Conversation, decision: Decision, voice: Voice, *, now: datetime) -> Told:
    """Store the finding of a decision, ask for its commands, and put it into words."""
    show = next((one for one in decision.items if isinstance(one, Show)), None)
    stored = await _stored(tx, row, show, now) if show is not None else None
    await _ask(tx, row, decision, now)
    about = _renewed(decision.items) if show is None or stored is None else _with_commands(show, stored)
    commands: Mapping[str, CommandView] = await findings.commands_of(tx, about) if about is not None else {}
    voice = replace(voice, stored=stored, commands=commands)
    spoken = tuple(speak(one, voice) for one in decision.items)
    place = None
    if show is not None:
        card = spoken[decision.items.index(show)].item
        place = card.replaces or card.id
    return Told(spoken, stored, place)


async def _stored(tx: db.Tx, row: Conversation, show: Show, now: datetime) -> StoredFinding:
    if show.stored is not None:
        return show.stored
    if row.customer_id is None:
        raise ValueError("a visitor has no findings")
    return await diagnosis.store_finding(
        tx, show.finding, customer_id=row.customer_id, conversation_id=row.id, now=now
    )


async def _ask(tx: db.Tx, row: Conversation, decision: Decision, now: datetime) -> None:
    for effect in decision.effects:
        if isinstance(effect, AskCommand):
            await diagnosis.ask_command(
                tx,
                effect.finding_id,
                effect.command,
                actor_kind="customer",
                actor_id=row.customer_id,
                now=now,
            )


def _with_commands(show: Show, stored: StoredFinding) -> UUID | None:
    """Return the finding if its card can show a command: one that it offers, or that led to it."""
    offers = any(remedy.command is not None for remedy in show.finding.remedies)
    return stored.id if offers or show.stored is not None else None


def _renewed(items: Sequence[Speech]) -> UUID | None:
    return next((one.stored.id for one in items if isinstance(one, Renew)), None)


async def remember(
    tx: db.Tx, row: Conversation, state: Dialogue, told: Told, *, release: bool, now: datetime
) -> None:
    """Keep what the next turn has to know: the finding, its place, and what can be chosen now."""
    offers = tuple(one.offered for one in told.spoken if one.offered is not None)
    if offers:
        state = with_fields(state, offered=offers)
    if told.shown is not None and told.place is not None:
        finding = told.shown.finding
        state = with_fields(state, finding_id=told.shown.id, card_id=told.place, verdict=finding.verdict)
        about = (subject_of(finding) or row.subject, finding.asked.value, finding.verdict)
        if about != (row.subject, row.symptom, row.verdict):
            subject, symptom, verdict = about
            await conversations.mark_subject(tx, row.id, subject=subject, symptom=symptom, verdict=verdict)
    await queries.save_state(
        tx,
        row.id,
        msgspec.to_builtins(state),
        shown=told.shown.id if told.shown is not None else None,
        place=told.place,
        release=release,
        now=now,
    )


async def fail(tx: db.Tx, conversation_id: UUID, *, retry_at: datetime, now: datetime) -> None:
    """Note on the row that the bot has failed; the second time a person takes over, at once.

    Raises:
        MovedOn: The conversation is no longer the bot's.
    """
    await conversations.apply(tx, conversation_id, BotFailed(), now=now)
    await queries.save_claim(tx, conversation_id, retry_at)


async def note(
    tx: db.Tx,
    todos: Sequence[tuple[UUID, str, dict[str, Any]]],
    said: Sequence[tuple[UUID, int]],
    *,
    now: datetime,
) -> None:
    """Note what is to be told, and what was said in conversations that wait on people."""
    if todos:
        await queries.insert_todos(tx, todos, due_at=now)
        await live.wake(tx, NEWS_JOB)
    if not said:
        return
    kinds = await queries.insert_overheard(
        tx, [conversation_id for conversation_id, _ in said], [seq for _, seq in said], due_at=now
    )
    for kind, job in (("tap", NEWS_JOB), ("overhear", EARS_JOB)):
        if kind in kinds:
            await live.wake(tx, job)

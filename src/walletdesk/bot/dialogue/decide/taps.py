"""What a tap on a card means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from walletdesk.bot.dialogue.choosing import ATTEMPTS, KINDS, fitting
from walletdesk.bot.dialogue.decide import guidance, money, talk
from walletdesk.bot.dialogue.decide.turn import HUMAN_OPTION, Turn, answer, hand_off, missed
from walletdesk.bot.dialogue.model import (
    COMMAND,
    INTENT,
    MINE,
    MORE,
    NONE,
    OTHER,
    WAIT,
    AskCommand,
    Chips,
    Decision,
    FreezeAsked,
    Needs,
    Renew,
    Safety,
    Say,
    Tap,
    Tell,
)
from walletdesk.desk.conversations.promise import WaitThird
from walletdesk.diagnosis.model import Finding, Reference, StoredFinding, Symptom
from walletdesk.wallet.gateway.model import CommandName

COMMAND_TIME: Final = timedelta(minutes=5)
"""By when the outcome of a command is promised where its finding promises nothing."""
_COMMANDS: Final = {name.value: name for name in CommandName}
FREEZE: Final = f"{COMMAND}{CommandName.FREEZE.value}"


def tapped(turn: Turn, tap: Tap) -> Decision | Needs | None:
    """Answer a tap; None when it is one that only its words explain."""
    if not tap.known:
        return stale(turn)
    if tap.option.startswith(INTENT):
        return talk.of_intent(turn, tap.option.removeprefix(INTENT))
    if tap.option == OTHER:
        return money.about_other(turn)
    if tap.option.startswith(MINE):
        return guidance.mine(turn, tap.option) or stale(turn)
    rule = _OF_CARD.get(str((tap.card or {}).get("card")))
    return rule(turn, tap) if rule is not None else None


def stale(turn: Turn) -> Decision:
    """Say that a card can no longer be used."""
    return answer(turn, Chips("bot.stale", (HUMAN_OPTION,)))


# --- the list of transactions --------------------------------------------------------------------------


def _on_picker(turn: Turn, tap: Tap) -> Decision | Needs | None:
    symptom = _symptom(tap) or turn.state.symptom
    if symptom is None:
        return stale(turn)
    if not turn.facts.known:
        return money.visitors(turn)
    if tap.option in (MORE, NONE):
        return _none_of_these(turn, tap, symptom)
    try:
        wanted = UUID(tap.option)
    except ValueError:
        return stale(turn)
    return _picked(turn, wanted, symptom)


def _symptom(tap: Tap) -> Symptom | None:
    try:
        return Symptom(str((tap.card or {}).get("symptom")))
    except ValueError:
        return None


def _picked(turn: Turn, wanted: UUID, symptom: Symptom) -> Decision | Needs:
    if wanted not in turn.facts.single:
        return Needs(transaction=wanted)
    found = turn.facts.single[wanted]
    if found is None:
        return stale(turn)
    if turn.state.transaction_id == found.id and turn.state.finding_id is not None:
        return _already_shown(turn, turn.state.finding_id)
    return money.about(turn, found, fitting(symptom, found) or symptom)


def _already_shown(turn: Turn, finding_id: UUID) -> Decision | Needs:
    """Answer a second tap on the same transaction: the card is there, so one sentence is enough."""
    if finding_id not in turn.facts.stored:
        return Needs(stored=finding_id)
    stored = turn.facts.stored[finding_id]
    if stored is None:
        return stale(turn)
    return answer(turn, Tell(stored), then=money.after(turn, stored.finding))


def _none_of_these(turn: Turn, tap: Tap, symptom: Symptom) -> Decision | Needs:
    """Go on with those that were not shown yet; who finds none among all of them is asked for more, once."""
    if turn.facts.transactions is None:
        return money.transactions_of(turn)
    seen = tuple(_seen(tap))
    state = replace(turn.state, symptom=symptom, passed=tuple(dict.fromkeys((*turn.state.passed, *seen))))
    turn = Turn(state, turn.said, turn.facts)
    left = [t for t in turn.facts.transactions or () if t.kind in KINDS[symptom] and t.id not in state.passed]
    if tap.option == MORE:
        return money.pick(turn, symptom, left, "bot.pick.older") if left else money.nothing_left(turn, symptom)
    if symptom in ATTEMPTS:
        return money.no_attempt(turn, symptom)
    return missed(Turn(replace(state, passed=()), turn.said, turn.facts), Chips("bot.pick.tell_more", (HUMAN_OPTION,)))


def _seen(tap: Tap) -> list[UUID]:
    try:
        shown = msgspec.convert(tap.card or {}, _Shown)
    except msgspec.ValidationError:
        return []
    return [one.id for one in shown.options]


class _Listed(msgspec.Struct, frozen=True):
    id: UUID


class _Shown(msgspec.Struct, frozen=True):
    """As much of a picker as says which transactions were on it."""

    options: tuple[_Listed, ...] = ()


# --- the finding ---------------------------------------------------------------------------------------


def _on_finding(turn: Turn, tap: Tap) -> Decision | Needs | None:
    if tap.finding_id is None:
        return stale(turn)
    if tap.finding_id not in turn.facts.stored:
        return Needs(stored=tap.finding_id)
    stored = turn.facts.stored[tap.finding_id]
    if stored is None or tap.place is None:
        return stale(turn)
    kind = tap.option.removeprefix(COMMAND)
    if kind in _COMMANDS:
        return _command(turn, stored, tap.place, _COMMANDS[kind])
    rule = _OTHERS.get(kind)
    return rule(turn, stored) if rule is not None else stale(turn)


def _command(turn: Turn, stored: StoredFinding, place: UUID, command: CommandName) -> Decision:
    """Have a command of the finding carried out; asked twice it is the same command."""
    if all(remedy.command is not command for remedy in stored.finding.remedies):
        return stale(turn)
    return answer(
        turn,
        Renew(stored, place),
        Say(f"bot.command.{command.value}.asked"),
        then=WaitThird(until=_soon(turn, stored.finding), why=command.value),
        effects=(AskCommand(command, stored.id),),
    )


def _soon(turn: Turn, finding: Finding) -> datetime:
    due = finding.next_at
    return due if due is not None and due > turn.facts.now else turn.facts.now + COMMAND_TIME


def _wait(turn: Turn, stored: StoredFinding) -> Decision:
    due = stored.finding.next_at
    if due is None or due <= turn.facts.now:
        return answer(turn, Say("bot.wait.open"), then=money.after(turn, stored.finding))
    by = Reference(due, f"finding/{stored.id}")
    return answer(turn, Say("bot.wait.until", {"by": by}), then=money.after(turn, stored.finding))


def _refund(turn: Turn, stored: StoredFinding) -> Decision:
    del stored
    return hand_off(turn, Say("bot.handoff.refund_request"), reason="refund_request", skill="refunds")


def _pick_again(turn: Turn, stored: StoredFinding) -> Decision | Needs:
    return money.about_money(turn, stored.finding.asked, listing=True)


_Other = Callable[[Turn, StoredFinding], "Decision | Needs"]
_OTHERS: Final[dict[str, _Other]] = {
    WAIT: _wait,
    "ask_refund": _refund,
    "pick": _pick_again,
}


# --- safety ----------------------------------------------------------------------------------------------


def _on_safety(turn: Turn, tap: Tap) -> Decision | Needs | None:
    if tap.option != FREEZE or tap.place is None or not turn.facts.known:
        return stale(turn)
    return answer(
        turn,
        Safety("bot.freeze.asked", freeze="running", replaces=tap.place),
        then=WaitThird(until=turn.facts.now + COMMAND_TIME, why="freeze"),
        effects=(FreezeAsked(tap.place),),
    )


_Rule = Callable[[Turn, Tap], "Decision | Needs | None"]
_OF_CARD: Final[dict[str, _Rule]] = {
    "picker": _on_picker,
    "finding": _on_finding,
    "safety": _on_safety,
}

"""The order in which a turn is looked at.

Safety, people, taps, what was pasted, corrections, what was said, not having understood.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from walletdesk.bot.dialogue.decide import money, pasted, talk
from walletdesk.bot.dialogue.decide.taps import tapped
from walletdesk.bot.dialogue.decide.turn import Turn
from walletdesk.bot.dialogue.hearing import acknowledges, listen, typed_tap
from walletdesk.bot.dialogue.model import HUMAN, Decision, Dialogue, Facts, Heard, Needs
from walletdesk.bot.dialogue.vocabulary import SMALL_TALK, SYMPTOMS

Rule = Callable[[Turn], "Decision | Needs | None"]


def decide(state: Dialogue, heard: Sequence[Heard], facts: Facts) -> Decision | Needs:
    """Decide what to say and what follows, or say what has to be read first.

    Pure: the same state, words and facts always give the same decision. The caller reads what is needed and
    asks again; with everything read there is always a decision.
    """
    said = listen(state, heard, facts)
    turn = Turn(replace(state, lang=said.lang), said, facts)
    if not heard:
        return talk.welcome(turn)
    found = next((found for rule in RULES if (found := rule(turn)) is not None), None)
    if found is None:
        found = talk.unsure(turn)
    return pasted.with_warning(turn, found) if isinstance(found, Decision) else found


def _emergency(turn: Turn) -> Decision | Needs | None:
    return talk.emergency(turn, turn.said.emergency) if turn.said.emergency is not None else None


def _person(turn: Turn) -> Decision | Needs | None:
    return talk.person(turn) if turn.said.human else None


def _tap(turn: Turn) -> Decision | Needs | None:
    return tapped(turn, turn.said.tap) if turn.said.tap is not None else None


def _typed(turn: Turn) -> Decision | Needs | None:
    """Take a typed number or label for a tap on the last card."""
    tap = typed_tap(turn.said.text, turn.state.offered)
    if tap is None:
        return None
    return talk.person(turn) if tap.option == HUMAN else tapped(turn, tap)


def _pasted(turn: Turn) -> Decision | Needs | None:
    """Say what a link or a blockchain address is, where it is what the customer asks about."""
    return pasted.about_link(turn) or pasted.about_address(turn)


def _correction(turn: Turn) -> Decision | Needs | None:
    """Take "not this one, yesterday's" for what it is, whatever else was made of it."""
    if not turn.said.corrects or turn.state.symptom is None:
        return None
    intent = turn.said.intent
    if intent in SYMPTOMS and SYMPTOMS[intent] is not turn.state.symptom:
        turn = Turn(replace(turn.state, symptom=SYMPTOMS[intent]), turn.said, turn.facts)
    return money.about_other(turn)


def _certain(turn: Turn) -> Decision | Needs | None:
    """Answer what was said clearly; small talk only where nothing about money was let fall beside it."""
    intent = turn.said.intent
    if intent is None or (intent in SMALL_TALK and _goes_on(turn)):
        return None
    return talk.of_intent(turn, intent)


def _described(turn: Turn) -> Decision | Needs | None:
    """Take "28 yuan, yesterday" for the transaction of which the talk is already, or for the one it names."""
    if turn.state.symptom is None:
        return money.named_only(turn)
    return money.about_money(turn, turn.state.symptom) if _goes_on(turn) else None


def _goes_on(turn: Turn) -> bool:
    return turn.state.symptom is not None and turn.facts.known and turn.said.mention.clear


def _nodded(turn: Turn) -> Decision | Needs | None:
    return talk.acknowledged(turn) if acknowledges(turn.said.text) else None


RULES: Final[tuple[Rule, ...]] = (
    _emergency, _person, _tap, _typed, _pasted, _nodded, _correction, _certain, _described,
)  # fmt: skip

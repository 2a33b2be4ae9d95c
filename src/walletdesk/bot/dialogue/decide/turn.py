"""What every rule gets, and the ways in which a turn ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from walletdesk.bot.dialogue.hearing import Said
from walletdesk.bot.dialogue.model import (
    HUMAN,
    INTENT,
    MISSES_MAX,
    Chips,
    Decision,
    Dialogue,
    Effect,
    Facts,
    Say,
    Speech,
)
from walletdesk.bot.dialogue.vocabulary import SKILL_OF
from walletdesk.desk.conversations.promise import HandOff, Then, WaitCustomer

HUMAN_OPTION: Final = (HUMAN, "bot.option.human")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: what is remembered, what was said, what is known."""

    state: Dialogue
    said: Said
    facts: Facts

    @property
    def skill(self) -> str:
        """Who knows most about what is being talked of."""
        return SKILL_OF[self.state.symptom] if self.state.symptom is not None else "general"

    @property
    def priority_class(self) -> int:
        """Who reads large type is helped a class earlier."""
        return 1 if self.facts.large_type else 2


def answer(
    turn: Turn,
    *items: Speech,
    state: Dialogue | None = None,
    then: Then | None = None,
    effects: tuple[Effect, ...] = (),
) -> Decision:
    """End a turn that was understood."""
    kept = replace(state or turn.state, misses=0)
    return Decision(items, kept, then or WaitCustomer(), effects)


def hand_off(
    turn: Turn,
    *items: Speech,
    reason: str,
    skill: str | None = None,
    priority_class: int | None = None,
    state: Dialogue | None = None,
    effects: tuple[Effect, ...] = (),
) -> Decision:
    """End a turn by calling a person."""
    chosen = turn.priority_class if priority_class is None else min(priority_class, turn.priority_class)
    then = HandOff(skill or turn.skill, chosen, reason)
    return Decision(items, replace(state or turn.state, misses=0, offered=()), then, effects)


def missed(turn: Turn, card: Chips, *effects: Effect) -> Decision:
    """Ask back; who was not understood twice gets a person (H1)."""
    misses = turn.state.misses + 1
    if misses >= MISSES_MAX:
        return hand_off(turn, Say("bot.handoff.misunderstood"), reason="misunderstood", effects=effects)
    state = replace(asked(turn.state, card.key), misses=misses)
    return Decision((card,), state, WaitCustomer(understood=False), effects)


def asked(state: Dialogue, key: str) -> Dialogue:
    """Remember that the customer was asked something, for the agent who may take over."""
    return state if key in state.asked else replace(state, asked=(*state.asked, key)[-8:])


def intent_options(names: tuple[str, ...], *, large_type: bool, most: int) -> tuple[tuple[str, str], ...]:
    """Return options for intents and, last, the person; in large type there are three at most."""
    shown = names[: min(most, 2) if large_type else most]
    return (*((f"{INTENT}{name}", f"bot.intent.{name}") for name in shown), HUMAN_OPTION)

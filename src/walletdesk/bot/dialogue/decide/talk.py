"""Everything that is no money problem: small talk, short answers, people, emergencies, and not having understood."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from walletdesk.bot.dialogue.decide import guidance, money
from walletdesk.bot.dialogue.decide.turn import (
    HUMAN_OPTION,
    Turn,
    answer,
    asked,
    hand_off,
    intent_options,
    missed,
)
from walletdesk.bot.dialogue.model import Chips, Decision, Needs, Safety, Say, Unanswered
from walletdesk.bot.dialogue.vocabulary import (
    ANSWERED,
    EMERGENCIES,
    PEOPLE,
    QUICK,
    RED_LINES,
    SKILLS,
    SYMPTOMS,
)
from walletdesk.wallet.gateway.model import CommandName

OFFERED_MAX: Final = 3


def of_intent(turn: Turn, intent: str) -> Decision | Needs | None:
    """Answer an intent that is certain (said clearly, or tapped)."""
    if intent in RED_LINES:
        return emergency(turn, RED_LINES[intent])
    if intent in SYMPTOMS:
        return money.about_money(turn, SYMPTOMS[intent])
    if intent == "human":
        return person(turn)
    if intent in PEOPLE:
        urgency = PEOPLE[intent]
        return hand_off(
            turn, Say(f"bot.handoff.{intent}"), reason=intent, skill=urgency.skill,
            priority_class=urgency.priority_class,
        )  # fmt: skip
    if intent == "freeze_request":
        return freeze(turn)
    if intent == "limit_reached" and (found := money.over_a_limit(turn)) is not None:
        return found
    if intent == "out_of_scope":
        return guidance.by_search(turn) or answer(turn, _elsewhere(), effects=_unanswered(turn))
    return guidance.of_intent(turn, intent) or _in_short(turn, intent) or _small_talk(turn, intent)


def _in_short(turn: Turn, intent: str) -> Decision | None:
    if intent not in ANSWERED:
        return None
    state = turn.state if intent in SKILLS else replace(turn.state, misses=0)
    return answer(turn, Chips(f"bot.answer.{intent}", (HUMAN_OPTION,)), state=state)


def _small_talk(turn: Turn, intent: str) -> Decision | Needs | None:
    if intent == "greeting":
        return money.opened_from(turn) or greet(turn)
    if intent == "bot_identity":
        return answer(turn, Chips("bot.identity", (HUMAN_OPTION,)))
    if intent in ("thanks", "goodbye"):
        return answer(turn, Say(f"bot.{intent}"))
    return None


def greet(turn: Turn) -> Decision:
    """Say who is speaking, a machine, and what it can do; the second time in a word."""
    if turn.state.greeted:
        return answer(turn, Say("bot.greeted"))
    options = intent_options(QUICK, large_type=turn.facts.large_type, most=4)
    return answer(turn, Chips("bot.greeting", options), state=replace(turn.state, greeted=True))


def acknowledged(turn: Turn) -> Decision:
    """Answer a nod; what was promised stays promised."""
    return answer(turn, Say("bot.acknowledged"))


def person(turn: Turn) -> Decision:
    """Call a person because the customer wants one: at once, with no question before."""
    return hand_off(turn, Say("bot.handoff.asked"), reason="asked")


def emergency(turn: Turn, flag: str) -> Decision | Needs:
    """Put the safe action first and call a person at once; nothing is asked."""
    urgency = EMERGENCIES.get(flag, EMERGENCIES["money_leaving"])
    freezable = urgency.freeze and turn.facts.known
    if freezable and turn.facts.commands is None:
        return Needs(commands=True)
    may_freeze = freezable and CommandName.FREEZE in (turn.facts.commands or ())
    known = flag if flag in EMERGENCIES else "money_leaving"
    card = Safety(f"bot.emergency.{known}", freeze="offered" if may_freeze else None)
    return hand_off(
        turn, card, Say("bot.handoff.emergency"), reason=f"emergency:{known}", skill=urgency.skill,
        priority_class=urgency.priority_class, state=replace(turn.state, emergency=known),
    )  # fmt: skip


def freeze(turn: Turn) -> Decision | Needs:
    """Offer to freeze a wallet whose owner wants it frozen."""
    if not turn.facts.known:
        return answer(turn, Chips("bot.answer.freeze_visitor", (HUMAN_OPTION,)))
    if turn.facts.commands is None:
        return Needs(commands=True)
    if CommandName.FREEZE not in turn.facts.commands:
        return hand_off(turn, Say("bot.handoff.freeze"), reason="freeze_request", skill="fraud", priority_class=0)
    return answer(turn, Safety("bot.freeze.offer", freeze="offered", human=True))


def unsure(turn: Turn) -> Decision | Needs:
    """Say that it was not understood and offer what it might have been."""
    main = turn.said.main
    found = money.opened_from(turn) or money.by_ledger(turn)
    if found is not None:
        return found
    if turn.said.photo and main is None:
        options = intent_options(QUICK, large_type=turn.facts.large_type, most=OFFERED_MAX)
        return missed(turn, Chips("bot.photo", options))
    names = turn.said.guesses[:OFFERED_MAX]
    options = intent_options(names or QUICK, large_type=turn.facts.large_type, most=OFFERED_MAX)
    if names:
        return missed(turn, Chips("bot.unsure.which", options))
    if (guided := guidance.by_search(turn)) is not None:
        return guided
    if main is not None and not main.in_scope:
        return missed(turn, _elsewhere(), *_unanswered(turn))
    return missed(turn, Chips("bot.unsure.again", options), *_unanswered(turn))


def _elsewhere() -> Chips:
    return Chips("bot.answer.out_of_scope", (HUMAN_OPTION,))


def _unanswered(turn: Turn) -> tuple[Unanswered, ...]:
    """Let the editors know of a question in words that nobody has written an answer to."""
    return (Unanswered(turn.said.text),) if turn.said.text.strip() else ()


def welcome(turn: Turn) -> Decision | Needs:
    """Answer a chat that was opened without a word."""
    return money.opened_from(turn) or greet(Turn(asked(turn.state, "bot.greeting"), turn.said, turn.facts))

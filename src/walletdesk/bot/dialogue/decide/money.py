"""Money problems: which transaction is meant, what the ledger says of it, and who carries on from there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from walletdesk.bot.dialogue.choosing import (
    ATTEMPTS,
    KINDS,
    NAMED,
    PROBED,
    Choice,
    Match,
    choose,
    fitting,
    likely,
    match,
    page,
    recent_of,
    standing_out,
    troubled_by_state,
)
from walletdesk.bot.dialogue.decide.turn import HUMAN_OPTION, Turn, answer, asked, hand_off, intent_options
from walletdesk.bot.dialogue.model import (
    INTENT,
    OTHER,
    Chips,
    Decision,
    Needs,
    Pick,
    Say,
    Show,
    Speech,
)
from walletdesk.bot.dialogue.vocabulary import INTENT_OF, SKILL_OF, SYMPTOMS
from walletdesk.desk.conversations.promise import Then, WaitCustomer, WaitThird
from walletdesk.diagnosis.model import Finding, Symptom, Tone
from walletdesk.wallet.gateway.model import Transaction

_TROUBLED: Final = frozenset({Tone.PROBLEM, Tone.WAIT})
REPEATS_MAX: Final = 2
_OTHER_FAMILY: Final = {
    Symptom.PAY_FAIL: Symptom.XFER_FAIL,
    Symptom.PAY_DEBITED: Symptom.NOT_ARRIVED,
    Symptom.MERCHANT_NOT_RECEIVED: Symptom.NOT_ARRIVED,
    Symptom.XFER_FAIL: Symptom.PAY_FAIL,
    Symptom.NOT_ARRIVED: Symptom.MERCHANT_NOT_RECEIVED,
}


_CROSSED: Final = {
    Symptom.PAY_FAIL: Symptom.XFER_FAIL,
    Symptom.PAY_DEBITED: Symptom.NOT_ARRIVED,
    Symptom.XFER_FAIL: Symptom.PAY_FAIL,
    Symptom.NOT_ARRIVED: Symptom.PAY_DEBITED,
}
"""What may be meant where nothing of the said kind is in trouble, and something of the other kind is."""


def about_money(turn: Turn, symptom: Symptom, *, listing: bool = False) -> Decision | Needs:
    """Answer a money problem; with `listing` the customer chooses even where the ledger would know."""
    if not turn.facts.known:
        return visitors(turn)
    if not listing:
        found = _named_already(turn, symptom)
        if isinstance(found, Needs):
            return found
        if found is not None:
            return about(turn, found, symptom)
    if turn.facts.transactions is None:
        return transactions_of(turn)
    return _among(turn, symptom, turn.facts.transactions, listing=listing)


def visitors(turn: Turn) -> Decision:
    """Tell a visitor why nobody's money is shown here, and how to have it shown."""
    return answer(turn, Chips("bot.visitor", (HUMAN_OPTION,)))


def opened_from(turn: Turn) -> Decision | Needs | None:
    """Answer a chat that was opened from a transaction, when nothing else was said that is clear."""
    if turn.facts.context_id is None or not turn.facts.known or turn.state.transaction_id is not None:
        return None
    found = _read(turn, turn.facts.context_id)
    if isinstance(found, Needs) or found is None:
        return found
    symptom = likely(found)
    if symptom is not None:
        return about(turn, found, symptom)
    names = tuple(INTENT_OF.values())[:3]
    options = intent_options(names, large_type=turn.facts.large_type, most=3)
    return answer(turn, Chips("bot.which_trouble", options), state=asked(turn.state, "bot.which_trouble"))


def about_other(turn: Turn) -> Decision | Needs | None:
    """Answer "not this one": the next guess only where the customer has named it, else a list."""
    symptom = turn.state.symptom
    if symptom is None or not turn.facts.known:
        return None
    passed = turn.state.passed
    if turn.state.transaction_id is not None and turn.state.transaction_id not in passed:
        passed = (*passed, turn.state.transaction_id)
    state = replace(turn.state, passed=passed, transaction_id=None, verdict=None, card_id=None, repeats=0)
    return about_money(
        Turn(state, turn.said, turn.facts), symptom, listing=not turn.said.mention.clear
    )


def transactions_of(turn: Turn) -> Needs:
    """Return the wish for the customer's transactions."""
    return Needs(transactions=True, many=turn.said.mention.clear)


def _named_already(turn: Turn, symptom: Symptom) -> Transaction | Needs | None:
    """Return the transaction of which this conversation is, unless the customer now speaks of another."""
    known = turn.state.transaction_id if turn.state.symptom is symptom else None
    wanted = known or (turn.facts.context_id if turn.state.transaction_id is None else None)
    if wanted is None or wanted in turn.state.passed:
        return None
    found = _read(turn, wanted) if known or turn.said.mention.clear else _read_with_evidence(turn, symptom, wanted)
    if found is None or isinstance(found, Needs):
        return found
    if fitting(symptom, found) is None:
        return None
    said = match(found, turn.said.mention)
    return None if turn.said.mention.clear and (said.against or not said.score) else found


def _read(turn: Turn, transaction_id: UUID) -> Transaction | Needs | None:
    if transaction_id in turn.facts.single:
        return turn.facts.single[transaction_id]
    listed = turn.facts.transactions or ()
    found = next((one for one in listed if one.id == transaction_id), None)
    return found if found is not None else Needs(transaction=transaction_id)


def _read_with_evidence(turn: Turn, symptom: Symptom, transaction_id: UUID) -> Transaction | Needs | None:
    """Read the evidence at once, where it will be wanted anyway; it names its transaction."""
    found = turn.facts.findings.get((symptom, transaction_id))
    return found.transaction if found is not None else Needs(findings=((symptom, transaction_id),))


def _among(
    turn: Turn, symptom: Symptom, transactions: Sequence[Transaction], *, listing: bool
) -> Decision | Needs:
    choice = choose(
        transactions, symptom, turn.said.mention, now=turn.facts.now, passed=turn.state.passed
    )
    if not choice.listed and not any(one.kind in KINDS[symptom] for one in transactions):
        other = _OTHER_FAMILY[symptom]
        if symptom not in ATTEMPTS and any(one.kind in KINDS[other] for one in transactions):
            return _among(turn, other, transactions, listing=listing)
    if not choice.listed:
        return nothing_left(turn, symptom)
    if choice.chosen is not None and not listing:
        return about(turn, choice.chosen, symptom, guessed=not choice.told)
    return _by_evidence(turn, symptom, choice, listing=listing)


def _probed(turn: Turn, symptom: Symptom, probe: Sequence[Transaction]) -> list[Transaction] | Needs:
    """Return which of these the evidence says are in trouble."""
    missing = tuple((symptom, one.id) for one in probe if (symptom, one.id) not in turn.facts.findings)
    if missing:
        return Needs(findings=missing)
    return [one for one in probe if is_trouble(turn.facts.findings[symptom, one.id])]


def is_trouble(finding: Finding) -> bool:
    """Say whether a finding is worth a complaint; one whose reason is not told counts as well."""
    return finding.tone in _TROUBLED or finding.neutral or finding.hands_off is not None


def _in_other_family(turn: Turn, symptom: Symptom) -> Transaction | None:
    """Return the only transaction in trouble, where it is of a kind for which the customer has another word."""
    other = _CROSSED.get(symptom)
    if other is None or turn.facts.transactions is None:
        return None
    found = troubled_by_state(turn.facts.transactions, other, now=turn.facts.now, passed=turn.state.passed)
    return standing_out(found, now=turn.facts.now)


def by_ledger(turn: Turn) -> Decision | Needs | None:
    """Let the ledger decide between guesses: it does where it knows of exactly one transaction in such trouble."""
    symptoms = [SYMPTOMS[name] for name in turn.said.guesses if name in SYMPTOMS]
    if not turn.facts.known or not symptoms or turn.state.transaction_id is not None:
        return None
    if turn.facts.transactions is None:
        return transactions_of(turn)
    found = {
        one.id: (one, symptom)
        for symptom in reversed(symptoms)
        for one in troubled_by_state(turn.facts.transactions, symptom, now=turn.facts.now)
    }
    if len(found) == 1:
        one, symptom = next(iter(found.values()))
        return about(turn, one, symptom, guessed=True)
    return _shops_by_evidence(turn) if not found and Symptom.MERCHANT_NOT_RECEIVED in symptoms else None


def _shops_by_evidence(turn: Turn) -> Decision | Needs | None:
    """Look whether exactly one shop that was paid has trouble; states do not tell."""
    symptom = Symptom.MERCHANT_NOT_RECEIVED
    recent = recent_of(turn.facts.transactions or (), symptom, now=turn.facts.now)[:PROBED]
    troubled = _probed(turn, symptom, recent)
    if isinstance(troubled, Needs):
        return troubled
    likeliest = standing_out(troubled, now=turn.facts.now)
    return about(turn, likeliest, symptom, guessed=True) if likeliest is not None else None


def named_only(turn: Turn) -> Decision | Needs | None:
    """Take an amount or an order number without another clear word for the one transaction that it names."""
    mention = turn.said.mention
    if not turn.facts.known or not (mention.amounts or mention.orders):
        return None
    if turn.facts.transactions is None:
        return transactions_of(turn)
    found = [one for one in turn.facts.transactions if _is_named(match(one, mention))]
    symptom = likely(found[0]) if len(found) == 1 else None
    return about(turn, found[0], symptom, guessed=True) if symptom is not None else None


def _is_named(found: Match) -> bool:
    return found.score >= NAMED and not found.against


def over_a_limit(turn: Turn) -> Decision | Needs | None:
    """Say which limit it was, where the last failed transaction was over one."""
    if not turn.facts.known:
        return None
    if turn.facts.transactions is None:
        return transactions_of(turn)
    for symptom in (Symptom.PAY_FAIL, Symptom.XFER_FAIL):
        failed = troubled_by_state(turn.facts.transactions, symptom, now=turn.facts.now)[:1]
        if failed and (symptom, failed[0].id) not in turn.facts.findings:
            return Needs(findings=((symptom, failed[0].id),))
        if failed and turn.facts.findings[symptom, failed[0].id].verdict == "LIMIT":
            return about(turn, failed[0], symptom)
    return None


def _by_evidence(turn: Turn, symptom: Symptom, choice: Choice, *, listing: bool) -> Decision | Needs:
    """Let the evidence choose; a list with the troubled ones first where it does not."""
    troubled = _probed(turn, symptom, () if listing else choice.probe)
    if isinstance(troubled, Needs):
        return troubled
    only = choice.listed[0] if len(choice.listed) == 1 and not choice.unmatched and not listing else None
    likeliest = standing_out(troubled, now=turn.facts.now) or only
    if likeliest is not None:
        return about(turn, likeliest, symptom, guessed=len(choice.listed) > 1)
    if not troubled and not listing and not choice.unmatched:
        other = _in_other_family(turn, symptom)
        if other is not None:
            return about(turn, other, _CROSSED[symptom], guessed=True)
        if symptom in ATTEMPTS:
            return no_attempt(turn, symptom)
    rest = [one for one in choice.listed if one not in troubled]
    key = "bot.pick.unmatched" if choice.unmatched else "bot.pick.other" if listing else "bot.pick.which"
    return pick(turn, symptom, [*troubled, *rest], key)


def pick(turn: Turn, symptom: Symptom, listed: Sequence[Transaction], key: str) -> Decision:
    """Let the customer choose among his transactions."""
    shown, more = page(listed)
    state = replace(asked(turn.state, "bot.pick.which"), symptom=symptom, repeats=0)
    return answer(turn, Pick(key, symptom, shown, more), state=state)


def nothing_left(turn: Turn, symptom: Symptom) -> Decision | Needs:
    """Say that there is no (further) transaction of that kind."""
    if symptom in ATTEMPTS and not turn.state.passed:
        return no_attempt(turn, symptom)
    key = "bot.pick.no_more" if turn.state.passed else "bot.pick.nothing"
    state = replace(turn.state, symptom=symptom)
    return answer(turn, Chips(key, (HUMAN_OPTION,)), state=state)


def no_attempt(turn: Turn, symptom: Symptom) -> Decision | Needs:
    """Say what there is to say when no such request has reached the wallet."""
    found = turn.facts.findings.get((symptom, None))
    if found is None:
        return Needs(findings=((symptom, None),))
    return show(turn, None, found, guessed=True)


def about(
    turn: Turn, transaction: Transaction, symptom: Symptom, *, guessed: bool = False
) -> Decision | Needs:
    """Answer a problem with one transaction."""
    same = turn.state.transaction_id == transaction.id and turn.state.verdict is not None
    question = (symptom, transaction.id)
    finding = turn.facts.findings.get(question)
    if finding is None:
        return Needs(findings=(question,), refresh=same)
    if finding.verdict == "UNIDENTIFIED":
        return about_money(turn, symptom, listing=True)
    if same and turn.state.verdict == finding.verdict:
        return _unchanged(turn, finding)
    return show(turn, transaction, finding, guessed=guessed)


def show(
    turn: Turn, transaction: Transaction | None, finding: Finding, *, guessed: bool = False
) -> Decision:
    """Show a finding, do what the ledger proves to be due, and say who has the next word."""
    same = transaction is not None and turn.state.transaction_id == transaction.id
    state = replace(
        turn.state,
        symptom=finding.asked,
        transaction_id=transaction.id if transaction is not None else None,
        verdict=finding.verdict,
        repeats=0,
    )
    card = Show(finding, replaces=turn.state.card_id if same else None)
    if finding.hands_off is not None:
        return hand_off(
            turn, card, Say("bot.handoff.finding"), reason=f"finding:{finding.verdict}",
            skill=SKILL_OF[finding.symptom], state=state,
        )  # fmt: skip
    items: tuple[Speech, ...] = (card, Chips("bot.guessed", _instead(turn))) if guessed else (card,)
    return answer(turn, *items, state=state, then=after(turn, finding))


def _instead(turn: Turn) -> tuple[tuple[str, str], ...]:
    """Return what may be tapped where a guess was wrong: another transaction, or what else it might have been."""
    own = INTENT_OF[turn.state.symptom] if turn.state.symptom is not None else None
    others = [name for name in turn.said.guesses if name != own and name not in SYMPTOMS]
    return ((OTHER, "bot.option.other"), *((f"{INTENT}{name}", f"bot.intent.{name}") for name in others[:1]))


def _unchanged(turn: Turn, finding: Finding) -> Decision:
    """Say that a fresh look has found nothing new; who asks a third time gets a person."""
    repeats = turn.state.repeats + 1
    state = replace(turn.state, repeats=repeats)
    card = Show(finding, replaces=turn.state.card_id)
    if repeats >= REPEATS_MAX:
        return hand_off(
            turn, card, Say("bot.handoff.unsolved"), reason="unsolved",
            skill=SKILL_OF[finding.symptom], state=state,
        )  # fmt: skip
    again = Chips("bot.unchanged", (HUMAN_OPTION,))
    return answer(turn, card, again, state=state, then=after(turn, finding))


def after(turn: Turn, finding: Finding) -> Then:
    """Return on whom the conversation waits after a finding: news that are promised stand on the row."""
    due = finding.next_at
    if due is None:
        return WaitCustomer()
    return WaitThird(until=due if due > turn.facts.now else None, why=finding.verdict)


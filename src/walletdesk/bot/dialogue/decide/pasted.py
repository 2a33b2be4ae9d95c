"""What was pasted: links and blockchain addresses, judged where they stand; nothing is opened or looked up."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace as with_fields

from walletdesk.bot.dialogue.decide.turn import HUMAN_OPTION, Turn, answer
from walletdesk.bot.dialogue.model import INTENT, Chips, Decision, Say
from walletdesk.bot.dialogue.vocabulary import PEOPLE, RED_LINES, SMALL_TALK, SYMPTOMS
from walletdesk.diagnosis.model import Reference
from walletdesk.guard.links import Checked, Verdict, reasons
from walletdesk.kit.i18n import LANGS, Lang

BARE_CHARACTERS_MAX: Final = 6
"""Who writes no more than that beside a link asks about the link."""
ENTERED_OPTION: Final = (f"{INTENT}suspicious_login", "bot.option.entered")
_ABOUT_LINKS: Final = frozenset({"verify_contact", "security_advice", "out_of_scope"}) | SMALL_TALK
_OF_ITS_OWN: Final = frozenset(SYMPTOMS) | frozenset(PEOPLE) | frozenset(RED_LINES) | {"freeze_request"}
_BETWEEN: Final[dict[Lang, str]] = {"zh": ";", "en": "; "}


def about_link(turn: Turn) -> Decision | None:
    """Answer with the verdict on a link, where the link is what it is about.

    A dangerous one is warned of whatever else was said; one without a sign of danger is spoken of only where
    somebody asks.
    """
    link = turn.said.link
    if link is None:
        return None
    intent = turn.said.intent
    if not _bare(turn) and intent is not None and intent not in _ABOUT_LINKS:
        return None
    if link.verdict.alarms:
        options = (ENTERED_OPTION, HUMAN_OPTION)
        return answer(turn, Chips(f"bot.link.{link.verdict.value}", options, _references(turn, link)))
    if not (_bare(turn) or intent == "verify_contact" or turn.said.guesses[:1] == ("verify_contact",)):
        return None
    return answer(turn, Chips(f"bot.link.{_kind(link)}", (HUMAN_OPTION,), _references(turn, link)))


def with_warning(turn: Turn, decision: Decision) -> Decision:
    """Warn of a dangerous link beside an answer to something else."""
    link = turn.said.link
    if link is None or not link.verdict.alarms or any(_warns(item) for item in decision.items):
        return decision
    warning = Say("bot.link.beside", _references(turn, link))
    return Decision((*decision.items, warning), decision.next_state, decision.then, decision.effects)


def _warns(item: object) -> bool:
    return getattr(item, "key", "").startswith("bot.link.")


def _bare(turn: Turn) -> bool:
    return len(turn.said.beside) <= BARE_CHARACTERS_MAX


def _kind(link: Checked) -> str:
    if link.verdict is Verdict.OWN:
        return "own"
    return "known" if any(sign.code == "known" for sign in link.signs) else "unknown"


def _references(turn: Turn, link: Checked) -> dict[str, Reference]:
    """Return whose page it is and what was seen, as values of the message in which the link stands."""
    record = f"message/{turn.said.seq}"
    found = {f"why_{lang}": Reference(_BETWEEN[lang].join(reasons(link, lang)), record) for lang in LANGS}
    return {**found, "site": Reference(link.site, record)} if link.site else found


def about_address(turn: Turn) -> Decision | None:
    """Answer with the verdict on a blockchain address, where one was pasted and nothing else is clearer."""
    checked = turn.said.address
    if checked is None or turn.said.intent in _OF_ITS_OWN - {"wrong_recipient"}:
        return None
    references = {"ends": Reference(checked.ends, f"message/{turn.said.seq}")}
    state = with_fields(turn.state, misses=0)
    key = f"bot.address.{checked.verdict.value.lower()}"
    return answer(turn, Chips(key, (HUMAN_OPTION,), references), state=state)

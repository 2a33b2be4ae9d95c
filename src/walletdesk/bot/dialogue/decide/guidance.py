"""What the help centre knows: articles for how-to questions, announcements, and whether one touches the asker."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from msgspec.structs import replace

from walletdesk.bot.dialogue.decide.turn import HUMAN_OPTION, Turn, answer, asked
from walletdesk.bot.dialogue.model import MINE, MISSES_MAX, Chips, Decision, Guide, Needs, Say, Speech
from walletdesk.bot.dialogue.vocabulary import HOW_TO
from walletdesk.desk.conversations.promise import WaitCustomer
from walletdesk.desk.helpcentre.notices import Announcement
from walletdesk.diagnosis.model import Reference
from walletdesk.wallet.gateway.model import Incident, Transaction

ANNOUNCED_MAX: Final = 2
TOUCHED_MAX: Final = 3


def of_intent(turn: Turn, intent: str) -> Decision | Needs | None:
    """Answer from the help centre; None where it has nothing to say to this intent."""
    if intent == "announcement" and (found := announced(turn)) is not None:
        return found
    if intent not in HOW_TO:
        return None
    place = (intent, turn.state.lang or turn.facts.lang)
    if place not in turn.facts.articles:
        return Needs(article=place)
    article = turn.facts.articles[place]
    if article is None:
        return None
    stale = article.stale_on <= turn.facts.now.date()
    before = (Say("bot.announced.none"),) if intent == "announcement" else ()
    after = (Say("bot.article.stale"),) if stale else ()
    return answer(turn, *before, Guide(article, (HUMAN_OPTION,)), *after)


def by_search(turn: Turn) -> Decision | Needs | None:
    """Offer an article to somebody who was not understood, if the help centre has his very words; once in a row.

    So an article that the editors write for what nobody had answered is what the bot says the next time.
    """
    words, lang = turn.said.text.strip(), turn.state.lang or turn.facts.lang
    misses = turn.state.misses + 1
    if not words or misses >= MISSES_MAX:
        return None
    if words not in turn.facts.found:
        return Needs(search=(words, lang))
    article = turn.facts.found[words]
    if article is None:
        return None
    state = replace(asked(turn.state, "bot.article.maybe"), misses=misses)
    items = (Say("bot.article.maybe"), Guide(article, (HUMAN_OPTION,)))
    return Decision(items, state, WaitCustomer(understood=False))


def announced(turn: Turn) -> Decision | Needs | None:
    """Say what is announced now, each with the question whether it touches the asker."""
    if turn.facts.announcements is None:
        return Needs(announcements=True)
    said = [_notice(turn, one) for one in turn.facts.announcements]
    said += [_of_wallet(one) for one in turn.facts.incidents if one.texts]
    return answer(turn, *said[:ANNOUNCED_MAX]) if said else None


def _of_wallet(one: Incident) -> Speech:
    references = {f"text_{lang}": Reference(words, one.record) for lang, words in one.texts.items()}
    return Chips("bot.announced.wallet", (HUMAN_OPTION,), {**references, "start": Reference(one.opened_at, one.record)})


def _notice(turn: Turn, one: Announcement) -> Speech:
    record = f"announcement/{one.id}"
    references = {
        "title_zh": Reference(one.zh_title, record), "title_en": Reference(one.en_title, record),
        "text_zh": Reference(one.zh_text, record), "text_en": Reference(one.en_text, record),
        "start": Reference(one.starts_at, record),
    }  # fmt: skip
    if one.expected_end is not None:
        references["end"] = Reference(one.expected_end, record)
    mine = ((f"{MINE}{one.id}", "bot.option.mine"),) if turn.facts.known else ()
    return Chips(f"bot.announced.{one.phase(turn.facts.now)}", (*mine, HUMAN_OPTION), references)


def mine(turn: Turn, option: str) -> Decision | Needs | None:
    """Say whether an announcement touches the asker's own money; a visitor is told where he is told."""
    try:
        announcement_id = UUID(option.removeprefix(MINE))
    except ValueError:
        return None
    if not turn.facts.known:
        return answer(turn, Chips("bot.visitor", (HUMAN_OPTION,)))
    if announcement_id not in turn.facts.touched:
        return Needs(touched=announcement_id)
    found = turn.facts.touched[announcement_id]
    if found is None:
        return answer(turn, Chips("bot.stale", (HUMAN_OPTION,)))
    count = Reference(len(found.transactions), f"announcement/{announcement_id}")
    lines = tuple(_line(one) for one in found.transactions[:TOUCHED_MAX])
    key = f"bot.announced.mine.{found.answer}"
    closing = Chips(key, (HUMAN_OPTION,), {"count": count} if found.answer == "yes" else {})
    return answer(turn, *lines, closing, state=asked(turn.state, key))


def _line(one: Transaction) -> Say:
    references = {
        "name": Reference(one.name, one.record), "amount": Reference(one.amount, one.record),
        "at": Reference(one.created_at, one.record),
    }  # fmt: skip
    return Say(f"bot.announced.touched.{one.state.value}", references)

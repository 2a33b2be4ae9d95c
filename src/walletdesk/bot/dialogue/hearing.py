"""From single messages to what was said: pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from walletdesk.bot.dialogue import mentions
from walletdesk.bot.dialogue.mentions import Mention
from walletdesk.bot.dialogue.model import HUMAN, WAIT, Dialogue, Facts, Heard, Offered, Option, Tap
from walletdesk.bot.dialogue.numerals import read
from walletdesk.bot.dialogue.vocabulary import RED_LINES, SMALL_TALK, SYMPTOMS
from walletdesk.bot.understanding.model import Understood
from walletdesk.guard import addresses
from walletdesk.guard.links import Checked, Verdict, check_all, without_links, worst
from walletdesk.kit.i18n import Lang

ANSWER: Final = "answer"
_NO_GUESS: Final = SMALL_TALK | {"human", "out_of_scope"}
OFFER: Final = "offer"
LETTERS_MIN: Final = 6
"""Fewer Latin letters ("ok", "wifi") say nothing about the language somebody reads."""


@dataclass(frozen=True, slots=True)
class Said:
    """What several messages mean together."""

    lang: Lang
    text: str
    mention: Mention
    emergency: str | None = None
    human: bool = False
    tap: Tap | None = None
    main: Understood | None = None
    photo: bool = False
    corrects: bool = False
    link: Checked | None = None
    """Of the links that were pasted the one of which has to be warned most."""
    address: addresses.Checked | None = None
    """The blockchain address that was pasted."""
    beside: str = ""
    """What was said beside links."""
    seq: int = 0
    """The last message of these."""

    @property
    def intent(self) -> str | None:
        """The intent, where it is certain."""
        return self.main.intent if self.main is not None and self.main.decision == ANSWER else None

    @property
    def guesses(self) -> tuple[str, ...]:
        """What it might be, likeliest first, where nothing is certain."""
        if self.main is None or self.main.decision != OFFER or not self.main.in_scope:
            return ()
        return tuple(name for name, _ in self.main.top if name not in _NO_GUESS)


def segment(heard: Sequence[Heard]) -> tuple[Heard, ...]:
    """Return what one answer answers: all words up to a tap, or one tap with its repetitions.

    What comes after stays owed and is answered next. An emergency or the wish for a person is never left for
    later: then everything is answered at once.
    """
    if not heard or any(_urgent(one) for one in heard):
        return tuple(heard)
    first = heard[0]
    if first.tap is None:
        words: list[Heard] = []
        for one in heard:
            if one.tap is not None:
                break
            words.append(one)
        return tuple(words)
    same: list[Heard] = []
    for one in heard:
        if one.tap is None or (one.tap.place, one.tap.option) != (first.tap.place, first.tap.option):
            break
        same.append(one)
    return tuple(same)


def _urgent(one: Heard) -> bool:
    if one.tap is not None:
        return one.tap.option == HUMAN
    return one.understood is not None and (one.understood.emergency is not None or wants_person(one.understood))


def wants_person(understood: Understood) -> bool:
    """Say whether a person is asked for; in doubt yes, because nobody may be kept from one."""
    return understood.intent == "human" and understood.in_scope


def listen(state: Dialogue, heard: Sequence[Heard], facts: Facts) -> Said:
    """Put together what was said."""
    words = [one for one in heard if one.tap is None and one.understood is not None]
    understood = [one.understood for one in words if one.understood is not None]
    every = [*understood, *([facts.joined] if facts.joined is not None else [])]
    taps = [one.tap for one in heard if one.tap is not None]
    text = "\n".join(one.text for one in words)
    link, plain = worst(check_all(text, facts.policy)), without_links(text)
    emergency = next((u.emergency for u in every if u.emergency is not None), None)
    return Said(
        lang=_lang(understood, state.lang or facts.lang),
        text=text,
        mention=mentions.find(_about_money(text, plain, link), now=facts.now, zone=facts.zone),
        emergency=emergency,
        human=any(tap.option == HUMAN for tap in taps) or any(wants_person(u) for u in every),
        tap=taps[-1] if taps else None,
        main=_main(understood, facts.joined),
        photo=any(one.kind == "photo" for one in heard),
        corrects=_CORRECTION.search(text.lower()) is not None,
        link=link,
        address=address_in(text),
        beside=re.sub(r"[\W_]+", "", plain),
        seq=words[-1].seq if words else 0,
    )


def _about_money(text: str, plain: str, link: Checked | None) -> str:
    """Return where amounts and order numbers may stand: in our own links too, but in no others and no address."""
    return _without_addresses(text if link is not None and link.verdict is Verdict.OWN else plain)


def _in_words(text: str) -> str:
    """Return what somebody has said himself: what he pasted says nothing about the language he reads."""
    return _without_addresses(without_links(text))


def _without_addresses(text: str) -> str:
    for address in addresses.find(text):
        text = text.replace(address, " ")
    return text


def address_in(text: str) -> addresses.Checked | None:
    """Check the blockchain address that a text holds, for the network and the tag that it names."""
    found = addresses.find(text)
    if not found:
        return None
    return addresses.check(
        found[0],
        network=addresses.named_network(text),
        tag=addresses.named_tag(text),
        wants_tag=addresses.names_platform(text),
    )


def _lang(understood: Sequence[Understood], before: Lang) -> Lang:
    for one in reversed(understood):
        if re.search(r"[一-鿿]", one.text):
            return "zh"
        if sum(c.isalpha() for c in _in_words(one.text)) >= LETTERS_MIN and one.lang in ("zh", "en"):
            return "en" if one.lang == "en" else "zh"
    return before


def _main(understood: Sequence[Understood], joined: Understood | None) -> Understood | None:
    """Choose what counts of several messages: a certain problem, else anything certain, else the last."""
    latest = [*reversed(understood)]
    every = [*latest[:1], *([joined] if joined is not None else []), *latest[1:]]
    sure = [one for one in every if one.decision == ANSWER]
    for wanted in (
        [one for one in sure if one.intent in SYMPTOMS or one.intent in RED_LINES],
        [one for one in sure if one.intent not in SMALL_TALK],
        [one for one in every if one.decision == OFFER],
        sure,
        every,
    ):
        if wanted:
            return wanted[0]
    return None


_CORRECTION: Final = re.compile(
    r"不是(?:这|那|上面)(?:一?[笔个次单条]|一)|(?:这|那)一?[笔个]不对|不对[,,。!]?\s*是|搞错了|弄错了|选错了|点错了|"
    r"另[外一]一?[笔个]|别的(?:那)?[笔个]|换一[笔个]|\bnot (?:this|that)(?: one| payment| transfer)?\b|"
    r"\b(?:wrong|other|another|a different) (?:one|payment|transfer)\b|\bi meant?\b"
)


_ACKNOWLEDGED: Final = re.compile(
    r"(?:ok(?:ay)?|好(?:的|吧|呢|了)?|嗯+|哦+|行(?:吧)?|可以|知道了|明白了?|了解了?|收到|没事了?|不用了|是的?|对的?|"
    r"got it|i see|fine|sure|alright|all right|yes|yeah|yep|no|nope|never mind|no need)[\s。.!,,~]*",
    re.IGNORECASE,
)


def acknowledges(text: str) -> bool:
    """Say whether somebody has only nodded."""
    return _ACKNOWLEDGED.fullmatch(text.strip()) is not None


# --- words that stand for a tap -----------------------------------------------------------------------

_NUMBER: Final = re.compile(
    r"\s*(?:第|no\.?\s*|number\s+|option\s+|the\s+)?([0-9]{1,2}|[一二两三四五六七八九十]|first|second|third|fourth|fifth)"
    r"\s*(?:个|笔|条|项|号|one)?\s*[。.!!吧]?\s*"
)
_ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}


def typed_tap(text: str, offered: Sequence[Offered]) -> Tap | None:
    """Return the tap that a typed number or label means, if the last answer has such an option.

    Numbers count through all its cards, as they are read from top to bottom.
    """
    every = [(card, option) for card in offered for option in card.options]
    index = _number(text.lower())
    if index is not None and 1 <= index <= len(every):
        return _tap(*every[index - 1])
    plain = _plain(text)
    if not plain:
        return None
    named = [(card, option) for card, option in every if plain == _plain(option.label)]
    if not named:
        named = [(card, option) for card, option in every if _asks_for(option, text.lower())]
    return _tap(*named[0]) if len(named) == 1 else None


def _asks_for(option: Option, text: str) -> bool:
    words = _ASKED.get(option.id)
    return words is not None and words.search(text) is not None


_ASKED: Final = {
    "command:resend_notice": re.compile(
        r"(?:再|重新|重)[^,,。]{0,4}通知|通知[^,,。]{0,3}(?:商家|店)|\bresend\b|"
        r"\b(?:notify|tell|inform)\b.{0,16}\b(?:again|shop|merchant|store)\b"
    ),
    WAIT: re.compile(
        r"^(?:那|好的?|行|嗯)?[,,\s]*我?(?:就|先|再)?等(?:一?等|着|吧|结果|消息|通知)*[吧呗。.!]*$|"
        r"^(?:ok(?:ay)?|fine)?[,.\s]*(?:i(?:'ll| will) )?wait(?: for it)?[.!]*$"
    ),
}
"""Words that ask for an action without being its label; only where the last card offers it."""


def _tap(offered: Offered, option: Option) -> Tap:
    card = {"card": offered.card, "symptom": offered.symptom.value if offered.symptom else None}
    return Tap(option.id, card, offered.card_id, offered.finding_id)


def _number(text: str) -> int | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    if match[1] in _ORDINALS:
        return _ORDINALS[match[1]]
    found = read(match[1])
    return None if found is None else int(found)


def _plain(text: str) -> str:
    return re.sub(r"[\s\W_]+", "", text.lower())

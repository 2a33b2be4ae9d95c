"""Links in free text: with their text (Markdown, HTML, mail programs), bare, and in the forms that hide them.

Chinese text has no spaces, so a link ends where Chinese begins; a bare name counts where its ending is one under
which names are sold.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import unescape
from typing import Final

from walletdesk.guard.links.lists import hosts
from walletdesk.guard.links.model import Link

_Making = Callable[["re.Match[str]"], Link]
CHARACTERS_MAX: Final = 20_000
"""As much of a text is looked at."""
LINK_CHARACTERS_MAX: Final = 2_000

_ANCHOR: Final = re.compile(
    r"<a\s[^<>]{0,500}?href\s*=\s*(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s>]{1,2000}))[^<>]{0,500}>(.{0,500}?)</a\s*>",
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN: Final = re.compile(
    r"\[([^\[\]]{1,300})\]\(\s{0,3}<?([^\s()<>]{1,2000})>?(?:\s{1,3}\"[^\"]{0,200}\")?\s{0,3}\)"
)
_POINTED: Final = re.compile(r"([^\s<>]{3,300})\s?<(https?:[^<>\s]{1,2000})>", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]{0,500}>")
_STOP: Final = r"\s<>\"'`“”‘’，、；！？（）《》「」【】…　"
_SCHEMED: Final = re.compile(
    rf"(?<![a-z0-9])(?:https?|ftp)\s?:\s?[/\\]{{1,6}}[^/\\{_STOP}][^{_STOP}]{{0,{LINK_CHARACTERS_MAX}}}", re.IGNORECASE
)
_SCRIPT: Final = re.compile(
    r"(?<![a-z0-9])(?:(?:javascript|vbscript):[^\s]{1,2000}|data:text/html[^\s]{1,2000})", re.IGNORECASE
)
_LETTER: Final = (
    "a-z0-9\u00df-\u00f6\u00f8-\u024f\u0250-\u02af\u0370-\u03ff\u0400-\u04ff\u0561-\u0587\u1e00-\u1eff"
    "\u200b-\u200d"
)
"""Latin, Greek, Cyrillic and Armenian letters, digits, and characters of no width between them."""
_HAN: Final = re.compile(r"[\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uff60]")


@cache
def _bare() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![{_LETTER}@._%+/=-])((?:[{_LETTER}](?:[{_LETTER}-]{{0,61}}[{_LETTER}])?\.){{1,8}}(?:{_endings()}))"
        rf"(?![{_LETTER}@_-]|\.[{_LETTER}])((?::\d{{2,5}})?(?:[/?#][^{_STOP}]{{0,{LINK_CHARACTERS_MAX}}})?)",
        re.IGNORECASE,
    )


_NUMBERED: Final = re.compile(r"(?<![\w./@-])(\d{1,3}(?:\.\d{1,3}){3}(?::\d{2,5})?/[^\s]{1,300})")


def find(text: str) -> list[Link]:
    """Return the links of a text in their order, each once."""
    return _split(text)[0]


def without_links(text: str) -> str:
    """Return a text with its links blanked out."""
    return _split(text)[1]


def _split(text: str) -> tuple[list[Link], str]:
    plain = unescape(text[:CHARACTERS_MAX]) if "&" in text and "<" in text else text[:CHARACTERS_MAX]
    found: list[tuple[int, Link]] = []
    rest = _take(_ANCHOR, plain, found, _anchored)
    rest = _take(_MARKDOWN, rest, found, lambda m: Link(undisguised(m[2]), m[1].strip()))
    rest = _take(_POINTED, rest, found, lambda m: Link(m[2], m[1] if bare_host(m[1]) else None))
    rest = _take(_SCRIPT, rest, found, lambda m: Link(m[0]))
    rest = undisguised(rest)
    rest = _take(_SCHEMED, rest, found, lambda m: Link(_trimmed(m[0])))
    rest = _take(_bare(), rest, found, lambda m: Link(_trimmed(m[0])))
    rest = _take(_NUMBERED, rest, found, lambda m: Link(_trimmed(m[0])))
    ordered = [link for _, link in sorted(found, key=lambda one: one[0]) if link.target]
    return list(dict.fromkeys(ordered)), rest


def _anchored(match: re.Match[str]) -> Link:
    target = match[1] or match[2] or match[3] or ""
    return Link(undisguised(target.strip()), _TAG.sub("", match[4]).strip() or None)


def bare_host(text: str) -> str | None:
    """Return the host that a shown text names, if it is the address of something."""
    plain = undisguised(text.strip())
    match = re.search(rf"https?:[/\\]{{1,4}}([^/?#\s{_STOP}]+)", plain, re.IGNORECASE) or _bare().search(plain)
    return match[1].rpartition("@")[2].partition(":")[0].lower() if match else None


def _take(pattern: re.Pattern[str], text: str, into: list[tuple[int, Link]], made: _Making) -> str:
    """Collect what a pattern finds, and blank it out so that nothing is found twice."""

    def take(match: re.Match[str]) -> str:
        into.append((match.start(), made(match)))
        return " " * len(match[0])

    return pattern.sub(take, text)


_USUAL: Final = r"(?:com|net|org|cn|cc|top|vip|xyz|info|io)(?![a-z0-9])"
_HIDING: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"h\s?[tx]\s?[tx]\s?p\s?(s?)\s?(?:\[:\]|:|\[:|：)\s?(?:\[?/\s?/\]?)", re.IGNORECASE), r"http\1://"),
    (re.compile(r"\s?[\[({]\s?(?:\.|dot|点)\s?[\])}]\s?", re.IGNORECASE), "."),
    (re.compile(rf"(?<=[a-z0-9])[。．｡](?=[a-z0-9-]+[。．｡./]|{_USUAL})", re.IGNORECASE), "."),
    (re.compile(rf"(?<=[a-z0-9])(?:\sdot\s|\s?点\s?)(?={_USUAL})", re.IGNORECASE), "."),
)


def undisguised(text: str) -> str:
    """Write hxxp, [.], (dot), wide dots and spread letters as the link they stand for."""
    for pattern, plain in _HIDING:
        text = pattern.sub(plain, text)
    return text


def _trimmed(link: str) -> str:
    """Cut off what belongs to the sentence: Chinese behind the link, full stops, brackets opened before it."""
    match = re.match(r"((?:[a-z]+:)?[/\\]*)([^/?#\\]*)(.*)", link, re.IGNORECASE | re.DOTALL)
    if match is None:
        return link
    lead, host, tail = match[1], match[2], match[3]
    han = _HAN.search(tail)
    if han is not None:
        tail = tail[: han.start()]
    cut = re.match(rf"(.*\.(?:{_endings()}))(?=[\u3400-\u9fff])", host, re.IGNORECASE)
    if cut is not None and not re.search(r"[\u3400-\u9fff][^.]*\.", host[cut.end() :]):
        host, tail = cut[1], ""
    kept = (lead + host + tail).rstrip(".,;:!?'\"*_|~")
    while kept and kept[-1] in ")]}" and kept.count(kept[-1]) > kept.count({")": "(", "]": "[", "}": "{"}[kept[-1]]):
        kept = kept[:-1].rstrip(".,;:!?")
    return kept


@cache
def _endings() -> str:
    return "|".join(sorted(hosts("endings"), key=lambda ending: (-len(ending), ending)))

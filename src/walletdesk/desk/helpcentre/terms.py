"""From texts to terms of the posting table: what is said, how it sounds, how it is spelled. Pure.

Terms of what is said begin with `w`: characters and pairs of characters, words of letters. Terms of sound begin with
`s`: one and two syllables of pinyin; they are why a homophone typo and a word typed in pinyin find their article.
Terms of spelling begin with `l`: three letters in a row, for slips of the keyboard. Traditional script is brought to
the simplified one for all.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from walletdesk.kit import sounds, spelling

_RUN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[a-z]+(?:'[a-z]+)?|[0-9]+")
_LETTERS: Final = 3
WORD: Final = "w"
SOUND: Final = "s"
LETTER: Final = "l"
SORTS: Final[tuple[str, ...]] = (WORD, SOUND, LETTER)
_COMMON: Final = frozenset((
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "has", "have", "how", "i",
    "if", "in", "is", "it", "me", "my", "of", "on", "or", "so", "that", "the", "their", "then", "there", "this",
    "to", "was", "we", "what", "when", "where", "which", "who", "why", "will", "with", "you", "your",
))  # fmt: skip
_COMMON_HAN: Final = frozenset("的了吗呢吧啊呀么我你您他她它们是在有和与就都也又还把被这那个一不")
_TITLE_TIMES: Final = 3
_HEADING_TIMES: Final = 2


def runs(text: str, *, chars_max: int) -> list[str]:
    """Return the runs of Chinese characters, the words and the numbers of a text, in one spelling."""
    return _RUN.findall(spelling.plain(text, chars_max=chars_max))


def stem(word: str) -> str:
    """Return a word without the endings of number and time, so that `payments` is found by `payment`."""
    for ending, rest in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= _LETTERS and not word.endswith("ss"):
            return word.removesuffix(ending) + rest
    return word


def said(run: Iterable[str], *, singles: bool) -> list[str]:
    """Return the terms of what runs say; single characters only where `singles`, pairs always."""
    found: list[str] = []
    for part in run:
        if spelling.has_han(part):
            found += [f"{WORD}{part[i : i + 2]}" for i in range(len(part) - 1)]
            if singles or len(part) == 1:
                found += [f"{WORD}{one}" for one in part if one not in _COMMON_HAN]
        elif part not in _COMMON:
            found.append(WORD + stem(part.partition("'")[0]))
    return found


def sounding(run: Iterable[str], *, pinyin: bool = False) -> list[str]:
    """Return the terms of sound; with `pinyin`, letters that can be are Chinese typed by its sound."""
    found: list[str] = []
    heard: list[str] = []
    for part in run:
        if spelling.has_han(part):
            heard += sounds.of_characters(part)
        elif pinyin and (parsed := sounds.parse(part)):
            heard += parsed
        else:
            found += _syllables(heard)
            heard = []
    return found + _syllables(heard)


def _syllables(heard: list[str]) -> list[str]:
    pairs = [f"{SOUND}{a} {b}" for a, b in itertools.pairwise(heard)]
    return pairs + [f"{SOUND}{one} " for one in heard]


def spelled(run: Iterable[str]) -> list[str]:
    """Return the terms of spelling of the words of letters."""
    return [term for part in run if not spelling.has_han(part) for term in _letters(part)]


def _letters(word: str) -> list[str]:
    if word in _COMMON or word.isdigit():
        return []
    edged = f"_{word}_"
    return [f"{LETTER}{edged[i : i + _LETTERS]}" for i in range(len(edged) - _LETTERS + 1)]


def of_article(title: str, words: str, body: str, *, chars_max: int) -> Counter[str]:
    """Count the terms of an article; its title and its headings count more than the rest.

    Sounds and spelling are taken from title, search words and headings only: in a whole text nearly every syllable
    stands.
    """
    headings = " ".join(line.lstrip("#").strip() for line in body.splitlines() if line.startswith("#"))
    named = runs(f"{title}\n{words}", chars_max=chars_max)
    headed = runs(headings, chars_max=chars_max)
    told = runs(body, chars_max=chars_max)
    found: Counter[str] = Counter()
    for part, times, singles in ((named, _TITLE_TIMES, True), (headed, _HEADING_TIMES, False), (told, 1, False)):
        for term, count in Counter(said(part, singles=singles)).items():
            found[term] += times * count
    for part, times in ((named, _HEADING_TIMES), (headed, 1)):
        for term, count in Counter([*sounding(part), *spelled(part)]).items():
            found[term] += times * count
    return found


class Asked:
    """A question as terms of each sort.

    Letters that can be read as pinyin are looked up as words and as sounds alike: which of both they are, the
    articles decide.
    """

    def __init__(self, question: str, *, chars_max: int) -> None:
        self._runs = runs(question, chars_max=chars_max)
        letters = [part for part in self._runs if part.isalpha() and not spelling.has_han(part)]
        pinyin = bool(letters) and sounds.is_pinyin(" ".join(letters), frozenset())
        self.sorts: dict[str, tuple[str, ...]] = {
            WORD: tuple(dict.fromkeys(said(self._runs, singles=True))),
            SOUND: tuple(dict.fromkeys(sounding(self._runs, pinyin=pinyin))),
            LETTER: tuple(dict.fromkeys(spelled(self._runs))),
        }

    @property
    def every(self) -> tuple[str, ...]:
        """Return all terms."""
        return tuple(term for sort in SORTS for term in self.sorts[sort])

    @property
    def empty(self) -> bool:
        """Say whether nothing can be looked for."""
        return not self._runs

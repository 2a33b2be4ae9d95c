"""What a sentence speaks of: words of both languages that mean the same thing for a wallet's desk.

Thousands of words are looked for in every text. Beginning at each place the text is followed letter by letter as
long as some word begins so (a trie, kept as a table of all beginnings), so that the time depends on the text's
length and not on the number of words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from itertools import accumulate, chain
from typing import Final

from walletdesk.bot.understanding import normalise, sounds

SUBJECTS: Final = "concepts.toml"
DANGERS: Final = "dangers.toml"
ALARMS: Final = "alarms.toml"
FILES: Final = (SUBJECTS, DANGERS, ALARMS)
_GAP_ZH: Final = ".{0,4}?"
_GAP_SOUND: Final = r"(?:[^ ]+ ){0,4}?"
_GAP_EN: Final = r" (?:\S+ ){0,3}?"
_TOKEN: Final = re.compile(r"[^ ]+")
_SPOKEN_MIN: Final = 2
"""Syllables of a word that is told by its sound; one syllable alone sounds like too many things."""
_CLEAR_MIN: Final = 3
"""The same beside characters and for dangers, where any two syllables may sound like one."""

Named = dict[str, list[str]]
"""The concepts a text speaks of, in the order in which they are first met, by lexicon."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a concept, found by its beginning; `rest` is the pattern of all of it where it has a gap."""

    file: str
    concept: str
    place: int
    """The concept's place in its lexicon: of two met at the same place in a text the earlier goes first."""
    ends: bool = False
    """Whether the word must end where its letters do."""
    rest: str | None = None
    syllables: int = 0

    def fits(self, text: str, start: int, end: int) -> bool:
        """Say whether the word stands in the text from `start`, where its beginning reaches to `end`."""
        if self.rest is not None:
            return _pattern(self.rest).match(text, start) is not None
        return not self.ends or end == len(text) or text[end] == " "


@dataclass(frozen=True, slots=True)
class _Index:
    """Words by their beginnings; a beginning at which no word is complete has none."""

    words: dict[str, list[_Word]] = field(default_factory=dict[str, "list[_Word]"])

    def add(self, letters: str, word: _Word) -> None:
        """Take in a word."""
        for beginning in accumulate(letters):
            self.words.setdefault(beginning, [])
        self.words[letters].append(word)

    def at(self, text: str, start: int) -> Iterator[_Word]:
        """Return the words that stand in a text from a place."""
        for end in range(start + 1, len(text) + 1):
            words = self.words.get(text[start:end])
            if words is None:
                return
            for word in words:
                if word.fits(text, start, end):
                    yield word


@dataclass(frozen=True, slots=True)
class _Lexicons:
    """All words of all lexicons: with characters, with letters among characters, as they sound, and English ones."""

    characters: _Index = field(default_factory=_Index)
    letters: _Index = field(default_factory=_Index)
    english: _Index = field(default_factory=_Index)
    sound: _Index = field(default_factory=_Index)


@cache
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source)


def source(file: str) -> bytes:
    """Return a lexicon as it is packaged."""
    return resources.files("walletdesk.bot.understanding").joinpath("data", file).read_bytes()


@cache
def _lexicons() -> _Lexicons:
    found = _Lexicons()
    for file in FILES:
        tables: dict[str, dict[str, list[str]]] = tomllib.loads(source(file).decode("utf-8"))
        for place, (concept, words) in enumerate(tables.items()):
            for word in dict.fromkeys(words["zh"]):
                _add_chinese(found, _Word(file, concept, place), word)
            for phrase in dict.fromkeys(words["en"]):
                # Texts are looked at with shortened words written out, and "mum's" among them.
                _add_english(found, _Word(file, concept, place), phrase.replace("'s ", " is "))
    return found


def _add_chinese(found: _Lexicons, word: _Word, letters: str) -> None:
    if letters.isascii():
        return found.letters.add(letters, replace(word, ends=True))
    pieces = letters.split("~")
    gap = len(pieces) > 1
    found.characters.add(pieces[0], replace(word, rest=_GAP_ZH.join(map(re.escape, pieces)) if gap else None))
    syllables = len("".join(pieces))
    if syllables >= _SPOKEN_MIN and not re.search("[a-z0-9]", letters):
        heard = [" ".join(sounds.of_characters(piece)) for piece in pieces]
        rest = _GAP_SOUND.join(f"{piece} " for piece in heard) if gap else None
        found.sound.add(heard[0], replace(word, ends=True, rest=rest, syllables=syllables))
    return None


def _add_english(found: _Lexicons, word: _Word, phrase: str) -> None:
    beginning = re.split(r"[*~]", phrase, maxsplit=1)[0].strip()
    if phrase in (beginning, f"{beginning}*"):
        return found.english.add(beginning, replace(word, ends=phrase == beginning))
    pattern = " ".join(re.escape(part).replace(r"\*", r"\w*") for part in phrase.split())
    return found.english.add(beginning, replace(word, rest=pattern.replace(r" \~ ", _GAP_EN) + r"\b"))


def in_english(text: str) -> Named:
    """Return the concepts of a text of English words."""
    lexicons = _lexicons()
    return _ordered((word, start) for start in _beginnings(text) for word in lexicons.english.at(text, start))


def in_chinese(written: str, syllables: Sequence[str]) -> Named:
    """Return the concepts of a Chinese text, by its characters, its sounds and English words in it."""
    return _ordered(chain(_written(written), _heard(" ".join(syllables) + " ", clear=normalise.has_han(written))))


def _written(text: str) -> Iterator[tuple[_Word, int]]:
    lexicons = _lexicons()
    for start in range(len(text)):
        yield from ((word, start) for word in lexicons.characters.at(text, start))
    for start in _beginnings(text):
        yield from ((word, start) for index in (lexicons.letters, lexicons.english) for word in index.at(text, start))


def _heard(spoken: str, *, clear: bool) -> Iterator[tuple[_Word, int]]:
    lexicons = _lexicons()
    # Counting syllables makes a place among sounds comparable with a place among characters.
    for number, start in enumerate(_beginnings(spoken)):
        for word in lexicons.sound.at(spoken, start):
            if not clear or word.file == SUBJECTS or word.syllables >= _CLEAR_MIN:
                yield word, number


def _beginnings(text: str) -> list[int]:
    """Return where the words of a text begin that has one space between them."""
    return [match.start() for match in _TOKEN.finditer(text)]


def _ordered(met: Iterable[tuple[_Word, int]]) -> Named:
    first: dict[str, dict[tuple[int, str], int]] = {file: {} for file in FILES}
    for word, place in met:
        concept = word.place, word.concept
        first[word.file][concept] = min(place, first[word.file].get(concept, place))
    return {
        file: [name for _, name in sorted(found, key=lambda concept: (found[concept], concept))]
        for file, found in first.items()
    }

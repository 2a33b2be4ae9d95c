"""What a sentence speaks of: words of both languages that mean the same thing for a wallet's desk."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from walletdesk.bot.understanding import normalise, sounds

SUBJECTS: Final = "concepts.toml"
DANGERS: Final = "dangers.toml"
ALARMS: Final = "alarms.toml"
FILES: Final = (SUBJECTS, DANGERS, ALARMS)
_GAP_ZH: Final = ".{0,4}?"
_GAP_SOUND: Final = r"(?:[^ ]+ ){0,4}?"
_GAP_EN: Final = r" (?:\S+ ){0,3}?"

Matcher = re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Concept:
    """One concept's words: as written in Chinese, as they sound, and in English."""

    name: str
    written: Matcher
    sound: Matcher
    clear_sound: Matcher
    """Words long enough to be told by their sound beside characters, where any two may sound like a danger."""
    english: Matcher


def source(file: str) -> bytes:
    """Return a lexicon as it is packaged."""
    return resources.files("walletdesk.bot.understanding").joinpath("data", file).read_bytes()


@cache
def _lexicon(file: str) -> tuple[_Concept, ...]:
    tables: dict[str, dict[str, list[str]]] = tomllib.loads(source(file).decode("utf-8"))
    return tuple(
        _Concept(
            name,
            _any(_written(word) for word in words["zh"]),
            _any(_sound(word) for word in words["zh"] if _tells_by_sound(word, 2)),
            _any(_sound(word) for word in words["zh"] if _tells_by_sound(word, 3)),
            _any(_english(phrase) for phrase in words["en"]),
        )
        for name, words in tables.items()
    )


def _tells_by_sound(word: str, syllables_min: int) -> bool:
    """One syllable alone sounds like too many things."""
    return len(word.replace("~", "")) >= syllables_min and not re.search("[a-z0-9]", word)


def _any(patterns: Iterable[str]) -> Matcher:
    longest_first = sorted(patterns, key=len, reverse=True)
    return re.compile("|".join(longest_first)) if longest_first else None


def _written(word: str) -> str:
    if word.isascii():
        return rf"\b{re.escape(word)}\b"
    return _GAP_ZH.join(map(re.escape, word.split("~")))


def _sound(word: str) -> str:
    parts = [" ".join(sounds.of_characters(part)) + " " for part in word.split("~")]
    return r"(?<![^ ])" + _GAP_SOUND.join(map(re.escape, parts))


def _english(phrase: str) -> str:
    words = [re.escape(word).replace(r"\*", r"\w*") for word in phrase.split()]
    return r"\b" + " ".join(words).replace(r" \~ ", _GAP_EN).replace(" ~ ", _GAP_EN) + r"\b"


def in_english(text: str, file: str) -> list[str]:
    """Return the concepts of a text of English words, in the order in which they are first met."""
    found = {
        concept.name: hit.start()
        for concept in _lexicon(file)
        if concept.english and (hit := concept.english.search(text))
    }
    return sorted(found, key=lambda name: found[name])


def in_chinese(written: str, syllables: list[str], file: str) -> list[str]:
    """Return the concepts of a Chinese text, by its characters, its sounds and English words in it, in order."""
    spoken = " ".join(syllables) + " "
    clear = file != SUBJECTS and normalise.has_han(written)
    found: dict[str, int] = {}
    for concept in _lexicon(file):
        sound = concept.clear_sound if clear else concept.sound
        hits = [
            hit.start()
            for pattern in (concept.written, concept.english)
            if pattern and (hit := pattern.search(written))
        ]
        if sound and (heard := sound.search(spoken)):
            # Counting syllables makes a place among sounds comparable with a place among characters.
            hits.append(spoken.count(" ", 0, heard.start()))
        if hits:
            found[concept.name] = min(hits)
    return sorted(found, key=lambda name: found[name])

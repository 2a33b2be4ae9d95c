"""What looks like a name without being it: letters of other scripts, digits, doubled and swapped letters.

The skeleton of a word is what the eye takes in (UTS 39, reduced to what domain names are faked with): two words
with the same skeleton cannot be told apart in an address bar. Beside it stands the distance of optimal string
alignment, for slips that can be seen and are read over.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache
from typing import Final

from walletdesk.guard.links.lists import lures

_LOOKS: Final[dict[str, str]] = {
    "а": "a", "ɑ": "a", "α": "a", "в": "b", "ь": "b", "с": "c", "ϲ": "c", "ԁ": "d", "е": "e", "є": "e", "ё": "e",
    "ɛ": "e", "ε": "e", "ɡ": "g", "ց": "g", "һ": "h", "н": "h", "հ": "h", "і": "i", "ї": "i", "ι": "i", "ɩ": "i",
    "ı": "i", "ӏ": "l", "ј": "j", "κ": "k", "к": "k", "м": "m", "ո": "n", "η": "n", "п": "n", "о": "o", "ο": "o",
    "օ": "o", "σ": "o", "р": "p", "ρ": "p", "ԛ": "q", "г": "r", "ѕ": "s", "ʂ": "s", "т": "t", "τ": "t", "υ": "u",
    "ʋ": "u", "ս": "u", "ν": "v", "ѵ": "v", "ԝ": "w", "ω": "w", "ѡ": "w", "х": "x", "χ": "x", "у": "y", "γ": "y",
    "ү": "y", "ʏ": "y", "ʙ": "b", "ʀ": "r", "ʟ": "l", "ɴ": "n", "ɢ": "g", "ł": "l", "đ": "d", "ø": "o", "ħ": "h",
    "ŧ": "t", "ß": "b", "æ": "ae", "œ": "oe",
}  # fmt: skip
_DIGITS: Final = str.maketrans("01345789!", "oleastbgl")
_PAIRS: Final = (("rn", "m"), ("vv", "w"))
DISTANCE_ONE_FROM: Final = 6
DISTANCE_TWO_FROM: Final = 10


class Likeness(IntEnum):
    """How a label stands to a name."""

    NONE = 0
    CLOSE = 1
    """One slip away; seen if one looks."""
    LOOKS = 2
    """The eye takes it for the name."""
    SAME = 3


@lru_cache(maxsize=8192)
def letters(label: str) -> str:
    """Write foreign letters and accents as the plain letters they look like; digits stay."""
    parts: list[str] = []
    for character in unicodedata.normalize("NFKD", label.lower()):
        if unicodedata.combining(character):
            continue
        parts.append(_LOOKS.get(character, character))
    return "".join(parts)


@lru_cache(maxsize=8192)
def skeleton(label: str) -> str:
    """Return what the eye takes in of a word."""
    plain = letters(label).translate(_DIGITS)
    for pair, single in _PAIRS:
        plain = plain.replace(pair, single)
    return plain.replace("i", "l").replace("j", "l")


@lru_cache(maxsize=16384)
def likeness(label: str, word: str, *, near_from: int = DISTANCE_ONE_FROM) -> Likeness:
    """Say how a label stands to a name; `near_from` letters and more may be one slip away."""
    if label == word:
        return Likeness.SAME
    mine, theirs = skeleton(label), skeleton(word)
    if mine == theirs and not (label.isascii() and label in lures("ordinary")):
        return Likeness.LOOKS
    if label in lures("ordinary") or label.isdigit() or word.isdigit():
        return Likeness.NONE
    if 3 <= len(word) < len(label) and label[0] == word[0] and _undoubled(label) == _undoubled(word):
        return Likeness.CLOSE
    allowed = 2 if len(word) >= DISTANCE_TWO_FROM else 1 if len(word) >= near_from else 0
    if not allowed or abs(len(mine) - len(theirs)) > allowed:
        return Likeness.NONE
    if len(_set(mine) ^ _set(theirs)) > 2 * allowed:  # each slip changes two letters of the set at most
        return Likeness.NONE
    return Likeness.CLOSE if distance(mine, theirs) <= allowed else Likeness.NONE


@lru_cache(maxsize=8192)
def _set(word: str) -> frozenset[str]:
    return frozenset(word)


@lru_cache(maxsize=8192)
def _undoubled(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


def distance(one: str, other: str) -> int:
    """Return how many letters have to be put in, taken out, changed or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row, older = row, [i], before
        before = last
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


_TOGETHER: Final = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)
"""Scripts that are written together (UTS 39, "highly restrictive")."""


def scripts(label: str) -> frozenset[str]:
    """Return the scripts of a label's letters."""
    found = {
        unicodedata.name(character, "UNKNOWN").split(" ", 1)[0]
        for character in label
        if character.isalpha() and not unicodedata.combining(character)
    }
    return frozenset(found)


def mixed(label: str) -> bool:
    """Say whether a label mixes scripts that nobody writes together."""
    found = scripts(label)
    return len(found) > 1 and not any(found <= together for together in _TOGETHER)


def disguised(label: str) -> bool:
    """Say whether a label is of one foreign script, and every letter of it looks like a plain one."""
    found = scripts(label)
    return found <= {"CYRILLIC", "GREEK", "ARMENIAN"} and bool(found) and letters(label).isascii()

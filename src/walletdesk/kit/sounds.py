"""How Chinese sounds: homophones are the typos of pinyin keyboards, and some people type the pinyin itself."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from typing import Final

_LATIN: Final = re.compile(r"[a-z]+")
_SYLLABLE_MAX: Final = 6
"""Letters of the longest syllables (zhuang, shuang)."""
_WORD_MAX: Final = 40
_PINYIN_SHARE: Final = 0.6
"""Share of words that must be syllables and no English word before a text without characters counts as Chinese."""


@cache
def inventory() -> frozenset[str]:
    """Return all syllables of Mandarin without tones; `v` stands for the u with dots, as on keyboards."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - its tables are read once, with the first text

    found = lazy_pinyin([chr(code) for code in range(0x4E00, 0x9FA6)], style=Style.NORMAL)
    return frozenset(part for part in found if _LATIN.fullmatch(part)) - {"m", "n", "ng", "hm", "hng"}


def of_characters(text: str) -> list[str]:
    """Return the syllables of a run of Chinese characters; characters that no reading is known of are left out."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    return lazy_pinyin(text, errors="ignore")


@lru_cache(maxsize=8_192)
def parse(word: str) -> tuple[str, ...] | None:
    """Cut a word of letters into as few syllables as possible; None when it cannot be."""
    if not word or len(word) > _WORD_MAX:
        return None
    syllables = inventory()
    best: list[tuple[str, ...] | None] = [(), *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _SYLLABLE_MAX), end):
            before, piece = best[start], word[start:end]
            if before is None or piece not in syllables:
                continue
            now = best[end]
            if now is None or len(before) + 1 < len(now):
                best[end] = (*before, piece)
    return best[-1]


def is_pinyin(text: str, english: AbstractSet[str]) -> bool:
    """Say whether a text without characters is Chinese typed in letters.

    `english` are words that are known to be English: many of them (`change`, `human`) could be cut into syllables.
    """
    words = _LATIN.findall(text)
    spoken = [parsed for word in words if word not in english and (parsed := parse(word))]
    return len(spoken) >= _PINYIN_SHARE * len(words) and sum(map(len, spoken)) > 1

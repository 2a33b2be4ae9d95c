"""A text as countable parts: n-grams of characters, sounds and words, and the concepts it speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from walletdesk.bot.understanding import concepts, normalise, sounds
from walletdesk.bot.understanding.vocabulary import EMERGENCIES, HUMAN
from walletdesk.kit.i18n import Lang

_UNIT: Final = re.compile(r"[\u3400-\u9fff]|[a-z]+|[0-9]+|[#?!]")
_RUN: Final = re.compile(r"[\u3400-\u9fff]+|[a-z]+|[0-9]+|[#?!]")
_WORD: Final = re.compile(r"[a-z]+|[0-9]+|[#?!]")
_LONG: Final = 40
"""Units (characters or words) from which a text is also looked at piece by piece."""
_PIECE_MAX: Final = 60
_BREAK: Final = re.compile(r"[.,;:!?\u3002\u3001\n]+|\s-\s")

UNLESS: Final = "unless"
"""The name, among the alarms, of what is said in jest or about ordinary business."""
UNLESS_HUMAN: Final = "not_human"
"""The name, among the alarms, of what is said about persons without asking for one."""

BLOCKS: Final[dict[Lang, dict[str, float]]] = {
    "zh": {"c": 1.2, "p": 0.8, "k": 0.6, "d": 0.5},
    "en": {"w": 1.2, "c": 1.2, "k": 0.7, "d": 0.5},
}
"""Blocks of features and their weights: each block is brought to length one, then weighted."""

GENERAL: Final = frozenset(
    {
        "how_to", "why", "says", "duration", "waiting", "person_to_pay", "far_away", "other_firm", "got_nothing",
        "failed", "wrong", "can_not", "not_want", "goods", "change", "forgot", "app", "my_side", "novice", "twice",
        "outage", "who_are_you", "lost_thing", "shop", "restricted", "close", "record", "safety",
    }
)  # fmt: skip
"""Concepts that are spoken of in any business, so that they say nothing about a wallet being meant."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one text by block, each with repeats; `lang` says by which model it is to be read."""

    lang: Lang
    blocks: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    alarms: list[str] = field(default_factory=list[str])
    """What a phrase raises by itself: flags, and `human` for a person who is asked for."""


def language(normalised: str, english: frozenset[str]) -> Lang:
    """Choose the model by script: characters or pinyin are Chinese, and so is what has no letter at all."""
    if normalise.has_han(normalised) or not re.search("[a-z]", normalised):
        return "zh"
    return "zh" if sounds.is_pinyin(normalised, english) else "en"


def pieces_of(normalised: str) -> list[str]:
    """Cut a long text into what was said in one breath; a short one has no pieces.

    Somebody in danger may say so in five words among three hundred, where they would not weigh anything.
    """
    if len(_UNIT.findall(normalised)) < _LONG:
        return []
    breaths = [breath.strip() for breath in _BREAK.split(normalised) if breath.strip()]
    pieces: list[str] = []
    for breath in breaths:
        if pieces and len(_UNIT.findall(pieces[-1])) + len(_UNIT.findall(breath)) <= _PIECE_MAX // 2:
            pieces[-1] = f"{pieces[-1]}, {breath}"
        else:
            pieces.append(breath)
    return [part for piece in pieces for part in _windows(piece)] if len(pieces) > 1 else _windows(normalised)


def _windows(piece: str) -> list[str]:
    """Cut a piece without any break into overlapping stretches."""
    places = [match.start() for match in _UNIT.finditer(piece)]
    step = _PIECE_MAX // 2
    if len(places) <= _PIECE_MAX:
        return [piece]
    starts = range(0, len(places) - step, step)
    return [piece[places[i] : places[i + _PIECE_MAX] if i + _PIECE_MAX < len(places) else None] for i in starts]


def own_subjects(parts: Parts) -> int:
    """Count the concepts of a text that are a wallet's own, or small talk; none hints at being out of scope."""
    named = (f for f in parts.blocks.get("k", []) if "&" not in f)
    return sum(name not in GENERAL for name in named)


def words_of(normalised: str) -> list[str]:
    """Return the words of letters of a normalised text."""
    return re.findall(r"[a-z]+", normalised)


def parts_of(normalised: str, lang: Lang) -> Parts:
    """Cut a normalised text into the features of its language's model."""
    return _chinese(normalised) if lang == "zh" else _english(normalised)


def _chinese(text: str) -> Parts:
    units = _UNIT.findall(text)
    syllables = [
        part
        for run in _RUN.findall(text)
        for part in (sounds.of_characters(run) if normalise.has_han(run) else sounds.parse(run) or (run,))
    ]
    written = "".join(unit if normalise.has_han(unit) else f" {unit} " for unit in units)
    written = " ".join(written.split())
    characters = units if normalise.has_han(text) else []
    named = concepts.in_chinese(written, syllables)
    blocks = {
        "c": _grams(["^", *characters, "$"], 1, 2) if characters else [],
        "p": _grams(["^", *syllables, "$"], 1, 2),
        "k": _related(named[concepts.SUBJECTS]),
        "d": _related(named[concepts.DANGERS]),
    }
    return Parts("zh", blocks, _raised(named[concepts.ALARMS]))


def _english(text: str) -> Parts:
    words = _WORD.findall(text)
    letters = [piece for word in words if word.isalpha() for piece in _letters(f" {word} ")]
    named = concepts.in_english(" ".join(words))
    blocks = {
        "w": _grams(["^", *words, "$"], 1, 2),
        "c": letters,
        "k": _related(named[concepts.SUBJECTS]),
        "d": _related(named[concepts.DANGERS]),
    }
    return Parts("en", blocks, _raised(named[concepts.ALARMS]))


def _raised(named: Sequence[str]) -> list[str]:
    """Return what phrases raise by themselves: flags, and the wish for a person; each has words that forbid it."""
    flags = [] if UNLESS in named else [name for name in named if name in EMERGENCIES]
    asked = HUMAN in named and UNLESS_HUMAN not in named
    return [*flags, HUMAN] if asked else flags


def _grams(units: Sequence[str], low: int, high: int) -> list[str]:
    found = [
        "_".join(units[i : i + n]) for n in range(low, high + 1) for i in range(len(units) - n + 1)
    ]
    return [gram for gram in found if gram not in ("^", "$")]


def _letters(word: str) -> list[str]:
    return [word[i : i + n] for n in range(3, 6) for i in range(len(word) - n + 1)]


def _related(named: Sequence[str]) -> list[str]:
    """Name the concepts, and every pair of them in whatever order they were said."""
    pairs = [f"{min(a, b)}&{max(a, b)}" for i, a in enumerate(named) for b in named[i + 1 :]]
    return [*named, *pairs]

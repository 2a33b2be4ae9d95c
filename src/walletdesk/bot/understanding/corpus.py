"""The packaged sentences: `data/<lang>/<intent>.txt` and `data/<lang>/emergencies/<flag>.txt`.

One sentence a line. After a tab may stand, in an intent's file, the emergency that the sentence is as well, and
in an emergency's file, the intent that it is as well. `emergencies/none.txt` holds ordinary sentences that sound
like emergencies.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from walletdesk.bot.understanding import concepts
from walletdesk.bot.understanding.vocabulary import EMERGENCIES, INTENTS, NO_EMERGENCY
from walletdesk.kit.i18n import LANGS, Lang

_CODE: Final = (
    "vocabulary.py", "normalise.py", "sounds.py", "concepts.py", "features.py", "corpus.py", "vectors.py",
    "training.py", "cutting.py", "ranking.py", "weights.py",
)  # fmt: skip
"""Files that shape a trained model: when one of them changes, the stored model is another's."""
_SHARED_CODE: Final = ("spelling.py", "sounds.py")
"""Files of the kit that do so too."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and what it means; `intent` is None where only the emergency is of interest."""

    text: str
    intent: str | None
    emergency: str


def _room() -> Traversable:
    return resources.files("walletdesk.bot.understanding")


@cache
def examples(lang: Lang) -> tuple[Example, ...]:
    """Return all sentences of a language.

    Raises:
        ValueError: A label after a tab is no intent or no emergency: a defect of the data.
    """
    folder = _room().joinpath("data", lang)
    found = [
        Example(text, intent, _known(other or NO_EMERGENCY, (*EMERGENCIES, NO_EMERGENCY)))
        for intent in INTENTS
        for text, other in _lines(folder.joinpath(f"{intent}.txt"))
    ]
    found += [
        Example(text, _known(other, INTENTS) if other else None, flag)
        for flag in (*EMERGENCIES, NO_EMERGENCY)
        for text, other in _lines(folder.joinpath("emergencies", f"{flag}.txt"))
    ]
    return tuple(found)


def _lines(file: Traversable) -> list[tuple[str, str]]:
    rows = [line.partition("\t") for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [(text.strip(), other.strip()) for text, _, other in rows]


def _known(label: str, labels: tuple[str, ...]) -> str:
    if label not in labels:
        raise ValueError(f"{label} is no label of the vocabulary")
    return label


@cache
def fingerprint() -> str:
    """Return the hash of everything that decides how a trained model looks: sentences, lexicon and code."""
    digest = hashlib.sha256(b"".join(concepts.source(file) for file in concepts.FILES))
    for lang in LANGS:
        for example in examples(lang):
            digest.update(f"{lang}\0{example.text}\0{example.intent}\0{example.emergency}\n".encode())
    for name in _CODE:
        digest.update(_room().joinpath(name).read_bytes())
    for name in _SHARED_CODE:
        digest.update(resources.files("walletdesk.kit").joinpath(name).read_bytes())
    return digest.hexdigest()[:20]

"""The note for the colleague who takes over: why, what was found, what was asked already. Pure."""

from __future__ import annotations

from typing import Final

from walletdesk.bot.dialogue.model import Dialogue
from walletdesk.bot.dialogue.speaking import Voice, number_of, words
from walletdesk.bot.dialogue.vocabulary import INTENT_OF
from walletdesk.diagnosis.model import Reference, StoredFinding
from walletdesk.diagnosis.rendering import sentence
from walletdesk.kit.i18n import has_text

_RECORD: Final = "dialogue"


def note_of(reason: str, state: Dialogue, stored: StoredFinding | None, voice: Voice) -> str:
    """Return the note.

    Raises:
        NumberUnreferenced: It would hold a number that no record proves.
    """
    lines = [_line("head", voice, reason=_reason(reason, voice))]
    if state.symptom is not None:
        lines.append(_line("symptom", voice, symptom=words(f"bot.intent.{INTENT_OF[state.symptom]}", voice)))
    lines.append(_found(stored, voice))
    lines.append(_asked(state, voice))
    return "\n".join(lines)


def _reason(reason: str, voice: Voice) -> str:
    name = reason.split(":", maxsplit=1)[0]
    for key in (f"bot.reason.{name}", f"bot.intent.{name}"):
        if has_text(voice.lang, key):
            return words(key, voice)
    return words("bot.reason.other", voice)


def _found(stored: StoredFinding | None, voice: Voice) -> str:
    if stored is None:
        return words("bot.note.nothing", voice)
    said = sentence(stored, voice.lang, voice.zone, "agent")
    return words(
        "bot.note.finding",
        voice,
        {"number": number_of(stored), "sentence": Reference(said, f"finding/{stored.id}")},
    )


def _asked(state: Dialogue, voice: Voice) -> str:
    questions = [words(key, voice) for key in state.asked]
    if not questions:
        return words("bot.note.asked_nothing", voice)
    return _line("asked", voice, questions=" / ".join(questions))


def _line(name: str, voice: Voice, **parts: str) -> str:
    """Fill a line with other finished texts of the catalogue."""
    return words(f"bot.note.{name}", voice, {key: Reference(text, _RECORD) for key, text in parts.items()})

"""The sentences of a finding: which text of the catalogue, filled from references only, then checked."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from walletdesk.diagnosis.model import Finding, MoneyAt, Reference, Symptom
from walletdesk.diagnosis.promises import zone_of
from walletdesk.diagnosis.rendering.numbers import refuse_unreferenced, written
from walletdesk.kit.i18n import Lang, MissingText, catalogue, has_text

Part = Literal["customer", "agent", "money", "next"]
PARTS: Final[tuple[Part, ...]] = ("customer", "agent", "money", "next")

_OPTIONAL: Final = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Said:
    """A finished sentence, and the records of the values in it, in the order of their places."""

    text: str
    records: tuple[str, ...]


def key_of(
    symptom: Symptom, verdict: str, part: Part, *, lang: Lang, variant: str | None, money: MoneyAt
) -> str:
    """Return the key of the text that says a part of a verdict, from the most special to the most general.

    Raises:
        MissingText: No catalogue has one: a defect, found by a test.
    """
    names = [f"{part}_{variant}"] if variant else []
    if part == "money":
        names.append(f"money_{money.value}")
    names.append(part)
    keys = [
        f"diagnosis.{base}.{name}" for base in (f"{symptom.value}.{verdict}", f"verdict.{verdict}") for name in names
    ]
    if part == "money":
        keys.append(f"diagnosis.money.{money.value}")
    for key in keys:
        if has_text(lang, key):
            return key
    raise MissingText(f"{lang}: {keys[-1]}")


def day_of(finding: Finding, made_at: datetime | None, zone: str) -> date:
    """Return the day on which the finding is read first: times of that day stand without their date."""
    moment = made_at or (finding.basis.at if finding.basis else None)
    if moment is None and finding.transaction is not None:
        moment = finding.transaction.updated_at
    return moment.astimezone(zone_of(zone)).date() if moment else date.min


def say(finding: Finding, part: Part, lang: Lang, zone: str, *, made_at: datetime | None = None) -> Said:
    """Say one part of a finding.

    Raises:
        NumberUnreferenced: The text holds a number that no reference gives.
        MissingText: There is no text, or it needs a value that the finding does not have.
    """
    key = key_of(
        finding.symptom, finding.verdict, part, lang=lang, variant=finding.variant, money=finding.money
    )
    return fill(catalogue(lang)[key], finding.references, lang, zone, day_of(finding, made_at, zone))


def fill(template: str, references: Mapping[str, Reference], lang: Lang, zone: str, on: date) -> Said:
    """Fill a template; a bracketed part goes where one of its values is missing. The result is checked."""
    used: list[Reference] = []

    def values(text: str) -> str:
        parts: list[str] = []
        for literal, name, _, _ in string.Formatter().parse(text):
            parts.append(literal)
            if name:
                reference = _named(references, name, lang)
                if reference is None:
                    raise MissingText(f"{lang}: {{{name}}} in {template!r}")
                used.append(reference)
                parts.append(written(reference, lang, zone, on))
        return "".join(parts)

    chosen = _OPTIONAL.sub(lambda match: _kept(match[1], references, lang), template)
    text = refuse_unreferenced(values(chosen), used, zone=zone)
    return Said(text, tuple(dict.fromkeys(reference.record for reference in used)))


def _kept(optional: str, references: Mapping[str, Reference], lang: Lang) -> str:
    names = [name for _, name, _, _ in string.Formatter().parse(optional) if name]
    return optional if all(_named(references, name, lang) for name in names) else ""


def _named(references: Mapping[str, Reference], name: str, lang: Lang) -> Reference | None:
    """Return a reference; a text that somebody wrote in both languages is kept as `<name>_<lang>`."""
    other = "en" if lang == "zh" else "zh"
    for key in (f"{name}_{lang}", name, f"{name}_{other}"):
        if key in references:
            return references[key]
    return None


def joined(sentences: list[str], lang: Lang) -> str:
    """Put sentences one after the other as the language does it."""
    return ("" if lang == "zh" else " ").join(sentence for sentence in sentences if sentence)

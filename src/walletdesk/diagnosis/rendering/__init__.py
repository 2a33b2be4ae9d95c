"""Rendering: what a finding looks like to people. Every number, amount and time comes from a reference."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from walletdesk.diagnosis.model import HOME_ZONE, Finding, Reference, Remedy, StoredFinding, Value
from walletdesk.diagnosis.rendering.cards import ACTIONS_MAX, card, check_text, iso
from walletdesk.diagnosis.rendering.numbers import refuse_unreferenced, written
from walletdesk.diagnosis.rendering.words import Part, day_of, joined, say
from walletdesk.kit.i18n import Lang, has_text, text
from walletdesk.kit.money import Money

__all__ = [
    "ACTIONS_MAX", "card", "check_text", "facts", "refuse_unreferenced", "remedies", "sentence", "suggestions",
]  # fmt: skip

Audience = Literal["customer", "headline", "agent", "money", "next"]


def sentence(
    found: StoredFinding | Finding, lang: Lang, zone: str = HOME_ZONE, audience: Audience = "customer"
) -> str:
    """Say a finding in plain words.

    `customer` gets all of it (what happened, where the money is, what comes next and by when), `headline` is
    the first of these alone, `agent` what a member of the staff should know, who may read the true reason.

    Raises:
        NumberUnreferenced: A text holds a number without a record; it must not be sent.
    """
    finding, made_at = _parts(found)
    if audience == "customer":
        parts: tuple[Part, ...] = ("customer", "money", "next")
    else:
        parts = ("customer",) if audience == "headline" else (audience,)
    return joined([say(finding, part, lang, zone, made_at=made_at).text for part in parts], lang)


def suggestions(stored: StoredFinding, lang: Lang, zone: str = HOME_ZONE) -> list[dict[str, str]]:
    """Return replies that an agent may send as they are, in the customer's language."""
    whole = sentence(stored, lang, zone)
    after = sentence(stored, lang, zone, "next")
    return [
        {
            "id": f"finding:{stored.id}:{name}",
            "text": check_text(text(lang, f"diagnosis.suggestion.{name}", sentence=said), stored.finding, zone),
        }
        for name, said in (("full", whole), ("next", after))
    ]


def facts(stored: StoredFinding, lang: Lang, zone: str = HOME_ZONE) -> list[dict[str, Any]]:
    """Return everything that was looked at, for the staff: name, value, words for both, record and source."""
    finding, made_at = _parts(stored)
    return [
        {
            "name": fact.name,
            "label": text(lang, f"diagnosis.fact.{fact.name}"),
            "value": _plain(fact.value),
            "text": _worded(fact.value, fact.record, lang, zone, finding, made_at),
            "record": fact.record,
            "source": fact.source.value,
        }
        for fact in finding.facts
    ]


def remedies(stored: StoredFinding | Finding, lang: Lang) -> list[dict[str, Any]]:
    """Return what can be done and by whom, for the staff."""
    finding, _ = _parts(stored)
    return [_remedy(one, lang) for one in finding.remedies]


def _remedy(one: Remedy, lang: Lang) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "label": text(lang, f"diagnosis.remedy.{one.kind}"),
        "who": one.who.value,
        "command": one.command.value if one.command else None,
        "automatic": one.automatic,
    }


def _parts(found: StoredFinding | Finding) -> tuple[Finding, datetime | None]:
    return (found.finding, found.made_at) if isinstance(found, StoredFinding) else (found, None)


def _plain(value: Value) -> object:
    if isinstance(value, Money):
        return {"minor": value.minor, "currency": value.currency}
    return iso(value) if isinstance(value, datetime) else value


def _worded(
    value: Value, record: str | None, lang: Lang, zone: str, finding: Finding, made_at: datetime | None
) -> str:
    if value is None:
        return text(lang, "diagnosis.value.unknown")
    if isinstance(value, bool):
        return text(lang, "diagnosis.value.yes" if value else "diagnosis.value.no")
    if isinstance(value, str):
        key = f"diagnosis.value.{value}"
        return text(lang, key) if has_text(lang, key) else value
    return written(Reference(value, record or ""), lang, zone, day_of(finding, made_at, zone))

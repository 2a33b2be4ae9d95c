"""From what was decided to items: every text comes from the catalogue, every number from a reference.

Pure. `check` runs over every text that leaves, also over those that hold no value at all: a digit that somebody
wrote into the catalogue stops the answer as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from walletdesk.bot.dialogue.model import (
    COMMAND,
    HUMAN,
    NONE,
    Chips,
    Guide,
    Offered,
    Option,
    Pick,
    Renew,
    Safety,
    Say,
    Show,
    Speech,
    Tell,
)
from walletdesk.desk.conversations.model import ItemKind, NewItem
from walletdesk.desk.helpcentre.markdown import first_lines
from walletdesk.diagnosis.model import CommandView, Finding, Reference, StoredFinding, Symptom
from walletdesk.diagnosis.promises import zone_of
from walletdesk.diagnosis.rendering import card, refuse_unreferenced, sentence
from walletdesk.diagnosis.rendering.words import fill, joined
from walletdesk.kit.i18n import Lang, catalogue
from walletdesk.kit.ids import new_id
from walletdesk.wallet.gateway.model import CommandName, Transaction

FREEZE: Final = f"{COMMAND}{CommandName.FREEZE.value}"
NUMBER: Final = "number"


@dataclass(frozen=True, slots=True)
class Voice:
    """In which language, for which zone, and when something is said; and what of it is stored already."""

    lang: Lang
    zone: str
    now: datetime
    stored: StoredFinding | None = None
    """The finding that this answer shows, once it has its number."""
    commands: Mapping[str, CommandView] | None = None
    """Its commands as they stand."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """An item, and what can be chosen on it."""

    item: NewItem
    offered: Offered | None = None


def speak(speech: Speech, voice: Voice) -> Spoken:
    """Make the item that says something.

    Raises:
        NumberUnreferenced: A text holds a number that no record proves; nothing of the answer is sent.
    """
    match speech:
        case Say():
            return Spoken(_item(ItemKind.TEXT, words(speech.key, voice, speech.references)))
        case Tell():
            return Spoken(_item(ItemKind.TEXT, told(speech.stored, voice)))
        case Show() | Renew():
            return _shown(speech, voice)
        case Guide():
            return _guide(speech, voice)
        case _:
            return _asking(speech, voice)


def _asking(speech: Chips | Pick | Safety, voice: Voice) -> Spoken:
    if isinstance(speech, Chips):
        return _chips(speech, voice)
    return _pick(speech, voice) if isinstance(speech, Pick) else _safety(speech, voice)


def _shown(speech: Show | Renew, voice: Voice) -> Spoken:
    stored = speech.stored or voice.stored
    if stored is None:
        raise ValueError("a finding is stored before it is shown")
    return finding_card(stored, voice, replaces=speech.replaces)


def words(key: str, voice: Voice, references: Mapping[str, Reference] | None = None) -> str:
    """Return a text of the catalogue, filled from references and checked."""
    today = voice.now.astimezone(zone_of(voice.zone)).date()
    return fill(catalogue(voice.lang)[key], references or {}, voice.lang, voice.zone, today).text


def told(stored: StoredFinding, voice: Voice) -> str:
    """Return a finding as a sentence, checked once more."""
    return refuse_unreferenced(
        sentence(stored, voice.lang, voice.zone), stored.finding.references, zone=voice.zone
    )


def number_of(stored: StoredFinding) -> Reference:
    """Return the number by which people call a finding, with the record it names."""
    return Reference(stored.number, f"finding/{stored.id}")


def _item(
    kind: ItemKind, text: str, body: dict[str, Any] | None = None, replaces: UUID | None = None
) -> NewItem:
    return NewItem(kind, text, body, id=new_id(), replaces=replaces)


def _offered(
    item: NewItem,
    name: str,
    options: list[tuple[str, str]],
    *,
    symptom: Symptom | None = None,
    finding_id: UUID | None = None,
) -> Offered | None:
    place = item.replaces or item.id
    if place is None or not options:
        return None
    return Offered(place, name, tuple(Option(i, label) for i, label in options), symptom, finding_id)


def _chips(speech: Chips, voice: Voice) -> Spoken:
    text = words(speech.key, voice, speech.references)
    options = [(identity, words(label, voice)) for identity, label in speech.options]
    body = {
        "card": "choices",
        "text": text,
        "options": [{"id": identity, "label": label} for identity, label in options],
    }
    item = _item(ItemKind.CARD, text, body)
    return Spoken(item, _offered(item, "choices", options))


def _guide(speech: Guide, voice: Voice) -> Spoken:
    """Show an article; its lines are verbatim those of the published version, which is their record."""
    article = speech.article
    record = f"article/{article.slug}/{article.lang}/{article.version}"
    lines = [article.title, *first_lines(article.body)]
    more = words("bot.article.more", voice)
    text = refuse_unreferenced("\n".join(lines), [Reference(line, record) for line in lines], zone=voice.zone)
    options = [(identity, words(label, voice)) for identity, label in speech.options]
    body = {
        "card": "article",
        "title": article.title,
        "lines": lines[1:],
        "link": {"href": f"/help/{article.slug}?lang={article.lang}", "label": more},
        "record": record,
        "options": [{"id": identity, "label": label} for identity, label in options],
    }
    item = _item(ItemKind.CARD, text, body)
    return Spoken(item, _offered(item, "article", options))


def _pick(speech: Pick, voice: Voice) -> Spoken:
    text = words(speech.key, voice)
    none = words("bot.option.none", voice)
    body = {
        "card": "picker",
        "text": text,
        "symptom": speech.symptom.value,
        "options": [_picked(one, voice) for one in speech.transactions],
        "more": speech.more,
        "none": {"id": NONE, "label": none},
    }
    options = [(str(one.id), one.name) for one in speech.transactions]
    item = _item(ItemKind.CARD, text, body)
    return Spoken(item, _offered(item, "picker", [*options, (NONE, none)], symptom=speech.symptom))


def _picked(transaction: Transaction, voice: Voice) -> dict[str, Any]:
    return {
        "id": str(transaction.id),
        "name": transaction.name,
        "amount": {"minor": transaction.amount.minor, "currency": transaction.amount.currency},
        "sign": "-" if transaction.outgoing else "+",
        "at": transaction.created_at.isoformat(),
        "state": words(f"bot.state.{transaction.shown.value}", voice),
    }


def _safety(speech: Safety, voice: Voice) -> Spoken:
    text = words(speech.key, voice)
    actions: list[dict[str, Any]] = []
    if speech.freeze is not None:
        label = words("bot.option.freeze", voice)
        actions.append({"id": FREEZE, "label": label, "style": "primary", "state": speech.freeze})
    if speech.human:
        label = words("bot.option.human", voice)
        actions.append({"id": HUMAN, "label": label, "style": "plain", "state": "offered"})
    item = _item(ItemKind.CARD, text, {"card": "safety", "text": text, "actions": actions}, speech.replaces)
    return Spoken(item, _offered(item, "safety", _tappable(actions)))


def finding_card(stored: StoredFinding, voice: Voice, *, replaces: UUID | None = None) -> Spoken:
    """Return the card of a finding; its text is the finding in a sentence, for whoever sees no cards."""
    body = card(stored, voice.lang, voice.zone, voice.commands or {})
    parts = [str(body["headline"]), str(body["money"]["text"]), str(body["next"]["text"])]
    item = _item(ItemKind.CARD, joined(parts, voice.lang), body, replaces)
    return Spoken(item, _offered(item, "finding", _tappable(body["actions"]), finding_id=stored.id))


def _tappable(actions: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["id"], one["label"]) for one in actions if one["state"] == "offered"]


def subject_of(finding: Finding) -> str | None:
    """Return what a conversation is about, for the inbox: the other side and the amount."""
    transaction = finding.transaction
    return f"{transaction.name} {transaction.amount.text()}" if transaction is not None else None

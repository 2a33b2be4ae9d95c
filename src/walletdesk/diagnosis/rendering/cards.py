"""A finding as a card: exactly the `FindingCard` of the browser's protocol (`web/proto/src/protocol.ts`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from walletdesk.diagnosis.model import (
    FINAL,
    REPEATABLE,
    CommandState,
    CommandView,
    Finding,
    Reference,
    Remedy,
    StoredFinding,
    Who,
)
from walletdesk.diagnosis.rendering.numbers import refuse_unreferenced
from walletdesk.diagnosis.rendering.words import Said, day_of, fill, say
from walletdesk.kit.i18n import Lang, MissingText, catalogue, has_text, text
from walletdesk.kit.refusal import Refusal
from walletdesk.wallet.gateway.model import CommandName, RailState, Source, TimelineEvent

ACTIONS_MAX: Final = 2
_BUTTONS: Final = ("ask_refund", "pick", "human", "wait")
"""What a customer can tap beside commands; other advice stands in the sentence about what comes next."""

_UNTOLD: Final = ("risk", "review", "restrict", "freeze", "frozen", "fraud", "judicial", "block", "suspicious")
_RUNNING: Final = frozenset({CommandState.ASKED, CommandState.RUNNING})


def card(stored: StoredFinding, lang: Lang, zone: str, commands: Mapping[str, CommandView]) -> dict[str, Any]:
    """Draw a stored finding with its commands, by name, as they stand now.

    Raises:
        NumberUnreferenced: A text holds a number without a record.
    """
    finding = stored.finding
    headline = say(finding, "customer", lang, zone, made_at=stored.made_at)
    money = say(finding, "money", lang, zone, made_at=stored.made_at)
    after = say(finding, "next", lang, zone, made_at=stored.made_at)
    by = finding.references.get("by")
    return {
        "card": "finding",
        "finding_id": str(stored.id),
        "symptom": finding.symptom.value,
        # The browser can read what stands here: where the reason is not told, the verdict is not either.
        "verdict": "NEUTRAL" if finding.neutral else finding.verdict,
        "tone": finding.tone.value,
        "headline": headline.text,
        "transaction": _transaction(finding),
        "timeline": [_step(finding, event, lang, zone, stored.made_at) for event in finding.timeline],
        "money": {"text": money.text, "records": _records(finding, money, "ledger")},
        "next": {
            "text": after.text,
            "by": iso(by.value) if by and isinstance(by.value, datetime) else None,
            "records": _records(finding, after, "by"),
        },
        "actions": actions(finding, lang, commands),
        "evidence_no": stored.number,
        "as_of": iso(finding.basis.evidence.as_of if finding.basis and finding.basis.evidence else stored.made_at),
    }


def iso(moment: datetime) -> str:
    """Write a moment for machines, in UTC (RFC 3339)."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _transaction(finding: Finding) -> dict[str, Any] | None:
    tx = finding.transaction
    if tx is None:
        return None
    return {
        "id": str(tx.id),
        "name": tx.name,
        "amount": {"minor": tx.amount.minor, "currency": tx.amount.currency},
        "at": iso(tx.created_at),
        "order_no": tx.order_no,
    }


def _records(finding: Finding, said: Said, about: str) -> list[str]:
    """Name the records behind a sentence: those of its values, and of the fact that it is about."""
    found = list(said.records)
    if about == "by" and "by" in finding.references:
        found.append(finding.references["by"].record)
    found += [fact.record for fact in finding.facts if fact.name == about and fact.record]
    return list(dict.fromkeys(found))


def _step(
    finding: Finding, event: TimelineEvent, lang: Lang, zone: str, made_at: datetime
) -> dict[str, Any]:
    """Draw one step of what happened; in a neutral finding only what went well is told.

    News of a failure that nobody has confirmed is told as news: a card that waits for the rail says no "failed".
    """
    plain = {"at": iso(event.at), "record": event.record}
    if finding.neutral and (event.ok is not True or any(word in event.kind for word in _UNTOLD)):
        return {**plain, "ok": None, "text": text(lang, "diagnosis.timeline.neutral")}
    if event.ok is False and event.source is Source.RAIL_WEBHOOK and _rail_is_open(finding):
        return {**plain, "ok": None, "text": text(lang, "diagnosis.timeline.unproved")}
    return {**plain, "ok": event.ok, "text": _step_text(finding, event, lang, zone, made_at)}


def _rail_is_open(finding: Finding) -> bool:
    """Say whether the finding looked at the rail and could not prove how it ended."""
    return any(fact.name == "rail" and fact.value in (None, RailState.ACCEPTED) for fact in finding.facts)


def _step_text(finding: Finding, event: TimelineEvent, lang: Lang, zone: str, made_at: datetime) -> str:
    key = f"wallet.timeline.{event.kind}"
    if not has_text(lang, key):
        return text(lang, "diagnosis.timeline.other")
    references = {
        **finding.references,
        **{name: Reference(value, event.record) for name, value in event.values.items()},
    }
    try:
        return fill(catalogue(lang)[key], references, lang, zone, day_of(finding, made_at, zone)).text
    except (MissingText, Refusal):
        # A step whose words need a value that this wallet does not give is still a step with its record.
        return text(lang, "diagnosis.timeline.other")


def actions(finding: Finding, lang: Lang, commands: Mapping[str, CommandView]) -> list[dict[str, Any]]:
    """Return at most two actions: what has just been done, then what is offered; the first is the advised one."""
    offered = {remedy.id: remedy for remedy in finding.remedies}
    done = [
        _action(f"command:{view.name.value}", view.name.value, _state_of(view), lang)
        for view in commands.values()
        if f"command:{view.name.value}" not in offered
    ]
    asked = [
        _action(remedy.id, remedy.kind, _offer(remedy, remedy.command, commands), lang, _tried(remedy, commands))
        for remedy in finding.remedies
        if remedy.command is not None and remedy.who in (Who.CUSTOMER, Who.BOT)
    ]
    kinds = [remedy.kind for remedy in finding.remedies if remedy.command is None]
    plain = [_action(kind, kind, "offered", lang) for kind in _BUTTONS if kind in kinds]
    if finding.next_at is not None and "wait" in kinds and not asked:
        plain.sort(key=lambda one: one["id"] != "wait")
    found = [*done, *asked, *plain][:ACTIONS_MAX]
    for place, one in enumerate(found):
        one["style"] = "plain" if place else "primary"
    return found


def _offer(remedy: Remedy, command: CommandName, commands: Mapping[str, CommandView]) -> str:
    view = commands.get(command.value)
    if view is None:
        # What the bot carries out by itself was asked in the moment the finding was stored.
        return "running" if remedy.automatic else "offered"
    return "offered" if _may_again(view) else _state_of(view)


def _may_again(view: CommandView) -> bool:
    """Say whether something that has ended, without helping, may be tried again under the finding made after it."""
    return view.made and view.name in REPEATABLE and view.state in FINAL


def _state_of(view: CommandView) -> str:
    return "running" if view.state in _RUNNING else view.state.value


def _tried(remedy: Remedy, commands: Mapping[str, CommandView]) -> str | None:
    """Return the note for what is offered once more because it was tried and did not help."""
    view = commands.get(remedy.kind)
    return "tried" if view is not None and _may_again(view) else None


def _action(identity: str, kind: str, state: str, lang: Lang, note: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": identity,
        "label": text(lang, f"diagnosis.remedy.{kind}"),
        "style": "plain",
        "state": state,
    }
    key = f"diagnosis.note.{note or state}"
    if has_text(lang, key):
        found["note"] = text(lang, key)
    return found


def check_text(text_: str, finding: Finding, zone: str) -> str:
    """Return a text about a finding if each of its numbers stands in the finding's references.

    Raises:
        NumberUnreferenced
    """
    return refuse_unreferenced(text_, finding.references, zone=zone)

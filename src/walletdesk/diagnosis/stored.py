"""Findings as JSON and back, without losing what sort of value a reference or fact holds.

An amount, a moment and a word look alike in JSON; so each value is written with its sort. What is read back
equals what was written, which is what makes a finding replayable.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import msgspec

from walletdesk.diagnosis.model import (
    Basis,
    Fact,
    Finding,
    MoneyAt,
    Reference,
    Remedy,
    Symptom,
    Tone,
    Value,
)
from walletdesk.kit.money import Money
from walletdesk.wallet.gateway.model import Source, TimelineEvent, Transaction


class _Fact(msgspec.Struct, frozen=True):
    name: str
    value: dict[str, Any] | None
    record: str | None
    source: Source
    at: datetime | None


class _Reference(msgspec.Struct, frozen=True):
    value: dict[str, Any]
    record: str


class _Body(msgspec.Struct, frozen=True):
    symptom: Symptom
    verdict: str
    tone: Tone
    references: dict[str, _Reference]
    remedies: tuple[Remedy, ...]
    facts: tuple[_Fact, ...]
    timeline: tuple[TimelineEvent, ...]
    transaction: Transaction | None
    next_at: datetime | None
    neutral: bool
    version: int
    variant: str | None
    money: MoneyAt


def body_of(finding: Finding) -> dict[str, Any]:
    """Return a finding without its basis, as plain values."""
    body = _Body(
        symptom=finding.symptom,
        verdict=finding.verdict,
        tone=finding.tone,
        references={
            name: _Reference(cast("dict[str, Any]", _sorted(one.value)), one.record)
            for name, one in finding.references.items()
        },
        remedies=finding.remedies,
        facts=tuple(_Fact(f.name, _sorted(f.value), f.record, f.source, f.at) for f in finding.facts),
        timeline=finding.timeline,
        transaction=finding.transaction,
        next_at=finding.next_at,
        neutral=finding.neutral,
        version=finding.version,
        variant=finding.variant,
        money=finding.money,
    )
    return cast("dict[str, Any]", msgspec.to_builtins(body))


def basis_of(finding: Finding) -> dict[str, Any] | None:
    """Return what a finding was made from, as plain values; sets are sorted, so that equal ones read equal."""
    if finding.basis is None:
        return None
    plain = cast("dict[str, Any]", msgspec.to_builtins(finding.basis))
    plain["situation"]["commands"] = sorted(plain["situation"]["commands"])
    return plain


def finding_of(body: dict[str, Any], basis: dict[str, Any] | None) -> Finding:
    """Return the finding that `body_of` and `basis_of` wrote."""
    read = msgspec.convert(body, _Body)
    return Finding(
        symptom=read.symptom,
        verdict=read.verdict,
        tone=read.tone,
        references={
            name: Reference(cast("Money | datetime | str | int", _value(one.value)), one.record)
            for name, one in read.references.items()
        },
        remedies=read.remedies,
        facts=tuple(Fact(f.name, _value(f.value), f.record, f.source, f.at) for f in read.facts),
        timeline=read.timeline,
        transaction=read.transaction,
        next_at=read.next_at,
        neutral=read.neutral,
        version=read.version,
        variant=read.variant,
        money=read.money,
        basis=None if basis is None else msgspec.convert(basis, Basis),
    )


def _sorted(value: Value) -> dict[str, Any] | None:
    """Write a value with its sort."""
    if value is None:
        return None
    if isinstance(value, Money):
        return {"money": value.minor, "currency": value.currency}
    if isinstance(value, datetime):
        return {"at": msgspec.to_builtins(value)}
    return {"is": value}


def _value(written: dict[str, Any] | None) -> Value:
    if written is None:
        return None
    if "money" in written:
        return Money(written["money"], written["currency"])
    if "at" in written:
        return msgspec.convert(written["at"], datetime)
    return cast("Value", written["is"])


def number_text(number: int) -> str:
    """Write the number of a finding as people read it."""
    return f"E-{number}"



"""What one diagnosis works with: the evidence, what was looked at so far, and how it ends.

A case lives for one call of `diagnose` and never leaves it, so the procedures stay pure: the same evidence,
situation and moment give the same finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from walletdesk.diagnosis.model import (
    HUMAN,
    Basis,
    Fact,
    Finding,
    MoneyAt,
    Reference,
    Remedy,
    Situation,
    Symptom,
    Value,
)
from walletdesk.diagnosis.procedures import legs
from walletdesk.diagnosis.promises import NEXT_NOON, T1_NOON, Promise, due
from walletdesk.diagnosis.table import AGENT, AGENT_NOW, VERSION, outcome_of
from walletdesk.kit.money import Money
from walletdesk.wallet.gateway.model import (
    Evidence,
    LedgerState,
    RailState,
    Reason,
    Seen,
    Source,
    Transaction,
    TransactionKind,
)

T = TypeVar("T")

A_DAY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check concludes: a verdict of the table, its wording, and the values that the wording may show."""

    name: str
    variant: str | None = None
    refs: Mapping[str, Reference] = field(default_factory=dict[str, Reference])
    add: tuple[Remedy, ...] = ()
    drop: frozenset[str] = frozenset()
    """Kinds of the table's remedies that do not fit here."""
    automatic: bool = False
    """The commands of the table are carried out by the bot itself, because their time has come."""
    neutral: bool | None = None
    """Only where the table's word depends on the reason, as for restrictions."""
    promise: Promise | None = None
    """Another promise than the table's, e.g. when that one has passed."""
    by: datetime | None = None
    by_record: str | None = None


@dataclass(frozen=True, slots=True)
class Jump:
    """The check passes the case on to the procedure of another symptom."""

    to: Symptom


Answer = Verdict | Jump | None
Check = Callable[["Case"], Answer]


class Case:
    """One transaction under one symptom at one moment."""

    def __init__(
        self,
        asked: Symptom,
        transaction_id: UUID | None,
        evidence: Evidence | None,
        situation: Situation,
        now: datetime,
    ) -> None:
        self.asked = asked
        self.transaction_id = transaction_id
        self.evidence = evidence
        self.situation = situation
        self.now = now
        self._facts: dict[str, Fact] = {}
        self._rail: RailState | None = None
        self._rail_read = False

    # ------------------------------------------------------------------ looking

    def look(self, name: str, seen: Seen[T]) -> T | None:
        """Look at one value of the evidence: it is kept as a fact, also when it is unknown."""
        self.note(name, seen.value, seen.record, seen.source, seen.at)
        return seen.value

    def note(
        self, name: str, value: object, record: str | None, source: Source, at: datetime | None = None
    ) -> None:
        """Keep a fact; looking twice at the same thing keeps the first look."""
        self._facts.setdefault(name, Fact(name, plain(value), record, source, at))

    @property
    def transaction(self) -> Transaction | None:
        """The transaction, if the wallet has one."""
        return self.evidence.transaction if self.evidence else None

    @property
    def kind(self) -> TransactionKind | None:
        """What sort of transaction it is."""
        return self.transaction.kind if self.transaction else None

    @property
    def created(self) -> datetime | None:
        """When the customer started it."""
        return self.transaction.created_at if self.transaction else None

    def ledger(self) -> LedgerState | None:
        """What the money did in our books; None while it is not known."""
        return self.look("ledger", self.evidence.ledger) if self.evidence else None

    def rail(self) -> RailState | None:
        """What the rail did, as far as it is proved; None while it is not.

        News alone that something failed proves nothing while the money is still held or out: the rail must have
        said so when it was asked, or our own books must have concluded it.
        """
        if self.evidence is None:
            return None
        if not self._rail_read:
            reading = legs.rail(self.evidence, now=self.now, zone=self.situation.zone)
            self._rail_read, self._rail = True, reading.state
            self.note("rail", reading.state, reading.seen.record, reading.seen.source, reading.seen.at)
            if reading.state is None and reading.seen.value is not None:
                self.note("rail_said", reading.seen.value, reading.seen.record, reading.seen.source)
            if reading.disagree:
                self.note("sources_agree", False, reading.seen.record, reading.seen.source)  # noqa: FBT003
        return self._rail

    def reason(self) -> Reason | None:
        """Why it was declined, if anybody said so."""
        return self.look("reason", self.evidence.reason) if self.evidence else None

    def state(self) -> str | None:
        """Where the wallet's own books see the transaction."""
        tx = self.transaction
        if tx is None:
            return None
        self.note("state", tx.state, tx.record, Source.WALLET, tx.updated_at)
        return tx.state

    def failed(self) -> bool:
        """Say whether it is proved that nothing was carried out; False while anything is open."""
        tx = self.transaction
        if self.evidence is None or tx is None:
            return False
        if self.never_came():
            return True
        ledger, rail = self.ledger(), self.rail()
        return ledger is not None and legs.failed(tx, rail)

    def never_came(self) -> bool:
        """Say whether the request is known not to have reached the wallet; a hold or debit proves that it has."""
        if self.evidence is None:
            return False
        received = self.look("received", self.evidence.received)
        return received is False and self.ledger() not in (LedgerState.HELD, LedgerState.POSTED)

    def paid(self) -> bool:
        """Say whether it is proved that the other side has the money."""
        return self.money() in (MoneyAt.PAID, MoneyAt.IN_WALLET)

    def money(self) -> MoneyAt:
        """Say where the customer's money is, as far as it is proved."""
        if self.evidence is None:
            return MoneyAt.UNKNOWN
        return legs.money(self.evidence, self.ledger(), self.rail())

    # --------------------------------------------------------------- concluding

    def finding(self, symptom: Symptom, check: str, verdict: Verdict) -> Finding:
        """Turn a verdict into a finding with all that was looked at."""
        outcome = outcome_of(symptom, check, verdict.name)
        neutral = outcome.neutral if verdict.neutral is None else verdict.neutral
        references = {**self._common(), **verdict.refs}
        by = verdict.by or self._by(verdict.promise or outcome.promise)
        if by is not None:
            # The browser sees the names of records; where the verdict is not told, no rule may tell it.
            rule = f"rule/{symptom.value}/{'NEUTRAL' if neutral else verdict.name}/v{VERSION}"
            references["by"] = Reference(by, verdict.by_record or rule)
        money = self.money()
        return Finding(
            symptom=symptom,
            verdict=verdict.name,
            tone=outcome.tone,
            references=references,
            remedies=self._remedies(outcome.remedies, verdict),
            facts=tuple(self._facts.values()),
            timeline=self.evidence.timeline if self.evidence else (),
            transaction=self.transaction,
            next_at=by,
            neutral=neutral,
            version=VERSION,
            variant=verdict.variant,
            money=money,
            basis=Basis(self.asked, self.transaction_id, self.evidence, self.situation, self.now),
        )

    def pending(self, name: str, refs: Mapping[str, Reference] | None = None) -> Verdict:
        """Conclude that the answer of somebody else is awaited; late from T+1 noon on, and then a person's work."""
        noon = due(T1_NOON, now=self.now, created=self.created, zone=self.situation.zone)
        if noon > self.now:
            return Verdict(name, refs=refs or {}, by=noon)
        return Verdict(
            name, "late", refs or {}, add=(AGENT_NOW,), drop=frozenset({"wait", HUMAN}), promise=NEXT_NOON
        )

    def _by(self, promise: Promise | None) -> datetime | None:
        if promise is None:
            return None
        found = due(promise, now=self.now, created=self.created, zone=self.situation.zone)
        return found if found > self.now else None

    def _common(self) -> dict[str, Reference]:
        """Return what every text may show of the transaction."""
        tx, evidence = self.transaction, self.evidence
        if tx is None or evidence is None:
            return {}
        found = {
            "amount": Reference(tx.amount, tx.record),
            "name": Reference(tx.name, tx.record),
            "created_at": Reference(tx.created_at, tx.record),
        }
        if tx.order_no:
            found["order_no"] = Reference(tx.order_no, tx.record)
        if evidence.bank_name:
            found["bank"] = Reference(evidence.bank_name, tx.record)
        receipt = evidence.receipt_no
        if receipt.value and receipt.record:
            found["receipt"] = Reference(receipt.value, receipt.record)
        if tx.rail_ref:
            found["rail_ref"] = Reference(tx.rail_ref, tx.record)
        return found

    def _remedies(self, offered: tuple[Remedy, ...], verdict: Verdict) -> tuple[Remedy, ...]:
        """Keep what this wallet can do; what it cannot becomes a person's work."""
        found: list[Remedy] = []
        kept = [remedy for remedy in offered if remedy.kind not in verdict.drop]
        for remedy in (*kept, *verdict.add):
            chosen = remedy
            if remedy.command is not None:
                possible = remedy.command in self.situation.commands
                automatic = remedy.automatic or verdict.automatic
                # What would have happened by itself must not be left to the customer's asking.
                chosen = replace(remedy, automatic=automatic) if possible else AGENT_NOW if automatic else AGENT
            if all(one.id != chosen.id for one in found):
                found.append(chosen)
        return tuple(found)


def plain(value: object) -> Value:
    """Return a value as facts keep it: words instead of enumerations."""
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool | int | str | Money | datetime):
        return value
    raise TypeError(f"{type(value).__name__} cannot be a fact")

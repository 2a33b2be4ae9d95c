"""Conversations with the pure part of the bot: facts are given, what is said is understood as stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from msgspec.structs import replace as with_fields

from walletdesk.bot.dialogue.decide import decide
from walletdesk.bot.dialogue.model import Decision, Dialogue, Facts, Heard, Needs, Show, Tap
from walletdesk.bot.understanding.model import Understood
from walletdesk.desk.helpcentre.model import Shown
from walletdesk.desk.helpcentre.notices import Announcement
from walletdesk.desk.helpcentre.touching import Touched
from walletdesk.diagnosis.model import Basis, Finding, Remedy, Situation, StoredFinding, Symptom, Tone, Who
from walletdesk.guard.links import NOTHING_SET, Policy
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.money import Money
from walletdesk.wallet.gateway.model import CommandName, Incident, Transaction, TransactionKind, TransactionState

NOW = datetime(2026, 1, 7, 4, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"
CUSTOMER = CustomerId(UUID(int=77))

P, T, U, W = (
    TransactionKind.PAYMENT,
    TransactionKind.TRANSFER,
    TransactionKind.TOP_UP,
    TransactionKind.WITHDRAWAL,
)
S = TransactionState


def transaction(
    kind: TransactionKind = P,
    state: TransactionState = S.SUCCEEDED,
    *,
    minor: int = 28_00,
    name: str = "街角咖啡",
    hours_ago: float = 1,
    shown: TransactionState | None = None,
    order_no: str | None = None,
) -> Transaction:
    """A transaction of the customer."""
    at = NOW - timedelta(hours=hours_ago)
    found = uuid4()
    return Transaction(
        found, CUSTOMER, kind, name, Money(minor, "CNY"), kind is not U, state, shown or state, order_no,
        None, None, at, at, f"transaction/{found}",
    )  # fmt: skip


def finding(
    symptom: Symptom,
    about: Transaction | None,
    *,
    verdict: str = "RENOTIFY",
    tone: Tone = Tone.PROBLEM,
    due_in_hours: float | None = None,
    person: bool = False,
    command: CommandName | None = None,
) -> Finding:
    """What the ledger says of it."""
    remedies: list[Remedy] = []
    if command is not None:
        remedies.append(Remedy(command.value, Who.BOT, command))
    remedies.append(Remedy("human", Who.AGENT, automatic=person))
    due = NOW + timedelta(hours=due_in_hours) if due_in_hours is not None else None
    basis = Basis(symptom, about.id if about else None, None, Situation(zone=ZONE), NOW)
    return Finding(symptom, verdict, tone, {}, tuple(remedies), transaction=about, next_at=due, basis=basis)


def meaning(text: str, intent: str = "out_of_scope", decision: str = "answer", **more: Any) -> Understood:
    """What understanding makes of a text."""
    lang = "zh" if any("一" <= c <= "鿿" for c in text) else "en"
    top = more.pop("top", ((intent, 0.9), ("fees", 0.05), ("human", 0.01)))
    fields = {"score": 0.9, "in_scope": True, "emergency": None, **more}
    return Understood(text=text, lang=lang, intent=intent, top=top, decision=decision, **fields)  # type: ignore[arg-type]


def said(text: str, intent: str = "out_of_scope", decision: str = "answer", **more: Any) -> Heard:
    """Something said, and what it means."""
    return Heard(1, "text", text, meaning(text, intent, decision, **more))


def mumbled(text: str = "嗯那个") -> Heard:
    """Something that nobody can understand."""
    return said(text, "fees", "offer", score=0.1)


def tapped(option: str, card: dict[str, Any] | None = None, **more: Any) -> Heard:
    """A tap on a card."""
    return Heard(1, "choice", option, tap=Tap(option, card, **more))


def photo() -> Heard:
    """A photo without a word."""
    return Heard(1, "photo", "")


@dataclass
class Talk:
    """A conversation: what is true of the wallet, what the bot remembers, and how often what was read."""

    transactions: Sequence[Transaction] = ()
    findings: dict[tuple[Symptom, UUID | None], Finding] = field(default_factory=dict)
    default: tuple[str, Tone] = ("GIVE_PROOF", Tone.GOOD)
    commands: frozenset[CommandName] = frozenset(CommandName)
    known: bool = True
    context: UUID | None = None
    large_type: bool = False
    policy: Policy = NOTHING_SET
    state: Dialogue = field(default_factory=Dialogue)
    stored: dict[UUID, StoredFinding] = field(default_factory=dict)
    needed: list[Needs] = field(default_factory=list)
    articles: dict[tuple[str, str], Shown] = field(default_factory=dict)
    found: dict[str, Shown] = field(default_factory=dict)
    announcements: Sequence[Announcement] = ()
    incidents: Sequence[Incident] = ()
    touched: dict[UUID, Touched] = field(default_factory=dict)

    def trouble(self, symptom: Symptom, about: Transaction | None, **more: Any) -> Finding:
        """Let the ledger know of a trouble."""
        made = finding(symptom, about, **more)
        self.findings[symptom, about.id if about else None] = made
        return made

    def hear(self, *heard: Heard, joined: Understood | None = None) -> Decision:
        """Say something, give the bot whatever it has to read, and return what it decides."""
        facts = Facts(
            NOW, ZONE, "zh", known=self.known, large_type=self.large_type, context_id=self.context, joined=joined,
            policy=self.policy,
        )  # fmt: skip
        for _ in range(10):
            found = decide(self.state, heard, facts)
            assert found == decide(self.state, heard, facts), "the same words and facts, the same decision"
            if isinstance(found, Decision):
                self.state = self._remembered(found)
                return found
            self.needed.append(found)
            facts = self._learn(facts, found)
        raise AssertionError("it never has enough")

    def _learn(self, facts: Facts, needs: Needs) -> Facts:
        if needs.public:
            return self._published(facts, needs)
        if needs.touched is not None:
            return replace(facts, touched={needs.touched: self.touched.get(needs.touched)})
        if needs.commands:
            return replace(facts, commands=self.commands)
        if needs.stored is not None:
            return replace(facts, stored={**facts.stored, needs.stored: self.stored.get(needs.stored)})
        if needs.findings:
            found = {q: self._find(*q) for q in needs.findings}
            return replace(facts, findings={**facts.findings, **found})
        if needs.transaction is not None:
            one = next((t for t in self.transactions if t.id == needs.transaction), None)
            return replace(facts, single={**facts.single, needs.transaction: one})
        return replace(facts, transactions=tuple(self.transactions))

    def _published(self, facts: Facts, needs: Needs) -> Facts:
        if needs.search is not None:
            return replace(facts, found={**facts.found, needs.search[0]: self.found.get(needs.search[0])})
        if needs.article is None:
            return replace(facts, announcements=tuple(self.announcements), incidents=tuple(self.incidents))
        return replace(facts, articles={**facts.articles, needs.article: self.articles.get(needs.article)})

    def _find(self, symptom: Symptom, about: UUID | None) -> Finding:
        known = self.findings.get((symptom, about))
        if known is not None:
            return known
        one = next((t for t in self.transactions if t.id == about), None)
        verdict, tone = self.default if about is not None else ("NOT_SENT", Tone.PROBLEM)
        return finding(symptom, one, verdict=verdict, tone=tone)

    def _remembered(self, decision: Decision) -> Dialogue:
        shown = next((one for one in decision.items if isinstance(one, Show)), None)
        if shown is None:
            return decision.next_state
        stored = StoredFinding(uuid4(), "E-1", None, CUSTOMER, shown.finding, NOW)
        self.stored[stored.id] = stored
        return with_fields(
            decision.next_state, finding_id=stored.id, card_id=shown.replaces or uuid4(), verdict=shown.finding.verdict
        )

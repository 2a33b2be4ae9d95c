"""The ledger against a model in plain Python: whatever is asked in whatever order, both give the same verdicts."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.conftest import NOON
from walletdesk.kit import db
from walletdesk.kit.money import Money
from walletdesk.wallet.reference.ledger import actions
from walletdesk.wallet.reference.ledger.check import CHECKS
from walletdesk.wallet.reference.ledger.model import (
    Action,
    Leg,
    NewAccount,
    Operation,
    Verdict,
    capture,
    hold,
    transfer,
    void,
)

WALLETS = 4
PLACE = st.integers(0, WALLETS)
"""Place 0 is the wallet's own account without a floor."""
AMOUNT = st.integers(1, 120)


@dataclass
class Book:
    """What the ledger should be: balances, holds, and bodies by their ids."""

    balance: dict[int, int]
    held: dict[int, int]
    holds: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    done: dict[UUID, bytes] = field(default_factory=dict)

    def copy(self) -> Book:
        return Book(dict(self.balance), dict(self.held), dict(self.holds), dict(self.done))


class Ledger:
    """A model: applies one operation after the other, each completely or not at all."""

    def __init__(self, accounts: list[int]) -> None:
        self.own = accounts[0]
        self.book = Book(dict.fromkeys(accounts, 0), dict.fromkeys(accounts, 0))
        self.statuses = dict.fromkeys(accounts, "open")

    def post(self, operation: Operation) -> Verdict:
        print_ = operation.fingerprint()
        if operation.id in self.book.done:
            return Verdict.EXISTS if self.book.done[operation.id] == print_ else Verdict.MISMATCH
        verdict = self._blocked(operation)
        if verdict is None:
            trial = self.book.copy()
            verdict = self._unholdable(trial, operation)
            if verdict is None:
                verdict = self._move(trial, operation)
            if verdict is None:
                trial.done[operation.id] = print_
                self.book = trial
        return verdict or Verdict.OK

    def _blocked(self, operation: Operation) -> Verdict | None:
        for leg in operation.legs:
            if leg.action in (Action.TRANSFER, Action.HOLD) and self.statuses[leg.debit] == "no_debit":  # type: ignore[index]
                return Verdict.FROZEN
        return None

    def _unholdable(self, book: Book, operation: Operation) -> Verdict | None:
        """Look at the holds first: none that is gone, none twice, none for more than it holds."""
        seen: set[UUID] = set()
        for leg in operation.legs:
            if leg.action in (Action.CAPTURE, Action.VOID):
                assert leg.hold_id is not None
                found = book.holds.get(leg.hold_id)
                too_much = leg.action is Action.CAPTURE and found and leg.amount and leg.amount.minor > found[1]
                if found is None or leg.hold_id in seen or too_much:
                    return Verdict.HOLD
                seen.add(leg.hold_id)
        return None

    def _move(self, book: Book, operation: Operation) -> Verdict | None:
        for leg in operation.legs:
            minor = leg.amount.minor if leg.amount else 0
            account, spends = leg.debit, leg.action in (Action.TRANSFER, Action.HOLD)
            if leg.action in (Action.CAPTURE, Action.VOID):
                assert leg.hold_id is not None
                account, held = book.holds.pop(leg.hold_id)
                book.held[account] -= held
            assert account is not None
            if leg.action is Action.HOLD:
                assert leg.hold_id is not None
                book.holds[leg.hold_id] = (account, minor)
                book.held[account] += minor
            elif leg.action is not Action.VOID:
                assert leg.credit is not None
                book.balance[account] -= minor
                book.balance[leg.credit] += minor
            if spends and account != self.own and book.balance[account] - book.held[account] < 0:
                return Verdict.INSUFFICIENT
        return None


class LedgerMachine(RuleBasedStateMachine):
    """Random operations, alone and in batches, on a real database whose transaction is undone at the end."""

    dsn: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.tx: Any = self.run(self._open())
        self.past: list[Operation] = []
        self.held: list[UUID] = []
        self.owners: dict[UUID, int] = {}

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    async def _open(self) -> Any:
        connection = await asyncpg.connect(self.dsn, server_settings={"role": db.APP_ROLE})
        await db.prepare_connection(connection)
        await connection.execute("BEGIN")
        return connection

    def teardown(self) -> None:
        self.run(self.tx.execute("ROLLBACK"))
        self.run(self.tx.close())
        self.loop.close()

    @initialize(money=st.lists(st.integers(1, 300), min_size=WALLETS, max_size=WALLETS))
    def move_in(self, money: list[int]) -> None:
        wanted = [NewAccount(None, "custody", "CNY", None)]
        wanted += [NewAccount(uuid4(), "wallet", "CNY") for _ in range(WALLETS)]
        ids = self.run(actions.open_accounts(self.tx, wanted, now=NOON))
        self.accounts = [ids[one.owner, one.kind, one.currency] for one in wanted]
        self.model = Ledger(self.accounts)
        legs = [transfer(self.accounts[0], self.accounts[n + 1], cny(minor), "top_up") for n, minor in enumerate(money)]
        self.post([self.operation(leg) for leg in legs])

    def operation(self, *legs: Leg, op_id: UUID | None = None) -> Operation:
        return Operation(op_id or uuid4(), "test", legs, NOON - timedelta(minutes=1))

    def post(self, operations: list[Operation]) -> None:
        expected = [self.model.post(one) for one in operations]
        found = self.run(actions.post(self.tx, operations, now=NOON))
        assert found == expected
        self.past += operations

    def leg(self, kind: str, debit: int, credit: int, minor: int, which: int) -> Leg:
        """Make a step; of holds one that was placed, however it ended, or one that never was."""
        if kind == "hold":
            hold_id = uuid4()
            self.held.append(hold_id)
            self.owners[hold_id] = self.accounts[debit]
            return hold(hold_id, self.accounts[debit], cny(minor))
        if kind in ("capture", "void"):
            hold_id = self.held[which % len(self.held)] if self.held else uuid4()
            owner = self.owners.get(hold_id)
            target = next(a for a in (*self.accounts[credit:], *self.accounts) if a != owner)
            return void(hold_id) if kind == "void" else capture(hold_id, target, cny(minor), "pay")
        other = credit if credit != debit else (debit + 1) % (WALLETS + 1)
        return transfer(self.accounts[debit], self.accounts[other], cny(minor), "send")

    LEG = st.tuples(
        st.sampled_from(["send", "send", "hold", "capture", "void"]), PLACE, PLACE, AMOUNT, st.integers(0, 50)
    )

    @rule(leg=LEG)
    def one(self, leg: tuple[str, int, int, int, int]) -> None:
        self.post([self.operation(self.leg(*leg))])

    @rule(legs=st.lists(LEG, min_size=2, max_size=3))
    def several_steps(self, legs: list[tuple[str, int, int, int, int]]) -> None:
        steps = [leg for leg in legs if leg[0] != "hold"] or [("send", 1, 2, 1, 0)]
        self.post([self.operation(*(self.leg(*leg) for leg in steps))])

    @rule(legs=st.lists(LEG, min_size=2, max_size=8))
    def batch(self, legs: list[tuple[str, int, int, int, int]]) -> None:
        self.post([self.operation(self.leg(*leg)) for leg in legs])

    @rule(which=st.lists(st.integers(0, 1_000), min_size=1, max_size=4))
    def again(self, which: list[int]) -> None:
        self.post([self.past[n % len(self.past)] for n in which])

    @rule(which=st.integers(0, 1_000), minor=AMOUNT)
    def another_body(self, which: int, minor: int) -> None:
        old = self.past[which % len(self.past)]
        leg = transfer(self.accounts[1], self.accounts[2], cny(minor), "another body")
        self.post([self.operation(leg, op_id=old.id)])

    @rule(place=st.integers(1, WALLETS), status=st.sampled_from(["open", "no_debit"]))
    def status(self, place: int, status: str) -> None:
        self.run(actions.set_status(self.tx, self.accounts[place], status))
        self.model.statuses[self.accounts[place]] = status

    @invariant()
    def balances_are_the_models(self) -> None:
        if not hasattr(self, "accounts"):
            return
        rows = self.run(
            self.tx.fetch(
                "SELECT id, credits - debits AS balance, held FROM ledger.account WHERE id = ANY($1)", self.accounts
            )
        )
        assert {row["id"]: (row["balance"], row["held"]) for row in rows} == {
            account: (self.model.book.balance[account], self.model.book.held[account]) for account in self.accounts
        }
        assert sum(row["balance"] for row in rows) == 0

    @invariant()
    def the_books_prove_themselves(self) -> None:
        for name, wrong, _ in CHECKS:
            assert self.run(self.tx.fetchval(wrong)) is None, name


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_the_ledger_does_what_the_model_does(database: str) -> None:
    machine = type("Machine", (LedgerMachine,), {"dsn": database})
    # Without shrinking: it takes minutes on a real database, and the failing steps are printed anyway.
    plan = settings(
        max_examples=40,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=[Phase.generate],
    )
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=plan)

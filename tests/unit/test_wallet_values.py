"""Modes, days, names, numbers: the wallet's small rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.conftest import NOON
from walletdesk.kit.money import Money
from walletdesk.wallet.reference.accounts.model import LimitKind, period_start, resets_at
from walletdesk.wallet.reference.ledger.model import Operation, hold, transfer, void
from walletdesk.wallet.reference.payments.model import notice_due, receipt_number
from walletdesk.wallet.reference.transfers.model import Mode, Review, due_by, hold_back, same_name, send_at

LATE_EVENING = datetime.fromisoformat("2026-01-05T23:30:00+08:00")


def test_arrival_is_due_by_the_rule_of_its_mode() -> None:
    assert due_by(Mode.INSTANT, NOON) == NOON + timedelta(hours=2)
    assert due_by(Mode.ORDINARY, NOON) == datetime.fromisoformat("2026-01-05T23:59:59+08:00")
    assert due_by(Mode.ORDINARY, LATE_EVENING) == LATE_EVENING + timedelta(hours=2)
    assert due_by(Mode.NEXT_DAY, LATE_EVENING) == datetime.fromisoformat("2026-01-06T12:00:00+08:00")


def test_what_does_not_go_at_once_has_its_hour() -> None:
    assert send_at(Mode.INSTANT, NOON, in_house=True) is None
    assert send_at(Mode.ORDINARY, NOON, in_house=False) is None
    assert send_at(Mode.ORDINARY, NOON, in_house=True) == NOON + timedelta(hours=2)
    assert send_at(Mode.NEXT_DAY, NOON, in_house=False) == datetime.fromisoformat("2026-01-06T09:00:00+08:00")


@pytest.mark.parametrize(
    ("minor", "known", "review"), [(299_999, False, "none"), (300_000, False, "risk"), (300_000, True, "none")]
)
def test_much_money_to_somebody_new_is_thought_over(minor: int, known: bool, review: str) -> None:
    found, until = hold_back(Mode.INSTANT, Money(minor, "CNY"), NOON, in_house=True, known=known)
    assert (found, until) == (Review(review), NOON + timedelta(hours=24) if review == "risk" else None)


@pytest.mark.parametrize(
    ("kind", "starts", "resets"),
    [
        (LimitKind.DAY, "2026-02-28", "2026-03-01T00:00:00+08:00"),
        (LimitKind.MONTH, "2026-02-01", "2026-03-01T00:00:00+08:00"),
        (LimitKind.YEAR, "2026-01-01", "2027-01-01T00:00:00+08:00"),
    ],
)
def test_periods_begin_at_midnight_of_the_wallets_zone(kind: LimitKind, starts: str, resets: str) -> None:
    now = datetime(2026, 2, 27, 16, 0, tzinfo=UTC)
    assert period_start(kind, now).isoformat() == starts
    assert resets_at(kind, now) == datetime.fromisoformat(resets)


def test_a_single_limit_never_resets() -> None:
    assert resets_at(LimitKind.SINGLE, NOON) is None


@pytest.mark.parametrize(
    ("typed", "real", "same"),
    [("王 小明", "王小明", True), ("ＡＮＮＡ", "anna", True), ("王小红", "王小明", False), ("", "王", False)],
)
def test_names_are_the_same_whatever_their_width(typed: str, real: str, same: bool) -> None:
    assert same_name(typed, real) is same


def test_a_receipt_number_tells_the_day_in_the_wallets_zone() -> None:
    evening = datetime(2026, 1, 5, 17, 0, tzinfo=UTC)
    assert receipt_number("P", UUID(int=42), evening) == "P2026010600000000000042"


def test_a_shop_is_told_again_seven_times() -> None:
    moments = [notice_due(n, NOON) for n in range(1, 9)]
    pauses = [moment and (moment - NOON).total_seconds() for moment in moments]
    assert pauses == [5, 15, 60, 300, 1_800, 7_200, 21_600, None]


def test_an_operation_is_the_same_whenever_it_is_repeated_and_another_with_any_other_step() -> None:
    op, held = UUID(int=1), UUID(int=2)
    one = Operation(op, "pay", (transfer(1, 2, Money(5, "CNY"), "pay"),), NOON, UUID(int=3))
    later = Operation(op, "pay", (transfer(1, 2, Money(5, "CNY"), "pay"),), NOON + timedelta(hours=1), UUID(int=3))
    assert one.fingerprint() == later.fingerprint()
    others = [
        Operation(op, "pay", (transfer(1, 2, Money(6, "CNY"), "pay"),), NOON, UUID(int=3)),
        Operation(op, "pay", (transfer(1, 2, Money(5, "USD"), "pay"),), NOON, UUID(int=3)),
        Operation(op, "pay", (transfer(2, 1, Money(5, "CNY"), "pay"),), NOON, UUID(int=3)),
        Operation(op, "pay", (transfer(1, 2, Money(5, "CNY"), "fee"),), NOON, UUID(int=3)),
        Operation(op, "pay", (transfer(1, 2, Money(5, "CNY"), "pay", reverses=op),), NOON, UUID(int=3)),
        Operation(op, "pay", (transfer(1, 2, Money(5, "CNY"), "pay"),), NOON, UUID(int=4)),
        Operation(op, "refund", (transfer(1, 2, Money(5, "CNY"), "pay"),), NOON, UUID(int=3)),
        Operation(op, "pay", (hold(held, 1, Money(5, "CNY")),), NOON, UUID(int=3)),
        Operation(op, "pay", (void(held),), NOON, UUID(int=3)),
    ]
    prints = {one.fingerprint(), *(other.fingerprint() for other in others)}
    assert len(prints) == len(others) + 1

"""Which answer of a rail counts, when it is asked, and what its codes mean."""

from __future__ import annotations

import itertools
import tomllib
from dataclasses import replace
from datetime import timedelta
from importlib import resources
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import NOON
from walletdesk.kit.i18n import has_text
from walletdesk.kit.money import Money
from walletdesk.wallet.gateway.model import Reason
from walletdesk.wallet.reference.rails import model
from walletdesk.wallet.reference.rails.actions import new_order
from walletdesk.wallet.reference.rails.model import Answer, By, Effect, Order, Rail, Said, State

LATE = NOON + timedelta(hours=3)


def order(**changes: Any) -> Order:
    made = new_order(
        UUID(int=1), UUID(int=2), Rail.NETUNION, "payment", Money(100, "CNY"), bank="wallet", account_tail="", now=NOON
    )
    return replace(made, **{"state": State.SENT, "sent_at": NOON, **changes})


def said(word: str, code: str = "60") -> Answer:
    return Answer(Said(word), code, NOON, "R1")


def walk(start: Order, *steps: tuple[str, By], now: Any = NOON) -> tuple[Order, list[Effect]]:
    effects: list[Effect] = []
    for word, by in steps:
        start, effect = model.apply(start, said(word), by, now)
        effects.append(effect)
    return start, effects


ALL = list(itertools.product(Said, By))


@pytest.mark.parametrize("first", ALL)
@pytest.mark.parametrize("second", ALL)
def test_whatever_is_said_in_whatever_order_our_books_follow_one_end_and_at_most_one_return(
    first: tuple[Said, By], second: tuple[Said, By]
) -> None:
    for third in ALL:
        end, effects = walk(order(), *[(one.value, by) for one, by in (first, second, third)])
        moves = [effect for effect in effects if effect is not Effect.NONE]
        assert moves in (
            [],
            [Effect.SUCCEED],
            [Effect.FAIL],
            [Effect.RETURN],
            [Effect.SUCCEED, Effect.RETURN],
        )
        followed = {Effect.SUCCEED: State.SUCCEEDED, Effect.FAIL: State.FAILED, Effect.RETURN: State.RETURNED}
        if moves:
            assert end.state is followed[moves[-1]] or end.unapplied


@pytest.mark.parametrize(("said_", "by"), ALL)
def test_the_same_said_twice_changes_nothing_the_second_time(said_: Said, by: By) -> None:
    once, _ = walk(order(), (said_.value, by))
    twice, effects = walk(once, (said_.value, by))
    assert effects == [Effect.NONE]
    assert replace(twice, due_at=once.due_at) == once


def test_only_answers_to_us_end_an_order_badly() -> None:
    for word in ("failed", "returned"):
        by_news, effects = walk(order(), (word, By.WEBHOOK))
        assert (by_news.state, effects, by_news.due_at) == (State.SENT, [Effect.NONE], NOON)
        for by in (By.ANSWER, By.QUERY):
            assert walk(order(), (word, by))[1] != [Effect.NONE]


def test_the_first_proved_end_stays_and_a_contradiction_is_noted() -> None:
    failed, _ = walk(order(), ("failed", By.QUERY), ("succeeded", By.QUERY))
    paid, _ = walk(order(), ("succeeded", By.ANSWER), ("failed", By.QUERY))
    assert (failed.state, failed.conflict, paid.state, paid.conflict) == (State.FAILED, True, State.SUCCEEDED, True)


def test_a_success_that_was_news_falls_to_a_proved_failure_which_books_nothing_by_itself() -> None:
    end, effects = walk(order(), ("succeeded", By.WEBHOOK), ("failed", By.QUERY))
    assert (end.state, end.unapplied, end.conflict) == (State.FAILED, True, True)
    assert effects == [Effect.SUCCEED, Effect.NONE]


def test_a_contradiction_is_settled_when_the_rail_confirms_the_success() -> None:
    end, _ = walk(order(), ("succeeded", By.WEBHOOK), ("failed", By.WEBHOOK), ("succeeded", By.QUERY))
    assert (end.state, end.conflict, end.due_at) == (State.SUCCEEDED, False, None)


def test_an_end_that_comes_too_late_is_kept_for_people_to_see() -> None:
    for word in ("failed", "returned"):
        end, effects = walk(order(), (word, By.QUERY), now=LATE)
        assert (end.unapplied, effects) == (True, [Effect.NONE])
        ordinary, effects = walk(order(mode="ordinary"), (word, By.QUERY), now=LATE)
        assert (ordinary.unapplied, effects[0] is Effect.NONE) == (False, False)
    late_success, effects = walk(order(), ("succeeded", By.QUERY), now=LATE)
    assert (late_success.unapplied, effects) == (False, [Effect.SUCCEED])


def test_silence_makes_an_order_sent_and_asked_for_never_given_up() -> None:
    silent = model.unanswered(order(state=State.WAITING, sent_at=None), NOON)
    assert (silent.state, silent.due_at) == (State.SENT, NOON + timedelta(seconds=10))
    after, effect = model.refused(silent, LATE)
    assert (after.state, effect) == (State.SENT, Effect.NONE)


def test_a_refusal_after_a_silent_attempt_proves_nothing() -> None:
    start = order(state=State.WAITING, sent_at=None, unanswered=1)
    assert model.refused(start, LATE)[1] is Effect.NONE


@pytest.mark.parametrize(("mode", "seconds"), [("instant", 61), ("ordinary", 1_801)])
def test_an_order_that_nobody_takes_fails_after_a_while(mode: str, seconds: int) -> None:
    start = order(state=State.WAITING, sent_at=None, mode=mode)
    assert model.refused(start, NOON + timedelta(seconds=seconds - 1))[1] is Effect.NONE
    end, effect = model.refused(start, NOON + timedelta(seconds=seconds))
    assert (end.state, end.reason, effect, end.sure) == (State.FAILED, "rail_down", Effect.FAIL, False)


def test_questions_grow_rarer() -> None:
    pauses = [(model.next_query(order(queries=n), NOON) - NOON).total_seconds() for n in range(9)]
    assert pauses == [10, 10, 10, 10, 60, 300, 1_800, 1_800, 1_800]
    tomorrow = NOON + timedelta(days=1)
    assert model.next_query(order(queries=40), tomorrow) - tomorrow == timedelta(hours=6)


def test_what_the_rail_has_no_record_of_is_sent_three_times_at_most_and_never_when_the_bank_took_money() -> None:
    missing = order(state=State.MISSING)
    assert [model.may_send_again(replace(missing, sends=n)) for n in (1, 2, 3)] == [True, True, False]
    assert not model.may_send_again(replace(missing, sends=1, bank_debited=True))
    assert not model.may_send_again(order(sends=1))


TABLES = tomllib.loads(resources.files("walletdesk.wallet.reference.rails").joinpath("codes.toml").read_text())


@pytest.mark.parametrize("rail", list(Rail))
def test_every_code_means_one_thing_of_the_vocabulary(rail: Rail) -> None:
    codes = [code for codes in TABLES[rail.value].values() for code in codes]
    assert len(codes) == len(set(codes))
    assert set(TABLES[rail.value]) - {"ok", "wait"} <= {reason.value for reason in Reason}


@pytest.mark.parametrize(
    ("rail", "code", "reason"),
    [
        (Rail.CARD, "51", "funds"), (Rail.CARD, "1A", "auth_needed"), (Rail.CARD, "54", "card_expired"),
        (Rail.CARD, "43", "lost_stolen"), (Rail.CARD, "59", "fraud"), (Rail.CARD, "91", "rail_down"),
        (Rail.NETUNION, "64", "funds"), (Rail.NETUNION, "66", "name_mismatch"), (Rail.NETUNION, "39", "rail_down"),
        (Rail.ISO20022, "AM04", "funds"), (Rail.ISO20022, "BE01", "name_mismatch"),
        (Rail.ISO20022, "AC04", "account_closed"), (Rail.ISO20022, "RR04", "regulatory"),
    ],
)  # fmt: skip
def test_the_codes_of_the_rails_are_understood(rail: Rail, code: str, reason: str) -> None:
    assert model.meaning_of(rail, code) == reason
    assert model.reason_of(rail, code, State.FAILED) == reason


def test_a_code_that_nobody_knows_means_that_nobody_says_why() -> None:
    assert model.reason_of(Rail.CARD, "ZZ", State.FAILED) == "do_not_honor"
    assert model.reason_of(Rail.CARD, "00", State.FAILED) == "do_not_honor"
    assert model.reason_of(Rail.ISO20022, "ZZ", State.RETURNED) == "returned"


def test_every_reason_has_words_in_both_languages() -> None:
    for reason in Reason:
        assert has_text("zh", f"wallet.reason.{reason.value}")
        assert has_text("en", f"wallet.reason.{reason.value}")

"""What customers and staff are told of a promise: who answers until when, in their language and at their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.conftest import NOON
from walletdesk.desk.conversations.actions.opening import _new_row
from walletdesk.desk.conversations.model import Conversation, Person, State, StateView
from walletdesk.desk.conversations.promise import (
    Accepted,
    AgentAnswered,
    CustomerSpoke,
    HandedOff,
    Offered,
    PromiseCall,
    Resolve,
    WaitCustomer,
    WaitThird,
    step,
)
from walletdesk.desk.conversations.views import state_view
from walletdesk.kit.ids import new_id

AGENT = new_id()
HUMAN = HandedOff(None, 2, "asked")


def after(*happenings: Any) -> Conversation:
    row = _new_row(new_id(), Person("customer", new_id(), "王"), "zh", False, "chat", None, NOON)
    for happening in (CustomerSpoke(), *happenings):
        row = step(row, happening, NOON)[0]  # type: ignore[assignment]
        if row.owner_id is not None:
            row = replace(row, owner_name="小美")
    return row


@pytest.mark.parametrize(
    ("happenings", "zh", "en"),
    [
        ((), "智能客服会在 20:00 前答复", "The assistant answers by 20:00"),
        ((HUMAN,), "如果到 20:02", "by 20:02"),
        ((HUMAN, Offered(AGENT)), "客服正在接入", "A person is joining"),
        ((HUMAN, Accepted(AGENT)), "小美会在 20:03", "小美 answers by 20:03"),
        (
            (HUMAN, Accepted(AGENT), AgentAnswered(AGENT, WaitThird(NOON + timedelta(days=1)))),
            "我们会在 01-06 20:00 前告诉您进展",
            "We will tell you more by 01-06 20:00",
        ),
        (
            (HUMAN, Accepted(AGENT), AgentAnswered(AGENT, PromiseCall(NOON + timedelta(hours=1)))),
            "我们会在 21:01 前给您打电话",
            "We will call you by 21:01",
        ),
    ],
)
def test_who_waits_for_us_is_told_until_when(happenings: tuple[Any, ...], zh: str, en: str) -> None:
    row = after(*happenings)
    views: dict[str, StateView] = {lang: state_view(row, lang, "customer") for lang in ("zh", "en")}  # type: ignore[arg-type]

    assert views["zh"].promise is not None
    assert views["en"].promise is not None
    assert zh in views["zh"].promise.text
    assert en in views["en"].promise.text
    assert views["zh"].promise.by == (row.debt_due_at or row.due_at)


def test_who_has_the_word_himself_is_promised_nothing() -> None:
    row = after(HUMAN, Accepted(AGENT), AgentAnswered(AGENT, WaitCustomer()))

    assert state_view(row, "zh", "customer").promise is None
    assert state_view(after(), "zh", "customer").agent_name is None


def test_times_are_those_of_the_readers_zone() -> None:
    promise = state_view(after(HUMAN), "en", "customer", zone="Europe/Berlin").promise

    assert promise is not None
    assert "13:02" in promise.text
    assert promise.by == datetime(2026, 1, 5, 12, 2, tzinfo=UTC)


def test_an_agent_to_whom_it_is_only_offered_is_not_named_to_the_customer() -> None:
    row = after(HUMAN, Offered(AGENT))

    assert state_view(row, "zh", "customer").agent_name is None
    assert state_view(row, "zh", "staff").agent_name == "小美"
    promise = state_view(row, "zh", "staff").promise
    assert promise is not None
    assert "小美须在" in promise.text


def test_what_is_resolved_may_be_rated_once_until_it_is_resolved_again() -> None:
    row = after(HUMAN, Accepted(AGENT), AgentAnswered(AGENT, WaitCustomer()), Resolve())
    rated = replace(row, rated_resolution=1)
    again = replace(rated, resolutions=2)

    def shown(one: Conversation) -> tuple[bool, bool]:
        view = state_view(one, "zh", "customer")
        return view.may_rate, view.rated

    assert row.state is State.RESOLVED
    assert [shown(one) for one in (after(), row, rated, again)] == [
        (False, False), (True, False), (False, True), (True, False),
    ]  # fmt: skip


def test_on_the_red_list_the_duty_manager_is_named() -> None:
    promise = state_view(replace(after(HUMAN), level=4), "zh", "customer").promise

    assert promise is not None
    assert "值班经理" in promise.text

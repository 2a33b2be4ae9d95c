"""What is not the last word is followed up: the customer hears when the bank answers, a person when it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import NOON
from tests.support.diagnosis_desk import Between, Desk, Died, die
from tests.support.wallet_outside import SILENT
from tests.support.wallet_people import ADAPTERS, Town, settle_in
from walletdesk.diagnosis.actions import store_finding
from walletdesk.diagnosis.follow_ups import next_look
from walletdesk.diagnosis.jobs import LEASE
from walletdesk.diagnosis.model import StoredFinding, Symptom
from walletdesk.kit import db
from walletdesk.wallet.gateway.model import OrderState

T1_NOON = datetime.fromisoformat("2026-01-06T12:00:00+08:00")


@pytest.fixture(params=ADAPTERS)
async def desk(swept_pool: db.Pool, clock_at: Any, request: pytest.FixtureRequest) -> AsyncGenerator[Desk]:
    async with db.transaction(swept_pool) as tx:
        await settle_in(tx)
    with clock_at(NOON) as time:
        yield Desk(Town(swept_pool, time, over=request.param))


async def pending(desk: Desk) -> StoredFinding:
    """A payment of which the rail says nothing; the wallet's own jobs rest, so that the desk asks."""
    desk.town.outside.on_send = desk.town.outside.on_ask = SILENT
    paid = await desk.town.pay()
    await desk.town.work(rounds=1)
    found = await desk.diagnose(Symptom.PAY_DEBITED, paid.id)
    assert found.finding.verdict == "PENDING_UPSTREAM"
    return found


async def test_an_unanswered_payment_is_looked_at_on_the_ladder_of_the_specification(desk: Desk) -> None:
    await pending(desk)
    start, looks = desk.now, []
    for _ in range(7):
        due = await desk.next_due()
        assert due is not None
        looks.append((due - start).total_seconds())
        start = due
        desk.town.later(seconds=(due - desk.now).total_seconds())
        asked = len(desk.town.outside.asked)
        await desk.look()
        assert len(desk.town.outside.asked) == asked + 1
    assert looks == [10, 10, 10, 10, 60, 300, 1800]
    assert await desk.events() == []


async def test_nothing_is_looked_at_before_its_time(desk: Desk) -> None:
    await pending(desk)
    desk.town.later(seconds=9)
    assert await desk.look() == 0
    desk.town.later(seconds=1)
    assert await desk.look() == 1


async def test_when_the_rail_answers_the_customer_hears_of_it_once(desk: Desk) -> None:
    before = await pending(desk)
    desk.town.later(seconds=10)
    await desk.look()
    desk.town.outside.on_ask = "succeeded"
    desk.town.later(seconds=10)
    await desk.look()

    [event] = await desk.events()
    assert (event["name"], event["finding_id"], event["verdict"]) == (
        "FindingChanged", str(before.id), "PAID_SHOW_STALE",
    )  # fmt: skip
    new = await desk.finding(event["new_finding_id"])
    assert (new.conversation_id, new.finding.asked) == (desk.conversation, Symptom.PAY_DEBITED)
    await desk.let_pass(days=2)
    assert len(await desk.events()) == 1


async def test_after_the_ladder_our_own_books_are_read_without_asking_the_rail(desk: Desk) -> None:
    await pending(desk)
    await desk.let_pass(hours=2)
    asked = len(desk.town.outside.asked)
    await desk.let_pass(hours=2)
    assert len(desk.town.outside.asked) == asked


async def test_news_that_our_books_learn_by_themselves_are_told_the_same_half_hour(desk: Desk) -> None:
    before = await pending(desk)
    await desk.let_pass(hours=2)
    assert before.finding.transaction_id is not None
    desk.town.outside.on_ask = "succeeded"
    await desk.town.evidence(before.finding.transaction_id, refresh=True)
    await desk.let_pass(minutes=31)
    assert [event["verdict"] for event in await desk.events("FindingChanged")] == ["PAID_SHOW_STALE"]


async def test_without_an_answer_at_the_next_noon_a_person_takes_over(desk: Desk) -> None:
    before = await pending(desk)
    assert before.finding.next_at == T1_NOON
    await desk.let_pass(seconds=(T1_NOON - desk.now).total_seconds() - 1)
    assert await desk.events() == []
    asked = len(desk.town.outside.asked)
    await desk.let_pass(seconds=2)

    changed, due = await desk.events()
    assert (changed["name"], changed["verdict"]) == ("FindingChanged", "PENDING_UPSTREAM")
    assert (due["name"], due["reason"], due["finding_id"]) == ("HandOffDue", "verdict", changed["new_finding_id"])
    assert len(desk.town.outside.asked) == asked + 1  # the rail is asked once more first
    new = await desk.finding(changed["new_finding_id"])
    assert new.finding.variant == "late"
    await desk.let_pass(days=1)
    assert len(await desk.events("HandOffDue")) == 1


async def test_two_workers_look_once(desk: Desk) -> None:
    await pending(desk)
    desk.town.outside.on_ask = "succeeded"
    desk.town.later(seconds=10)
    looked = await asyncio.gather(*(desk.look() for _ in range(3)))
    assert sum(looked) == 1
    assert len(await desk.events("FindingChanged")) == 1


async def test_a_worker_that_dies_in_the_middle_leaves_the_look_to_another(desk: Desk) -> None:
    await pending(desk)
    desk.town.outside.on_ask = "succeeded"
    desk.town.later(seconds=10)

    class Deadly(Between):
        async def evidence(self, *args: Any, **more: Any) -> Any:
            await self.wallet.evidence(*args, **more)
            die()

    with pytest.raises(Died):
        await desk.look(Deadly(desk.town.wallet))  # type: ignore[arg-type]
    assert await desk.look() == 0
    desk.town.later(seconds=LEASE.total_seconds() + 1)
    await desk.look()
    assert len(await desk.events("FindingChanged")) == 1


async def test_a_worker_that_is_only_slow_does_not_write_over_who_took_over(desk: Desk) -> None:
    await pending(desk)
    desk.town.later(seconds=10)

    class Slow(Between):
        async def evidence(self, *args: Any, **more: Any) -> Any:
            found = await self.wallet.evidence(*args, **more)
            desk.town.later(seconds=LEASE.total_seconds() + 1)
            await desk.look()
            return found

    await desk.look(Slow(desk.town.wallet))  # type: ignore[arg-type]
    assert await desk.next_due() == desk.now + timedelta(seconds=10)


async def test_a_wallet_that_is_away_changes_nothing_and_is_asked_again(desk: Desk) -> None:
    await pending(desk)
    desk.town.later(seconds=10)

    class Away(Between):
        async def evidence(self, *_: Any, **__: Any) -> Any:
            raise db.DatabaseDown

    for _ in range(3):
        await desk.look(Away(desk.town.wallet))  # type: ignore[arg-type]
        desk.town.later(seconds=31)
    assert await desk.events() == []
    desk.town.outside.on_ask = "succeeded"
    await desk.look()
    assert len(await desk.events("FindingChanged")) == 1


async def test_one_that_fails_does_not_keep_the_others_waiting(desk: Desk) -> None:
    broken = await pending(desk)
    desk.town.outside.on_send = desk.town.outside.on_ask = SILENT
    fine = await pending(desk)
    desk.town.outside.on_ask = "succeeded"
    desk.town.later(seconds=10)

    class HalfBroken(Between):
        async def evidence(self, customer: Any, transaction_id: Any, **more: Any) -> Any:
            if transaction_id == broken.finding.transaction_id:
                raise ValueError("a defect")
            return await self.wallet.evidence(customer, transaction_id, **more)

    await desk.look(HalfBroken(desk.town.wallet))  # type: ignore[arg-type]
    assert [event["finding_id"] for event in await desk.events("FindingChanged")] == [str(fine.id)]


async def test_a_newer_finding_of_the_same_conversation_takes_the_follow_up_over(desk: Desk) -> None:
    first = await pending(desk)
    desk.town.later(seconds=5)
    second = await desk.diagnose(Symptom.PAY_DEBITED, first.finding.transaction_id)
    await desk.diagnose(Symptom.PAY_DEBITED, first.finding.transaction_id, conversation=uuid4())
    desk.town.outside.on_ask = "succeeded"
    await desk.let_pass(minutes=1)

    told = [event["finding_id"] for event in await desk.events("FindingChanged")]
    assert str(first.id) not in told
    assert told.count(str(second.id)) == 1
    assert len(told) == 2


async def test_of_two_findings_stored_at_the_same_moment_only_the_newer_is_told_of(desk: Desk, owner: Any) -> None:
    first = await pending(desk)
    second = await desk.diagnose(Symptom.PAY_DEBITED, first.finding.transaction_id)
    await owner.execute(  # as if neither had seen the other
        "UPDATE diagnosis.follow_up SET ended_at = NULL, ended_by = NULL, next_at = $2 WHERE finding_id = $1",
        first.id,
        desk.now,
    )
    desk.town.outside.on_ask = "succeeded"
    await desk.let_pass(minutes=1)
    assert [event["finding_id"] for event in await desk.events("FindingChanged")] == [str(second.id)]


async def test_a_closed_order_is_refunded_by_itself_after_a_day(desk: Desk) -> None:
    desk.town.outside.on_shop = OrderState.CLOSED_BEFORE_PAYMENT.value
    paid = await desk.town.pay()
    await desk.town.work()
    found = await desk.diagnose(Symptom.MERCHANT_NOT_RECEIVED, paid.id, refresh=True)
    assert found.finding.verdict == "AUTO_REFUND"
    assert await desk.carry_out() == 0  # until then it is the customer's choice

    await desk.let_pass(hours=24, seconds=1)
    await desk.carry_out()

    assert await desk.town.balance() == (100_000, 0)
    verdicts = [event["verdict"] for event in await desk.events("FindingChanged")]
    assert verdicts[0] == "AUTO_REFUND"
    [event] = await desk.events("CommandFinished")
    assert (event["command"], event["state"]) == ("refund_closed_order", "done")
    new = await desk.finding(event["new_finding_id"])
    assert (new.finding.verdict, new.finding.variant) == ("MONEY_BACK", "returned")
    await desk.town.books_are_right()


async def test_a_finding_without_a_conversation_is_not_followed_up(desk: Desk) -> None:
    found = await pending(desk)
    async with db.transaction(desk.pool) as tx:
        await store_finding(
            tx, found.finding, customer_id=found.customer_id, conversation_id=None, now=desk.now
        )
        waiting = await tx.fetchval("SELECT count(*) FROM diagnosis.follow_up")
    assert waiting == 1


def test_a_look_never_passes_a_deadline_that_is_still_to_come() -> None:
    soon = NOON + timedelta(minutes=3)
    assert next_look(5, asks_rail=True, now=NOON, deadline=soon) == soon
    assert next_look(0, asks_rail=True, now=NOON, deadline=soon) == NOON + timedelta(seconds=10)
    assert next_look(99, asks_rail=False, now=NOON, deadline=NOON) == NOON + timedelta(minutes=30)

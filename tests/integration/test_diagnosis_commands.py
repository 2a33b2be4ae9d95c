"""Remedies run as commands: once, by whom they may, through every death of a worker, and everybody hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.conftest import NOON
from tests.support.diagnosis_desk import UNKNOWN, Between, Desk, Died, die
from tests.support.swept import Swept
from tests.support.wallet_outside import SILENT
from tests.support.wallet_people import ADAPTERS, ANNA, BEN, Town, settle_in
from walletdesk.diagnosis import rendering
from walletdesk.diagnosis.actions import ask_command, store_finding
from walletdesk.diagnosis.jobs import LEASE
from walletdesk.diagnosis.model import (
    CommandForbidden,
    CommandNotOffered,
    CommandState,
    FindingMissing,
    StoredFinding,
    Symptom,
)
from walletdesk.diagnosis.procedures import replay
from walletdesk.diagnosis.queries import list_of_conversation
from walletdesk.kit import db
from walletdesk.wallet.gateway.model import CommandName, Outcome, OutcomeState
from walletdesk.wallet.reference.transfers.model import to_bank

RESEND, VOID, REVERSE = CommandName.RESEND_NOTICE, CommandName.VOID_HOLD, CommandName.REVERSE_PAYMENT
BANK = to_bank("summit", "9876", "王小明")
ZONE = "Asia/Shanghai"


@pytest.fixture(params=ADAPTERS)
async def desk(swept_pool: db.Pool, clock_at: Any, request: pytest.FixtureRequest) -> AsyncGenerator[Desk]:
    async with db.transaction(swept_pool) as tx:
        await settle_in(tx)
    with clock_at(NOON) as time:
        yield Desk(Town(swept_pool, time, over=request.param))


async def unheard(desk: Desk) -> StoredFinding:
    """A payment of which the shop could not be told; from now on the shop answers again."""
    desk.town.outside.on_notify = 500
    paid = await desk.town.pay()
    await desk.town.work()
    desk.town.outside.on_notify = 200
    return await desk.diagnose(Symptom.MERCHANT_NOT_RECEIVED, paid.id)


async def stuck(desk: Desk) -> StoredFinding:
    """A payment that the rail declined so late that our books still hold the money."""
    desk.town.outside.on_send = desk.town.outside.on_ask = SILENT
    paid = await desk.town.pay()
    await desk.town.work()
    desk.town.later(minutes=40)
    desk.town.outside.on_ask = ("failed", "64")
    return await desk.diagnose(Symptom.PAY_FAIL, paid.id, refresh=True)


async def test_one_tap_tells_the_shop_for_real_and_the_card_is_renewed(desk: Desk) -> None:
    stored = await unheard(desk)
    assert stored.finding.verdict == "RENOTIFY"
    told = len(desk.town.outside.notices)

    row = await desk.ask(stored, RESEND)
    assert (row.state, (await desk.views(stored))["resend_notice"].state) == (CommandState.ASKED, CommandState.ASKED)
    assert await desk.carry_out() == 1

    assert len(desk.town.outside.notices) == told + 1
    [event] = await desk.events("CommandFinished")
    assert (event["finding_id"], event["command"], event["state"]) == (str(stored.id), "resend_notice", "done")
    new = await desk.finding(event["new_finding_id"])
    assert (new.finding.asked, new.finding.verdict) == (Symptom.MERCHANT_NOT_RECEIVED, "GIVE_PROOF")
    assert new.conversation_id == desk.conversation
    card = rendering.card(new, "zh", ZONE, await desk.views(new))
    assert [(one["id"], one["state"]) for one in card["actions"]] == [
        ("command:resend_notice", "done"), ("human", "offered"),
    ]  # fmt: skip
    done = await desk.command(row)
    assert done.record is not None
    assert done.record.startswith("notice/")
    assert done.finished_at == desk.now


async def test_the_same_command_is_asked_once_however_often_it_is_tapped(desk: Desk) -> None:
    stored = await unheard(desk)
    told = len(desk.town.outside.notices)
    rows = await asyncio.gather(*(desk.ask(stored, RESEND) for _ in range(5)))
    await desk.carry_out()
    rows += [await desk.ask(stored, RESEND)]
    await desk.carry_out()

    assert len({row.id for row in rows}) == 1
    assert rows[0].idempotency_key == f"{stored.id}:resend_notice"
    assert len(desk.town.outside.notices) == told + 1


async def test_two_workers_share_the_work_and_the_wallet_acts_once(desk: Desk) -> None:
    findings = [await unheard(desk) for _ in range(4)]
    for stored in findings:
        await desk.ask(stored, RESEND)
    told = len(desk.town.outside.notices)

    moved = await asyncio.gather(*(desk.carry_out() for _ in range(3)))

    assert sum(moved) == 4
    assert len(desk.town.outside.notices) == told + 4
    assert len(await desk.events("CommandFinished")) == 4


async def test_what_is_proved_is_asked_by_the_bot_the_moment_the_finding_is_stored(desk: Desk) -> None:
    stored = await stuck(desk)
    assert (stored.finding.symptom, stored.finding.verdict) == (Symptom.PAY_DEBITED, "VOID_NOW")
    assert await desk.town.balance() == (100_000, 1_500)

    await desk.carry_out()

    assert await desk.town.balance() == (100_000, 0)
    [row] = await desk.commands()
    assert (row["actor_kind"], row["state"], row["idempotency_key"]) == ("bot", "done", f"{stored.id}:void_hold")
    [event] = await desk.events("CommandFinished")
    new = await desk.finding(event["new_finding_id"])
    assert (new.finding.asked, new.finding.verdict, new.finding.variant) == (Symptom.PAY_FAIL, "FUNDS", "bank")
    assert "已解冻" in rendering.sentence(new, "zh", ZONE)
    await desk.town.books_are_right()


async def test_a_finding_that_is_rolled_back_asks_for_nothing(desk: Desk) -> None:
    stored = await stuck(desk)
    await desk.carry_out()
    before = await desk.commands()
    with pytest.raises(Died):
        async with db.transaction(desk.pool) as tx:
            await store_finding(tx, stored.finding, customer_id=ANNA, conversation_id=uuid4(), now=desk.now)
            die()
    assert await desk.commands() == before


@pytest.mark.parametrize("where", ["before", "after"])
async def test_a_worker_that_dies_loses_nothing_and_repeats_nothing(desk: Desk, where: str) -> None:
    stored = await stuck(desk)
    dying = Between(desk.town.wallet, **{where: die})
    with pytest.raises(Died):
        await desk.carry_out(dying)
    [row] = await desk.commands()
    assert row["state"] == "running"
    assert await desk.events() == []
    held = (await desk.town.balance())[1]
    assert held == (1_500 if where == "before" else 0)

    assert await desk.carry_out() == 0  # the lease of the dead one is respected
    desk.town.later(seconds=LEASE.total_seconds() + 1)
    again = Between(desk.town.wallet)
    assert await desk.carry_out(again) == 1

    assert dying.keys == again.keys == [f"{stored.id}:void_hold"]
    assert await desk.town.balance() == (100_000, 0)
    [row] = await desk.commands()
    assert (row["state"], row["tries"]) == ("done", 2)
    assert [event["state"] for event in await desk.events("CommandFinished")] == ["done"]
    await desk.town.books_are_right()


async def test_a_worker_that_is_only_slow_does_not_write_over_who_took_over(desk: Desk) -> None:
    stored = await unheard(desk)
    await desk.ask(stored, RESEND)
    told = len(desk.town.outside.notices)

    class Slow(Between):
        async def act(self, command: Any) -> Outcome:
            outcome = await super().act(command)
            desk.town.later(seconds=LEASE.total_seconds() + 1)
            await desk.carry_out()
            return outcome

    await desk.carry_out(Slow(desk.town.wallet))

    assert len(desk.town.outside.notices) == told + 1
    assert len(await desk.events("CommandFinished")) == 1
    assert [row["state"] for row in await desk.commands()] == ["done"]


async def test_an_unknown_outcome_is_asked_for_again_with_the_same_key(desk: Desk) -> None:
    stored = await unheard(desk)
    row = await desk.ask(stored, RESEND)
    silent = Between(desk.town.wallet, instead=UNKNOWN)
    await desk.carry_out(silent)

    assert (await desk.command(row)).state is CommandState.UNKNOWN
    [event] = await desk.events("CommandFinished")
    assert (event["state"], event["new_finding_id"]) == ("unknown", None)
    card = rendering.card(stored, "zh", ZONE, await desk.views(stored))
    assert card["actions"][0]["state"] == "unknown"
    assert await desk.carry_out(silent) == 0  # not before its time

    desk.town.later(seconds=6)
    await desk.carry_out(silent)
    desk.town.later(seconds=11)
    await desk.carry_out(silent)
    assert len(await desk.events("CommandFinished")) == 1  # unknown is told once

    desk.town.later(seconds=21)
    speaking = Between(desk.town.wallet)
    await desk.carry_out(speaking)
    assert {*silent.keys, *speaking.keys} == {row.idempotency_key}
    assert (await desk.command(row)).state is CommandState.DONE
    assert [event["state"] for event in await desk.events("CommandFinished")] == ["unknown", "done"]


async def test_an_error_of_the_wallet_after_the_deed_is_unknown_and_resolves_to_what_was_done(desk: Desk) -> None:
    stored = await unheard(desk)
    row = await desk.ask(stored, RESEND)
    told = len(desk.town.outside.notices)

    def lost() -> None:
        raise ConnectionResetError

    await desk.carry_out(Between(desk.town.wallet, after=lost))
    assert (await desk.command(row)).state is CommandState.UNKNOWN
    desk.town.later(seconds=6)
    await desk.carry_out()
    assert (await desk.command(row)).state is CommandState.DONE
    assert len(desk.town.outside.notices) == told + 1


async def test_a_person_is_told_when_an_outcome_stays_unknown(desk: Desk) -> None:
    stored = await unheard(desk)
    await desk.ask(stored, RESEND)
    silent = Between(desk.town.wallet, instead=UNKNOWN)
    for _ in range(12):
        await desk.carry_out(silent)
        desk.town.later(minutes=1)
    handed = await desk.events("HandOffDue")
    assert [(event["reason"], event["finding_id"]) for event in handed] == [("command_unknown", str(stored.id))]


async def test_a_command_that_is_still_running_is_asked_for_again_soon(desk: Desk) -> None:
    stored = await unheard(desk)
    row = await desk.ask(stored, RESEND)
    await desk.carry_out(Between(desk.town.wallet, instead=Outcome(OutcomeState.RUNNING)))
    assert (await desk.command(row)).state is CommandState.RUNNING
    assert await desk.events("CommandFinished") == []
    desk.town.later(seconds=3)
    await desk.carry_out()
    assert (await desk.command(row)).state is CommandState.DONE


async def test_a_notice_that_fails_again_is_refused_and_may_be_tried_again_under_the_new_finding(desk: Desk) -> None:
    stored = await unheard(desk)
    desk.town.outside.on_notify = 500
    await desk.ask(stored, RESEND)
    await desk.carry_out()

    [event] = await desk.events("CommandFinished")
    assert event["state"] == "refused"
    new = await desk.finding(event["new_finding_id"])
    assert new.finding.verdict == "RENOTIFY"
    action = rendering.card(new, "en", ZONE, await desk.views(new))["actions"][0]
    assert (action["state"], "tried just now" in action["note"]) == ("offered", True)
    old = rendering.card(stored, "en", ZONE, await desk.views(stored))["actions"][0]
    assert old["state"] == "refused"

    desk.town.outside.on_notify = 200
    desk.town.later(minutes=1)
    await desk.ask(new, RESEND)
    await desk.carry_out()
    assert [event["state"] for event in await desk.events("CommandFinished")] == ["refused", "done"]


async def test_what_the_wallet_refused_once_is_not_asked_in_a_circle_but_handed_to_a_person(desk: Desk) -> None:
    await stuck(desk)
    await desk.carry_out(Between(desk.town.wallet, instead=Outcome(OutcomeState.REFUSED, reason="not_proved")))

    assert len(await desk.commands()) == 1
    [finished] = await desk.events("CommandFinished")
    assert finished["state"] == "refused"
    [due] = await desk.events("HandOffDue")
    assert (due["reason"], due["finding_id"]) == ("command_refused", finished["new_finding_id"])


async def test_two_conversations_about_one_payment_share_one_command_and_both_hear_of_it(desk: Desk) -> None:
    first = await unheard(desk)
    other = uuid4()
    second = await desk.diagnose(Symptom.NOT_ARRIVED, first.finding.transaction_id, conversation=other)
    told = len(desk.town.outside.notices)

    a = await desk.ask(first, RESEND)
    b = await desk.ask(second, RESEND, kind="agent", who=uuid4())
    await desk.carry_out()

    assert a.id == b.id
    assert len(desk.town.outside.notices) == told + 1
    heard = {event["conversation_id"]: event for event in await desk.events("CommandFinished")}
    assert set(heard) == {str(desk.conversation), str(other)}
    for event in heard.values():
        assert (await desk.finding(event["new_finding_id"])).conversation_id is not None
    assert (await desk.finding(heard[str(other)]["new_finding_id"])).finding.asked is Symptom.NOT_ARRIVED


async def test_what_moves_money_is_not_asked_again_under_another_finding(desk: Desk) -> None:
    stored = await stuck(desk)
    await desk.carry_out()
    late = uuid4()
    async with db.transaction(desk.pool) as tx:
        again = await store_finding(tx, stored.finding, customer_id=ANNA, conversation_id=late, now=desk.now)
    assert len(await desk.commands()) == 1
    assert (await desk.views(again))["void_hold"].state is CommandState.DONE
    told = [event for event in await desk.events("CommandFinished") if event["conversation_id"] == str(late)]
    assert [event["state"] for event in told] == ["done"]


async def test_returned_money_is_put_back_by_itself(desk: Desk) -> None:
    sent = await desk.town.send(BANK, 2_000)
    await desk.town.work()
    desk.town.later(hours=3)
    desk.town.outside.on_ask = ("returned", "AC04")
    found = await desk.diagnose(Symptom.NOT_ARRIVED, sent.id, refresh=True)
    await desk.carry_out()
    if found.finding.verdict != "RETURNED":
        assert found.finding.verdict == "RETURNING"
        [event] = await desk.events("CommandFinished")
        found = await desk.finding(event["new_finding_id"])
    assert (found.finding.verdict, await desk.town.balance()) == ("RETURNED", (100_000, 0))
    await desk.town.books_are_right()


# ----------------------------------------------------------------------------- who may


async def test_only_what_a_finding_offers_can_be_asked(desk: Desk) -> None:
    stored = await unheard(desk)
    with pytest.raises(CommandNotOffered):
        await desk.ask(stored, REVERSE, kind="supervisor")
    assert await desk.commands() == []


async def test_a_foreign_finding_does_not_exist_for_a_customer(desk: Desk) -> None:
    stored = await unheard(desk)
    for who in (BEN, None):
        with pytest.raises(FindingMissing):
            await desk.ask(stored, RESEND, who=who)
    async with db.transaction(desk.pool) as tx:
        with pytest.raises(FindingMissing):
            await ask_command(tx, uuid4(), RESEND, actor_kind="customer", actor_id=ANNA, now=desk.now)


async def test_an_actor_who_may_not_is_refused(desk: Desk) -> None:
    stored = await unheard(desk)
    for kind in ("compliance", "visitor"):
        with pytest.raises(CommandForbidden):
            await desk.ask(stored, RESEND, kind=kind, who=uuid4())
    assert await desk.commands() == []


# ----------------------------------------------------------------------- what is stored


async def test_a_finding_is_read_back_as_it_was_and_can_be_made_again(desk: Desk) -> None:
    stored = await stuck(desk)
    found = await desk.finding(stored.id)
    assert found == stored
    assert replay(found.finding) == stored.finding
    assert found.number.startswith("E-1")


async def test_findings_of_a_conversation_are_listed_newest_first(desk: Desk) -> None:
    first = await unheard(desk)
    desk.town.later(seconds=1)
    second = await desk.diagnose(Symptom.PAY_FAIL, first.finding.transaction_id)
    await desk.diagnose(Symptom.PAY_FAIL, first.finding.transaction_id, conversation=uuid4())
    async with db.reading(desk.pool) as tx:
        listed = await list_of_conversation(tx, desk.conversation)
    assert [one.id for one in listed] == [second.id, first.id]
    assert int(second.number[2:]) > int(first.number[2:])


async def test_the_product_itself_cannot_change_or_delete_evidence(desk: Desk) -> None:
    stored = await unheard(desk)
    for statement in (
        "UPDATE diagnosis.finding SET verdict = 'GIVE_PROOF' WHERE id = $1",
        "DELETE FROM diagnosis.finding WHERE id = $1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with desk.pool.acquire() as connection:
                await connection.execute(statement, stored.id)


@pytest.mark.parametrize(
    "change",
    [
        "state = 'done'",
        "next_at = NULL",
        "state = 'done', next_at = NULL",
        "state = 'paid'",
        "state = 'running'",
        "finished_at = now()",
    ],
)
async def test_a_command_cannot_be_in_a_state_in_which_it_would_be_forgotten(desk: Desk, change: str) -> None:
    await desk.ask(await unheard(desk), RESEND)
    with pytest.raises(asyncpg.CheckViolationError):
        async with desk.pool.acquire() as connection:
            await connection.execute(f"UPDATE diagnosis.command SET {change}")


async def test_the_workers_are_woken_when_something_is_asked(desk: Desk, swept_server: Swept) -> None:
    stored = await unheard(desk)
    rung: list[str] = []
    listener = await asyncpg.connect(swept_server.dsn)
    await listener.add_listener("walletdesk_wake", lambda *heard: rung.append(str(heard[3])))
    await desk.ask(stored, RESEND)
    async with asyncio.timeout(5):
        while "commands" not in rung:
            await asyncio.sleep(0.01)
    await listener.close()

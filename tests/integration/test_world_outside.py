"""The outside world keeps to its protocol, also when it misbehaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.conftest import NOON
from walletdesk.kit import clock, db, tasks
from walletdesk.world.outside import actions
from walletdesk.world.outside.model import FaultUnknown
from walletdesk.world.outside.serve import client_in_process, client_of, make_outside, serve_outside, socket_path

CUSTOMER = UUID(int=7)


@pytest.fixture
def time() -> clock.VirtualClock:
    return clock.VirtualClock(NOON)


@pytest.fixture
async def outside(pool: db.Pool, time: clock.VirtualClock) -> AsyncGenerator[httpx.AsyncClient]:
    async def owner_of(_tx: db.Tx, _ref: str) -> UUID:
        return CUSTOMER

    async with client_in_process(make_outside(pool, time=time, seed=1, owner_of=owner_of)) as client:
        yield client


def an_order(ref: str = "r1", **changes: object) -> dict[str, Any]:
    return {
        "ref": ref, "rail": "netunion", "kind": "top_up", "amount_minor": 5_000, "currency": "CNY",
        "bank": "harbour", "account_tail": "1234", "mode": "instant", **changes,
    }  # fmt: skip


async def put_fault(outside: httpx.AsyncClient, fault: str, scope: str = "order:r1") -> None:
    answer = await outside.put("/faults", json={"scope": scope, "fault": fault})
    assert answer.status_code == 200


async def news(outside: httpx.AsyncClient, after: int = 0) -> list[tuple[str, str]]:
    answer = await outside.get("/rail/events", params={"after": after})
    return [(one["kind"], one["code"]) for one in answer.json()]


async def test_an_order_is_accepted_then_succeeds(outside: httpx.AsyncClient, time: clock.VirtualClock) -> None:
    sent = await outside.post("/rail/orders", json=an_order())
    time.advance(timedelta(seconds=5))
    asked = await outside.get("/rail/orders/r1")

    assert (sent.status_code, sent.json()["state"]) == (202, "accepted")
    assert (asked.status_code, asked.json()["state"], asked.json()["code"]) == (200, "succeeded", "00")
    assert await news(outside) == [("accepted", "05"), ("succeeded", "00")]


async def test_a_repeated_order_is_the_same_order(outside: httpx.AsyncClient, time: clock.VirtualClock) -> None:
    first = await outside.post("/rail/orders", json=an_order())
    time.advance(timedelta(seconds=5))
    second = await outside.post("/rail/orders", json=an_order())

    assert second.json()["rail_ref"] == first.json()["rail_ref"]
    assert len(await news(outside)) == 2


async def test_another_order_of_the_same_reference_is_refused(outside: httpx.AsyncClient) -> None:
    await outside.post("/rail/orders", json=an_order())

    answer = await outside.post("/rail/orders", json=an_order(amount_minor=1))

    assert (answer.status_code, answer.json()["code"]) == (409, "world.order_differs")


@pytest.mark.parametrize(
    ("rail", "fault", "code"),
    [
        ("netunion", "decline:funds", "64"),
        ("card", "decline:funds", "51"),
        ("iso20022", "decline:funds", "AM04"),
        ("card", "decline:card_expired", "54"),
        ("card", "decline:61", "61"),
    ],
)
async def test_a_decline_speaks_the_language_of_its_rail(
    outside: httpx.AsyncClient, rail: str, fault: str, code: str
) -> None:
    await put_fault(outside, fault)

    answer = await outside.post("/rail/orders", json=an_order(rail=rail, kind="payment"))

    assert (answer.json()["state"], answer.json()["code"]) == ("failed", code)


async def test_a_lost_answer_is_found_by_asking(outside: httpx.AsyncClient, time: clock.VirtualClock) -> None:
    await put_fault(outside, "lose")

    with pytest.raises(httpx.TimeoutException):
        await outside.post("/rail/orders", json=an_order())
    time.advance(timedelta(seconds=5))

    assert (await outside.get("/rail/orders/r1")).json()["state"] == "succeeded"
    assert await news(outside) == []


async def test_a_lost_order_is_not_there(outside: httpx.AsyncClient) -> None:
    await put_fault(outside, "drop")

    with pytest.raises(httpx.TimeoutException):
        await outside.post("/rail/orders", json=an_order())

    assert (await outside.get("/rail/orders/r1")).status_code == 404


async def test_a_bank_takes_the_money_and_the_rail_knows_nothing(
    outside: httpx.AsyncClient, time: clock.VirtualClock
) -> None:
    await put_fault(outside, "bank_debit")

    with pytest.raises(httpx.TimeoutException):
        await outside.post("/rail/orders", json=an_order())
    time.advance(timedelta(seconds=6))

    assert (await outside.get("/rail/orders/r1")).status_code == 404
    assert await news(outside) == [("bank_debited", "00")]


async def test_silence_ends_when_it_is_switched_off(outside: httpx.AsyncClient, time: clock.VirtualClock) -> None:
    await put_fault(outside, "silent")
    with pytest.raises(httpx.TimeoutException):
        await outside.post("/rail/orders", json=an_order())
    time.advance(timedelta(hours=3))
    with pytest.raises(httpx.TimeoutException):
        await outside.get("/rail/orders/r1")
    assert await news(outside) == []

    await put_fault(outside, "none")

    assert (await outside.get("/rail/orders/r1")).json()["state"] == "succeeded"
    assert [kind for kind, _ in await news(outside)] == ["accepted", "succeeded"]


async def test_silence_ends_by_itself_after_its_time(outside: httpx.AsyncClient, time: clock.VirtualClock) -> None:
    await put_fault(outside, "silent:60+decline:fraud")
    with pytest.raises(httpx.TimeoutException):
        await outside.post("/rail/orders", json=an_order())

    time.advance(timedelta(seconds=61))

    assert (await outside.get("/rail/orders/r1")).json()["code"] == "38"
    assert ("failed", "38") in await news(outside)


async def test_a_contradiction_says_yes_then_no(outside: httpx.AsyncClient, time: clock.VirtualClock) -> None:
    await put_fault(outside, "contradict")
    await outside.post("/rail/orders", json=an_order())
    time.advance(timedelta(minutes=1))

    assert [kind for kind, _ in await news(outside)] == ["accepted", "succeeded", "failed"]
    assert (await outside.get("/rail/orders/r1")).json()["state"] == "failed"


async def test_the_other_contradiction_says_no_then_yes(
    outside: httpx.AsyncClient, time: clock.VirtualClock
) -> None:
    await put_fault(outside, "contradict_good")
    await outside.post("/rail/orders", json=an_order())
    time.advance(timedelta(minutes=1))

    assert [kind for kind, _ in await news(outside)] == ["failed", "succeeded"]


async def test_news_may_come_twice(outside: httpx.AsyncClient, time: clock.VirtualClock) -> None:
    await put_fault(outside, "duplicate")
    await outside.post("/rail/orders", json=an_order())
    time.advance(timedelta(minutes=1))

    assert [kind for kind, _ in await news(outside)] == ["accepted", "accepted", "succeeded", "succeeded"]


async def test_a_rail_that_is_down_takes_nothing(outside: httpx.AsyncClient) -> None:
    await put_fault(outside, "down", scope="rail:netunion")
    assert (await outside.post("/rail/orders", json=an_order())).status_code == 503

    await put_fault(outside, "none", scope="rail:netunion")

    assert (await outside.get("/rail/orders/r1")).status_code == 404


async def test_the_narrowest_fault_counts(outside: httpx.AsyncClient) -> None:
    await put_fault(outside, "down", scope="rail:netunion")
    await put_fault(outside, "decline:funds", scope=f"customer:{CUSTOMER}")

    answer = await outside.post("/rail/orders", json=an_order(kind="payment"))

    assert answer.json()["code"] == "64"


def a_notice(payment: UUID) -> dict[str, Any]:
    return {
        "payment_id": str(payment), "order_no": "A-1", "amount_minor": 2_800, "currency": "CNY",
        "receipt_no": "R1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "status", "state"),
    [("none", 200, "paid"), ("ok_but_open", 200, "open"), ("closed", 200, "closed_before_payment"),
     ("error", 500, None), ("shop_down", 503, None), ("silent", 200, "paid")],
)  # fmt: skip
async def test_a_shop_answers_as_its_fault_says(
    outside: httpx.AsyncClient, fault: str, status: int, state: str | None
) -> None:
    shop, payment = uuid4(), uuid4()
    await put_fault(outside, fault, scope=f"order:{payment}")

    answer = await outside.post(f"/shops/{shop}/notify", json=a_notice(payment))

    assert answer.status_code == status
    if state is not None:
        assert (await outside.get(f"/shops/{shop}/orders/A-1")).json()["state"] == state


async def test_a_shop_that_was_silent_hears_the_second_notice(outside: httpx.AsyncClient) -> None:
    shop, payment = uuid4(), uuid4()
    await put_fault(outside, "silent", scope=f"shop:{shop}")  # of a shop: it is the shop that is silent
    with pytest.raises(httpx.TimeoutException):
        await outside.post(f"/shops/{shop}/notify", json=a_notice(payment))
    await put_fault(outside, "none", scope=f"shop:{shop}")
    assert (await outside.get(f"/shops/{shop}/orders/A-1")).json()["state"] == "open"

    await outside.post(f"/shops/{shop}/notify", json=a_notice(payment))

    assert (await outside.get(f"/shops/{shop}/orders/A-1")).json()["state"] == "paid"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scope": "moon:1", "fault": "none"}, "scope"),
        ({"scope": "shop:1", "fault": "explode"}, "fault"),
        ({"scope": "shop:1", "fault": "delay:soon"}, "fault"),
        ({"scope": "shop:1", "fault": "none", "more": 1}, "more"),
    ],
)
async def test_a_fault_that_means_nothing_is_refused(
    outside: httpx.AsyncClient, body: dict[str, object], field: str
) -> None:
    answer = await outside.put("/faults", json=body)

    assert answer.status_code == 422
    assert answer.json()["field"] == field or field in answer.json()["text"]


async def fates(pool: db.Pool, seed: int) -> list[tuple[object, ...]]:
    """Send the same thirty orders through chaos, note what became of them, and forget them."""
    async with client_in_process(make_outside(pool, time=clock.VirtualClock(NOON), seed=seed)) as client:
        await put_fault(client, "chaos:100", scope="rail:netunion")
        for n in range(30):
            with suppress(httpx.TimeoutException):
                await client.post("/rail/orders", json=an_order(f"{n}"))
    async with db.transaction(pool) as tx:
        rows = await tx.fetch(
            "SELECT ref, outcome, outcome_code, known, outcome_at FROM world.rail_order ORDER BY ref"
        )
        await tx.execute("DELETE FROM world.rail_order")
    return [tuple(row.values()) for row in rows]


async def test_the_same_seed_gives_the_same_fate(pool: db.Pool) -> None:
    first, again, other = await fates(pool, 1), await fates(pool, 1), await fates(pool, 2)

    assert first == again
    assert first != other


async def test_it_is_reached_over_its_socket_and_forgets_nothing(
    database: str, tmp_path: Path
) -> None:
    for _ in range(2):
        stop = asyncio.Event()
        serving = tasks.spawn(serve_outside(tmp_path, database, stop=stop), name="outside")
        async with client_of(tmp_path) as client:
            answer = await patiently(client)
        stop.set()
        await serving

    assert answer.json()["rail_ref"].startswith("NE")
    assert answer.status_code == 200


async def patiently(client: httpx.AsyncClient) -> httpx.Response:
    """Send the order once the socket is there; the second time it must be the order of the first time."""
    for _ in range(100):
        with suppress(httpx.TransportError):
            answer = await client.post("/rail/orders", json=an_order())
            if answer.json()["state"] == "succeeded":
                return answer
        await asyncio.sleep(0.1)
    raise AssertionError("no answer")


def test_a_deep_folder_has_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100)

    assert len(str(socket_path(deep))) < 108
    assert socket_path(deep) == socket_path(deep)
    assert socket_path(Path("/tmp/home")) == Path("/tmp/home/outside.sock")


async def test_an_unknown_fault_is_refused_before_anything_is_written(tx: db.Tx) -> None:
    with pytest.raises(FaultUnknown):
        await actions.switch(tx, "shop:1", "nonsense", now=NOON)

    assert await db.fetch_value(tx, "SELECT count(*) FROM world.fault") == 0

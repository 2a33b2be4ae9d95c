"""News of an operator's wallet: proved, not old, each once; and the feed is read where no push arrived."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

from tests.conftest import NOON
from tests.support.diagnosis_desk import Desk
from tests.support.wallet_outside import SILENT
from tests.support.wallet_people import ANNA, Town, settle_in
from walletdesk.diagnosis import following
from walletdesk.diagnosis.model import Symptom
from walletdesk.kit import clock, db, limits, web
from walletdesk.kit.events import follow_once
from walletdesk.wallet.gateway.contract import hooks
from walletdesk.wallet.gateway.model import WalletEvent
from walletdesk.wallet.gateway.news import actions, http, jobs, queries
from walletdesk.wallet.gateway.news.model import POLL

OLD_SECRET, SECRET, FOREIGN = b"o" * 32, b"s" * 32, b"f" * 32
PAID = UUID(int=5)
BODY = (
    b'{"type":"transaction.updated","timestamp":"2026-01-05T12:00:00Z","data":{"cursor":"7-1",'
    b'"kind":"transaction.updated","customer_id":"00000000-0000-0000-0000-000000000001",'
    b'"transaction_id":"00000000-0000-0000-0000-000000000005","at":"2026-01-05T12:00:00Z"}}'
)


class Ear:
    """The door at which news are told."""

    def __init__(self, pool: db.Pool) -> None:
        self.pool = pool
        self.forgotten: list[UUID] = []
        state = {"pool": pool, "hook_secrets": (SECRET, OLD_SECRET), "forget_customer": self.forgotten.append}
        self.app = Litestar(
            route_handlers=http.ROUTES,
            dependencies={"pool": Provide(web.provide_pool)},
            exception_handlers=web.EXCEPTION_HANDLERS,  # type: ignore[arg-type]
            state=State(state),
            openapi_config=None,
            logging_config=None,
        )
        transport = httpx.ASGITransport(self.app)  # type: ignore[arg-type]
        self.client = httpx.AsyncClient(transport=transport, base_url="http://desk")

    async def tell(self, secret: bytes = SECRET, body: bytes = BODY, **headers: str) -> httpx.Response:
        signed = hooks.sign(secret, "7-1", body, now=clock.now())
        given = {**signed, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return await self.client.post("/api/wallet/events", content=body, headers=given)

    async def told(self) -> list[dict[str, Any]]:
        async with db.reading(self.pool) as tx:
            rows = await tx.fetch("SELECT key, body FROM kit.event WHERE name = 'WalletChanged' ORDER BY id")
        return [row["body"] for row in rows]

    async def written(self) -> list[str]:
        async with db.reading(self.pool) as tx:
            return [row["action"] for row in await tx.fetch("SELECT action FROM people.audit ORDER BY id")]


@pytest.fixture
async def ear(swept_pool: db.Pool, clock_at: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Ear]:
    monkeypatch.setattr(http, "_written", limits.Buckets(burst=10, per_seconds=60))
    with clock_at(NOON) as time:
        ear = Ear(swept_pool)
        ear.time = time  # type: ignore[attr-defined]
        yield ear


async def test_signed_news_are_heard_and_what_was_remembered_is_forgotten(ear: Ear) -> None:
    answer = await ear.tell()
    assert (answer.status_code, answer.json()) == (200, {"new": True})
    assert await ear.told() == [
        {"kind": "transaction.updated", "customer_id": str(ANNA), "transaction_id": str(PAID)}
    ]
    assert ear.forgotten == [ANNA]


async def test_while_secrets_are_changed_both_of_them_prove(ear: Ear) -> None:
    assert (await ear.tell(OLD_SECRET)).status_code == 200
    both = " ".join(hooks.sign(one, "7-1", BODY, now=NOON)["webhook-signature"] for one in (FOREIGN, SECRET))
    assert (await ear.tell(webhook_signature=both)).json() == {"new": False}


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook_signature": "v1,AAAA"},
        {"webhook_signature": ""},
        {"webhook_signature": "v1a,AAAA"},
        {"webhook_id": "7-2"},
        {"webhook_timestamp": str(int(NOON.timestamp()) + 1)},
        {"webhook_timestamp": "soon"},
        {"webhook_timestamp": "9" * 40},
    ],
)
async def test_a_wrong_signature_is_refused_and_written_down(ear: Ear, headers: dict[str, str]) -> None:
    answer = await ear.tell(**headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "news.hook_unproved")
    assert (await ear.told(), len(await ear.written())) == ([], 1)


async def test_a_foreign_secret_or_a_changed_body_proves_nothing(ear: Ear) -> None:
    assert (await ear.tell(FOREIGN)).status_code == 401
    signed = hooks.sign(SECRET, "7-1", BODY, now=NOON)
    changed = await ear.client.post("/api/wallet/events", content=BODY.replace(b"5\"", b"6\""), headers=signed)
    assert changed.status_code == 401
    assert await ear.written() == ["news.hook_wrong", "news.hook_wrong"]


@pytest.mark.parametrize("seconds", [301, -301])
async def test_what_was_signed_long_ago_or_after_now_is_refused(ear: Ear, seconds: int) -> None:
    signed = hooks.sign(SECRET, "7-1", BODY, now=NOON - timedelta(seconds=seconds))
    answer = await ear.tell(**{name.replace("-", "_"): value for name, value in signed.items()})
    assert (answer.status_code, answer.json()["code"]) == (401, "news.hook_old")
    assert (await ear.told(), await ear.written()) == ([], ["news.hook_old"])


async def test_repeated_news_have_no_effect_however_many_arrive_at_once(ear: Ear) -> None:
    answers = await asyncio.gather(*(ear.tell() for _ in range(6)))
    assert sorted(answer.json()["new"] for answer in answers) == [False] * 5 + [True]
    assert len(await ear.told()) == 1


async def test_other_news_under_a_known_name_are_refused(ear: Ear) -> None:
    await ear.tell()
    answer = await ear.tell(body=BODY.replace(b"000005", b"000006"))
    assert (answer.status_code, answer.json()["code"]) == (409, "news.hook_changed")
    assert (len(await ear.told()), await ear.written()) == (1, ["news.hook_changed"])


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", BODY.replace(b'"7-1"', b'"7-2"'), BODY.replace(b'"type":"t', b'"type":"x')]
)
async def test_signed_nonsense_is_refused(ear: Ear, body: bytes) -> None:
    answer = await ear.tell(body=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "news.hook_invalid")
    assert await ear.told() == []


async def test_very_long_news_are_not_read(ear: Ear) -> None:
    assert (await ear.tell(body=b" " * 100_000)).status_code == 413


async def test_without_a_secret_there_is_no_such_door(ear: Ear) -> None:
    ear.app.state.hook_secrets = ()
    assert (await ear.tell()).status_code == 404


async def test_a_flood_of_forged_news_does_not_flood_the_audit_log(ear: Ear) -> None:
    for _ in range(15):
        await ear.tell(FOREIGN)
    assert len(await ear.written()) == 10


class Feed:
    """A wallet that has only news."""

    def __init__(self, *found: WalletEvent) -> None:
        self.found = list(found)

    async def events(self, after: str | None, *, limit: int = 200) -> tuple[WalletEvent, ...]:
        cursors = [one.cursor for one in self.found]
        start = cursors.index(after) + 1 if after in cursors else 0
        return tuple(self.found[start : start + min(limit, 2)])


def news(n: int, **more: Any) -> WalletEvent:
    return replace(WalletEvent(f"7-{n}", "transaction.updated", ANNA, UUID(int=n), NOON), **more)


async def test_the_feed_is_read_to_its_end_once_and_in_order(ear: Ear) -> None:
    feed = Feed(*(news(n) for n in range(1, 6)))
    passes = [await jobs.poll(ear.pool, NOON, wallet=feed) for _ in range(4)]  # type: ignore[arg-type]
    assert passes == [2, 2, 1, 0]
    assert [UUID(one["transaction_id"]).int for one in await ear.told()] == [1, 2, 3, 4, 5]


async def test_what_was_pushed_is_not_told_again_by_the_feed_nor_the_other_way(ear: Ear) -> None:
    await ear.tell()
    feed = Feed(news(1), news(2))
    await jobs.poll(ear.pool, NOON, wallet=feed)  # type: ignore[arg-type]
    assert [UUID(one["transaction_id"]).int for one in await ear.told()] == [5, 2]
    late = hooks.sign(SECRET, "7-2", BODY.replace(b"7-1", b"7-2"), now=NOON)
    body = BODY.replace(b"7-1", b"7-2")
    answer = await ear.client.post("/api/wallet/events", content=body, headers=late)
    assert answer.json() == {"new": False}


async def test_two_workers_read_the_feed_as_one(ear: Ear) -> None:
    feed = Feed(news(1), news(2))
    await asyncio.gather(*(jobs.poll(ear.pool, NOON, wallet=feed) for _ in range(4)))  # type: ignore[arg-type]
    assert len(await ear.told()) == 2


async def test_a_slow_reader_of_the_feed_does_not_turn_it_back(ear: Ear) -> None:
    feed = Feed(news(1), news(2), news(3))
    page = await feed.events(None)
    for _ in range(2):
        await jobs.poll(ear.pool, NOON, wallet=feed)  # type: ignore[arg-type]
    async with db.transaction(ear.pool) as tx:
        assert not await actions.hear_poll(tx, None, page, now=NOON)
        assert await queries.lock_cursor(tx, POLL) == "7-3"


async def test_news_of_long_ago_are_passed_over(ear: Ear) -> None:
    feed = Feed(news(1, at=NOON - timedelta(days=3)), news(2))
    await jobs.poll(ear.pool, NOON, wallet=feed)  # type: ignore[arg-type]
    assert [UUID(one["transaction_id"]).int for one in await ear.told()] == [2]


async def test_a_served_wallet_pushes_in_order_until_each_is_taken(ear: Ear) -> None:
    said: list[int] = []
    taken: list[str] = []

    async def desk(request: httpx.Request) -> httpx.Response:
        status = said.pop(0) if said else 200
        if status == 0:
            raise httpx.ReadTimeout("silent")
        if status == 200:
            assert hooks.verify(dict(request.headers), request.content, [SECRET], now=clock.now()) is None
            taken.append(request.headers["webhook-id"])
        return httpx.Response(status)

    client = httpx.AsyncClient(transport=httpx.MockTransport(desk))
    feed = Feed(*(news(n) for n in range(1, 6)))
    pusher = jobs.Pusher(feed, client, "http://desk/api/wallet/events", [SECRET])  # type: ignore[arg-type]
    said += [200, 500]
    assert await pusher.push(ear.pool, NOON) == 1
    assert await pusher.push(ear.pool, NOON) == 0, "it rests first"
    said += [0]
    assert await pusher.push(ear.pool, NOON + timedelta(seconds=2)) == 0
    later = NOON + timedelta(seconds=10)
    assert [await pusher.push(ear.pool, later) for _ in range(3)] == [2, 2, 0]
    assert taken == [f"7-{n}" for n in range(1, 6)]


async def test_the_desk_hears_what_the_reference_wallet_pushes(swept_pool: db.Pool, clock_at: Any) -> None:
    async with db.transaction(swept_pool) as tx:
        await settle_in(tx)
    with clock_at(NOON) as time:
        town, ear = Town(swept_pool, time), Ear(swept_pool)
        paid = await town.pay()
        pusher = jobs.Pusher(town.wallet, ear.client, "http://desk/api/wallet/events", [SECRET])
        assert await pusher.push(swept_pool, NOON) >= 1
        assert {one["transaction_id"] for one in await ear.told()} == {str(paid.id)}


async def test_news_make_a_follow_up_look_at_once_and_the_customer_hears(swept_pool: db.Pool, clock_at: Any) -> None:
    async with db.transaction(swept_pool) as tx:
        await settle_in(tx)
    with clock_at(NOON) as time:
        desk, ear = Desk(Town(swept_pool, time, over="http")), Ear(swept_pool)
        desk.town.outside.on_send = desk.town.outside.on_ask = SILENT
        paid = await desk.town.pay()
        await desk.town.work(rounds=1)
        await desk.diagnose(Symptom.PAY_DEBITED, paid.id)
        desk.town.outside.on_ask = "succeeded"
        assert await desk.look() == 0, "it is due in ten seconds"

        feed = Feed(news(1, transaction_id=paid.id))
        await jobs.poll(swept_pool, NOON, wallet=feed)  # type: ignore[arg-type]
        while await follow_once(swept_pool, following.FOLLOWER, NOON):
            pass
        assert await desk.look() == 1
        [event] = await desk.events()
        assert (event["name"], event["verdict"]) == ("FindingChanged", "PAID_SHOW_STALE")
        assert ear.forgotten == []


def test_a_secret_has_the_form_of_the_standard() -> None:
    assert hooks.read_secret("whsec_" + base64.b64encode(SECRET).decode() + "\n") == SECRET
    short, bare = "whsec_" + base64.b64encode(b"short").decode(), base64.b64encode(SECRET).decode()
    for text in ("", "whsec_", "whsec_!!!!", short, bare):
        with pytest.raises(ValueError, match=r"."):
            hooks.read_secret(text)


def test_the_signature_is_that_of_the_standard() -> None:
    # The test vector of the reference libraries of Standard Webhooks.
    secret = hooks.read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    then = datetime.fromtimestamp(1614265330, UTC)
    assert hooks.verify(headers, body, [secret], now=then) is None
    assert hooks.verify(headers, body + b" ", [secret], now=then) is hooks.Fault.WRONG

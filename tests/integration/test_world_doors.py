"""The demo wallet's doors: what a customer sees and does, and what is refused."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.world_home import TODAY, doors
from walletdesk.kit import clock, db, limits
from walletdesk.kit.ids import new_id
from walletdesk.people import actions as people
from walletdesk.people.tokens import Signer, Verifier
from walletdesk.wallet.reference import http as wallet_doors
from walletdesk.wallet.reference import jobs
from walletdesk.wallet.reference.rails.client import Outside
from walletdesk.world import http as world_doors
from walletdesk.world import queries
from walletdesk.world.faults import FAULTS
from walletdesk.world.outside.serve import client_in_process, make_outside
from walletdesk.world.personas import PERSONAS
from walletdesk.world.seams import owner_of, secret_of

SIGNER = Signer(Ed25519PrivateKey.from_private_bytes(b"d" * 32))
DESK = Verifier((SIGNER.key.public_key(),))


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test use up the allowance of another."""
    monkeypatch.setattr(wallet_doors, "_deeds", limits.Buckets(burst=30, per_seconds=60))
    monkeypatch.setattr(world_doors, "_plays", limits.Buckets(burst=20, per_seconds=60))


@pytest.fixture
async def visitor(world: db.Pool) -> AsyncGenerator[httpx.AsyncClient]:
    async with doors(world, SIGNER) as client:
        yield client


async def enter(client: httpx.AsyncClient, persona: str) -> httpx.AsyncClient:
    answer = await client.post("/api/demo/sign-in", json={"persona": persona})
    assert answer.status_code == 204, answer.text
    return client


@pytest.fixture
async def app(visitor: httpx.AsyncClient) -> httpx.AsyncClient:
    """The wallet of a customer with some money."""
    return await enter(visitor, "settled-proof")


async def situation(pool: db.Pool, persona: str) -> queries.SituationRow:
    async with db.reading(pool) as tx:
        row = await queries.find_situation(tx, persona)
    assert row is not None
    return row


async def a_shop(client: httpx.AsyncClient) -> str:
    shops = (await client.get("/api/wallet/merchants")).json()["merchants"]
    return next(shop["id"] for shop in shops if shop["state"] == "open")


async def let_jobs_run(pool: db.Pool, seconds: float = 0) -> None:
    time = clock.VirtualClock(TODAY + timedelta(seconds=seconds))
    made = make_outside(pool, time=time, owner_of=owner_of, secret_of=secret_of)
    async with client_in_process(made) as client:
        for _ in range(3):
            await jobs.send_orders(pool, time(), outside=Outside(client))
            await jobs.hear_news(pool, time(), outside=Outside(client))
            await jobs.deliver_notices(pool, time(), outside=Outside(client))


def a_payment(shop: str, **changes: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "merchant_id": shop, "amount_minor": 1_200, **changes}


# ------------------------------------------------------------------------------------------------ coming in


async def test_everybody_one_can_be_is_listed_in_both_languages(visitor: httpx.AsyncClient) -> None:
    english = (await visitor.get("/api/demo/personas")).json()["personas"]
    chinese = (await visitor.get("/api/demo/personas", headers={"accept-language": "zh"})).json()["personas"]

    assert [one["persona"] for one in english] == [persona.name for persona in PERSONAS]
    assert english[0]["say"] == "I paid but the shop says it got nothing"
    assert chinese[0]["say"] == "我付钱了,商家没收到"


async def test_without_a_world_the_demo_has_no_doors(pool: db.Pool) -> None:
    async with doors(pool, SIGNER) as client:
        listed = await client.get("/api/demo/personas")
        entered = await client.post("/api/demo/sign-in", json={"persona": "elder"})

    assert (listed.status_code, listed.json()["code"]) == (404, "kit.route_unknown")
    assert entered.status_code == 404


async def test_an_unknown_persona_is_refused(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/api/demo/sign-in", json={"persona": "nobody"})

    assert answer.status_code == 404
    assert (answer.json()["code"], answer.json()["field"]) == ("people.persona_unknown", "persona")


async def test_a_link_opens_the_wallet_once(visitor: httpx.AsyncClient, world: db.Pool) -> None:
    row = await situation(world, "elder")
    async with db.transaction(world) as tx:
        secret = await people.make_link(tx, door="wallet", person_id=row.customer_id, now=TODAY)

    first = await visitor.get(f"/w/{secret}")
    me = (await visitor.get("/api/wallet/me")).json()
    second = await visitor.get(f"/w/{secret}")

    assert (first.status_code, first.headers["location"]) == (302, "/wallet")
    assert (me["id"], me["large_type"]) == (str(row.customer_id), True)
    assert me["phone_masked"].startswith("199•")
    assert (second.status_code, second.json()["code"]) == (401, "people.link_spent")


@pytest.mark.parametrize(
    "path", ["me", "accounts", "transactions", "payees", "merchants", f"transactions/{UUID(int=7)}"]
)
async def test_nobody_sees_anything_without_a_session(visitor: httpx.AsyncClient, path: str) -> None:
    assert (await visitor.get(f"/api/wallet/{path}")).status_code == 401


async def test_a_forged_request_of_another_site_is_refused(app: httpx.AsyncClient) -> None:
    body = a_payment(await a_shop(app))

    foreign = await app.post("/api/wallet/payments", json=body, headers={"origin": "http://evil.example"})
    unproved = await app.post("/api/wallet/payments", json=body, headers={"x-walletdesk": ""})

    assert (foreign.status_code, unproved.status_code) == (403, 403)


async def test_signing_out_ends_the_session(app: httpx.AsyncClient) -> None:
    cookie = app.cookies["wd_wallet"]

    await app.post("/api/wallet/sign-out")
    app.cookies.set("wd_wallet", cookie)

    assert (await app.get("/api/wallet/me")).status_code == 401


# ---------------------------------------------------------------------------------------------------- seeing


async def test_pages_of_transactions_show_each_once_newest_first(app: httpx.AsyncClient) -> None:
    whole = (await app.get("/api/wallet/transactions", params={"limit": 100})).json()
    pages: list[dict[str, Any]] = []
    before: str | None = None
    while True:
        params = {"limit": "7", **({"before": before} if before else {})}
        page = (await app.get("/api/wallet/transactions", params=params)).json()
        pages += page["transactions"]
        before = page["next"]
        if before is None:
            break

    assert pages == whole["transactions"]
    assert len({one["id"] for one in pages}) == len(pages) > 10
    assert [one["at"] for one in pages] == sorted((one["at"] for one in pages), reverse=True)


@pytest.mark.parametrize("params", [{"before": "yesterday"}, {"before": "2026-01-01_x"}, {"limit": 0}, {"limit": 101}])
async def test_a_page_that_makes_no_sense_is_refused(app: httpx.AsyncClient, params: dict[str, Any]) -> None:
    answer = await app.get("/api/wallet/transactions", params=params)

    assert answer.status_code == 422
    assert answer.json()["field"] == next(iter(params))


async def test_a_balance_is_posted_less_held(app: httpx.AsyncClient) -> None:
    await app.post("/api/wallet/payments", json=a_payment(await a_shop(app)))

    account = (await app.get("/api/wallet/accounts")).json()["accounts"][0]

    assert account["held_minor"] == 1_200
    assert account["available_minor"] == account["posted_minor"] - 1_200


async def test_somebody_elses_transaction_is_not_there(app: httpx.AsyncClient, world: db.Pool) -> None:
    foreign = (await situation(world, "merchant-silent")).transaction_id

    seen = await app.get(f"/api/wallet/transactions/{foreign}")
    nothing = await app.get(f"/api/wallet/transactions/{uuid4()}")
    vouched = await app.post("/api/wallet/chat-token", json={"transaction_id": str(foreign)})

    assert seen.status_code == nothing.status_code == vouched.status_code == 404
    assert seen.json() == nothing.json()


async def test_what_did_not_work_says_why_in_the_readers_language(visitor: httpx.AsyncClient, world: db.Pool) -> None:
    client = await enter(visitor, "card-expired")
    path = f"/api/wallet/transactions/{(await situation(world, 'card-expired')).transaction_id}"

    english = (await client.get(path)).json()
    chinese = (await client.get(path, headers={"accept-language": "zh"})).json()

    assert (english["state"], chinese["reason"]) == ("failed", "银行卡已过期")
    assert english["reason"] != chinese["reason"]


async def test_the_app_shows_what_it_was_told_although_it_is_stale(visitor: httpx.AsyncClient, world: db.Pool) -> None:
    client = await enter(visitor, "paid-but-failed")
    row = await situation(world, "paid-but-failed")

    shown = (await client.get(f"/api/wallet/transactions/{row.transaction_id}")).json()
    async with db.reading(world) as tx:
        true = await db.fetch_value(tx, "SELECT state FROM payments.payment WHERE id = $1", row.transaction_id)

    assert (shown["state"], true) == ("failed", "succeeded")


# ----------------------------------------------------------------------------------------------------- doing


async def test_a_payment_is_made_once_however_often_it_is_sent(app: httpx.AsyncClient, world: db.Pool) -> None:
    body = a_payment(await a_shop(app), amount_minor=2_500)
    before = (await app.get("/api/wallet/accounts")).json()["accounts"][0]["available_minor"]

    first = await app.post("/api/wallet/payments", json=body)
    second = await app.post("/api/wallet/payments", json=body)
    await let_jobs_run(world, 1)
    third = await app.post("/api/wallet/payments", json=body)

    after = (await app.get("/api/wallet/accounts")).json()["accounts"][0]["available_minor"]
    assert first.json()["id"] == second.json()["id"] == body["id"]
    assert (first.json()["state"], third.json()["state"]) == ("pending", "succeeded")
    assert before - after == 2_500


async def test_the_same_id_with_another_body_is_refused(app: httpx.AsyncClient) -> None:
    body = a_payment(await a_shop(app))
    await app.post("/api/wallet/payments", json=body)

    answer = await app.post("/api/wallet/payments", json={**body, "amount_minor": 1_300})

    assert (answer.status_code, answer.json()["code"]) == (409, "wallet.same_id_other_body")


@pytest.mark.parametrize(
    ("path", "change", "field"),
    [
        ("payments", {"amount_minor": 0}, "amount_minor"),
        ("payments", {"amount_minor": "twelve"}, "amount_minor"),
        ("payments", {"amount_minor": 10**14}, "amount_minor"),
        ("payments", {"amount_minor": 1.5}, "amount_minor"),
        ("payments", {"id": "1"}, "id"),
        ("payments", {"source": "gold"}, "source"),
        ("payments", {"order_no": "a b"}, "order_no"),
        ("payments", {"tip": 1}, "tip"),
        ("payments", {"merchant_id": str(UUID(int=1))}, "merchant_id"),
        ("transfers", {"mode": "yesterday"}, "mode"),
        ("transfers", {"payee_phone": "abc"}, "payee_phone"),
        ("transfers", {"payee_phone": None}, "payee_id"),
        ("transfers", {"bank_account": "62220000111122"}, "payee_id"),
        ("transfers", {"payee_phone": None, "payee_id": str(UUID(int=1))}, "payee_id"),
        ("transfers", {"name": ""}, "name"),
        ("top-ups", {"bank": "nowhere"}, "bank"),
        ("top-ups", {"amount_minor": -5}, "amount_minor"),
    ],
)  # fmt: skip
async def test_an_order_that_makes_no_sense_names_its_field_and_changes_nothing(
    app: httpx.AsyncClient, world: db.Pool, path: str, change: dict[str, Any], field: str
) -> None:
    good = {
        "payments": a_payment(await a_shop(app)),
        "transfers": {"id": str(new_id()), "name": "王小明", "amount_minor": 1_000, "payee_phone": "19900000001"},
        "top-ups": {"id": str(new_id()), "bank": "harbour", "amount_minor": 1_000},
    }[path]  # fmt: skip
    before = (await app.get("/api/wallet/transactions")).json()

    answer = await app.post(f"/api/wallet/{path}", json={**good, **change})

    assert answer.status_code in (404, 422), answer.text
    assert answer.json()["field"] == field or field in answer.json()["text"]
    assert (await app.get("/api/wallet/transactions")).json() == before


async def test_a_body_that_is_no_json_is_refused(app: httpx.AsyncClient) -> None:
    answer = await app.post("/api/wallet/payments", content=b"{", headers={"content-type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (422, "kit.body_invalid")


async def test_money_to_a_phone_needs_the_right_name(app: httpx.AsyncClient, world: db.Pool) -> None:
    async with db.reading(world) as tx:
        name = await db.fetch_value(tx, "SELECT name FROM people.customer WHERE persona = 'elder'")
        number = 9_000 + [persona.name for persona in PERSONAS].index("elder")
    body = {"payee_phone": f"1990000{number}", "amount_minor": 500}

    right = await app.post("/api/wallet/transfers", json={**body, "id": str(new_id()), "name": name})
    wrong = await app.post("/api/wallet/transfers", json={**body, "id": str(new_id()), "name": "不是他"})
    nobody = await app.post(
        "/api/wallet/transfers", json={**body, "id": str(new_id()), "name": name, "payee_phone": "13000000000"}
    )

    assert right.json()["state"] == "succeeded"
    assert right.json()["name"] == name[0] + "•"
    assert (wrong.json()["state"], nobody.json()["state"]) == ("failed", "failed")
    assert wrong.json()["reason"] == "Name and account do not match"


async def test_a_payee_of_before_can_be_paid_again_by_his_owner_only(
    app: httpx.AsyncClient, visitor: httpx.AsyncClient, world: db.Pool
) -> None:
    body = {"id": str(new_id()), "bank_account": "622200001234", "name": "张三", "amount_minor": 5_000}
    sent = await app.post("/api/wallet/transfers", json=body)
    await let_jobs_run(world, 1)
    await let_jobs_run(world, 10)
    payees = (await app.get("/api/wallet/payees")).json()

    one = next(one for one in payees["payees"] if one["account_tail"] == "1234")
    again = {"id": str(new_id()), "payee_id": one["id"], "name": one["name"], "amount_minor": 700}
    mine = await app.post("/api/wallet/transfers", json=again)
    other = await enter(visitor, "elder")
    theirs = await other.post("/api/wallet/transfers", json={**again, "id": str(new_id())})

    assert one["id"] == sent.json()["id"]
    assert one["name"] == "张•"
    assert payees["banks"][0]["account_tail"].isdigit()
    assert mine.json()["state"] == "pending"
    assert (theirs.status_code, theirs.json()["code"]) == (422, "wallet.payee_invalid")


async def test_a_top_up_arrives_when_the_bank_says_so(app: httpx.AsyncClient, world: db.Pool) -> None:
    bank = (await app.get("/api/wallet/payees")).json()["banks"][0]["id"]
    before = (await app.get("/api/wallet/accounts")).json()["accounts"][0]["available_minor"]

    made = await app.post("/api/wallet/top-ups", json={"id": str(new_id()), "bank": bank, "amount_minor": 9_900})
    at_once = (await app.get("/api/wallet/accounts")).json()["accounts"][0]["available_minor"]
    await let_jobs_run(world, 1)
    await let_jobs_run(world, 10)
    later = (await app.get("/api/wallet/accounts")).json()["accounts"][0]["available_minor"]

    assert (made.json()["sign"], made.json()["state"]) == ("+", "pending")
    assert (at_once - before, later - before) == (0, 9_900)


async def test_too_many_orders_in_a_minute_are_put_off(app: httpx.AsyncClient) -> None:
    shop = await a_shop(app)

    answers = [await app.post("/api/wallet/payments", json=a_payment(shop, amount_minor=1)) for _ in range(31)]

    assert {one.status_code for one in answers[:30]} == {200}
    assert (answers[30].status_code, answers[30].json()["code"]) == (429, "kit.too_many")


async def test_the_desk_opens_with_what_the_customer_looks_at(visitor: httpx.AsyncClient, world: db.Pool) -> None:
    client = await enter(visitor, "merchant-silent")
    row = await situation(world, "merchant-silent")

    answer = await client.post(
        "/api/wallet/chat-token", json={"transaction_id": str(row.transaction_id), "page": "bills"}
    )

    path, _, token = answer.json()["url"].partition("?ctx=")
    claims = DESK.read(token, now=TODAY)
    assert path == "/chat"
    assert (claims.customer_id, claims.transaction_id, claims.page) == (row.customer_id, row.transaction_id, "bills")
    assert (claims.locale, claims.expires_at <= TODAY + timedelta(seconds=60)) == ("en", True)


# --------------------------------------------------------------------------------------------- going wrong


async def test_the_switch_shows_where_it_is_and_what_could_go_wrong(app: httpx.AsyncClient) -> None:
    at_first = (await app.get("/api/demo/faults")).json()
    switched = (await app.post("/api/demo/faults", json={"fault": "shop-silent"})).json()
    back = (await app.post("/api/demo/faults", json={"fault": "none"})).json()

    assert (at_first["fault"], switched["fault"], back["fault"]) == ("none", "shop-silent", "none")
    assert [one["fault"] for one in at_first["faults"]] == [one.name for one in FAULTS]


async def test_a_fault_that_there_is_not_is_refused(app: httpx.AsyncClient) -> None:
    answer = await app.post("/api/demo/faults", json={"fault": "earthquake"})

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "world.fault_unknown", "fault")


async def test_a_fault_is_of_one_customer_only(visitor: httpx.AsyncClient, world: db.Pool) -> None:
    mine = await enter(visitor, "settled-proof")
    await mine.post("/api/demo/faults", json={"fault": "shop-silent"})
    silent = a_payment(await a_shop(mine))
    await mine.post("/api/wallet/payments", json=silent)
    other = await enter(visitor, "credited-at-bank")
    heard = a_payment(await a_shop(other))
    await other.post("/api/wallet/payments", json=heard)

    await let_jobs_run(world, 1)
    await let_jobs_run(world, 2)

    async with db.reading(world) as tx:
        notices = {
            str(row["id"]): row["notice"]
            for row in await tx.fetch(
                "SELECT id, notice FROM payments.payment WHERE id = ANY($1)", [UUID(silent["id"]), UUID(heard["id"])]
            )
        }
    assert notices == {silent["id"]: "due", heard["id"]: "delivered"}


@pytest.mark.parametrize("fault", [one.name for one in FAULTS])
async def test_each_anomaly_can_be_made_to_happen_at_once(app: httpx.AsyncClient, fault: str) -> None:
    played = await app.post("/api/demo/play", json={"fault": fault})

    seen = await app.get(f"/api/wallet/transactions/{played.json()['transaction_id']}")
    assert played.status_code == 200
    assert seen.json()["state"] == "pending"

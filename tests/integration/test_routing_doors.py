"""The staff's doors over HTTP: who may what, what is shown, what is written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.support.at_desk import queued
from tests.support.desk_door import Desk, Staff, desk_door, photo
from tests.support.diagnosis_evidence import paid, seen
from tests.support.many import many_queued
from tests.support.talking import answered, applied, open_in, row_of, said, somebody
from walletdesk.desk.conversations import queries as stored
from walletdesk.desk.conversations.model import State
from walletdesk.desk.conversations.promise import HandedOff, WaitThird
from walletdesk.desk.routing.http import ROUTES
from walletdesk.kit import clock, db
from walletdesk.kit.ids import CustomerId, new_id
from walletdesk.people.model import PERMISSIONS
from walletdesk.wallet.gateway.model import AccountView, NoticeState, Remembered, Source

ROLES = ("agent", "supervisor", "compliance", "engineer")


@pytest.fixture
async def desk(pool: db.Pool, database: str, tmp_path: Path) -> AsyncGenerator[Desk]:
    async with desk_door(pool, database, tmp_path) as found:
        yield found


async def waiting(desk: Desk, **about: Any) -> UUID:
    person = about.pop("person", None) or await desk.customer()
    row = await queued(desk.pool, now=clock.now(), person=person, **about)
    return row.id


async def taken(desk: Desk, staff: Staff, **about: Any) -> UUID:
    conversation = await waiting(desk, **about)
    async with desk.client(staff) as client:
        answer = await client.post(f"/api/desk/conversations/{conversation}/accept")
    assert answer.status_code == 200, answer.text
    return conversation


def paths() -> list[tuple[str, str, str]]:
    found = []
    for handler in ROUTES:
        for path in handler.paths:
            for method in getattr(handler, "http_methods", ()) or ():
                if method != "OPTIONS":
                    found.append((method, path, handler.opt["permission"]))
    return sorted(found)


def test_every_door_names_its_permission() -> None:
    assert {permission for _, _, permission in paths()} == {"desk.read", "desk.act"}
    assert {p for m, _, p in paths() if m == "POST"} == {"desk.act"}


async def test_each_role_gets_through_the_doors_of_its_permissions_and_no_other(desk: Desk) -> None:
    conversation = await waiting(desk)
    people = {role: await desk.staff(role, roles=[role]) for role in ROLES}
    for method, path, permission in paths():
        address = path.replace("{conversation_id:uuid}", str(conversation))
        async with desk.client() as nobody:
            assert (await nobody.request(method, address)).status_code == 401, (method, path)
        for role, staff in people.items():
            async with desk.client(staff) as client:
                answer = await client.request(method, address, json={} if method == "POST" else None)
            allowed = permission in PERMISSIONS[role]
            assert (answer.status_code == 403) is not allowed, (role, method, path, answer.text)
            if not allowed:
                assert answer.json()["code"] == "kit.not_permitted"


async def test_a_request_from_another_site_is_refused(desk: Desk) -> None:
    mei = await desk.staff()
    async with desk.client(mei, origin="https://evil.example") as client:
        answer = await client.post("/api/desk/presence", json={"presence": "online"})
    async with desk.client(mei, **{"x-walletdesk": "0"}) as client:
        unproved = await client.post("/api/desk/presence", json={"presence": "online"})

    assert answer.json()["code"] == "kit.foreign_origin"
    assert unproved.json()["code"] == "kit.foreign_origin"


@pytest.mark.parametrize("path", ["", "/items", "/customer", "/suggestions", "/findings"])
async def test_an_unknown_conversation_is_not_there_in_the_same_words_everywhere(desk: Desk, path: str) -> None:
    mei = await desk.staff()
    async with desk.client(mei) as client:
        answers = [await client.get(f"/api/desk/conversations/{new_id()}{path}") for _ in range(2)]

    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["code"] == "conversations.not_found"
    assert await desk.audited("conversation_read") == []


async def test_taking_an_unknown_conversation_says_that_too(desk: Desk) -> None:
    mei = await desk.staff()
    async with desk.client(mei) as client:
        for verb, body in (("accept", None), ("release", None), ("resolve", None), ("handoff", {"skill": "general"})):
            answer = await client.post(f"/api/desk/conversations/{new_id()}/{verb}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "conversations.not_found"), verb


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/api/desk/presence", {"presence": "asleep"}, "kit.body_invalid"),
        ("/api/desk/presence", {"presence": "online", "extra": 1}, "kit.body_invalid"),
        ("/api/desk/presence", [], "kit.body_invalid"),
        ("{c}/handoff", {"skill": ""}, "kit.body_invalid"),
        ("{c}/handoff", {"skill": "astrology"}, "routing.skill_unknown"),
        ("{c}/diagnose", {"symptom": "HEADACHE"}, "kit.body_invalid"),
        ("{c}/commands", {"command": "resend_notice", "finding_id": "x"}, "kit.body_invalid"),
    ],
)
async def test_a_wrong_body_is_refused_and_changes_nothing(desk: Desk, path: str, body: Any, code: str) -> None:
    mei = await desk.staff()
    conversation = await waiting(desk)
    before = await row_of(desk.pool, conversation)
    async with desk.client(mei) as client:
        answer = await client.post(path.replace("{c}", f"/api/desk/conversations/{conversation}"), json=body)

    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == code
    assert await row_of(desk.pool, conversation) == before


@pytest.mark.parametrize("query", ["after=nonsense", "after=MjAyNi0wMQ", "box=theirs", "limit=0", "limit=100000"])
async def test_a_wrong_page_is_refused(desk: Desk, query: str) -> None:
    mei = await desk.staff()
    async with desk.client(mei) as client:
        answer = await client.get(f"/api/desk/inbox?{query}")

    assert answer.status_code == 422, answer.text


async def test_a_conversation_is_taken_read_given_back_and_closed(desk: Desk) -> None:
    mei, bo = await desk.staff("Mei"), await desk.staff("Bo")
    conversation = await taken(desk, mei)
    base = f"/api/desk/conversations/{conversation}"
    async with desk.client(mei) as client, desk.client(bo) as other:
        view = (await client.get(base)).json()
        assert view["row"]["owner_name"] == "Mei"
        assert view["row"]["customer_name"] == "王小明"
        assert view["state"]["state"] == "agent"
        assert view["items"]
        theirs = await other.post(f"{base}/accept")
        assert (theirs.status_code, theirs.json()["code"]) == (409, "conversations.not_held")
        owed = await client.post(f"{base}/resolve")
        assert (owed.status_code, owed.json()["code"]) == (409, "conversations.answer_owed")
        await desk.writer.post(answered(conversation, mei.id))
        assert (await other.post(f"{base}/resolve")).status_code == 409
        closed = await client.post(f"{base}/resolve")
        assert closed.json()["state"] == "resolved"

    deeds = [await desk.audited(f"conversation_{deed}") for deed in ("accepted", "read", "resolved")]
    assert [len(found) for found in deeds] == [1, 1, 1]
    assert {found[0]["object"] for found in deeds} == {f"conversation/{conversation}"}
    assert deeds[1][0]["actor_id"] == mei.id


async def test_promised_news_are_a_debt_that_only_the_holder_can_call_kept(desk: Desk) -> None:
    mei, lead = await desk.staff(), await desk.staff("Lead", roles=["supervisor"])
    conversation = await taken(desk, mei)
    until = clock.now() + timedelta(hours=2)
    base = f"/api/desk/conversations/{conversation}"
    async with desk.client(mei) as client, desk.client(lead) as other:
        waived = await client.post(f"{base}/resolve", json={"promise_kept": True})
        assert (waived.status_code, waived.json()["code"]) == (409, "conversations.answer_owed")
        await desk.writer.post(answered(conversation, mei.id, then=WaitThird(until)))
        plain = await client.post(f"{base}/resolve", json={})
        assert (plain.status_code, plain.json()["code"]) == (409, "conversations.promise_open")
        theirs = await other.post(f"{base}/resolve", json={"promise_kept": True})
        assert (theirs.status_code, theirs.json()["code"]) == (409, "conversations.not_held")
        assert (await row_of(desk.pool, conversation)).debt_kind is not None
        closed = await client.post(f"{base}/resolve", json={"promise_kept": True})

    assert closed.json()["state"] == "resolved", closed.text
    assert [deed["details"] for deed in await desk.audited("conversation_resolved")] == [{"promise": "kept"}]


async def test_giving_back_keeps_the_place(desk: Desk) -> None:
    mei = await desk.staff()
    conversation = await waiting(desk)
    before = await row_of(desk.pool, conversation)
    async with desk.client(mei) as client:
        await client.post(f"/api/desk/conversations/{conversation}/accept")
        back = (await client.post(f"/api/desk/conversations/{conversation}/release")).json()

    after = await row_of(desk.pool, conversation)
    assert (back["state"], after.rank_at) == ("queued", before.rank_at)


async def test_a_supervisor_may_pass_on_what_somebody_else_holds(desk: Desk) -> None:
    mei, lead = await desk.staff(), await desk.staff("Lead", roles=["supervisor"], skills=["fraud"])
    conversation = await taken(desk, mei)
    async with desk.client(lead) as client:
        answer = await client.post(f"/api/desk/conversations/{conversation}/handoff", json={"skill": "fraud"})

    assert (answer.status_code, answer.json()["skill"], answer.json()["state"]) == (200, "fraud", "queued")


async def test_items_are_paged_back_to_the_first_and_forward_from_any(desk: Desk) -> None:
    mei = await desk.staff()
    person = await desk.customer()
    conversation = (await open_in(desk.pool, person, now=clock.now())).id
    for number in range(130):
        await desk.writer.post(said(conversation, person, f"m{number}"))
    base = f"/api/desk/conversations/{conversation}"
    async with desk.client(mei) as client:
        page = (await client.get(base)).json()
        items, more = page["items"], page["more"]
        while more:
            page = (await client.get(f"{base}/items?before={items[0]['seq']}&limit=50")).json()
            items, more = page["items"] + items, page["more"]
        forward = (await client.get(f"{base}/items?since=100&limit=20")).json()

    assert [item["seq"] for item in items] == list(range(1, 131))
    assert [item["seq"] for item in forward["items"]] == list(range(101, 121))
    assert forward["more"]


async def test_the_inbox_shows_each_box_and_counts(desk: Desk) -> None:
    mei = await desk.staff()
    mine, free = await taken(desk, mei), await waiting(desk)
    async with desk.client(mei) as client:
        boxes = {box: (await client.get(f"/api/desk/inbox?box={box}")).json() for box in ("mine", "unassigned", "all")}

    ids = {box: {row["id"] for row in page["rows"]} for box, page in boxes.items()}
    assert ids == {"mine": {str(mine)}, "unassigned": {str(free)}, "all": {str(mine), str(free)}}
    assert boxes["mine"]["counts"] == {"mine": 1, "unassigned": 1, "all": 2}
    assert len(await desk.audited("inbox_read")) == 2, "his own box is no look at others"


@pytest.mark.parametrize("box", ["all", "unassigned"])
async def test_paging_finds_everything_once_while_rows_come_and_go(desk: Desk, owner: Any, box: str) -> None:
    await many_queued(owner, 500)
    mei = await desk.staff()
    async with db.reading(desk.pool) as tx:
        still = {str(row["id"]) for row in await tx.fetch("SELECT id FROM conversations.conversation")}
    gone: set[str] = set()
    found: list[str] = []
    after = ""
    async with desk.client(mei) as client:
        while True:
            page = (await client.get(f"/api/desk/inbox?box={box}&limit=40{after}")).json()
            found += [row["id"] for row in page["rows"]]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
            async with db.transaction(desk.pool) as tx:  # the world goes on: one leaves, one comes
                left = await tx.fetchval(
                    "UPDATE conversations.conversation SET state = 'bot', owner_kind = 'bot', due_at = promised_at"
                    " WHERE id = (SELECT id FROM conversations.conversation WHERE state = 'queued'"
                    " ORDER BY id LIMIT 1) RETURNING id"
                )
                gone.add(str(left))
            await queued(desk.pool, now=clock.now(), person=somebody())

    assert len(found) == len(set(found)), "nothing twice"
    assert still - gone <= set(found), "nothing that stayed is missing"


async def test_the_first_page_touches_as_many_pages_on_a_large_desk_as_on_a_small_one(
    desk: Desk, owner: Any
) -> None:
    async def touched(box: str) -> int:
        class Explaining:
            buffers = 0

            async def fetch(self, query: str, *args: object) -> list[Any]:
                return await self._explain(query, *args)

            async def fetchrow(self, query: str, *args: object) -> None:
                await self._explain(query, *args)

            async def _explain(self, query: str, *args: object) -> list[Any]:
                plan = await owner.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", *args)
                root = plan[0]["Plan"]
                Explaining.buffers = root["Shared Hit Blocks"] + root["Shared Read Blocks"]
                return []

        explaining: Any = Explaining()
        if box == "counts":
            await stored.count_boxes(explaining, new_id())
        else:
            await stored.list_inbox(explaining, box, agent_id=new_id(), limit=50)  # type: ignore[arg-type]
        return Explaining.buffers

    kinds = ("mine", "unassigned", "all", "counts")
    await many_queued(owner, 1_000)
    small = {kind: await touched(kind) for kind in kinds}
    await many_queued(owner, 60_000, later_ms=1_000)
    large = {kind: await touched(kind) for kind in kinds}

    for kind in kinds:
        assert large[kind] <= 2 * max(small[kind], 4), (kind, small, large)


async def test_presence_is_chosen_and_seen_by_colleagues(desk: Desk) -> None:
    mei, bo = await desk.staff("Mei"), await desk.staff("Bo")
    async with desk.client(mei) as client, desk.client(bo) as other:
        assert (await client.post("/api/desk/presence", json={"presence": "busy"})).json() == {
            "presence": "busy", "returned": 0,
        }
        seen_by_bo = (await other.get("/api/desk/presence")).json()["agents"]

    assert seen_by_bo == [{"id": str(mei.id), "name": "Mei", "presence": "busy", "load": 0, "capacity": 2}]


async def test_going_offline_over_http_gives_back_what_is_held(desk: Desk) -> None:
    mei = await desk.staff()
    conversation = await taken(desk, mei)
    async with desk.client(mei) as client:
        answer = (await client.post("/api/desk/presence", json={"presence": "offline"})).json()

    assert answer["returned"] == 1
    assert (await row_of(desk.pool, conversation)).state is State.QUEUED


# --- the customer, findings, commands ----------------------------------------------------------------------


async def test_the_wallet_is_shown_and_the_look_is_written_down_first(desk: Desk) -> None:
    mei = await desk.staff()
    person = await desk.customer()
    evidence = paid()
    desk.wallet.shown[evidence.transaction.id] = evidence
    before = await open_in(desk.pool, person, now=clock.now() - timedelta(days=1))
    conversation = await waiting(desk, person=person)
    async with desk.client(mei) as client:
        facts = (await client.get(f"/api/desk/conversations/{conversation}/customer")).json()

    assert facts["customer"]["name"] == "王小明"
    assert facts["customer"]["tier"] == "verified"
    assert facts["accounts"][0] | {"as_of": None} == {
        "id": "7", "currency": "CNY", "posted_minor": 12850, "held_minor": 2800, "available_minor": 10050,
        "as_of": None,
    }  # fmt: skip
    assert facts["restrictions"][0]["label"] == "支付密码已锁定"
    assert facts["transactions"][0]["amount"] == {"minor": 2800, "currency": "CNY"}
    assert facts["transactions"][0]["sign"] == "-"
    assert {one["id"] for one in facts["history"]} == {str(before.id), str(conversation)}
    (deed,) = await desk.audited("wallet_read")
    assert (deed["actor_id"], deed["object"]) == (mei.id, f"customer/{person.id}")
    assert deed["details"]["conversation"] == str(conversation)


async def test_what_the_wallet_said_a_moment_ago_is_shown_as_old(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mei = await desk.staff()
    conversation = await waiting(desk, person=await desk.customer())
    then = clock.now() - timedelta(seconds=40)
    fresh = desk.wallet.accounts

    async def remembered(customer_id: CustomerId) -> Remembered[AccountView]:
        return Remembered(await fresh(customer_id), then)

    async with desk.client(mei) as client:
        now = (await client.get(f"/api/desk/conversations/{conversation}/customer")).json()
        monkeypatch.setattr(desk.wallet, "accounts", remembered)
        old = (await client.get(f"/api/desk/conversations/{conversation}/customer")).json()
    assert now["stale_since"] is None
    assert datetime.fromisoformat(old["stale_since"]) == then
    assert len(old["accounts"]) == len(now["accounts"]) == 1


async def test_a_visitor_has_no_wallet_to_look_into(desk: Desk) -> None:
    mei = await desk.staff()
    conversation = await waiting(desk, person=somebody("anonymous", None))
    async with desk.client(mei) as client:
        facts = (await client.get(f"/api/desk/conversations/{conversation}/customer")).json()
        view = (await client.get(f"/api/desk/conversations/{conversation}")).json()
        diagnosed = await client.post(
            f"/api/desk/conversations/{conversation}/diagnose", json={"symptom": "PAY_FAIL", "transaction_id": None}
        )

    assert facts["customer"] is None
    assert view["row"]["customer_name"] == ""
    assert (diagnosed.status_code, diagnosed.json()["code"]) == (409, "routing.no_customer")
    assert desk.wallet.reads == []
    assert await desk.audited("wallet_read") == []


async def diagnosed(desk: Desk, mei: Staff) -> tuple[UUID, dict[str, Any]]:
    """A shop that was not told, found by the agent."""
    person = await desk.customer()
    evidence = paid({"customer_id": person.id}, notice=seen(NoticeState.FAILED), order=seen(None, Source.MERCHANT))
    desk.wallet.shown[evidence.transaction.id] = evidence
    conversation = await taken(desk, mei, person=person)
    async with desk.client(mei) as client:
        answer = await client.post(
            f"/api/desk/conversations/{conversation}/diagnose",
            json={"symptom": "MERCHANT_NOT_RECEIVED", "transaction_id": str(evidence.transaction.id)},
        )
    assert answer.status_code == 201, answer.text
    return conversation, answer.json()


async def test_an_agent_asks_the_ledger_and_every_fact_names_its_record(desk: Desk) -> None:
    mei = await desk.staff()
    conversation, finding = await diagnosed(desk, mei)
    async with desk.client(mei) as client:
        listed = (await client.get(f"/api/desk/conversations/{conversation}/findings")).json()["findings"]
        replies = (await client.get(f"/api/desk/conversations/{conversation}/suggestions")).json()["suggestions"]

    assert [one["finding_id"] for one in listed] == [finding["finding_id"]]
    assert finding["symptom"] == "MERCHANT_NOT_RECEIVED"
    assert finding["card"]["transaction"]["amount"] == {"minor": 2800, "currency": "CNY"}
    known = [fact for fact in finding["facts"] if fact["value"] is not None]
    assert known
    assert {fact["name"] for fact in known if not fact["record"]} <= {"incident"}, "that there is none has no record"
    assert finding["remedies"]
    assert replies
    assert "28.00" in replies[0]["text"]
    row = await row_of(desk.pool, conversation)
    assert (row.symptom, row.verdict) == ("MERCHANT_NOT_RECEIVED", finding["verdict"])
    assert [deed["details"]["finding"] for deed in await desk.audited("diagnosed")] == [finding["finding_id"]]
    assert {deed["details"]["at"] for deed in await desk.audited("wallet_read")} == {"diagnose", "findings"}


async def test_a_transaction_of_somebody_else_is_not_there(desk: Desk) -> None:
    mei = await desk.staff()
    conversation = await taken(desk, mei)
    async with desk.client(mei) as client:
        answer = await client.post(
            f"/api/desk/conversations/{conversation}/diagnose",
            json={"symptom": "PAY_FAIL", "transaction_id": str(new_id())},
        )

    assert (answer.status_code, answer.json()["code"]) == (404, "routing.transaction_not_found")


async def test_what_a_finding_offers_is_asked_for_once_and_foreign_findings_are_not_there(desk: Desk) -> None:
    mei = await desk.staff(capacity=3)
    conversation, finding = await diagnosed(desk, mei)
    elsewhere = await taken(desk, mei)
    commands = [one["command"] for one in finding["remedies"] if one["command"]]
    assert commands, finding["remedies"]
    body = {"command": commands[0], "finding_id": finding["finding_id"]}
    async with desk.client(mei) as client:
        first = await client.post(f"/api/desk/conversations/{conversation}/commands", json=body)
        again = await client.post(f"/api/desk/conversations/{conversation}/commands", json=body)
        foreign = await client.post(f"/api/desk/conversations/{elsewhere}/commands", json=body)
        unknown = await client.post(
            f"/api/desk/conversations/{conversation}/commands", json={**body, "finding_id": str(new_id())}
        )

    assert first.status_code == 201, first.text
    assert first.json() == again.json()
    async with db.reading(desk.pool) as tx:
        assert await tx.fetchval("SELECT count(*) FROM diagnosis.command") == 1
    assert (foreign.status_code, foreign.json()) == (404, unknown.json())


# --- photos ---------------------------------------------------------------------------------------------


async def test_a_photo_is_kept_and_what_is_no_photo_is_refused(desk: Desk) -> None:
    mei = await desk.staff()
    conversation = await taken(desk, mei)
    address = f"/api/desk/conversations/{conversation}/attachments"
    async with desk.client(mei) as client:
        kept = await client.post(address, files={"file": ("photo.jpg", photo(), "image/jpeg")})
        text = await client.post(address, files={"file": ("photo.jpg", b"not a picture", "image/jpeg")})
        nothing = await client.post(address, files={})

    assert kept.status_code == 201, kept.text
    assert (kept.json()["width"], kept.json()["height"]) == (40, 30)
    assert text.status_code == 422
    assert nothing.status_code == 422


async def test_two_agents_who_accept_at_once_over_http_do_not_both_get_it(desk: Desk) -> None:
    people = [await desk.staff(f"A{n}") for n in range(4)]
    conversation = await waiting(desk)

    async def take(staff: Staff) -> int:
        async with desk.client(staff) as client:
            return (await client.post(f"/api/desk/conversations/{conversation}/accept")).status_code

    assert sorted(await asyncio.gather(*map(take, people))) == [200, 409, 409, 409]


async def test_handing_off_from_the_bot_is_open_to_any_agent(desk: Desk) -> None:
    mei = await desk.staff()
    person = await desk.customer()
    conversation = (await open_in(desk.pool, person, now=clock.now())).id
    await desk.writer.post(said(conversation, person, "?"))
    async with desk.client(mei) as client:
        answer = await client.post(f"/api/desk/conversations/{conversation}/handoff", json={"skill": "general"})

    assert answer.json()["state"] == "queued"
    assert (await applied(desk.pool, conversation, HandedOff(None, 2, "asked"), now=clock.now())).state is State.QUEUED

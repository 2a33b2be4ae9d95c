"""The chat over HTTP: entering, long polling, the rating, photos."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from tests.support.chat_door import WALLET, Door, chat_door
from tests.support.talking import applied, items_of, row_of, seated
from walletdesk.desk.conversations import actions, queries
from walletdesk.desk.conversations.jobs import forget_photos
from walletdesk.desk.conversations.model import ItemKind, NewItem
from walletdesk.desk.conversations.promise import Accepted, AgentAnswered, HandedOff, Resolve, WaitCustomer
from walletdesk.desk.feedback import queries as ratings
from walletdesk.kit import clock, db
from walletdesk.kit.ids import new_id
from walletdesk.kit.web import STAFF_COOKIE
from walletdesk.people.model import ChatClaims


@pytest.fixture
async def door(pool: db.Pool, database: str, tmp_path: Path) -> AsyncGenerator[Door]:
    async with chat_door(pool, database, tmp_path) as found:
        yield found


def jpeg(size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG", **options)
    return out.getvalue()


def opening(conversation: UUID, **about: Any) -> dict[str, Any]:
    return {"conversation": str(conversation), "locale": "zh", "large_type": False, "context": None, **about}


def saying(conversation: UUID, text: str = "你好", **about: Any) -> dict[str, Any]:
    about = {"t": "say", "id": str(new_id()), "kind": "text", **about}
    return {"conversation": str(conversation), "text": text, **about}


async def test_a_token_of_the_wallet_enters_as_its_customer_with_what_it_says(door: Door) -> None:
    transaction = new_id()
    customer = await door.customer("李雷")
    session = await door.session(customer, locale="en", large_type=True, transaction_id=transaction, page="bill")

    assert session["person"] == {"kind": "customer", "name": "李雷"}
    assert (session["locale"], session["large_type"]) == ("en", True)
    assert session["context"] == {"transaction_id": str(transaction), "page": "bill"}
    assert session["conversation"] is None


@pytest.mark.parametrize("broken", ["signature", "replayed", "expired", "nonsense"])
async def test_a_token_that_does_not_hold_is_refused_in_the_readers_language(door: Door, broken: str) -> None:
    customer, now = await door.customer(), clock.now()
    token = await door.token(customer)
    if broken == "signature":
        token = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    if broken == "expired":
        then = now - timedelta(minutes=5)
        token = WALLET.sign(ChatClaims(customer, "x", then + timedelta(seconds=50)), now=then)
    if broken == "nonsense":
        token = "nonsense"
    async with door.client(**{"accept-language": "en"}) as client:
        if broken == "replayed":
            await client.post("/api/chat/sessions", json={"token": token})
        answer = await client.post("/api/chat/sessions", json={"token": token})

    code = {"replayed": "people.token_replayed", "expired": "people.token_expired"}
    assert answer.status_code == 401
    assert answer.json()["code"] == code.get(broken, "people.token_invalid")
    assert "wallet" in answer.json()["text"]


async def test_who_comes_back_finds_his_open_conversation_and_nobody_elses(door: Door) -> None:
    customer = await door.customer()
    first = await door.session(customer)
    conversation = new_id()
    async with door.client(first["session"]) as client:
        await client.post("/api/chat/conversations", json=opening(conversation))
        await client.post(f"/api/chat/conversations/{conversation}/messages", json=saying(conversation))

    again = await door.session(customer)
    other = await door.session(await door.customer())

    assert again["conversation"] == {"id": str(conversation), "state": "bot", "last_seq": 1}
    assert other["conversation"] is None


async def test_long_polling_says_and_hears_the_same_as_a_socket(door: Door) -> None:
    session = (await door.session())["session"]
    conversation = new_id()
    path = f"/api/chat/conversations/{conversation}"
    async with door.client(session) as client:
        opened = await client.post("/api/chat/conversations", json=opening(conversation))
        said = saying(conversation)
        first, again = [await client.post(f"{path}/messages", json=said) for _ in range(2)]
        waiting = asyncio.ensure_future(client.get(f"{path}/items?since=1&wait=20"))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        async with db.transaction(door.pool) as tx:
            await actions.post_system(tx, conversation, [NewItem(ItemKind.TEXT, "您好")], now=clock.now())
        heard = await asyncio.wait_for(waiting, 10)
        nothing = await client.get(f"{path}/items?since=2&wait=0.2")

    assert opened.json()["items"] == []
    assert first.json() == again.json()
    assert set(first.json()) == {"id", "conversation", "seq", "at"}
    assert [item["text"] for item in heard.json()["items"]] == ["您好"]
    assert nothing.json()["items"] == []
    assert nothing.json()["state"]["state"] == "bot"


async def test_too_many_lines_that_wait_at_once_are_refused(door: Door) -> None:
    session = (await door.session())["session"]
    conversation = new_id()
    async with door.client(session) as client:
        await client.post("/api/chat/conversations", json=opening(conversation))
        path = f"/api/chat/conversations/{conversation}/items?since=0&wait=1"
        answers = await asyncio.gather(*(client.get(path) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [429]


async def test_a_foreign_conversation_is_as_absent_as_one_that_never_was(door: Door) -> None:
    mine, other = await door.session(await door.customer()), await door.session(await door.customer())
    foreign = new_id()
    async with door.client(other["session"]) as client:
        await client.post("/api/chat/conversations", json=opening(foreign))
    answers = []
    async with door.client(mine["session"]) as client:
        for conversation in (foreign, new_id()):
            path = f"/api/chat/conversations/{conversation}"
            answers.append(
                [
                    await client.get(f"{path}/items?since=0"),
                    await client.post(f"{path}/messages", json=saying(conversation)),
                    await client.post(f"{path}/rating", json={"score": 5}),
                ]
            )
        taken = await client.post("/api/chat/conversations", json=opening(foreign))

    assert [(a.status_code, a.text) for a in answers[0]] == [(a.status_code, a.text) for a in answers[1]]
    assert {a.status_code for a in answers[0]} == {404}
    assert taken.status_code == 404


async def test_without_a_session_there_is_no_door(door: Door) -> None:
    conversation = new_id()
    async with door.client() as client:
        answers = [
            await client.post("/api/chat/conversations", json=opening(conversation)),
            await client.get(f"/api/chat/conversations/{conversation}/items"),
            await client.post("/api/chat/attachments", files={"file": jpeg()}),
            await client.get(f"/api/attachments/{new_id()}"),
        ]

    assert {answer.status_code for answer in answers} == {401}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": "x" * 100_000}, 413, "conversations.text_too_long"),
        ({"text": " "}, 422, "conversations.text_empty"),
        ({"kind": "choice", "body": {}}, 422, "conversations.body_wrong"),
        ({"kind": "photo", "body": {"attachment_id": str(UUID(int=1))}}, 404, "conversations.attachment_not_found"),
        ({"kind": "dance"}, 422, "kit.body_invalid"),
        ({"id": "x"}, 422, "kit.body_invalid"),
        ({"conversation": str(UUID(int=2))}, 422, "kit.body_invalid"),
    ],
)
async def test_what_cannot_be_said_is_refused_by_code_and_changes_nothing(
    door: Door, body: dict[str, Any], status: int, code: str
) -> None:
    session = (await door.session())["session"]
    conversation = new_id()
    async with door.client(session) as client:
        await client.post("/api/chat/conversations", json=opening(conversation))
        answer = await client.post(
            f"/api/chat/conversations/{conversation}/messages", json={**saying(conversation), **body}
        )

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await items_of(door.pool, conversation) == []


async def resolved(door: Door, session: str) -> UUID:
    conversation, agent = new_id(), await seated(door.pool, now=clock.now())
    async with door.client(session) as client:
        await client.post("/api/chat/conversations", json=opening(conversation))
        await client.post(f"/api/chat/conversations/{conversation}/messages", json=saying(conversation))
    await applied(
        door.pool, conversation, HandedOff(None, 2, "asked"), Accepted(agent),
        AgentAnswered(agent, WaitCustomer()), Resolve(), now=clock.now(),
    )  # fmt: skip
    return conversation


async def test_a_resolved_conversation_is_rated_once_and_the_rating_may_be_changed(door: Door) -> None:
    session = (await door.session(await door.customer()))["session"]
    conversation = await resolved(door, session)
    path = f"/api/chat/conversations/{conversation}"
    async with door.client(session) as client:
        before = (await client.get(f"{path}/items?since=0")).json()
        first = await client.post(f"{path}/rating", json={"score": 4, "reasons": []})
        after = (await client.get(f"{path}/items?since=0")).json()["state"]
        more = {"score": 2, "reasons": ["slow", "unclear"], "comment": "卡号 6222021234567894 没用"}
        second = await client.post(f"{path}/rating", json=more)

    async with db.reading(door.pool) as tx:
        rating = await ratings.find_rating(tx, conversation, 1)
    assert rating is not None
    assert [first.status_code, second.status_code] == [204, 204]
    assert (before["state"]["may_rate"], before["state"]["rated"]) == (True, False)
    assert (after["may_rate"], after["rated"]) == (False, True)
    assert (rating.score, rating.reasons) == (2, ["slow", "unclear"])
    assert "6222021234567894" not in str(rating.comment)
    assert before["items"][-1]["body"]["card"] == "rating"
    assert len(before["items"][-1]["body"]["faces"]) == 5


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"score": 0}, "feedback.score_invalid"),
        ({"score": 6}, "feedback.score_invalid"),
        ({"score": 3, "reasons": ["rich"]}, "feedback.reason_unknown"),
        ({"score": 3, "comment": "长" * 1001}, "feedback.comment_too_long"),
        ({"score": "five"}, "kit.body_invalid"),
    ],
)
async def test_a_rating_that_is_none_is_refused(door: Door, body: dict[str, Any], code: str) -> None:
    session = (await door.session())["session"]
    conversation = await resolved(door, session)
    async with door.client(session) as client:
        answer = await client.post(f"/api/chat/conversations/{conversation}/rating", json=body)

    assert answer.json()["code"] == code
    assert (await row_of(door.pool, conversation)).rated_resolution == 0


async def test_what_is_still_open_cannot_be_rated(door: Door) -> None:
    session = (await door.session())["session"]
    conversation = new_id()
    async with door.client(session) as client:
        await client.post("/api/chat/conversations", json=opening(conversation))
        answer = await client.post(f"/api/chat/conversations/{conversation}/rating", json={"score": 5})

    assert (answer.status_code, answer.json()["code"]) == (409, "conversations.rating_closed")


async def test_a_photo_is_seen_by_whoever_may_see_its_conversation_and_by_nobody_else(door: Door) -> None:
    session = (await door.session(await door.customer()))["session"]
    stranger = (await door.session(await door.customer()))["session"]
    _, cookie = await door.agent()
    conversation = new_id()
    async with door.client(session) as client:
        await client.post("/api/chat/conversations", json=opening(conversation))
        up = await client.post("/api/chat/attachments", files={"file": ("a.jpg", jpeg(), "image/jpeg")})
        photo = up.json()
        address = f"/api/attachments/{photo['attachment_id']}"
        staff = {"cookie": f"{STAFF_COOKIE}={cookie}"}
        async with door.client(**staff) as agent, door.client(stranger) as foreign:
            unsaid = [(await one.get(address)).status_code for one in (client, agent, foreign)]
            frame = saying(conversation, "", kind="photo", body={"attachment_id": photo["attachment_id"]})
            posted = await client.post(f"/api/chat/conversations/{conversation}/messages", json=frame)
            said = [await one.get(address) for one in (client, agent, foreign)]
            absent = await foreign.get(f"/api/attachments/{new_id()}")

    item = (await items_of(door.pool, conversation))[0]
    assert posted.status_code == 200
    assert item.body == {**photo, "width": 64, "height": 48}
    assert (await row_of(door.pool, conversation)).last_text == "[照片]"
    assert unsaid == [200, 404, 404]
    assert [answer.status_code for answer in said] == [200, 200, 404]
    assert said[2].text == absent.text
    assert said[0].headers["content-disposition"].startswith("attachment")
    assert said[0].headers["x-content-type-options"] == "nosniff"
    assert said[0].headers["content-type"] == "image/jpeg"
    async with db.reading(door.pool) as tx:
        seen = await db.fetch_value(tx, "SELECT count(*) FROM people.audit WHERE action = 'attachment_read'")
    assert seen == 1


async def test_a_photo_that_is_somebody_elses_or_was_said_elsewhere_cannot_be_said(door: Door) -> None:
    session, other = [(await door.session())["session"] for _ in range(2)]
    here, there = new_id(), new_id()
    async with door.client(session) as client, door.client(other) as stranger:
        await client.post("/api/chat/conversations", json=opening(here))
        await stranger.post("/api/chat/conversations", json=opening(there))
        up = await client.post("/api/chat/attachments", files={"file": jpeg()})
        body = {"attachment_id": up.json()["attachment_id"]}
        stolen = await stranger.post(
            f"/api/chat/conversations/{there}/messages", json=saying(there, kind="photo", body=body)
        )

    assert (stolen.status_code, stolen.json()["code"]) == (404, "conversations.attachment_not_found")
    assert await items_of(door.pool, there) == []


async def test_a_photo_that_is_too_large_or_none_is_refused(door: Door) -> None:
    session = (await door.session())["session"]
    async with door.client(session, **{"accept-language": "en"}) as client:
        huge = await client.post("/api/chat/attachments", files={"file": b"\xff\xd8" + b"x" * (10 * 1024 * 1024)})
        enormous = await client.post("/api/chat/attachments", files={"file": b"x" * (12 * 1024 * 1024)})
        none = await client.post("/api/chat/attachments", files={"file": b"hello"})
        missing = await client.post("/api/chat/attachments", files={"other": b"hello"})

    assert (huge.status_code, huge.json()["code"]) == (413, "conversations.photo_too_large")
    assert enormous.status_code == 413
    assert (none.status_code, none.json()["code"]) == (422, "conversations.photo_invalid")
    assert missing.status_code == 422
    assert list((door.home / "attachments").glob("*/*")) == []


async def test_the_photos_of_nobody_are_forgotten_after_a_day(door: Door) -> None:
    session = (await door.session())["session"]
    conversation = new_id()
    async with door.client(session) as client:
        await client.post("/api/chat/conversations", json=opening(conversation))
        kept, lost = [
            (await client.post("/api/chat/attachments", files={"file": jpeg()})).json() for _ in range(2)
        ]
        frame = saying(conversation, kind="photo", body={"attachment_id": kept["attachment_id"]})
        await client.post(f"/api/chat/conversations/{conversation}/messages", json=frame)
    now = clock.now()
    early = await forget_photos(door.pool, now + timedelta(hours=23), home=door.home)
    late = await forget_photos(door.pool, now + timedelta(hours=25), home=door.home)

    async with db.reading(door.pool) as tx:
        rows = [await queries.find_attachment(tx, UUID(one["attachment_id"])) for one in (kept, lost)]
    assert (early, late) == (0, 1)
    assert rows[0] is not None
    assert rows[1] is None
    assert [path.name for path in (door.home / "attachments").glob("*/*")] == [rows[0].file]

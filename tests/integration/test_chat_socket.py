"""The chat's socket: what is said is stored once, seen once, resumed after a loss, and refused in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.exceptions import InvalidStatus

from tests.support.chat_door import Door, chat_door
from tests.support.talking import answered, applied, items_of, row_of, said, seated
from walletdesk.channels.web import socket as chat_socket
from walletdesk.desk.conversations import actions
from walletdesk.desk.conversations.model import Audience, ItemKind, NewItem
from walletdesk.desk.conversations.promise import Accepted, HandedOff, Resolve, WaitCustomer
from walletdesk.kit import clock, db
from walletdesk.kit.ids import new_id


@pytest.fixture
async def door(pool: db.Pool, database: str, tmp_path: Path) -> AsyncGenerator[Door]:
    async with chat_door(pool, database, tmp_path) as found:
        yield found


async def post(pool: db.Pool, conversation: Any, text: str) -> None:
    item = NewItem(ItemKind.TEXT, text)
    async with db.transaction(pool) as tx:
        await actions.post_system(tx, conversation, [item], now=clock.now())


async def test_a_customer_is_welcomed_by_name_and_a_visitor_without(door: Door) -> None:
    known = await door.session(await door.customer("王小明"))
    visitor = await door.session()

    async with door.line(known["session"], hello=False) as line:
        await line.send("hello", session=known["session"])
        welcome = await line.next("welcome")

    assert welcome["person"] == {"kind": "customer", "name": "王小明"}
    assert visitor["person"] == {"kind": "anonymous", "name": None}
    async with door.line(visitor["session"]) as line:
        conversation = await line.open()
        assert (await line.say(conversation))["seq"] == 1


async def test_what_is_said_is_acknowledged_when_it_is_stored_and_not_sent_back(door: Door) -> None:
    session = (await door.session())["session"]
    async with door.line(session) as line:
        conversation = await line.open()
        ack = await line.say(conversation, "我付钱了,商家没收到")
        stored = await items_of(door.pool, conversation)
        rest = await line.quiet()

    assert [(str(i.id), i.seq) for i in stored] == [(ack["id"], 1)]
    assert [frame["t"] for frame in rest] == ["state"]
    assert rest[0]["state"]["promise"]["text"].startswith("智能客服会在")


async def test_a_second_page_of_the_same_customer_sees_it_and_an_answer_reaches_both(door: Door) -> None:
    session = (await door.session(await door.customer()))["session"]
    async with door.line(session) as one, door.line(session) as other:
        conversation = await one.open()
        await other.open(conversation)
        ack = await one.say(conversation)
        seen = await other.next("items")
        await post(door.pool, conversation, "您好")
        answers = [await line.next("items") for line in (one, other)]

    assert [(item["id"], item["seq"]) for item in seen["items"]] == [(ack["id"], 1)]
    assert [[item["text"] for item in answer["items"]] for answer in answers] == [["您好"], ["您好"]]


async def test_after_a_loss_everything_missed_comes_by_sequence_and_nothing_twice(door: Door) -> None:
    session = (await door.session())["session"]
    async with door.line(session) as line:
        conversation = await line.open()
        await line.send("sync", conversation=conversation, since=0)
        first = await line.next("items")
        ack = await line.say(conversation)
    for number in range(130):
        await post(door.pool, conversation, f"{number}")

    async with door.line(session, conversation=conversation, since=0) as line:
        again = await line.next("items")
        await line.send("sync", conversation=conversation, since=again["items"][-1]["seq"])
        rest = await line.next("items")
        repeated = await line.say(conversation, id=ack["id"])

    assert (first["items"], first["more"]) == ([], False)
    assert (again["more"], rest["more"]) == (True, False)
    seqs = [item["seq"] for item in again["items"] + rest["items"]]
    assert seqs == list(range(1, 132))
    assert repeated["seq"] == ack["seq"]


async def test_snapshot_and_events_are_the_fresh_snapshot(door: Door) -> None:
    """Whatever happens to a conversation, who followed it knows what who asks anew is told."""
    session = (await door.session(await door.customer()))["session"]
    agent = await seated(door.pool, now=clock.now())
    async with door.line(session) as line:
        conversation = await line.open()
        await line.send("sync", conversation=conversation, since=0)
        followed: dict[int, Any] = {}
        state: Any = None

        async def follow() -> None:
            nonlocal state
            for frame in await line.quiet(0.3):
                if frame["t"] == "items":
                    followed.update({item["seq"]: item for item in frame["items"]})
                if frame["t"] == "ack":
                    followed[frame["seq"]] = frame["id"]
                if frame["t"] in ("items", "state"):
                    state = frame["state"]

        async def same() -> None:
            await follow()
            async with door.client(session) as client:
                answer = await client.get(f"/api/chat/conversations/{conversation}/items?since=0")
            fresh = answer.json()
            assert state == fresh["state"]
            assert sorted(followed) == [item["seq"] for item in fresh["items"]]
            for item in fresh["items"]:
                assert followed[item["seq"]] in (item, item["id"])

        await line.send("say", id=str(new_id()), conversation=str(conversation), kind="text", text="有人吗")
        await same()
        await post(door.pool, conversation, "您好")
        await same()
        await applied(door.pool, conversation, HandedOff(None, 2, "asked"), now=clock.now())
        await same()
        await applied(door.pool, conversation, Accepted(agent), now=clock.now())
        await same()
        async with db.transaction(door.pool) as tx:
            await actions.mark_read(tx, conversation, "agent", 3)
        async with door.line(session) as other:
            await other.open(conversation)
            await other.say(conversation, "在的")
        await door.writer.post(answered(conversation, agent, then=WaitCustomer()))
        await same()
        await applied(door.pool, conversation, Resolve(), now=clock.now())
        await same()
        async with door.client(session) as client:
            assert (
                await client.post(f"/api/chat/conversations/{conversation}/rating", json={"score": 5})
            ).status_code == 204
        await same()
        await line.send("say", id=str(new_id()), conversation=str(conversation), kind="text", text="还有一件事")
        await same()


async def test_a_hidden_secret_is_shown_hidden_before_it_is_acknowledged(door: Door) -> None:
    session = (await door.session())["session"]
    async with door.line(session) as line:
        conversation = await line.open()
        await line.send(
            "say", id=new_id(), conversation=conversation, kind="text", text="卡号 6222021234567894"
        )
        frames = []
        while not frames or frames[-1]["t"] != "ack":
            frames.append(await line.next("items", "ack"))

    items = [item for frame in frames if frame["t"] == "items" for item in frame["items"]]
    assert "6222021234567894" not in str(frames)
    assert [item["author"]["kind"] for item in items] == ["customer", "system"]


async def test_a_foreign_conversation_cannot_be_told_from_an_absent_one(door: Door) -> None:
    mine, other = await door.session(await door.customer()), await door.session(await door.customer())
    async with door.line(other["session"]) as line:
        foreign = await line.open()
        await line.say(foreign, "私事")
    async with door.line(mine["session"]) as line:
        answers = []
        for conversation in (foreign, new_id()):
            await line.send("sync", conversation=conversation, since=0)
            answers.append(await line.next("refused"))
            said = await line.say(conversation)
            answers.append({**said, "id": None})
        frames = [(one["code"], one["text"], one["details"]) for one in answers]
        await line.send("open", conversation=foreign, locale="zh", large_type=False, context=None)
        opened = await line.next("refused")

    assert len(set(map(str, frames))) == 1
    assert opened["code"] == "conversations.not_found"
    assert len(await items_of(door.pool, foreign)) == 1


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("no json", "chat.frame_invalid"),
        ("[]", "chat.frame_invalid"),
        ('{"t":"dance"}', "chat.frame_invalid"),
        ('{"t":"say","id":"x"}', "chat.frame_invalid"),
        ('{"t":"sync","conversation":"01980000-0000-7000-8000-000000000000","since":-1}', "chat.frame_invalid"),
        ('{"t":"say","text":"\\ud800"}', "chat.frame_invalid"),
        ("[" * 50_000, "chat.frame_invalid"),
        ('{"t":"sync","x":"' + "a" * 70_000 + '"}', "chat.frame_too_large"),
    ],
)
async def test_a_frame_that_is_none_is_refused_with_a_code_and_the_line_stays(
    door: Door, raw: str, code: str
) -> None:
    session = (await door.session())["session"]
    async with door.line(session) as line:
        await line.socket.send(raw)
        refused = await line.next("refused")
        await line.send("ping")
        await line.next("pong")

    assert refused["code"] == code
    assert refused["text"]


@pytest.mark.parametrize("size", [4_001, 30_000, 100_000])
async def test_a_message_that_is_too_long_is_refused_under_its_id_in_the_readers_language(
    door: Door, size: int
) -> None:
    session = (await door.session())["session"]
    async with door.line(session) as line:
        conversation = await line.open(locale="en")
        refused = await line.say(conversation, "x" * size)

    assert refused["code"] == "conversations.text_too_long"
    assert "4000" in refused["text"]
    assert refused["text"].startswith("A message")
    assert await items_of(door.pool, conversation) == []


async def test_the_twenty_first_message_in_ten_seconds_is_asked_to_wait(door: Door) -> None:
    session = (await door.session())["session"]
    async with door.line(session) as line:
        conversation = await line.open()
        answers = [await line.say(conversation) for _ in range(21)]

    assert [frame["t"] for frame in answers] == ["ack"] * 20 + ["refused"]
    assert answers[-1]["code"] == "conversations.too_fast"
    assert answers[-1]["retry_after_s"] > 0
    assert len(await items_of(door.pool, conversation)) == 20


async def test_a_choice_says_what_was_chosen_or_is_refused(door: Door) -> None:
    session = (await door.session())["session"]
    card = str(new_id())
    async with door.line(session) as line:
        conversation = await line.open()
        good = await line.say(conversation, "等待", kind="choice", body={"card_id": card, "option": "wait"})
        bad = await line.say(conversation, "等待", kind="choice", body={"card_id": card})

    assert good["t"] == "ack"
    assert (bad["code"], bad["t"]) == ("conversations.body_wrong", "refused")
    assert [i.body for i in await items_of(door.pool, conversation)] == [{"card_id": card, "option": "wait"}]


async def test_whoever_says_nothing_of_himself_or_has_no_session_is_sent_away(door: Door) -> None:
    for first, code in (
        ({"t": "ping"}, "chat.hello_first"),
        ({"t": "hello", "session": "guessed"}, "kit.not_signed_in"),
    ):
        async with door.line("", hello=False) as line:
            await line.socket.send(msgspec.json.encode(first).decode())
            refused = await line.next("refused")
            assert refused["code"] == code
            assert await line.until_closed() == chat_socket.CLOSE_UNAUTHENTICATED


async def test_a_page_of_another_site_gets_no_socket_unless_the_operator_allows_it(door: Door) -> None:
    session = (await door.session())["session"]
    with pytest.raises(InvalidStatus) as refused:
        async with door.line(session, origin="https://evil.example"):
            pass
    async with door.line(session, origin="https://shop.example"):
        pass
    async with door.line(session, origin=door.url):
        pass

    assert refused.value.response.status_code == 403


async def test_a_session_that_has_ended_hears_nothing_more(
    door: Door, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = (await door.session())["session"]
    monkeypatch.setattr(chat_socket, "SESSION_SECONDS", -1.0)
    async with door.line(session) as line:
        conversation = await line.open()
        await owner.execute("UPDATE people.session SET revoked_at = now()")
        await post(door.pool, conversation, "geheim")
        refused = await line.next("refused")
        assert await line.until_closed() == chat_socket.CLOSE_UNAUTHENTICATED

    assert refused["code"] == "kit.not_signed_in"
    assert "geheim" not in str(line.frames)


async def test_the_customer_sees_an_agent_reading_and_typing_but_not_his_notes(door: Door) -> None:
    session = (await door.session(await door.customer()))["session"]
    agent = await seated(door.pool, now=clock.now())
    async with door.line(session) as line:
        conversation = await line.open()
        await line.say(conversation)
        await applied(door.pool, conversation, HandedOff(None, 2, "asked"), Accepted(agent), now=clock.now())
        async with db.transaction(door.pool) as tx:
            await actions.mark_read(tx, conversation, "agent", 1)
            await actions.show_typing(tx, conversation, "agent", on=True)
        read = await line.next("read")
        typing = await line.next("typing")
        note = answered(conversation, agent, "内部", kind=ItemKind.NOTE, audience=Audience.STAFF)
        await door.writer.post(note)
        await post(door.pool, conversation, "公开")
        await asyncio.sleep(0.2)

    assert (read["who"], read["seq"]) == ("agent", 1)
    assert (typing["who"], typing["on"]) == ("agent", True)
    assert "内部" not in str(line.frames)
    assert "公开" in str(line.frames)


async def test_an_agent_hears_of_a_customer_who_reads_and_types(door: Door) -> None:
    session = (await door.session(await door.customer()))["session"]
    agent = await seated(door.pool, now=clock.now())
    heard: list[dict[str, Any]] = []
    async with door.line(session) as line:
        conversation = await line.open()
        door.hub.subscribe(f"conversation:{conversation}", lambda _, news: heard.append(news))
        await line.say(conversation)
        await line.send("typing", conversation=conversation, on=True)
        await line.quiet()
        assert not [news for news in heard if "typing" in news]
        await applied(door.pool, conversation, HandedOff(None, 2, "asked"), Accepted(agent), now=clock.now())
        await line.quiet()
        await line.send("typing", conversation=conversation, on=True)
        await line.send("read", conversation=conversation, seq=99)
        await line.quiet(0.3)

    assert {"typing": "customer", "on": True} in heard
    row = await row_of(door.pool, conversation)
    assert row.customer_read_seq == row.last_seq
    assert {"read": "customer", "seq": row.last_seq} in heard


async def test_the_place_in_the_queue_is_told_on_entering_it(door: Door) -> None:
    session = (await door.session())["session"]
    async with door.line(session) as line:
        conversation = await line.open()
        await line.say(conversation, "转人工")
        await applied(door.pool, conversation, HandedOff(None, 2, "asked"), now=clock.now())
        place = await line.next("queue")
        state = await line.next("items")

    assert place["position"] == 1
    assert place["low_s"] <= place["high_s"]
    assert {option["id"] for option in place["alternatives"]} >= {"wait", "leave_message", "help"}
    assert state["state"]["state"] == "queued"


async def test_a_slow_reader_costs_a_bounded_memory_and_misses_nothing(door: Door) -> None:
    session = (await door.session())["session"]
    async with door.line(session) as line:
        conversation = await line.open()
        row = await row_of(door.pool, conversation)
        line.stop()  # reads nothing from now on
        text = "字" * 3000
        await asyncio.gather(*(door.writer.post(said(conversation, row.person_id, text)) for _ in range(1500)))
        await asyncio.sleep(0.2)
        lines = door.app.state["chat_lines"].open
        held = [len(watch._held) for one in lines for watch in one._watches.values()]
    async with door.line(session, conversation=conversation, since=1450) as line:
        items = (await line.next("items"))["items"]

    assert len(held) == 1
    assert held[0] <= 200
    assert [item["seq"] for item in items] == list(range(1451, 1501))


async def test_after_a_lost_listener_every_socket_reads_again(
    door: Door, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_socket, "READ_AGAIN_SECONDS", 0.1)
    session = (await door.session())["session"]
    async with door.line(session) as line:
        conversation = await line.open()
        await owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'walletdesk-live'"
        )
        await owner.execute(
            "INSERT INTO conversations.message (conversation_id, seq, id, kind, audience, author_kind, text, at) "
            "VALUES ($1, 1, gen_random_uuid(), 'text', 'all', 'system', 'ungehört', now())",
            conversation,
        )
        items = await line.next("items")

    assert [item["text"] for item in items["items"]] == ["ungehört"]

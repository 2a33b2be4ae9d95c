"""The staff's socket on a real server: watching, saying, offers, presence, the end of a session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.at_desk import queued
from tests.support.chat_door import Line
from tests.support.desk_door import Desk, Staff, desk_door, photo
from tests.support.talking import items_of, row_of, said
from walletdesk.desk.conversations.model import State
from walletdesk.desk.routing import jobs
from walletdesk.desk.routing.live import line as lines
from walletdesk.kit import clock, db
from walletdesk.kit.ids import new_id


@pytest.fixture
async def desk(pool: db.Pool, database: str, tmp_path: Path) -> AsyncGenerator[Desk]:
    async with desk_door(pool, database, tmp_path) as found:
        yield found


async def held(desk: Desk, staff: Staff) -> tuple[UUID, Any]:
    """A conversation that this agent has taken, and its customer."""
    person = await desk.customer()
    row = await queued(desk.pool, now=clock.now(), person=person)
    async with desk.client(staff) as client:
        assert (await client.post(f"/api/desk/conversations/{row.id}/accept")).status_code == 200
    return row.id, person


async def watched(line: Line, conversation: UUID, since: int = 0) -> dict[str, Any]:
    await line.send("watch", conversation=conversation, since=since)
    return await line.next("items", "refused")


def saying(conversation: UUID, text: str = "您好", **about: Any) -> dict[str, Any]:
    return {"id": new_id(), "conversation": conversation, "kind": "text", "text": text,
            "then": "wait_customer", "seen_seq": 10_000, **about}  # fmt: skip


async def test_watching_brings_everything_and_then_what_is_new(desk: Desk) -> None:
    mei = await desk.staff()
    conversation, person = await held(desk, mei)
    async with desk.line(mei) as line:
        first = await watched(line, conversation)
        await desk.writer.post(said(conversation, person, "还没收到"))
        news = await line.next("items")

    assert first["state"]["state"] == "agent"
    assert [item["seq"] for item in first["items"]] == list(range(1, len(first["items"]) + 1))
    assert [item["text"] for item in news["items"]] == ["还没收到"]
    assert news["items"][0]["author"] == {"kind": "customer", "name": "王小明"}
    deeds = await desk.audited("conversation_read")
    assert [(deed["actor_id"], deed["details"]) for deed in deeds] == [(mei.id, {"at": "live"})]


async def test_a_second_look_on_the_same_line_is_one_line_in_the_log(desk: Desk) -> None:
    mei = await desk.staff()
    conversation, _ = await held(desk, mei)
    async with desk.line(mei) as line:
        await watched(line, conversation)
        await line.send("unwatch", conversation=conversation)
        await watched(line, conversation)

    assert len(await desk.audited("conversation_read")) == 1


async def test_what_an_agent_says_is_stored_acknowledged_and_seen_in_order(desk: Desk) -> None:
    mei = await desk.staff()
    conversation, _ = await held(desk, mei)
    async with desk.line(mei) as line:
        seen = (await watched(line, conversation))["items"][-1]["seq"]
        frame = saying(conversation, "我来看看", seen_seq=seen)
        await line.send("say", **frame)
        items = await line.next("items")
        ack = await line.next("ack")
        await line.send("say", **frame)
        again = await line.next("ack")

    assert (ack["id"], ack["seq"], ack["conversation"]) == (str(frame["id"]), seen + 1, str(conversation))
    assert [(item["seq"], item["text"]) for item in items["items"]] == [(seen + 1, "我来看看")]
    assert items["state"]["state"] == "wait_cust"
    assert (again["id"], again["seq"]) == (ack["id"], ack["seq"])
    stored = [item for item in await items_of(desk.pool, conversation) if item.author.kind == "agent"]
    assert [(item.text, item.author.name) for item in stored] == [("我来看看", "Mei")]


async def test_a_promise_of_news_is_kept_with_its_time(desk: Desk) -> None:
    mei = await desk.staff()
    conversation, _ = await held(desk, mei)
    until = clock.now() + timedelta(hours=2)
    async with desk.line(mei) as line:
        await line.send("say", **saying(conversation, "两小时内回复您", then="wait_third", until=until))
        await line.next("ack")

    row = await row_of(desk.pool, conversation)
    assert row.state is State.WAIT_THIRD
    assert abs(row.debt_due_at - until) < timedelta(milliseconds=1)  # type: ignore[operator]


async def test_a_note_is_for_colleagues_and_moves_nothing(desk: Desk) -> None:
    mei, bo = await desk.staff("Mei"), await desk.staff("Bo")
    conversation, _ = await held(desk, mei)
    before = await row_of(desk.pool, conversation)
    async with desk.line(bo) as line:
        await line.send("say", **saying(conversation, "等银行", kind="note"))
        await line.next("ack")

    after = await row_of(desk.pool, conversation)
    assert (after.state, after.due_at, after.owed_since) == (before.state, before.due_at, before.owed_since)
    note = (await items_of(desk.pool, conversation))[-1]
    assert (note.kind, note.for_staff_only) == ("note", True)
    assert note not in await items_of(desk.pool, conversation, staff=False)


async def test_who_does_not_hold_it_cannot_answer_and_the_no_names_the_message(desk: Desk) -> None:
    mei, bo = await desk.staff("Mei"), await desk.staff("Bo", lang="en")
    conversation, _ = await held(desk, mei)
    async with desk.line(bo) as line:
        frame = saying(conversation)
        await line.send("say", **frame)
        refused = await line.next("refused")

    assert (refused["id"], refused["code"]) == (str(frame["id"]), "conversations.not_held")
    assert refused["text"].isascii()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("no json", "routing.frame_invalid"),
        ("[]", "routing.frame_invalid"),
        ('{"t":"dance"}', "routing.frame_invalid"),
        ('{"t":"ping","extra":1}', "routing.frame_invalid"),
        ('{"t":"watch","conversation":"x","since":0}', "routing.frame_invalid"),
        ('{"t":"watch","conversation":"01900000-0000-7000-8000-000000000000","since":-1}', "routing.frame_invalid"),
        ('{"t":"watch","conversation":"01900000-0000-7000-8000-000000000000","since":0}', "conversations.not_found"),
        ('{"t":"presence","presence":"asleep"}', "routing.frame_invalid"),
        ("[" * 30_000, "routing.frame_invalid"),
    ],
)
async def test_a_frame_that_cannot_be_is_refused_and_the_line_goes_on(desk: Desk, raw: str, code: str) -> None:
    mei = await desk.staff()
    async with desk.line(mei) as line:
        await line.socket.send(raw)
        assert (await line.next("refused"))["code"] == code
        await line.send("ping")
        await line.next("pong")


async def test_a_photo_is_said_by_whoever_uploaded_it_and_by_nobody_else(desk: Desk) -> None:
    mei, bo = await desk.staff("Mei"), await desk.staff("Bo")
    conversation, _ = await held(desk, mei)
    async with desk.client(bo) as client:
        files = {"file": ("photo.jpg", photo(), "image/jpeg")}
        theirs = (await client.post(f"/api/desk/conversations/{conversation}/attachments", files=files)).json()
    async with desk.client(mei) as client:
        files = {"file": ("photo.jpg", photo(), "image/jpeg")}
        mine = (await client.post(f"/api/desk/conversations/{conversation}/attachments", files=files)).json()
    async with desk.line(mei) as line:
        await line.send("say", **saying(conversation, "", kind="photo", body=theirs))
        refused = await line.next("refused")
        await line.send("say", **saying(conversation, "", kind="photo", body=mine))
        await line.next("ack")

    assert refused["code"] == "conversations.attachment_not_found"
    last = [item for item in await items_of(desk.pool, conversation) if item.kind == "photo"]
    assert [item.body["attachment_id"] for item in last if item.body] == [mine["attachment_id"]]


async def test_typing_is_seen_by_colleagues_and_not_by_oneself(desk: Desk) -> None:
    mei, bo = await desk.staff("Mei"), await desk.staff("Bo")
    conversation, _ = await held(desk, mei)
    async with desk.line(mei) as hers, desk.line(bo) as his:
        await watched(hers, conversation)
        await watched(his, conversation)
        await hers.send("typing", conversation=conversation, on=True)
        seen = await his.next("typing")
        rest = await hers.quiet()

    assert seen == {"t": "typing", "conversation": str(conversation), "who": "agent", "on": True}
    assert [frame for frame in rest if frame["t"] == "typing"] == []


async def test_reading_counts_when_the_agent_who_holds_it_reads(desk: Desk) -> None:
    mei, lead = await desk.staff(), await desk.staff("Lead", roles=["supervisor"])
    conversation, person = await held(desk, mei)
    await desk.writer.post(said(conversation, person, "在吗"))
    seq = (await row_of(desk.pool, conversation)).last_seq
    async with desk.line(lead) as theirs, desk.line(mei) as hers:
        await watched(theirs, conversation)
        await theirs.send("read", conversation=conversation, seq=seq)
        await theirs.send("ping")
        await theirs.next("pong")
        assert (await row_of(desk.pool, conversation)).agent_read_seq == 0
        await watched(hers, conversation)
        await hers.send("read", conversation=conversation, seq=seq)
        mark = await theirs.next("read")

    assert (mark["who"], mark["seq"]) == ("agent", seq)
    row = await row_of(desk.pool, conversation)
    assert (row.agent_read_seq, row.agent_unread) == (seq, 0)


async def test_a_heartbeat_makes_an_agent_present_and_an_offer_reaches_him(desk: Desk) -> None:
    mei = await desk.staff()
    async with desk.line(mei) as line:
        await line.send("heartbeat")
        colleagues = await line.next("presence")
        conversation = (await queued(desk.pool, now=clock.now(), person=await desk.customer())).id
        assert await jobs.assign(desk.pool, clock.now()) == 1
        offer = await line.next("offer")

    assert [(one["name"], one["presence"]) for one in colleagues["agents"]] == [("Mei", "online")]
    assert offer["conversation"] == str(conversation)
    assert offer["row"]["state"] == "offered"
    assert offer["expires_at"] == offer["row"]["due_at"]


async def test_an_offer_that_was_made_while_the_line_was_down_is_brought_with_the_next_one(desk: Desk) -> None:
    mei = await desk.staff()
    async with desk.line(mei) as line:
        await line.send("heartbeat")
        await line.next("presence")
    conversation = (await queued(desk.pool, now=clock.now(), person=await desk.customer())).id
    await jobs.assign(desk.pool, clock.now())

    async with desk.line(mei) as line:
        assert (await line.next("offer"))["conversation"] == str(conversation)


async def test_rows_of_the_inbox_are_pushed_to_everybody_once_for_a_burst(desk: Desk) -> None:
    mei, bo = await desk.staff("Mei"), await desk.staff("Bo", roles=["compliance"])
    async with desk.line(bo) as line:
        await line.send("ping")
        await line.next("pong")
        conversation, person = await held(desk, mei)
        for number in range(20):
            await desk.writer.post(said(conversation, person, f"m{number}"))
        frames = [frame for frame in await line.quiet(0.6) if frame["t"] == "inbox"]

    assert frames[-1]["row"]["last_text"] == "m19"
    assert frames[-1]["row"]["owner_name"] == "Mei"
    assert len(frames) < 15


async def test_what_is_pushed_ends_as_a_fresh_look_shows_it(desk: Desk) -> None:
    """Snapshot and events together are a fresh snapshot, for every way in which a row moves here."""
    mei, bo = await desk.staff("Mei"), await desk.staff("Bo")
    async with desk.line(bo) as line:
        await line.send("ping")
        await line.next("pong")
        conversation, person = await held(desk, mei)
        base = f"/api/desk/conversations/{conversation}"
        async with desk.client(mei) as client:
            await client.post(f"{base}/release")
            await client.post(f"{base}/accept")
            async with desk.line(mei) as hers:
                await hers.send("say", **saying(conversation))
                await hers.next("ack")
            await desk.writer.post(said(conversation, person, "谢谢"))
            await client.post(f"{base}/handoff", json={"skill": "general"})
            frames = [frame for frame in await line.quiet(0.6) if frame["t"] == "inbox"]
            fresh = (await client.get(base)).json()["row"]

    assert frames[-1]["row"] == fresh


async def test_presence_over_the_socket_is_the_same_as_over_http(desk: Desk) -> None:
    mei = await desk.staff()
    conversation, _ = await held(desk, mei)
    async with desk.line(mei) as line:
        await line.send("presence", presence="offline")
        news = await line.next("presence")

    assert [one["presence"] for one in news["agents"]] == ["offline"]
    assert (await row_of(desk.pool, conversation)).state is State.QUEUED


async def test_somebody_who_may_only_read_watches_and_cannot_say_anything(desk: Desk) -> None:
    mei, reader = await desk.staff("Mei"), await desk.staff("Reader", roles=["compliance"])
    conversation, _ = await held(desk, mei)
    async with desk.line(reader) as line:
        assert (await watched(line, conversation))["t"] == "items"
        await line.send("heartbeat")
        await line.send("say", **saying(conversation, kind="note"))
        refused = await line.next("refused")

    assert refused["code"] == "kit.not_permitted"
    async with db.reading(desk.pool) as tx:
        assert await tx.fetchval("SELECT count(*) FROM routing.presence WHERE agent_id = $1", reader.id) == 0


@pytest.mark.parametrize("role", [None, "engineer"])
async def test_nobody_else_gets_a_socket(desk: Desk, role: str | None) -> None:
    staff = await desk.staff("X", roles=[role]) if role else None
    with pytest.raises(InvalidStatus):
        async with desk.line(staff):
            pass


async def test_a_foreign_page_gets_no_socket_even_with_the_cookie(desk: Desk) -> None:
    mei = await desk.staff()
    with pytest.raises(InvalidStatus):
        async with desk.line(mei, origin="https://evil.example"):
            pass
    async with desk.line(mei, origin="https://desk.example") as line:
        await line.send("ping")
        await line.next("pong")


async def test_an_ended_session_closes_the_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "SESSION_SECONDS", 0.0)
    mei = await desk.staff()
    async with desk.line(mei) as line:
        await line.send("ping")
        await line.next("pong")
        async with db.transaction(desk.pool) as tx:
            await tx.execute("UPDATE people.session SET revoked_at = now()")
        await line.send("heartbeat")
        assert (await line.next("refused"))["code"] == "kit.not_signed_in"
        assert await line.until_closed() == 4401


async def test_a_line_that_says_nothing_is_not_told_more_after_its_session_ended(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "TELL_SECONDS", 0.0)
    mei, bo = await desk.staff("Mei"), await desk.staff("Bo")
    async with desk.line(bo) as line:
        await line.send("ping")
        await line.next("pong")
        async with db.transaction(desk.pool) as tx:
            await tx.execute("UPDATE people.session SET revoked_at = now() WHERE person_id = $1", bo.id)
        await held(desk, mei)
        code = await line.until_closed()

    assert code == 4401
    assert [frame["t"] for frame in line.frames] == ["refused"]


async def test_an_open_page_alone_keeps_no_session_but_an_agent_who_is_here_does(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "SESSION_SECONDS", 0.0)
    mei, bo = await desk.staff("Mei"), await desk.staff("Bo")
    async with desk.line(mei) as hers, desk.line(bo) as his:
        for line in (hers, his):
            await line.send("heartbeat")
            await line.next("presence")
        await his.send("presence", presence="break")
        while {one["presence"] for one in (await his.next("presence"))["agents"]} != {"online", "break"}:
            pass
        async with db.transaction(desk.pool) as tx:
            await tx.execute("UPDATE people.session SET seen_at = now() - interval '14 minutes 50 seconds'")
        for line in (hers, his):
            await line.send("ping")
            await line.next("pong")
        async with db.reading(desk.pool) as tx:
            fresh = await tx.fetch(
                "SELECT person_id, seen_at > now() - interval '1 minute' AS used FROM people.session"
            )

    assert {row["person_id"]: row["used"] for row in fresh} == {mei.id: True, bo.id: False}


async def test_after_a_gap_in_the_hints_the_pages_come_back_and_load_anew(desk: Desk) -> None:
    mei = await desk.staff()
    async with desk.line(mei) as line:
        await line.send("ping")
        await line.next("pong")
        async with db.reading(desk.pool) as tx:
            await tx.execute("SET ROLE NONE")
            await tx.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'walletdesk-live'"
                " AND datname = current_database()"
            )
            await tx.execute("SET ROLE walletdesk_app")
        assert await line.until_closed() == 1012


async def test_two_processes_show_each_other_what_is_said(desk: Desk, database: str, tmp_path: Path) -> None:
    mei, bo = await desk.staff("Mei"), await desk.staff("Bo")
    conversation, _ = await held(desk, mei)
    other_pool = await db.open_pool(database, size_min=1, size_max=4)
    try:
        async with desk_door(other_pool, database, tmp_path / "other") as other:
            await asyncio.sleep(0.3)
            async with desk.line(mei) as hers, other.line(bo) as his:
                await watched(hers, conversation)
                await watched(his, conversation)
                await hers.send("say", **saying(conversation, "从另一个进程"))
                news = await his.next("items")
    finally:
        await other_pool.close()

    assert [item["text"] for item in news["items"]] == ["从另一个进程"]


async def test_a_long_conversation_comes_in_pages_that_the_page_asks_for(desk: Desk) -> None:
    mei = await desk.staff()
    conversation, person = await held(desk, mei)
    for number in range(150):
        await desk.writer.post(said(conversation, person, f"m{number}"))
    async with desk.line(mei) as line:
        first = await watched(line, conversation)
        rest = await watched(line, conversation, first["items"][-1]["seq"])

    assert first["more"]
    assert not rest["more"]
    seqs = [item["seq"] for item in first["items"] + rest["items"]]
    assert seqs == list(range(1, (await row_of(desk.pool, conversation)).last_seq + 1))

"""The writer: each message once, in order, on disk before anybody hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import NOON
from tests.support.talking import (
    answered,
    applied,
    items_of,
    open_in,
    row_of,
    said,
    seated,
    somebody,
    writing,
)
from walletdesk.desk.conversations.checks import invariant_checks
from walletdesk.desk.conversations.model import (
    Audience,
    AuthorWrong,
    ConversationMissing,
    ItemKind,
    NotHeld,
    StaleSend,
    State,
    TextEmpty,
    TextTooLong,
    WriterFull,
)
from walletdesk.desk.conversations.promise import Accepted, AgentAnswered, HandedOff, WaitCustomer, WaitThird
from walletdesk.desk.conversations.writer import Writer
from walletdesk.kit import db
from walletdesk.kit.clock import VirtualClock
from walletdesk.kit.ids import new_id
from walletdesk.kit.live import Hub


@pytest.fixture(autouse=True)
def noon(clock_at: Callable[..., Any]) -> Iterator[VirtualClock]:
    with clock_at(NOON) as time:
        yield time


async def assert_sound(pool: db.Pool) -> None:
    assert [check for check in await invariant_checks(pool, NOON) if not check.ok] == []


async def test_a_repeated_id_returns_where_the_first_message_stands(pool: db.Pool) -> None:
    person = somebody()
    conversation = await open_in(pool, person, now=NOON)
    message = said(conversation.id, person)
    async with writing(pool) as writer:
        first = await writer.post(message)
        again = await writer.post(message)
        together = await asyncio.gather(*(writer.post(message) for _ in range(5)))

    assert (first.seq, first.again) == (1, False)
    assert (again.seq, again.again, again.at) == (1, True, first.at)
    assert {one.seq for one in together} == {1}
    assert len(await items_of(pool, conversation.id)) == 1


async def test_two_writers_that_get_the_same_message_at_once_store_it_once(pool: db.Pool) -> None:
    person = somebody()
    conversation = await open_in(pool, person, now=NOON)
    async with writing(pool) as one, writing(pool) as other:
        for _ in range(20):
            message = said(conversation.id, person)
            places = await asyncio.gather(one.post(message), other.post(message))
            assert places[0].seq == places[1].seq
            assert [place.again for place in places].count(False) == 1

    assert [item.seq for item in await items_of(pool, conversation.id)] == list(range(1, 21))


async def test_fifty_senders_at_once_leave_no_gap_and_keep_everybodys_order(pool: db.Pool) -> None:
    people = [somebody() for _ in range(10)]
    rooms = [await open_in(pool, person, now=NOON) for person in people]
    sent: dict[int, list[str]] = {n: [] for n in range(50)}

    async def talk(writer: Writer, sender: int) -> None:
        for _ in range(6):
            message = said(rooms[sender % 10].id, people[sender % 10], f"{sender}")
            sent[sender].append(str(message.id))
            await writer.post(message)

    async with writing(pool) as one, writing(pool) as other:
        await asyncio.gather(*(talk((one, other)[n % 2], n) for n in range(50)))

    for number, room in enumerate(rooms):
        items = await items_of(pool, room.id)
        assert [item.seq for item in items] == list(range(1, 31))
        for sender in range(number, 50, 10):
            assert [str(i.id) for i in items if i.text == f"{sender}"] == sent[sender]
    await assert_sound(pool)


async def test_an_id_that_stands_elsewhere_or_is_somebody_elses_is_refused(pool: db.Pool) -> None:
    person = somebody()
    here, there = [await open_in(pool, person, now=NOON) for _ in range(2)]
    message = said(here.id, person)
    agent = await seated(pool, now=NOON)
    async with writing(pool) as writer:
        await writer.post(message)
        with pytest.raises(AuthorWrong):
            await writer.post(said(there.id, person, id=message.id))
        with pytest.raises(AuthorWrong):
            await writer.post(answered(here.id, agent, id=message.id))

    assert len(await items_of(pool, there.id)) == 0


async def test_a_foreign_conversation_looks_as_if_it_did_not_exist(pool: db.Pool) -> None:
    conversation = await open_in(pool, somebody(), now=NOON)
    stranger = somebody()
    async with writing(pool) as writer:
        with pytest.raises(ConversationMissing) as foreign:
            await writer.post(said(conversation.id, stranger))
        with pytest.raises(ConversationMissing) as absent:
            await writer.post(said(new_id(), stranger))

    assert (foreign.value.code, foreign.value.details) == (absent.value.code, absent.value.details)


async def test_one_refused_message_leaves_the_others_of_its_batch_alone(pool: db.Pool) -> None:
    person = somebody()
    conversation = await open_in(pool, person, now=NOON)
    writer = Writer(pool)
    good = [writer.submit(said(conversation.id, person, f"{n}")) for n in range(3)]
    bad = writer.submit(said(conversation.id, somebody()))
    unstorable = writer.submit(said(conversation.id, person, body={"card_id": "a\0b"}, kind=ItemKind.CHOICE))
    good.append(writer.submit(said(conversation.id, person, "3")))
    running = asyncio.ensure_future(writer.run())

    assert sorted([(await one).seq for one in good]) == [1, 2, 3, 4]
    assert isinstance((await asyncio.gather(bad, return_exceptions=True))[0], ConversationMissing)
    assert isinstance((await asyncio.gather(unstorable, return_exceptions=True))[0], Exception)
    await writer.close()
    await running
    assert [item.text for item in await items_of(pool, conversation.id)] == ["0", "1", "2", "3"]
    await assert_sound(pool)


async def test_past_the_bound_a_message_is_not_taken_and_visitors_wait_first(pool: db.Pool) -> None:
    person = somebody()
    conversation = await open_in(pool, person, now=NOON)
    writer = Writer(pool, 4)
    taken = [writer.submit(said(conversation.id, person)) for _ in range(2)]
    with pytest.raises(WriterFull) as refused:
        writer.submit(said(conversation.id, person), visitor=True)
    taken += [writer.submit(said(conversation.id, person)) for _ in range(2)]
    with pytest.raises(WriterFull):
        writer.submit(said(conversation.id, person))

    assert refused.value.retry_after_seconds
    running = asyncio.ensure_future(writer.run())
    await asyncio.gather(*taken)
    await writer.close()
    await running
    assert len(await items_of(pool, conversation.id)) == 4


@pytest.mark.parametrize(("text", "refusal"), [("", TextEmpty), (" \n", TextEmpty), ("长" * 4001, TextTooLong)])
async def test_what_is_empty_or_too_long_is_refused_with_the_field(
    pool: db.Pool, text: str, refusal: type[Any]
) -> None:
    with pytest.raises(refusal) as raised:
        await Writer(pool).post(said(new_id(), somebody(), text))

    assert raised.value.field == "text"


async def test_a_card_number_is_never_stored_and_its_sender_is_told(pool: db.Pool) -> None:
    person = somebody()
    conversation = await open_in(pool, person, now=NOON)
    async with writing(pool) as writer:
        posted = await writer.post(said(conversation.id, person, "我的卡是 6222 0212 3456 7894 谢谢"))
        again = await writer.post(said(conversation.id, person, "我付了30元"))

    message, warning, _ = await items_of(pool, conversation.id)
    assert posted.hidden
    assert not again.hidden
    assert "0212" not in message.text
    assert "7894" in message.text
    assert (warning.kind, warning.author.kind) == ("status", "system")
    assert "卡号" in warning.text


async def test_a_broken_connection_loses_no_message_and_doubles_none(pool: db.Pool, owner: Any) -> None:
    person = somebody()
    conversation = await open_in(pool, person, now=NOON)
    async with writing(pool) as writer:

        async def talk() -> list[int]:
            return [(await writer.post(said(conversation.id, person))).seq for _ in range(60)]

        talking = asyncio.ensure_future(talk())
        for _ in range(5):
            await asyncio.sleep(0.02)
            await owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        places = await talking

    assert places == list(range(1, 61))
    assert [item.seq for item in await items_of(pool, conversation.id)] == places


async def test_what_is_said_is_owed_and_what_an_agent_answers_is_not(pool: db.Pool) -> None:
    person, agent = somebody(), await seated(pool, now=NOON)
    conversation = await open_in(pool, person, now=NOON)
    async with writing(pool) as writer:
        await writer.post(said(conversation.id, person))
        owed = await row_of(pool, conversation.id)
        await applied(pool, conversation.id, HandedOff(None, 2, "asked"), Accepted(agent), now=NOON)
        seen = (await row_of(pool, conversation.id)).last_seq
        await writer.post(answered(conversation.id, agent, seen_seq=seen))
        done = await row_of(pool, conversation.id)

    assert owed.owed_since is not None
    assert (done.state, done.owed_since, done.owner_id) == (State.WAIT_CUST, None, agent)
    assert (done.agent_unread, done.answered_seq) == (0, 1)


async def test_what_a_customer_said_after_the_agent_last_looked_stays_owed(pool: db.Pool) -> None:
    person, agent = somebody(), await seated(pool, now=NOON)
    conversation = await open_in(pool, person, now=NOON)
    async with writing(pool) as writer:
        await writer.post(said(conversation.id, person))
        await applied(pool, conversation.id, HandedOff(None, 2, "asked"), Accepted(agent), now=NOON)
        seen = (await row_of(pool, conversation.id)).last_seq
        unseen = await writer.post(said(conversation.id, person, "还有一件事"))
        await writer.post(answered(conversation.id, agent, seen_seq=seen))
        row = await row_of(pool, conversation.id)

    assert (row.state, row.owed_since) == (State.AGENT, unseen.at)
    assert row.answered_seq < unseen.seq
    await assert_sound(pool)


async def test_an_agent_does_not_talk_over_a_colleague_nor_where_he_does_not_sit(pool: db.Pool) -> None:
    person, mei, lan = somebody(), await seated(pool, now=NOON), await seated(pool, now=NOON, name="Lan")
    conversation = await open_in(pool, person, now=NOON)
    async with writing(pool) as writer:
        await writer.post(said(conversation.id, person))
        await applied(pool, conversation.id, HandedOff(None, 2, "asked"), Accepted(mei), now=NOON)
        with pytest.raises(NotHeld):
            await writer.post(answered(conversation.id, lan))
        await writer.post(answered(conversation.id, lan, kind=ItemKind.NOTE, audience=Audience.STAFF))
        seen = (await row_of(pool, conversation.id)).last_seq
        await writer.post(answered(conversation.id, mei, seen_seq=seen))
        with pytest.raises(StaleSend):
            await writer.post(answered(conversation.id, lan, seen_seq=seen))
        await writer.post(answered(conversation.id, mei, seen_seq=seen))

    assert [i.kind for i in await items_of(pool, conversation.id, staff=False)].count("note") == 0


async def test_a_customer_goes_on_with_the_agent_who_waits_if_he_has_room(pool: db.Pool) -> None:
    agent = await seated(pool, now=NOON, capacity=1)
    rooms = []
    async with writing(pool) as writer:
        for _ in range(2):
            person = somebody()
            room = await open_in(pool, person, now=NOON)
            await writer.post(said(room.id, person))
            wait = AgentAnswered(agent, WaitThird()) if rooms else AgentAnswered(agent, WaitCustomer())
            await applied(pool, room.id, HandedOff(None, 2, "asked"), Accepted(agent), wait, now=NOON)
            rooms.append((room.id, person))
        await asyncio.gather(*(writer.post(said(room, person)) for room, person in rooms))

    states = sorted([(await row_of(pool, room)).state for room, _ in rooms])
    assert states == [State.AGENT, State.QUEUED]
    await assert_sound(pool)


async def test_sockets_of_the_process_hear_after_the_commit_with_what_was_stored(pool: db.Pool) -> None:
    person, hub = somebody(), Hub()
    conversation = await open_in(pool, person, now=NOON)
    heard: list[dict[str, Any]] = []
    hub.subscribe(f"conversation:{conversation.id}", lambda _, news: heard.append(news))
    async with writing(pool, hub=hub) as writer:
        posted = await writer.post(said(conversation.id, person))
        await asyncio.sleep(0)

    assert [news["seq"] for news in heard] == [posted.seq]
    assert heard[0]["items"] == await items_of(pool, conversation.id)
    assert heard[0]["row"] == await row_of(pool, conversation.id)

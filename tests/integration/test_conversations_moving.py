"""Conversations move by one way: promise, items, events and hints in one write, or nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NOON
from tests.support.talking import (
    answered,
    applied,
    items_of,
    kinds,
    open_in,
    opened,
    row_of,
    said,
    seated,
    somebody,
    text_item,
    writing,
)
from walletdesk.desk.conversations import actions, queries
from walletdesk.desk.conversations.checks import invariant_checks
from walletdesk.desk.conversations.model import (
    OPEN_MAX,
    AnswerOwed,
    Audience,
    Author,
    CardMissing,
    ConversationMissing,
    ItemKind,
    MovedOn,
    NewItem,
    NotHeld,
    PromiseOpen,
    RatingClosed,
    SeatFull,
    State,
    TooManyOpen,
)
from walletdesk.desk.conversations.promise import (
    Accepted,
    AgentAnswered,
    Aside,
    BotAnswered,
    BotFailed,
    HandedOff,
    HandOff,
    NewsCame,
    Offered,
    Released,
    Resolve,
    StillWorking,
    WaitCustomer,
    WaitThird,
)
from walletdesk.kit import clock, db
from walletdesk.kit.ids import new_id

HUMAN = HandedOff("payments", 1, "asked")


@pytest.fixture(autouse=True)
def noon(clock_at: Any) -> Iterator[clock.VirtualClock]:
    with clock_at(NOON) as time:
        yield time


async def events_of(tx: db.Tx, conversation: Any) -> list[tuple[str, dict[str, Any]]]:
    rows = await tx.fetch("SELECT name, body FROM kit.event WHERE key = $1 ORDER BY xid, id", conversation)
    return [(row["name"], row["body"]) for row in rows]


async def spoken(pool: db.Pool, *texts: str, **about: Any) -> Any:
    """Open a conversation in which a customer has said something; return it with its customer."""
    person = somebody()
    conversation = await open_in(pool, person, now=NOON, **about)
    async with writing(pool) as writer:
        for text in texts:
            await writer.post(said(conversation.id, person, text))
    return conversation.id, person


# --- opening --------------------------------------------------------------------------------------------


async def test_opening_again_returns_the_same_conversation_in_the_language_that_is_read_now(tx: db.Tx) -> None:
    person = somebody()
    first = await opened(tx, person, now=NOON)
    await opened(tx, person, now=NOON + timedelta(hours=1), id=first.id, locale="en")

    again = await queries.find_conversation(tx, first.id)
    assert again is not None
    assert (again.opened_at, again.locale) == (NOON, "en")
    assert [name for name, _ in await events_of(tx, first.id)] == ["ConversationOpened"]


async def test_an_id_that_is_somebody_elses_cannot_be_opened(tx: db.Tx) -> None:
    first = await opened(tx, somebody(), now=NOON)

    with pytest.raises(ConversationMissing):
        await opened(tx, somebody(), now=NOON, id=first.id)


async def test_a_question_about_a_transaction_is_owed_from_the_moment_it_is_opened(tx: db.Tx) -> None:
    asked = await opened(tx, somebody(), now=NOON, context={"transaction_id": str(new_id())})
    looked = await opened(tx, somebody(), now=NOON, context={"page": "bill"})

    assert (asked.owed_since, looked.owed_since) == (NOON, None)
    assert [row.id for row in await queries.list_for_bot(tx)] == [asked.id]


async def test_a_person_may_have_five_open_questions_and_the_idle_one_makes_room(pool: db.Pool) -> None:
    person = somebody()
    about = {"context": {"transaction_id": str(new_id())}}
    rows = [await open_in(pool, person, now=NOON + timedelta(seconds=n), **about) for n in range(OPEN_MAX)]
    with pytest.raises(TooManyOpen) as refused:
        await open_in(pool, person, now=NOON)
    async with db.transaction(pool) as tx:
        await actions.post_bot(tx, rows[2].id, [text_item("好了")], then=WaitCustomer(), answers_seq=0, now=NOON)
    await open_in(pool, person, now=NOON)

    assert refused.value.details == {"allowed": OPEN_MAX}
    states = [(await row_of(pool, row.id)).state for row in rows]
    assert states == [State.BOT, State.BOT, State.RESOLVED, State.BOT, State.BOT]


# --- the bot ----------------------------------------------------------------------------------------------


async def test_the_bot_answers_what_it_has_seen_and_what_came_meanwhile_stays_owed(pool: db.Pool) -> None:
    conversation, person = await spoken(pool, "一", "二")
    async with writing(pool) as writer:
        later = await writer.post(said(conversation, person, "三"))
    async with db.transaction(pool) as tx:
        items = await actions.post_bot(
            tx, conversation, [text_item("答")], then=WaitCustomer(), answers_seq=2, now=NOON
        )
    half = await row_of(pool, conversation)
    async with db.transaction(pool) as tx:
        await actions.post_bot(tx, conversation, [text_item("再答")], then=WaitCustomer(), answers_seq=3, now=NOON)
    done = await row_of(pool, conversation)

    assert [item.seq for item in items] == [4]
    assert (half.state, half.owed_since, half.answered_seq) == (State.BOT, later.at, 2)
    assert (done.state, done.owed_since, done.answered_seq) == (State.WAIT_CUST, None, 3)


async def test_a_second_answer_to_the_same_thing_is_not_taken(pool: db.Pool) -> None:
    conversation, person = await spoken(pool, "一")
    async with db.transaction(pool) as tx:
        await actions.post_bot(tx, conversation, [text_item("答")], then=WaitCustomer(), answers_seq=1, now=NOON)
    with pytest.raises(MovedOn):
        async with db.transaction(pool) as tx:
            await actions.post_bot(tx, conversation, [text_item("答")], then=WaitCustomer(), answers_seq=1, now=NOON)
    async with writing(pool) as writer:
        await writer.post(said(conversation, person, "二"))
    with pytest.raises(MovedOn):
        async with db.transaction(pool) as tx:
            await actions.post_bot(tx, conversation, [text_item("答")], then=WaitCustomer(), answers_seq=1, now=NOON)

    assert [item.text for item in await items_of(pool, conversation)] == ["一", "答", "二"]


async def test_an_answer_that_is_repeated_with_its_ids_is_returned_as_it_stands(pool: db.Pool) -> None:
    conversation, _ = await spoken(pool, "一")
    item = text_item("答", id=new_id())
    found = []
    for _ in range(2):
        async with db.transaction(pool) as tx:
            found.append(
                await actions.post_bot(tx, conversation, [item], then=WaitCustomer(), answers_seq=1, now=NOON)
            )

    assert found[0] == found[1]
    assert len(await items_of(pool, conversation)) == 2


async def test_the_bot_does_not_talk_where_a_person_is_at_work(pool: db.Pool) -> None:
    conversation, _ = await spoken(pool, "一")
    await applied(pool, conversation, HUMAN, now=NOON)
    for then in (WaitCustomer(), StillWorking(NOON)):
        with pytest.raises(MovedOn):
            async with db.transaction(pool) as tx:
                await actions.post_bot(tx, conversation, [text_item("答")], then=then, answers_seq=1, now=NOON)
    async with db.transaction(pool) as tx:
        await actions.post_bot(tx, conversation, [text_item("旁白")], then=Aside(), answers_seq=1, now=NOON)

    assert "旁白" in [item.text for item in await items_of(pool, conversation)]


async def test_promised_news_are_told_when_they_come(pool: db.Pool) -> None:
    conversation, _ = await spoken(pool, "一")
    wait = WaitThird(NOON + timedelta(hours=1))
    async with db.transaction(pool) as tx:
        await actions.post_bot(tx, conversation, [text_item("等银行")], then=wait, answers_seq=1, now=NOON)
    promised = await row_of(pool, conversation)
    heard = await applied(pool, conversation, NewsCame(), now=NOON)
    async with db.transaction(pool) as tx:
        await actions.post_bot(tx, conversation, [text_item("到账了")], then=WaitCustomer(), answers_seq=1, now=NOON)
    told = await row_of(pool, conversation)

    assert (promised.state, promised.due_at) == (State.WAIT_THIRD, NOON + timedelta(hours=1))
    assert (heard.state, heard.owed_since) == (State.BOT, NOON)
    assert (told.state, told.debt_kind, told.owed_since) == (State.WAIT_CUST, None, None)


async def test_a_card_is_renewed_in_place_and_only_where_it_stands(pool: db.Pool) -> None:
    here, _ = await spoken(pool, "一")
    there, _ = await spoken(pool, "一")
    card = NewItem(ItemKind.CARD, "卡", {"card": "notice", "text": "一"}, id=new_id())
    new = NewItem(ItemKind.CARD, "卡", {"card": "notice", "text": "二"}, replaces=card.id)
    async with db.transaction(pool) as tx:
        await actions.post_system(tx, here, [card], now=NOON)
        before = await queries.find_conversation(tx, here)
        (renewed,) = await actions.post_system(tx, here, [new], now=NOON)
        after = await queries.find_conversation(tx, here)
    for post in (actions.post_system, actions.apply):
        with pytest.raises(CardMissing):
            async with db.transaction(pool) as tx:
                if post is actions.apply:
                    await actions.apply(tx, there, BotAnswered(Aside()), items=[new], now=NOON)
                else:
                    await actions.post_system(tx, there, [new], now=NOON)

    assert (renewed.replaces, renewed.seq) == (card.id, 3)
    assert before is not None
    assert after is not None
    assert (before.state, before.due_at, before.owed_since) == (after.state, after.due_at, after.owed_since)


# --- people -----------------------------------------------------------------------------------------------------


async def test_on_the_way_to_a_person_the_customer_is_told_where_he_is(pool: db.Pool) -> None:
    conversation, _ = await spoken(pool, "转人工")
    agent = await seated(pool, now=NOON, name="小美")
    moved = [
        await applied(pool, conversation, happening, now=NOON)
        for happening in (
            HUMAN, Offered(agent), Accepted(agent), AgentAnswered(agent, WaitCustomer()), Resolve(),
        )
    ]  # fmt: skip
    items = await items_of(pool, conversation, staff=False)

    assert [row.state for row in moved] == [
        State.QUEUED, State.OFFERED, State.AGENT, State.WAIT_CUST, State.RESOLVED,
    ]  # fmt: skip
    assert kinds(items) == [
        ("customer", "text"), ("system", "status"), ("system", "status"), ("system", "status"), ("system", "card"),
    ]  # fmt: skip
    assert "排队" in items[1].text
    assert "小美" in items[2].text
    assert moved[1].owner_name == "小美"
    assert (moved[4].owner_name, moved[4].resolved_by, moved[4].resolutions) == (None, "system", 1)


async def test_what_happened_is_in_the_log_in_its_order(pool: db.Pool) -> None:
    conversation, _ = await spoken(pool, "转人工")
    await applied(pool, conversation, HUMAN, now=NOON)
    async with db.reading(pool) as tx:
        found = await events_of(tx, conversation)

    assert [name for name, _ in found] == [
        "ConversationOpened", "MessagePosted", "PromiseMoved", "ConversationHandedOff", "MessagePosted",
    ]  # fmt: skip
    assert found[1][1] == {"conversation_id": str(conversation), "seq": 1, "author": "customer", "kind": "text"}
    assert found[2][1]["state"] == "queued"
    assert found[3][1]["reason"] == "asked"


async def test_a_refused_step_leaves_no_trace(pool: db.Pool) -> None:
    conversation, _ = await spoken(pool, "一")
    before = await row_of(pool, conversation)
    with pytest.raises(AnswerOwed):
        async with db.transaction(pool) as tx:
            await actions.apply(tx, conversation, Resolve(), items=[text_item("再见")], now=NOON)
    with pytest.raises(NotHeld):
        await applied(pool, conversation, Released(new_id()), now=NOON)

    assert await row_of(pool, conversation) == before
    assert len(await items_of(pool, conversation)) == 1


async def test_nothing_is_closed_while_news_are_promised(pool: db.Pool) -> None:
    conversation, _ = await spoken(pool, "一")
    async with db.transaction(pool) as tx:
        await actions.post_bot(tx, conversation, [text_item("等")], then=WaitThird(), answers_seq=1, now=NOON)
    with pytest.raises(PromiseOpen):
        await applied(pool, conversation, Resolve(), now=NOON)


async def test_a_message_to_a_resolved_conversation_opens_it_again(pool: db.Pool) -> None:
    conversation, person = await spoken(pool, "一")
    async with db.transaction(pool) as tx:
        await actions.post_bot(tx, conversation, [text_item("答")], then=WaitCustomer(), answers_seq=1, now=NOON)
    await applied(pool, conversation, Resolve(), now=NOON)
    async with writing(pool) as writer:
        await writer.post(said(conversation, person, "还有"))
    row = await row_of(pool, conversation)

    assert (row.state, row.owed_since, row.resolved_at) == (State.BOT, NOON, None)


async def test_nobody_gets_more_than_he_has_room_for(pool: db.Pool) -> None:
    agent = await seated(pool, now=NOON, capacity=2)
    rooms = [(await spoken(pool, "一"))[0] for _ in range(3)]
    for room in rooms:
        await applied(pool, room, HUMAN, now=NOON)
    await applied(pool, rooms[0], Offered(agent), Accepted(agent), now=NOON)
    await applied(pool, rooms[1], Offered(agent), now=NOON)
    for happening in (Offered(agent), Accepted(agent), Offered(new_id())):
        with pytest.raises(SeatFull):
            await applied(pool, rooms[2], happening, now=NOON)
    await applied(pool, rooms[1], Accepted(agent), now=NOON)

    assert (await row_of(pool, rooms[2])).state is State.QUEUED


async def test_who_is_away_is_offered_nothing(pool: db.Pool) -> None:
    agent = await seated(pool, now=NOON, present=False)
    conversation, _ = await spoken(pool, "一")
    await applied(pool, conversation, HUMAN, now=NOON)
    with pytest.raises(SeatFull):
        await applied(pool, conversation, Offered(agent), now=NOON)


async def test_two_failures_of_the_bot_bring_a_person(pool: db.Pool) -> None:
    conversation, _ = await spoken(pool, "一")
    row = await applied(pool, conversation, BotFailed(), BotFailed(), now=NOON)
    async with db.reading(pool) as tx:
        found = dict(await events_of(tx, conversation))

    assert row.state is State.QUEUED
    assert found["ConversationHandedOff"]["reason"] == "bot_failed"


async def test_an_agents_handoff_goes_back_to_the_queue_with_the_wait_kept(pool: db.Pool) -> None:
    conversation, _ = await spoken(pool, "一")
    agent = await seated(pool, now=NOON)
    await applied(pool, conversation, HUMAN, Accepted(agent), now=NOON)
    async with writing(pool) as writer:
        await writer.post(answered(conversation, agent, "请同事看", then=HandOff("cards", 1, "skill")))
    row = await row_of(pool, conversation)

    assert (row.state, row.skill, row.waiting_since) == (State.QUEUED, "cards", NOON)
    assert row.owner_name is None


# --- marks ------------------------------------------------------------------------------------------------------


async def test_reading_moves_forward_only_and_not_past_what_was_said(pool: db.Pool) -> None:
    conversation, _ = await spoken(pool, "一", "二", "三")
    for who, seq in (("customer", 2), ("customer", 1), ("agent", 2), ("agent", 99)):
        async with db.transaction(pool) as tx:
            await actions.mark_read(tx, conversation, who, seq)  # type: ignore[arg-type]
    row = await row_of(pool, conversation)

    assert (row.customer_read_seq, row.agent_read_seq, row.agent_unread) == (2, 3, 0)


async def test_a_subject_is_noted_and_what_is_not_given_stays(tx: db.Tx) -> None:
    conversation = await opened(tx, somebody(), now=NOON)
    await actions.mark_subject(tx, conversation.id, subject="咖啡店", symptom="MERCHANT_NOT_RECEIVED")
    await actions.mark_subject(tx, conversation.id, verdict="NOTICE_LOST")
    row = await queries.find_conversation(tx, conversation.id)

    assert row is not None
    assert (row.subject, row.symptom, row.verdict) == ("咖啡店", "MERCHANT_NOT_RECEIVED", "NOTICE_LOST")
    with pytest.raises(ConversationMissing):
        await actions.mark_subject(tx, new_id(), subject="x")


async def test_only_what_is_resolved_can_be_marked_as_rated(tx: db.Tx) -> None:
    conversation = await opened(tx, somebody(), now=NOON)
    with pytest.raises(RatingClosed):
        await actions.mark_rated(tx, conversation.id)
    await actions.apply(tx, conversation.id, Resolve(), author=Author.AGENT, now=NOON)
    await actions.mark_rated(tx, conversation.id)


# --- what is read --------------------------------------------------------------------------------------------------


async def test_items_are_paged_by_sequence_and_notes_are_for_the_staff(tx: db.Tx) -> None:
    conversation = await opened(tx, somebody(), now=NOON)
    notes = [NewItem(ItemKind.NOTE, "内部", audience=Audience.STAFF)]
    await actions.post_system(tx, conversation.id, [text_item(f"{n}") for n in range(1, 8)], now=NOON)
    await actions.post_system(tx, conversation.id, notes, now=NOON)

    async def seqs(**about: Any) -> list[int]:
        return [item.seq for item in await queries.list_items(tx, conversation.id, **about)]

    assert await seqs(since=2, limit=3, staff=True) == [3, 4, 5]
    assert await seqs(limit=3, staff=True) == [6, 7, 8]
    assert await seqs(limit=3, staff=False) == [5, 6, 7]
    assert await seqs(before=4, limit=2, staff=True) == [2, 3]


async def test_the_inbox_is_paged_by_key_without_a_gap_or_a_repetition(pool: db.Pool) -> None:
    agent = await seated(pool, now=NOON, capacity=10)
    ids = [(await spoken(pool, "一"))[0] for _ in range(9)]
    for place, conversation in enumerate(ids[:7]):
        await applied(pool, conversation, HandedOff(None, place % 3, "asked"), now=NOON)
    for conversation in ids[:3]:
        await applied(pool, conversation, Accepted(agent), now=NOON)
    await applied(pool, ids[0], AgentAnswered(agent, WaitCustomer()), Resolve(), now=NOON)

    async def walk(box: queries.Box) -> list[Any]:
        found: list[Any] = []
        after = None
        async with db.reading(pool) as tx:
            while page := await queries.list_inbox(tx, box, agent_id=agent, after=after, limit=2):
                found += [row.id for row in page]
                after = queries.place_of_row(box, page[-1])
        return found

    boxes = {box: await walk(box) for box in ("mine", "unassigned", "all", "resolved")}  # type: ignore[arg-type]
    async with db.reading(pool) as tx:
        counts = await queries.count_boxes(tx, agent)

    assert sorted(boxes["mine"]) == sorted(ids[1:3])
    assert sorted(boxes["all"]) == sorted(ids[1:])
    assert boxes["resolved"] == [ids[0]]
    ranks = [(await row_of(pool, one)).rank_at for one in boxes["unassigned"]]
    assert sorted(boxes["unassigned"]) == sorted(ids[3:7])
    assert ranks == sorted(ranks)  # type: ignore[type-var]
    assert counts == {"mine": 2, "unassigned": 4, "all": 8}


async def test_every_invariant_holds_after_all_of_this(pool: db.Pool) -> None:
    agent = await seated(pool, now=NOON)
    conversation, person = await spoken(pool, "一")
    await applied(pool, conversation, HUMAN, Accepted(agent), now=NOON)
    async with writing(pool) as writer:
        await writer.post(answered(conversation, agent, then=WaitThird(NOON + timedelta(hours=2))))
        await writer.post(said(conversation, person, "好"))

    assert [check for check in await invariant_checks(pool, NOON) if not check.ok] == []

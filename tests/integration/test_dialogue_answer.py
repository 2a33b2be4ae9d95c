"""The bot's pass on the database: whoever waits is answered, once, with the promise on the row."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.diagnosis_evidence import NOW, seen
from tests.support.dialogues import meaning
from tests.support.paper_wallet import PaperWallet, heard, underway, unheard
from tests.support.talking import applied, items_of, open_in, row_of, somebody, writing
from tests.support.talking import said as message
from walletdesk.bot.dialogue import jobs
from walletdesk.bot.understanding.model import Understood
from walletdesk.desk.conversations import jobs as conversations
from walletdesk.desk.conversations.model import BOUNDS, Item, ItemKind, Owner, Person, State
from walletdesk.desk.conversations.promise import HandedOff
from walletdesk.desk.helpcentre.actions import packaging
from walletdesk.desk.helpcentre.model import Packaged, Text, Topic
from walletdesk.desk.helpcentre.packaged import all_packaged
from walletdesk.diagnosis import jobs as diagnosis
from walletdesk.kit import db, events
from walletdesk.kit.ids import new_id
from walletdesk.kit.live import Hub
from walletdesk.wallet.gateway.model import CommandName, OutcomeState, RailState, Source, TransactionState

PAID = "我付钱了,商家没收到"


@dataclass
class Stated:
    """Understands what the test states; everything else not at all. Counts its batches."""

    meanings: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)

    def understand(self, texts: Sequence[str]) -> list[Understood]:
        self.batches.append(len(texts))
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Understood:
        intent, more = self.meanings.get(text, ("fees", {"decision": "human", "score": 0.1}))
        return meaning(text, intent, **more)


WORDS = Stated(
    {
        PAID: ("merchant_not_received", {}),
        "I paid but the shop says it got nothing": ("merchant_not_received", {}),
        "转账没到": ("not_arrived", {}),
        "你好": ("greeting", {}),
        "转人工": ("human", {}),
        "有人在转走我的钱": ("not_arrived", {"emergency": "money_leaving"}),
        "冻结账户": ("freeze_request", {}),
    }
)


@dataclass
class Bench:
    """A desk with a wallet on paper, somebody who talks, and workers that are run by hand."""

    pool: db.Pool
    wallet: PaperWallet = field(default_factory=PaperWallet)
    now: Any = NOW

    async def open(self, person: Person | None = None, **about: Any) -> tuple[UUID, Person]:
        who = person or somebody()
        return (await open_in(self.pool, who, now=self.now, **about)).id, who

    async def say(self, conversation: UUID, who: Person, text: str = PAID, **about: Any) -> None:
        async with writing(self.pool) as writer:
            await writer.post(message(conversation, who, text, **about))

    async def tap(self, conversation: UUID, who: Person, card: UUID | None, option: str) -> None:
        body = {"card_id": str(card) if card else None, "option": option}
        await self.say(conversation, who, option, kind=ItemKind.CHOICE, body=body)

    async def answer(self) -> int:
        return await jobs.answer(self.pool, self.wallet, WORDS, self.now, wait=True)

    async def work(self) -> None:
        """Let every other worker have its turn, a second later each, until nothing is left."""
        for _ in range(6):
            self.now += timedelta(seconds=1)
            moved = await diagnosis.run_commands(self.pool, self.wallet, self.now)
            moved += await diagnosis.run_follow_ups(self.pool, self.wallet, self.now)
            while await events.follow_once(self.pool, jobs.follower, self.now):
                pass
            moved += await jobs.tell_news(self.pool, self.wallet, self.now)
            moved += await jobs.overhear(self.pool, self.wallet, WORDS, self.now)
            if not moved:
                return

    async def bots(self, conversation: UUID) -> list[Item]:
        return [i for i in await items_of(self.pool, conversation) if i.author.kind == "bot"]

    async def card(self, conversation: UUID, name: str) -> Item:
        """The last card of a sort."""
        return [i for i in await self.bots(conversation) if (i.body or {}).get("card") == name][-1]


@pytest.fixture
def desk(pool: db.Pool, clock_at: Any) -> Any:
    with clock_at(NOW):
        yield Bench(pool)


async def silent(desk: Bench) -> tuple[UUID, Person, UUID]:
    """A customer whose shop was told nothing, and his conversation; the payment's id."""
    conversation, who = await desk.open()
    made = desk.wallet.write(who.id, unheard(), heard(created_at=NOW - timedelta(hours=5)))
    return conversation, who, made[0].transaction.id


# --- answering -----------------------------------------------------------------------------------------


async def test_a_money_question_is_answered_by_a_finding_and_its_promise(desk: Bench) -> None:
    conversation, who, payment = await silent(desk)
    await desk.say(conversation, who)

    assert await desk.answer() == 1

    card = await desk.card(conversation, "finding")
    assert card.body is not None
    assert (card.body["verdict"], card.body["transaction"]["id"]) == ("RENOTIFY", str(payment))
    row = await row_of(desk.pool, conversation)
    assert (row.state, row.owed_since, row.symptom, row.verdict) == (
        State.WAIT_THIRD, None, "MERCHANT_NOT_RECEIVED", "RENOTIFY",
    )  # fmt: skip
    assert row.subject == "街角咖啡 ¥28.00"
    assert row.debt_due_at is not None


async def test_he_is_answered_in_english_when_he_writes_english(desk: Bench) -> None:
    conversation, who, _ = await silent(desk)
    await desk.say(conversation, who, "I paid but the shop says it got nothing")

    await desk.answer()

    assert (await desk.card(conversation, "finding")).text.isascii() or "shop" in (
        await desk.card(conversation, "finding")
    ).text


async def test_a_chat_opened_from_a_transaction_is_answered_without_a_word(desk: Bench) -> None:
    who = somebody()
    [payment] = desk.wallet.write(who.id, unheard())
    conversation, _ = await desk.open(who, context={"transaction_id": str(payment.transaction.id)})

    assert await desk.answer() == 1

    assert (await desk.card(conversation, "finding")).body is not None
    assert (await row_of(desk.pool, conversation)).owed_since is None
    assert await desk.answer() == 0


async def test_many_are_understood_as_one_batch(desk: Bench) -> None:
    opened = [await desk.open() for _ in range(7)]
    for conversation, who in opened:
        await desk.say(conversation, who, "你好")
    WORDS.batches.clear()

    assert await desk.answer() == 7

    assert WORDS.batches == [1]
    for conversation, _ in opened:
        assert (await row_of(desk.pool, conversation)).state is State.WAIT_CUST


async def test_two_workers_at_once_answer_once(desk: Bench) -> None:
    opened = [await silent(desk) for _ in range(6)]
    for conversation, who, _ in opened:
        await desk.say(conversation, who)

    done = await asyncio.gather(*(desk.answer() for _ in range(4)))

    assert sum(done) == 6
    for conversation, _, _ in opened:
        cards = [i for i in await desk.bots(conversation) if (i.body or {}).get("card") == "finding"]
        assert len(cards) == 1


async def test_a_worker_that_dies_between_is_replaced_when_its_claim_has_run_out(desk: Bench) -> None:
    conversation, who, _ = await silent(desk)
    await desk.say(conversation, who)
    desk.wallet.slow[who.id] = 30
    dying = asyncio.ensure_future(desk.answer())
    await asyncio.sleep(0.5)
    dying.cancel()
    desk.wallet.slow.clear()

    assert await desk.answer() == 0, "somebody else may still be at it"
    desk.now = NOW + timedelta(seconds=13)
    assert await desk.answer() == 1

    assert desk.now - NOW < BOUNDS.bot
    assert len(await desk.bots(conversation)) == len({i.id for i in await desk.bots(conversation)})


async def test_a_slow_wallet_keeps_nobody_else_waiting(desk: Bench) -> None:
    slow, quick = await silent(desk), await silent(desk)
    desk.wallet.slow[slow[1].id] = 1.5
    for conversation, who, _ in (slow, quick):
        await desk.say(conversation, who)

    assert await jobs.answer(desk.pool, desk.wallet, WORDS, desk.now) == 2
    late, who, _ = await silent(desk)
    await desk.say(late, who)
    assert await jobs.answer(desk.pool, desk.wallet, WORDS, desk.now) == 1, "it did not wait for the slow one"

    await asyncio.sleep(1.5)
    assert await desk.bots(quick[0])
    assert await desk.bots(late)
    assert not await desk.bots(slow[0])
    await asyncio.sleep(4)
    assert await desk.bots(slow[0]), "its turn goes on beside the next passes"


async def test_a_bot_that_fails_twice_calls_a_person(desk: Bench) -> None:
    conversation, who, _ = await silent(desk)
    desk.wallet.broken.add(who.id)
    await desk.say(conversation, who)

    await desk.answer()
    assert (await row_of(desk.pool, conversation)).state is State.BOT
    assert await desk.answer() == 0, "not again at once"
    desk.now = NOW + timedelta(seconds=3)
    await desk.answer()

    row = await row_of(desk.pool, conversation)
    assert (row.state, row.human_wanted) == (State.QUEUED, True)
    assert row.owed_since is not None


async def test_a_failure_that_passes_is_made_good(desk: Bench) -> None:
    conversation, who, _ = await silent(desk)
    desk.wallet.broken.add(who.id)
    await desk.say(conversation, who)
    await desk.answer()
    desk.wallet.broken.clear()
    desk.now = NOW + timedelta(seconds=3)

    await desk.answer()

    assert (await row_of(desk.pool, conversation)).state is State.WAIT_THIRD


async def test_who_is_looked_into_for_long_sees_it(desk: Bench, database: str) -> None:
    hub, stop = Hub(), asyncio.Event()
    listening = asyncio.ensure_future(hub.listen(database, stop))
    conversation, who, _ = await silent(desk)
    seen: list[dict[str, Any]] = []
    hub.subscribe(f"conversation:{conversation}", lambda _topic, payload: seen.append(payload))
    desk.wallet.slow[who.id] = 0.8
    await asyncio.sleep(0.5)
    await desk.say(conversation, who)

    await desk.answer()
    await asyncio.sleep(0.3)

    assert {"typing": "bot", "on": True} in seen
    stop.set()
    await listening


async def test_a_text_that_cannot_be_read_fails_alone(desk: Bench) -> None:
    class Brittle(Stated):
        def understand(self, texts: Sequence[str]) -> list[Understood]:
            if "毒" in texts:
                raise ValueError("this text breaks it")
            return super().understand(texts)

    brittle = Brittle(WORDS.meanings)
    (bad, he), (good, she) = await desk.open(), await desk.open()
    await desk.say(bad, he, "毒")
    await desk.say(good, she, "你好")

    await jobs.answer(desk.pool, desk.wallet, brittle, desk.now, wait=True)

    assert (await row_of(desk.pool, good)).state is State.WAIT_CUST
    assert (await row_of(desk.pool, bad)).tries == 1


async def test_what_is_said_meanwhile_stays_owed_and_is_answered_next(desk: Bench) -> None:
    conversation, who, _ = await silent(desk)
    await desk.say(conversation, who)
    desk.wallet.slow[who.id] = 0.4
    answering = asyncio.ensure_future(desk.answer())
    await asyncio.sleep(0.3)
    await desk.say(conversation, who, "你好")
    await answering

    row = await row_of(desk.pool, conversation)
    assert (row.state, row.owed_since is not None) == (State.BOT, True)
    desk.wallet.slow.clear()
    await desk.answer()
    assert (await row_of(desk.pool, conversation)).owed_since is None


async def test_a_visitor_is_told_how_to_come_in_and_no_wallet_is_asked(desk: Bench) -> None:
    conversation, who = await desk.open(somebody("anonymous", None))
    await desk.say(conversation, who)

    await desk.answer()

    assert desk.wallet.reads == 0
    assert (await row_of(desk.pool, conversation)).state is State.WAIT_CUST


@pytest.mark.parametrize("turns", [["转人工"], ["你好", "转人工"], [PAID, "转人工"], ["啊", "转人工"]])
async def test_a_person_is_called_from_any_turn_with_a_note(desk: Bench, turns: list[str]) -> None:
    conversation, who, _ = await silent(desk)
    for turn in turns:
        await desk.say(conversation, who, turn)
        await desk.answer()

    row = await row_of(desk.pool, conversation)
    assert (row.state, row.owner_kind) == (State.QUEUED, Owner.QUEUE)
    await desk.work()
    [note] = [i for i in await desk.bots(conversation) if i.kind == "note"]
    assert note.for_staff_only
    assert ("E-" in note.text) == (PAID in turns)


async def test_a_conversation_that_people_have_taken_meanwhile_is_left_to_them(desk: Bench) -> None:
    conversation, who, _ = await silent(desk)
    await desk.say(conversation, who)
    desk.wallet.slow[who.id] = 0.4
    answering = asyncio.ensure_future(desk.answer())
    await asyncio.sleep(0.3)
    await applied(desk.pool, conversation, HandedOff("payments", 2, "asked"), now=NOW)

    assert await answering == 0

    assert await desk.bots(conversation) == []


# --- taps and commands ----------------------------------------------------------------------------------


async def test_a_tap_on_the_action_tells_the_shop_again_and_renews_the_card_in_its_place(desk: Bench) -> None:
    conversation, who, payment = await silent(desk)
    desk.wallet.after[payment] = heard()
    await desk.say(conversation, who)
    await desk.answer()
    card = await desk.card(conversation, "finding")

    await desk.tap(conversation, who, card.id, "command:resend_notice")
    await desk.answer()
    running = await desk.card(conversation, "finding")
    await desk.work()

    assert running.replaces == card.id
    assert running.body is not None
    assert running.body["actions"][0]["state"] == "running"
    [asked] = desk.wallet.acted.values()
    assert (asked.name, asked.transaction_id) == (CommandName.RESEND_NOTICE, payment)
    done = await desk.card(conversation, "finding")
    assert done.replaces == card.id
    assert done.body is not None
    assert done.body["verdict"] != "RENOTIFY"
    assert "已经重新通知商家" in (await desk.bots(conversation))[-1].text
    row = await row_of(desk.pool, conversation)
    assert (row.state, row.debt_kind) == (State.WAIT_CUST, None)


async def test_a_double_tap_asks_the_wallet_once(desk: Bench) -> None:
    conversation, who, _ = await silent(desk)
    await desk.say(conversation, who)
    await desk.answer()
    card = await desk.card(conversation, "finding")

    for _ in range(2):
        await desk.tap(conversation, who, card.id, "command:resend_notice")
    await desk.answer()
    await desk.tap(conversation, who, card.id, "command:resend_notice")
    await desk.answer()
    await desk.work()

    assert len(desk.wallet.acted) == 1


async def test_a_refused_command_is_said_and_hides_nothing(desk: Bench) -> None:
    conversation, who, _ = await silent(desk)
    desk.wallet.outcomes[CommandName.RESEND_NOTICE] = OutcomeState.REFUSED
    await desk.say(conversation, who)
    await desk.answer()
    card = await desk.card(conversation, "finding")
    await desk.tap(conversation, who, card.id, "command:resend_notice")
    await desk.answer()
    await desk.work()

    assert any("没有收下这次通知" in i.text for i in await desk.bots(conversation))


async def test_an_unknown_outcome_is_told_as_unknown_and_settled_later(desk: Bench) -> None:
    conversation, who, payment = await silent(desk)
    desk.wallet.outcomes[CommandName.RESEND_NOTICE] = OutcomeState.UNKNOWN
    await desk.say(conversation, who)
    await desk.answer()
    card = await desk.card(conversation, "finding")
    await desk.tap(conversation, who, card.id, "command:resend_notice")
    await desk.answer()
    await desk.work()
    row = await row_of(desk.pool, conversation)
    assert row.state is State.WAIT_THIRD, "news are still promised"

    desk.wallet.outcomes.clear()
    desk.wallet.after[payment] = heard()
    desk.now = NOW + timedelta(seconds=30)
    await desk.work()

    assert len(desk.wallet.acted) == 1, "asked again with the same key"
    assert (await row_of(desk.pool, conversation)).debt_kind is None


async def test_a_command_can_still_be_tapped_while_he_waits_for_a_person(desk: Bench) -> None:
    conversation, who, _ = await silent(desk)
    await desk.say(conversation, who)
    await desk.answer()
    card = await desk.card(conversation, "finding")
    await desk.say(conversation, who, "转人工")
    await desk.answer()
    before = await row_of(desk.pool, conversation)

    await desk.tap(conversation, who, card.id, "command:resend_notice")
    await desk.work()

    after = await row_of(desk.pool, conversation)
    assert len(desk.wallet.acted) == 1
    assert (after.state, after.rank_at) == (State.QUEUED, before.rank_at)
    assert (await desk.card(conversation, "finding")).replaces == card.id


async def test_a_tap_on_a_card_of_another_conversation_does_nothing(desk: Bench) -> None:
    theirs, them, _ = await silent(desk)
    await desk.say(theirs, them)
    await desk.answer()
    card = await desk.card(theirs, "finding")
    mine, me, _ = await silent(desk)

    await desk.tap(mine, me, card.id, "command:resend_notice")
    await desk.tap(mine, me, uuid4(), "command:resend_notice")
    while await desk.answer():
        pass
    await desk.work()

    assert desk.wallet.acted == {}
    assert (await row_of(desk.pool, mine)).owed_since is None


# --- news -------------------------------------------------------------------------------------------------


async def test_news_of_the_rail_are_told_and_the_debt_is_paid(desk: Bench) -> None:
    conversation, who = await desk.open()
    [transfer] = desk.wallet.write(who.id, underway())
    await desk.say(conversation, who, "转账没到")
    await desk.answer()
    first = await desk.card(conversation, "finding")
    assert (await row_of(desk.pool, conversation)).state is State.WAIT_THIRD

    desk.wallet.papers[who.id][:] = [_arrived(transfer)]
    desk.now = NOW + timedelta(minutes=2)
    await desk.work()

    news = await desk.card(conversation, "finding")
    assert news.replaces == first.id
    assert news.body is not None
    assert first.body is not None
    assert news.body["verdict"] != first.body["verdict"]
    row = await row_of(desk.pool, conversation)
    assert (row.state, row.debt_kind, row.owed_since) == (State.WAIT_CUST, None, None)


def _arrived(evidence: Any) -> Any:
    done = replace(evidence.transaction, state=TransactionState.SUCCEEDED, shown=TransactionState.SUCCEEDED)
    return replace(
        evidence,
        transaction=done,
        rail_state=seen(RailState.SUCCEEDED, Source.RAIL_QUERY),
        credited=seen(NOW + timedelta(minutes=1), Source.RAIL_QUERY, "rail_event/9"),
    )


async def test_news_that_come_while_a_person_has_it_move_nothing_but_are_seen(desk: Bench) -> None:
    conversation, who = await desk.open()
    [transfer] = desk.wallet.write(who.id, underway())
    await desk.say(conversation, who, "转账没到")
    await desk.answer()
    first = await desk.card(conversation, "finding")
    await desk.say(conversation, who, "转人工")
    await desk.answer()

    desk.wallet.papers[who.id][:] = [_arrived(transfer)]
    desk.now = NOW + timedelta(minutes=2)
    await desk.work()

    assert (await desk.card(conversation, "finding")).replaces == first.id
    row = await row_of(desk.pool, conversation)
    assert (row.state, row.debt_kind) == (State.QUEUED, None)


async def test_several_workers_tell_news_once(desk: Bench) -> None:
    conversation, who = await desk.open()
    [transfer] = desk.wallet.write(who.id, underway())
    await desk.say(conversation, who, "转账没到")
    await desk.answer()
    desk.wallet.papers[who.id][:] = [_arrived(transfer)]
    desk.now = NOW + timedelta(minutes=2)
    await diagnosis.run_follow_ups(desk.pool, desk.wallet, desk.now)
    while await events.follow_once(desk.pool, jobs.follower, desk.now):
        pass
    before = len(await desk.bots(conversation))

    await asyncio.gather(*(jobs.tell_news(desk.pool, desk.wallet, desk.now) for _ in range(4)))

    assert len(await desk.bots(conversation)) == before + 2


async def test_a_silent_customer_is_reminded_and_nothing_moves(desk: Bench) -> None:
    conversation, who = await desk.open()
    await desk.say(conversation, who, "你好")
    await desk.answer()
    desk.now = NOW + timedelta(hours=25)
    await conversations.sweep(desk.pool, desk.now)
    before = await row_of(desk.pool, conversation)

    await desk.work()

    after = await row_of(desk.pool, conversation)
    assert "您还在吗" in (await desk.bots(conversation))[-1].text
    assert (after.state, after.due_at) == (State.WAIT_CUST, before.due_at)


# --- safety ----------------------------------------------------------------------------------------------


async def test_an_emergency_goes_to_the_fraud_desk_before_all_others(desk: Bench) -> None:
    conversation, who, _ = await silent(desk)
    await desk.say(conversation, who, "有人在转走我的钱")

    await desk.answer()

    row = await row_of(desk.pool, conversation)
    assert (row.state, row.skill, row.priority_class) == (State.QUEUED, "fraud", 0)
    assert (await desk.card(conversation, "safety")).body is not None


async def test_an_emergency_said_in_the_queue_goes_to_its_head(desk: Bench) -> None:
    conversation, who, _ = await silent(desk)
    await desk.say(conversation, who, "转人工")
    await desk.answer()
    before = await row_of(desk.pool, conversation)

    await desk.say(conversation, who, "有人在转走我的钱")
    await desk.say(conversation, who, "有人在转走我的钱")
    await desk.work()

    after = await row_of(desk.pool, conversation)
    assert (after.state, after.skill, after.priority_class) == (State.QUEUED, "fraud", 0)
    assert after.rank_at is not None
    assert before.rank_at is not None
    assert after.rank_at < before.rank_at
    assert len([i for i in await desk.bots(conversation) if (i.body or {}).get("card") == "safety"]) == 1


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(OutcomeState.DONE, "done"), (OutcomeState.REFUSED, "refused"), (OutcomeState.UNKNOWN, "unknown")],
)
async def test_a_tap_freezes_the_wallet_even_from_the_queue(desk: Bench, outcome: OutcomeState, state: str) -> None:
    conversation, who, _ = await silent(desk)
    desk.wallet.outcomes[CommandName.FREEZE] = outcome
    await desk.say(conversation, who, "有人在转走我的钱")
    await desk.answer()
    card = await desk.card(conversation, "safety")

    await desk.tap(conversation, who, card.id, "command:freeze")
    await desk.work()

    renewed = await desk.card(conversation, "safety")
    assert renewed.replaces == card.id
    assert renewed.body is not None
    assert renewed.body["actions"][0]["state"] == state
    [asked] = desk.wallet.acted.values()
    assert (asked.name, asked.customer_id) == (CommandName.FREEZE, who.id)
    assert (await row_of(desk.pool, conversation)).state is State.QUEUED


async def test_a_freeze_without_an_answer_is_asked_again_with_the_same_key(desk: Bench) -> None:
    conversation, who, _ = await silent(desk)
    desk.wallet.outcomes[CommandName.FREEZE] = OutcomeState.UNKNOWN
    await desk.say(conversation, who, "冻结账户")
    await desk.answer()
    card = await desk.card(conversation, "safety")
    await desk.tap(conversation, who, card.id, "command:freeze")
    await desk.answer()
    await desk.work()
    assert (await row_of(desk.pool, conversation)).skill == "fraud", "nobody knows whether it is safe: a person"

    desk.wallet.outcomes.clear()
    desk.now = NOW + timedelta(seconds=30)
    await desk.work()

    assert len(desk.wallet.acted) == 1
    renewed = await desk.card(conversation, "safety")
    assert renewed.body is not None
    assert renewed.body["actions"][0]["state"] == "done"


async def test_nothing_is_left_on_the_list(desk: Bench, owner: Any) -> None:
    conversation, who, _ = await silent(desk)
    for turn in (PAID, "转人工", "你好"):
        await desk.say(conversation, who, turn)
        await desk.answer()
    await desk.work()

    assert await owner.fetchval("SELECT count(*) FROM dialogue.todo") == 0
    assert new_id() != conversation


# --- the help centre -----------------------------------------------------------------------------------


async def test_a_visitor_who_asks_how_gets_the_published_article_and_what_nobody_knows_is_noted(pool: db.Pool) -> None:
    async with db.transaction(pool) as tx:
        await packaging.load(tx, all_packaged(), now=NOW)
    bench = Bench(pool)
    words = Stated({
        "怎么转账": ("transfer_howto", {}),
        "你们卖茶叶吗 13800138000": ("out_of_scope", {"decision": "human", "in_scope": False}),
    })
    conversation, who = await bench.open(somebody("anonymous"))
    await bench.say(conversation, who, "怎么转账")
    await jobs.answer(pool, bench.wallet, words, NOW, wait=True)
    card = (await items_of(pool, conversation))[-1]
    assert card.body is not None
    assert (card.body["card"], card.body["title"]) == ("article", "怎么转账")
    assert card.body["link"]["href"] == "/help/transfer-howto?lang=zh"

    await bench.say(conversation, who, "你们卖茶叶吗 13800138000")
    await jobs.answer(pool, bench.wallet, words, NOW, wait=True)
    async with db.reading(pool) as tx:
        gaps = await tx.fetch("SELECT question, chats, searches FROM helpcentre.gap")
    assert [tuple(row.values()) for row in gaps] == [("你们卖茶叶吗 #", 1, 0)]

    text = Text("卖不卖茶叶", "我们不卖茶叶。\n\n1. 请去茶庄。", "你们卖茶叶吗", date(2026, 1, 1), date(2026, 9, 1))
    tea = Packaged("tea", None, Topic.SERVICE, "zh", text, "tea")
    async with db.transaction(pool) as tx:
        await packaging.load(tx, [tea], now=NOW)
    conversation, who = await bench.open(somebody("anonymous"))
    await bench.say(conversation, who, "你们卖茶叶吗 13800138000")
    await jobs.answer(pool, bench.wallet, words, NOW, wait=True)
    card = (await items_of(pool, conversation))[-1]
    assert card.body is not None
    assert card.body["lines"] == ["我们不卖茶叶。", "1. 请去茶庄。"]

"""The promise's state machine under arbitrary sequences of what can happen to a conversation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from walletdesk.desk.conversations.model import BOUNDS, LEVEL_MAX, Debt, Owner, Promise, State
from walletdesk.desk.conversations.promise import (
    Accepted,
    AgentAnswered,
    Aside,
    BotAnswered,
    BotFailed,
    CallEnded,
    CustomerSpoke,
    DueCame,
    HandedOff,
    HandOff,
    Happening,
    NewsCame,
    Offered,
    PromiseCall,
    Released,
    Resolve,
    StillWorking,
    WaitCustomer,
    WaitThird,
    opened,
    step,
)  # fmt: skip
from walletdesk.kit.refusal import Refusal

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MEI, BO = UUID(int=1), UUID(int=2)
agents = st.sampled_from([MEI, BO])
minutes = st.floats(min_value=0, max_value=600)


def thens(now: datetime) -> st.SearchStrategy[Any]:
    ahead = minutes.map(lambda m: now + timedelta(minutes=m))
    return st.one_of(
        st.builds(WaitCustomer, understood=st.booleans(), settles_debt=st.booleans()),
        st.builds(WaitThird, until=ahead),
        st.builds(PromiseCall, at=ahead),
        st.builds(StillWorking, until=ahead),
        st.builds(HandOff, skill=st.none(), priority_class=st.integers(0, 2), reason=st.just("asked")),
        st.just(Aside()),
    )


class PromiseMachine(RuleBasedStateMachine):
    @initialize(asked=st.booleans(), priority=st.integers(0, 2))
    def begin(self, asked: bool, priority: int) -> None:
        self.now = START
        self.row: Promise = opened(self.now, asked=asked, priority_class=priority)

    def happens(self, happening: Happening) -> None:
        before = self.row
        try:
            self.row, _ = step(before, happening, self.now)
        except Refusal:
            assert self.row is before
            return
        answered = isinstance(happening, BotAnswered | AgentAnswered | CallEnded | Resolve | DueCame)
        if before.owed_since is not None and self.row.owed_since != before.owed_since:
            assert answered, "only an answer takes away what is owed"
        if self.row.level < before.level:
            assert isinstance(happening, BotAnswered | AgentAnswered | CallEnded), "only an answer lowers it"

    @rule(seconds=st.floats(min_value=0, max_value=100_000))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def sweeper_comes(self) -> None:
        due = self.row.due_at is not None and self.row.due_at <= self.now
        self.happens(DueCame())
        if due and self.row.state is not State.RESOLVED:
            assert self.row.due_at is not None
            assert self.row.due_at > self.now, "a swept row has a new deadline"

    @rule(free=st.booleans())
    def customer_speaks(self, free: bool) -> None:
        self.happens(CustomerSpoke(agent_free=free))
        assert self.row.owed_since is not None
        assert self.row.state is not State.RESOLVED

    @rule(data=st.data(), unseen=st.booleans())
    def bot_answers(self, data: st.DataObject, unseen: bool) -> None:
        since = self.row.owed_since if unseen else None
        self.happens(BotAnswered(data.draw(thens(self.now)), since))

    @rule()
    def bot_fails(self) -> None:
        self.happens(BotFailed())
        assert not (self.row.state is State.BOT and self.row.tries >= BOUNDS.failed_turns_max), "H1"

    @rule(priority=st.integers(0, 2))
    def a_person_is_wanted(self, priority: int) -> None:
        live = self.row.state is not State.RESOLVED
        self.happens(HandedOff(None, priority, "asked"))
        if live:
            assert self.row.human_wanted, "H1: a person can be had from everywhere"

    @rule(agent=agents)
    def routing_offers(self, agent: UUID) -> None:
        self.happens(Offered(agent))

    @rule(agent=agents)
    def agent_accepts(self, agent: UUID) -> None:
        self.happens(Accepted(agent))

    @rule(agent=agents, data=st.data(), unseen=st.booleans())
    def agent_answers(self, agent: UUID, data: st.DataObject, unseen: bool) -> None:
        since = self.row.owed_since if unseen else None
        self.happens(AgentAnswered(agent, data.draw(thens(self.now)), since))

    @rule(agent=agents, gone=st.booleans())
    def agent_leaves(self, agent: UUID, gone: bool) -> None:
        self.happens(Released(agent, gone))
        assert self.row.owner_id != agent

    @rule()
    def news_come(self) -> None:
        self.happens(NewsCame())

    @rule(reached=st.booleans(), wrote=st.booleans())
    def call_ends(self, reached: bool, wrote: bool) -> None:
        self.happens(CallEnded(reached=reached, wrote_instead=wrote))

    @rule()
    def somebody_closes(self) -> None:
        owed = self.row.owed_since is not None or self.row.debt_kind is not None
        self.happens(Resolve())
        assert (self.row.state is State.RESOLVED) != owed or not owed

    @invariant()
    def live_rows_have_owner_and_deadline(self) -> None:
        live = self.row.state is not State.RESOLVED
        assert (self.row.due_at is not None) == live
        assert self.row.owner_kind is not None

    @invariant()
    def deadlines_are_within_their_bound(self) -> None:
        bounds = {
            State.BOT: BOUNDS.bot, State.QUEUED: BOUNDS.queued, State.OFFERED: BOUNDS.offered,
            State.AGENT: BOUNDS.agent, State.WAIT_CUST: BOUNDS.wait_customer,
            State.WAIT_THIRD: BOUNDS.wait_third_max, State.CALLBACK: BOUNDS.call_max,
        }  # fmt: skip
        if self.row.due_at is not None:
            assert self.row.due_at <= self.row.promised_at + bounds[self.row.state]

    @invariant()
    def nothing_is_owed_where_the_customer_has_the_word(self) -> None:
        if self.row.state in (State.WAIT_CUST, State.RESOLVED):
            assert self.row.owed_since is None
            assert self.row.debt_kind is None

    @invariant()
    def owners_fit_their_state(self) -> None:
        held = self.row.state in (State.OFFERED, State.AGENT)
        assert (self.row.owner_kind is Owner.AGENT) == held
        if held:
            assert self.row.owner_id is not None
        if self.row.state in (State.QUEUED, State.OFFERED):
            assert self.row.rank_at is not None
            assert self.row.owed_since is not None

    @invariant()
    def debts_are_whole(self) -> None:
        assert (self.row.debt_kind is None) == (self.row.debt_due_at is None)
        assert self.row.state is not State.WAIT_THIRD or self.row.debt_kind is Debt.NEWS
        assert self.row.state is not State.CALLBACK or self.row.debt_kind is Debt.CALL
        assert 0 <= self.row.level <= LEVEL_MAX


TestPromiseMachine = PromiseMachine.TestCase
TestPromiseMachine.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)

"""A desk under virtual time that drives the product's own state machine through every fault.

The rows (`Row`) survive a crash, everything else does not. Nothing but `promise.step` changes a row; a mutant
is a small change of the machine or of the driver around it, named in `MUTANTS`.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from walletdesk.desk.conversations.model import BOUNDS, Debt, Promise, State
from walletdesk.desk.conversations.promise import (
    Accepted,
    AgentAnswered,
    BotAnswered,
    BotFailed,
    CallEnded,
    CustomerSpoke,
    DueCame,
    Effect,
    HandedOff,
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

EPOCH = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SWEEP = 5.0
GRACE = SWEEP * 2 + 100
"""Longest outage of the server (90 s) and two sweeps."""
ANSWER_WITHIN = 1800.0
ACK_WITHIN = 5.0
CAPACITY = 2
AGENTS = [UUID(int=0xA0 + k) for k in range(7)]
FAR = EPOCH + timedelta(days=3650)

MUTANTS = (
    "memory_timer", "agent_gone", "offer_no_deadline", "third_no_deadline", "bot_swallow",
    "ignore_after_close", "close_unanswered", "strict_priority", "callback_dropped", "wall_clock",
    "dedupe_by_text", "sweeper_dies", "full_drop", "callback_in_memory", "no_dedupe",
)  # fmt: skip

_DEADLINE_MUTANTS = {
    "offer_no_deadline": State.OFFERED,
    "third_no_deadline": State.WAIT_THIRD,
}


def seconds(moment: datetime) -> float:
    return (moment - EPOCH).total_seconds()


class Row:
    """What the store keeps of one conversation: the promise and its messages."""

    def __init__(self, number: int, promise: Promise) -> None:
        self.number = number
        self.promise = promise
        self.stored: list[float] = []
        self.keys: set[float] = set()
        self.unread: list[float] = []
        self.call_slot: float | None = None
        self.call_promised = 0.0
        self.dropped = False


class World:
    """One seeded run; `failure` names the invariant that did not hold."""

    def __init__(self, seed: int, *, mutant: str | None = None, hours: float = 3.0) -> None:
        self.random = random.Random(seed)
        self.mutant = mutant
        self.horizon = hours * 3600
        self.time = 0.0
        self.skew = 0.0
        self.up = True
        self.up_since = 0.0
        self.outage = 0.0
        self.off_since: float | None = 0.0
        self.failure: tuple[str, object] | None = None
        self.rows: list[Row] = []
        self.live: dict[int, Row] = {}
        self.present: set[UUID] = set()
        self.gone: dict[UUID, float] = {}
        self.in_memory: set[int] = set()
        self.sent: dict[tuple[int, float], float] = {}
        self.acked: set[tuple[int, float]] = set()
        self.owed_marks: dict[int, tuple[datetime, float]] = {}
        self.answers = 0
        self._events: list[tuple[float, int, Callable[..., None], tuple[object, ...]]] = []
        self._count = 0

    # --- machinery ---------------------------------------------------------------------------

    def after(self, delay: float, call: Callable[..., None], *args: object) -> None:
        self._count += 1
        heapq.heappush(self._events, (self.time + max(0.0, delay), self._count, call, args))

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self.time)

    def clock(self) -> datetime:
        """The clock the machine is told; sound: the store's own monotone time."""
        return self.now() + timedelta(seconds=self.skew if self.mutant == "wall_clock" else 0.0)

    def move(self, row: Row, happening: object) -> tuple[Effect, ...]:
        """One transaction: the machine decides, the row is written."""
        before = row.promise
        after, effects = step(before, happening, self.clock())  # type: ignore[arg-type]
        if before.owed_since is not None and after.owed_since is None:
            self.answers += 1
        row.promise = self._mutated(before, after)
        if row.promise.owed_since is None or after.state is State.RESOLVED:
            row.unread.clear()
        self._keep(row, before)
        if Effect.QUEUED in effects:
            self.after(0.1, self.assign)
        return effects

    def _mutated(self, before: Promise, after: Promise) -> Promise:
        if _DEADLINE_MUTANTS.get(self.mutant or "") is after.state:
            return replace(after, due_at=FAR)
        if self.mutant == "callback_in_memory" and after.state is State.CALLBACK:
            return replace(after, due_at=self.clock() + timedelta(seconds=1800))
        return after

    def _keep(self, row: Row, before: Promise) -> None:
        if row.promise.state is State.RESOLVED:
            self.live.pop(row.number, None)
        else:
            self.live[row.number] = row
            if row.promise.due_at != before.due_at:
                self.in_memory.add(row.number)

    # --- customers -----------------------------------------------------------------------------

    def arrive(self) -> None:
        priority = self.random.choice((0, 1, 1, 2, 2, 2))
        row = Row(len(self.rows), opened(self.clock(), asked=False, priority_class=priority))
        self.rows.append(row)
        self.live[row.number] = row
        self.in_memory.add(row.number)
        self.say(row, self.random.random())
        if self.time < self.horizon * 0.7:
            self.after(self.random.expovariate(1 / 40.0), self.arrive)

    def say(self, row: Row, message: float) -> None:
        """At-least-once: the client repeats until it is acknowledged, so duplicates are normal."""
        self.sent.setdefault((row.number, message), self.time)
        if not self.up:
            self.after(self.random.uniform(1, 4), self.say, row, message)
            return
        if self.random.random() < 0.05:
            self.after(self.random.uniform(0, 8), self.say, row, message)
        key = round(message, 1) if self.mutant == "dedupe_by_text" else message
        if key not in row.keys or self.mutant == "no_dedupe":
            row.keys.add(key)
            row.stored.append(message)
            row.unread.append(self.time)
            if row.promise.state is not State.RESOLVED or self.mutant != "ignore_after_close":
                self._heard(row)
        self.acked.add((row.number, message))

    def _heard(self, row: Row) -> None:
        unread = list(row.unread)
        owner = row.promise.owner_id
        self.move(row, CustomerSpoke(agent_free=owner in self.present and self.load(owner) < CAPACITY))
        row.unread = unread
        if row.promise.state is State.BOT:
            self.after(self.random.uniform(0.3, 2), self.bot, row)
        elif row.promise.state is State.AGENT:
            self.after(self.random.expovariate(1 / 60.0), self.reply, row, row.promise.owner_id)

    def follow_up(self, row: Row) -> None:
        chance = self.random.random()
        if chance < 0.45:
            self.after(self.random.expovariate(1 / 40.0), self.say, row, self.random.random())
        elif chance < 0.55:
            self.after(self.random.expovariate(1 / 40.0), self.close, row)

    def close(self, row: Row) -> None:
        if not self.up or row.promise.state is not State.WAIT_CUST:
            return
        self.move(row, Resolve())
        if self.random.random() < 0.4:
            self.after(self.random.expovariate(1 / 300.0), self.say, row, self.random.random())

    def housekeeping(self) -> None:
        """Tries to close whatever is idle; the machine refuses where something is owed."""
        self.after(600, self.housekeeping)
        if not self.up:
            return
        for row in list(self.live.values()):
            idle = self.time - seconds(row.promise.promised_at)
            if self.mutant == "close_unanswered" and idle > 100:
                row.promise = replace(row.promise, state=State.RESOLVED, due_at=None, owner_id=None)
                self.live.pop(row.number, None)
            elif idle > 1500:
                try:
                    self.move(row, Resolve())
                except Refusal:
                    continue

    # --- the bot ---------------------------------------------------------------------------------

    def bot(self, row: Row) -> None:
        if not self.up or row.promise.state is not State.BOT or row.promise.owed_since is None:
            return
        chance = self.random.random()
        if chance < 0.08:  # hangs; the sound machine hands over when the deadline passes
            if self.mutant == "bot_swallow":
                row.promise = replace(row.promise, due_at=FAR)
        elif chance < 0.14:
            self.move(row, BotFailed())
            self.after(1, self.bot, row)
        elif chance < 0.2:
            self.move(row, BotAnswered(StillWorking(self.clock() + timedelta(seconds=15))))
            self.after(self.random.uniform(5, 30), self.bot, row)
        elif chance < 0.5:
            self.move(row, BotAnswered(WaitCustomer()))
            self.follow_up(row)
        elif chance < 0.6:
            self.move(row, BotAnswered(WaitCustomer(understood=False)))
            self.follow_up(row)
        elif chance < 0.65:
            self.move(row, BotAnswered(WaitThird(self.clock() + timedelta(seconds=900))))
            self._third_party(row)
        else:
            self.move(row, HandedOff(None, 2, "asked"))

    def _third_party(self, row: Row) -> None:
        if self.random.random() < 0.7:
            self.after(self.random.expovariate(1 / 600.0), self.news, row)

    def news(self, row: Row) -> None:
        if self.up and row.promise.debt_kind is Debt.NEWS:
            self.move(row, NewsCame())
            if row.promise.state is State.BOT:
                self.after(1, self.bot, row)

    # --- agents --------------------------------------------------------------------------------------

    def load(self, agent: UUID | None) -> int:
        held = (State.OFFERED, State.AGENT)
        return sum(r.promise.owner_id == agent and r.promise.state in held for r in self.live.values())

    def come(self, agent: UUID) -> None:
        self.present.add(agent)
        self.gone.pop(agent, None)
        if self.off_since is not None:
            self.outage += self.time - self.off_since
            self.off_since = None
        calm = self.time > self.horizon * 0.8
        if not calm:
            self.after(self.random.expovariate(1 / 3000.0) + 300, self.leave, agent)
        self.assign()

    def leave(self, agent: UUID) -> None:
        """Socket lost, shift over, browser closed: no goodbye is guaranteed."""
        self.present.discard(agent)
        self.gone[agent] = self.time
        if not self.present and self.off_since is None:
            self.off_since = self.time
        self.after(self.random.expovariate(1 / 200.0) + 5, self.come, agent)

    def expire_leases(self) -> None:
        """Who has not been heard of for 15 s loses what he holds; read from the store, so crash-proof."""
        self.after(5, self.expire_leases)
        if not self.up or self.mutant == "agent_gone":
            return
        lost = {a for a, since in self.gone.items() if self.time - since > 15}
        for row in list(self.live.values()):
            if row.promise.owner_id in lost:
                self.move(row, Released(row.promise.owner_id, gone=True))  # type: ignore[arg-type]

    def rank(self, row: Row) -> tuple[object, int]:
        if self.mutant == "strict_priority":
            since = row.promise.waiting_since or EPOCH
            return (row.promise.priority_class, since), row.number
        return row.promise.rank_at or EPOCH, row.number

    def assign(self) -> None:
        if not self.up:
            return
        queue = sorted((r for r in self.live.values() if r.promise.state is State.QUEUED), key=self.rank)
        loads = {agent: self.load(agent) for agent in sorted(self.present)}
        for row in queue:
            free = [agent for agent, load in loads.items() if load < CAPACITY]
            if not free:
                return
            agent = min(free, key=lambda a: loads[a])
            self._check_order(row, queue)
            loads[agent] += 1
            self.move(row, Offered(agent))
            if self.random.random() < 0.9:
                self.after(self.random.uniform(1, 8), self.accept, row, agent)

    def _check_order(self, row: Row, queue: list[Row]) -> None:
        """I9: nobody is passed over by more than the weight between the classes."""
        mine = row.promise
        for other in queue:
            theirs = other.promise
            if theirs.state is not State.QUEUED or theirs.waiting_since is None or not mine.waiting_since:
                continue
            passed = (mine.waiting_since - theirs.waiting_since).total_seconds()
            allowed = BOUNDS.weight(theirs.priority_class) - BOUNDS.weight(mine.priority_class)
            if passed > max(0.0, allowed.total_seconds()) + 1 and self.failure is None:
                self.failure = ("I9 passed over somebody who has waited longer", passed)

    def accept(self, row: Row, agent: UUID) -> None:
        held = row.promise.state is State.OFFERED and row.promise.owner_id == agent
        if self.up and agent in self.present and held:
            self.move(row, Accepted(agent))
            self.after(self.random.expovariate(1 / 45.0), self.reply, row, agent)

    def reply(self, row: Row, agent: UUID) -> None:
        holds = row.promise.state is State.AGENT and row.promise.owner_id == agent
        if not self.up or agent not in self.present or not holds or row.promise.owed_since is None:
            return
        chance = self.random.random()
        if chance < 0.04:
            return  # forgets: the deadline gives it back to the queue
        if chance < 0.12:
            self.move(row, AgentAnswered(agent, WaitThird(self.clock() + timedelta(seconds=1200))))
            self._third_party(row)
        elif chance < 0.18:
            slot = self.random.uniform(60, 900)
            self.move(row, AgentAnswered(agent, PromiseCall(self.clock() + timedelta(seconds=slot))))
            row.call_slot, row.call_promised = self.time + slot, self.time
            self.after(slot, self.call, row, row.call_slot)
        else:
            self.move(row, AgentAnswered(agent, WaitCustomer()))
            self.follow_up(row)
        self.after(0.1, self.assign)

    def call(self, row: Row, slot: float) -> None:
        """The dialler lives in memory: a crash loses it, and the promise on the row must not care."""
        if not self.up or row.promise.state is not State.CALLBACK or row.call_slot != slot:
            return
        reached = self.random.random() < 0.5
        vain = not reached and row.promise.call_tries >= 2
        if vain and self.mutant == "callback_dropped":
            row.promise = replace(
                row.promise, state=State.RESOLVED, owed_since=None, due_at=None, owner_id=None,
                debt_kind=None, debt_due_at=None,
            )  # fmt: skip
            row.dropped = True
            self.live.pop(row.number, None)
            return
        self.move(row, CallEnded(reached=reached, wrote_instead=vain))
        if reached or vain:
            row.call_slot = None
            self.follow_up(row)
        else:
            self.after(15, self.call, row, slot)

    # --- the sweeper: the only timer that matters -------------------------------------------------------

    def sweep(self) -> None:
        self.after(SWEEP, self.sweep)
        if not self.up or (self.mutant == "sweeper_dies" and self.time > 3000):
            return
        for row in list(self.live.values()):
            due = row.promise.due_at
            if due is None or due > self.clock():
                continue
            if self.mutant == "memory_timer" and row.number not in self.in_memory:
                continue
            if self.mutant == "full_drop" and row.promise.state is State.AGENT:
                row.promise = replace(row.promise, due_at=None)
                continue
            before = row.promise
            self.move(row, DueCame())
            self._check_ladder(before, row.promise)

    def _check_ladder(self, before: Promise, after: Promise) -> None:
        if after.level < before.level and after.owed_since is not None and self.failure is None:
            self.failure = ("I4 level fell without an answer", after.state)

    # --- faults ---------------------------------------------------------------------------------------------

    def crash(self) -> None:
        self.up = False
        self.in_memory.clear()
        down = self.random.uniform(1, 90)
        self.outage += down
        for row in self.rows:
            row.call_slot = None
        self.after(down, self.restart)

    def restart(self) -> None:
        self.up, self.up_since = True, self.time
        self.skew = self.random.uniform(-7200, 60)
        self.assign()
        if self.time < self.horizon * 0.8:
            self.after(self.random.expovariate(1 / 1200.0), self.crash)

    # --- the properties -----------------------------------------------------------------------------------------

    def run(self) -> World:
        for agent in AGENTS:
            self.after(self.random.uniform(0, 60), self.come, agent)
        self.after(1, self.arrive)
        self.after(SWEEP, self.sweep)
        self.after(5, self.expire_leases)
        self.after(self.random.expovariate(1 / 1200.0), self.crash)
        self.after(600, self.housekeeping)
        checked = 0.0
        while self._events and self.failure is None:
            at, _, call, args = heapq.heappop(self._events)
            if at > self.horizon:
                break
            self.time = at
            call(*args)
            if at - checked > 20:
                checked = at
                self.failure = self.failure or self.check()
        self.failure = self.failure or self.check() or self._check_liveness()
        return self

    def _check_liveness(self) -> tuple[str, object] | None:
        owed = [
            row.number
            for row in self.live.values()
            if row.promise.owed_since is not None
            and row.promise.state is not State.CALLBACK
            and self.time - seconds(row.promise.owed_since) > 600
        ]
        return ("L1 still owed after the faults stopped", owed[:5]) if owed else None

    def check(self) -> tuple[str, object] | None:
        out = self.outage + (self.time - self.off_since if self.off_since is not None else 0.0)
        for row in self.rows:
            found = self._check_row(row) or self._check_answer(row, out)
            if found:
                return found, (row.number, row.promise)
        for agent in self.present:
            if self.load(agent) > CAPACITY:
                return "I7 agent over capacity", agent
        return self._check_messages()

    def _check_row(self, row: Row) -> str | None:
        promise = row.promise
        if promise.state is State.RESOLVED:
            if row.unread:
                return "I5 closed over an unanswered message"
            return "I5 promised call dropped without a word" if row.dropped else None
        if promise.due_at is None:
            return "I1 live row without deadline"
        if seconds(promise.due_at) > self.time + bound_seconds(promise) + 1:
            return "I1 deadline beyond the bound of its state"
        if self.up and seconds(promise.due_at) < self.time - GRACE:
            return "I3 deadline passed and nothing moved"
        return self._check_holder(promise)

    def _check_holder(self, promise: Promise) -> str | None:
        if promise.state is State.CALLBACK and promise.debt_kind is not Debt.CALL:
            return "I5 promised call without a debt"
        if promise.state in (State.OFFERED, State.AGENT) and self.up and promise.owner_id in self.gone:
            if self.time - max(self.gone[promise.owner_id], self.up_since) > 60:
                return "I8 held by somebody who is not there"
        return None

    def _check_answer(self, row: Row, out: float) -> str | None:
        owed = row.promise.owed_since
        if row.unread and owed is None:
            return "I2 a message that nobody owes an answer to"
        if owed is None:
            self.owed_marks.pop(row.number, None)
            return None
        if self.owed_marks.get(row.number, (None,))[0] != owed:
            self.owed_marks[row.number] = (owed, out)
        lost = out - self.owed_marks[row.number][1]
        if row.promise.state is not State.CALLBACK and self.time - seconds(owed) > ANSWER_WITHIN + lost + GRACE:
            return "I2 customer waits beyond the bound"
        return None

    def _check_messages(self) -> tuple[str, object] | None:
        if not self.up or self.time - self.up_since <= 30:
            return None
        for (number, message), sent_at in self.sent.items():
            count = self.rows[number].stored.count(message)
            if count > 1:
                return "I6 message stored twice", number
            if count == 0 and self.time - sent_at > 130:
                return "I6 message the client sent is not stored", number
            if (number, message) not in self.acked and self.time - sent_at > ACK_WITHIN + 100:
                return "I2 no acknowledgement", number
        return None


_BOUND_OF = {
    State.BOT: BOUNDS.bot, State.QUEUED: BOUNDS.queued, State.OFFERED: BOUNDS.offered,
    State.AGENT: BOUNDS.agent, State.WAIT_CUST: BOUNDS.wait_customer,
}  # fmt: skip


def bound_seconds(promise: Promise) -> float:
    """How far ahead the deadline of a row may be; of a debt, what was promised."""
    if promise.debt_due_at is not None and promise.state in (State.WAIT_THIRD, State.CALLBACK):
        return max(0.0, (promise.debt_due_at - promise.promised_at).total_seconds())
    return _BOUND_OF[promise.state].total_seconds()

"""Orders to a rail: how they move by what is said of them, and what the rails' codes mean. Pure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final
from uuid import UUID


class Rail(StrEnum):
    """Whom we send orders to; each speaks its own codes."""

    CARD = "card"
    NETUNION = "netunion"
    ISO20022 = "iso20022"


class State(StrEnum):
    """Where an order stands. `missing`: sent, but the rail has no record of it."""

    WAITING = "waiting"
    SENT = "sent"
    MISSING = "missing"
    ACCEPTED = "accepted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"


class Said(StrEnum):
    """What a rail can say of an order."""

    ACCEPTED = "accepted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETURNED = "returned"
    BANK_DEBITED = "bank_debited"
    MISSING = "missing"


class By(StrEnum):
    """How we learned it: the answer to the order, to a question, or news that came by itself."""

    ANSWER = "answer"
    QUERY = "query"
    WEBHOOK = "webhook"


OPEN: Final = frozenset({State.WAITING, State.SENT, State.MISSING, State.ACCEPTED})
SURE: Final = frozenset({By.ANSWER.value, By.QUERY.value})
"""Answers to us count more than news, which can be old, doubled or wrong."""

ASK_AFTER: Final = tuple(timedelta(seconds=s) for s in (10, 10, 10, 10, 60, 300, 1_800))
"""When an order without an end is asked for; after the last one every half hour, from the second day every six."""
ASK_RARELY: Final = timedelta(hours=6)
SENDS_MAX: Final = 3
"""How often an order is sent that the rail says it has no record of; the reference makes repeating harmless."""
GIVE_UP_AFTER: Final = timedelta(seconds=60)
"""How long an instant order that the rail refuses to take (503) is offered again before it counts as failed."""
GIVE_UP_OTHER: Final = timedelta(minutes=30)
OFFER_AGAIN_AFTER: Final = timedelta(seconds=5)
ANSWER_EXPECTED: Final = timedelta(seconds=30)
"""After so long without an end the customer's app shows a failure, whatever comes later."""
TIMELY_INSTANT: Final = timedelta(minutes=30)
TIMELY_OTHER: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stands; the database's row."""

    id: UUID
    customer_id: UUID
    rail: Rail
    kind: str
    amount_minor: int
    currency: str
    bank: str
    account_tail: str
    payee_name: str | None
    mode: str
    state: State
    answered_by: str | None
    rail_ref: str | None
    code: str | None
    reason: str | None
    conflict: bool
    unapplied: bool
    bank_debited: bool
    cleared_minor: int
    sends: int
    unanswered: int
    queries: int
    due_at: datetime | None
    created_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None

    def __post_init__(self) -> None:
        """Turn the words of the database into ours."""
        object.__setattr__(self, "rail", Rail(self.rail))
        object.__setattr__(self, "state", State(self.state))

    @property
    def sure(self) -> bool:
        """Was the state an answer to us, not mere news?"""
        return self.answered_by in SURE


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that was said of an order."""

    said: Said
    code: str
    at: datetime
    rail_ref: str


class Effect(StrEnum):
    """What our books have to do because of an answer."""

    NONE = "none"
    SUCCEED = "succeed"
    FAIL = "fail"
    RETURN = "return"


def apply(order: Order, answer: Answer, by: By, now: datetime) -> tuple[Order, Effect]:
    """Move an order by what was said of it; the same said twice changes nothing the second time.

    The first end that answers a question of ours stays, only a return may follow a success. News of a success is
    believed; news of anything else makes us ask at once. What ends too late is `unapplied`: it waits for the
    reconciliation of the next day, or for a command that proves it.
    """
    order = replace(order, rail_ref=answer.rail_ref or order.rail_ref)
    return _RULES[answer.said](order, answer, by, now)


def _accepted(order: Order, answer: Answer, by: By, now: datetime) -> tuple[Order, Effect]:
    if order.state in OPEN - {State.ACCEPTED}:
        order = replace(order, state=State.ACCEPTED, answered_by=by.value, code=answer.code)
        order = replace(order, due_at=order.due_at or next_query(order, now))
    return order, Effect.NONE


def _missing(order: Order, answer: Answer, by: By, now: datetime) -> tuple[Order, Effect]:
    del answer, now
    if order.state is State.SENT:
        order = replace(order, state=State.MISSING, answered_by=by.value)
    return order, Effect.NONE


def _bank_debited(order: Order, answer: Answer, by: By, now: datetime) -> tuple[Order, Effect]:
    del answer, by, now
    return replace(order, bank_debited=True), Effect.NONE


def _succeeded(order: Order, answer: Answer, by: By, now: datetime) -> tuple[Order, Effect]:
    if order.state in OPEN:
        return _end(order, State.SUCCEEDED, answer, by, now), Effect.SUCCEED
    if order.state is State.SUCCEEDED and by.value in SURE:
        # What was news is proved now; a contradiction in between is settled.
        return replace(order, answered_by=by.value, conflict=False, due_at=None), Effect.NONE
    if order.state is State.FAILED:
        return replace(order, conflict=True), Effect.NONE
    return order, Effect.NONE


def _failed(order: Order, answer: Answer, by: By, now: datetime) -> tuple[Order, Effect]:
    if order.state in OPEN:
        if by.value not in SURE:
            return replace(order, due_at=now), Effect.NONE
        ended = _end(order, State.FAILED, answer, by, now)
        return _timely(ended, order, Effect.FAIL, now)
    if order.state is State.SUCCEEDED:
        if by.value not in SURE:
            return replace(order, conflict=True, due_at=None if order.sure else now), Effect.NONE
        if order.sure:
            return replace(order, conflict=True), Effect.NONE
        ended = _end(order, State.FAILED, answer, by, now)
        return replace(ended, conflict=True, unapplied=True), Effect.NONE
    return order, Effect.NONE


def _returned(order: Order, answer: Answer, by: By, now: datetime) -> tuple[Order, Effect]:
    if order.state not in OPEN and order.state is not State.SUCCEEDED:
        return order, Effect.NONE
    if by.value not in SURE:
        return replace(order, due_at=now), Effect.NONE
    ended = _end(order, State.RETURNED, answer, by, now)
    return _timely(ended, order, Effect.RETURN, now)


_RULES: Final = {
    Said.ACCEPTED: _accepted,
    Said.MISSING: _missing,
    Said.BANK_DEBITED: _bank_debited,
    Said.SUCCEEDED: _succeeded,
    Said.FAILED: _failed,
    Said.RETURNED: _returned,
}


def _end(order: Order, state: State, answer: Answer, by: By, now: datetime) -> Order:
    reason = None if state is State.SUCCEEDED else reason_of(order.rail, answer.code, state)
    return replace(
        order, state=state, answered_by=by.value, code=answer.code, reason=reason, due_at=None, ended_at=now
    )


def _timely(ended: Order, before: Order, effect: Effect, now: datetime) -> tuple[Order, Effect]:
    """Follow an end that comes while the customer may still be waiting; keep a later one for people to see."""
    window = TIMELY_INSTANT if before.mode == "instant" else TIMELY_OTHER
    if now - (before.sent_at or before.created_at) <= window:
        return ended, effect
    return replace(ended, unapplied=True), Effect.NONE


def unanswered(order: Order, now: datetime) -> Order:
    """Note that nobody answered: whether the order arrived is not known, so it is asked for, never sent anew."""
    order = replace(order, unanswered=order.unanswered + 1)
    if order.state is State.WAITING:
        order = replace(order, state=State.SENT, sent_at=order.sent_at or now)
    return replace(order, due_at=next_query(order, now))


def refused(order: Order, now: datetime) -> tuple[Order, Effect]:
    """Note that the rail did not take the order (503): it is offered again for a while, then it has failed.

    Only an order of which no sending was ever left without an answer can be given up: the others may have arrived.
    """
    if order.state is not State.WAITING or order.unanswered:
        return replace(order, due_at=next_query(order, now)), Effect.NONE
    patience = GIVE_UP_AFTER if order.mode == "instant" else GIVE_UP_OTHER
    if now - order.created_at <= patience:
        return replace(order, due_at=now + OFFER_AGAIN_AFTER), Effect.NONE
    failed = replace(order, state=State.FAILED, answered_by="wallet", reason="rail_down", due_at=None, ended_at=now)
    return failed, Effect.FAIL


def lost(order: Order, now: datetime) -> Order:
    """End an order of which the rail, asked for a day, has no record."""
    return replace(
        order, state=State.FAILED, answered_by=By.QUERY.value, reason="not_found", due_at=None, ended_at=now
    )


def next_query(order: Order, now: datetime) -> datetime:
    """Return when an order without an end is asked for next."""
    if order.queries < len(ASK_AFTER):
        return now + ASK_AFTER[order.queries]
    young = now - order.created_at < timedelta(days=1)
    return now + (ASK_AFTER[-1] if young else ASK_RARELY)


def may_send_again(order: Order) -> bool:
    """Say whether an order of which the rail has no record may be sent again under its reference."""
    return order.state is State.MISSING and order.sends < SENDS_MAX and not order.bank_debited


@cache
def _codes() -> dict[str, dict[str, str]]:
    text = resources.files("walletdesk.wallet.reference.rails").joinpath("codes.toml").read_text(encoding="utf-8")
    return {
        rail: {code: meaning for meaning, codes in meanings.items() for code in codes}
        for rail, meanings in tomllib.loads(text).items()
    }


def meaning_of(rail: Rail, code: str) -> str | None:
    """Return what a rail's code means: `ok`, `wait`, a reason, or None where it stands in no table."""
    return _codes()[rail.value].get(code)


def reason_of(rail: Rail, code: str, state: State) -> str:
    """Return why an order ended badly, in the one vocabulary.

    Where the rail says failed with a code that means anything else, the refusal stands and its reason is not known.
    """
    meaning = meaning_of(rail, code)
    if meaning in (None, "ok", "wait"):
        return "returned" if state is State.RETURNED else "do_not_honor"
    return str(meaning)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing a rail said, as it was kept."""

    id: UUID
    order_id: UUID | None
    kind: str
    source: str
    code: str
    rail_ref: str
    at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank with its names."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An announced disturbance."""

    id: UUID
    scope: str
    zh: str
    en: str
    opened_at: datetime
    expected_end: datetime | None

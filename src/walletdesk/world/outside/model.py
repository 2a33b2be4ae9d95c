"""How the outside world behaves: faults as words, and the fate of an order as a pure function of them.

A fault is written `name`, `name:parameter` or several joined by `+`, e.g. `silent:90+decline:funds`. Which
fault counts is decided by scope, the narrowest first: order, customer, then shop or rail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import ClassVar, Final
from uuid import UUID

from walletdesk.kit.refusal import Kind, Refusal


class FaultName(StrEnum):
    """One way in which a rail, a bank or a shop misbehaves."""

    NONE = "none"
    DELAY = "delay"
    """The outcome comes later, by `delay:<seconds>`."""
    LOSE = "lose"
    """The order is carried out, but the answer and all news of it are lost; asking helps."""
    DROP = "drop"
    """The order is lost on its way; the rail has no record of it."""
    DUPLICATE = "duplicate"
    """All news come twice."""
    DECLINE = "decline"
    """The order is declined, `decline:<reason or the rail's own code>`."""
    RETURN = "return"
    """The order is carried out and then returned by the payee's bank, `return:<reason or code>`."""
    CONTRADICT = "contradict"
    """First the news of a success, then of a failure; asked, the rail says failure."""
    CONTRADICT_GOOD = "contradict_good"
    """First the news of a failure, then of a success; asked, the rail says success."""
    SILENT = "silent"
    """Nobody answers, `silent:<seconds>` or until it is switched off; the order may have arrived."""
    DOWN = "down"
    """Everything is refused with 503; nothing arrives."""
    BANK_DEBIT = "bank_debit"
    """The customer's bank takes the money, the rail knows nothing."""
    SHOP_SILENT = "shop_silent"
    """A shop does not answer."""
    SHOP_DOWN = "shop_down"
    """A shop refuses everything with 503."""
    ERROR = "error"
    """A shop answers 500."""
    OK_BUT_OPEN = "ok_but_open"
    """A shop answers 200 and leaves the order open."""
    CLOSED = "closed"
    """A shop closed the order before it was paid."""
    NO_ORDER = "no_order"
    """A shop does not find the order."""
    CHAOS = "chaos"
    """Any of the others, by chance under the seed, for `chaos:<percent>` of the orders."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault with its parameter."""

    name: FaultName
    parameter: str | None = None

    def seconds(self, otherwise: float) -> float:
        """Read the parameter as seconds."""
        return float(self.parameter) if self.parameter else otherwise


Faults = Mapping[FaultName, Fault]
NO_FAULTS: Final[Faults] = {}

_SECONDS: Final = frozenset({FaultName.DELAY, FaultName.SILENT, FaultName.CHAOS})
_CODE: Final = frozenset({FaultName.DECLINE, FaultName.RETURN})
SECONDS_MAX: Final = 90 * 86_400
_CHAOS: Final = (
    "delay:20", "lose", "drop", "duplicate", "decline:funds", "decline:limit_amount", "decline:05",
    "return:account_closed", "contradict", "contradict_good", "silent:30", "silent:15+decline:fraud",
    "bank_debit", "delay:8+duplicate",
)  # fmt: skip


class FaultUnknown(Refusal):
    """There is no such fault or scope."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "world.fault_unknown"


class RailUnknown(Refusal):
    """There is no such rail."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "world.rail_unknown"


class OrderDiffers(Refusal):
    """An order of this reference exists and is another one."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "world.order_differs"


def parse_faults(text: str) -> Faults:
    """Read faults; `none` and the empty text are no fault.

    Raises:
        FaultUnknown: A name or parameter has no meaning.
    """
    found: dict[FaultName, Fault] = {}
    for part in text.split("+"):
        name, _, parameter = part.strip().partition(":")
        if name in ("", FaultName.NONE):
            continue
        try:
            fault = Fault(FaultName(name), parameter or None)
        except ValueError as error:
            raise FaultUnknown(field="fault", fault=part) from error
        _refuse_parameter(fault, part)
        found[fault.name] = fault
    return found


def _refuse_parameter(fault: Fault, text: str) -> None:
    if fault.name in _CODE:
        good = fault.parameter is None or (len(fault.parameter) <= 30 and fault.parameter.isascii())
    elif fault.name in _SECONDS:
        good = fault.parameter is None or (fault.parameter.isdigit() and int(fault.parameter) <= SECONDS_MAX)
    else:
        good = fault.parameter is None
    if not good:
        raise FaultUnknown(field="fault", fault=text)


SCOPES: Final = ("rail", "shop", "order", "customer")


def check_scope(scope: str) -> str:
    """Return a scope as it is, e.g. `shop:<id>`.

    Raises:
        FaultUnknown: It is not one of rail, shop, order, customer with an id.
    """
    kind, _, name = scope.partition(":")
    if kind not in SCOPES or not name or len(scope) > 150:
        raise FaultUnknown(field="scope", fault=scope)
    return scope


CODES: Final[dict[str, dict[str, str]]] = {
    "card": {
        "ok": "00", "funds": "51", "limit_amount": "61", "limit_count": "65", "pin_wrong": "55",
        "pin_locked": "75", "auth_needed": "1A", "card_expired": "54", "account_invalid": "14",
        "account_closed": "46", "account_blocked": "62", "lost_stolen": "43", "fraud": "59",
        "not_permitted": "57", "do_not_honor": "05", "merchant_invalid": "03", "amount_invalid": "13",
        "duplicate": "94", "unknown": "68", "rail_down": "91", "system": "96", "name_mismatch": "14",
        "returned": "25",
    },
    "netunion": {
        "ok": "00", "funds": "64", "limit_amount": "33", "limit_count": "33", "pin_wrong": "65",
        "pin_locked": "67", "auth_needed": "71", "card_expired": "73", "account_invalid": "61",
        "name_mismatch": "66", "account_closed": "63", "account_blocked": "63", "lost_stolen": "38",
        "fraud": "38", "not_permitted": "62", "do_not_honor": "60", "merchant_invalid": "31",
        "duplicate": "12", "unknown": "03", "rail_down": "02", "system": "01", "returned": "63",
    },
    "iso20022": {
        "ok": "ACSC", "funds": "AM04", "limit_amount": "AM02", "limit_count": "AM14",
        "account_invalid": "AC01", "name_mismatch": "BE01", "account_closed": "AC04",
        "account_blocked": "AC06", "fraud": "FRAD", "not_permitted": "AG01", "do_not_honor": "MS03",
        "duplicate": "AM05", "unknown": "PDNG", "rail_down": "AB05", "system": "TECH",
        "returned": "FOCR", "regulatory": "RR04", "card_expired": "AG01", "pin_wrong": "AG01",
    },
}  # fmt: skip
"""The languages of the rails (`wallet.md` section 4): ISO 8583, 网联, ISO 20022. Reason -> the rail's own code."""

ACCEPTED_CODE: Final = {"card": "09", "netunion": "05", "iso20022": "ACSP"}


def code_for(rail: str, word: str | None, otherwise: str) -> str:
    """Return a reason in the rail's own language; a word that is no reason is such a code already."""
    return CODES[rail].get(word or otherwise, word or CODES[rail][otherwise])


@dataclass(frozen=True, slots=True)
class RailOrder:
    """What a wallet asks of a rail; the amount in minor units."""

    ref: str
    rail: str
    kind: str
    amount_minor: int
    currency: str
    bank: str
    account_tail: str
    payee_name: str | None
    mode: str


@dataclass(frozen=True, slots=True)
class News:
    """One thing the rail will say of an order, and when."""

    kind: str
    code: str
    due_at: datetime


class Reply(StrEnum):
    """How the rail answers the one who sends an order."""

    ANSWER = "answer"
    HANG = "hang"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an order. `arrives` is false where nothing is stored at all."""

    reply: Reply
    arrives: bool
    known: bool
    outcome: str
    code: str
    outcome_at: datetime
    silent_until: datetime | None = None
    interim_at: datetime | None = None
    """From when on the rail says that it succeeded, before it says that it was returned."""
    news: tuple[News, ...] = field(default_factory=tuple)


FAR: Final = timedelta(days=3650)
_INSTANT_SECONDS: Final = {"payment": (0.0, 0.0), "top_up": (0.5, 2.0)}
_ORDINARY_SECONDS: Final = (600.0, 5_400.0)
_DELAY_SECONDS: Final = 90.0
_INTERIM: Final = timedelta(seconds=3)


def fate_of(order: RailOrder, faults: Faults, *, seed: int, now: datetime) -> Fate:
    """Decide what becomes of an order; the same seed, reference and faults decide the same.

    Raises:
        RailUnknown: There is no such rail.
    """
    if order.rail not in CODES:
        raise RailUnknown(field="rail", rail=order.rail)
    chance = Random(f"{seed}:{order.ref}")  # noqa: S311 - a simulation
    faults = _chosen(faults, chance)
    if FaultName.DOWN in faults:
        return _never(Reply.DOWN, now)
    if FaultName.DROP in faults:
        return _never(Reply.HANG, now)
    outcome, code = _outcome(order, faults)
    outcome_at = now + timedelta(seconds=_seconds(order, faults, chance))
    silent = faults.get(FaultName.SILENT)
    silent_until = now + (timedelta(seconds=silent.seconds(0)) if silent and silent.parameter else FAR)
    lost = FaultName.LOSE in faults or FaultName.BANK_DEBIT in faults or silent is not None
    return Fate(
        reply=Reply.HANG if lost else Reply.ANSWER,
        arrives=True,
        known=FaultName.BANK_DEBIT not in faults,
        outcome=outcome,
        code=code,
        outcome_at=outcome_at,
        silent_until=silent_until if silent else None,
        interim_at=now + _INTERIM if outcome == "returned" else None,
        news=_news(order, faults, outcome, code, outcome_at, silent_until if silent else None, now),
    )


def _chosen(faults: Faults, chance: Random) -> Faults:
    """Throw the dice where the fault is chance itself."""
    chaos = faults.get(FaultName.CHAOS)
    if chaos is None:
        return faults
    rest = {name: fault for name, fault in faults.items() if name is not FaultName.CHAOS}
    if chance.random() * 100 >= chaos.seconds(50):
        return rest
    return {**rest, **parse_faults(chance.choice(_CHAOS))}


def _never(reply: Reply, now: datetime) -> Fate:
    return Fate(reply, arrives=False, known=False, outcome="failed", code="", outcome_at=now)


def _outcome(order: RailOrder, faults: Faults) -> tuple[str, str]:
    if (decline := faults.get(FaultName.DECLINE)) is not None:
        return "failed", code_for(order.rail, decline.parameter, "do_not_honor")
    if FaultName.CONTRADICT in faults:
        return "failed", code_for(order.rail, None, "do_not_honor")
    if (returned := faults.get(FaultName.RETURN)) is not None:
        return "returned", code_for(order.rail, returned.parameter, "account_closed")
    return "succeeded", CODES[order.rail]["ok"]


def _seconds(order: RailOrder, faults: Faults, chance: Random) -> float:
    low, high = _INSTANT_SECONDS.get(order.kind, (0.5, 3.0))
    if order.mode == "ordinary" and order.kind != "payment":
        low, high = _ORDINARY_SECONDS
    usual = chance.uniform(low, high)
    if (delay := faults.get(FaultName.DELAY)) is not None:
        usual += delay.seconds(_DELAY_SECONDS)
    if FaultName.CONTRADICT in faults or FaultName.RETURN in faults:
        usual += 20.0
    return usual


def _news(
    order: RailOrder,
    faults: Faults,
    outcome: str,
    code: str,
    outcome_at: datetime,
    silent_until: datetime | None,
    now: datetime,
) -> tuple[News, ...]:
    """List what the rail will say by itself; lost and silent orders say nothing, or later."""
    if FaultName.BANK_DEBIT in faults:
        return (News("bank_debited", CODES[order.rail]["ok"], now + timedelta(seconds=5)),)
    if FaultName.LOSE in faults:
        return ()
    said = [*_before(order, faults, outcome, outcome_at, now), News(outcome, code, outcome_at)]
    if FaultName.DUPLICATE in faults:
        said = [twice for one in said for twice in (one, one)]
    if silent_until is not None:
        said = [News(one.kind, one.code, max(one.due_at, silent_until)) for one in said]
    return tuple(said)


def _before(order: RailOrder, faults: Faults, outcome: str, outcome_at: datetime, now: datetime) -> list[News]:
    """List what the rail says before the end: mostly that it has the order, sometimes what is not true (any more)."""
    ok, no = CODES[order.rail]["ok"], CODES[order.rail]["do_not_honor"]
    if FaultName.CONTRADICT_GOOD in faults:
        return [News("failed", no, now)]
    if outcome_at <= now:
        return []
    accepted = News("accepted", ACCEPTED_CODE[order.rail], now)
    if FaultName.CONTRADICT in faults or outcome == "returned":
        return [accepted, News("succeeded", ok, now + _INTERIM)]
    return [accepted]


def rail_ref(rail: str, ref: str, seed: int) -> str:
    """Number an order as rails do: letters of the rail and fourteen digits."""
    digits = int.from_bytes(hashlib.sha256(f"{seed}:{ref}".encode()).digest()[:8], "big")
    return f"{rail[:2].upper()}{digits % 10**14:014d}"


def pick(rows: Mapping[str, str], scopes: Sequence[str]) -> Faults:
    """Choose the fault that counts: that of the first scope which has one."""
    for scope in scopes:
        if scope in rows:
            return parse_faults(rows[scope])
    return NO_FAULTS


def pick_for_shop(rows: Mapping[str, str], scopes: Sequence[str]) -> Faults:
    """Choose the fault that counts for a shop: what is silent or down on an order's way is its rail, not its shop."""
    found = dict(pick(rows, scopes))
    scope = next((scope for scope in scopes if scope in rows), "")
    for general, own in (
        (FaultName.SILENT, FaultName.SHOP_SILENT),
        (FaultName.DOWN, FaultName.SHOP_DOWN),
    ):
        if found.pop(general, None) is not None and scope.startswith("shop:"):
            found[own] = Fault(own)
    return found


@dataclass(frozen=True, slots=True)
class Notice:
    """What a wallet tells a shop about a payment."""

    payment_id: UUID
    order_no: str
    amount_minor: int
    currency: str
    receipt_no: str


class ShopReply(StrEnum):
    """How a shop answers a notice or a question."""

    OK = "ok"
    HANG = "hang"
    ERROR = "error"
    DOWN = "down"
    NOT_FOUND = "not_found"


def shop_reply(faults: Faults) -> ShopReply:
    """Say how a shop with these faults answers."""
    for name, reply in (
        (FaultName.SHOP_DOWN, ShopReply.DOWN),
        (FaultName.SHOP_SILENT, ShopReply.HANG),
        (FaultName.ERROR, ShopReply.ERROR),
        (FaultName.NO_ORDER, ShopReply.NOT_FOUND),
    ):
        if name in faults:
            return reply
    return ShopReply.OK


def shop_state(faults: Faults, before: str | None) -> str:
    """Say what becomes of a shop's order when the notice of its payment has arrived."""
    if before in ("paid", "closed_before_payment"):
        return before
    if FaultName.CLOSED in faults:
        return "closed_before_payment"
    return "open" if FaultName.OK_BUT_OPEN in faults else "paid"

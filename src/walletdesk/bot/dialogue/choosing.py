"""Which transaction the customer means: pure rules over his own transactions and what he let fall."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from walletdesk.bot.dialogue.mentions import Mention
from walletdesk.bot.dialogue.model import PAGE
from walletdesk.diagnosis.model import Symptom
from walletdesk.kit.money import EXPONENT, Money
from walletdesk.wallet.gateway.model import Transaction, TransactionKind, TransactionState

RECENT: Final = timedelta(hours=72)
"""How far back a trouble is looked for before anything else."""
FAR: Final = 2
NEAR: Final = timedelta(minutes=30)
"""Of two in trouble the newer is meant where the older is this many times as old, and this much more."""
PROBED: Final = 5
"""Of how many transactions the evidence is read to find the one with a trouble."""

_MOVED: Final = frozenset({TransactionKind.TRANSFER, TransactionKind.TOP_UP, TransactionKind.WITHDRAWAL})
KINDS: Final[dict[Symptom, frozenset[TransactionKind]]] = {
    Symptom.PAY_FAIL: frozenset({TransactionKind.PAYMENT}),
    Symptom.PAY_DEBITED: frozenset({TransactionKind.PAYMENT}),
    Symptom.MERCHANT_NOT_RECEIVED: frozenset({TransactionKind.PAYMENT}),
    Symptom.XFER_FAIL: _MOVED,
    Symptom.NOT_ARRIVED: _MOVED,
}
"""Of which kinds of transaction a symptom can be."""

ATTEMPTS: Final = frozenset({Symptom.PAY_FAIL, Symptom.XFER_FAIL})
"""Symptoms of which there may be no transaction at all: the request never reached the wallet."""

_OPEN: Final = frozenset({TransactionState.CREATED, TransactionState.PENDING})
_UNDONE: Final = frozenset({TransactionState.FAILED, TransactionState.CANCELLED})
_TELLING: Final[dict[Symptom, frozenset[TransactionState]]] = {
    Symptom.PAY_FAIL: _UNDONE | {TransactionState.CREATED},
    Symptom.PAY_DEBITED: _UNDONE | _OPEN,
    Symptom.MERCHANT_NOT_RECEIVED: frozenset(),
    Symptom.XFER_FAIL: _UNDONE | {TransactionState.RETURNED, TransactionState.CREATED},
    Symptom.NOT_ARRIVED: _OPEN | {TransactionState.RETURNED},
}
"""States that speak for a symptom by themselves; where there are none, only the evidence tells."""

_OF_PAYMENT: Final = {Symptom.XFER_FAIL: Symptom.PAY_FAIL, Symptom.NOT_ARRIVED: Symptom.MERCHANT_NOT_RECEIVED}
_OF_MOVED: Final = {
    Symptom.PAY_FAIL: Symptom.XFER_FAIL,
    Symptom.PAY_DEBITED: Symptom.NOT_ARRIVED,
    Symptom.MERCHANT_NOT_RECEIVED: Symptom.NOT_ARRIVED,
}


def fitting(symptom: Symptom, transaction: Transaction) -> Symptom | None:
    """Return the symptom that such a transaction can have: people say "transfer" of payments and the reverse."""
    if transaction.kind in KINDS[symptom]:
        return symptom
    if transaction.kind is TransactionKind.PAYMENT:
        return _OF_PAYMENT.get(symptom)
    return _OF_MOVED.get(symptom) if transaction.kind in _MOVED else None


def likely(transaction: Transaction) -> Symptom | None:
    """Return what is probably asked about a transaction of which nothing was said but "this one"."""
    states = {transaction.state, transaction.shown}
    if transaction.kind is TransactionKind.PAYMENT:
        if transaction.state is TransactionState.SUCCEEDED and transaction.shown is TransactionState.SUCCEEDED:
            return Symptom.MERCHANT_NOT_RECEIVED
        if transaction.state in _UNDONE:
            return Symptom.PAY_FAIL
        return Symptom.PAY_DEBITED
    if transaction.kind not in _MOVED:
        return None
    return Symptom.XFER_FAIL if states & _UNDONE else Symptom.NOT_ARRIVED


def speaks_for(transaction: Transaction, symptom: Symptom) -> bool:
    """Say whether the state alone makes this transaction the one in trouble."""
    telling = _TELLING[symptom]
    shown_wrong = symptom is Symptom.PAY_DEBITED and transaction.shown is not transaction.state
    return transaction.state in telling or transaction.shown in telling or shown_wrong


def recent_of(
    transactions: Sequence[Transaction], symptom: Symptom, *, now: datetime
) -> list[Transaction]:
    """Return the recent transactions that can have a symptom, the newest first."""
    return [one for one in transactions if one.kind in KINDS[symptom] and now - one.created_at <= RECENT]


def troubled_by_state(
    transactions: Sequence[Transaction], symptom: Symptom, *, now: datetime, passed: Iterable[UUID] = ()
) -> list[Transaction]:
    """Return the recent transactions whose state alone speaks for a symptom, the newest first."""
    out = frozenset(passed)
    recent = recent_of(transactions, symptom, now=now)
    return [one for one in recent if one.id not in out and speaks_for(one, symptom)]


def standing_out(troubled: Sequence[Transaction], *, now: datetime) -> Transaction | None:
    """Return the one in trouble, or of several the newest where it is by far the newest.

    People complain of what has just happened; a wrong guess costs them one tap, as a list always does.
    """
    newest = sorted(troubled, key=lambda one: one.created_at, reverse=True)[:2]
    if len(newest) < 2:
        return newest[0] if newest else None
    first, second = (now - one.created_at for one in newest)
    return newest[0] if second >= FAR * first + NEAR else None


# --- what was let fall ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Match:
    """How well a transaction fits what was said; `against` when something said of it is not true."""

    transaction: Transaction
    score: int
    against: bool


_ORDER, _AMOUNT, _LOOSE, _TIME, _NAME, _PART, _SURNAME = 100, 20, 12, 8, 10, 6, 4
ENOUGH: Final = 4
NAMED: Final = _AMOUNT
"""What an amount or an order number is worth: enough to name a transaction by itself."""
_COMMON_ZH: Final = frozenset({"银行", "商家", "商户", "转账", "充值", "提现", "付款", "支付", "超市", "公司", "钱包"})
_COMMON_EN: Final = frozenset(
    {"bank", "shop", "store", "market", "payment", "transfer", "wallet", "card", "account", "street", "good"}
)


def match(transaction: Transaction, mention: Mention) -> Match:
    """Compare a transaction with what was said."""
    score, against = 0, False
    if mention.orders:
        ordered = _same_order(transaction, mention.orders)
        score += _ORDER if ordered else 0
    if mention.amounts:
        same = any(_is(transaction.amount, amount) for amount in mention.amounts)
        score, against = (score + _AMOUNT, against) if same else (score, True)
    elif any(_is(transaction.amount, amount) for amount in mention.loose):
        score += _LOOSE
    if mention.since is not None and mention.until is not None:
        inside = mention.since <= transaction.created_at < mention.until
        score, against = (score + _TIME, against) if inside else (score, True)
    score += _named(transaction.name, mention.text)
    return Match(transaction, score, against and score < _ORDER)


def _is(amount: Money, said: Decimal) -> bool:
    return said * 10 ** EXPONENT.get(amount.currency, 2) == abs(amount.minor)


def _same_order(transaction: Transaction, orders: Iterable[str]) -> bool:
    known = [
        number.replace("-", "").lower()
        for number in (transaction.order_no, transaction.rail_ref, str(transaction.id))
        if number
    ]
    return any(number.endswith(order) or (len(order) >= 8 and order in number) for order in orders for number in known)


def _named(name: str, text: str) -> int:
    plain = name.lower()
    bare = plain.replace("•", "").replace("*", "").strip()
    if not bare:
        return 0
    if bare != plain and len(bare) == 1:
        said = rf"(?:[给向]|小|老){re.escape(bare)}|{re.escape(bare)}(?:先生|女士|某|总)"
        return _SURNAME if re.search(said, text) else 0
    if bare in text:
        return _NAME
    words = set(re.findall(r"[a-z]{4,}", bare)) - _COMMON_EN
    if words & set(re.findall(r"[a-z]{4,}", text)):
        return _PART
    pairs = {bare[i : i + 2] for i in range(len(bare) - 1) if re.fullmatch(r"[一-鿿]{2}", bare[i : i + 2])}
    return _PART if any(pair in text for pair in pairs - _COMMON_ZH) else 0


# --- the choice ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be said of the candidates.

    `chosen` is the one that is meant (`told` when the customer's own words say so); else `listed` are those to
    choose from, likely ones first, and `probe` those whose evidence would tell which one is in trouble.
    """

    listed: tuple[Transaction, ...]
    chosen: Transaction | None = None
    told: bool = False
    probe: tuple[Transaction, ...] = ()
    unmatched: bool = False
    """Something was said that fits none of them."""


def choose(
    transactions: Sequence[Transaction],
    symptom: Symptom,
    mention: Mention,
    *,
    now: datetime,
    passed: Iterable[UUID] = (),
) -> Choice:
    """Choose among a customer's transactions (newest first), without those that he has passed over."""
    out = frozenset(passed)
    found = [t for t in transactions if t.kind in KINDS[symptom] and t.id not in out]
    matches = [m for m in (match(t, mention) for t in found) if m.score >= ENOUGH and not m.against]
    matches.sort(key=lambda m: -m.score)
    if matches and (len(matches) == 1 or matches[0].score > matches[1].score):
        return Choice(tuple(m.transaction for m in matches), matches[0].transaction, told=True)
    if matches:
        best = tuple(m.transaction for m in matches if m.score == matches[0].score)
        likeliest = standing_out([t for t in best if speaks_for(t, symptom)], now=now)
        if likeliest is not None:
            return Choice(best, likeliest, told=True)
        return Choice(best, probe=best[:PROBED])
    unmatched = mention.clear
    recent = [t for t in found if now - t.created_at <= RECENT]
    troubled = troubled_by_state(found, symptom, now=now)
    listed = tuple(troubled + [t for t in found if t not in troubled])
    if unmatched:
        return Choice(listed, unmatched=True)
    if (likeliest := standing_out(troubled, now=now)) is not None:
        return Choice(listed, likeliest)
    if len(recent) == 1 and not troubled and symptom not in ATTEMPTS:
        return Choice(listed, recent[0])
    return Choice(listed, probe=tuple(troubled or recent or found)[:PROBED])


def page(listed: Sequence[Transaction]) -> tuple[tuple[Transaction, ...], bool]:
    """Return what fits on one picker, and whether there is more."""
    return tuple(listed[:PAGE]), len(listed) > PAGE

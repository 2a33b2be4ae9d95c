"""What every room of the reference wallet shares: refusals, zone of the books, and small helpers."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

import msgspec

from walletdesk.kit.refusal import Kind, Refusal

HOME: Final = ZoneInfo("Asia/Shanghai")
"""The zone in which the wallet's days, cut-offs and settlements are counted."""
AMOUNT_MINOR_MAX: Final = 10**13
"""Largest amount of one movement, in minor units; far below what a bigint can sum up."""


class SameIdOtherBody(Refusal):
    """The id was used before for something else; an id always means the same."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "wallet.same_id_other_body"


class AmountInvalid(Refusal):
    """An amount must be positive and not absurdly large."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "wallet.amount_invalid"


class WalletMissing(Refusal):
    """The customer has no wallet in this currency."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "wallet.wallet_missing"


class MerchantMissing(Refusal):
    """There is no such shop."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "wallet.merchant_missing"


class BankAccountMissing(Refusal):
    """The customer has not linked such a bank account or card."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "wallet.bank_account_missing"


class BankUnknown(Refusal):
    """There is no such bank."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "wallet.bank_unknown"


class OrderInvalid(Refusal):
    """An order number has 1 to 64 letters, digits, dots, dashes or underscores."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "wallet.order_invalid"


class PayeeInvalid(Refusal):
    """The payee is not described well enough to send anything to."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "wallet.payee_invalid"


class TransactionMissing(Refusal):
    """There is no such transaction of this customer."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "wallet.transaction_missing"


class NotCancellable(Refusal):
    """The money is on its way already, or the transfer has ended."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "wallet.not_cancellable"


class NotProved(Refusal):
    """Neither ledger nor rail prove what this command needs; `reason` says what is missing."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "wallet.not_proved"


class RestrictionMissing(Refusal):
    """There is no such restriction in force."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "wallet.restriction_missing"


class IncidentMissing(Refusal):
    """There is no such open disturbance."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "wallet.incident_missing"


def check_amount(minor: int) -> None:
    """Refuse an amount that cannot be moved.

    Raises:
        AmountInvalid
    """
    if not 0 < minor <= AMOUNT_MINOR_MAX:
        raise AmountInvalid(field="amount_minor")


_ORDER_NO: Final = re.compile(r"[0-9A-Za-z._-]{1,64}")


def check_order_no(order_no: str) -> None:
    """Refuse an order number that a shop could not have given.

    Raises:
        OrderInvalid
    """
    if not _ORDER_NO.fullmatch(order_no):
        raise OrderInvalid(field="order_no")


def fingerprint(*parts: object) -> bytes:
    """Return what tells two bodies under the same id apart."""
    return hashlib.sha256(msgspec.json.encode([str(part) for part in parts])).digest()


def local_day(moment: datetime) -> date:
    """Return the day on which a moment falls in the wallet's books."""
    return moment.astimezone(HOME).date()

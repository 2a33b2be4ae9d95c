"""What the demo wallet's app and its doors exchange: bodies and answers; amounts in minor units."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from walletdesk.wallet.reference.model import AMOUNT_MINOR_MAX

Amount = Annotated[int, msgspec.Meta(gt=0, le=AMOUNT_MINOR_MAX)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class Me(msgspec.Struct):
    """Whose wallet it is."""

    id: UUID
    name: str
    phone_masked: str
    tier: str
    locale: str
    large_type: bool


class Account(msgspec.Struct):
    """An account; minor units."""

    id: str
    currency: str
    posted_minor: int
    held_minor: int
    available_minor: int
    as_of: datetime


class Accounts(msgspec.Struct):
    """A customer's accounts."""

    accounts: list[Account]


class Amounts(msgspec.Struct):
    """An amount in minor units of a currency."""

    minor: int
    currency: str


class Transaction(msgspec.Struct):
    """One movement as the app shows it; `reason` says in words why it did not succeed."""

    id: UUID
    kind: str
    name: str
    amount: Amounts
    sign: Literal["-", "+"]
    at: datetime
    state: str
    order_no: str | None
    reason: str | None


class Transactions(msgspec.Struct):
    """A page of movements, newest first; `next` goes into `before`."""

    transactions: list[Transaction]
    next: str | None


class PayeeItem(msgspec.Struct):
    """Somebody to whom this customer has sent money; the id stands for him."""

    id: UUID
    name: str
    phone_masked: str | None
    bank: str | None
    account_tail: str | None


class BankItem(msgspec.Struct):
    """A bank account of the customer himself."""

    id: str
    name: str
    account_tail: str


class Payees(msgspec.Struct):
    """To whom and from where money can go."""

    payees: list[PayeeItem]
    banks: list[BankItem]


class MerchantItem(msgspec.Struct):
    """A shop that can be paid."""

    id: UUID
    name: str
    state: str


class Merchants(msgspec.Struct):
    """The shops."""

    merchants: list[MerchantItem]


class PaymentBody(msgspec.Struct, forbid_unknown_fields=True):
    """A payment as the app sends it; the same id pays once."""

    id: UUID
    merchant_id: UUID
    amount_minor: Amount
    order_no: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[\w-]+$")] | None = None
    source: Literal["balance", "card"] = "balance"


class TransferBody(msgspec.Struct, forbid_unknown_fields=True):
    """A transfer as the app sends it: to a known payee, to a phone number, or to a bank account."""

    id: UUID
    name: Name
    amount_minor: Amount
    mode: Literal["instant", "ordinary", "next_day"] = "instant"
    payee_id: UUID | None = None
    payee_phone: Annotated[str, msgspec.Meta(pattern=r"^\+?\d{6,15}$")] | None = None
    bank_account: Annotated[str, msgspec.Meta(pattern=r"^\d{8,24}$")] | None = None


class TopUpBody(msgspec.Struct, forbid_unknown_fields=True):
    """Money from the customer's own bank account."""

    id: UUID
    bank: Code
    amount_minor: Amount


class ChatBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the customer looks at when he opens the desk."""

    transaction_id: UUID | None = None
    page: Annotated[str, msgspec.Meta(max_length=100)] | None = None


class ChatAddress(msgspec.Struct):
    """Where the desk opens for him: good once, for a minute."""

    url: str

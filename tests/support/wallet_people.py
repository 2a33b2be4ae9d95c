"""A wallet with people, a shop and money in it, a clock that is moved by hand, and its jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.conftest import NOON
from tests.support.wallet_outside import FakeOutside
from walletdesk.kit import clock, crypto, db
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.money import Money
from walletdesk.people import actions as people
from walletdesk.people.model import NewCustomer
from walletdesk.wallet.gateway.embedded import EmbeddedWallet
from walletdesk.wallet.gateway.http.served import make_served
from walletdesk.wallet.gateway.model import Evidence, Wallet
from walletdesk.wallet.gateway.remote.adapter import RemoteWallet
from walletdesk.wallet.gateway.remote.line import Line
from walletdesk.wallet.reference import jobs
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.ledger import actions as ledger
from walletdesk.wallet.reference.ledger import queries as books
from walletdesk.wallet.reference.ledger.check import check_ledger
from walletdesk.wallet.reference.ledger.model import Operation, transfer
from walletdesk.wallet.reference.payments import actions as payments
from walletdesk.wallet.reference.payments.model import Payment
from walletdesk.wallet.reference.rails import actions as rails
from walletdesk.wallet.reference.rails.model import Bank
from walletdesk.wallet.reference.transfers import actions as transfers
from walletdesk.wallet.reference.transfers.model import Payee, Transfer

BOX = crypto.Box({1: b"k" * 32})
ANNA, BEN = CustomerId(UUID(int=1)), CustomerId(UUID(int=2))
SHOP, OTHER_SHOP = UUID(int=11), UUID(int=12)


ADAPTERS = ["embedded", "http"]
"""Every test of diagnosis and remedies runs on both, with the same result."""
SECRET = b"a secret of the desk and the wallet."


def over_http(wallet: Wallet, **more: Any) -> RemoteWallet:
    """See a wallet through the contract, served in this process."""
    transport = httpx.ASGITransport(make_served(wallet, [SECRET]))  # type: ignore[arg-type]
    return RemoteWallet(Line(httpx.AsyncClient(transport=transport, base_url="http://wallet"), SECRET, **more))


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


async def settle_in(tx: db.Tx, *, balance: int = 100_000, now: datetime = NOON) -> None:
    """Let Anna (with money) and Ben (without) and two shops move in."""
    since = now - timedelta(days=30)
    await people.add_customers(
        tx,
        [
            NewCustomer(ANNA, "Anna Adams", "19900000001", locale="en", tier=3),
            NewCustomer(BEN, "王小明", "19900000002"),
        ],
        box=BOX,
        now=since,
    )
    for customer, phone in ((ANNA, "199****0001"), (BEN, "199****0002")):
        await accounts.open_wallet(
            tx, customer, phone_masked=phone, bank="harbour", account_tail="1234", now=since
        )
    await rails.add_banks(tx, [Bank("harbour", "海湾银行", "Harbour Bank"), Bank("summit", "远山银行", "Summit Bank")])
    await payments.add_merchants(
        tx, [(SHOP, "街角咖啡", "Corner Coffee"), (OTHER_SHOP, "好面包", "Good Bread")], now=since
    )
    if balance:
        wallet = await accounts.wallet_of(tx, ANNA, "CNY")
        system = await ledger.system_accounts(tx, "CNY", now=since)
        leg = transfer(system.custody, wallet.account_id, cny(balance), "opening")
        verdict = await ledger.post_one(tx, Operation(uuid4(), "opening", (leg,), since), now=since)
        assert verdict.stands


@dataclass
class Town:
    """The wallet on a database of its own, with an outside that obeys the test."""

    pool: db.Pool
    time: clock.VirtualClock
    outside: FakeOutside = field(default_factory=FakeOutside)
    over: str = "embedded"
    """How the desk sees the wallet: `embedded`, or `http` through the served contract."""

    def __post_init__(self) -> None:
        self.client = self.outside.client()
        self.wallet = self.seen(EmbeddedWallet(self.pool, self.client))

    def seen(self, wallet: Wallet) -> Wallet:
        """Return a wallet as the desk of this town sees it."""
        return over_http(wallet) if self.over == "http" else wallet

    @property
    def now(self) -> datetime:
        return self.time()

    def later(self, **by: float) -> datetime:
        """Let time pass, here and outside."""
        self.outside.at = self.time.advance(timedelta(**by))
        return self.outside.at

    async def pay(self, minor: int = 1_500, **more: Any) -> Payment:
        async with db.transaction(self.pool) as tx:
            return await payments.pay(
                tx,
                **{
                    "payment_id": uuid4(), "customer_id": ANNA, "merchant_id": SHOP, "amount": cny(minor),
                    "now": self.now, **more,
                },
            )  # fmt: skip

    async def send(self, payee: Payee, minor: int = 2_000, **more: Any) -> Transfer:
        async with db.transaction(self.pool) as tx:
            return await transfers.send(
                tx,
                **{
                    "transfer_id": uuid4(), "customer_id": ANNA, "payee": payee, "amount": cny(minor),
                    "now": self.now, **more,
                },
            )  # fmt: skip

    async def top_up(self, minor: int = 5_000, **more: Any) -> Transfer:
        async with db.transaction(self.pool) as tx:
            return await transfers.top_up(
                tx,
                **{"transfer_id": uuid4(), "customer_id": ANNA, "amount": cny(minor), "now": self.now, **more},
            )

    async def withdraw(self, minor: int = 5_000, **more: Any) -> Transfer:
        async with db.transaction(self.pool) as tx:
            return await transfers.withdraw(
                tx,
                **{"transfer_id": uuid4(), "customer_id": ANNA, "amount": cny(minor), "now": self.now, **more},
            )

    async def work(self, *, rounds: int = 3) -> None:
        """Let the wallet's jobs do what is due now."""
        for _ in range(rounds):
            done = await jobs.send_orders(self.pool, self.now, outside=self.client)
            done += await jobs.hear_news(self.pool, self.now, outside=self.client)
            done += await jobs.ask_orders(self.pool, self.now, outside=self.client)
            done += await jobs.deliver_notices(self.pool, self.now, outside=self.client)
            done += await jobs.let_time_pass(self.pool, self.now)
            if not done:
                return

    async def evidence(self, transaction_id: UUID, customer: CustomerId = ANNA, **more: Any) -> Evidence:
        found = await self.wallet.evidence(customer, transaction_id, **more)
        assert found is not None
        return found

    async def balance(self, customer: CustomerId = ANNA) -> tuple[int, int]:
        """Return what is posted and what is held."""
        async with db.reading(self.pool) as tx:
            wallet = await accounts.wallet_of(tx, customer, "CNY")
            [row] = await books.find_accounts(tx, [wallet.account_id])
        return row.posted, row.held

    async def shop_balance(self) -> int:
        async with db.reading(self.pool) as tx:
            merchant = await payments.merchant_of(tx, SHOP)
            [row] = await books.find_accounts(tx, [merchant.account_id])
        return row.posted

    async def books_are_right(self) -> None:
        assert [check for check in await check_ledger(self.pool) if not check.ok] == []

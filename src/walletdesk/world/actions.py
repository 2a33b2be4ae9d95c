"""What visitors of the demo do: become a persona, switch a fault on, see one anomaly happen at once."""

from __future__ import annotations

from datetime import datetime
from random import Random
from uuid import UUID

from walletdesk.kit import db, marks
from walletdesk.kit.ids import CustomerId, new_id
from walletdesk.kit.money import Money
from walletdesk.kit.web import RouteUnknown, Who
from walletdesk.people import actions as people
from walletdesk.people import queries as people_queries
from walletdesk.people.model import OpenedSession, PersonaUnknown
from walletdesk.wallet.reference.payments import actions as payments
from walletdesk.wallet.reference.payments import queries as payment_queries
from walletdesk.wallet.reference.transfers import actions as transfers
from walletdesk.wallet.reference.transfers.model import to_bank
from walletdesk.world import names
from walletdesk.world.faults import Deed, find_fault, name_of
from walletdesk.world.fill import MARK
from walletdesk.world.outside import actions as outside
from walletdesk.world.outside import queries as outside_queries
from walletdesk.world.past import CURRENCY
from walletdesk.world.population import BANKS


async def refuse_without_world(tx: db.Tx) -> None:
    """Let nobody in where there is no demo: these doors do not exist there.

    Raises:
        RouteUnknown
    """
    if await marks.read(tx, MARK) is None:
        raise RouteUnknown


async def sign_in(tx: db.Tx, persona: str, *, now: datetime) -> tuple[OpenedSession, Who]:
    """Become a persona.

    Raises:
        PersonaUnknown
    """
    customer = await people_queries.find_persona(tx, persona)
    if customer is None:
        raise PersonaUnknown(field="persona", name=persona[:40])
    return await people.begin_wallet(tx, customer, now=now)


async def fault_of(tx: db.Tx, customer_id: CustomerId) -> str:
    """Return the position of a customer's switch."""
    scope = f"customer:{customer_id}"
    return name_of((await outside_queries.faults_of(tx, [scope])).get(scope))


async def switch(tx: db.Tx, customer_id: CustomerId, name: str, *, now: datetime) -> None:
    """Let something go wrong with the customer's orders from now on, or let everything work again.

    Raises:
        FaultUnknown
    """
    await outside.switch(tx, f"customer:{customer_id}", find_fault(name).fault, now=now)


async def play(tx: db.Tx, customer_id: CustomerId, name: str, *, now: datetime) -> UUID:
    """Let one anomaly happen to the customer at once; return the transaction that it is about.

    Raises:
        FaultUnknown
    """
    fault, transaction_id = find_fault(name), new_id()
    await outside.switch(tx, f"order:{transaction_id}", fault.fault, now=now)
    chance = Random(transaction_id.int)  # noqa: S311 - a simulation
    amount = Money(chance.randrange(12, 90) * 100, CURRENCY)
    if fault.deed is Deed.SEND_TO_BANK:
        payee = to_bank(chance.choice(BANKS).code, f"{chance.randrange(10_000):04d}", names.name(chance, "zh"))
        await transfers.send(
            tx, transfer_id=transaction_id, customer_id=customer_id, payee=payee, amount=amount, now=now
        )
        return transaction_id
    shops = [shop for shop in await payment_queries.list_merchants(tx) if shop.state == "open"]
    await payments.pay(
        tx,
        payment_id=transaction_id,
        customer_id=customer_id,
        merchant_id=chance.choice(shops).id,
        amount=amount,
        source="card" if fault.deed is Deed.PAY_BY_CARD else "balance",
        now=now,
    )
    return transaction_id

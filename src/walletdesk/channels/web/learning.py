"""Getting to know a customer of an operator's own wallet, when he opens the chat for the first time."""

from __future__ import annotations

from typing import Final

from walletdesk.kit import clock, db
from walletdesk.kit.ids import CustomerId
from walletdesk.people import actions as people
from walletdesk.people import queries
from walletdesk.people.model import LearnedCustomer
from walletdesk.wallet.gateway.model import Wallet

NAME_CHARS_MAX: Final = 80
TIER_MAX: Final = 3


async def learn(pool: db.Pool, wallet: Wallet | None, customer_id: CustomerId) -> None:
    """Ask the wallet who it vouches for, unless he is known; whom the wallet does not know stays unknown.

    Raises:
        WalletAway: It does not answer, so nothing is known of him yet; the same token may be used again.
    """
    if wallet is None:
        return
    async with db.reading(pool) as tx:
        known = await queries.find_customer(tx, customer_id) is not None
    found = None if known else await wallet.customer(customer_id)
    if found is None:
        return
    learned = LearnedCustomer(
        customer_id,
        found.name[:NAME_CHARS_MAX] or str(customer_id)[:8],
        found.locale,
        found.large_type,
        max(0, min(found.tier, TIER_MAX)),
    )
    async with db.transaction(pool) as tx:
        await people.learn_customer(tx, learned, now=clock.now())

"""Where the invented outside looks into the wallet: what real rails and shops know by contract, or not at all."""

from __future__ import annotations

from uuid import UUID

from walletdesk.kit import db
from walletdesk.wallet.reference.payments import queries as payments
from walletdesk.wallet.reference.rails import actions as rails


async def owner_of(tx: db.Tx, ref: str) -> UUID | None:
    """Say whose order it is. Real rails do not know; a fault that is switched on for one customer needs it."""
    return await rails.owner_of(tx, ref)


async def secret_of(tx: db.Tx, merchant_id: UUID) -> bytes | None:
    """Return the secret that a shop has agreed with the wallet, with which it checks what it is told."""
    merchant = await payments.find_merchant(tx, merchant_id)
    return bytes(merchant.notice_secret) if merchant else None

"""What the room tells the others."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from walletdesk.kit.events import Event


@dataclass(frozen=True, slots=True)
class WalletChanged(Event):
    """An operator's wallet says that something of a customer has changed; key is the customer."""

    customer_id: UUID
    transaction_id: UUID | None
    kind: str

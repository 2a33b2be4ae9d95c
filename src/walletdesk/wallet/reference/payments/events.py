"""What others may learn of payments."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from walletdesk.kit.events import Event


@dataclass(frozen=True, slots=True)
class PaymentChanged(Event):
    """A payment moved, or there is news of its notice or its order; the key is the customer."""

    payment_id: UUID
    customer_id: UUID
    state: str

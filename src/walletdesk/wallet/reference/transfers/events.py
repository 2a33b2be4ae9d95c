"""What others may learn of transfers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from walletdesk.kit.events import Event


@dataclass(frozen=True, slots=True)
class TransferChanged(Event):
    """A transfer, top-up or withdrawal moved; the key is the customer who asked for it."""

    transfer_id: UUID
    customer_id: UUID
    state: str

"""What others may learn of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from walletdesk.kit.events import Event


@dataclass(frozen=True, slots=True)
class RestrictionChanged(Event):
    """A restriction of a customer began or ended; the key is the customer."""

    customer_id: UUID
    restriction_id: UUID
    kind: str
    in_force: bool

"""Every address of the contract, named once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from walletdesk.wallet.gateway.contract import shapes


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address: how it is asked and what it answers. `name` is also the name of its circuit breaker."""

    name: str
    method: str
    path: str
    answer: type[msgspec.Struct]
    query: type[msgspec.Struct] | None = None


CAPABILITIES: Final = Endpoint("capabilities", "GET", "/v1/capabilities", shapes.Capabilities)
CUSTOMER: Final = Endpoint("customer", "GET", "/v1/customers/{customer_id}", shapes.Customer)
ACCOUNTS: Final = Endpoint("accounts", "GET", "/v1/customers/{customer_id}/accounts", shapes.Accounts)
RESTRICTIONS: Final = Endpoint(
    "restrictions", "GET", "/v1/customers/{customer_id}/restrictions", shapes.Restrictions
)
LIMITS: Final = Endpoint("limits", "GET", "/v1/customers/{customer_id}/limits", shapes.Limits)
ENTRIES: Final = Endpoint(
    "entries", "GET", "/v1/accounts/{account_id}/entries", shapes.Entries, shapes.EntriesAsked
)
TRANSACTIONS: Final = Endpoint(
    "transactions", "GET", "/v1/transactions", shapes.Transactions, shapes.TransactionsAsked
)
EVIDENCE: Final = Endpoint(
    "evidence", "GET", "/v1/transactions/{transaction_id}", shapes.Evidence, shapes.EvidenceAsked
)
INCIDENTS: Final = Endpoint("incidents", "GET", "/v1/incidents", shapes.Incidents)
EVENTS: Final = Endpoint("events", "GET", "/v1/events", shapes.Events, shapes.EventsAsked)
ACTION: Final = Endpoint("action", "POST", "/v1/actions/{name}", shapes.Outcome)

ENDPOINTS: Final = (
    CAPABILITIES, CUSTOMER, ACCOUNTS, RESTRICTIONS, LIMITS, ENTRIES, TRANSACTIONS, EVIDENCE, INCIDENTS, EVENTS, ACTION,
)  # fmt: skip

PAGE_MAX: Final = 200
"""More lines than this are never asked for at once."""
ANSWER_BYTES_MAX: Final = 1024 * 1024
"""A larger answer is refused while it is being read."""
REQUEST_BYTES_MAX: Final = 64 * 1024
KEY_CHARS_MAX: Final = 200
"""Length of an idempotency key."""

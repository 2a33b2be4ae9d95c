"""Customers, agents, sessions and permissions: values and rules without any I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

from walletdesk.kit.ids import AgentId, CustomerId
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.kit.web import Who

PASSWORD_LENGTH_MIN: Final = 15
"""Characters, where the password is the only factor (NIST SP 800-63B-4, 3.1.1.2)."""
PASSWORD_LENGTH_MAX: Final = 256
FAILURES_MAX: Final = 10
LOCK_TIME: Final = timedelta(minutes=15)
LINK_TIME: Final = timedelta(hours=12)
TOKEN_SECONDS_MAX: Final = 60
STAFF_IDLE: Final = timedelta(minutes=15)
STAFF_SESSION: Final = timedelta(hours=12)
CUSTOMER_SESSION: Final = timedelta(hours=12)
VISITOR_SESSION: Final = timedelta(days=7)

Door = Literal["chat", "wallet", "staff"]

PERMISSIONS: Final[dict[str, frozenset[str]]] = {
    "agent": frozenset({"staff.self", "desk.read", "desk.act", "desk.edit", "any.attachment"}),
    "supervisor": frozenset(
        {
            "staff.self", "desk.read", "desk.act", "desk.supervise", "desk.edit", "desk.publish", "desk.announce",
            "any.attachment",
        }
    ),
    "compliance": frozenset({"staff.self", "desk.read", "desk.edit", "desk.publish", "any.attachment"}),
    "engineer": frozenset({"staff.self"}),
}
"""What each role of the staff may; the table is walked by a test over every route."""

OF_CHAT: Final = frozenset({"chat.use", "any.attachment"})
OF_WALLET: Final = frozenset({"wallet.customer"})


def may(who: Who, permission: str) -> bool:
    """Say whether somebody has a permission."""
    if who.door == "chat":
        return permission in OF_CHAT
    if who.door == "wallet":
        return permission in OF_WALLET
    return any(permission in PERMISSIONS.get(role, frozenset()) for role in who.roles)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the wallet; `phone_masked` is what people may see of his number."""

    id: CustomerId
    persona: str | None
    name: str
    locale: str
    zone: str
    large_type: bool
    tier: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who works at the desk."""

    id: AgentId
    email: str
    name: str
    roles: list[str]
    skills: list[str]
    lang: str
    capacity: int


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer to be written; the phone in E.164 or national digits."""

    id: CustomerId
    name: str
    phone: str
    locale: str = "zh"
    zone: str = "Asia/Shanghai"
    large_type: bool = False
    tier: int = 2
    persona: str | None = None


@dataclass(frozen=True, slots=True)
class LearnedCustomer:
    """A customer as an operator's own wallet describes him; it keeps his number to itself."""

    id: CustomerId
    name: str
    locale: str
    large_type: bool
    tier: int
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session that has begun; the secret is known to the client alone."""

    id: UUID
    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ChatClaims:
    """What a wallet app says of the customer who opens the chat; see `tokens` for the signed form."""

    customer_id: CustomerId
    token_id: str
    expires_at: datetime
    locale: str | None = None
    large_type: bool | None = None
    transaction_id: UUID | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the audit log. `details` holds ids and codes, never what somebody said."""

    actor_kind: str
    actor_id: UUID | None
    action: str
    object: str
    details: dict[str, Any] = field(default_factory=dict[str, Any])


class CredentialsWrong(Refusal):
    """Name or password is wrong; which of them is not said."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "people.credentials_wrong"


class TooManyFailures(Refusal):
    """Too many wrong passwords; the way back in is a one-time link from the server's console."""

    kind: ClassVar[Kind] = Kind.TOO_MANY
    code: ClassVar[str] = "people.too_many_failures"


class PasswordTooShort(Refusal):
    """A password needs fifteen characters."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "people.password_too_short"


class PasswordTooLong(Refusal):
    """A password may have at most 256 characters."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "people.password_too_long"


class PasswordKnown(Refusal):
    """The password is on the list of those that attackers try first."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "people.password_known"


class LinkSpent(Refusal):
    """A sign-in link is unknown, too old, or has been used."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "people.link_spent"


class TokenInvalid(Refusal):
    """The token that should open the chat is malformed, or not signed by the wallet."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "people.token_invalid"


class TokenExpired(Refusal):
    """The token that should open the chat is older than a minute."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "people.token_expired"


class TokenReplayed(Refusal):
    """The token has opened a chat already; each opens one."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "people.token_replayed"


class PersonaUnknown(Refusal):
    """There is no customer of that name in the demo world."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "people.persona_unknown"


class AgentUnknown(Refusal):
    """There is no such agent."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "people.agent_unknown"

"""What people do at the doors: sign in, open the chat, sign out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from walletdesk.kit import crypto, db
from walletdesk.kit.i18n import Lang, lang_of
from walletdesk.kit.ids import AgentId, CustomerId, VisitorId, new_id
from walletdesk.kit.web import Who
from walletdesk.people import audit, queries
from walletdesk.people.model import (
    CUSTOMER_SESSION,
    FAILURES_MAX,
    LINK_TIME,
    LOCK_TIME,
    STAFF_IDLE,
    STAFF_SESSION,
    VISITOR_SESSION,
    Agent,
    AgentUnknown,
    ChatClaims,
    CredentialsWrong,
    Customer,
    Deed,
    Door,
    LearnedCustomer,
    LinkSpent,
    NewCustomer,
    OpenedSession,
    TokenInvalid,
    TokenReplayed,
    TooManyFailures,
)
from walletdesk.people.passwords import hash_password, verify_password


@dataclass(frozen=True, slots=True)
class ChatSession:
    """A chat that may begin: its session, who it is, and what the wallet said of the situation."""

    session: OpenedSession
    who: Who
    locale: Lang
    large_type: bool
    transaction_id: UUID | None
    page: str | None


async def add_customers(
    tx: db.Tx, customers: Sequence[NewCustomer], *, box: crypto.Box, now: datetime
) -> int:
    """Write customers with sealed phone numbers; those that exist stay as they are."""
    rows = [
        queries.CustomerRow(
            c.id,
            c.persona,
            c.name,
            box.seal(c.phone, place=f"people.customer.phone:{c.id}"),
            box.index(c.phone, column="people.customer.phone"),
            c.locale,
            c.zone,
            c.large_type,
            c.tier,
            now,
        )
        for c in customers
    ]
    return await queries.insert_customers(tx, rows)


async def learn_customer(tx: db.Tx, learned: LearnedCustomer, *, now: datetime) -> None:
    """Write down whom an operator's wallet vouches for; his number stays with the wallet."""
    row = queries.CustomerRow(
        learned.id,
        None,
        learned.name,
        None,
        None,
        lang_of(learned.locale),
        learned.zone,
        learned.large_type,
        learned.tier,
        now,
    )
    await queries.insert_customers(tx, [row])


async def find_customer_by_phone(tx: db.Tx, phone: str, *, box: crypto.Box) -> Customer | None:
    """Return the customer with exactly this number."""
    return await queries.find_customer_by_phone(tx, box.index(phone, column="people.customer.phone"))


async def phone_of(tx: db.Tx, customer_id: CustomerId, *, box: crypto.Box) -> str | None:
    """Open a customer's phone number."""
    sealed = await queries.find_sealed_phone(tx, customer_id)
    if sealed is None:
        return None
    return box.open(bytes(sealed), place=f"people.customer.phone:{customer_id}")


async def open_chat_session(
    tx: db.Tx, claims: ChatClaims | None, *, locale: Lang | None, now: datetime
) -> ChatSession:
    """Open the chat for the customer of a verified token, or for a visitor when there is none.

    Raises:
        TokenReplayed: The token opened a chat before.
        TokenInvalid: The wallet vouched for somebody whom the desk does not know.
    """
    if claims is None:
        return await _open_for_visitor(tx, locale=locale or "zh", now=now)
    if not await queries.insert_used_token(tx, claims.token_id, expires_at=claims.expires_at):
        raise TokenReplayed
    customer = await queries.find_customer(tx, claims.customer_id)
    if customer is None:
        raise TokenInvalid
    lang = lang_of(claims.locale or customer.locale)
    large = customer.large_type if claims.large_type is None else claims.large_type
    session = await _begin(
        tx,
        door="chat",
        person_kind="customer",
        person_id=customer.id,
        lang=lang,
        idle=CUSTOMER_SESSION,
        lives=CUSTOMER_SESSION,
        now=now,
    )
    who = Who("customer", customer.id, customer.name, lang=lang, session_id=session.id, door="chat")
    return ChatSession(session, who, lang, large, claims.transaction_id, claims.page)


async def _open_for_visitor(tx: db.Tx, *, locale: Lang, now: datetime) -> ChatSession:
    visitor = VisitorId(new_id())
    session = await _begin(
        tx,
        door="chat",
        person_kind="anonymous",
        person_id=visitor,
        lang=locale,
        idle=VISITOR_SESSION,
        lives=VISITOR_SESSION,
        now=now,
    )
    who = Who("anonymous", visitor, lang=locale, session_id=session.id, door="chat")
    return ChatSession(session, who, locale, large_type=False, transaction_id=None, page=None)


async def _begin(
    tx: db.Tx,
    *,
    door: Door,
    person_kind: str,
    person_id: UUID,
    lang: str,
    idle: timedelta,
    lives: timedelta,
    now: datetime,
) -> OpenedSession:
    session = OpenedSession(new_id(), crypto.new_secret(), now + lives)
    await queries.insert_session(
        tx,
        session.id,
        digest=crypto.digest(session.secret),
        door=door,
        person_kind=person_kind,
        person_id=person_id,
        lang=lang,
        extra={},
        now=now,
        idle_seconds=int(idle.total_seconds()),
        expires_at=session.expires_at,
    )
    return session


async def identify(tx: db.Tx, door: str, secret: str, *, now: datetime) -> Who | None:
    """Return who holds a session secret, or None when the session is unknown or over.

    A session's `seen_at` is moved at most once a minute, so that reading stays cheap.
    """
    row = await queries.find_session(tx, crypto.digest(secret), door=door, now=now)
    if row is None:
        return None
    if (now - row.seen_at).total_seconds() > 60:
        await queries.touch_session(tx, row.id, now=now)
    return Who(
        row.person_kind,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - CHECK holds it
        row.person_id,
        row.name,
        frozenset(row.roles or ()),
        lang_of(row.lang),
        row.id,
        row.door,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - CHECK holds it
        row.extra,
    )


async def make_link(tx: db.Tx, *, door: Door, person_id: UUID, now: datetime) -> str:
    """Make a one-time sign-in secret; it is good for twelve hours and for one use."""
    secret = crypto.new_secret(24)
    await queries.insert_link(
        tx, crypto.digest(secret), door=door, person_id=person_id, expires_at=now + LINK_TIME
    )
    return secret


async def sign_in_by_link(
    tx: db.Tx, secret: str, *, door: Door, now: datetime
) -> tuple[OpenedSession, Who]:
    """Use up a one-time link and begin a session.

    Raises:
        LinkSpent: Unknown, too old, or used.
    """
    link = await queries.use_link(tx, crypto.digest(secret), door=door, now=now)
    if link is None:
        raise LinkSpent
    if door == "staff":
        agent = await queries.find_agent(tx, link.person_id)
        if agent is None:
            raise LinkSpent
        return await _begin_staff(tx, agent, by="link", now=now)
    customer = await queries.find_customer(tx, link.person_id)
    if customer is None:
        raise LinkSpent
    return await begin_wallet(tx, customer, now=now)


async def begin_wallet(
    tx: db.Tx, customer: Customer, *, now: datetime
) -> tuple[OpenedSession, Who]:
    """Begin a session of the demo wallet for a customer who has proved himself."""
    session = await _begin(
        tx,
        door="wallet",
        person_kind="customer",
        person_id=customer.id,
        lang=customer.locale,
        idle=CUSTOMER_SESSION,
        lives=CUSTOMER_SESSION,
        now=now,
    )
    lang = lang_of(customer.locale)
    who = Who("customer", customer.id, customer.name, lang=lang, session_id=session.id, door="wallet")
    return session, who


async def sign_in_by_password(
    tx: db.Tx, email: str, password: str, *, now: datetime
) -> tuple[OpenedSession, Who] | CredentialsWrong | TooManyFailures:
    """Check a password and begin a session.

    A wrong one is *returned*, not raised: the failure that was counted must be committed. Whoever does not
    exist takes the same time and gets the same answer.
    """
    row = await queries.lock_credentials(tx, email.strip().lower())
    if row is not None and row.locked_until is not None and row.locked_until > now:
        verify_password(None, password)
        wait = (row.locked_until - now).total_seconds()
        return TooManyFailures(retry_after_seconds=wait)
    right = verify_password(row.password_hash if row else None, password)
    if row is None:
        return CredentialsWrong()
    if not right:
        failures = row.failures + 1
        locked = now + LOCK_TIME if failures >= FAILURES_MAX else None
        await queries.save_failures(
            tx, row.id, failures=0 if locked else failures, locked_until=locked
        )
        await audit.record(tx, [Deed("agent", row.id, "sign_in_failed", f"agent/{row.id}")], now=now)
        return CredentialsWrong()
    await queries.save_failures(tx, row.id, failures=0, locked_until=None)
    agent = await queries.find_agent(tx, row.id)
    if agent is None:
        return CredentialsWrong()
    return await _begin_staff(tx, agent, by="password", now=now)


async def _begin_staff(
    tx: db.Tx, agent: Agent, *, by: str, now: datetime
) -> tuple[OpenedSession, Who]:
    session = await _begin(
        tx,
        door="staff",
        person_kind="agent",
        person_id=agent.id,
        lang=agent.lang,
        idle=STAFF_IDLE,
        lives=STAFF_SESSION,
        now=now,
    )
    deed = Deed("agent", agent.id, "signed_in", f"agent/{agent.id}", {"by": by})
    await audit.record(tx, [deed], now=now)
    who = Who(
        "agent", agent.id, agent.name, frozenset(agent.roles), lang_of(agent.lang), session.id, "staff"
    )
    return session, who


async def sign_out(tx: db.Tx, who: Who, *, now: datetime) -> None:
    """End the session of whoever asks."""
    if who.session_id is not None:
        await queries.revoke_session(tx, who.session_id, now=now)


async def set_password(tx: db.Tx, agent_id: AgentId, password: str, *, now: datetime) -> None:
    """Give an agent a password.

    Raises:
        AgentUnknown, PasswordTooShort, PasswordTooLong, PasswordKnown
    """
    if await queries.save_password(tx, agent_id, hash_password(password)) != 1:
        raise AgentUnknown
    deed = Deed("agent", agent_id, "password_set", f"agent/{agent_id}")
    await audit.record(tx, [deed], now=now)

"""Reads and writes of schema `people`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from walletdesk.kit import db
from walletdesk.people.model import Agent, Customer


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer as it is written: phone sealed, with its index."""

    id: UUID
    persona: str | None
    name: str
    phone: bytes | None
    phone_index: bytes | None
    locale: str
    zone: str
    large_type: bool
    tier: int
    since: datetime


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session with the name and roles of its person."""

    id: UUID
    door: str
    person_kind: str
    person_id: UUID
    name: str | None
    roles: list[str] | None
    lang: str
    extra: dict[str, Any]
    seen_at: datetime
    idle_seconds: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """What is needed to check a password."""

    id: UUID
    password_hash: str | None
    failures: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A one-time link that was just used."""

    door: str
    person_id: UUID


async def insert_customers(tx: db.Tx, rows: Sequence[CustomerRow]) -> int:
    """Write many customers with one statement; those that exist stay as they are."""
    return await db.execute(
        tx,
        """
        INSERT INTO people.customer
               (id, persona, name, phone, phone_index, locale, zone, large_type, tier, since)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::text[],
                             $7::text[], $8::boolean[], $9::smallint[], $10::timestamptz[])
        ON CONFLICT DO NOTHING
        """,
        [r.id for r in rows],
        [r.persona for r in rows],
        [r.name for r in rows],
        [r.phone for r in rows],
        [r.phone_index for r in rows],
        [r.locale for r in rows],
        [r.zone for r in rows],
        [r.large_type for r in rows],
        [r.tier for r in rows],
        [r.since for r in rows],
    )


async def find_customer(tx: db.Tx, customer_id: UUID) -> Customer | None:
    """Return a customer."""
    return await db.fetch_one(
        tx,
        Customer,
        """
        SELECT id, persona, name, locale, zone, large_type, tier, since
          FROM people.customer WHERE id = $1
        """,
        customer_id,
    )


async def find_persona(tx: db.Tx, persona: str) -> Customer | None:
    """Return the demo customer of that name."""
    return await db.fetch_one(
        tx,
        Customer,
        """
        SELECT id, persona, name, locale, zone, large_type, tier, since
          FROM people.customer WHERE persona = $1
        """,
        persona,
    )


async def list_personas(tx: db.Tx) -> list[Customer]:
    """Return the named customers of the demo world; there are a few dozen."""
    return await db.fetch_all(
        tx,
        Customer,
        """
        SELECT id, persona, name, locale, zone, large_type, tier, since
          FROM people.customer WHERE persona IS NOT NULL ORDER BY since, persona LIMIT 200
        """,
    )


async def find_customer_by_phone(tx: db.Tx, phone_index: bytes) -> Customer | None:
    """Return the customer with exactly this number."""
    return await db.fetch_one(
        tx,
        Customer,
        """
        SELECT id, persona, name, locale, zone, large_type, tier, since
          FROM people.customer WHERE phone_index = $1
        """,
        phone_index,
    )


async def find_sealed_phone(tx: db.Tx, customer_id: UUID) -> bytes | None:
    """Return a customer's sealed number."""
    return await db.fetch_value(
        tx, "SELECT phone FROM people.customer WHERE id = $1", customer_id
    )


async def save_preferences(
    tx: db.Tx, customer_id: UUID, *, locale: str | None, large_type: bool | None
) -> None:
    """Remember how a customer wants to read; None leaves a preference as it is."""
    await db.execute(
        tx,
        """
        UPDATE people.customer
           SET locale = coalesce($2, locale), large_type = coalesce($3, large_type)
         WHERE id = $1
        """,
        customer_id,
        locale,
        large_type,
    )


async def insert_agent(tx: db.Tx, agent: Agent, *, password_hash: str | None, now: datetime) -> None:
    """Write an agent; one of the same address is brought up to date but keeps his password."""
    await db.execute(
        tx,
        """
        INSERT INTO people.agent (id, email, name, password_hash, roles, skills, lang, capacity, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (email) DO UPDATE SET name = $3, roles = $5, skills = $6, lang = $7, capacity = $8
        """,
        agent.id,
        agent.email,
        agent.name,
        password_hash,
        agent.roles,
        agent.skills,
        agent.lang,
        agent.capacity,
        now,
    )


async def find_agent(tx: db.Tx, agent_id: UUID) -> Agent | None:
    """Return an agent who is not disabled."""
    return await db.fetch_one(
        tx,
        Agent,
        """
        SELECT id, email, name, roles, skills, lang, capacity
          FROM people.agent WHERE id = $1 AND disabled_at IS NULL
        """,
        agent_id,
    )


async def list_agents(tx: db.Tx) -> list[Agent]:
    """Return everybody who works at the desk, by name; bounded, a desk has at most some thousand."""
    return await db.fetch_all(
        tx,
        Agent,
        """
        SELECT id, email, name, roles, skills, lang, capacity
          FROM people.agent WHERE disabled_at IS NULL ORDER BY name, id LIMIT 5000
        """,
    )


async def lock_credentials(tx: db.Tx, email: str) -> CredentialRow | None:
    """Lock an agent's credentials, so that two guesses at once are counted as two."""
    return await db.fetch_one(
        tx,
        CredentialRow,
        """
        SELECT id, password_hash, failures, locked_until
          FROM people.agent WHERE email = $1 AND disabled_at IS NULL FOR UPDATE
        """,
        email,
    )


async def save_failures(
    tx: db.Tx, agent_id: UUID, *, failures: int, locked_until: datetime | None
) -> None:
    """Count wrong passwords in a row."""
    await db.execute(
        tx,
        "UPDATE people.agent SET failures = $2, locked_until = $3 WHERE id = $1",
        agent_id,
        failures,
        locked_until,
    )


async def save_password(tx: db.Tx, agent_id: UUID, password_hash: str) -> int:
    """Replace an agent's password."""
    return await db.execute(
        tx,
        """
        UPDATE people.agent SET password_hash = $2, failures = 0, locked_until = NULL WHERE id = $1
        """,
        agent_id,
        password_hash,
    )


async def insert_session(
    tx: db.Tx,
    session_id: UUID,
    *,
    digest: bytes,
    door: str,
    person_kind: str,
    person_id: UUID,
    lang: str,
    extra: dict[str, Any],
    now: datetime,
    idle_seconds: int,
    expires_at: datetime,
) -> None:
    """Write a session; its secret is stored as a digest only."""
    await db.execute(
        tx,
        """
        INSERT INTO people.session (id, digest, door, person_kind, person_id, lang, extra, created_at,
                                    seen_at, idle_seconds, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)
        """,
        session_id,
        digest,
        door,
        person_kind,
        person_id,
        lang,
        extra,
        now,
        idle_seconds,
        expires_at,
    )


async def find_session(
    tx: db.Tx, digest: bytes, *, door: str, now: datetime
) -> SessionRow | None:
    """Return a session that is still good, with its person; a disabled agent has none."""
    return await db.fetch_one(
        tx,
        SessionRow,
        """
        SELECT s.id, s.door, s.person_kind, s.person_id, coalesce(a.name, c.name) AS name, a.roles,
               s.lang, s.extra, s.seen_at, s.idle_seconds, s.expires_at
          FROM people.session s
          LEFT JOIN people.agent a
            ON s.person_kind = 'agent' AND a.id = s.person_id AND a.disabled_at IS NULL
          LEFT JOIN people.customer c ON s.person_kind = 'customer' AND c.id = s.person_id
         WHERE s.digest = $1 AND s.door = $2 AND s.revoked_at IS NULL AND s.expires_at > $3
           AND s.seen_at + make_interval(secs => s.idle_seconds) > $3
           AND (s.person_kind <> 'agent' OR a.id IS NOT NULL)
        """,
        digest,
        door,
        now,
    )


async def touch_session(tx: db.Tx, session_id: UUID, *, now: datetime) -> None:
    """Remember that a session is in use."""
    await db.execute(
        tx, "UPDATE people.session SET seen_at = $2 WHERE id = $1 AND seen_at < $2", session_id, now
    )


async def save_session_lang(tx: db.Tx, session_id: UUID, lang: str) -> None:
    """Change the language in which a session is answered."""
    await db.execute(tx, "UPDATE people.session SET lang = $2 WHERE id = $1", session_id, lang)


async def revoke_session(tx: db.Tx, session_id: UUID, *, now: datetime) -> int:
    """End a session."""
    return await db.execute(
        tx,
        "UPDATE people.session SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        session_id,
        now,
    )


async def insert_link(
    tx: db.Tx, digest: bytes, *, door: str, person_id: UUID, expires_at: datetime
) -> None:
    """Write a one-time link by its digest."""
    await db.execute(
        tx,
        """
        INSERT INTO people.sign_in_link (digest, door, person_id, expires_at) VALUES ($1, $2, $3, $4)
        """,
        digest,
        door,
        person_id,
        expires_at,
    )


async def use_link(tx: db.Tx, digest: bytes, *, door: str, now: datetime) -> LinkRow | None:
    """Mark a link as used and return whose it was; None if it cannot be used (any more)."""
    return await db.fetch_one(
        tx,
        LinkRow,
        """
        UPDATE people.sign_in_link SET used_at = $3
         WHERE digest = $1 AND door = $2 AND used_at IS NULL AND expires_at > $3
        RETURNING door, person_id
        """,
        digest,
        door,
        now,
    )


async def insert_used_token(tx: db.Tx, token_id: str, *, expires_at: datetime) -> bool:
    """Use up a token's id; False if it was used before."""
    return (
        await db.execute(
            tx,
            """
            INSERT INTO people.used_token (id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING
            """,
            token_id,
            expires_at,
        )
        == 1
    )


async def delete_expired(tx: db.Tx, *, now: datetime) -> int:
    """Forget sessions, links and token ids that nobody can use any more; a thousand of each at a time."""
    sessions = await db.execute(
        tx,
        """
        DELETE FROM people.session WHERE id IN (
            SELECT id FROM people.session WHERE expires_at < $1::timestamptz - interval '1 day' LIMIT 1000)
        """,
        now,
    )
    tokens = await db.execute(
        tx,
        """
        DELETE FROM people.used_token WHERE id IN (
            SELECT id FROM people.used_token WHERE expires_at < $1::timestamptz - interval '1 hour' LIMIT 1000)
        """,
        now,
    )
    return sessions + tokens

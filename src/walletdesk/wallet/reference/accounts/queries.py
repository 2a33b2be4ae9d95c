"""Reads and writes of schema `accounts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from walletdesk.kit import db
from walletdesk.wallet.reference.accounts.model import (
    BankAccount,
    LimitRow,
    NewWallet,
    RestrictionRow,
    WalletRow,
)


async def insert_wallets(
    tx: db.Tx, wallets: Sequence[NewWallet], account_ids: Sequence[int], *, now: datetime
) -> None:
    """Write wallets and their bank accounts; those that exist stay as they are."""
    await db.execute(
        tx,
        """
        INSERT INTO accounts.wallet (customer_id, currency, account_id, phone_masked, opened_at)
        SELECT *, $5 FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[])
        ON CONFLICT DO NOTHING
        """,
        [one.customer_id for one in wallets],
        [one.currency for one in wallets],
        list(account_ids),
        [one.phone_masked for one in wallets],
        now,
    )
    linked = [(one.customer_id, one.bank, one.account_tail) for one in wallets if one.bank and one.account_tail]
    await db.execute(
        tx,
        """
        INSERT INTO accounts.bank_account (customer_id, bank, account_tail, linked_at)
        SELECT *, $4 FROM unnest($1::uuid[], $2::text[], $3::text[])
        ON CONFLICT DO NOTHING
        """,
        [row[0] for row in linked],
        [row[1] for row in linked],
        [row[2] for row in linked],
        now,
    )


async def find_wallet(tx: db.Tx, customer_id: UUID, currency: str) -> WalletRow | None:
    """Return a customer's wallet in a currency."""
    return await db.fetch_one(
        tx,
        WalletRow,
        """
        SELECT customer_id, currency, account_id, phone_masked, opened_at
          FROM accounts.wallet WHERE customer_id = $1 AND currency = $2
        """,
        customer_id,
        currency,
    )


async def list_wallets_of(tx: db.Tx, customer_id: UUID) -> list[WalletRow]:
    """Return a customer's wallets, oldest first."""
    return await db.fetch_all(
        tx,
        WalletRow,
        """
        SELECT customer_id, currency, account_id, phone_masked, opened_at
          FROM accounts.wallet WHERE customer_id = $1 ORDER BY opened_at, currency
        """,
        customer_id,
    )


async def list_wallets(tx: db.Tx, customer_ids: Sequence[UUID], currency: str) -> list[WalletRow]:
    """Return the wallets of several customers."""
    return await db.fetch_all(
        tx,
        WalletRow,
        """
        SELECT customer_id, currency, account_id, phone_masked, opened_at
          FROM accounts.wallet WHERE customer_id = ANY($1) AND currency = $2
        """,
        list(customer_ids),
        currency,
    )


async def list_bank_accounts(tx: db.Tx, customer_id: UUID) -> list[BankAccount]:
    """Return the bank accounts a customer has linked, oldest first."""
    return await db.fetch_all(
        tx,
        BankAccount,
        """
        SELECT bank, account_tail FROM accounts.bank_account
         WHERE customer_id = $1 ORDER BY linked_at, bank, account_tail
        """,
        customer_id,
    )


async def insert_bank_account(tx: db.Tx, customer_id: UUID, account: BankAccount, *, now: datetime) -> None:
    """Link a bank account; linking it again changes nothing."""
    await db.execute(
        tx,
        """
        INSERT INTO accounts.bank_account (customer_id, bank, account_tail, linked_at)
        VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
        """,
        customer_id,
        account.bank,
        account.account_tail,
        now,
    )


async def list_limits(
    tx: db.Tx, customer_id: UUID, currency: str, *, day: date, month: date, year: date
) -> list[LimitRow]:
    """Return a customer's limits with what is used of each in the given periods."""
    return await db.fetch_all(
        tx,
        LimitRow,
        """
        SELECT t.kind, coalesce(r.limit_minor, t.limit_minor) AS limit_minor, coalesce(u.used_minor, 0) AS used_minor,
               r.limit_minor IS NOT NULL AS own
          FROM people.customer c
          JOIN accounts.tier_limit t ON t.tier = c.tier
          LEFT JOIN accounts.limit_rule r ON r.customer_id = c.id AND r.kind = t.kind
          LEFT JOIN accounts.usage u
            ON u.customer_id = c.id AND u.currency = $2 AND u.kind = t.kind
           AND u.starts = CASE t.kind WHEN 'day' THEN $3::date WHEN 'month' THEN $4::date ELSE $5::date END
         WHERE c.id = $1
         ORDER BY array_position(ARRAY['single', 'day', 'month', 'year'], t.kind)
        """,
        customer_id,
        currency,
        day,
        month,
        year,
    )


async def add_usage(
    tx: db.Tx,
    rows: Sequence[tuple[UUID, str, str, date, int]],
) -> None:
    """Add to what was used: (customer, currency, kind, start of the period, minor units), each place once."""
    ordered = sorted(rows, key=lambda row: (row[0].int, row[1], row[2], row[3]))
    await db.execute(
        tx,
        """
        INSERT INTO accounts.usage AS u (customer_id, currency, kind, starts, used_minor)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::date[], $5::bigint[])
        ON CONFLICT (customer_id, currency, kind, starts)
        DO UPDATE SET used_minor = u.used_minor + EXCLUDED.used_minor
        """,
        [row[0] for row in ordered],
        [row[1] for row in ordered],
        [row[2] for row in ordered],
        [row[3] for row in ordered],
        [row[4] for row in ordered],
    )


async def take_back_usage(
    tx: db.Tx, customer_id: UUID, currency: str, places: Sequence[tuple[str, date]], minor: int
) -> None:
    """Give back what was counted for a movement that did not happen."""
    await db.execute(
        tx,
        """
        UPDATE accounts.usage u SET used_minor = greatest(u.used_minor - $5, 0)
          FROM unnest($3::text[], $4::date[]) AS p (kind, starts)
         WHERE u.customer_id = $1 AND u.currency = $2 AND u.kind = p.kind AND u.starts = p.starts
        """,
        customer_id,
        currency,
        [place[0] for place in places],
        [place[1] for place in places],
        minor,
    )


async def lock_customer(tx: db.Tx, customer_id: UUID) -> None:
    """Let one at a time decide on a customer's limits and then move his money."""
    await tx.execute("SELECT FROM accounts.wallet WHERE customer_id = $1 FOR NO KEY UPDATE", customer_id)


async def save_limit_rule(tx: db.Tx, customer_id: UUID, kind: str, limit_minor: int, *, now: datetime) -> None:
    """Set a customer's own limit."""
    await db.execute(
        tx,
        """
        INSERT INTO accounts.limit_rule (customer_id, kind, limit_minor, set_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (customer_id, kind) DO UPDATE SET limit_minor = EXCLUDED.limit_minor, set_at = EXCLUDED.set_at
        """,
        customer_id,
        kind,
        limit_minor,
        now,
    )


async def insert_restriction(tx: db.Tx, row: RestrictionRow) -> bool:
    """Write a restriction; return False where the id exists."""
    return bool(
        await db.execute(
            tx,
            """
            INSERT INTO accounts.restriction (id, customer_id, kind, blocks_debit, blocks_credit, since, until)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
            """,
            row.id,
            row.customer_id,
            row.kind,
            row.blocks_debit,
            row.blocks_credit,
            row.since,
            row.until,
        )
    )


async def lift_restriction(tx: db.Tx, restriction_id: UUID, *, now: datetime) -> RestrictionRow | None:
    """End a restriction that is in force and return it."""
    return await db.fetch_one(
        tx,
        RestrictionRow,
        """
        UPDATE accounts.restriction SET lifted_at = $2
         WHERE id = $1 AND lifted_at IS NULL
        RETURNING id, customer_id, kind, blocks_debit, blocks_credit, since, until
        """,
        restriction_id,
        now,
    )


async def list_restrictions(tx: db.Tx, customer_id: UUID, *, now: datetime) -> list[RestrictionRow]:
    """Return a customer's restrictions in force, oldest first."""
    return await db.fetch_all(
        tx,
        RestrictionRow,
        """
        SELECT id, customer_id, kind, blocks_debit, blocks_credit, since, until
          FROM accounts.restriction
         WHERE customer_id = $1 AND lifted_at IS NULL AND since <= $2 AND (until IS NULL OR until > $2)
         ORDER BY since, id
        """,
        customer_id,
        now,
    )

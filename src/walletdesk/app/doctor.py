"""What `walletdesk doctor` examines: whether the guarantees hold in this installation, now."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from walletdesk.app import wiring
from walletdesk.app.context import Context
from walletdesk.desk.conversations.checks import invariant_checks
from walletdesk.kit import clock, db, events, migrate
from walletdesk.kit.refusal import Refusal
from walletdesk.people import audit
from walletdesk.wallet.gateway.model import Wallet
from walletdesk.wallet.reference.ledger.check import check_ledger

LAG_SECONDS_MAX: Final = 30.0
MUST_BE_ON: Final = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was examined."""

    name: str
    ok: bool
    detail: str


async def examine(context: Context) -> list[Check]:
    """Examine everything; each line says what was looked at and what was found."""
    found = [*await _of_database(context.pool), *await _of_followers(context)]
    for part in (
        await invariant_checks(context.pool, clock.now()),
        await check_ledger(context.pool),
    ):
        found += [Check(check.name, check.ok, check.detail) for check in part]
    found.append(of_audit(await audit.verify(context.pool)))
    if context.seen.remote:
        found.append(await _of_wallet(context.wallet))
    return found


async def _of_wallet(wallet: Wallet) -> Check:
    """Ask the operator's wallet what it can do, and take the time."""
    started = time.perf_counter()
    try:
        offered = await wallet.capabilities()
    except Refusal as refusal:
        return Check("wallet", ok=False, detail=f"{refusal.code} {refusal.details.get('reason', '')}".strip())
    took = time.perf_counter() - started
    return Check("wallet", ok=True, detail=f"{offered.name} answers in {took:.2f} s; {len(offered.commands)} actions")


def of_audit(verdict: audit.Verdict) -> Check:
    """Put the verdict on the audit chain into a line."""
    if verdict.broken_at is None:
        detail = f"{verdict.checked} lines chained, {verdict.unchained} waiting"
        return Check("audit chain", ok=True, detail=detail)
    return Check("audit chain", ok=False, detail=f"line {verdict.broken_at}: {verdict.reason}")


async def _of_database(pool: db.Pool) -> list[Check]:
    async with db.reading(pool) as tx:
        version = await db.fetch_value(tx, "SHOW server_version")
        missing = await migrate.pending(tx)
        rows = await tx.fetch(
            "SELECT name, setting FROM pg_settings WHERE name = ANY($1)", list(MUST_BE_ON)
        )
        role = await db.fetch_value(tx, "SELECT current_user")
        skew = await db.fetch_value(tx, "SELECT clock_timestamp()")
    settings = {row["name"]: row["setting"] for row in rows}
    off = sorted(name for name in MUST_BE_ON if settings.get(name) == "off")
    apart = abs((skew - clock.now()).total_seconds())
    return [
        Check("database", ok=True, detail=f"PostgreSQL {version}"),
        Check("migrations", ok=not missing, detail=", ".join(missing) or "all applied"),
        Check("durability", ok=not off, detail=f"off: {', '.join(off)}" if off else "on"),
        Check("role", ok=role == db.APP_ROLE, detail=str(role)),
        Check("clock", ok=apart < 5, detail=f"{apart:.1f} s from the database's"),
    ]


async def _of_followers(context: Context) -> list[Check]:
    names = [follower.name for follower in wiring.followers(context)]
    async with db.reading(context.pool) as tx:
        lags = await events.lags(tx, names)
    return [
        Check(
            f"follower {lag.name}",
            ok=lag.oldest_seconds < LAG_SECONDS_MAX,
            detail=f"{lag.waiting} waiting, oldest {lag.oldest_seconds:.1f} s",
        )
        for lag in lags
    ]

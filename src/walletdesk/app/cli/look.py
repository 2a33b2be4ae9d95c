"""Commands that look and prove: doctor, ledger check, audit verify."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Protocol

import click
import msgspec

from walletdesk.app import doctor as checks
from walletdesk.app.cli import alone
from walletdesk.people import audit as audit_log
from walletdesk.wallet.reference.ledger.check import check_ledger


class Checked(Protocol):
    """One line of a report."""

    @property
    def name(self) -> str:
        """What was checked."""
        ...

    @property
    def ok(self) -> bool:
        """Does it hold?"""
        ...

    @property
    def detail(self) -> str:
        """What was found."""
        ...


def report(found: Sequence[Checked], *, as_json: bool) -> None:
    """Print checks and end with 1 unless all of them hold."""
    ok = all(check.ok for check in found)
    if as_json:
        rows = [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in found]
        click.echo(msgspec.json.encode({"checks": rows, "ok": ok}).decode())
    else:
        for check in found:
            click.echo(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}  {check.detail}")
    if not ok:
        sys.exit(1)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(*, as_json: bool) -> None:
    """Check the installation: database, durability, promises, followers, ledger's books, audit chain.

    \b
    Example: walletdesk doctor --json
    """
    report(alone.run(checks.examine), as_json=as_json)


@click.group()
def ledger() -> None:
    """Look after the reference wallet's books.

    \b
    Example: walletdesk ledger check
    """


@ledger.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def ledger_check(*, as_json: bool) -> None:
    """Prove trial balance, balance chains and holds; name the row that is wrong.

    \b
    Example: walletdesk ledger check --json
    """
    report(alone.run(lambda context: check_ledger(context.pool)), as_json=as_json)


@click.group()
def audit() -> None:
    """Look after the audit log.

    \b
    Example: walletdesk audit verify
    """


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def audit_verify(*, as_json: bool) -> None:
    """Recompute the hash chain; name the first line that was changed, removed or moved.

    \b
    Example: walletdesk audit verify
    """
    verdict = alone.run(lambda context: audit_log.verify(context.pool))
    report([checks.of_audit(verdict)], as_json=as_json)


COMMANDS = [doctor, ledger, audit]

"""The contract test as a command."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import click
import msgspec

from walletdesk.app.settings import load
from walletdesk.app.supervisor import refuse_used_port
from walletdesk.app.wallets import client_of, hook_secret_of, key_of
from walletdesk.kit.i18n import Lang, text
from walletdesk.wallet.gateway.conformance.http import listening
from walletdesk.wallet.gateway.conformance.model import Result, Verdict
from walletdesk.wallet.gateway.conformance.probe import Ear, Probe
from walletdesk.wallet.gateway.conformance.run import run

_SIGN = {Verdict.OK: "ok  ", Verdict.FAILED: "FAIL", Verdict.SKIPPED: "skip"}


class Line(msgspec.Struct):
    """One sentence of the contract and what became of it."""

    name: str
    verdict: str
    sentence: str
    detail: str
    seconds: float


class Report(msgspec.Struct):
    """The whole run."""

    url: str
    ok: bool
    checks: list[Line]
    questions: int
    seconds_p50: float
    seconds_p95: float


@click.command("contract-test")
@click.argument("url")
@click.option("--key-file", required=True, type=click.Path(path_type=Path), help="Secret that signs requests.")
@click.option("--customer", type=click.UUID, help="Whom to ask about; else the first customer of the feed.")
@click.option("--listen", default="", help="HOST:PORT where the wallet pushes its news while the test runs.")
@click.option("--hook-secret-file", type=click.Path(path_type=Path), help="Secret that signs news (whsec_...).")
@click.option("--tls-file", default="", help="Certificate and key (PEM) to show to the wallet.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def contract_test(
    *,
    url: str,
    key_file: Path,
    customer: UUID | None,
    listen: str,
    hook_secret_file: Path | None,
    tls_file: str,
    as_json: bool,
) -> None:
    """Check somebody's wallet against the contract; print each sentence that it does not keep.

    Meant for a test system: where actions are offered, the most harmless of them is really asked for. The customer
    should have an account with lines and some transactions.

    \b
    Example: walletdesk contract-test http://127.0.0.1:8100 --key-file ~/.local/share/walletdesk/wallet.key
    """
    from walletdesk.app.cli.main import terminal_lang  # noqa: PLC0415 - main imports this module

    lang = terminal_lang()
    key = key_of(str(key_file), "WALLET_KEY_FILE")
    ear = Ear(hook_secret_of(str(hook_secret_file or ""), "WALLET_HOOK_SECRET_FILES")) if listen else None

    async def whole() -> Report:
        async with client_of(url, tls_file) as client:
            probe = Probe(client, key, customer, ear=ear)
            if ear is None:
                return await _tested(url, probe, lang, as_json=as_json)
            async with listening(ear, *_place(listen)):
                return await _tested(url, probe, lang, as_json=as_json)

    found = asyncio.run(whole())
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    else:
        counts = {one: sum(line.verdict == one.value for line in found.checks) for one in Verdict}
        click.echo(
            f"{counts[Verdict.OK]} ok, {counts[Verdict.FAILED]} failed, {counts[Verdict.SKIPPED]} skipped; "
            f"{found.questions} questions, p50 {found.seconds_p50 * 1000:.0f} ms, p95 {found.seconds_p95 * 1000:.0f} ms"
        )
    if not found.ok:
        sys.exit(1)


def _place(listen: str) -> tuple[str, int]:
    """Read where to listen, and see that it is free.

    Raises:
        PortInUse
    """
    host, _, port = listen.rpartition(":")
    if not port.isdecimal():
        raise click.BadParameter("HOST:PORT is wanted", param_hint="--listen")
    refuse_used_port(replace(load(), host=host or "127.0.0.1", port=int(port)))
    return host or "127.0.0.1", int(port)


async def _tested(url: str, probe: Probe, lang: Lang, *, as_json: bool) -> Report:
    lines: list[Line] = []
    async for result in run(probe):
        line = _line(result, lang)
        lines.append(line)
        if not as_json:
            _show(result, line)
    took = sorted(probe.seconds) or [0.0]
    ok = all(line.verdict != Verdict.FAILED for line in lines)
    return Report(url, ok, lines, len(probe.seconds), took[len(took) // 2], took[int(len(took) * 0.95)])


def _line(result: Result, lang: Lang) -> Line:
    sentence = text(lang, f"contract.{result.name}")
    return Line(result.name, result.verdict.value, sentence, result.detail, result.seconds)


def _show(result: Result, line: Line) -> None:
    click.echo(f"{_SIGN[result.verdict]}  {line.sentence}")
    if line.detail:
        click.echo(f"      {result.name}: {line.detail}")


COMMANDS = [contract_test]

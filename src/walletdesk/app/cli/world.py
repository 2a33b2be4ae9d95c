"""Commands for the simulated world: whom one can be, and fresh situations for them."""

from __future__ import annotations

import click
import msgspec

from walletdesk.app.cli import alone
from walletdesk.app.context import Context
from walletdesk.app.settings import load
from walletdesk.app.supervisor import owning
from walletdesk.kit import clock
from walletdesk.kit.i18n import Lang
from walletdesk.world.fill import refresh as refresh_world
from walletdesk.world.personas import PERSONAS


class Line(msgspec.Struct):
    """One persona: his situation, what to try, and what the desk must find."""

    persona: str
    situation: str
    hint: str
    say: str
    symptom: str
    verdict: str
    locale: str
    large_type: bool


def lines(lang: Lang) -> list[Line]:
    """Return every persona in the words of a language."""
    return [
        Line(
            one.name,
            one.title(lang),
            one.hint(lang),
            one.say(lang),
            one.symptom,
            one.verdict,
            one.locale,
            one.large_type,
        )
        for one in PERSONAS
    ]


@click.group()
def world() -> None:
    """Look at the demo's simulated world.

    \b
    Example: walletdesk world personas
    """


@world.command("personas")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def personas(*, as_json: bool) -> None:
    """List whom one can be in the demo: situation, and a sentence to try.

    \b
    Example: walletdesk world personas --json
    """
    from walletdesk.app.cli.main import terminal_lang  # noqa: PLC0415 - main imports this module

    found = lines(terminal_lang())
    if as_json:
        click.echo(msgspec.json.encode({"personas": found}).decode())
        return
    for one in found:
        click.echo(f'{one.persona:<22}{one.situation}\n{"":<22}walletdesk ask --as {one.persona} "{one.say}"')


@world.command("refresh")
def refresh() -> None:
    """Give every persona a fresh situation of his kind; only while the product does not run.

    \b
    Example: walletdesk world refresh
    """

    async def work(context: Context) -> int:
        now = clock.now()
        return await refresh_world(context.pool, now=now, older_than=now - now)

    with owning(load()):
        pass  # Nobody else works with this folder: a running worker would play into the situations.
    click.echo(f"{alone.run(work)} refreshed")


COMMANDS = [world]

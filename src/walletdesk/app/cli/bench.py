"""The measuring command: `walletdesk bench NAME`."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable

import click
import msgspec
import uvloop

from walletdesk.app.bench import help as help_centre
from walletdesk.app.bench import inbox, links, messages, reply, sockets, understanding
from walletdesk.app.bench.report import Report

BENCHES: dict[str, Callable[[], Awaitable[Report]]] = {
    "messages": messages.measure,
    "sockets": sockets.measure,
    "reply": reply.measure,
    "inbox": inbox.measure,
    "links": links.measure,
    "help": help_centre.measure,
    "understanding": understanding.measure,
}


@click.command()
@click.argument("name", type=click.Choice(sorted(BENCHES)))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench(name: str, *, as_json: bool) -> None:
    """Measure the product beside the limit of the same machine, in one run, on a database of its own.

    Only "links" needs none: it judges labelled links and prints recall and false alarms.

    Ends with 1 when a goal is missed. Machines are shared: compare ratios, never times of different days.

    \b
    Example: walletdesk bench messages --json
    """

    async def run() -> Report:
        return await BENCHES[name]()

    found = uvloop.run(run())
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    else:
        for key, value in found.figures.items():
            click.echo(f"      {key}  {value:g}")
        for key, value in found.ratios.items():
            click.echo(f"      {key}  {value:g}  {found.goals.get(key, '')}")
        click.echo("holds" if found.holds else "does not hold")
    if not found.holds:
        sys.exit(1)


COMMANDS = [bench]

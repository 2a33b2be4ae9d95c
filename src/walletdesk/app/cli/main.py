"""The commands' root: what they share is how a refusal is said and how a command that works alone gets a database."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import click
import msgspec

from walletdesk import __version__
from walletdesk.app.cli import ask, bench, contract, look, run, staff, train, understand, wallet, world
from walletdesk.kit.i18n import Lang, lang_of, refusal_text
from walletdesk.kit.refusal import Refusal


class Root(click.Group):
    """Says a refusal as one clear line with its code and ends with 1; a defect keeps its trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            lang = terminal_lang()
            click.echo(f"walletdesk: {refusal_text(lang, refusal)} [{refusal.code}]", err=True)
            sys.exit(1)
        except msgspec.ValidationError as error:
            click.echo(f"walletdesk: {error} [app.usage]", err=True)
            sys.exit(1)


def terminal_lang() -> Lang:
    """Choose the language of the terminal by its locale; English where it names none of ours."""
    tag = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return lang_of(tag) if tag.lower().startswith("zh") else "en"


@click.group(cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="walletdesk")
def main() -> None:
    """The customer-service desk of a digital wallet that can see the ledger.

    \b
    Example: walletdesk demo
    """


_commands: list[Callable[..., Any]] = [
    *run.COMMANDS, *look.COMMANDS, *ask.COMMANDS, *understand.COMMANDS, *world.COMMANDS, *bench.COMMANDS,
    *staff.COMMANDS, *train.COMMANDS, *wallet.COMMANDS, *contract.COMMANDS,
]  # fmt: skip
for _command in _commands:
    main.add_command(_command)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

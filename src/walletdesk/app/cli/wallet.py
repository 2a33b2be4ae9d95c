"""Commands about wallets: serve the reference wallet behind the contract, check somebody's own against it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import click
import uvloop

from walletdesk.app.cli import alone
from walletdesk.app.serving import Serving, make_secrets, serve_wallet
from walletdesk.app.settings import load
from walletdesk.app.supervisor import refuse_used_port
from walletdesk.kit import log
from walletdesk.kit.i18n import text


@click.group()
def wallet() -> None:
    """Serve the reference wallet to a desk elsewhere.

    \b
    Example: walletdesk wallet serve --demo
    """


@wallet.command("serve")
@click.option("--host", default="127.0.0.1", help="Address to listen on; end TLS in front of any other than this.")
@click.option("--port", default=8100, type=click.IntRange(1, 65535), help="TCP port to listen on.")
@click.option("--key-file", type=click.Path(path_type=Path), help="Secret that signs the desk's requests; made if new.")
@click.option("--push-url", default="", help="Where the desk hears news: https://DESK/api/wallet/events.")
@click.option("--push-secret-file", type=click.Path(path_type=Path), help="Secret that signs news; made if new.")
@click.option("--demo", "with_world", is_flag=True, help="Fill it with the simulated world, banks and shops included.")
def serve(
    *,
    host: str,
    port: int,
    key_file: Path | None,
    push_url: str,
    push_secret_file: Path | None,
    with_world: bool,
) -> None:
    """Serve the reference wallet behind the contract of the operator's wallet, on a port of its own.

    A desk elsewhere sees it with WALLETDESK_WALLET_URL and WALLETDESK_WALLET_KEY_FILE; the secrets are made in the
    data folder at the first start.

    \b
    Example: WALLETDESK_HOME=/srv/wallet walletdesk wallet serve --demo --port 8100
    """
    from walletdesk.app.cli.main import terminal_lang  # noqa: PLC0415 - main imports this module

    settings = load()
    log.set_up(level=settings.log_level)
    refuse_used_port(replace(settings, host=host, port=port))
    key, hook = make_secrets(settings.home)
    serving = Serving(host, port, key_file or key, push_secret_file or hook, push_url, with_world)
    lang = terminal_lang()

    def tell(step: str, detail: str) -> None:
        click.echo(f"  · {text(lang, f'app.wallet.{step}')}: {detail}", err=True)
        if step == "serving":
            click.echo(f"WALLETDESK_WALLET_URL={detail}")
            click.echo(f"WALLETDESK_WALLET_KEY_FILE={serving.key_file}")
            click.echo(f"WALLETDESK_WALLET_HOOK_SECRET_FILES={serving.hook_file}")

    with alone.database(settings) as dsn, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve_wallet(settings, dsn, serving, tell=tell))


COMMANDS = [wallet]

"""Which wallet this installation's desk sees, and the secrets it shares with it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from walletdesk.app.settings import PREFIX, Settings
from walletdesk.kit import db
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.wallet.gateway.contract import hooks, signing
from walletdesk.wallet.gateway.embedded import EmbeddedWallet
from walletdesk.wallet.gateway.model import Wallet
from walletdesk.wallet.gateway.remote.adapter import RemoteWallet
from walletdesk.wallet.gateway.remote.line import Line
from walletdesk.wallet.reference.rails.client import Outside

CONNECTIONS_MAX: Final = 32
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class WalletSettingInvalid(Refusal):
    """An operator's wallet is set up in a way that cannot work; the setting and the reason are in the details."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "app.wallet_setting_invalid"


@dataclass(frozen=True, slots=True)
class Seen:
    """The wallet as the desk sees it, and what comes with it."""

    wallet: Wallet
    remote: bool
    hook_secrets: tuple[bytes, ...]
    forget: Callable[[UUID], None]
    client: httpx.AsyncClient | None


def wallet_of(settings: Settings, pool: db.Pool, outside: Outside) -> Seen:
    """Choose the wallet: the operator's own where its address is set, else the reference wallet.

    Raises:
        WalletSettingInvalid
    """
    if not settings.wallet_url:
        return Seen(EmbeddedWallet(pool, outside), False, (), lambda _: None, None)  # noqa: FBT003 - a field
    client = client_of(settings.wallet_url, settings.wallet_tls_file)
    wallet = RemoteWallet(Line(client, key_of(settings.wallet_key_file, "WALLET_KEY_FILE")))
    secrets = tuple(hook_secret_of(name, "WALLET_HOOK_SECRET_FILES") for name in settings.wallet_hook_secret_files)
    return Seen(wallet, True, secrets, wallet.forget, client)  # noqa: FBT003 - a field


def client_of(url: str, tls_file: str = "") -> httpx.AsyncClient:
    """Make the client for a wallet's address; what is said of customers crosses no network in the clear.

    Raises:
        WalletSettingInvalid
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise WalletSettingInvalid(field=f"{PREFIX}WALLET_URL", reason="no address")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise WalletSettingInvalid(field=f"{PREFIX}WALLET_URL", reason="http is for this machine only")
    return httpx.AsyncClient(
        base_url=url.rstrip("/"),
        verify=_tls(tls_file),
        trust_env=False,
        follow_redirects=False,
        limits=httpx.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=CONNECTIONS_MAX),
        transport=None,
    )


def _tls(name: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if name:
        try:
            context.load_cert_chain(name)
        except (OSError, ssl.SSLError) as error:
            raise WalletSettingInvalid(field=f"{PREFIX}WALLET_TLS_FILE", reason=type(error).__name__) from error
    return context


def key_of(name: str, setting: str) -> bytes:
    """Read the secret that signs requests.

    Raises:
        WalletSettingInvalid
    """
    secret = _read(name, setting)
    if len(secret) < signing.SECRET_BYTES_MIN:
        raise WalletSettingInvalid(field=PREFIX + setting, reason=f"less than {signing.SECRET_BYTES_MIN} bytes")
    return secret


def hook_secret_of(name: str, setting: str) -> bytes:
    """Read a secret that signs news.

    Raises:
        WalletSettingInvalid
    """
    try:
        return hooks.read_secret(_read(name, setting).decode("ascii"))
    except ValueError as error:
        raise WalletSettingInvalid(field=PREFIX + setting, reason=str(error)) from error


def _read(name: str, setting: str) -> bytes:
    if not name:
        raise WalletSettingInvalid(field=PREFIX + setting, reason="not set")
    try:
        return Path(name).expanduser().read_bytes().strip()
    except OSError as error:
        raise WalletSettingInvalid(field=PREFIX + setting, reason=type(error).__name__) from error

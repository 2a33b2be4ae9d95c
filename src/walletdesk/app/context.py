"""What every process of one installation is made of: pool, keys, wallet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from walletdesk.app import wallets
from walletdesk.app.settings import Settings
from walletdesk.kit import clock, crypto, db
from walletdesk.kit.pg import Server
from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.people.tokens import Signer, Verifier
from walletdesk.wallet.gateway.model import Wallet
from walletdesk.wallet.reference.rails.client import Outside
from walletdesk.world.outside.serve import client_of

_SECRET_BYTES_MIN: Final = 32


class TokenKeyInvalid(Refusal):
    """A key file for chat tokens cannot be read or has the wrong form."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "app.token_key_invalid"


@dataclass(frozen=True, slots=True)
class Context:
    """The parts that doors hand to the rooms."""

    settings: Settings
    dsn: str
    pool: db.Pool
    keyring: crypto.Keyring
    box: crypto.Box
    signer: Signer
    verifier: Verifier
    seen: wallets.Seen
    """The wallet that the desk sees: the operator's own, or the reference wallet."""
    outside: Outside
    """Rails and shops of the reference wallet."""
    client: httpx.AsyncClient

    @property
    def wallet(self) -> Wallet:
        """The wallet behind its port."""
        return self.seen.wallet

    async def close(self) -> None:
        """Give every connection back."""
        if self.seen.client is not None:
            await self.seen.client.aclose()
        await self.client.aclose()
        await self.pool.close()


def address(settings: Settings) -> str:
    """Return where the database is."""
    return settings.database_url or Server(settings.home).dsn()


async def open_context(settings: Settings, *, size_max: int | None = None) -> Context:
    """Connect to the database, take over its time, and read the keys.

    Raises:
        DatabaseDown, TokenKeyInvalid
    """
    dsn = address(settings)
    pool = await db.open_pool(dsn, size_max=size_max or settings.pool_size_max)
    async with db.reading(pool) as tx:
        clock.steady.anchor_at(await db.fetch_value(tx, "SELECT clock_timestamp()"))
    keyring = crypto.load_keyring(settings.home)
    box = crypto.Box(keyring.fields)
    signer = Signer(Ed25519PrivateKey.from_private_bytes(keyring.token))
    verifier = Verifier(
        (signer.key.public_key(), *(_public(name) for name in settings.chat_token_ed25519_files)),
        tuple(_secret(name) for name in settings.chat_token_hs256_files),
    )
    client = (
        httpx.AsyncClient(base_url=settings.rails_url) if settings.rails_url else client_of(settings.home)
    )
    outside = Outside(client)
    seen = wallets.wallet_of(settings, pool, outside)
    return Context(settings, dsn, pool, keyring, box, signer, verifier, seen, outside, client)


def _public(name: str) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(Path(name).read_bytes())
    except (OSError, ValueError) as error:
        raise TokenKeyInvalid(file=name) from error
    if not isinstance(key, Ed25519PublicKey):
        raise TokenKeyInvalid(file=name)
    return key


def _secret(name: str) -> bytes:
    try:
        secret = Path(name).read_bytes().strip()
    except OSError as error:
        raise TokenKeyInvalid(file=name) from error
    if len(secret) < _SECRET_BYTES_MIN:
        raise TokenKeyInvalid(file=name)
    return secret

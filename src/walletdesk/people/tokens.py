"""The signed token by which a wallet app opens the chat for its customer.

A JWT (RFC 7519) in compact form (RFC 7515) with algorithm EdDSA (Ed25519, RFC 8037) or HS256 (RFC 7518). It
lives at most sixty seconds and opens one session. Claims: `sub` the customer's id, `exp`, `iat`, `jti`, and
optionally `locale`, `large`, `tx`, `page`. The algorithm is chosen by the key, never by the token.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from walletdesk.kit.ids import CustomerId
from walletdesk.people.model import TOKEN_SECONDS_MAX, ChatClaims, TokenExpired, TokenInvalid

TOKEN_BYTES_MAX: Final = 2_048
SKEW: Final = timedelta(seconds=5)
_HEADER: Final = b'{"alg":"EdDSA","typ":"JWT"}'


class _Header(msgspec.Struct):
    alg: str


class _Body(msgspec.Struct, omit_defaults=True):
    sub: UUID
    exp: int
    iat: int
    jti: str
    locale: str | None = None
    large: bool | None = None
    tx: UUID | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """The wallet's side: signs with Ed25519."""

    key: Ed25519PrivateKey

    def sign(self, claims: ChatClaims, *, now: datetime) -> str:
        """Return the compact token."""
        body = _Body(
            claims.customer_id,
            int(claims.expires_at.timestamp()),
            int(now.timestamp()),
            claims.token_id,
            claims.locale,
            claims.large_type,
            claims.transaction_id,
            claims.page,
        )
        signed = f"{_pack(_HEADER)}.{_pack(msgspec.json.encode(body))}"
        return f"{signed}.{_pack(self.key.sign(signed.encode()))}"


@dataclass(frozen=True, slots=True)
class Verifier:
    """The desk's side: accepts the signatures of the keys that the operator has given."""

    ed25519: tuple[Ed25519PublicKey, ...] = ()
    hs256: tuple[bytes, ...] = ()

    def read(self, token: str, *, now: datetime) -> ChatClaims:
        """Check signature and times, and return what the wallet says.

        Raises:
            TokenInvalid: Malformed, of another algorithm, wrongly signed, or made to live too long.
            TokenExpired: It was good once.
        """
        body = self._checked_body(token)
        expires_at = datetime.fromtimestamp(body.exp, UTC)
        made_at = datetime.fromtimestamp(body.iat, UTC)
        lives = expires_at - made_at
        if not timedelta(0) < lives <= timedelta(seconds=TOKEN_SECONDS_MAX) or made_at > now + SKEW:
            raise TokenInvalid
        if expires_at <= now:
            raise TokenExpired
        return ChatClaims(
            CustomerId(body.sub), body.jti, expires_at, body.locale, body.large, body.tx, body.page
        )

    def _checked_body(self, token: str) -> _Body:
        head, _, rest = token.partition(".")
        middle, _, tail = rest.partition(".")
        if len(token) > TOKEN_BYTES_MAX or not tail:
            raise TokenInvalid
        try:
            algorithm = msgspec.json.decode(_unpack(head), type=_Header).alg
            if not self._signed(algorithm, f"{head}.{middle}".encode(), _unpack(tail)):
                raise TokenInvalid
            body = msgspec.json.decode(_unpack(middle), type=_Body)
        except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
            raise TokenInvalid from error
        if not body.jti or len(body.jti) > 100:
            raise TokenInvalid
        return body

    def _signed(self, algorithm: str, message: bytes, signature: bytes) -> bool:
        if algorithm == "EdDSA":
            return any(_verifies(key, signature, message) for key in self.ed25519)
        if algorithm == "HS256":
            return any(
                hmac.compare_digest(hmac.digest(key, message, "sha256"), signature)
                for key in self.hs256
            )
        return False


def _verifies(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _pack(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unpack(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)

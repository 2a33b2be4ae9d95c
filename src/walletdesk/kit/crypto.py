"""Sealing of fields, signing of tokens, and secrets.

Fields are sealed with AES-256-GCM (NIST SP 800-38D): a random 96-bit nonce each, the key's id in front, and the
place of the field (table, column, row) as associated data, so that a ciphertext moved to another row does not
open. With random nonces one key may seal 2^32 fields; `Box` counts and refuses far below that.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from walletdesk.kit.refusal import Kind, Refusal

NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
_VERSION: Final = b"\x01"


class SealBroken(Refusal):
    """A sealed field does not open: wrong key, wrong place, or changed."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "kit.seal_broken"


class Box:
    """Seals and opens fields with the newest of several keys; older ones only open."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise ValueError("a box needs keys of 32 bytes")
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self._newest = max(keys)
        self._index_key = hashlib.sha256(b"blind index" + keys[min(keys)]).digest()

    @property
    def key_id(self) -> int:
        """The id of the key that seals now."""
        return self._newest

    def seal(self, plain: str, *, place: str) -> bytes:
        """Seal a text for one place, e.g. `people.customer.phone:<id>`."""
        nonce = os.urandom(NONCE_BYTES)
        head = _VERSION + self._newest.to_bytes(4, "big")
        body = self._ciphers[self._newest].encrypt(nonce, plain.encode(), head + place.encode())
        return head + nonce + body

    def open(self, sealed: bytes, *, place: str) -> str:
        """Open what was sealed for the same place.

        Raises:
            SealBroken: It was changed, moved, or sealed by an unknown key.
        """
        head, nonce, body = sealed[:5], sealed[5:17], sealed[17:]
        cipher = self._ciphers.get(int.from_bytes(head[1:], "big"))
        if head[:1] != _VERSION or cipher is None:
            raise SealBroken
        try:
            return cipher.decrypt(nonce, body, head + place.encode()).decode()
        except InvalidTag as error:
            raise SealBroken from error

    def index(self, plain: str, *, column: str) -> bytes:
        """Return a keyed digest by which an exact value can be found without opening anything."""
        return hmac.digest(self._index_key, f"{column}\0{plain}".encode(), "sha256")


@dataclass(frozen=True, slots=True)
class Keyring:
    """The secrets of one installation, kept in a file only its owner can read."""

    fields: dict[int, bytes]
    token: bytes
    """Seed of the Ed25519 key with which the demo wallet signs chat tokens."""
    audit: bytes


class _Stored(msgspec.Struct):
    fields: dict[str, bytes]
    token: bytes
    audit: bytes


def load_keyring(home: Path) -> Keyring:
    """Read the installation's keys, or make them at the first start (mode 0600, written whole or not at all)."""
    path = home / "keys.json"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = _Stored({"1": os.urandom(32)}, os.urandom(32), os.urandom(32))
        partial = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.encode(made))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, path)
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    found = msgspec.json.decode(path.read_bytes(), type=_Stored)
    return Keyring({int(n): key for n, key in found.fields.items()}, found.token, found.audit)


def new_secret(size_bytes: int = 32) -> str:
    """Make a secret for a link or a session; 32 bytes are 256 bits."""
    return secrets.token_urlsafe(size_bytes)


def digest(secret: str) -> bytes:
    """Return what is stored in place of a random secret; enough because the secret has full entropy."""
    return hashlib.sha256(secret.encode()).digest()

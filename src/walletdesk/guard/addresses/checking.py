"""The checks: which form an address has, whether its checksum fits, and whether it fits where it is used.

Sources: BIP 13/173/350, EIP-55, TRON documentation (version byte 0x41), XRP Ledger addresses and X-addresses (XLS-5),
Stellar strkeys (SEP-23), TON user-friendly addresses (TEP-2).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from typing import Final

from walletdesk.guard.addresses import base58, bech32
from walletdesk.guard.addresses.keccak import keccak256
from walletdesk.guard.addresses.model import ENDS, EVM, TAGGED, Checked, Network, Verdict

_BODY: Final = "[1-9A-HJ-NP-Za-km-z]"
_FORMS: Final = re.compile(
    rf"(?<![0-9A-Za-z_+/-])(?:0x[0-9a-fA-F]{{40}}|(?:bc|tb|bcrt|ltc|tltc)1[0-9a-zA-Z]{{6,87}}|"
    rf"(?:BC|TB|BCRT|LTC|TLTC)1[0-9A-Z]{{6,87}}|[13LMDTmn2]{_BODY}{{25,34}}|r{_BODY}{{24,34}}|X{_BODY}{{46}}|"
    rf"[GM][A-Z2-7]{{55}}(?:[A-Z2-7]{{13}})?|[EUk0]Q[A-Za-z0-9_+/-]{{46}})(?![0-9A-Za-z_+/-])"
)
_VERSIONS: Final[dict[int, tuple[Verdict, frozenset[Network], bool]]] = {
    0x00: (Verdict.VALID_BTC, frozenset({Network.BITCOIN}), False),
    0x05: (Verdict.VALID_BTC, frozenset({Network.BITCOIN, Network.LITECOIN}), True),
    0x30: (Verdict.VALID_OTHER_COIN, frozenset({Network.LITECOIN}), False),
    0x32: (Verdict.VALID_OTHER_COIN, frozenset({Network.LITECOIN}), False),
    0x1E: (Verdict.VALID_OTHER_COIN, frozenset({Network.DOGECOIN}), False),
    0x41: (Verdict.VALID_TRON, frozenset({Network.TRON}), False),
    0x6F: (Verdict.TESTNET, frozenset({Network.BITCOIN}), False),
    0xC4: (Verdict.TESTNET, frozenset({Network.BITCOIN}), False),
}
"""By the first byte: which coin; 0x05 is shared."""
_PREFIXES: Final = {"bc": Network.BITCOIN, "ltc": Network.LITECOIN}
_TEST_PREFIXES: Final = {"tb": Network.BITCOIN, "bcrt": Network.BITCOIN, "tltc": Network.LITECOIN}
_HASH_BYTES: Final = 21
_WORDS_MIN: Final = 12


def find(text: str) -> list[str]:
    """Return what looks like an address in a text, each once, in their order."""
    return list(dict.fromkeys(match[0] for match in _FORMS.finditer(text)))


def check(
    address: str,
    *,
    network: Network | None = None,
    tag: str | None = None,
    wants_tag: bool = False,
    known: Iterable[str] = (),
) -> Checked:
    """Check an address before something is sent to it.

    `network` is the one that is to be used; `wants_tag` says that the payee is a platform where many share an
    address; `known` are addresses that the customer has used, which an attacker may imitate. What is wrong first is
    told first: the address itself, then its network, then an imitation, then a missing tag.
    """
    found = _formed(address.strip())
    if not found.verdict.good:
        return found
    if network is not None and network not in found.networks:
        return Checked(found.address, Verdict.WRONG_NETWORK, found.networks, ambiguous=found.ambiguous)
    like = look_alike(found.address, known)
    if like is not None:
        return Checked(found.address, Verdict.LOOK_ALIKE, found.networks, like=like)
    tagged = tag if tag and tag.strip() else found.tag
    if wants_tag and tagged is None and found.networks & TAGGED:
        return Checked(found.address, Verdict.MISSING_TAG, found.networks)
    return found


def look_alike(address: str, known: Iterable[str]) -> str | None:
    """Return the known address that another one imitates: the same beginning and end, and not the same."""
    mine = _bare(address)
    for other in known:
        theirs = _bare(other)
        if mine != theirs and mine[:ENDS] == theirs[:ENDS] and mine[-ENDS:] == theirs[-ENDS:]:
            return other
    return None


def _bare(address: str) -> str:
    plain = address.strip()
    return plain[2:].lower() if plain[:2].lower() == "0x" else plain


def _formed(address: str) -> Checked:
    if _is_secret(address):
        return Checked(address, Verdict.SECRET_KEY)
    if re.fullmatch(r"(?:0x)?[0-9a-fA-F]{64}", address):
        return Checked(address, Verdict.TRANSACTION_HASH)
    for form, rule in _RULES:
        if form.fullmatch(address):
            return rule(address)
    return Checked(address, Verdict.UNKNOWN_FORM)


def _is_secret(text: str) -> bool:
    words = text.split()
    phrase = len(words) >= _WORDS_MIN and all(re.fullmatch(r"[a-z]{3,8}", word) for word in words)
    extended = re.fullmatch(rf"[xyz]prv{_BODY}{{100,112}}", text) is not None
    return phrase or extended or base58.is_private_key(text)


def _base58(address: str) -> Checked:
    body = base58.decode_checked(address)
    if body is None:
        return Checked(address, Verdict.BAD_CHECKSUM)
    if len(body) != _HASH_BYTES or body[0] not in _VERSIONS:
        return Checked(address, Verdict.UNKNOWN_FORM)
    verdict, networks, ambiguous = _VERSIONS[body[0]]
    return Checked(address, verdict, networks, ambiguous=ambiguous)


def _segwit(address: str) -> Checked:
    if address not in (address.lower(), address.upper()):
        return Checked(address, Verdict.BAD_CASE)
    found = bech32.witness(address)
    if found is None:
        return Checked(address, Verdict.BAD_CHECKSUM)
    prefix, version, _, encoding = found
    right = bech32.Encoding.BECH32 if version == 0 else bech32.Encoding.BECH32M
    if encoding is not right:
        return Checked(address, Verdict.WRONG_ENCODING)
    if prefix in _TEST_PREFIXES:
        return Checked(address, Verdict.TESTNET, frozenset({_TEST_PREFIXES[prefix]}))
    if prefix not in _PREFIXES:
        return Checked(address, Verdict.UNKNOWN_FORM)
    network = _PREFIXES[prefix]
    verdict = Verdict.VALID_BTC_SEGWIT if network is Network.BITCOIN else Verdict.VALID_OTHER_COIN
    return Checked(address, verdict, frozenset({network}))


def eip55(address: str) -> str:
    """Return an Ethereum address with the case that is its checksum (EIP-55)."""
    plain = address[2:].lower()
    digest = keccak256(plain.encode("ascii")).hex()
    return "0x" + "".join(c.upper() if int(digest[at], 16) >= 8 else c for at, c in enumerate(plain))


def _evm(address: str) -> Checked:
    body = address[2:]
    if address == eip55(address) and not body.isdigit():
        verdict = Verdict.VALID_EVM
    else:
        verdict = Verdict.EVM_NO_CHECKSUM if body in (body.lower(), body.upper()) else Verdict.BAD_CASE
    networks = EVM if verdict is not Verdict.BAD_CASE else frozenset[Network]()
    return Checked(address, verdict, networks)


def _xrp(address: str) -> Checked:
    body = base58.decode_checked(address, base58.RIPPLE)
    good = body is not None and len(body) == _HASH_BYTES and body[0] == 0
    return Checked(address, Verdict.VALID_XRP, frozenset({Network.XRP})) if good else _bad(address)


def _xrp_tagged(address: str) -> Checked:
    """Read an X-address: account, a flag for the tag, the tag itself (XLS-5)."""
    body = base58.decode_checked(address, base58.RIPPLE)
    if body is None or len(body) != 31 or body[:2] not in (b"\x05\x44", b"\x04\x93") or body[22] > 1:
        return _bad(address)
    if body[:2] == b"\x04\x93":
        return Checked(address, Verdict.TESTNET, frozenset({Network.XRP}))
    tag = str(int.from_bytes(body[23:27], "little")) if body[22] else None
    return Checked(address, Verdict.VALID_XRP, frozenset({Network.XRP}), tag=tag)


def _bad(address: str) -> Checked:
    return Checked(address, Verdict.BAD_CHECKSUM)


def crc16(data: bytes) -> int:
    """Return the CRC-16/XMODEM of some bytes (polynomial 0x1021, start 0)."""
    return binascii.crc_hqx(data, 0)


def _stellar(address: str) -> Checked:
    """Read a strkey: version, key (and for M the number of a sub-account, which is its tag), checksum (SEP-23)."""
    try:
        raw = base64.b32decode(address + "=" * (-len(address) % 8))
    except binascii.Error:
        return _bad(address)
    if int.from_bytes(raw[-2:], "little") != crc16(raw[:-2]) or raw[0] not in (6 << 3, 12 << 3):
        return _bad(address)
    if base64.b32encode(raw).decode().rstrip("=") != address:
        return _bad(address)
    tag = str(int.from_bytes(raw[33:41], "big")) if raw[0] == 12 << 3 else None
    return Checked(address, Verdict.VALID_STELLAR, frozenset({Network.STELLAR}), tag=tag)


def _ton(address: str) -> Checked:
    """Read a user-friendly address: flags, chain, hash, checksum (TEP-2)."""
    try:
        raw = base64.b64decode(address.replace("+", "-").replace("/", "_"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return _bad(address)
    if int.from_bytes(raw[-2:], "big") != crc16(raw[:-2]) or raw[0] & 0x7F not in (0x11, 0x51):
        return _bad(address)
    networks = frozenset({Network.TON})
    return Checked(address, Verdict.TESTNET if raw[0] & 0x80 else Verdict.VALID_TON, networks)


_RULES: Final[tuple[tuple[re.Pattern[str], Callable[[str], Checked]], ...]] = (
    (re.compile(r"0x[0-9a-fA-F]{40}"), _evm),
    (re.compile(r"(?:bc|tb|bcrt|ltc|tltc)1[0-9a-zA-Z]{4,87}", re.IGNORECASE), _segwit),
    (re.compile(r"[GM][A-Z2-7]{55}(?:[A-Z2-7]{13})?"), _stellar),
    (re.compile(r"[EUk0]Q[A-Za-z0-9_+/-]{46}"), _ton),
    (re.compile(rf"X{_BODY}{{46}}|T{_BODY}{{46}}"), _xrp_tagged),
    (re.compile(rf"r{_BODY}{{24,34}}"), _xrp),
    (re.compile(rf"{_BODY}{{26,35}}"), _base58),
)

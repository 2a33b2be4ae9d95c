"""A slip of the finger in an address is seen; and no text breaks the checks."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from walletdesk.guard.addresses import check, find
from walletdesk.guard.addresses.base58 import BITCOIN, RIPPLE
from walletdesk.guard.addresses.bech32 import ALPHABET

CASES = {
    "bitcoin": ("1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mo", BITCOIN, 1, 2_000),
    "tron": ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", BITCOIN, 1, 2_000),
    "segwit": ("bc1qvyq0cc6rahyvsazfdje0twl7ez82ndmuac2lhv", ALPHABET, 3, 2_000),
    "taproot": ("bc1p83n3au0rjylefxq2nc2xh2y4jzz4pm6zxj4mw5pagdjjr2a9f36s6jjnnu", ALPHABET, 3, 2_000),
    "xrp": ("rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf", RIPPLE, 1, 2_000),
    "ethereum": ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0123456789abcdefABCDEF", 2, 2_000),
    "stellar": (
        "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ", string.ascii_uppercase + "234567", 1, 2_000,
    ),
    "ton": (
        "EQDKbjIcfM6ezt8KjKJJLshZJJSqX7XOA4ff-W72r5gqPrHF", string.ascii_letters + string.digits + "-_", 2, 2_000,
    ),
}  # fmt: skip


def slipped(address: str, alphabet: str, first: int, rng: random.Random) -> str:
    """One character typed wrong, or two neighbours swapped."""
    at = rng.randrange(first, len(address))
    if rng.random() < 0.5 and at + 1 < len(address) and address[at] != address[at + 1]:
        return address[:at] + address[at + 1] + address[at] + address[at + 2 :]
    other = rng.choice([character for character in alphabet if character != address[at]])
    return address[:at] + other + address[at + 1 :]


@pytest.mark.parametrize("name", CASES)
def test_no_single_slip_is_missed(name: str) -> None:
    address, alphabet, first, count = CASES[name]
    rng = random.Random(20260105)

    missed = [wrong for _ in range(count) if check(wrong := slipped(address, alphabet, first, rng)).verdict.good]

    assert check(address).verdict.good
    assert missed == []


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80) | st.text(alphabet=string.ascii_letters + string.digits + "-_", max_size=80))
def test_any_text_can_be_checked(text: str) -> None:
    found = check(text)

    assert found.verdict.value
    assert not found.verdict.good or find(text.strip()) == [text.strip()]

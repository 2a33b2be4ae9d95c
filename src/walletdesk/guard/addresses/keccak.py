"""Keccak-256 as Ethereum uses it: the submission to the SHA-3 contest, whose padding differs from FIPS 202.

Source: the Keccak reference, version 3.0 (Bertoni, Daemen, Peeters, Van Assche 2011). `hashlib.sha3_256` is the
standard of 2015 and gives other digests; with its padding this module gives the same, which is how it is tested.
"""

from __future__ import annotations

from typing import Final

_ROUNDS: Final = 24
_LANES: Final = 25
_MASK: Final = (1 << 64) - 1
_RATE_BYTES: Final = 136
KECCAK_PADDING: Final = 0x01
FIPS_PADDING: Final = 0x06


def _constants() -> tuple[int, ...]:
    """Make the round constants with the shift register of the specification."""
    found: list[int] = []
    register = 1
    for _ in range(_ROUNDS):
        constant = 0
        for power in range(7):
            if register & 1:
                constant |= 1 << ((1 << power) - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        found.append(constant)
    return tuple(found)


def _offsets() -> tuple[tuple[int, int], ...]:
    """Return for each step of rho and pi the lane it goes to, and by how many bits it turns."""
    found: list[tuple[int, int]] = []
    x, y = 1, 0
    for step in range(_LANES - 1):
        x, y = y, (2 * x + 3 * y) % 5
        found.append((x + 5 * y, (step + 1) * (step + 2) // 2 % 64))
    return tuple(found)


_CONSTANTS: Final = _constants()
_OFFSETS: Final = _offsets()


def _turned(lane: int, by: int) -> int:
    return ((lane << by) | (lane >> (64 - by))) & _MASK


def _permute(lanes: list[int]) -> None:
    for constant in _CONSTANTS:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        for x in range(5):
            parity = columns[x - 1] ^ _turned(columns[(x + 1) % 5], 1)
            for y in range(0, _LANES, 5):
                lanes[x + y] ^= parity
        moving = lanes[1]
        for place, by in _OFFSETS:
            lanes[place], moving = _turned(moving, by), lanes[place]
        for y in range(0, _LANES, 5):
            row = lanes[y : y + 5]
            for x in range(5):
                lanes[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5] & _MASK)
        lanes[0] ^= constant


def keccak256(data: bytes, *, padding: int = KECCAK_PADDING) -> bytes:
    """Return the digest of 32 bytes; `padding` 0x06 gives SHA3-256."""
    block = bytearray(data)
    missing = _RATE_BYTES - len(block) % _RATE_BYTES
    block += bytes(missing)
    block[len(data)] ^= padding
    block[-1] ^= 0x80
    lanes = [0] * _LANES
    for start in range(0, len(block), _RATE_BYTES):
        for lane in range(_RATE_BYTES // 8):
            lanes[lane] ^= int.from_bytes(block[start + 8 * lane : start + 8 * lane + 8], "little")
        _permute(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])

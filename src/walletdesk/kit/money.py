"""Money as whole minor units, so that it is never rounded by accident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

EXPONENT: Final[dict[str, int]] = {
    "CNY": 2,
    "USD": 2,
    "EUR": 2,
    "GBP": 2,
    "HKD": 2,
    "JPY": 0,
    "KWD": 3,
    "BTC": 8,
    "POINT": 0,
}
"""How many minor units make a major one, as powers of ten (ISO 4217 where it names the currency)."""

_SYMBOL: Final[dict[str, str]] = {
    "CNY": "¥",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "JPY": "JP¥",
}


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies were added or compared: a defect, never a user's mistake."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the smallest unit of one currency (`1234` CNY is 12.34 yuan)."""

    minor: int
    currency: str

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        """Add two amounts of the same currency."""
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        """Subtract an amount of the same currency."""
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        """Return the same amount with the other sign."""
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        """Compare two amounts of the same currency."""
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        """Compare two amounts of the same currency."""
        self._same(other)
        return self.minor <= other.minor

    def text(self) -> str:
        """Write the amount as people read it, e.g. `¥1,234.50`; the same in every language of the product."""
        exponent = EXPONENT.get(self.currency, 2)
        whole, part = divmod(abs(self.minor), 10**exponent)
        digits = f"{whole:,}" + (f".{part:0{exponent}d}" if exponent else "")
        sign = "-" if self.minor < 0 else ""
        symbol = _SYMBOL.get(self.currency)
        return f"{sign}{symbol}{digits}" if symbol else f"{sign}{digits} {self.currency}"

"""Why a link was judged so, in words."""

from __future__ import annotations

from typing import Final

from walletdesk.guard.links.lists import brands
from walletdesk.guard.links.model import Checked, Sign
from walletdesk.kit.i18n import Lang, text

REASONS_MAX: Final = 2
"""So many reasons are told; who is told more reads none."""


def reason(sign: Sign, lang: Lang) -> str:
    """Say what was seen."""
    return text(lang, f"guard.link.{sign.code}", brand=brand_name(sign.brand, lang), site=sign.site, shown=sign.shown)


def reasons(checked: Checked, lang: Lang, *, most: int = REASONS_MAX) -> list[str]:
    """Say why a link was judged so, the weightiest first; for one without an alarm only whose page it is.

    What weighs less is told only where there is nothing weightier.
    """
    if not checked.verdict.alarms:
        return [reason(sign, lang) for sign in checked.signs if sign.code == "known"]
    top = max(sign.weight for sign in checked.signs)
    return [reason(sign, lang) for sign in checked.signs if sign.weight is top][:most]


def brand_name(key: str, lang: Lang) -> str:
    """Return how people call a brand; a domain of the operator is called by itself."""
    found = next((brand for brand in brands() if brand.en == key), None)
    return found.name(lang) if found is not None else key

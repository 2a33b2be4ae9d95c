"""One spelling for what can be typed in many: width, case, script, unseen characters.

Search of help articles and understanding of customers compare texts in this form, so that what is typed in full
width, in traditional characters or with invisible signs is the same text.
"""

from __future__ import annotations

import importlib
import re
import unicodedata
from functools import cache
from typing import Any, Final, Protocol, cast

CHARS_MAX: Final = 4_000
"""Characters that are looked at, as many as a message may have; the time of one text stays bounded."""

_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_UNSEEN: Final = re.compile(
    r"[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _simplifier() -> _Converter:
    # Its tables are read once, when the first text needs them.
    opencc: Any = importlib.import_module("opencc")
    return cast("_Converter", opencc.OpenCC("t2s"))


def simplified(text: str) -> str:
    """Write traditional characters as simplified ones."""
    return _simplifier().convert(text) if _HAN.search(text) else text


def has_han(text: str) -> bool:
    """Say whether there is a Chinese character."""
    return _HAN.search(text) is not None


def plain(text: str, *, chars_max: int = CHARS_MAX) -> str:
    """Return a text in one width, case and script, without unseen characters; words and numbers stay as they are."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", text[:chars_max]))
    return simplified(seen.lower().replace("\u2019", "'").replace("\u2018", "'")).strip()

"""One spelling for what can be typed in many: width, case, script, repeated signs, shortened words, numbers."""

from __future__ import annotations

import re
from typing import Final

from walletdesk.kit.spelling import CHARS_MAX, has_han, plain, simplified

__all__ = ["CHARS_MAX", "has_han", "normalise", "plain", "simplified"]

_REPEATED: Final = re.compile(r"(.)\1{2,}")
_LINK: Final = re.compile(r"https?://\S+|www\.\S+")
_MAIL: Final = re.compile(r"\S+@\S+\.\w+")
_NUMBER: Final = re.compile(r"\d[\d,.:/-]*\d|\d")
_AGE: Final = re.compile(
    r"(?:我|才|今年|just|only|am|i'm|im|turning)?\s*(?<![\d.])(?P<n>\d{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|[五六七八九])"
    r"\s*(?:周?岁|-?\s?years?[ -]old|-?\s?yrs?[ -]old|-?year-old|yo\b)"
    r"|\b(?:i am|i'm|im|aged?|only)\s+(?P<m>\d{1,3})(?=\s*(?:$|[,.;!]|and\b))"
)
_TENS: Final = "零一二三四五六七八九"
_CHILD_AGE_MAX: Final = 17
_KEPT_NUMBERS: Final = frozenset(
    ("0", "1", "2", "3", "24", "88", "886", "95", "110", "119", "315", "911", "999", "12315", "12363", "12378")
)
"""Numbers that mean something by themselves (88 is a farewell, 12315 an authority); all others become one sign."""

_SHORTENED: Final = {
    "cant": "can not", "can't": "can not", "cannot": "can not", "wont": "will not", "won't": "will not",
    "dont": "do not", "doesnt": "does not", "didnt": "did not", "isnt": "is not", "wasnt": "was not",
    "hasnt": "has not", "havent": "have not", "couldnt": "could not", "wouldnt": "would not", "arent": "are not",
    "hadnt": "had not", "shouldnt": "should not", "aint": "is not", "im": "i am", "ive": "i have", "whats": "what is",
    "wheres": "where is", "hows": "how is", "thats": "that is", "u": "you", "ur": "your", "r": "are", "pls": "please",
    "plz": "please", "acc": "account", "acct": "account", "acount": "account", "msg": "message", "txn": "transaction",
    "recieve": "receive", "recieved": "received", "recived": "received", "gonna": "going to", "wanna": "want to",
    "gotta": "got to", "ppl": "people", "smth": "something", "sb": "somebody", "wanta": "want to", "mony": "money",
}  # fmt: skip
_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)?")
_CONTRACTION: Final = re.compile(r"^([a-z]+)(n't|'re|'s|'m|'ve|'ll|'d)$")
_ENDINGS: Final = {"n't": "not", "'re": "are", "'m": "am", "'ve": "have", "'ll": "will", "'d": "would", "'s": "is"}


def normalise(text: str) -> str:
    """Return the form in which texts are compared: `plain`, numbers and links masked, shortened words written out."""
    found = _LINK.sub(" link ", plain(text))
    found = _MAIL.sub(" mail ", found)
    found = _NUMBER.sub(_mask, _AGE.sub(_age, found))
    found = _WORD.sub(_write_out, found)
    return " ".join(_REPEATED.sub(r"\1\1", found).split())


def _age(match: re.Match[str]) -> str:
    """Say of an age only whether it is a child's; a number as such would be masked."""
    said = match["n"] or match["m"]
    years = int(said) if said.isdigit() else _chinese_age(said)
    return " kidage " if years <= _CHILD_AGE_MAX else " grownage "


def _chinese_age(said: str) -> int:
    tens, ten, ones = said.rpartition("十")
    return (10 * (_TENS.index(tens) if tens else 1) if ten else 0) + (_TENS.index(ones) if ones else 0)


def _mask(match: re.Match[str]) -> str:
    return match[0] if match[0] in _KEPT_NUMBERS else "#"


def _write_out(match: re.Match[str]) -> str:
    word = match[0]
    if word in _SHORTENED:
        return _SHORTENED[word]
    parts = _CONTRACTION.match(word)
    return f"{parts[1]} {_ENDINGS[parts[2]]}" if parts else word

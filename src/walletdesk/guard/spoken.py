"""Codes, passwords and keys: secrets that nothing but the words around them gives away.

Found in Chinese and English by what they are called, before or behind: one-time codes, passwords, PINs, card security
codes, recovery phrases, private keys. A private key of Bitcoin and a signed token give themselves away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from walletdesk.guard.addresses.base58 import is_private_key
from walletdesk.guard.numbers import Span, with_han_digits

_CODE: Final = r"(?<![0-9•.])(?P<secret>[0-9](?:[ -]?[0-9]){3,7})(?![0-9]|[ -][0-9]|[.,][0-9]|%)"
_COUNTED: Final = (
    r"(?!\s*(?:元|块|分钟|秒|点|号|月|日|年|天|次|位|条|个|发来|发的|打来|"
    r"yuan|rmb|minutes?|seconds?|times?|days?)(?![a-z]))"
)
"""What stands behind a number that is no code."""
_ZH_CODE: Final = (
    r"(?:验证码|驗證碼|校验码|确认码|动态码|动态密码|动态口令|短信码|授权码|安全码|pin ?码|一次性密码|提取密码|"
    r"取款密码|支付密码)"
)
_ZH_WORD: Final = r"(?:密码|密碼|口令|暗号)"
_ZH_IS: Final = r"(?:就?是|为|叫|改成|改为|设成|设为|设置成|设置为|换成|给你|发你|告诉你|填|输入?)"
_EN_CODE: Final = (
    r"(?<![a-z])(?:(?:verification|security|one[- ]?time|auth(?:entication)?|access|log[- ]?in|sms|confirmation|"
    r"2fa|mfa|verify|text(?:ed)?|sms)[ -]?(?:code|pin|passcode)|otps?(?: code)?|pass ?codes?|cvv2?|cvc2?|cvn|"
    r"pin(?: ?code| number)?)(?![a-z])"
)
_EN_WORD: Final = (
    r"(?<![a-z])(?:one[- ]?time password|pass ?word|passwd|passwort|pwd|pass ?phrase|pin(?: ?code| number)?)(?![a-z])"
)
_EN_LINK: Final = (
    r"(?:[\s,:;=\-–—\"'“”‘’(]|is|was|are|of|it'?s|says|reads|i|got|received|have|they|you|sent|me|number|"
    r"code|here|for|my|the|this|to|changed|set|now|new|as)"
)
_NOT_FILLER: Final = r"(?!订单|单号|尾号|金额|手机|电话|流水|卡|order|ref|ending|tail|phone|amount|from)"
_FILLED: Final = rf"(?:{_NOT_FILLER}[^0-9\n•]){{0,14}}?"
_VALUE: Final = r"(?P<secret>(?=[!-~]*[0-9])[!-~]{3,64})"
_STOP_WORDS: Final = (
    "wrong|incorrect|correct|right|working|not|never|always|still|too|very|being|been|going|locked|blocked|expired|"
    "forgotten|lost|invalid|valid|required|needed|asked|changed|reset|stolen|weak|strong|safe|secure|saved|stored|same|"
    "different|good|fine|okay|unknown|missing|accepted|rejected|refused|denied|for|what|where|when|the|this|that|there|"
    "please|because|and|but|with|just|only|now|my|your|his|her|their|our|set|sent|shown|hidden|empty|failing|failed|"
    "password|compromised|leaked|public|written|case|long|short|simple|easy|hard|difficult|kept|used|given"
)

_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # The name, then close behind it the code: 验证码收到了,是 482913 · the OTP they sent me is 482 913
        rf"{_ZH_CODE}{_FILLED}{_CODE}{_COUNTED}",
        rf"{_EN_CODE}{_EN_LINK}{{0,10}}{_CODE}{_COUNTED}",
        r"(?:后|背面|反面)的?[三3]位(?:数字?|码)?\s*(?:是|为|:|：)?\s*(?P<secret>[0-9]{3})(?![0-9])",
        r"(?<![a-z])(?:cvv2?|cvc2?|cvn)(?![a-z])[\s:=]{0,3}(?:is )?(?P<secret>[0-9]{3,4})(?![0-9])",
        # The code, then its name: 482913 是验证码 · G-482913 is your Google verification code
        rf"{_CODE}\s{{0,2}}(?:就?是|为|,|，)?\s?(?:我的?|您的?|你的?|这个|那个|收到的)?\s?{_ZH_CODE}",
        rf"{_CODE}\s{{1,2}}(?:is|was|as)\s(?:[a-z]{{1,12}}\s){{0,3}}?(?:{_EN_CODE}|code(?![a-z])|{_EN_WORD})",
        # A bare "code": 482913, but no error code and no post code.
        r"(?<!error )(?<!zip )(?<!post )(?<!postal )(?<!area )(?<!country )(?<!order )(?<!promo )(?<!coupon )(?<!qr )"
        r"(?<!bar )(?<!sort )(?<!swift )(?<!status )(?<!discount )(?<!product )(?<!reason )(?<!merchant )(?<![a-z?&#_])"
        rf"code(?![a-z])(?:\s?(?:is|was|:|=|：)|\si got(?: is)?|\s(?=[0-9]{{6}}(?![0-9])))\s{{0,2}}"
        rf"[\"'“]?{_CODE}{_COUNTED}",
        # Passwords: with a digit in them directly behind the name; of letters only where "is" or a colon says so.
        rf"{_ZH_WORD}\s{{0,2}}{_ZH_IS}?\s{{0,2}}[:：=]?\s{{0,2}}[\"'“‘「]?{_VALUE}",
        rf"{_ZH_WORD}\s{{0,2}}(?:{_ZH_IS}\s{{0,2}}[:：=]?|[:：=])\s{{0,2}}[\"'“‘「]?(?P<secret>[!-~]{{4,64}})",
        rf"{_EN_WORD}(?:\s(?:is|was|changed to|set to|now is|is now|to))?\s{{0,2}}[:=]?\s{{0,2}}[\"'“‘]?"
        rf"{_VALUE}{_COUNTED}",
        rf"{_EN_WORD}\s{{0,2}}[:=]\s{{0,2}}[\"'“‘]?(?P<secret>[!-~]{{4,64}})",
        rf"{_EN_WORD}\s(?:is|was)\s[\"“‘'](?P<secret>[^\"”’'\n]{{3,64}})[\"”’']",
        rf"{_EN_WORD}\s(?:is|was)\s(?!(?:{_STOP_WORDS})(?![a-z]))(?P<secret>[a-z!-/:-@]{{6,64}})"
        r"(?=\s*$|[.,;!?\n]|\s*(?:and|but|thanks))",
        # Recovery phrases and keys.
        r"(?:seed|recovery|secret|backup|mnemonic)(?: ?phrase| ?words?)?[^\n•]{0,40}?(?<![a-z])"
        r"(?P<secret>(?:[a-z]{3,8}[\s,]{1,3}){11,23}[a-z]{3,8})(?![a-z])",
        r"(?:助记词|种子短语|恢复短语|助記詞)[^\n•]{0,20}?(?<![a-z])"
        r"(?P<secret>(?:[a-z]{3,8}[\s,、]{1,3}){11,23}[a-z]{3,8})(?![a-z])",
        r"(?:助记词|种子短语|恢复短语|助記詞)[^\n•]{0,20}?(?P<secret>(?:[\u4e00-\u9fff][\s,、]){11,23}[\u4e00-\u9fff])",
        r"(?:私钥|私鑰|密钥|private key|secret key|keystore)[^\n•]{0,16}?(?P<secret>(?:0x)?[0-9a-z+/=_-]{32,130})",
        # Tokens and secrets in links.
        r"(?<![A-Za-z0-9_-])(?P<secret>eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,2000})",
        r"[?&#](?:access_token|id_token|reset_token|auth_token|token|otp|password|passwd|pwd|secret)="
        r"(?P<secret>[^&#\s•]{4,2000})",
    )
)  # fmt: skip
_BODY: Final = "[1-9A-HJ-NP-Za-km-z]"
_KEY: Final = re.compile(rf"(?<!{_BODY})(?:[5KLc9]{_BODY}{{50,51}}|[xyz]prv{_BODY}{{100,112}})(?!{_BODY})")
_NAMES: Final = (
    "码", "碼", "口令", "暗号", "钥", "鑰", "记词", "記詞", "短语", "三位", "3位",
    "pass", "pwd", "code", "pin", "otp", "phrase",
    "key", "seed", "mnemonic", "recovery", "backup", "secret", "cvv", "cvc", "cvn", "eyj", "token=",
)  # fmt: skip
"""Without one of these nothing but a bare key can be a secret."""
KEY_CHARACTERS_MIN: Final = 50


def names_secret(plain: str) -> bool:
    """Say, quickly, whether a text has any word beside which a secret might stand."""
    low = plain.lower()
    return any(name in low for name in _NAMES) or _may_be_key(plain)


def _may_be_key(plain: str) -> bool:
    return len(plain) >= KEY_CHARACTERS_MIN and _KEY.search(plain) is not None


def find_spoken(plain: str) -> Iterator[Span]:
    """Find codes, passwords and keys in a text that was narrowed."""
    if not names_secret(plain):
        return
    for text in {plain, with_han_digits(plain)}:
        for pattern in _PATTERNS:
            for match in pattern.finditer(text):
                yield Span("secret", match.start("secret"), match.end("secret"))
    checks: Callable[[str], bool] = is_private_key
    for match in _KEY.finditer(plain):
        if match[0][1:4] == "prv" or checks(match[0]):
            yield Span("secret", match.start(), match.end())

"""Whatever is typed around it, no card, identity number or code passes the door; and order numbers do."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from walletdesk.guard.masking import luhn, mask
from walletdesk.guard.numbers import identity_checks, narrow

SCHEMES = [
    ("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15), ("62", 16), ("622202", 19),
    ("621700", 19), ("9558", 19), ("3528", 16), ("6011", 16), ("65", 16), ("36", 14),
]  # fmt: skip
BEFORE = ["", "卡号", "我的卡是:", "card ", "my card number is ", "请查 ", "(", "付款失败,", "card no."]
AFTER = ["", "。", " 付不了", " thanks", ",28元", ")", "\n谢谢"]
HAN = dict(zip("0123456789", "零一二三四五六七八九", strict=True))


def with_check_digit(body: str) -> str:
    return next(body + str(digit) for digit in range(10) if luhn(body + str(digit)))


@st.composite
def cards(draw: st.DrawFn) -> str:
    prefix, length = draw(st.sampled_from(SCHEMES))
    missing = length - len(prefix) - 1
    body = prefix + "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=missing, max_size=missing)))
    return with_check_digit(body)


def _fours(digits: str, separator: str) -> str:
    return separator.join(digits[at : at + 4] for at in range(0, len(digits), 4))


@st.composite
def spelled(draw: st.DrawFn, digits: str) -> str:
    """A number as somebody might type it."""
    separator = draw(st.sampled_from(["", " ", "-", ".", " - ", "\u00a0", "·", "_", "/", "\n"]))
    grouped = draw(st.sampled_from([_fours(digits, separator), separator.join(digits), digits]))
    style = draw(st.sampled_from(["plain", "wide", "han", "arabic"]))
    if style == "wide":
        return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in grouped)
    if style == "arabic":
        return "".join(chr(ord(c) - 48 + 0x660) if c.isdigit() else c for c in grouped)
    return "".join(HAN.get(c, c) for c in grouped) if style == "han" else grouped


def digits_of(text: str) -> str:
    back = {han: digit for digit, han in HAN.items()}
    return re.sub(r"\D", "", "".join(back.get(c, c) for c in narrow(text)))


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(BEFORE), st.sampled_from(AFTER))
def test_no_card_number_passes_however_it_is_typed(data: st.DataObject, before: str, after: str) -> None:
    card = data.draw(cards())
    found = mask(before + data.draw(spelled(card)) + after)

    assert card not in digits_of(found.text)
    assert card[:-4][-6:] not in digits_of(found.text)
    assert "card" in found.kinds


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    region = draw(st.sampled_from(["110101", "310115", "440305", "510104", "650102", "810000"]))
    born = date(1930, 1, 1) + timedelta(days=draw(st.integers(0, 33_000)))
    body = f"{region}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return next(body + last for last in "0123456789X" if identity_checks(body + last))


@settings(max_examples=120, deadline=None)
@given(
    identity_numbers(), st.sampled_from(["", " ", "-"]), st.booleans(), st.sampled_from(["身份证", "ID ", "", "我是"])
)
def test_no_identity_number_passes(number: str, separator: str, wide: bool, before: str) -> None:
    text = separator.join([number[:6], number[6:14], number[14:]])
    if wide:
        text = "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in text)
    found = mask(before + text + "。")

    assert found.text == f"{before}••••{number[-2:]}。"
    assert found.kinds == {"identity"}


CODES = [
    "验证码{}", "验证码是{}", "您的验证码:{},请勿告诉他人", "收到验证码了 {}", "{}是验证码", "动态码 {}", "短信码：{}",
    "otp {}", "my otp is {}", "the verification code is {}", "your code is {} thanks", "{} is my verification code",
    "code: {}", "PIN {}", "pin is {}", "passcode={}", "login code {}", "支付密码{}", "密码是{}", "口令:{}",
]  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(CODES), st.from_regex(r"[0-9]{4,8}", fullmatch=True), st.booleans())
def test_no_code_passes_beside_what_it_is_called(template: str, code: str, wide: bool) -> None:
    said = "".join(chr(ord(c) + 0xFEE0) for c in code) if wide else code
    found = mask(template.format(said))

    assert code not in narrow(found.text)
    assert found.kinds & {"secret", "card"}


LETTERS = [*"0123456789 -.验证码密码是卡号otpcodeis:=\n•一二三xX?&token/@", "１", "\u200b", "💳"]
TEXTS = st.text(alphabet=st.sampled_from(LETTERS), max_size=120)


@settings(max_examples=500, deadline=None)
@given(TEXTS)
@example("验证码4111111111111111 4111 1111 1111 1111")
@example("otp otp 1234 5678 9012 3456")
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text)

    assert mask(once.text).text == once.text
    assert bool(once.kinds) == (once.text != text)


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_masked(text: str) -> None:
    once = mask(text)

    assert mask(once.text).text == once.text


def order_numbers(rng: random.Random) -> str:
    """A number that shops, banks and carriers print, as customers copy it."""
    day = date(2025, 1, 1) + timedelta(days=rng.randrange(500))
    digits = "".join(rng.choice("0123456789") for _ in range(40))
    return rng.choice(
        [
            f"订单 {day:%Y%m%d}-{digits[:4]}", f"{day:%Y%m%d}{digits[:8]}", f"{day:%Y%m%d}{digits[:20]}",
            f"订单号:{digits[:16]}", f"流水号{digits[:15]}", f"微信支付 42000{digits[:23]}", f"order no. {digits[:13]}",
            f"单号 SF{digits[:13]}", f"tracking 1Z{digits[:16]}", f"{day:%Y-%m-%d} 12:{digits[:2]}:{digits[2:4]}",
            f"17{digits[:11]}", f"订单{digits[:12]}", f"INV-{digits[:10]}", f"商户单号 {digits[:18]}",
            f"1{digits[:10]}",
            f"https://shop.com/o/{day:%Y%m%d}{digits[:6]}?id={digits[:12]}",
        ]
    )  # fmt: skip


def test_order_numbers_are_kept() -> None:
    rng = random.Random(20260105)
    texts = [order_numbers(rng) for _ in range(2000)]

    kept = sum(mask(text).text == text for text in texts)

    assert kept / len(texts) >= 0.995

"""Secrets that people type are found in every way of writing them; what only looks like one stays."""

from __future__ import annotations

import pytest

from walletdesk.guard.masking import (
    luhn,
    mask,
    mask_email,
    mask_name,
    mask_phone,
    mask_tail,
    may_hold_secret,
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("卡号 4111 1111 1111 1111", "卡号 ••••1111"),
        ("4111-1111-1111-1111 exp 12/26", "••••1111 exp 12/26"),
        ("4111 1111 1111 1111 123", "••••1111 123"),
        ("card4111111111111111", "card••••1111"),
        ("4１1１ １１11 1111 1111", "••••1111"),
        ("٤١١١١١١١١١١١١١١١", "••••1111"),
        ("四一一一 一一一一 一一一一 一一一一", "••••1111"),
        ("肆幺幺幺幺幺幺幺幺幺幺幺幺幺幺幺", "••••1111"),
        ("4\u200b1\u200b1\u200b1 1111 1111 1111", "••••1111"),
        ("4.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1", "••••1111"),
        ("4111\n1111\n1111\n1111", "••••1111"),
        ("3782 822463 10005", "••••0005"),
        ("378282246310005", "••••0005"),
        ("6212 3456 7890 1232", "••••1232"),
        ("卡 4111111111111111一共28元", "卡 ••••1111一共28元"),
        ("5018 0000 0009", "5018 0000 0009"),
    ],
)
def test_of_a_card_the_last_four_digits_stay(text: str, masked: str) -> None:
    found = mask(text)

    assert found.text == masked
    assert found.kinds == (frozenset({"card"}) if "•" in masked else frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "订单 20260105-8841 金额28.00", "订单号 4111111111111111", "order no. 4111111111111111",
        "微信单号 4200001234202601058841234567", "2026010522001412345678901234", "13800138000 13900139000",
        "+49 1512 3456789", "https://item.jd.com/100038004389.html", "时间 2026-01-05 12:30:45", "1704441234567",
        "41111111-1111-4111-8111-111111111111", "0x4111111111111111111111111111111111111111", "¥4,111.11 × 28",
        "SF4111111111111111", "0000 0000 0000 0000", "4111 1111 1111 1112", "您好", "", "1 2 3 4 5",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_card_stays(text: str) -> None:
    assert mask(text) == mask(mask(text).text)
    assert mask(text).text == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("身份证110101199003077758", "身份证••••58"),
        ("1101 0119 9003 0777 58", "••••58"),
        ("110101-19900307-7758", "••••58"),
        ("１１０１０１１９９００３０７７７５８", "••••58"),
        ("11010119900307109x", "••••9x"),
        ("一一零一零一一九九零零三零七七七五八", "••••五八"),
        ("身份证 110101900307775", "身份证 ••••75"),
    ],
)
def test_of_an_identity_number_the_last_two_characters_stay(text: str, masked: str) -> None:
    found = mask(text)

    assert found.text == masked.replace("五八", "58")
    assert found.kinds == {"identity"}


@pytest.mark.parametrize(
    "text",
    [
        "110101199003077757", "110101199013077758", "990101199003077758", "110101900307775", "110101199003077758000",
        "A110101199003077758",
    ],
)  # fmt: skip
def test_what_is_no_identity_number_stays(text: str) -> None:
    assert "identity" not in mask(text).kinds


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("验证码482913", "验证码••••"),
        ("验证码我收到了,是 482913", "验证码我收到了,是 ••••"),
        ("驗證碼：４８２９１３", "驗證碼：••••"),
        ("验证码四八二九一三", "验证码••••"),
        ("验证码 482 913 对吗", "验证码 •••• 对吗"),
        ("482913是验证码", "••••是验证码"),
        ("482913 是我的动态码", "•••• 是我的动态码"),
        ("PIN码1234", "PIN码••••"),
        ("G-482913 is your Google verification code", "G-•••• is your Google verification code"),
        ("the OTP they sent me is 482 913 ok", "the OTP they sent me is •••• ok"),
        ("otp 4829", "otp ••••"),
        ("code: 482913", "code: ••••"),
        ("code 482913", "code ••••"),
        ("my pin is 1234 and", "my pin is •••• and"),
        ("cvv 123", "cvv ••••"),
        ("背面三位数是123", "背面三位数是••••"),
        ("我的密码是abcdef", "我的密码是••••"),
        ("密码改成 Abc123456 了", "密码改成 •••• 了"),
        ("密码:hunter", "密码:••••"),
        ("ｐａｓｓｗｏｒｄ：ｌｅｔｍｅｉｎ", "ｐａｓｓｗｏｒｄ：••••"),
        ("my password is hunter2", "my password is ••••"),
        ("password: letmein", "password: ••••"),
        ("my password is correcthorse.", "my password is ••••"),
        ('password is "correct horse"', 'password is "••••"'),
        ("https://walletdesk.example/reset?token=abcd1234&x=1", "https://walletdesk.example/reset?token=••••&x=1"),
        ("私钥 " + "ab" * 32, "私钥 ••••"),
        ("private key: 0x" + "ab" * 32, "private key: ••••"),
        ("5JuW2AMDYu4xVwRG9DZW18VbzQrGcd5RCgb99sS6ehJsNQXu5b9", "••••"),
        (
            "my seed phrase: legal winner thank year wave sausage worth useful legal winner thank yellow",
            "my seed phrase: ••••",
        ),
        (
            "助记词是 legal winner thank year wave sausage worth useful legal winner thank yellow 对吗",
            "助记词是 •••• 对吗",
        ),
        ("助记词:的 一 是 在 不 了 有 和 人 这 中 大", "助记词:••••"),
        ("密码 4111 1111 1111 1111", "密码 ••••"),
    ],
)  # fmt: skip
def test_of_codes_passwords_and_keys_nothing_stays(text: str, masked: str) -> None:
    assert may_hold_secret(text)
    found = mask(text)

    assert found.text == masked
    assert found.kinds == {"secret"}


@pytest.mark.parametrize(
    "text",
    [
        "验证码收不到", "验证码收不到,订单 88412 付款失败", "验证码是95588发来的", "验证码 60 秒后重发",
        "验证码过期了,2026年1月5日",
        "密码错误5次", "密码是什么", "登录密码忘了怎么办", "我输了密码3次", "my password is wrong",
        "password is not working since 2024",
        "password reset 2024", "error code 500123", "error code: 500123", "zip code 94107", "passport 123456",
        "shipping 12345", "spin 12345", "otp 12 minutes", "the code expires in 5 minutes 1234", "my pin does not work",
        "seed phrase? never heard of it", "txid " + "ab" * 32, "https://shop.de/?code=8841&id=2",
        "please check what happened with that refund they said would arrive today",
    ],
)  # fmt: skip
def test_talking_about_a_secret_is_not_telling_it(text: str) -> None:
    assert mask(text).text == text


def test_most_messages_are_not_looked_at_closely() -> None:
    assert not may_hold_secret("我付了钱,商家没收到")
    assert not may_hold_secret("I paid and the shop got nothing")


def test_several_secrets_of_one_text_are_all_taken_out() -> None:
    found = mask("卡 4111 1111 1111 1111,身份证 110101199003077758,验证码 482913")

    assert found.text == "卡 ••••1111,身份证 ••••58,验证码 ••••"
    assert found.kinds == {"card", "identity", "secret"}


def test_the_luhn_digit_is_that_of_the_standard() -> None:
    assert luhn("79927398713")
    assert [luhn(f"7992739871{digit}") for digit in range(10)].count(True) == 1


def test_parts_of_contacts_are_shown() -> None:
    assert mask_phone("13800130021") == "138••••0021"
    assert mask_phone("12345") == "•••••"
    assert (mask_name("王小明"), mask_name("Anna Huber"), mask_name("")) == ("王•", "Anna •", "•")
    assert (mask_tail("6222021234567890"), mask_tail("1234")) == ("••••7890", "••••")
    assert mask_email("anna@example.org") == "a••••@example.org"
    assert mask_email("nobody") == mask_email("@x") == "••••"

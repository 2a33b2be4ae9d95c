"""Who pastes a link or a blockchain address is told what it is and why; a dangerous one is never passed over."""

from __future__ import annotations

import re

import pytest

from tests.support.dialogues import NOW, ZONE, Talk, said, tapped, transaction
from walletdesk.bot.dialogue.model import Chips, Decision, Safety, Say, Show
from walletdesk.bot.dialogue.speaking import Voice, speak
from walletdesk.desk.conversations.promise import HandOff, WaitCustomer
from walletdesk.diagnosis.model import Symptom
from walletdesk.guard.addresses import Verdict
from walletdesk.guard.links import Policy
from walletdesk.kit.i18n import LANGS, Lang, catalogue

OURS = Policy(own=("walletdesk.example",))
PAID = "我付钱了,商家没收到"


def talk(**more: object) -> Talk:
    return Talk(policy=OURS, **more)  # type: ignore[arg-type]


def keys(decision: Decision) -> list[str]:
    return [one.key for one in decision.items if isinstance(one, Chips | Say | Safety)]


def options(decision: Decision) -> list[str]:
    return [identity for one in decision.items if isinstance(one, Chips) for identity, _ in one.options]


def read(decision: Decision, lang: Lang = "zh") -> str:
    bare = [one for one in decision.items if not isinstance(one, Show)]
    return "\n".join(speak(one, Voice(lang, ZONE, NOW)).item.text for one in bare)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("https://walletdesk.example/bills", "bot.link.own"),
        ("https://paypa1.com/signin", "bot.link.dangerous"),
        ("https://bit.ly/3xYz", "bot.link.suspicious"),
        ("https://www.alipay.com/", "bot.link.known"),
        ("https://sunny-shop.de/a", "bot.link.unknown"),
        ("walletdesk.example.evil.com", "bot.link.dangerous"),
    ],
)
def test_a_link_alone_is_answered_with_its_verdict(text: str, key: str) -> None:
    decision = talk().hear(said(text, "fees", "offer"))

    assert keys(decision) == [key]
    assert decision.then == WaitCustomer()
    assert ("intent:suspicious_login" in options(decision)) == (key in ("bot.link.dangerous", "bot.link.suspicious"))
    assert options(decision)[-1] == "human"


@pytest.mark.parametrize(
    "text", ["这个链接是你们的吗 https://sunny-shop.de/a", "is https://sunny-shop.de/a really yours"]
)
def test_who_asks_whether_a_link_is_genuine_is_told(text: str) -> None:
    assert keys(talk().hear(said(text, "verify_contact"))) == ["bot.link.unknown"]
    assert keys(talk().hear(said(text, "verify_contact", "offer"))) == ["bot.link.unknown"]
    assert keys(talk().hear(said("刚才的电话是你们打的吗", "verify_contact"))) == ["bot.answer.verify_contact"]


def test_the_reason_stands_in_the_reply() -> None:
    decision = talk().hear(said("https://alipay.com.tuikuan.top/x 是真的吗", "verify_contact"))

    assert "网址前半段冒用了支付宝的名字,真正的网站是 tuikuan.top" in read(decision)
    assert "the name of Alipay only stands in front, the real site is tuikuan.top" in read(decision, "en")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "text",
    [
        "http://203.0.113.8:8081/a", "https://12306.vip/", "https://paypa1.com@1.2.3.4/",
        "https://a1b2c3-95588.top/login",
        "https://n26-verify.com/", "javascript:alert(1)", "http://0xCB007105/", "[https://1.top](https://2.top/3)",
        "https://xn--80ak6aa92e.com/", "https://walletdesk.example/out?url=https://888.com", "https://1234.com/",
        "https://www.12306.cn/", "https://三百元.com/", "https://two-hours.com/x",
    ],
)  # fmt: skip
def test_a_site_with_digits_in_its_name_can_be_named(text: str, lang: Lang) -> None:
    decision = talk().hear(said(text, "out_of_scope"))

    assert keys(decision)[0].startswith("bot.link.")
    assert read(decision, lang)


def test_a_dangerous_link_beside_a_money_problem_is_warned_of_after_the_answer() -> None:
    one = talk(transactions=[transaction()])

    decision = one.hear(said(f"{PAID},他让我点 https://paypa1.com/x", "merchant_not_received"))

    assert isinstance(decision.items[0], Show)
    assert keys(decision)[-1] == "bot.link.beside"
    assert one.hear(said("谢谢", "thanks")).items[-1] == Say("bot.thanks")


def test_a_harmless_link_beside_a_money_problem_is_not_spoken_of() -> None:
    one = talk(transactions=[transaction()])

    decision = one.hear(said(f"{PAID} https://shop.de/order/1", "merchant_not_received"))

    assert isinstance(decision.items[0], Show)
    assert not any(key.startswith("bot.link.") for key in keys(decision))


def test_an_emergency_goes_before_a_link_and_the_warning_stays() -> None:
    decision = talk().hear(said("我点了 https://paypa1.com/x 输了密码", "scam_report", emergency="scam_in_progress"))

    assert keys(decision)[0] == "bot.emergency.scam_in_progress"
    assert keys(decision)[-1] == "bot.link.beside"
    assert isinstance(decision.then, HandOff)


def test_a_person_is_called_whatever_is_pasted() -> None:
    decision = talk().hear(said("转人工 https://paypa1.com/x", "human"))

    assert isinstance(decision.then, HandOff)
    assert keys(decision)[-1] == "bot.link.beside"


def test_who_has_entered_his_password_is_helped_at_once() -> None:
    one = talk()
    one.hear(said("https://paypa1.com/signin", "fees", "offer"))

    decision = one.hear(tapped("intent:suspicious_login", {"card": "choices"}))

    assert keys(decision)[0] == "bot.emergency.takeover"
    assert isinstance(decision.then, HandOff)
    assert decision.then.skill == "fraud"


@pytest.mark.parametrize("pasted", ["https://walletdesk.example/english/words", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"])
def test_what_is_pasted_says_nothing_about_the_language_somebody_reads(pasted: str) -> None:
    assert talk().hear(said(pasted, "fees", "offer")).next_state.lang == "zh"
    assert talk().hear(said(f"is this really yours {pasted}", "fees", "offer")).next_state.lang == "en"


def test_a_visitor_is_warned_as_well() -> None:
    assert keys(talk(known=False).hear(said("https://paypa1.com/x", "fees", "offer"))) == ["bot.link.dangerous"]


def test_without_domains_of_its_own_nothing_is_called_own() -> None:
    assert keys(Talk().hear(said("https://walletdesk.example/", "fees", "offer"))) == ["bot.link.unknown"]


# --- blockchain addresses ------------------------------------------------------------------------------------

TRON = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
ETH = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
XRP = "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (TRON, "valid_tron"),
        (f"这个地址 {TRON} 对吗", "valid_tron"),
        (f"我用 TRC20 转到 {ETH}", "wrong_network"),
        (f"ERC20 address {ETH} ok?", "valid_evm"),
        (ETH.lower(), "evm_no_checksum"),
        (TRON[:-1] + "u", "bad_checksum"),
        (ETH[:-1] + "D", "bad_case"),
        (f"转XRP到交易所 {XRP}", "missing_tag"),
        (f"转XRP到交易所 {XRP},标签 104729", "valid_xrp"),
        ("mzK2FFDEhxqHcmrJw1ysqFkVyhUULo45hZ", "testnet"),
    ],
)
def test_a_blockchain_address_is_answered_with_its_verdict(text: str, verdict: str) -> None:
    decision = talk().hear(said(text, "chain_address"))

    assert keys(decision) == [f"bot.address.{verdict}"]
    for lang in LANGS:
        assert re.search(r"\((?:0x)?\w{4}…\w{4}\)", read(decision, lang))


def test_without_an_address_he_is_asked_to_paste_it() -> None:
    assert keys(talk().hear(said("链上地址填错了", "chain_address"))) == ["bot.answer.chain_address"]


def test_an_address_beside_a_money_problem_does_not_hide_it() -> None:
    one = talk(transactions=[transaction()])

    decision = one.hear(said(f"{PAID} {TRON}", "merchant_not_received"))

    assert isinstance(decision.items[0], Show)
    assert decision.items[0].finding.symptom is Symptom.MERCHANT_NOT_RECEIVED


@pytest.mark.parametrize("lang", LANGS)
def test_every_verdict_on_an_address_has_its_text(lang: Lang) -> None:
    assert {f"bot.address.{verdict.value.lower()}" for verdict in Verdict} <= set(catalogue(lang))

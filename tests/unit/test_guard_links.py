"""Links that people paste are found in any form, and judged by who they really lead to."""

from __future__ import annotations

import pytest

from walletdesk.guard import labelled
from walletdesk.guard.links import Link, Policy, Sign, Verdict, Weight, check, check_all, find, reason, reasons, worst
from walletdesk.guard.links.hosts import host_of, take_apart
from walletdesk.guard.links.lists import brands
from walletdesk.kit.i18n import LANGS, catalogue, placeholders

OURS = Policy(own=("walletdesk.example",), denied=("bad.example",))
D, S, U, OWN = Verdict.DANGEROUS, Verdict.SUSPICIOUS, Verdict.UNKNOWN, Verdict.OWN


def judged(text: str, policy: Policy = OURS) -> tuple[Verdict, set[str]]:
    found = worst(check_all(text, policy))
    assert found is not None, text
    return found.verdict, {sign.code for sign in found.signs}


# --- finding -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("看看 https://a.com/x?b=1。谢谢", ["https://a.com/x?b=1"]),
        ("打开https://a.com/x核实身份", ["https://a.com/x"]),
        ("打开https://paypa1.com核实", ["https://paypa1.com"]),
        ("(see https://en.wikipedia.org/wiki/Payment_(disambiguation))", ["https://en.wikipedia.org/wiki/Payment_(disambiguation)"]),
        ("请登录paypa1.com处理", ["paypa1.com"]),
        ("hxxps://paypa1[.]com/a and alipay-kefu(dot)top", ["https://paypa1.com/a", "alipay-kefu.top"]),
        ("https://wa11etdesk。net/login", ["https://wa11etdesk.net/login"]),
        ("https[:]//a-b[.]net", ["https://a-b.net"]),
        ("walletdesk-kefu点com", ["walletdesk-kefu.com"]),
        ("HTTP://A.COM", ["http://A.COM"]),
        ("two: a.com/x, b.org.", ["a.com/x", "b.org"]),
        ("a.com a.com", ["a.com"]),
        ("http://203.0.113.8/a 203.0.113.9/b", ["http://203.0.113.8/a", "203.0.113.9/b"]),
        ("javascript:alert(1)", ["javascript:alert(1)"]),
    ],
)  # fmt: skip
def test_links_are_found_in_the_forms_people_write_them(text: str, targets: list[str]) -> None:
    assert [link.target for link in find(text)] == targets


@pytest.mark.parametrize(
    "text",
    [
        "金额 28.50 元,第3.2节", "anna.huber@example.org", "node.js v20.11.1", "report.final.docx", "a.b.c", "",
        "thanks.Anna", "138.0013.8000", "20260105-8841", "好的。再见", "main.py run.sh readme.md", "...", "http://",
        "@",
    ],
)  # fmt: skip
def test_what_is_no_link_is_none(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "[https://walletdesk.example/a](https://evil.top/a)",
        '<a class="b" href="https://evil.top/a">https://walletdesk.example/a</a>',
        "<A HREF='https://evil.top/a'><b>walletdesk.example</b></A>",
        "<a href=https://evil.top/a>www.walletdesk.example</a>",
        "walletdesk.example <https://evil.top/a>",
    ],
)
def test_a_link_that_shows_another_address_is_found_with_what_it_shows(text: str) -> None:
    [link] = find(text)
    assert (link.target, "walletdesk.example" in (link.shown or "")) == ("https://evil.top/a", True)
    verdict, codes = judged(text)
    assert verdict is D
    assert "shown_differs" in codes


def test_a_shown_address_of_the_same_site_is_no_difference() -> None:
    assert judged("[www.ikea.com](https://ikea.com/de/)")[0] is U
    assert judged('<a href="https://click.news.bahn.de/?q=1">bahn.de</a>')[0] is U
    assert judged("[下载](https://walletdesk.example/app)")[0] is OWN


def test_a_link_that_calls_itself_by_a_name_must_lead_there() -> None:
    assert judged("[PayPal](https://pp-resolve.net/x)")[1] >= {"shown_name"}
    assert judged("[支付宝官网](https://www.alipay.com/)")[0] is U
    assert judged("[微信](https://weixin.qq.com/)")[0] is U


# --- taking apart --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("https://EXAMPLE.com:443/x", "example.com"),
        ("https://paypal.com@evil.com/", "evil.com"),
        ("https://a.com:pw@b.com@evil.com/", "evil.com"),
        ("https://paypal.com\\@evil.com/", "paypal.com"),
        ("https:/\\evil.com", "evil.com"),
        ("https:evil.com", "evil.com"),
        ("https://%65vil.com/", "evil.com"),
        ("https://ev\u200bil.com/", "evil.com"),
        ("https://ｅｖｉｌ。ｃｏｍ/", "evil.com"),
        ("https://evil.com./", "evil.com"),
        ("https://münchen.de/", "xn--mnchen-3ya.de"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://3405803781/", "203.0.113.5"),
        ("http://0313.0.0161.05/", "203.0.113.5"),
        ("http://203.28933/", "203.0.113.5"),
        ("http://[::1]:8000/", "::1"),
        ("example.com:8080/x", "example.com"),
    ],
)
def test_a_link_is_taken_apart_as_browsers_do_it(target: str, host: str) -> None:
    assert take_apart(target).host.ascii == host


@pytest.mark.parametrize(
    ("name", "site"),
    [
        ("a.b.example.com", "example.com"), ("www.bank.com.cn", "bank.com.cn"), ("x.co.uk", "x.co.uk"),
        ("a.x.co.uk", "x.co.uk"), ("t.co", "t.co"), ("x.sh.cn", "x.sh.cn"), ("a.x.sh.cn", "x.sh.cn"),
        ("me.github.io", "me.github.io"), ("a.me.github.io", "me.github.io"), ("github.io", "github.io"),
        ("a.b.de", "b.de"),
        ("www.go.jp", "www.go.jp"),
    ],
)  # fmt: skip
def test_a_site_is_the_part_that_somebody_has_registered(name: str, site: str) -> None:
    assert host_of(name).site == site


def test_numbers_that_are_no_address_are_names() -> None:
    assert host_of("256.1.1.1").ip is None
    assert host_of("1.2.3.4.5").ip is None
    assert host_of("0xzz").ip is None
    assert host_of("1.2.3.4").ip_hidden is False


def test_what_is_shown_of_a_site_holds_no_character_that_no_host_has() -> None:
    checked = check(Link("https://call%20138%3Cb%3E.evil" + "x" * 90 + ".top/"), OURS)

    assert set(checked.site) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_?…")
    assert len(checked.site) <= 81


# --- judging -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "verdict", "code"),
    [
        ("https://walletdesk.example/a", OWN, None),
        ("https://m.walletdesk.example/a", OWN, None),
        ("https://walletdesk.example.evil.com/", D, "name_in_front"),
        ("https://notwalletdesk.example/", S, "name_inside"),
        ("https://waIletdesk.example/", D, "look_alike"),
        ("https://wаlletdesk.example/", D, "mixed_letters"),
        ("https://walletdesk.top/", D, "same_name"),
        ("https://xn--80ak6aa92e.com/", D, "look_alike"),
        ("https://paypal-secure.com/", D, "name_inside"),
        ("https://alipay.login-cn.com/", D, "name_in_front"),
        ("https://wise-refund.com/", D, "name_inside"),
        ("http://203.0.113.8/", S, "number"),
        ("http://0xCB007105/", D, "hidden_number"),
        ("https://paypal.com@evil.ru/", D, "name_before_at"),
        ("https://paypal.com\\@evil.ru/", D, "odd_form"),
        ("https://pay\u200bpal.com/", D, "unseen_characters"),
        ("https://bit.ly/3xYz", S, "shortened"),
        ("https://x.bad.example/", D, "denied"),
        ("https://www.google.com/url?q=https://paypa1.com/", D, "leads_on"),
        ("https://walletdesk.example/out?url=https%3A%2F%2Fshop.de", S, "leads_away"),
        ("https://walletdesk.example/login?next=//evil.ru", S, "leads_away"),
        ("https://a.com/go?to=aHR0cHM6Ly9wYXlwYTEuY29tL3g=", D, "leads_on"),
        ("http://pay-confirm.cc:8090/", D, "odd_port"),
        ("javascript:alert(1)", D, "script"),
        ("data:text/html,x", D, "script"),
        ("http://bakery.com/wp-content/paypal/login.php", D, "name_in_path"),
        ("https://account-verify.top/login", D, "lure_words"),
        ("http://kehuduan.cc/a.apk", S, "program"),
        ("https://xn--0.com/", S, "foreign_letters"),
        ("https://www.alipay.com/", U, "known"),
        ("https://amazon.de/", U, "known"),
        ("https://bit.ly/", U, None),
        ("https://example.org/", U, None),
        ("http://192.168.1.1/", U, None),
        ("http://localhost:3000/login", U, None),
        ("https://paypal.github.io/sdk", U, None),
        ("https://www.applecrumble.co.uk/", U, None),
        ("https://visa.vfsglobal.com/", U, None),
        ("https://chasethesun.travel/", U, None),
        ("https://my-finance.com/", U, None),
        ("https://secure.login.gov/", U, None),
        ("https://anna@bitbucket.org/a/b.git", U, None),
    ],
)
def test_a_link_is_judged_by_who_it_leads_to(target: str, verdict: Verdict, code: str | None) -> None:
    found = check(Link(target), OURS)

    assert found.verdict is verdict, found.signs
    assert code is None or code in {sign.code for sign in found.signs}


def test_nothing_is_ones_own_where_no_domain_is_set() -> None:
    assert check(Link("https://walletdesk.example/"), Policy()).verdict is U


def test_redirects_inside_redirects_are_followed_three_deep() -> None:
    inner = "https%3A%2F%2Fpaypa1.com"
    for _ in range(2):
        inner = "https%3A%2F%2Fnews.com%2Fgo%3Furl%3D" + inner.replace("%", "%25")

    assert check(Link(f"https://a.com/?u={inner}"), OURS).verdict is D


def test_the_most_dangerous_of_several_links_is_told() -> None:
    found = worst(check_all("https://walletdesk.example https://bit.ly/a https://paypa1.com https://x.org", OURS))

    assert found is not None
    assert (found.verdict, found.site) == (D, "paypa1.com")
    assert worst([]) is None


# --- saying --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_every_sign_can_be_said_without_a_number_of_its_own(lang) -> None:
    keys = [key for key in catalogue(lang) if key.startswith("guard.link.")]
    assert len(keys) >= 25
    for key in keys:
        sign = Sign(key.removeprefix("guard.link."), Weight.WEAK, brand="PayPal", site="s.top", shown="b.cn")
        said = reason(sign, lang)
        assert said
        assert not any(map(str.isdigit, said))
        assert placeholders(lang, key) <= {"brand", "site", "shown"}


def test_every_sign_that_is_seen_in_the_labelled_links_has_its_text() -> None:
    for part in labelled.PARTS:
        for one in labelled.load(part):
            for checked in check_all(one.text, labelled.POLICY):
                for lang in LANGS:
                    assert all(reason(sign, lang) for sign in checked.signs)
                    assert len(reasons(checked, lang)) == min(2, len(reasons(checked, lang)))
                    assert reasons(checked, lang) or not checked.verdict.alarms


def test_the_reason_names_whose_page_it_is() -> None:
    found = check(Link("https://alipay.com.tuikuan.top/"), OURS)

    assert reasons(found, "zh")[0] == "网址前半段冒用了支付宝的名字,真正的网站是 tuikuan.top"
    assert reasons(found, "en")[0] == "the name of Alipay only stands in front, the real site is tuikuan.top"


def test_names_are_told_apart_by_their_words() -> None:
    seen: dict[str, str] = {}
    for brand in brands():
        for word in brand.words:
            assert seen.setdefault(word, brand.en) == brand.en
            assert word == word.lower()


# --- the labelled set ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", labelled.PARTS)
def test_phishing_is_recognised_and_honest_links_are_left_in_peace(part: labelled.Part) -> None:
    found = labelled.measure(labelled.load(part))

    assert found.recall >= 0.95, found.wrong
    assert found.false_alarms <= 0.01, found.wrong


def test_the_labelled_set_is_large_and_its_parts_are_apart() -> None:
    parts = [labelled.load(part) for part in labelled.PARTS]
    texts = [one.text for part in parts for one in part]

    assert len(texts) >= 500
    assert len(texts) == len(set(texts))
    assert 0.4 <= sum(one.phishing for part in parts for one in part) / len(texts) <= 0.6
    assert all(len(part) >= 250 for part in parts)

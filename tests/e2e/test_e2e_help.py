"""The help centre in a browser: without scripts, on a narrow telephone, in both languages, for every eye."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import violations
from tests.e2e.test_e2e_first_pass import sign_in
from tests.support.running import Running
from walletdesk.kit.ids import new_id

pytestmark = pytest.mark.e2e
PAGES = ("/help", "/help?q=转账", "/help?q=qwertyuiop", "/help/pay-failed", "/help/teach-me", "/help/none", "/status")


def announced(browser: Any, desk: Running, **about: Any) -> str:
    """Announce something as a supervisor; return its id."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(desk.link("/sign-in/").replace("\n", ""))
    links = [line for line in "".join(desk.output).split() if "/sign-in/" in line]
    page.goto(links[-1])
    found, headers = str(new_id()), {"x-walletdesk": "1", "origin": desk.url}
    body = {
        "kind": "incident", "zh_title": "付款结果变慢", "zh_text": "部分付款要过一会儿才有结果。",
        "en_title": "Payments are slow", "en_text": "Some payments take longer.",
        "starts_at": "2026-01-01T00:00:00Z", **about,
    }  # fmt: skip
    put = page.request.put(f"{desk.url}/api/desk/announcements/{found}", data=body, headers=headers)
    assert put.ok, put.text()
    assert page.request.post(f"{desk.url}/api/desk/announcements/{found}/publish", headers=headers).ok
    context.close()
    return found


def ended(browser: Any, desk: Running, announcement: str) -> None:
    """Say that it is over."""
    context = browser.new_context()
    page = context.new_page()
    links = [line for line in "".join(desk.output).split() if "/sign-in/" in line]
    page.goto(links[-1])
    page.request.post(
        f"{desk.url}/api/desk/announcements/{announcement}/end", headers={"x-walletdesk": "1", "origin": desk.url}
    )
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_whole_on_a_narrow_telephone_and_for_every_eye(
    new_context: Any, desk: Running, scheme: str
) -> None:
    context = new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page: Page = context.new_page()
    for path in PAGES:
        for lang, size in (("zh", ""), ("zh", "large"), ("en", "large")):
            separator = "&" if "?" in path else "?"
            page.goto(f"{desk.url}{path}{separator}lang={lang}&size={size}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, lang, size)
            assert violations(page) == [], (path, lang, size, scheme)


def test_without_a_script_one_finds_reads_and_says_whether_it_helped(new_context: Any, desk: Running) -> None:
    context = new_context(java_script_enabled=False, locale="zh-CN", viewport={"width": 320, "height": 640})
    page: Page = context.new_page()
    page.goto(f"{desk.url}/help")
    page.get_by_label("用一句话说说您的问题").fill("zenme zhuanzhang")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name="怎么转账").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("怎么转账")
    page.get_by_role("button", name="没帮助").click()
    expect(page.get_by_role("status")).to_contain_text("客服可以接着帮您")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How to send money")


def test_the_bot_answers_how_to_with_the_article(phone: BrowserContext, desk: Running) -> None:
    page = sign_in(phone, desk, "paid-but-failed")
    page.get_by_role("button", name="客服").first.click()
    box = page.locator(".composer textarea")
    box.fill("请问怎么给别人转账")
    box.press("Enter")
    card = page.locator(".card.article")
    expect(card).to_contain_text("怎么转账")
    assert card.get_by_role("link").get_attribute("href") == "/help/transfer-howto?lang=zh"
    assert violations(page) == []


def test_an_announcement_stands_first_and_the_readers_own_ledger_answers(
    phone: BrowserContext, browser: Any, desk: Running
) -> None:
    found = announced(browser, desk)
    try:
        page = sign_in(phone, desk, "paid-but-failed")
        notice = page.locator("main section").first
        expect(notice).to_contain_text("付款结果变慢")
        assert violations(page) == []
        notice.get_by_role("link", name="影响我吗").click()
        expect(page.get_by_role("status")).to_contain_text("影响")
        assert "登录钱包以后" not in page.content()
        page.goto(f"{desk.url}/wallet")
        page.get_by_role("button", name="客服").first.click()
        page.locator(".banner", has_text="付款结果变慢").get_by_role("button", name="影响我吗").click()
        expect(page.locator("#log")).to_contain_text("影响到您")
        assert violations(page) == []
    finally:
        ended(browser, desk, found)

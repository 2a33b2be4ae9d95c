"""The whole pass in the browser: the customer's question, the ledger's answer, a person, and the rating."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.e2e.conftest import violations
from tests.support.running import Running

pytestmark = pytest.mark.e2e
SCREENS = ("wallet", "transaction", "bills", "pay", "transfer", "top_up", "me", "demo", "chat")
WORDS = {
    "zh": {"ask": "对这笔有疑问", "again": "重新通知商家", "human": "转人工", "tab": "客服", "resolve": "解决"},
    "en": {"ask": "Ask about this one", "again": "Notify the shop again", "human": "human", "tab": "Support"},
}


def sign_in(context: BrowserContext, desk: Running, persona: str, lang: str = "zh") -> Page:
    """Be a persona on the wallet's home page, in a language."""
    page = context.new_page()
    page.goto(f"{desk.url}/wallet")
    answer = page.request.post(
        f"{desk.url}/api/demo/sign-in",
        data={"persona": persona},
        headers={"x-walletdesk": "1", "origin": desk.url},
    )
    assert answer.ok, answer.text()
    page.goto(f"{desk.url}/wallet")
    expect(page.locator(".balance .big").first).to_be_visible()
    if lang == "en":
        page.get_by_role("button", name="English").first.click()
        expect(page.get_by_role("button", name="Support")).to_be_visible()
    return page


def open_chat_about_the_last(page: Page, lang: str = "zh") -> None:
    """From the home page to the chat about the last payment: two taps."""
    page.locator("main ul a").first.click()
    page.get_by_role("button", name=WORDS[lang]["ask"]).click()
    expect(page.locator(".card.finding").first).to_be_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_four_taps_and_no_typing_lead_to_a_shop_that_knows(phone: BrowserContext, desk: Running, lang: str) -> None:
    page = sign_in(phone, desk, "merchant-silent" if lang == "zh" else "elder", lang)
    started = time.monotonic()
    open_chat_about_the_last(page, lang)
    card = page.locator(".card.finding").first
    assert time.monotonic() - started < 10, "the answer takes its time"
    expect(card).to_contain_text("¥")
    assert page.locator(".card.finding .record, .card.finding [data-record], .card.finding button").count() > 2

    card.get_by_role("button", name=WORDS[lang]["again"]).click()

    expect(page.locator(".card.finding .outcome.done, .card.finding.good").first).to_be_visible(timeout=20_000)
    assert page.locator(".card.finding").count() == 1, "the card changes in its place"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "something is wider than 320 px"


def test_a_customer_is_handed_to_a_person_and_rates_him(
    phone: BrowserContext, computer: BrowserContext, desk: Running
) -> None:
    page = sign_in(phone, desk, "paid-but-failed")
    page.get_by_role("link", name="客服").or_(page.get_by_role("button", name="客服")).first.click()
    box = page.locator(".composer textarea")
    box.fill("扣了钱却显示失败")
    box.press("Enter")
    expect(page.locator(".card.finding").first).to_be_visible()
    box.fill("帮我转人工")
    box.press("Enter")
    expect(page.locator("#queue").first).to_be_visible()
    page.reload()
    expect(page.locator("#queue").first).to_be_visible()

    agent = computer.new_page()
    agent.goto(desk.link("/sign-in/"))
    take_offer(agent)
    expect(agent.get_by_text("扣了钱却显示失败").first).to_be_visible()
    expect(agent.get_by_text("88.00").first).to_be_visible()
    answer = agent.get_by_placeholder(re.compile("输入回复"))
    answer.press_sequentially("您好,我来看一下。", delay=20)
    expect(page.locator(".typing, [class*=typing]").first).to_be_visible()
    answer.press("Enter")
    expect(page.get_by_text("您好,我来看一下。")).to_be_visible()
    expect(agent.get_by_text("已读").first).to_be_visible()

    agent.get_by_role("button", name=re.compile("^解决")).click()
    kept = agent.get_by_role("button", name=re.compile("承诺的消息已告知"))
    if kept.count():
        kept.click()
    face = page.locator(".card.rating .faces button").last
    expect(face).to_be_visible()
    face.click()
    expect(page.locator(".card.rating [role=status]").first).not_to_be_empty()


def take_offer(agent: Page) -> None:
    """Take what is offered, unless the console has opened it by itself."""
    take = agent.get_by_role("button", name=re.compile("接入|接手")).first
    composer = agent.get_by_placeholder(re.compile("输入回复"))
    expect(take.or_(composer).first).to_be_visible(timeout=20_000)
    if not composer.count():
        take.click()
    expect(composer).to_be_visible()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("screen", SCREENS)
def test_no_screen_of_the_customer_breaks_the_rules(
    phone: BrowserContext, desk: Running, screen: str, lang: str
) -> None:
    page = sign_in(phone, desk, "order-closed", lang)
    if screen == "transaction":
        page.locator("main ul a, main ul button").first.click()
    elif screen == "chat":
        page.goto(f"{desk.url}/chat")
        page.locator("button.human").first.click()
        expect(page.locator("#queue").first).to_be_visible()
    elif screen != "wallet":
        page.goto(f"{desk.url}/wallet/{screen.replace('_', '-')}")
    page.wait_for_timeout(900)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("lang", ["zh-CN", "en-GB"])
def test_the_console_keeps_the_rules_too(new_context: Any, desk: Running, lang: str) -> None:
    context = new_context(viewport={"width": 1360, "height": 820}, locale=lang)
    page = context.new_page()
    page.goto(f"{desk.url}/console")
    page.wait_for_timeout(1500)
    assert violations(page) == []


def test_a_person_asked_for_while_the_page_still_loads_is_not_forgotten(phone: BrowserContext, desk: Running) -> None:
    page = sign_in(phone, desk, "order-closed")

    held: list[Route] = []
    page.route("**/api/chat/sessions", lambda route: held.append(route), times=1)
    page.goto(f"{desk.url}/chat")
    page.locator("button.human").first.click()
    assert page.locator(".composer").count() == 0, "it was still loading"
    held.pop().continue_()

    expect(page.locator("#queue").first).to_be_visible()


def test_the_chat_is_used_by_the_keyboard_alone(phone: BrowserContext, desk: Running) -> None:
    page = phone.new_page()
    page.goto(f"{desk.url}/chat")
    expect(page.locator(".composer textarea")).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
    page.keyboard.type("你好")
    page.keyboard.press("Enter")
    expect(page.locator("#log").get_by_text("你好").first).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if "human" in (page.evaluate("document.activeElement.className") or ""):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#queue").first).to_be_visible()

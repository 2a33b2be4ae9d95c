"""Makes the pictures of the README from a running demo: `pictures.py WALLET_LINK AGENT_LINK FOLDER LANG`.

Run it through `scripts/with_browser.py`, so that there is a browser.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

LANG_TAG = {"zh": "zh-CN", "en": "en-GB"}


def _launch_options() -> dict[str, object]:
    environment = dict(os.environ)
    if libraries := os.environ.get("WD_CHROMIUM_LIBS"):
        environment["LD_LIBRARY_PATH"] = libraries
    return {
        "executable_path": os.environ["WD_CHROMIUM"],
        "args": ["--no-sandbox", "--disable-gpu"],
        "env": environment,
    }


def _speak(page: Page, lang: str) -> None:
    page.get_by_role("link", name="我的").or_(page.get_by_role("link", name="Me", exact=True)).first.click()
    page.get_by_role("radio", name="English" if lang == "en" else "中文").check()


def _customer(context: BrowserContext, link: str, folder: Path, lang: str) -> Page:
    page = context.new_page()
    page.goto(link)
    _speak(page, lang)
    page.goto(page.url.split("/wallet")[0] + "/wallet")
    page.locator(".balance .big").first.wait_for()
    page.wait_for_timeout(1200)
    page.screenshot(path=folder / f"wallet-{lang}.png")
    page.locator("a,button").filter(has_text="28.00").first.click()
    page.get_by_role("button", name="对这笔有疑问").or_(
        page.get_by_role("button", name="Ask about this one")
    ).first.click()
    page.locator(".card.finding").first.wait_for()
    page.wait_for_timeout(1500)
    page.screenshot(path=folder / f"chat-{lang}.png")
    page.locator("button.human").first.click()
    return page


def _agent(context: BrowserContext, link: str, folder: Path, lang: str) -> None:
    page = context.new_page()
    page.goto(link)
    page.wait_for_timeout(6000)
    page.wait_for_timeout(3500)
    page.screenshot(path=folder / f"console-{lang}.png")


def main() -> None:
    """Be the customer, then the agent."""
    wallet, agent, folder, lang = sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4]
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(**_launch_options())
        place = {"locale": LANG_TAG[lang], "timezone_id": "Asia/Shanghai"}
        phone = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2, **place)
        screen = browser.new_context(viewport={"width": 1440, "height": 900}, **place)
        _customer(phone, wallet, folder, lang)
        _agent(screen, agent, folder, lang)
        browser.close()


if __name__ == "__main__":
    main()

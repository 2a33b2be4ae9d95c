"""A browser against the running product. Two contexts are two people: a customer and an agent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.running import Running, installation

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
# What is shown in the end counts here; how soon is the benches' question, and machines are shared.
expect.set_options(timeout=20_000)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the browser that `scripts/with_browser.py` has brought; its libraries are for it alone."""
    if "WD_CHROMIUM" not in os.environ:
        if os.environ.get("CI"):
            pytest.fail("no browser: run through `make test`")
        pytest.skip("no browser here: run through `make test`")
    environment = dict(os.environ)
    if libraries := os.environ.get("WD_CHROMIUM_LIBS"):
        environment["LD_LIBRARY_PATH"] = libraries
    return {
        **browser_type_launch_args,
        "executable_path": os.environ["WD_CHROMIUM"],
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        "env": environment,
    }


@pytest.fixture(scope="session")
def desk() -> Iterator[Running]:
    """One installation with its world for all browser tests."""
    with installation() as running:
        running.start()
        yield running


@pytest.fixture
def phone(new_context: Any) -> BrowserContext:
    """A customer's telephone, narrow as the narrowest that counts."""
    context: BrowserContext = new_context(viewport={"width": 320, "height": 640}, locale="zh-CN")
    context.set_default_timeout(15_000)
    return context


@pytest.fixture
def computer(new_context: Any) -> BrowserContext:
    """An agent's screen."""
    context: BrowserContext = new_context(viewport={"width": 1360, "height": 820}, locale="zh-CN")
    context.set_default_timeout(15_000)
    return context


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with what is on the screen now: rule and first place."""
    # The page's own policy forbids foreign scripts; the test adds its own by the browser's debugging door.
    page.evaluate(AXE.read_text() + "; undefined")
    found = page.evaluate("(tags) => axe.run(document, { runOnly: tags })", RULES)
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]

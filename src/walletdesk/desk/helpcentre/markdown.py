"""Markdown of articles: as HTML that can do no harm, and as the first lines for the chat.

The renderer knows paragraphs, headings, lists, emphasis, quotes, code and links; HTML in a text is shown as it was
typed, and a link leads only to the web, to a telephone or to a page of ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

_LINK: Final = re.compile(r"(?:https?://|tel:[+0-9]|/[a-z]|#)", re.IGNORECASE)
_LINES_MAX: Final = 4
_CHARACTERS_MAX: Final = 320


def _is_harmless(address: str) -> bool:
    return _LINK.match(address) is not None and not address.startswith("//")


@cache
def _renderer() -> MarkdownIt:
    found = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
    # The renderer's own hook for which links become links.
    found.validateLink = _is_harmless  # type: ignore[method-assign]
    found.add_render_rule("heading_open", _heading)
    found.add_render_rule("heading_close", _heading)
    found.add_render_rule("link_open", _link)
    return found


def _heading(self: Any, tokens: Sequence[Token], at: int, *_: object) -> str:
    """Keep the page's own title the only one of the first rank."""
    tag = f"h{min(6, max(2, int(tokens[at].tag[1:])))}"
    return f"<{tag}>" if tokens[at].nesting == 1 else f"</{tag}>\n"


def _link(self: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """Tell other sites nothing about who comes from here."""
    address = str(tokens[at].attrGet("href") or "")
    if address.lower().startswith("http"):
        tokens[at].attrSet("rel", "noopener noreferrer nofollow")
    return str(self.renderToken(tokens, at, options, env))


def html(body: str) -> str:
    """Return an article as HTML."""
    return str(_renderer().render(body))


def first_lines(body: str) -> list[str]:
    """Return the first lines of an article without mark-up or headings, steps with their numbers, cut at a line."""
    found: list[str] = []
    before, number = "", ""
    for token in _renderer().parse(body):
        headed, before = before == "heading_open", token.type
        if token.type == "list_item_open":
            number = f"{token.info}. " if token.info else ""
        if token.type != "inline" or headed:
            continue
        line = number + "".join(_spoken(child) for child in token.children or ()).strip()
        number = ""
        if found and sum(map(len, found)) + len(line) > _CHARACTERS_MAX:
            break
        found.append(line)
        if len(found) == _LINES_MAX:
            break
    return found


def _spoken(token: Token) -> str:
    if token.type in ("text", "code_inline"):
        return token.content
    return " " if token.type in ("softbreak", "hardbreak") else ""

"""Whatever somebody types: no page runs it, search can read it, and no number of his stays in the editors' list."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from walletdesk.desk.helpcentre import terms
from walletdesk.desk.helpcentre.actions.gaps import _bare
from walletdesk.desk.helpcentre.markdown import first_lines, html
from walletdesk.desk.helpcentre.queries.search import rarity

TAGS = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "em", "strong", "blockquote", "pre", "code", "a", "br", "hr",
}  # fmt: skip
ATTRIBUTES = {"href", "rel", "title", "start", "class"}
PIECES = st.sampled_from(
    ["<script>", "</p>", "javascript:alert(1)", "[a](", ")", "![x](y)", "# ", "\n\n", "1. ", "- ", "> ", "`", "**",
     "<img src=x onerror=y>", "//evil.example", "data:text/html,x", "&lt;", "\"", "'", "付款", "a", " ", "```html\n"]
)  # fmt: skip
TYPED = st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join)


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")


@settings(max_examples=150, deadline=None)
@given(TYPED)
def test_a_text_becomes_harmless_html(body: str) -> None:
    seen = Seen()
    seen.feed(html(body))
    assert seen.tags <= TAGS
    assert set(seen.attributes) <= ATTRIBUTES
    assert all(re.match(r"$|https?://|tel:|/[a-z]|#", one, re.IGNORECASE) for one in seen.attributes.get("href", []))
    assert len(first_lines(body)) <= 4


@settings(max_examples=150, deadline=None)
@given(TYPED | st.text(max_size=300))
def test_every_question_can_be_looked_for(question: str) -> None:
    asked = terms.Asked(question, chars_max=200)
    for sort, some in asked.sorts.items():
        assert all(term.startswith(sort) and "\0" not in term for term in some)
        assert len(set(some)) == len(some)
    assert asked.empty is not bool(terms.runs(question, chars_max=200))


@settings(max_examples=150, deadline=None)
@given(TYPED | st.text("0123456789０１２３ -.,:@付款abc", max_size=60))
def test_no_number_of_a_question_stays(question: str) -> None:
    assert not re.search("[0-9]", _bare(question))


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_what_is_rarer_counts_more_and_nothing_counts_less_than_nothing(a: int, b: int) -> None:
    least, most = sorted((a, b))
    assert 0 <= rarity(most, 10_000) <= rarity(least, 10_000)

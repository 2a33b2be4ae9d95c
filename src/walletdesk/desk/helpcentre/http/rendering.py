"""The public pages as HTML: no script, one style sheet, every text from the catalogues."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from importlib import resources
from typing import Any, Final
from urllib.parse import urlencode

import jinja2
from litestar import MediaType, Request, Response

from walletdesk.kit.i18n import Lang, lang_of, text

LARGE: Final = "large"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_LOOKS: Final = "looks"
_OTHER: Final[dict[Lang, Lang]] = {"zh": "en", "en": "zh"}


@dataclass(frozen=True, slots=True)
class View:
    """How a reader looks at a page; what he has chosen goes along in every link."""

    path: str
    lang: Lang
    said_lang: bool
    large: bool
    question: str | None = None

    def link(self, path: str, **more: str) -> str:
        """Return an address of ours that keeps what was chosen."""
        kept = {"lang": self.lang} if self.said_lang else {}
        query = {**more, **kept, **({"size": LARGE} if self.large else {})}
        return f"{path}?{urlencode(query)}" if query else path

    def here(self, *, lang: Lang | None = None, large: bool | None = None) -> str:
        """Return the address of the same page in another language or size."""
        other = replace(
            self,
            lang=lang or self.lang,
            said_lang=self.said_lang or lang is not None,
            large=self.large if large is None else large,
        )
        return other.link(self.path, **({"q": self.question} if self.question else {}))


def view_of(request: Request[Any, Any, Any], *, question: str | None = None) -> View:
    """Read how a page is looked at: `lang` and `size` of the address, else what the browser prefers."""
    said = request.query_params.get("lang")
    lang = lang_of(said) if said in ("zh", "en") else lang_of(request.headers.get("accept-language"))
    large = request.query_params.get("size") == LARGE
    return View(request.url.path, lang, said in ("zh", "en"), large, question)


def day(value: date, lang: Lang) -> str:
    """Write a day for people."""
    return f"{value.year}年{value.month}月{value.day}日" if lang == "zh" else f"{value.day} {value:%B} {value.year}"


@cache
def stylesheet() -> tuple[bytes, str]:
    """Return the style sheet of the pages and its digest."""
    folder = resources.files("walletdesk.desk.helpcentre").joinpath(_LOOKS)
    found = b"\n".join(folder.joinpath(name).read_bytes() for name in ("tokens.css", "help.css"))
    return found, hashlib.sha256(found).hexdigest()[:12]


@cache
def _looks() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("walletdesk.desk.helpcentre", _LOOKS),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(name: str, view: View, *, at: str = "help", status: int = 200, **values: Any) -> Response[str]:
    """Return a page."""
    rendered = _looks().get_template(f"{name}.html").render(
        view=view,
        at=at,
        t=partial(text, view.lang),
        to=view.link,
        here=view.here,
        other=_OTHER[view.lang],
        style=f"/help.css?v={stylesheet()[1]}",
        **{"question": view.question, **values},
    )
    return Response(
        rendered,
        status_code=status,
        media_type=MediaType.HTML,
        headers={
            "content-security-policy": POLICY,
            "x-frame-options": "DENY",
            # Forms of these pages say where they come from; other sites are told nothing.
            "referrer-policy": "same-origin",
            "cache-control": "no-cache",
            "content-language": "zh-CN" if view.lang == "zh" else "en",
            "vary": "accept-language",
        },
    )

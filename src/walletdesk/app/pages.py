"""The built pages, served from memory: compressed once at the build, never at a request."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, ClassVar, Final

from litestar import Request, Response, get
from litestar.datastructures import State

from walletdesk.kit.refusal import Kind, Refusal
from walletdesk.kit.web import RouteUnknown

IMMUTABLE: Final = "public, max-age=31536000, immutable"
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))


class PagesNotBuilt(Refusal):
    """The web pages are missing from this installation; `make web` builds them."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "app.pages_not_built"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file with its compressed forms."""

    media_type: str
    bodies: dict[str, bytes]


@cache
def assets() -> dict[str, Asset]:
    """Read every built file once: `chat/index.html` -> asset."""
    root = Path(str(resources.files("walletdesk"))) / "static"
    found: dict[str, Asset] = {}
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        if not path.is_file() or path.suffix in {".br", ".gz"}:
            continue
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind.endswith(("javascript", "json")):
            kind += "; charset=utf-8"
        bodies = {"": path.read_bytes()}
        for name, suffix in _ENCODINGS:
            packed = path.with_name(path.name + suffix)
            if packed.exists():
                bodies[name] = packed.read_bytes()
        found[path.relative_to(root).as_posix()] = Asset(kind, bodies)
    return found


def policy(page: str, state: State) -> str:
    """Return the content security policy of a page; antd writes style elements, the others do not."""
    style = "'self' 'unsafe-inline'" if page == "console" else "'self'"
    ancestors = " ".join(("'self'", *state.frame_ancestors)) if page == "chat" else "'none'"
    return (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' blob: data:; "
        f"font-src 'self'; style-src {style}; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
        f"form-action 'self'; frame-src 'self'; frame-ancestors {ancestors}"
    )


def _answer(
    request: Request[Any, Any, Any], name: str, headers: dict[str, str]
) -> Response[bytes]:
    asset = assets().get(name)
    if asset is None:
        raise RouteUnknown
    accepted = request.headers.get("accept-encoding", "")
    encoding = next((e for e, _ in _ENCODINGS if e in accepted and e in asset.bodies), "")
    headers = {**headers, "vary": "accept-encoding"}
    if encoding:
        headers["content-encoding"] = encoding
    return Response(asset.bodies[encoding], media_type=asset.media_type, headers=headers)


def _page(request: Request[Any, Any, Any], page: str, state: State) -> Response[bytes]:
    name = f"{page}/index.html"
    if name not in assets():
        raise PagesNotBuilt(page=page)
    headers = {"cache-control": "no-cache", "content-security-policy": policy(page, state)}
    response = _answer(request, name, headers)
    if page == "chat":
        # The chat may stand in a frame of the operator's sites; `frame-ancestors` says of which.
        response.headers["x-frame-options"] = "SAMEORIGIN" if not state.frame_ancestors else "ALLOWALL"
    return response


@get(["/chat", "/chat/{rest:path}"], opt={"permission": "public"}, sync_to_thread=False)
def chat_page(request: Request[Any, Any, Any], state: State) -> Response[bytes]:
    """Serve the customer's chat."""
    return _page(request, "chat", state)


@get(["/wallet", "/wallet/{rest:path}"], opt={"permission": "public"}, sync_to_thread=False)
def wallet_page(request: Request[Any, Any, Any], state: State) -> Response[bytes]:
    """Serve the demo wallet."""
    return _page(request, "wallet", state)


@get(["/console", "/console/{rest:path}"], opt={"permission": "public"}, sync_to_thread=False)
def console_page(request: Request[Any, Any, Any], state: State) -> Response[bytes]:
    """Serve the agents' console."""
    return _page(request, "console", state)


@get("/wd.js", opt={"permission": "public"}, sync_to_thread=False)
def loader(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Serve the loader that sites include to show the chat button."""
    return _answer(request, "loader/wd.js", {"cache-control": "public, max-age=300"})


@get("/static/{name:path}", opt={"permission": "public"}, sync_to_thread=False)
def static(request: Request[Any, Any, Any], name: str) -> Response[bytes]:
    """Serve a built file; its name carries its hash, so it never changes."""
    return _answer(request, name.lstrip("/"), {"cache-control": IMMUTABLE})


@get("/", opt={"permission": "public"}, sync_to_thread=False)
def home() -> Response[None]:
    """Lead whoever comes without an address to the chat."""
    return Response(None, status_code=307, headers={"location": "/chat"})


ROUTES = [chat_page, wallet_page, console_page, loader, static, home]

"""Writes docs/reference from the code: settings, routes, events, refusals, commands, figures.

`python scripts/reference.py` writes the pages; `--check` says which of them are not up to date. A test runs the
check, so the reference can neither lag behind nor say more than the code.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

import walletdesk
from walletdesk.app import wiring
from walletdesk.app.cli import main as root_command
from walletdesk.app.health import ROUTES as HEALTH
from walletdesk.app.pages import ROUTES as PAGES
from walletdesk.app.settings import PREFIX, Settings
from walletdesk.kit.events import Event
from walletdesk.kit.i18n import LANGS, catalogue
from walletdesk.kit.refusal import Refusal
from walletdesk.kit.web import STATUS
from walletdesk.wallet.gateway.conformance.run import CHECKS
from walletdesk.wallet.gateway.contract import openapi
from walletdesk.wallet.gateway.contract.endpoints import ENDPOINTS

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"


def load_everything() -> None:
    """Import every module, so that every class of the product is known."""
    for module in pkgutil.walk_packages(walletdesk.__path__, "walletdesk."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def subclasses(base: type) -> list[type]:
    """Return every class below `base`, once, sorted by module and name."""
    found: dict[str, type] = {}
    todo = list(base.__subclasses__())
    while todo:
        one = todo.pop()
        todo += one.__subclasses__()
        if one.__module__.startswith("walletdesk."):
            found[f"{one.__module__}.{one.__qualname__}"] = one
    return [found[name] for name in sorted(found)]


def doc_of(thing: object) -> str:
    """Return what a docstring says, with its paragraphs."""
    return inspect.cleandoc(getattr(thing, "__doc__", None) or "").replace("\b\n", "")


def settings() -> Iterator[str]:
    """Every setting with its effect and default."""
    yield "# Settings\n\nRead once at the start from the environment. A name that is not listed is refused.\n"
    for field in dataclasses.fields(Settings):
        default: object
        if field.default is not dataclasses.MISSING:
            default = field.default
        else:
            default = "~/.local/share/walletdesk" if field.name == "home" else "computed"
        shown = "empty" if default in ("", ()) else f"`{default}`"
        yield f"## {PREFIX}{field.name.upper()}\n\n{field.metadata['effect']}\n\nDefault: {shown}.\n"


def routes() -> Iterator[str]:
    """Every address that the application answers, with its permission."""
    yield "# Routes\n\nA permission is `<door>.<what>`; the door says which session counts. `public` needs none.\n"
    seen: list[tuple[str, str, str, str]] = []
    for handler in [*HEALTH, *PAGES, *wiring.ROUTES]:
        methods = sorted(m for m in getattr(handler, "http_methods", ()) if m not in ("HEAD", "OPTIONS")) or ["WS"]
        function = getattr(handler.fn, "value", handler.fn)
        for path in sorted(handler.paths):
            seen += [(path or "/", method, str(handler.opt.get("permission")), doc_of(function)) for method in methods]
    for path, method, permission, text in sorted(seen):
        yield f"## {method} {path}\n\nPermission: `{permission}`.\n\n{text}\n"


def events() -> Iterator[str]:
    """Every fact of the event log with its fields."""
    yield "# Events\n\nFacts of the event log (`kit.event`), written in the transaction that made them true.\n"
    for event in subclasses(Event):
        fields = "\n".join(f"- `{f.name}`: `{f.type}`" for f in dataclasses.fields(event))
        room = event.__module__.removeprefix("walletdesk.")
        yield f"## {event.__name__}\n\n{doc_of(event)}\n\nRoom: `{room}`\n\n{fields}\n"


def refusals() -> Iterator[str]:
    """Every expected no, with what people read in both languages."""
    yield "# Refusals\n\nThe stable codes of every expected no: the same in HTTP, socket and command line.\n"
    texts = {lang: catalogue(lang) for lang in LANGS}
    by_code: dict[str, type[Any]] = {}
    for one in subclasses(Refusal):
        if "code" in one.__dict__:
            by_code[one.code] = one  # type: ignore[attr-defined]
    for code, one in sorted(by_code.items()):
        said = "\n".join(f"- {lang}: {texts[lang].get(f'refusal.{code}', '')}" for lang in LANGS)
        yield f"## {code}\n\nStatus {STATUS[one.kind]}. {doc_of(one)}\n\n{said}\n"


def commands() -> Iterator[str]:
    """Every command with its help."""
    yield "# Commands\n\nEach ends with 0 when all is well and with another number when it is not.\n"
    yield from _commands_of(root_command, "walletdesk")


def _commands_of(group: click.Group, path: str) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        full = f"{path} {name}"
        yield f"## {full}\n\n{inspect.cleandoc(command.help or '').replace(chr(8) + chr(10), '')}\n"
        options = [p for p in command.params if isinstance(p, click.Option)]
        for option in options:
            yield f"- `{'`, `'.join(option.opts)}` {option.help or ''}".rstrip() + "\n"
        if isinstance(command, click.Group):
            yield from _commands_of(command, full)


def contract() -> Iterator[str]:
    """The contract of an operator's wallet, for machines."""
    yield json.dumps(openapi.document(), indent=1, ensure_ascii=False)


def sentences() -> Iterator[str]:
    """The contract of an operator's wallet, for people: its addresses and every sentence that is tested."""
    yield (
        "# The contract of an operator's wallet\n\nFor machines: [wallet-contract.json](wallet-contract.json) "
        "(OpenAPI 3.1). How to fulfil it in a day: [plug in your wallet](../operating/plug-in-your-wallet.md).\n"
    )
    for endpoint in ENDPOINTS:
        yield f"## {endpoint.method} {endpoint.path}\n\n{doc_of(endpoint.answer)}\n"
    texts = {lang: catalogue(lang) for lang in LANGS}
    yield "## Sentences\n\n`walletdesk contract-test` tries each of them; the name is that of its check.\n"
    for check in CHECKS:
        said = "\n".join(f"- {lang}: {texts[lang][f'contract.{check.name}']}" for lang in LANGS)
        yield f"### {check.name}\n\n{said}\n"


PAGES_OF = {
    "settings.md": settings, "routes.md": routes, "events.md": events,
    "refusals.md": refusals, "commands.md": commands, "wallet-contract.json": contract,
    "wallet-contract.md": sentences,
}  # fmt: skip


def pages() -> dict[str, str]:
    """Return every page of the reference as it should read."""
    load_everything()
    return {name: "\n".join(make()).rstrip() + "\n" for name, make in PAGES_OF.items()}


def stale() -> list[str]:
    """Return the names of the pages that do not say what the code says."""
    return [n for n, text in pages().items() if not (FOLDER / n).exists() or (FOLDER / n).read_text() != text]


def main() -> None:
    """Write the pages, or check them."""
    if "--check" in sys.argv:
        sys.exit(f"not up to date, run `python scripts/reference.py`: {old}" if (old := stale()) else 0)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()

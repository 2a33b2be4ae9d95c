"""The house rules that no linter knows."""

from __future__ import annotations

import ast
import re
import string
import sys
from pathlib import Path

import pytest

from walletdesk.kit.i18n import catalogue
from walletdesk.kit.refusal import Refusal

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "walletdesk"
sys.path.insert(0, str(ROOT))
from scripts import reference  # noqa: E402 - the path comes first

WRITES = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE)\s+([a-z_]+)\.[a-z_]+")
ROOM_FILES = re.compile(r"queries(\.py|/.*\.py)$")
SCHEMA_OF = {"reference": "wallet", "outside": "world", "news": "gateway"}


def _rooms() -> list[Path]:
    return sorted({path.parent for path in SOURCE.rglob("queries*") if path.suffix in ("", ".py")})


@pytest.mark.parametrize("room", _rooms(), ids=lambda room: room.relative_to(SOURCE).as_posix())
def test_a_room_writes_only_to_its_own_schema(room: Path) -> None:
    texts = [p.read_text() for p in room.rglob("*.py") if ROOM_FILES.search(p.as_posix())]
    written = {schema for text in texts for schema in WRITES.findall(text)}
    assert written <= {room.name, SCHEMA_OF.get(room.name, room.name)}


def test_sql_is_written_in_query_modules_and_the_kit_only() -> None:
    allowed = ("kit/", "queries", "migrations/")
    statement = re.compile(r"^\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s", re.MULTILINE)
    strays = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and statement.match(node.value) and re.search(r"\s(?:FROM|INTO|SET)\s", node.value)
    }  # fmt: skip
    strays = {name for name in strays if not any(part in name for part in allowed)}
    # The chain of the audit log, the checks of the doctor and the bench are statements by nature.
    by_nature = ("people/audit.py", "app/doctor.py", "app/bench/")
    strays = {name for name in strays if not name.startswith(by_nature)}
    assert {name for name in strays if not name.endswith(("check.py", "checks.py"))} == set()


def test_both_languages_say_the_same_things() -> None:
    chinese, english = catalogue("zh"), catalogue("en")
    assert set(chinese) == set(english)
    fields = {
        key: [{n for _, n, _, _ in string.Formatter().parse(texts[key]) if n} for texts in (chinese, english)]
        for key in chinese
    }
    assert {key: pair for key, pair in fields.items() if pair[0] != pair[1]} == {}


def test_every_refusal_can_be_said_in_both_languages() -> None:
    reference.load_everything()
    codes = {one.code for one in reference.subclasses(Refusal) if "code" in one.__dict__}  # type: ignore[attr-defined]
    missing = {code for code in codes for lang in ("zh", "en") if f"refusal.{code}" not in catalogue(lang)}
    assert missing == set()


def test_the_reference_says_what_the_code_says() -> None:
    assert reference.stale() == []


"""The language model, learnt once for all test runs of this version's sentences and code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from walletdesk.bot.understanding.model import Understander

KEPT = Path(__file__).resolve().parents[2] / ".pytest_cache" / "walletdesk"


@pytest.fixture(scope="session")
def understander() -> Understander:
    """What understands; the first run after a change learns it."""
    return Understander.load(KEPT)


def lend_to(home: Path) -> None:
    """Put what has been learnt already into the folder of an installation, which otherwise learns it itself."""
    if (models := KEPT / "models").is_dir():
        shutil.copytree(models, home / "models", dirs_exist_ok=True)

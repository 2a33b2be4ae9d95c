"""The command line: `walletdesk demo | serve | worker | migrate | doctor | ask | understand | ...`."""

from __future__ import annotations

from walletdesk.app.cli.main import main

__all__ = ["main"]

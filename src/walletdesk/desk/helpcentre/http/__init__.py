"""The doors: public pages of the help centre, the editors' doors, what is announced."""

from __future__ import annotations

from typing import Any

from walletdesk.desk.helpcentre.http import announced, announcing, editing, pages

ROUTES: list[Any] = [*pages.ROUTES, *announced.ROUTES, *editing.ROUTES, *announcing.ROUTES]

"""The staff's doors: everything below `/api/desk`, and the socket `/ws/desk`."""

from __future__ import annotations

from typing import Any

from walletdesk.desk.routing.http import facts, inbox, socket, talk

ROUTES: list[Any] = [*inbox.ROUTES, *talk.ROUTES, *facts.ROUTES, *socket.ROUTES]

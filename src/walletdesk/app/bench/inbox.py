"""`bench inbox`: the first page of each box with a thousand and with two hundred thousand open conversations."""

from __future__ import annotations


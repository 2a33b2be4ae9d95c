"""Identifiers: plain UUIDs at run time, distinct types to the checker."""

from __future__ import annotations

import os
import time
from typing import NewType
from uuid import UUID

CustomerId = NewType("CustomerId", UUID)
VisitorId = NewType("VisitorId", UUID)
AgentId = NewType("AgentId", UUID)
ConversationId = NewType("ConversationId", UUID)
MessageId = NewType("MessageId", UUID)


def new_id() -> UUID:
    """Make a UUIDv7: millisecond time first, so that new rows land beside each other (RFC 9562, section 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)

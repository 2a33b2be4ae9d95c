"""Counters and histograms of the process, in the form Prometheus reads."""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY: Final = CollectorRegistry()

REQUESTS: Final = Counter(
    "walletdesk_requests_total", "HTTP requests answered", ("method", "status"), registry=REGISTRY
)
REQUEST_SECONDS: Final = Histogram(
    "walletdesk_request_seconds", "Time to answer an HTTP request", registry=REGISTRY
)
SOCKETS: Final = Gauge("walletdesk_sockets", "Open sockets", ("side",), registry=REGISTRY)
MESSAGES: Final = Counter(
    "walletdesk_messages_total", "Messages stored", ("author",), registry=REGISTRY
)
FLUSH_ROWS: Final = Histogram(
    "walletdesk_flush_rows",
    "Messages stored by one commit",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
    registry=REGISTRY,
)
REFUSALS: Final = Counter(
    "walletdesk_refusals_total", "Expected noes by code", ("code",), registry=REGISTRY
)
FOLLOWER_LAG: Final = Gauge(
    "walletdesk_follower_lag_seconds", "Age of the oldest unread event", ("follower",), registry=REGISTRY
)
PROMISES_BROKEN: Final = Gauge(
    "walletdesk_promises_broken", "Open conversations overdue by more than 30 s", registry=REGISTRY
)


def exposition() -> bytes:
    """Return all figures as text."""
    return generate_latest(REGISTRY)

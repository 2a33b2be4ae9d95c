"""What a machine asks: is the process alive, may it get traffic, how is it doing."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from litestar import Response, get

from walletdesk.kit import db, metrics, migrate
from walletdesk.kit.refusal import Kind, Refusal


class NotReady(Refusal):
    """This process cannot serve yet: the database lacks migrations."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "app.not_ready"


class Alive(msgspec.Struct):
    """The answer of a process that works."""

    status: str


@get("/healthz", opt={"permission": "public"}, sync_to_thread=False)
def healthz() -> Alive:
    """Say that the process runs; asks nothing else."""
    return Alive("alive")


@get("/readyz", opt={"permission": "public"})
async def readyz(pool: db.Pool) -> Alive:
    """Say that requests can be answered: the database is there and has every migration."""
    async with db.reading(pool) as tx:
        missing = await migrate.pending(tx)
    if missing:
        raise NotReady(missing=len(missing))
    return Alive("ready")


@get("/metrics", opt={"permission": "public"}, sync_to_thread=False)
def figures() -> Response[bytes]:
    """Return the figures of this process in Prometheus' text form."""
    return Response(metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")


ROUTES = [healthz, readyz, figures]

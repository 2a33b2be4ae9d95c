"""Between the values of the port and the shapes of the contract; both bear the same field names."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final, cast

import msgspec

from walletdesk.kit.money import Money
from walletdesk.wallet.gateway import model
from walletdesk.wallet.gateway.contract import shapes

_PORT_OF: Final[dict[type, type]] = {
    shapes.Fact: model.Seen,
    shapes.Customer: model.CustomerView,
    shapes.Account: model.AccountView,
    shapes.Entry: model.EntryView,
    shapes.Transaction: model.Transaction,
    shapes.Step: model.TimelineEvent,
    shapes.Evidence: model.Evidence,
    shapes.Restriction: model.Restriction,
    shapes.Limit: model.Limit,
    shapes.Incident: model.Incident,
    shapes.Event: model.WalletEvent,
    shapes.Outcome: model.Outcome,
}


def outward(value: object) -> Any:
    """Return what is sent for a value of the port: plain JSON values, money as strings, sets in order."""
    if isinstance(value, Money):
        return {"minor": str(value.minor), "currency": value.currency}
    if dataclasses.is_dataclass(value):
        return {field.name: outward(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, frozenset):
        return sorted(outward(one) for one in cast("frozenset[object]", value))
    if isinstance(value, tuple | list):
        return [outward(one) for one in cast("tuple[object, ...]", value)]
    if isinstance(value, Mapping):
        return {name: outward(one) for name, one in cast("Mapping[str, object]", value).items()}
    return msgspec.to_builtins(value)


def inward(value: Any) -> Any:
    """Return the value of the port for a shape that was received and found to be in order."""
    if isinstance(value, shapes.Amount):
        return Money(int(value.minor), value.currency)
    if isinstance(value, list):
        return tuple(inward(one) for one in cast("list[Any]", value))
    port = _PORT_OF.get(type(value))  # pyright: ignore[reportUnknownArgumentType]
    if port is None:
        return value
    return port(**{name: inward(getattr(value, name)) for name in value.__struct_fields__})


def capabilities(value: shapes.Capabilities) -> model.Capabilities:
    """Return what a wallet can do; commands that this version does not know are left out."""
    known = {name.value for name in model.CommandName}
    offered = frozenset(model.CommandName(name) for name in value.commands if name in known)
    return model.Capabilities(value.name, offered, tuple(value.currencies))

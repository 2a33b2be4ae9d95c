"""The published contract is whole, and it is the one that is served and shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from walletdesk.wallet.gateway.contract import openapi
from walletdesk.wallet.gateway.contract.endpoints import ENDPOINTS
from walletdesk.wallet.gateway.http.served import HANDLERS
from walletdesk.wallet.gateway.model import CommandName

ROOT = Path(__file__).resolve().parents[2]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (str(one) for name, one in value.items() if name == "$ref")
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from references(one)


def test_the_published_document_is_the_one_that_the_code_makes() -> None:
    published = json.loads((ROOT / "docs" / "reference" / "wallet-contract.json").read_text())
    assert published == json.loads(json.dumps(openapi.document()))


def test_every_reference_in_it_leads_somewhere_and_nothing_is_there_in_vain() -> None:
    document = openapi.document()
    schemas = document["components"]["schemas"]
    used = {name.removeprefix("#/components/schemas/") for name in references(document)}
    assert used == set(schemas)
    assert all(re.fullmatch(r"[A-Za-z]+", name) for name in schemas)


def test_what_is_served_is_what_is_published() -> None:
    served = {(next(iter(one.http_methods - {"HEAD", "OPTIONS"})), re.sub(r":\w+}", "}", path))
              for one in HANDLERS for path in one.paths}  # fmt: skip
    assert served == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    published = {(method.upper(), path) for path, one in openapi.document()["paths"].items() for method in one}
    assert served == published


def test_every_action_of_the_port_can_be_asked_for() -> None:
    name = openapi.document()["paths"]["/v1/actions/{name}"]["post"]["parameters"][0]
    assert set(name["schema"]["enum"]) == {one.value for one in CommandName}


def test_no_query_is_asked_with_null() -> None:
    for path in openapi.document()["paths"].values():
        for operation in path.values():
            assert '"null"' not in json.dumps(operation["parameters"])

"""The contract as an OpenAPI 3.1 document, made from the shapes and addresses that the code itself uses."""

from __future__ import annotations

import re
from typing import Any, Final, cast

import msgspec

from walletdesk.wallet.gateway.contract import shapes, signing
from walletdesk.wallet.gateway.contract.endpoints import ACTION, ENDPOINTS, KEY_CHARS_MAX, Endpoint
from walletdesk.wallet.gateway.model import CommandName

VERSION: Final = "1"
_REF: Final = "#/components/schemas/{name}"
_PARTS: Final = {
    "customer_id": {"type": "string", "format": "uuid"},
    "transaction_id": {"type": "string", "format": "uuid"},
    "account_id": {"type": "string"},
    "name": {"type": "string", "enum": sorted(name.value for name in CommandName)},
}
_TEXTS: Final = {
    "capabilities": "What this wallet can do, and what it calls itself.",
    "customer": "A customer; 404 when there is none.",
    "accounts": "A customer's accounts with what can be spent of each; of nobody the list is empty.",
    "restrictions": "What keeps a customer from paying or receiving now.",
    "limits": "A customer's limits with what is used of them.",
    "entries": "Lines of an account of this customer, newest first.",
    "transactions": "A customer's transactions, newest first by (created_at, id).",
    "evidence": "All that can be proved about one transaction of this customer, read at one moment; 404 for any other.",
    "incidents": "Announced disturbances that last.",
    "events": "News after a cursor, oldest first: the safety net under every push.",
    "action": "Carry out an action once for each idempotency key; 202 while it is running.",
}
_NOES: Final = {
    "401": "Not signed by a known key, not lately, or not for this: signature_missing, signature_wrong, signature_old, "
    "digest_wrong.",
    "404": "There is no such thing, or not for this customer; or the action is not offered: not_offered.",
    "422": "The question cannot be: query_invalid, body_invalid, key_missing.",
    "429": "Come again after Retry-After seconds.",
    "503": "Not now.",
}


def document() -> dict[str, Any]:
    """Return the whole document."""
    structs = {endpoint.answer for endpoint in ENDPOINTS} | {shapes.Problem, shapes.Action, shapes.Hook}
    _, components = msgspec.json.schema_components(sorted(structs, key=lambda one: one.__name__), ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "walletdesk: an operator's wallet as the desk sees it",
            "version": VERSION,
            "description": "Money is whole minor units as strings, times are RFC 3339, unknown is null. Fields that "
            "are not listed are ignored. Answers are at most 1 MiB, not compressed, and come within four seconds "
            "(actions: nine).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"signature": []}],
        "paths": {endpoint.path: {endpoint.method.lower(): _operation(endpoint)} for endpoint in ENDPOINTS},
        "webhooks": {"news": {"post": _news()}},
        "components": {
            "schemas": _named(components),
            "securitySchemes": {"signature": _scheme()},
        },
    }


def _named(components: dict[str, Any]) -> dict[str, Any]:
    """Give the schemas of facts names that can be said, and their descriptions one line a sentence."""
    names = {name: _name_of(name) for name in components}

    def cleaned(value: Any) -> Any:
        if isinstance(value, list):
            return [cleaned(one) for one in cast("list[Any]", value)]
        if not isinstance(value, dict):
            return value
        found = {key: cleaned(one) for key, one in cast("dict[str, Any]", value).items()}
        if "$ref" in found:
            found["$ref"] = _REF.format(name=names[str(found["$ref"]).rpartition("/")[2]])
        if isinstance(found.get("description"), str):
            found["description"] = " ".join(str(found["description"]).split())
        return found

    return {names[name]: {**cleaned(one), "title": names[name]} for name, one in sorted(components.items())}


def _name_of(name: str) -> str:
    if not name.startswith("Fact_"):
        return name
    inner = name.removeprefix("Fact_").rstrip("_")
    for part, word in (("datetime", "Time"), ("Annotated_str", "Text"), ("bool", "Bool")):
        if part in inner:
            return f"FactOf{word}"
    return f"FactOf{inner}"


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    answers: dict[str, Any] = {"200": _json("Found." if endpoint is not ACTION else "Ended.", endpoint.answer)}
    noes = dict(_NOES)
    if endpoint is ACTION:
        answers["202"] = _json("Running.", endpoint.answer)
        noes["409"] = "The key belongs to another action: same_key_other_command."
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(name="Problem")}}}
    answers.update({status: {"description": text, "content": problem} for status, text in sorted(noes.items())})
    found: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": _TEXTS[endpoint.name],
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint), *_headers(endpoint)],
        "responses": answers,
    }
    if endpoint is ACTION:
        action = {"schema": {"$ref": _REF.format(name="Action")}}
        found["requestBody"] = {"required": True, "content": {"application/json": action}}
    return found


def _json(text: str, shape: type[msgspec.Struct]) -> dict[str, Any]:
    schema = {"$ref": _REF.format(name=shape.__name__)}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _PARTS[name]}
        for name in re.findall(r"{(\w+)}", endpoint.path)
    ]


def _query_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    _, components = msgspec.json.schema_components([endpoint.query], ref_template="{name}")
    schema = components[endpoint.query.__name__]
    required = set(schema.get("required", []))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _inline(one, components)}
        for name, one in schema["properties"].items()
    ]


def _inline(schema: Any, components: dict[str, Any]) -> Any:
    """Put words of a list in place of their names, so that a query stands for itself."""
    if isinstance(schema, list):
        return [_inline(one, components) for one in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    found = cast("dict[str, Any]", schema)
    if "$ref" in found:
        return components[found["$ref"]]
    if "anyOf" in found:
        # What may be left out is never sent as null in a query.
        [found] = [one for one in found["anyOf"] if one != {"type": "null"}]
    return {name: _inline(one, components) for name, one in found.items()}


def _headers(endpoint: Endpoint) -> list[dict[str, Any]]:
    text = {"type": "string", "maxLength": KEY_CHARS_MAX}
    found = [_header("X-Interaction-Id", "Names this exchange in the logs of both sides.", required=False, schema=text)]
    if endpoint is ACTION:
        key = {**text, "minLength": 1}
        about = "One key, one deed: kept for at least a day, where money moves for ever."
        found += [
            _header("Idempotency-Key", about, required=True, schema=key),
            _header("X-Actor", "Who asks: bot, customer:ID, agent:ID, supervisor:ID.", required=False, schema=text),
            _header("X-Case-Id", "The case it belongs to.", required=False, schema=text),
            _header("Content-Digest", "sha-256 of the body (RFC 9530).", required=True, schema={"type": "string"}),
        ]
    return found


def _header(name: str, text: str, *, required: bool, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "description": text, "schema": schema}


def _scheme() -> dict[str, Any]:
    covered = " ".join(f'"{name}"' for name in signing.ALWAYS)
    where = ", ".join(signing.WHERE_SENT)
    return {
        "type": "http",
        "scheme": "signature",
        "description": f"HTTP Message Signatures (RFC 9421), label {signing.LABEL}, alg hmac-sha256 over a shared "
        f"secret of at least {signing.SECRET_BYTES_MIN} bytes. Covered are always {covered}, and each of {where} that "
        f"is sent. `created` is at most {signing.TOLERANCE_SECONDS} seconds from the reader's clock.",
    }


def _news() -> dict[str, Any]:
    return {
        "summary": "News, pushed to POST /api/wallet/events of the desk.",
        "description": "Standard Webhooks: webhook-id is the cursor of the event, webhook-signature is v1 over "
        "id.timestamp.body. Push again, with the same id and body, until the answer is 2xx. Optional: the desk polls.",
        "security": [],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": _REF.format(name="Hook")}}},
        },
        "responses": {
            "200": {"description": "Heard; `new` is false for what was heard before."},
            "401": {"description": "Not signed with the secret, or not within five minutes."},
            "409": {"description": "Something else was pushed under this id."},
            "422": {"description": "Signed, and not in this form."},
        },
    }

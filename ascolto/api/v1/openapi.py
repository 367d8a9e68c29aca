"""Ninja's OpenAPI document, with what it leaves out: headers, problems and the stream that the edge serves."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from ascolto.api.problems import CONTENT_TYPE
from ascolto.api.v1 import shapes

PREFIX = "/api/v1/"
WORDS = """
Conversations, messages, customers, files and events of this desk.

Send `Authorization: Bearer asc_…`. Times are RFC 3339 in UTC. Ids are UUIDv7; conversations also have a `number`.
Lists take `limit` (1–100) and `cursor`, and answer `items` and `next`. Errors are `application/problem+json` (RFC 9457).
Every POST takes an `Idempotency-Key`: the same key gives the same answer for 24 hours.
""".strip()
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request gives the first answer for 24 hours, with Idempotency-Replayed: true.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that you read; 412 when someone was first.",
    "schema": {"type": "string", "maxLength": 200},
}
STREAM = {
    "operationId": "stream_events",
    "summary": "The same events as a stream (server-sent events)",
    "description": "Each frame has the position as its id. Go on with Last-Event-ID, or with `after`. An event called `reset` "
    "means that the position is too old: read again what you need, then go on from the newest.",
    "tags": ["Events"],
    "parameters": [{"name": "after", "in": "query", "required": False, "schema": {"type": "integer", "minimum": 0}}],
    "responses": {"200": {"description": "OK", "content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    "security": [{"TokenBearer": []}],
}


class Api(NinjaAPI):
    """The API of one version with its whole document."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=path_prefix or PREFIX, path_params=path_params)
        schemas = document["components"]["schemas"]
        for shape in (shapes.Fault, shapes.Problem):
            schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
            schema.pop("$defs", None)
            schemas[shape.__name__] = schema
        for place in document["paths"].values():
            for method, operation in place.items():
                complete(method, operation)
        document["paths"]["/api/v1/stream"] = {"get": {**STREAM, "responses": {**STREAM["responses"], "default": PROBLEM}}}  # type: ignore[dict-item]
        return document


PROBLEM = {
    "description": "A problem document.",
    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def complete(method: str, operation: dict[str, Any]) -> None:
    operation["responses"]["default"] = PROBLEM
    if method == "post":
        operation["parameters"].append(IDEMPOTENCY_KEY)
    if method == "patch":
        operation["parameters"].append(IF_MATCH)

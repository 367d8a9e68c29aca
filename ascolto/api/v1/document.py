"""The OpenAPI document of version 1, and the same as a page to read."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ascolto.api.problems import TITLES, URN
from ascolto.api.v1.resources import api


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    return dict(api.get_openapi_schema())


@require_GET
def openapi(request: HttpRequest) -> HttpResponse:
    """Open to all: it says nothing about this desk but what it can be asked."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """Made on the server from the document, with no script and nothing from elsewhere."""
    context = {"groups": groups(), "schemas": schemas(), "problems": problems(), "info": document()["info"]}
    return render(request, "api/docs.html", context)


def groups() -> list[dict[str, Any]]:
    """The calls by their tag, in the order they were written."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, place in document()["paths"].items():
        for method, operation in place.items():
            found.setdefault(operation["tags"][0], []).append(call(method, path, operation))
    return [{"name": name, "calls": calls} for name, calls in found.items()]


def call(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    answers = {status: each for status, each in operation["responses"].items() if str(status) != "default"}
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": [{**each, "type": type_in_words(each["schema"])} for each in operation["parameters"]],
        "body": [(kind, type_in_words(each["schema"])) for kind, each in body.items()],
        "answers": [
            (status, next((type_in_words(each["schema"]) for each in answer.get("content", {}).values()), ""))
            for status, answer in answers.items()
        ],
    }


def schemas() -> list[dict[str, Any]]:
    """Every shape with its fields."""
    return [
        {
            "name": name,
            "description": schema.get("description", ""),
            "fields": [
                {
                    "name": field,
                    "type": type_in_words(each),
                    "is_required": field in schema.get("required", ()),
                    "description": each.get("description", ""),
                }
                for field, each in schema["properties"].items()
            ],
        }
        for name, schema in sorted(document()["components"]["schemas"].items())
        if "properties" in schema and not name.endswith("Filter")
    ]


def problems() -> list[tuple[str, int, str]]:
    return [(URN + name, status, title) for name, (status, title) in TITLES.items()]


def type_in_words(schema: dict[str, Any]) -> str:
    """A schema on one line: `string (date-time)`, `Customer`, `list of Message`, `integer or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    for choice in ("anyOf", "allOf"):
        if choice in schema:
            return " or ".join(dict.fromkeys(type_in_words(each) for each in schema[choice]))
    if "enum" in schema:
        return " | ".join(str(each) or '""' for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {type_in_words(schema['items'])}"
    form = f" ({schema['format']})" if "format" in schema else ""
    return f"{schema.get('type', 'any')}{form}"

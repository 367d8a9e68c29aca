"""Samples with something odd in them, at every place."""

from collections.abc import Iterator
from typing import Any

ODD = [None, 7, "x", [], [None], {}, True, 1e400, "\ud800", "\x00", {"id": {"id": []}}]


def each_with(value: Any, odd: Any) -> Iterator[Any]:
    """The sample with one of its values, at any depth, replaced by an odd one."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield with_item(value, key, odd)
        if isinstance(value[key], dict | list):
            yield from (with_item(value, key, inner) for inner in each_with(value[key], odd))


def with_item(value: Any, key: Any, item: Any) -> Any:
    copy = value.copy()
    copy[key] = item
    return copy

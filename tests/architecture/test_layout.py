"""The house keeps its shape: sizes, names, what a room may not know, which way foreign keys point."""

import ast
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField

from ascolto.eventlog.event import KINDS
from ascolto.project.timetable import connect

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "ascolto"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
FACES = ("web", "api", "edge", "cli", "project", "demo")
NO_NAMES = {"utils", "util", "helpers", "common", "misc", "services", "base", "manager", "managers"}
WEB_MODULES = (
    "django.http",
    "django.shortcuts",
    "django.template",
    "django.dispatch",
    "django.views",
    "django.db.models.signals",
)


def layers() -> dict[str, int]:
    """Room → height; the bottom is 0."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    rows = [[room.strip() for room in row.replace(":", "|").split("|")] for row in contract["layers"]]
    return {room: height for height, row in enumerate(reversed(rows)) for room in row}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_small_and_its_functions_smaller(path: Path) -> None:
    source = path.read_text()
    long = [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno > 60
    ]

    assert source.count("\n") <= 400, "near 400 lines a module becomes a folder of the same name"
    assert not long, f"functions over 60 lines: {long}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for_and_drops_no_error(path: Path) -> None:
    tree = ast.parse(path.read_text())
    dropped = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
    ]

    assert path.stat().st_size == 0 or ast.get_docstring(tree), "the first line of a module says what it is for"
    assert not dropped, f"an error is dropped without a word at lines {dropped}"


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [name_of(path) for path in PACKAGE.rglob("*.py") if {path.stem, *path.relative_to(PACKAGE).parts[:-1]} & NO_NAMES]

    assert not named


def test_rooms_below_the_faces_know_nothing_of_pages() -> None:
    wrong = []
    for path in MODULES:
        room = path.relative_to(PACKAGE).parts[0]
        if room in FACES or path.parent == PACKAGE:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module or ""]
            wrong += [f"{name_of(path)}: {name}" for name in names if name.startswith(WEB_MODULES)]

    assert not [each for each in wrong if "accounts/signin.py" not in each], wrong


def test_foreign_keys_point_down() -> None:
    heights = layers()
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("ascolto."):
            continue
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey | ManyToManyField):
                target = field.related_model
                if target.__module__.startswith("ascolto."):
                    here, there = heights[model._meta.app_label], heights[target._meta.app_label]
                    if there > here:
                        wrong.append(f"{model.__name__}.{field.name} → {target.__name__}")

    assert not wrong


def test_no_model_saves_or_orders_behind_ones_back() -> None:
    wrong = [
        model.__name__
        for model in apps.get_models()
        if model.__module__.startswith("ascolto.") and ("save" in vars(model) or "delete" in vars(model) or model._meta.ordering)
    ]

    assert not wrong


def test_g1_k1_views_take_owned_rows_through_their_room() -> None:
    """No view gets a conversation, message or attachment by itself: one queryset per person (access.py) does."""
    owned = {"Conversation", "Message", "Attachment", "Episode", "Draft", "PrivateLink"}
    wrong = []
    for face in ("web", "edge"):
        for path in (PACKAGE / face).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Attribute)
                    and node.attr == "objects"
                    and isinstance(node.value, ast.Name)
                    and node.value.id in owned
                ):
                    wrong.append(f"{name_of(path)}:{node.lineno}")

    assert not wrong, "use conversations.access, .queries or .timeline"


def test_every_event_has_its_sentence_and_holds_no_words() -> None:
    connect()

    assert len(KINDS) >= 13
    for kind, event in KINDS.items():
        assert "." in kind
        assert kind == kind.lower()
        assert str(event.sentence).strip(), kind
        wordy = set(event.__dataclass_fields__) & {"text", "body", "name", "email", "address", "phone", "why", "subject_line"}
        assert not wordy, f"{kind} may not hold {wordy}"

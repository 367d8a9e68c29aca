"""What a benchmark says: a figure, its goal, what it was compared with, and the machine it was measured on."""

import json
import os
import platform
import sqlite3
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "var" / "bench"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number; `is_met` is None where nothing was promised."""

    name: str
    value: float
    unit: str = ""
    goal: str = ""
    is_met: bool | None = None
    reference: str = ""  # what it is a ratio to, or how it was measured
    digits: int = 0

    @property
    def verdict(self) -> str:
        return {True: "met", False: "MISSED", None: ""}[self.is_met]

    @property
    def amount(self) -> str:
        return f"{self.value:,.{self.digits}f} {self.unit}".strip()


def at_least(name: str, value: float, goal: float, **more: Any) -> Figure:
    """A figure that should not fall below its goal."""
    return Figure(name=name, value=value, goal=f"≥ {goal:g} {more.get('unit', '')}".strip(), is_met=value >= goal, **more)


def at_most(name: str, value: float, goal: float, **more: Any) -> Figure:
    """A figure that should not rise above its goal."""
    return Figure(name=name, value=value, goal=f"≤ {goal:g} {more.get('unit', '')}".strip(), is_met=value <= goal, **more)


def percentile(values: Sequence[float], share_pct: float) -> float:
    """The value that `share_pct` of all do not exceed (nearest rank). Pure. :raises ValueError: of nothing"""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(share_pct / 100 * len(ordered) + 0.5) - 1))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def machine() -> dict[str, Any]:
    """The facts that the figures depend on."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.machine()}",
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9) if hasattr(os, "sysconf") else None,
    }


def machine_in_words() -> str:
    facts = machine()
    return (
        f"{facts['cores']} cores, Python {facts['python']}, SQLite {facts['sqlite']}, {facts['system']}, {facts['memory_gb']} GB"
    )


def show(figures: Sequence[Figure]) -> None:
    """Print figures for people, the goal beside each."""
    for each in figures:
        goal = f"   goal {each.goal}: {each.verdict}" if each.goal else ""
        print(f"  {each.name:<58} {each.amount:>16}{goal}", flush=True)
        if each.reference:
            print(f"      {each.reference}", flush=True)


def keep(name: str, figures: Sequence[Figure], *, is_quick: bool, took_s: float) -> Path:
    """Write the result of one benchmark as JSON, in place of the last one; quick ones lie apart, never to be quoted."""
    folder = FOLDER / "quick" if is_quick else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    result = {
        "name": name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "is_quick": is_quick,
        "took_s": round(took_s, 1),
        "machine": machine(),
        "figures": [asdict(each) for each in figures],
    }
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    return path


def kept(name: str) -> dict[str, Any] | None:
    """The last result of a benchmark, or None."""
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None

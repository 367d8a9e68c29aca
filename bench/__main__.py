"""`python -m bench [names…] [--quick] [--write]`: run benchmarks one after the other, each in a process of its own."""

import argparse
import subprocess
import sys
import time
from importlib import import_module

from bench import figure, report

# In the order a reader wants them; each has `run(*, is_quick) -> list[Figure]`.
NAMES = ("intake", "first_word", "streams", "inbox", "widget", "start", "kill", "mail_in", "mail_kill", "mail_out", "hooks")


def main() -> int:
    """0 when all ran; 1 when a benchmark failed or found a promise broken that is never to be broken."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="a short version, for trying; its figures are not to be quoted")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md from the last results")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    names = options.names or ([] if options.write else list(NAMES))
    if len(names) == 1:
        failed = run_one(names[0], is_quick=options.quick)
    else:
        quick = ["--quick"] if options.quick else []
        failed = any([subprocess.run([sys.executable, "-m", "bench", name, *quick], check=False).returncode for name in names])  # noqa: C419  all run
    if options.write:
        print(f"written: {report.write(NAMES)}")
    return int(failed)


def run_one(name: str, *, is_quick: bool) -> bool:
    """Run one benchmark here; true when it failed."""
    module = import_module(f"bench.{name}")
    print(f"\n{name}: {(module.__doc__ or '').strip().splitlines()[0]}\n  {figure.machine_in_words()}", flush=True)
    started = time.monotonic()
    figures = module.run(is_quick=is_quick)
    figure.show(figures)
    figure.keep(name, figures, is_quick=is_quick, took_s=time.monotonic() - started)
    return any(each.is_met is False and each.goal == "0" for each in figures)


if __name__ == "__main__":
    sys.exit(main())

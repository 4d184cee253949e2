"""The analysis library beside its peers: one table, printed and written into the reference.

    make bench-methods                            all rows (installs the peers first)
    python -m benchmarks.methods density knox     only benchmarks/bench_methods_density.py and …_knox.py, printed

Each `benchmarks/bench_methods_<name>.py` has a function `rows()` that measures ours and the peer in one run, on the
same data, and returns `Row`s. Each module runs in a process of its own, so that no memory or warm cache of one helps
another.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "benchmarks.md"
PACKAGES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "esda",
    "pointpats",
    "networkx",
    "igraph",
    "polars",
    "duckdb",
    "pyspark",
)
T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        work: What was done, with the size of the data.
        ours: Our figure with its unit.
        peer: The peer's name and figure, measured in the same run.
        result: What follows, such as `26×`.
        bar: What was to be reached.
        is_met: Whether it was.
        agreement: How the two results compare.
    """

    work: str
    ours: str
    peer: str
    result: str
    bar: str
    is_met: bool
    agreement: str


def ratio(
    work: str,
    *,
    ours_s: float,
    peer: str,
    peer_s: float,
    at_least: float,
    agreement: str,
    agrees: bool = True,
) -> Row:
    """Return the row of a work that is to be so many times faster than a peer.

    Args:
        work: What was done.
        ours_s: Our seconds.
        peer: The peer's name and version.
        peer_s: Its seconds, in the same run.
        at_least: The ratio to reach.
        agreement: How the results compare.
        agrees: Whether they agree as they must.
    """
    times = peer_s / ours_s
    is_met = times >= at_least and agrees
    return Row(
        work,
        seconds(ours_s),
        f"{peer}: {seconds(peer_s)}",
        f"{times:,.0f}×",
        f"≥ {at_least:g}×",
        is_met,
        agreement,
    )


def seconds(value: float) -> str:
    """Return a time with three digits."""
    return f"{value * 1000:.3g} ms" if value < 1 else f"{float(f'{value:.3g}'):,g} s"


def timed(work: Callable[[], T], *, repeats: int = 1) -> tuple[T, float]:
    """Return a result, and the seconds of the fastest of some runs."""
    best, result = float("inf"), None
    for _ in range(repeats):
        begin = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - begin)
    return result, best  # type: ignore[return-value]


def peak_bytes() -> int:
    """Return the largest resident memory of this process so far."""
    # Linux counts in KiB.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def version(package: str) -> str:
    """Return a package's name and version."""
    return f"{package} {metadata.version(package)}"


def crime_data() -> Path:
    """Return the folder of crime data.

    Raises:
        SystemExit: If there is none.
    """
    folder = Path(os.environ.get("OPENILP_TEST_DATA", ROOT.parent / "shared" / "data")) / "crime"
    if not folder.is_dir():
        sys.exit("These benchmarks need the folder of data sets that OPENILP_TEST_DATA names.")
    return folder


def names() -> list[str]:
    """Return what there is to measure."""
    return sorted(
        path.stem.removeprefix("bench_methods_") for path in Path(__file__).parent.glob("bench_methods_*.py")
    )


def measured(name: str) -> list[Row]:
    """Return the rows of one module, measured in a process of its own; one that fails is a bar missed."""
    print(f"measuring {name} …", file=sys.stderr, flush=True)
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.methods", "--one", name],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    print(f"  {name} took {seconds(time.perf_counter() - begin)}", file=sys.stderr, flush=True)
    if done.returncode != 0:
        script = f"benchmarks/bench_methods_{name}.py"
        reason = f"ended with code {done.returncode}; its words stand on the screen"
        return [Row(script, "–", "–", "–", "to run", is_met=False, agreement=reason)]
    return [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [
        "| work | ours | peer, in the same run | result | bar | agreement |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        mark = "met" if row.is_met else "**missed**"
        lines.append(
            f"| {row.work} | {row.ours} | {row.peer} | {row.result} | {row.bar}: {mark} | {row.agreement} |"
        )
    return "\n".join(lines)


def page(rows: list[Row]) -> str:
    """Return the page of the reference."""
    there = []
    for package in PACKAGES:
        try:
            there.append(version(package))
        except metadata.PackageNotFoundError:
            continue
    cores = len(os.sched_getaffinity(0))
    return "\n".join(
        [
            "# Benchmarks of the methods",
            "",
            "Each line was measured in one run, ours beside the peer, on the same data. Compare the ratios; absolute",
            "times depend on the machine and on what else it does. `make bench-methods` measures again and writes this",
            "page; the scripts are `benchmarks/bench_methods_*.py`.",
            "",
            table(rows),
            "",
            f"{cores} processor cores, Python {platform.python_version()}; {', '.join(there)}.",
            "",
        ]
    )


def main(arguments: list[str]) -> int:
    """Measure what the arguments name, or everything."""
    if arguments[:1] == ["--one"]:
        rows = import_module(f"benchmarks.bench_methods_{arguments[1]}").rows()
        print(json.dumps([asdict(row) for row in rows]))
        return 0
    if unknown := sorted(set(arguments) - set(names())):
        sys.exit(f"There is no {unknown[0]}; choose from {', '.join(names())}.")
    rows = [row for name in arguments or names() for row in measured(name)]
    print(table(rows))
    print(f"{sum(row.is_met for row in rows)} of {len(rows)} bars met")
    if not arguments:
        PAGE.write_text(page(rows), encoding="utf-8")
    return 0 if all(row.is_met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

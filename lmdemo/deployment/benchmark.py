"""``python -m lmdemo benchmark``: ratios, side by side in one run, with the machine named."""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict, fields

from lmdemo.deployment.benchmarks import Figure
from lmdemo.errors import OptionError
from lmdemo.pool import use_threads

# Each is a file in benchmarks/ with ``measure(threads, rounds)``; a member adds its own name here.
MEASUREMENTS = (
    "app",
    "page",
    "visit",
    "load",
    "endpoint",
    "cnn",
    "yolo",
    "rnn",
    "lstm",
    "transformer",
    "bert",
    "gpt",
    "siamese",
    "wavenet",
    "wavernn",
    "waveglow",
    "hub",
)


def _measure(name: str, threads: int, rounds: int) -> list[Figure]:
    use_threads(threads)  # of our adapters; the measurements set torch's where they call others
    return importlib.import_module(f"lmdemo.deployment.benchmarks.{name}").measure(threads, rounds)


def _measure_apart(name: str, threads: int, rounds: int) -> list[Figure]:
    """The same in a process of its own: pools of threads that one measurement leaves behind would slow the next."""
    command = [
        sys.executable,
        "-m",
        "lmdemo",
        "benchmark",
        name,
        "--threads",
        str(threads),
        "--rounds",
        str(rounds),
        "--json",
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)  # it has said why
    return [Figure(**{f.name: row[f.name] for f in fields(Figure)}) for row in json.loads(done.stdout)["figures"]]


def main(args: argparse.Namespace) -> int:
    """Runs what was asked with each number of threads, and prints one table or JSON."""
    unknown = [w for w in args.what if w not in MEASUREMENTS]
    if unknown:
        raise OptionError(
            "unknown_option", expected=", ".join(MEASUREMENTS), got=", ".join(unknown), hint="Take some of these."
        )
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    rows = []
    runs = [(name, threads) for name in args.what or MEASUREMENTS for threads in args.threads]
    for name, threads in runs:
        for figure in (_measure if len(runs) == 1 else _measure_apart)(name, threads, args.rounds):
            rows.append({"what": name, "threads": threads} | asdict(figure))
            if not args.json:
                verdict = (
                    ""
                    if figure.bar is None
                    else f"  (bar {figure.bar:g}: {'held' if figure.value <= figure.bar else 'missed'})"
                )
                print(
                    f"{name:<5} {threads} thread{'s' if threads > 1 else ' '}  {figure.name:<58} {figure.value:8.3f} {figure.unit:<5}"
                    f"{verdict}  {figure.note}",
                    flush=True,
                )
    if args.json:
        print(json.dumps({"machine": machine, "figures": rows}, indent=2))
    else:
        print(machine)
    return 0

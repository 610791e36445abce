"""``python -m lmdemo benchmark``: ratios, side by side in one run, with the machine named."""

import argparse
import importlib
import json
import os
import platform
from dataclasses import asdict

from lmdemo.deployment.benchmarks import Figure
from lmdemo.errors import OptionError

# Each is a file in benchmarks/ with ``measure(threads, rounds)``; a member adds its own name here.
MEASUREMENTS = ("app", "page", "cnn", "yolo", "rnn", "lstm", "transformer", "bert", "gpt", "siamese", "hub")


def _measure(name: str, threads: int, rounds: int) -> list[Figure]:
    return importlib.import_module(f"lmdemo.deployment.benchmarks.{name}").measure(threads, rounds)


def main(args: argparse.Namespace) -> int:
    """Runs what was asked with each number of threads, and prints one table or JSON."""
    unknown = [w for w in args.what if w not in MEASUREMENTS]
    if unknown:
        raise OptionError("unknown_option", expected=", ".join(MEASUREMENTS), got=", ".join(unknown), hint="Take some of these.")
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    rows = []
    for name in args.what or MEASUREMENTS:
        for threads in args.threads:
            for figure in _measure(name, threads, args.rounds):
                rows.append({"what": name, "threads": threads} | asdict(figure))
                if not args.json:
                    verdict = "" if figure.bar is None else f"  (bar {figure.bar:g}: {'held' if figure.value <= figure.bar else 'missed'})"
                    print(f"{name:<5} {threads} thread{'s' if threads > 1 else ' '}  {figure.name:<58} {figure.value:8.3f} {figure.unit:<5}"
                          f"{verdict}  {figure.note}", flush=True)
    if args.json:
        print(json.dumps({"machine": machine, "figures": rows}, indent=2))
    else:
        print(machine)
    return 0

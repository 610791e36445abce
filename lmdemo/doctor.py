"""Is everything here, does it open, does it answer right: a table with a verdict, and what to do."""

import argparse
import importlib.util
import json
import platform
import shutil
import socket
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lmdemo import hub
from lmdemo.catalog import ANSWERS, HUB, MODELS, KnownAnswer, find
from lmdemo.errors import HubUnreachableError, LmdemoError
from lmdemo.loading import load
from lmdemo.pool import Pool, choose_device, megabytes, memory_limit, processors

PORT = 7860
AGREE = 0.02  # largest difference of a score between processor and GPU, which computes in half precision


@dataclass(frozen=True)
class Finding:
    """What was found out about one model.

    Attributes:
        name: In the catalog.
        source: ``scratch`` or ``hub``.
        present: Whether its files are here and whole.
        opens: Whether it could be opened; None where that was not tried.
        answers: Whether it gives its known answer; None where none is stored or it was not asked.
        agrees: Whether processor and GPU agree; None where there is no GPU.
        milliseconds: Of a second answer.
        verdict: ``ok``, ``missing``, ``wrong``.
        hint: What to do, or what was checked.
    """

    name: str
    source: str
    present: bool
    opens: bool | None = None
    answers: bool | None = None
    agrees: bool | None = None
    milliseconds: float | None = None
    verdict: str = "missing"
    hint: str = ""


def examine(names: list[str] | None = None) -> Iterator[Finding]:
    """Looks at each model of the catalog, ours and the hub's, one after the other.

    Args:
        names: Only these models or members; everything by default.

    Raises:
        UnknownModelError: The catalog holds no such name.
    """
    wanted = set()
    for name in names or ():
        wanted.add(name if name in HUB else find(name).name)
    reachable: list[LmdemoError] = []
    for row in MODELS.values():
        if not wanted or row.name in wanted:
            if (row.folder / "model.safetensors").is_file():
                yield _ask(row.name, "scratch", ANSWERS.get(row.name), row.folder)
            else:
                yield Finding(
                    row.name,
                    "scratch",
                    False,
                    hint=f"Take weights/ from the project again, or train it: python -m lmdemo train {row.name}",
                )
    for row in HUB.values():
        if not row.adapter or (wanted and row.name not in wanted):
            continue
        if not hub.is_here(row):
            yield Finding(row.name, "hub", False, hint=_how_to_get(row, reachable))
        elif not hub.verify(row):
            yield Finding(
                row.name,
                "hub",
                False,
                verdict="wrong",
                hint=f"a file is not the pinned one: delete {hub.folder_of(row)}",
            )
        else:
            yield _ask(row.name, "hub", row.known_answer, hub.folder_of(row))


def _how_to_get(row, unreachable: list[LmdemoError]) -> str:
    """Asks the hub whether the pinned revision is still there; one that does not answer is asked once."""
    if not unreachable:
        try:
            return f"the hub has it, {megabytes(hub.plan(row))}: python -m lmdemo fetch {row.name}"
        except HubUnreachableError as error:
            unreachable.append(error)
        except LmdemoError as error:
            return str(error)
    return f"not asked of the hub (no network); where there is one: python -m lmdemo fetch {row.name} ({row.megabytes:,.0f} MB)"


def _ask(name: str, source: str, known: KnownAnswer | None, folder: Path) -> Finding:
    facts: dict[str, Any] = {"name": name, "source": source, "present": True, "opens": False, "verdict": "wrong"}
    try:
        pool = Pool()  # of its own, so that nothing stays in memory
        adapter = load(name, source, "cpu", pool=pool)
        facts["opens"] = True
        if known is None:
            return Finding(**facts | {"verdict": "ok", "hint": "opens; no known answer is stored"})
        inputs = _given(known.given, folder)
        if inputs is None:
            return Finding(**facts | {"verdict": "ok", "hint": f"opens; {known.given} is not here to ask with"})
        results = [_call(adapter, known, inputs) for _ in range(2)]
        right, said = check_answer(known, results[1])
        facts |= {"answers": right, "milliseconds": round(getattr(results[1], "milliseconds", 0.0), 1)}
        if (device := choose_device(source="hub")) != "cpu":
            other = _call(load(name, source, device, pool=pool), known, inputs)
            facts["agrees"] = check_answer(known, other)[0] and _differ(results[1], other) <= AGREE
        right = right and facts.get("agrees") is not False
        hint = f"said {said}" if right else f"said {said}, not {' | '.join(known.contains) or known.least}"
        return Finding(**facts | {"verdict": "ok" if right else "wrong", "hint": hint})
    except LmdemoError as error:
        return Finding(**facts | {"hint": str(error)})
    except Exception as error:  # a doctor reports what it finds
        return Finding(**facts | {"hint": f"{type(error).__name__}: {error}"[:200]})


def check_answer(known: KnownAnswer, result: Any) -> tuple[bool, str]:
    """Whether a result holds the known fact, and what it says, shortened."""
    value = getattr(result, known.field)
    if known.least is not None:
        return float(value) >= known.least, f"{float(value):.3f}"
    right = any(part in str(value).lower() for part in known.contains)
    return right, _shortly(value)[:60]


def _shortly(value: Any) -> str:
    """A value as a person would say it: labels of what was found, candidates without their scores."""
    if isinstance(value, Mapping):
        return ", ".join(map(str, value))
    if isinstance(value, list | tuple):
        return ", ".join(dict.fromkeys(str(getattr(v, "label", v)) for v in value))
    return str(value)


def _call(adapter: Any, known: KnownAnswer, inputs: Any) -> Any:
    return (getattr(adapter, known.method) if known.method else adapter)(inputs, **dict(known.options))


def _differ(one: Any, other: Any) -> float:
    return abs(getattr(one, "score", 0.0) - getattr(other, "score", 0.0))


def _given(given: str, folder: Path) -> Any:
    """The input that a known answer names; None where the package that brings it is not here."""
    kind, _, value = given.partition(":")
    if kind == "text":
        return value
    if kind == "folder":
        return str(folder / value) if (folder / value).is_file() else None
    if kind == "digit":
        from sklearn.datasets import load_digits

        image = load_digits().images[int(value)]
        return (image / 16).repeat(4, 0).repeat(4, 1)
    package, _, path = value.partition("/")
    spec = importlib.util.find_spec(package)
    file = Path(spec.origin).parent / path if spec and spec.origin else None
    return str(file) if file and file.is_file() else None


def machine() -> list[tuple[str, str, bool, str]]:
    """What the models need of this machine: subject, figure, whether it is enough, and what to do or know."""
    import torch

    folder = hub.home()
    there = next(p for p in (folder, *folder.parents) if p.exists())
    free, limit = shutil.disk_usage(there).free, memory_limit()
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", PORT)) == 0
    whole = sum(r.megabytes for r in HUB.values()) * 1e6
    return [
        ("python, torch", f"{platform.python_version()}, {torch.__version__}", True, ""),
        ("processors, device", f"{processors()}, {choose_device(source='hub')}", True, "LMDEMO_THREADS, LMDEMO_DEVICE"),
        ("memory for models", megabytes(limit), limit > 1e9, "LMDEMO_MEMORY; the largest hub model takes about 0.6 GB"),
        (
            "free disk",
            f"{megabytes(free)}, {folder}",
            free > 2e8,
            f"all hub models take {megabytes(whole)}; LMDEMO_HUB_DIR",
        ),
        ("network", "off by option" if hub.offline() else "on by option", True, "LMDEMO_OFFLINE"),
        ("port", f"{PORT} {'taken' if taken else 'free'}", True, "app.py --port takes another" if taken else ""),
        (
            "microphone, camera",
            "https or localhost",
            True,
            "browsers give them to no other address: open http://localhost",
        ),
    ]


def doctor_command(args: argparse.Namespace) -> int:
    """``python -m lmdemo doctor``: 0 where all that is here is right, 1 where something is wrong or ours is missing."""
    marks = {True: "yes", False: "NO", None: "-"}
    findings = []
    for f in examine(args.models):
        findings.append(f)
        if not args.json:
            if len(findings) == 1:
                print(
                    f"{'model':<26} {'source':<8} {'here':<5} {'opens':<6} {'right':<6} {'gpu':<4} {'ms':>8}  verdict"
                )
            ms = "-" if f.milliseconds is None else f"{f.milliseconds:.1f}"
            print(
                f"{f.name:<26} {f.source:<8} {marks[f.present]:<5} {marks[f.opens]:<6} {marks[f.answers]:<6} "
                f"{marks[f.agrees]:<4} {ms:>8}  {f.verdict}: {f.hint}",
                flush=True,
            )
    around = machine()
    away = [f for f in findings if f.verdict == "missing"]
    bad = [f for f in findings if f.verdict == "wrong" or (f.source == "scratch" and f.verdict == "missing")]
    status = 1 if bad or not all(ok for *_, ok, _ in around) else 0
    if args.json:
        print(
            json.dumps(
                {
                    "models": [asdict(f) for f in findings],
                    "machine": [dict(zip(("subject", "figure", "enough", "note"), m, strict=True)) for m in around],
                    "status": status,
                },
                indent=2,
            )
        )
    else:
        print()
        for subject, figure, ok, note in around:
            print(f"{subject:<20} {'' if ok else 'SHORT: '}{figure}{'   (' + note + ')' if note else ''}")
        print(
            f"\n{len(findings)} models looked at: {sum(f.verdict == 'ok' for f in findings)} ok, "
            f"{sum(f.verdict == 'wrong' for f in findings)} wrong, {len(away)} not here"
            + (
                f" ({megabytes(1e6 * sum(HUB[f.name].megabytes for f in away if f.source == 'hub'))} to fetch)"
                if away
                else ""
            )
        )
    return status

"""What the library offers at the command line: ``python -m lmdemo``."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from lmdemo.adapters.outputs import DARKNET_IOU_THRESHOLD, IOU_THRESHOLD, SCORE_THRESHOLD
from lmdemo.catalog import HUB, MODELS, find
from lmdemo.errors import LmdemoError, OptionError
from lmdemo.figures import Figures


def list_command(args: argparse.Namespace) -> int:
    """Prints the models with what they are for, how large and how good they are."""
    rows = [
        {
            "name": r.name,
            "purpose": r.purpose,
            "member": r.member,
            "task": r.task,
            "data": r.training_data,
            "hub": list(r.hub),
            "licence": r.licence,
            "here": (r.folder / "model.safetensors").is_file(),
            "megabytes": _megabytes(r.folder),
            "figure": _figure(r.figures),
        }
        for r in MODELS.values()
    ]
    if args.json:
        print(json.dumps(rows, indent=2))
        return 0
    head = {
        "name": "model",
        "purpose": "what it does",
        "megabytes": "MB",
        "figure": "on validation data",
        "hub": "beside",
    }
    shown = [head, *({**r, "megabytes": f"{r['megabytes']:.1f}", "hub": ", ".join(r["hub"])} for r in rows)]
    widths = [max(len(str(r[k])) for r in shown) for k in head]
    for r in shown:
        print("  ".join(str(r[k]).ljust(w) for k, w in zip(head, widths, strict=True)).rstrip())
    print(
        "\n`python -m lmdemo train MODEL` trains one anew, `fetch` downloads what stands beside it, `doctor` checks all."
    )
    return 0


def _megabytes(folder: Path) -> float:
    return sum(f.stat().st_size for f in folder.glob("*") if f.is_file()) / 1e6


def _figure(figures: Figures | None) -> str:
    return "" if figures is None else f"{figures.metric.replace('_', ' ')} {figures.ours:.3f}"


def prove_command(args: argparse.Namespace) -> int:
    """Holds our networks against implementations that we did not write, here and now."""
    from lmdemo.proofs import prove

    members = [find(name).member for name in args.models] or [r.member for r in MODELS.values()]
    checks = {member: prove(member) for member in dict.fromkeys(members)}
    if args.json:
        print(json.dumps({m: [asdict(c) | {"passed": c.passed} for c in made] for m, made in checks.items()}, indent=2))
    for member, made in ({} if args.json else checks).items():
        print(member)
        for c in made:
            mark = "equal" if c.passed else "DIFFERS"
            print(f"  {mark:<8} {c.difference:.1e} (allowed {c.tolerance:.0e})  {c.name}: {c.reference}")
    return 0 if all(c.passed for made in checks.values() for c in made) else 1


def train_command(args: argparse.Namespace) -> int:
    """Trains a model, resuming what was killed, and writes its folder with the model card."""
    from lmdemo.recipes._train import train

    row = find(args.model)
    seeds = list(range(args.seeds)) if args.seeds else [args.seed]
    report = train(
        row,
        root=args.data,
        seeds=seeds,
        out=args.out or Path("runs") / row.name / "weights",
        runs=args.runs,
        restart=args.restart,
        progress_bar=not args.json,
    )
    _print_report(report, args)
    return 0


def evaluate_command(args: argparse.Namespace) -> int:
    """Judges a model on a data set, beside the simple baselines."""
    from lmdemo import load
    from lmdemo.evaluation import evaluate
    from lmdemo.recipes import _card, load_recipe
    from lmdemo.recipes._train import open_folder

    if args.write and args.source != "scratch":
        raise OptionError(
            "unknown_option", expected="--source scratch", got=f"--write --source {args.source}", hint="Leave one out."
        )
    row = find(args.model)
    adapter = open_folder(row, args.weights) if args.weights else load(row.name, source=args.source, device=args.device)
    report = evaluate(load_recipe(row), adapter, row, root=args.data, split=args.split, baselines=not args.no_baselines)
    _print_report(report, args)
    if args.write:
        _card.record(row, adapter.info.parameters, report, args.weights or row.folder)
    return 0


def _print_report(report, args: argparse.Namespace) -> None:
    if args.json:
        print(json.dumps(report.asdict(), indent=2))
        return
    print(f"{report.model} ({report.source}) on {report.data}, {report.split}, n = {report.n:,}")
    for name, value in report.metrics.items():
        print(f"  {name:<32} {value:.4f}")
    for method, figures in report.baselines.items():
        print(f"  baseline {method}: " + ", ".join(f"{k} {v:.4f}" for k, v in figures.items()))


def detect_command(args: argparse.Namespace) -> int:
    """Finds things in a picture, and draws the boxes on a copy of it."""
    import numpy as np
    from PIL import Image

    from lmdemo import load
    from lmdemo.adapters.object_detection import draw, open_picture, to_rows

    if args.out and args.out.suffix.lower() not in (".png", ".jpg", ".jpeg"):
        raise OptionError(
            "unknown_option", expected="--out *.png, *.jpg", got=args.out.name, hint="Name a PNG or JPEG file."
        )
    if args.darknet:
        adapter = load(args.darknet, source="darknet")
    else:
        adapter = load(*_detector(args.model, args.source), device=args.device)
    thresholds = {"score_threshold": args.score_threshold, "iou_threshold": args.iou_threshold}
    found = adapter(args.picture, **{k: v for k, v in thresholds.items() if v is not None})
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(draw(np.asarray(open_picture(args.picture)), found)).save(args.out)
    if args.json:
        print(
            json.dumps(
                {
                    "model": adapter.info.name,
                    "source": adapter.info.source,
                    "objects": to_rows(found),
                    "highest_score": found.highest_score,
                    "milliseconds": found.milliseconds,
                },
                indent=2,
            )
        )
        return 0
    for o in found.objects:
        print(
            f"{o.label:<16} {o.score:.3f}  "
            + " ".join(f"{getattr(o.box, e):7.1f}" for e in ("xmin", "ymin", "xmax", "ymax"))
        )
    if not found.objects:
        print(f"Nothing reached the threshold; the highest score seen is {found.highest_score:.3f}.")
    print(f"{adapter.info.name} looked ({adapter.info.training_data}); --model and --source choose another.")
    return 0


def _detector(model: str | None, source: str | None) -> tuple[str, str]:
    """Which detector looks: what was named, else the hub's, which knows everyday things, where it was fetched, else ours."""
    from lmdemo.hub import is_here

    detectors = [r for r in MODELS.values() if r.task == "object-detection"]
    if model is None:
        fetched = next((r.name for r in detectors if any(is_here(HUB[h]) for h in r.hub)), None)
        if fetched and source in (None, "hub"):
            return fetched, "hub"
        model = "yolo-drawings" if source in (None, "scratch") else detectors[0].name
    if find(model) not in detectors:
        names = ", ".join(r.name for r in detectors)
        raise OptionError(
            "unknown_choice", expected=names, got=model, hint="Name a model that finds things in pictures."
        )
    return model, source or "scratch"


def benchmark_command(args: argparse.Namespace) -> int:
    """Measures speed and memory as ratios, side by side in one run."""
    from lmdemo.deployment.benchmark import main

    return main(args)


def fetch_command(args: argparse.Namespace) -> int:
    """Downloads hub models ahead, into a folder that can be copied."""
    from lmdemo.hub import fetch_command as command

    return command(args)


def doctor_command(args: argparse.Namespace) -> int:
    """Says of every model whether it is here, opens and answers right, and what to do if not."""
    from lmdemo.doctor import doctor_command as command

    return command(args)


def parser() -> argparse.ArgumentParser:
    """The command line's options; `python -m lmdemo COMMAND --help` explains them."""
    top = argparse.ArgumentParser(
        prog="python -m lmdemo", description="Lists, trains, judges, proves and measures the models."
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND")

    def command(run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        name = run.__name__.removesuffix("_command")
        sub = commands.add_parser(name, help=run.__doc__.rstrip("."), description=run.__doc__)
        sub.set_defaults(run=run)
        sub.add_argument("--json", action="store_true", help="print JSON for machines")
        return sub

    command(list_command)

    sub = command(train_command)
    sub.add_argument("model", help="a name that `list` prints")
    sub.add_argument(
        "--data", type=Path, metavar="ROOT", help="folder with data sets; else the public source is fetched"
    )
    sub.add_argument("--seed", type=int, default=0, help="seed of a single run (default 0)")
    sub.add_argument("--seeds", type=int, metavar="N", help="train seeds 0 to N-1, keep the best by validation")
    sub.add_argument("--out", type=Path, help="folder to write (default runs/MODEL/weights)")
    sub.add_argument("--runs", type=Path, default=Path("runs"), help="where checkpoints and logs go (default runs)")
    sub.add_argument("--restart", action="store_true", help="begin anew instead of resuming")

    sub = command(evaluate_command)
    sub.add_argument("model", help="a name that `list` prints")
    sub.add_argument("--data", type=Path, metavar="ROOT", help="folder with data sets, or one of them")
    sub.add_argument(
        "--split", default="val", choices=("train", "val", "test", "all"), help="part of the data (default val)"
    )
    sub.add_argument("--source", default="scratch", help="scratch (default), hub, hub-weights")
    sub.add_argument("--weights", type=Path, metavar="DIR", help="judge this folder instead of the shipped one")
    sub.add_argument("--device", help="cpu, cuda or mps; the best one here by default")
    sub.add_argument("--no-baselines", action="store_true", help="leave the simple baselines out")
    sub.add_argument(
        "--write", action="store_true", help="keep the figures in the model's folder, and make its card anew"
    )

    sub = command(detect_command)
    sub.add_argument("picture", type=Path, help="a picture's file")
    sub.add_argument(
        "--model", help="yolo-drawings or yolo-cells; by default the hub's where it was fetched, else yolo-drawings"
    )
    sub.add_argument("--source", choices=("scratch", "hub", "hub-weights"), help="whose network (default scratch)")
    sub.add_argument(
        "--darknet", type=Path, metavar="DIR", help="a folder with a cfg, a weights and a names file, read by OpenCV"
    )
    sub.add_argument("--device", help="cpu, cuda or mps; the best one here by default")
    sub.add_argument("--score-threshold", type=float, help=f"least score of a box (default {SCORE_THRESHOLD})")
    sub.add_argument(
        "--iou-threshold",
        type=float,
        help=f"overlap above which a less sure box falls (default {IOU_THRESHOLD}; Darknet {DARKNET_IOU_THRESHOLD})",
    )
    sub.add_argument("--out", type=Path, metavar="FILE", help="write the picture with its boxes, as PNG or JPEG")

    sub = command(prove_command)
    sub.add_argument("models", nargs="*", metavar="model", help="only these models or members")

    sub = command(benchmark_command)
    sub.add_argument("what", nargs="*", help="what to measure; everything by default")
    sub.add_argument(
        "--threads", type=int, nargs="*", default=[1, 2], help="thread counts to measure with (default 1 2)"
    )
    sub.add_argument("--rounds", type=int, default=30, help="interleaved rounds a measurement (default 30)")

    sub = command(fetch_command)
    sub.add_argument("models", nargs="*", metavar="model", help="names of the catalog's hub models or of ours")
    sub.add_argument("--all", action="store_true", help="every hub model")
    sub.add_argument("--to", type=Path, metavar="DIR", help="folder to fetch into, such as a USB stick's")
    sub.add_argument("--yes", action="store_true", help="do not ask before downloading")

    sub = command(doctor_command)
    sub.add_argument("models", nargs="*", metavar="model", help="only these")
    return top


def main(argv: list[str] | None = None) -> int:
    """Runs one command; a mistake that the caller can mend is told in one line, with exit status 2."""
    top = parser()
    args = top.parse_args(argv)
    if args.command is None:
        top.print_help()
        return 0
    try:
        return args.run(args)
    except LmdemoError as error:
        if args.json:
            print(
                json.dumps(
                    {"error": {"key": error.key, "expected": error.expected, "got": error.got, "hint": error.hint}}
                )
            )
        print(f"{error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # who read it, such as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from the last checkpoint.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())

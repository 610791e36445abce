"""Figures, cards and tables as plain HTML: every value is escaped."""

import ast
import html
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from demos.core.words import CORE, ENGLISH, Speaker, say, say_error
from lmdemo.adapters.outputs import Info
from lmdemo.catalog import MODELS
from lmdemo.errors import LmdemoError

PROJECT = CORE.parent.parent


def written(path: Path) -> str:
    """The text of a file that a member is to have.

    Raises:
        FileNotFoundError: It is not there; tells to write it.
    """
    if not path.is_file():
        raise FileNotFoundError(f"write {path}")
    return path.read_text(encoding="utf-8")


def source_lines(file: str, name: str) -> str:
    """The lines of a function, class or method, read from the file without importing it.

    Raises:
        LookupError: The file has none of that name.
    """
    text = written(PROJECT / file)
    body: Sequence[ast.AST] = ast.parse(text).body
    for part in name.split("."):
        node: Any = next((n for n in body if getattr(n, "name", None) == part), None)
        if node is None:
            raise LookupError(f"no {name}: write it into {PROJECT / file}, or show another of its names")
        body = getattr(node, "body", [])
    return "".join(text.splitlines(keepends=True)[node.lineno - 1 : node.end_lineno])


def html_table(head: Sequence[str], rows: Iterable[Sequence[Any]], caption: str = "") -> str:
    """A table; numbers are set to the right."""

    def cell(value: Any) -> str:
        right = ' class="number"' if isinstance(value, int | float) else ""
        shown = f"{value:,}" if isinstance(value, int) else value
        return f"<td{right}>{html.escape(str(shown))}</td>"

    body = "".join("<tr>" + "".join(cell(v) for v in row) + "</tr>" for row in rows)
    heads = "".join(f'<th scope="col">{html.escape(h)}</th>' for h in head)
    title = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    region = f'<div class="lm-scroll" tabindex="0" role="region" aria-label="{html.escape(caption or head[0])}">'
    return f"{region}<table>{title}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"


def layer_table(layers: Sequence[tuple[str, str, str, int]], speaker: Speaker, lang: str) -> str:
    """Layers with kind, output shape and parameters, and their sum."""
    rows = [*layers, (speaker(lang, "code.total"), "", "", sum(row[3] for row in layers))]
    head = [speaker(lang, f"code.{k}") for k in ("layer", "kind", "shape", "parameters")]
    return html_table(head, rows, speaker(lang, "code.layers"))


def proof_table(checks: Sequence[Any], seconds: float, lang: str) -> str:
    """What was compared and how far apart it was."""
    rows = []
    for c in checks:
        verdict = ("✓ " if c.passed else "✗ ") + say(lang, "proof.equal" if c.passed else "proof.differs")
        rows.append((c.name, c.reference, f"{c.difference:.1e}", f"{c.tolerance:.0e}", verdict))
    head = [say(lang, f"proof.{k}") for k in ("ours", "reference", "difference", "tolerance")] + ["="]
    return html_table(head, rows, say(lang, "proof.took", n=len(checks), seconds=seconds, device="CPU"))


def card(info: Info, milliseconds: float, lang: str) -> str:
    """What stands under each result: whose answer, parameters, megabytes, time, device."""
    figures = [
        (f"{info.parameters:,}", "card.parameters"),
        (f"{info.bytes / 1e6:.2f}", "card.megabytes"),
        (f"{milliseconds:.1f}", "card.milliseconds"),
        (info.device, "card.device"),
    ]
    shown = "".join(f"<div><dd>{html.escape(v)}</dd><dt>{html.escape(say(lang, k))}</dt></div>" for v, k in figures)
    trained = f"{say(lang, 'card.trained_on')}: {info.training_data}"
    foot = f"{say(lang, 'card.licence')}: {info.licence} · {trained}"
    kind = "scratch" if info.source != "hub" else "hub"
    source = html.escape(say(lang, "source." + info.source))
    return (
        f'<section class="lm-card {kind}"><h4>{html.escape(info.name)} <span>{source}</span></h4>'
        f"<dl>{shown}</dl><p>{html.escape(foot)}</p></section>"
    )


def error_card(name: str, source: str, error: LmdemoError, lang: str) -> str:
    """The card of a model that could not be had: which, why, what to do."""
    whose = html.escape(say(lang, "source." + source))
    return (
        f'<section class="lm-card hub" role="alert"><h4>{html.escape(name)} <span>{whose}</span></h4>'
        f"<p>{html.escape(say_error(error, lang))}</p></section>"
    )


def cards(*made: str) -> str:
    """One card, or several side by side."""
    return f'<div class="lm-cards">{"".join(made)}</div>'


def explanation(folder: Path, lang: str) -> str:
    """A member's explanation in Markdown; in English where the language has none."""
    path = folder / f"explain.{lang}.md"
    return written(path if path.is_file() else folder / f"explain.{ENGLISH}.md")


def beside_baselines(model: str, say: Speaker, lang: str) -> str:
    """The figures as a table, and where a baseline wins, why; nothing for a model that was never judged."""
    f = MODELS[model].figures
    if f is None:
        return ""

    def shown(value: float) -> str:
        return f"{100 * value:.1f} %" if f.metric == "accuracy" else f"{value:.3f}"

    seeds = [(say(lang, "figures.mean", model=model, n=f.seeds), shown(f.mean))] if f.seeds > 1 else []
    simple = [(say(lang, f"baseline.{name}"), shown(v)) for name, v in f.baselines.items()]
    head = [say(lang, "figures.who"), say(lang, f"metric.{f.metric}")]
    table = html_table(head, [(model, shown(f.ours)), *seeds, *simple], say(lang, "figures.title", n=f"{f.n:,}"))
    return f"{table}<p>{say(lang, f'why.{model}' if f.beaten_by else 'why.none')}</p>"

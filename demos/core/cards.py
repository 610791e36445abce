"""Figures, cards and tables as plain HTML: every value is escaped."""

import ast
import html
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from demos.core.words import CORE, ENGLISH, Speaker, html_error, say
from lmdemo.adapters.outputs import Info
from lmdemo.catalog import MODELS
from lmdemo.errors import LmdemoError

PROJECT = CORE.parent.parent
NUMBER = re.compile(r"[-+]?[\d.,]+(e[-+]?\d+)?( %)?")
# Figures that are shares of one.
SHARES = ("accuracy", "macro_f1", "top1", "mAP50", "word_error_rate", "word_error_rate_greedy", "eer", "eer_disturbed")


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
    """A table; columns that hold numbers are set to the right."""
    rows = [[f"{v:,}" if isinstance(v, int) else str(v) for v in row] for row in rows]
    right = [any(NUMBER.fullmatch(row[i]) for row in rows if i < len(row)) for i in range(len(head))]

    def cells(tag: str, texts: Sequence[str]) -> str:
        sides = (' class="number"' if i < len(right) and right[i] else "" for i in range(len(texts)))
        return "".join(f"<{tag}{side}>{html.escape(t)}</{tag[:2]}>" for t, side in zip(texts, sides, strict=True))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    heads = cells('th scope="col"', head)
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
        name = f"{c.name} ({c.details})" if c.details else c.name
        rows.append((name, c.reference, f"{c.difference:.1e}", f"{c.tolerance:.0e}", verdict))
    head = [say(lang, f"proof.{k}") for k in ("ours", "reference", "difference", "tolerance")] + ["="]
    return html_table(head, rows, say(lang, "proof.took", n=len(checks), seconds=seconds, device="CPU"))


def facts(answers: Iterable[Any], model: str, say: Speaker, lang: str) -> str:
    """The line under an answer: for each network its size, time and device, how good ours is, and the link to copy.

    Args:
        answers: What was answered (``info`` and ``result``), or is missing (``name``, ``source`` and ``error``).
        model: Our model, whose figures are told; "" where it is none that we judged.
        say: The member's words.
        lang: The visitor's language.
    """
    answers = list(answers)
    there = [a for a in answers if hasattr(a, "result")]
    missing = [error_note(a.name, a.source, a.error, lang) for a in answers if not hasattr(a, "result")]
    lines = [_facts_of(a, model, say, lang, name=len(answers) > 1 or a.source != "scratch") for a in there]
    copy = (
        f'<button type="button" class="lm-copy" data-copied="{html.escape(say(lang, "copied"))}">'
        f"{html.escape(say(lang, 'copy_link'))}</button>"
    )
    return "".join([*missing, *lines, copy] if there else missing)


def _facts_of(answer: Any, model: str, say: Speaker, lang: str, *, name: bool) -> str:
    info: Info = answer.info
    shown = [
        (f"{info.parameters:,}", say(lang, "card.parameters")),
        (f"{info.bytes / 1e6:.2f}" if info.bytes < 1e7 else f"{info.bytes / 1e6:.0f}", say(lang, "card.megabytes")),
        (f"{answer.result.milliseconds:.1f}", say(lang, "card.milliseconds")),
        (info.device, ""),
    ]
    if name:
        shown.insert(0, (info.name, say(lang, f"source.{answer.source}")))
    parts = [f"<span><b>{html.escape(v)}</b> {html.escape(k)}</span>" for v, k in shown]
    if answer.source != "hub" and (good := how_good(model, say, lang)):
        parts.append(f"<span>{good}</span>")
    kind = "hub" if info.source == "hub" else "ours"
    return f'<p class="lm-line {kind}">{"".join(parts)}</p>'


def how_good(model: str, say: Speaker, lang: str) -> str:
    """Our model's figure on examples it never saw, beside the best of the simple methods; "" where none was recorded."""
    f = MODELS[model].figures if model in MODELS else None
    if f is None:
        return ""
    name = html.escape(_said(say, lang, f"metric.{f.metric}", f.metric))
    ours = f"<b>{figure(f.metric, f.ours)}</b> {name}"
    if not f.baselines:
        return say(lang, _counting(say, "facts.good", f.metric), ours=ours, n=f"{f.n:,}")
    simple = f.best_baseline
    beside = f"{html.escape(_said(say, lang, f'baseline.{simple}', simple))} {figure(f.metric, f.baselines[simple])}"
    return say(lang, _counting(say, "facts.beside", f.metric), ours=ours, n=f"{f.n:,}", simple=beside)


def _counting(say: Speaker, key: str, metric: str) -> str:
    """The key of a phrase that tells of so many examples; of its own for a figure that counts something else."""
    return own if (own := f"{key}.{metric}") in say else key


def _said(say: Speaker, lang: str, key: str, name: str) -> str:
    """A figure's or a method's name in words, or as the file has it."""
    return say(lang, key) if key in say else name.replace("_", " ")


def figure(metric: str, value: float) -> str:
    """A measured figure as people read it."""
    if metric in SHARES or metric.startswith("top1_"):
        return f"{100 * value:.1f} %"
    return f"{value:.1f}" if metric in ("bleu", "chrf") else f"{value:.3f}"


def error_note(name: str, source: str, error: LmdemoError, lang: str) -> str:
    """A model that could not be had: which, why, what to do."""
    whose = html.escape(say(lang, "source." + source))
    return f'<p class="lm-missing" role="alert"><b>{html.escape(name)}</b> ({whose}): {html_error(error, lang)}</p>'


def good(models: Sequence[str], say: Speaker, lang: str) -> str:
    """The figures of each model as a table, and whence they and it come."""
    parts = []
    for model in models:
        row = MODELS[model]
        data = _said(say, lang, f"data.{row.training_data}", row.training_data)
        about = f"{say(lang, 'card.licence')}: {row.licence} · {say(lang, 'card.trained_on')}: {data}"
        parts.append(f"<h3>{html.escape(model)}</h3>{beside_baselines(model, say, lang)}<p>{html.escape(about)}</p>")
    return "".join(parts)


def flow(folder: Path, lang: str, label: str) -> str:
    """A member's diagram: each line of ``diagram.<lang>.md`` a row of boxes, parted by `` | ``; a note follows `` :: ``."""
    rows = []
    for line in written(_in_language(folder, "diagram", lang)).strip().splitlines():
        boxes, _, note = line.partition(" :: ")
        made = "".join(f"<span>{html.escape(box.strip())}</span>" for box in boxes.split(" | "))
        rows.append(f"<li><div>{made}</div>{f'<small>{html.escape(note.strip())}</small>' if note else ''}</li>")
    return f'<ol aria-label="{html.escape(label)}">{"".join(rows)}</ol>'


OPEN = 3  # sections of an explanation that are open; the rest is there for who opens it


def explanation(folder: Path, lang: str) -> str:
    """A member's explanation in Markdown, its later sections folded; in English where the language has none."""
    first, *sections = written(_in_language(folder, "explain", lang)).strip().split("### ")
    made = [first, *(f"### {section}" for section in sections[:OPEN])]
    for section in sections[OPEN:]:
        title, _, text = section.partition("\n")
        made.append(f"<details><summary>{html.escape(title.strip())}</summary>\n\n{text.strip()}\n\n</details>\n\n")
    return "".join(made)


def _in_language(folder: Path, name: str, lang: str) -> Path:
    path = folder / f"{name}.{lang}.md"
    return path if path.is_file() else folder / f"{name}.{ENGLISH}.md"


def beside_baselines(model: str, say: Speaker, lang: str) -> str:
    """The figures as a table, and where a baseline wins, why; nothing for a model that was never judged."""
    f = MODELS[model].figures
    if f is None:
        return ""

    seeds = [(say(lang, "figures.mean", model=model, n=f.seeds), figure(f.metric, f.mean))] if f.seeds > 1 else []
    simple = [(_said(say, lang, f"baseline.{name}", name), figure(f.metric, v)) for name, v in f.baselines.items()]
    head = [say(lang, "figures.who"), _said(say, lang, f"metric.{f.metric}", f.metric)]
    table = html_table(
        head,
        [(model, figure(f.metric, f.ours)), *seeds, *simple],
        say(lang, _counting(say, "figures.title", f.metric), n=f"{f.n:,}", model=model),
    )
    why = f"why.{model}" if f.beaten_by else "why.none"
    return table + (f"<p>{say(lang, why)}</p>" if why in say else "")

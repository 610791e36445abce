"""RNN, LSTM and Transformer on one text."""

import html
import statistics
from collections.abc import Sequence
from typing import Any

import lmdemo
from demos.core.words import Speaker
from demos.tabs.transformers.encoder.looks import HINGLISH, SENTIMENT
from lmdemo.errors import InputError

THREE = {
    SENTIMENT: ("rnn-sentiment", "lstm-sentiment", SENTIMENT),
    HINGLISH: ("rnn-sentiment", "lstm-hinglish", HINGLISH),
}
PASSES = 9
BAR = (
    '<span aria-hidden="true" style="display: block; height: 8px; border-radius: 4px; background: var(--lm-line)">'
    '<span style="display: block; height: 8px; border-radius: 4px; width: {percent:.1f}%; background: var(--lm-{member})">'
    "</span></span>"
)


def answers_of_three(text: str, model: str, names: Sequence[str] = (), *, passes: int = PASSES) -> list[dict[str, Any]]:
    """What each of the three says, or each of those that are named, with the median time of passes that take turns."""
    adapters = {name: lmdemo.load(name) for name in names or THREE[model]}
    read = {name: words_of(adapter, text) for name, adapter in adapters.items()}
    results: dict[str, list[Any]] = {name: [] for name in adapters}
    for _ in range(passes):
        for name, adapter in adapters.items():
            if read[name][0]:
                results[name].append(adapter(text))
    total = max(n for _, n in read.values())
    return [
        {
            "model": name,
            "label": results[name][-1].label if results[name] else None,
            "score": results[name][-1].score if results[name] else None,
            "milliseconds": statistics.median(r.milliseconds for r in results[name]) if results[name] else None,
            "parameters": adapter.info.parameters,
            "known": read[name][0],
            "total": read[name][1] or total,
        }
        for name, adapter in adapters.items()
    ]


def words_of(adapter: Any, text: str) -> tuple[int, int]:
    """How many words of a text a network knows, and how many there are; (0, 0) where it knows none."""
    try:
        words = adapter.tokenize(text)
    except InputError as error:
        if error.key != "text_unknown":
            raise
        return 0, 0
    return sum(adapter.known(words)), len(words.tokens)


def table(answers: Sequence[dict[str, Any]], model: str, say: Speaker, lang: str) -> str:
    """The answers side by side, a row a network in its colour; whoever can't read the language says that."""
    if not answers:
        return ""
    heads = [say(lang, f"three.{key}") for key in ("network", "answer", "known", "ms")] + [say(lang, "code.parameters")]
    rows = []
    for a in answers:
        member = a["model"].split("-")[0]
        said, milliseconds, bar = say(lang, "three.nothing"), "–", ""
        if a["label"] is not None:
            milliseconds = f"{a['milliseconds']:.2f}"
            said = f"{say(lang, 'label.' + a['label'])} {100 * a['score']:.1f} %"
            bar = BAR.format(percent=100 * a["score"], member=member)
        if model == HINGLISH and a["model"] == THREE[HINGLISH][0]:
            said, bar = say(lang, "three.english"), ""
        known = say(lang, "three.of", known=a["known"], total=a["total"])
        dot = f'<span style="color: var(--lm-{member})" aria-hidden="true">●</span>'
        cells = (html.escape(said) + bar, html.escape(known), milliseconds, f"{a['parameters']:,}")
        rows.append(
            f'<tr><th scope="row">{dot} {html.escape(a["model"])}</th>'
            + "".join(f"<td{' class=number' * (n > 0)}>{cell}</td>" for n, cell in enumerate(cells))
            + "</tr>"
        )
    head = "".join(f'<th scope="col">{html.escape(h)}</th>' for h in heads)
    label = html.escape(say(lang, "three.table"))
    return (
        f'<div class="lm-scroll" tabindex="0" role="region" aria-label="{label}"><table><caption>{label}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )

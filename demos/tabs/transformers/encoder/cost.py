"""What length costs: time and memory of RNN, LSTM and Transformer, measured on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

import lmdemo
from demos.core.tab import Part, Tab, Update
from demos.tabs.transformers.encoder.looks import EXAMPLES, SENTIMENT
from demos.tabs.transformers.found import Found
from demos.views.curves import Curves, curves, line

LENGTHS = (32, 64, 128, 256, 512, 1024)
KEPT = "kept"  # the Transformer once more, holding its attention


def cost_of(model: str, text: str, length: int, *, keep: bool = False) -> Any:
    """Seconds and bytes of a pass over a text repeated to a length; ``keep`` holds the attention."""
    from lmdemo.adapters.text_classification import cost_at

    return cost_at(lmdemo.load(model), text, length, keep=keep)


@dataclass(frozen=True)
class Measured:
    """What was measured so far: (network, words, its cost)."""

    points: tuple[tuple[str, int, Any], ...] = ()
    done: bool = False

    def with_point(self, name: str, length: int, cost: Any) -> "Measured":
        """The same with one more."""
        return replace(self, points=(*self.points, (name, length, cost)))

    def by_network(self) -> dict[str, list[tuple[int, Any]]]:
        """(words, cost) of each network, shortest first."""
        found: dict[str, list[tuple[int, Any]]] = {}
        for name, length, cost in self.points:
            found.setdefault(name, []).append((length, cost))
        return found


class Cost(Part):
    """Two pictures that grow while it is measured; it can be stopped."""

    def __init__(self, tab: Tab, found: gr.State) -> None:
        self.asked = found
        super().__init__(tab)

    def lay_out(self) -> None:
        with gr.Row(elem_classes="lm-actions"):
            self.run = self.text(gr.Button(size="sm", elem_id="transformer-measure"), value="cost.run")
            self.end = self.text(gr.Button(size="sm", visible=False), value="stop")
        self.told, self.measured = gr.Markdown(elem_id="transformer-cost-text"), gr.State(Measured())
        with gr.Row():
            self.time, self.memory = Curves(elem_id="transformer-time"), Curves(elem_id="transformer-memory")

    def connect(self) -> None:
        shown = [self.told, self.time, self.memory]
        few = {"concurrency_id": "training", "concurrency_limit": 2}
        outputs = [self.measured, self.end, *shown]
        measuring = self.when(self.run.click, self.measure, outputs, {"found": self.asked}, **few)
        self.stops(self.end, [measuring], self.told)
        self.reword(self.show, shown, {"measured": self.measured})

    def measure(self, *, found: Found | None, lang: str) -> Iterator[Update]:
        """Measures the three at each length, and the Transformer once more with its attention kept."""
        if not found or all(a.source != "scratch" for a in found.there):
            return
        english = found.text if found.model == SENTIMENT else EXAMPLES[SENTIMENT][0]
        measured = Measured()
        for n in LENGTHS:
            for name in ("rnn-sentiment", "lstm-sentiment", found.model):
                told = self.say(lang, "cost.now", name=name, n=n)
                yield {self.told: told, self.end: gr.update(visible=True)}
                text = found.text if name == found.model else english
                measured = measured.with_point(name, n, cost_of(name, text, n))
            measured = measured.with_point(KEPT, n, cost_of(found.model, found.text, n, keep=True))
            yield {self.measured: measured} | self.pictures(measured, lang)
        measured = replace(measured, done=True)
        yield {self.measured: measured, self.end: gr.update(visible=False)} | self.show(measured=measured, lang=lang)

    def show(self, *, measured: Measured, lang: str) -> Update:
        """Both pictures, and at the end how often the shortest text's cost the longest one's is."""
        if not measured.points:
            return {}
        if not measured.done:
            return self.pictures(measured, lang)
        grown: dict[str, float] = {}
        for name, p in measured.by_network().items():
            member, (_, first), (_, last) = name.split("-")[0], p[0], p[-1]
            grown |= {member: last.seconds / first.seconds, f"{member}_mb": last.bytes / first.bytes}
        said = self.say(lang, "cost.done", short=LENGTHS[0], long=f"{LENGTHS[-1]:,}", **grown)
        return {self.told: said} | self.pictures(measured, lang)

    def pictures(self, measured: Measured, lang: str) -> Update:
        """Time and memory over length."""
        networks = measured.by_network()

        def picture(kind: str, unit: str, values: dict[str, list[tuple[int, float]]]) -> dict:
            lines = []
            for name, points in values.items():
                shown = self.say(lang, "cost.kept") if name == KEPT else name
                colour = "transformer" if name == KEPT else name.split("-")[0]
                lines.append(line(shown, colour, points, dashed=name == KEPT))
            title, x, y = (self.say(lang, f"cost.{k}") for k in (kind, "x", unit))
            note = self.say(lang, f"cost.note.{kind}")
            return curves(title, x, y, lines, self.phrases("view.curves", lang), note=note)

        seconds = {name: [(n, 1000 * c.seconds) for n, c in points] for name, points in networks.items()}
        bytes_ = {name: [(n, c.bytes / 1e6) for n, c in points] for name, points in networks.items()}
        return {self.time: picture("time", "ms", seconds), self.memory: picture("memory", "mb", bytes_)}

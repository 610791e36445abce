"""How a forecast came about: its two parts, one number written out, the gates."""

import gradio as gr
import numpy as np

from demos.core.cards import html_table
from demos.core.tab import Part, Update
from demos.tabs.recurrent.forecast import looks
from demos.tabs.recurrent.forecast.foresee import Foreseen, stamps
from demos.views.series import SeriesChart, series, track
from demos.views.timeline import Timeline, band, timeline

GATES = ("input", "forget", "output")  # they lie between 0 and 1


class Inside(Part):
    """The network's way to its forecast."""

    def lay_out(self) -> None:
        self.empty = self.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as self.column:
            self.text(gr.Markdown(), value="inside.parts")
            self.parts, self.changes = SeriesChart(elem_id="forecast-parts"), gr.Markdown()
            self.text(gr.Markdown(), value="inside.sum")
            self.step = self.text(gr.Slider(1, 200, 1, step=1, elem_id="forecast-step"), label="inside.step")
            self.summed = gr.HTML(elem_classes="lm-table", elem_id="forecast-sum")
            self.gates_title, self.gates = gr.Markdown(), Timeline(elem_id="forecast-gates")
        self.outputs = [self.empty, self.column, self.parts, self.changes, self.step, self.summed]
        self.outputs += [self.gates_title, self.gates]

    def connect(self) -> None:
        asked = {"found": self.tab.found, "step": self.step}
        self.when(self.step.input, self.sum, [self.summed], asked, trigger_mode="always_last")

    def show(self, *, found: Foreseen, lang: str, step: float) -> Update:
        """The views of a forecast; the sum of one of its steps."""
        trace = found.result.trace
        moved = np.abs(found.result.mean - trace["linear"])
        step = min(int(step), len(found.sums))
        told = {"mean": looks.short(moved.mean()), "most": looks.short(moved.max())}
        return {
            self.empty: gr.update(visible=False),
            self.column: gr.update(visible=True),
            self.parts: self.parts_chart(found, lang),
            self.changes: self.say(lang, "inside.changes", **told),
            self.step: gr.update(maximum=len(found.sums), value=step),
            self.gates_title: self.say(lang, "inside.gates", patch=patch_of(found)),
            self.gates: self.gate_map(found, lang),
        } | self.sum(found=found, step=step, lang=lang)

    def sum(self, *, found: Foreseen | None, step: float, lang: str) -> Update:
        """One foreseen value as a sum."""
        if found is None:
            return {}
        made, short = found.sums[min(int(step), len(found.sums)) - 1], looks.short
        rows = [(self.say(lang, "sum.last"), "", "", short(made.last))]
        rows += [
            (self.say(lang, "sum.back", n=int(n)), short(d), f"{w:+.4f}", f"{p:+.4g}")
            for n, d, w, p in zip(made.back, made.differences, made.weights, made.products, strict=True)
        ]
        rows += [(self.say(lang, f"sum.{k}"), "", "", f"{getattr(made, k):+.4g}") for k in ("rest", "correction")]
        rows.append((self.say(lang, "sum.total"), "", "", short(made.mean)))
        head = [self.say(lang, f"sum.{k}") for k in ("what", "difference", "weight", "product")]
        return {self.summed: html_table(head, rows, self.say(lang, "sum.title", step=made.step))}

    def parts_chart(self, found: Foreseen, lang: str) -> dict:
        """The forecast with the LSTM and without."""
        result, say = found.result, self.say
        lines = [
            track(say(lang, "series.lstm"), "scratch", 0, result.mean),
            track(say(lang, "series.linear"), "fourth", 0, result.trace["linear"], dash="8 4"),
        ]
        axes = looks.axes(say, found.recent, lang)
        return series(say(lang, "inside.title"), *axes, stamps(result.index), lines, looks.words(say, lang))

    def gate_map(self, found: Foreseen, lang: str) -> dict:
        """Gates, cell and state of the LSTM by patch."""
        trace = found.result.trace
        units = dict(zip((*GATES, "candidate"), trace["gates"], strict=True))
        units |= {"cell": trace["cells"], "state": trace["hidden_states"]}
        bands = []
        for key, values in units.items():
            ends = {"low": 0.0, "high": 1.0} if key in GATES else {}
            bands.append(band(key, self.say(lang, f"gate.{key}"), key, values, **ends))
        starts = stamps(found.recent.index[-len(trace["past"]) :: patch_of(found)])
        return timeline(self.say(lang, "gates.title"), starts, [], bands, self.phrases("view.timeline", lang))


def patch_of(found: Foreseen) -> int:
    """Values of the past that the network reads at once."""
    trace = found.result.trace
    return len(trace["past"]) // len(trace["hidden_states"])

"""How a forecast came about: its parts, one number written out, the gates; the hidden end; a training of its own."""

import gradio as gr
import numpy as np

from demos.core.cards import html_table
from demos.core.tab import Part, Update
from demos.core.url import number
from demos.tabs.recurrent.forecast import looks
from demos.tabs.recurrent.forecast.foresee import Foreseen, Training, patch_of, stamps
from demos.tabs.recurrent.forecast.questions import QUESTIONS
from demos.views.curves import Curves
from demos.views.series import SeriesChart, series, track
from demos.views.timeline import Timeline, band, timeline

GATES = ("input", "forget", "output")  # they lie between 0 and 1


class Inside(Part):
    """The network's way to its forecast, and how far that is to be trusted."""

    def lay_out(self) -> None:
        with self.step("looked", wide=True):
            self.empty = self.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
            self.gates_title, self.gates = gr.Markdown(), Timeline(elem_id="forecast-gates")
        with self.step("parts", wide=True), gr.Row():
            with gr.Column(min_width=280):
                self.parts, self.changes = SeriesChart(elem_id="forecast-parts"), gr.Markdown()
            with gr.Column(min_width=280):
                self.ahead = gr.Slider(1, 200, 1, step=1, elem_id="forecast-step")
                self.text(self.ahead, label="inside.step", info="inside.step.help")
                self.summed = gr.HTML(elem_classes="lm-table", elem_id="forecast-sum")
        with self.step("end", wide=True), gr.Row():
            with gr.Column(scale=8, min_width=280):
                self.held = SeriesChart(elem_id="forecast-held")
            with gr.Column(scale=4, min_width=280):
                self.errors = gr.HTML(elem_classes="lm-table", elem_id="forecast-errors")
                self.verdict = gr.Markdown()
        with self.step("train"):
            with gr.Row():
                self.horizon = gr.Slider(0, 200, 0, step=1, min_width=200, elem_id="forecast-horizon")
                self.text(self.horizon, label="horizon", info="horizon.help")
                self.keep("horizon", self.horizon, lambda text: int(number(0, 200)(text)), 0)
                self.season = gr.Slider(0, 168, 0, step=1, min_width=200, elem_id="forecast-season")
                self.text(self.season, label="season", info="season.help")
                self.keep("season", self.season, lambda text: int(number(0, 168)(text)), 0)
            self.go = self.text(gr.Button(variant="primary", elem_id="forecast-run"), value="run")
            self.loss = Curves(elem_id="forecast-loss")
            self.untrained = gr.Markdown(elem_classes="lm-muted")
        views = [self.parts, self.changes, self.ahead, self.summed, self.gates_title, self.gates]
        views += [self.held, self.errors, self.verdict, self.loss, self.untrained]
        self.outputs = [self.empty, *views, *self.guesses.values()]

    def connect(self) -> None:
        asked = {"found": self.tab.found, "step": self.ahead}
        self.when(self.ahead.input, self.sum, [self.summed], asked, trigger_mode="always_last")

    def show(self, *, found: Foreseen | None, lang: str, step: float = 1) -> Update:
        """The views of a forecast; the sum of one of its steps."""
        if found is None:
            gone = [self.changes, self.summed, self.gates_title, self.errors, self.verdict, self.untrained]
            blank = [self.parts, self.gates, self.held, self.loss, *self.guesses.values()]
            return {self.empty: gr.update(visible=True)} | dict.fromkeys(gone, "") | {view: {} for view in blank}
        trace = found.result.trace
        moved = np.abs(found.result.mean - trace["linear"])
        step = min(int(step), len(found.sums))
        told = {"mean": looks.short(moved.mean()), "most": looks.short(moved.max())}
        return (
            {
                self.empty: gr.update(visible=False),
                self.parts: self.parts_chart(found, lang),
                self.changes: self.say(lang, "inside.changes", **told),
                self.ahead: gr.update(maximum=len(found.sums), value=step),
                self.gates_title: self.say(lang, "inside.gates", patch=patch_of(found)),
                self.gates: self.gate_map(found, lang),
            }
            | self.sum(found=found, step=step, lang=lang)
            | self.judge(found, lang)
            | self.ask(found, lang)
        )

    def judge(self, found: Foreseen, lang: str) -> Update:
        """The hidden end, and the finished training."""
        held, training = found.held, found.training
        return {
            self.held: looks.held_chart(self.say, found, lang) if held else {},
            self.errors: looks.error_table(self.say, held, lang) if held else "",
            self.verdict: looks.verdict(self.say, held, lang) if held else self.say(lang, "too_short_to_judge"),
            self.loss: looks.loss_curve(self.say, training.points, lang) if training else {},
            self.untrained: "" if training else self.say(lang, "untrained"),
        }

    def ask(self, found: Foreseen, lang: str) -> Update:
        """Each step's question."""
        made: Update = {}
        for key, question in QUESTIONS.items():
            asked = question(self.say, found, lang)
            about = f"{found.recent.name} {found.count} {found.recent.values[-1]}"
            made |= self.guess(key, lang, *asked, about=about) if asked else {self.guesses[key]: {}}
        return made

    def learning(self, made: Training, lang: str) -> Update:
        """How far a training has come."""
        return {self.loss: looks.loss_curve(self.say, made.points, lang), self.untrained: ""}

    def sum(self, *, found: Foreseen | None, step: float, lang: str) -> Update:
        """One foreseen value as a sum."""
        if found is None:
            return {}
        made, short = found.sums[min(int(step), len(found.sums)) - 1], looks.short
        rows = [(self.say(lang, "sum.last"), "", "", short(made.last))]
        rows += [
            (self.say(lang, "sum.back", n=int(n)), short(d), f"{w:+.4f}", f"{p:+.3g}")
            for n, d, w, p in zip(made.back, made.differences, made.weights, made.products, strict=True)
        ]
        rows += [(self.say(lang, f"sum.{k}"), "", "", f"{getattr(made, k):+.3g}") for k in ("rest", "correction")]
        rows.append((self.say(lang, "sum.total"), "", "", short(made.mean)))
        head = [self.say(lang, f"sum.{k}") for k in ("what", "difference", "weight", "product")]
        return {self.summed: html_table(head, rows, self.say(lang, "sum.title", step=made.step))}

    def parts_chart(self, found: Foreseen, lang: str) -> dict:
        """The forecast with the LSTM and without."""
        result, say = found.result, self.say
        lines = [
            track(say(lang, "series.lstm"), "ours", 0, result.mean, main=True),
            track(say(lang, "series.linear"), "", 0, result.trace["linear"], dash="8 4"),
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
        title, starts = looks.within_a_year(
            self.say(lang, "gates.title"), stamps(found.recent.index[-len(trace["past"]) :: patch_of(found)])
        )
        return timeline(title, starts, [], bands, self.phrases("view.timeline", lang))

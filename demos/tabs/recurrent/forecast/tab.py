"""LSTM · Forecasting: how a series goes on, beside straight methods; and a network trained on the visitor's own series."""

from collections.abc import Iterator
from dataclasses import replace

import gradio as gr

from demos.core.cards import card, cards
from demos.core.tab import Tab, Update
from demos.core.url import number, one_of
from demos.tabs.recurrent.forecast import looks
from demos.tabs.recurrent.forecast.foresee import Foreseen, Training, foresee, train
from demos.tabs.recurrent.forecast.functions import (
    MODEL,
    SUFFIXES,
    forecast_own,
    forecast_prove,
    forecast_series,
    forecast_sum,
)
from demos.tabs.recurrent.forecast.inside import Inside
from demos.views.curves import Curves
from demos.views.series import SeriesChart
from lmdemo.errors import InputError

WAYS = ("shipped", "own")
SHOWN_LINES = ("LSTMForecast.forward", "pinball", "LSTMForecastConfig")


class Forecast(Tab):
    """A series, and how it goes on."""

    name = "lstm-forecast"
    functions = (forecast_series, forecast_own, forecast_sum, forecast_prove)

    def lay_out(self) -> None:
        self.found = gr.State(None)
        self.way = gr.Radio(list(WAYS), value="shipped", elem_id="forecast-way")
        self.text(self.way, label="way", info="way.help", choices={w: f"way.{w}" for w in WAYS})
        self.keep("way", self.way, one_of(WAYS), "shipped")
        self.text(gr.Markdown(elem_classes="lm-muted"), value="no_hub")
        with gr.Row(elem_classes="lm-columns"):
            with self.part("input"):
                self.lay_out_input()
            with self.part("result"):
                self.status = gr.Markdown(elem_classes="lm-status")
                self.translate(self.status, lambda lang: {"value": self.say(lang, "nothing_yet")})
                self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
                self.loss = Curves(elem_id="forecast-loss")
                self.chart, self.card = SeriesChart(elem_id="forecast-chart"), gr.HTML()
        self.held = SeriesChart(elem_id="forecast-held")
        self.errors, self.verdict = gr.HTML(elem_classes="lm-table", elem_id="forecast-errors"), gr.Markdown()
        figures = gr.HTML(elem_classes="lm-table")
        self.translate(figures, lambda lang: {"value": looks.card_table(self.say, MODEL, lang)})
        with self.part("look"):
            self.inside = Inside(self)
        self.explain()
        self.snippet = self.code("lmdemo/models/lstm_forecast.py", SHOWN_LINES, model=gr.State(MODEL))
        self.proof()

    def lay_out_input(self) -> None:
        """Examples, the visitor's file, and what a network of its own is asked for."""
        self.chosen = gr.Radio(list(looks.EXAMPLES), elem_id="forecast-example")
        self.text(self.chosen, label="example", choices={e: f"example.{e}" for e in looks.EXAMPLES})
        self.keep("example", self.chosen, one_of(tuple(looks.EXAMPLES)), None)
        self.text(gr.Markdown(elem_classes="lm-muted"), value="example.note")
        self.file = self.text(gr.File(file_types=list(SUFFIXES), height=120, elem_id="forecast-file"), label="file")
        self.text(gr.Markdown(elem_classes="lm-muted"), value="file.help")
        self.text(gr.Markdown(elem_classes="lm-muted"), value="not_kept")
        self.column = self.text(gr.Dropdown(choices=[], visible=False, elem_id="forecast-column"), label="column")
        with gr.Row(visible=False) as self.own:
            self.horizon = self.text(gr.Slider(1, 200, 12, step=1), label="horizon")
            self.keep("horizon", self.horizon, lambda text: int(number(1, 200)(text)), 12)
            self.season = self.text(gr.Slider(0, 168, 0, step=1), label="season", info="season.help")
            self.keep("season", self.season, lambda text: int(number(0, 168)(text)), 0)
        self.go = self.text(gr.Button(variant="primary", elem_id="forecast-run"), value="run")

    def connect(self) -> None:
        shown = [self.status, self.loss, self.chart, self.card, self.held, self.errors, self.verdict, self.snippet]
        shown += self.inside.outputs
        answered = [*shown, self.found, self.stop]
        asked = [self.chosen, self.file, self.column, self.way, self.horizon, self.season, self.own]
        setting = {"way": self.way, "horizon": self.horizon, "season": self.season}
        given = {"example": self.chosen, "file": self.file, "column": self.column} | setting
        slow = {"show_progress_on": self.status, "show_progress": "minimal"}
        slow |= {"concurrency_id": "forecast", "concurrency_limit": 2}
        running = [
            self.when(self.chosen.input, self.choose, [*answered, *asked], {"example": self.chosen}, **slow),
            self.when(self.file.upload, self.uploaded, [*answered, *asked], {"file": self.file} | setting, **slow),
            self.when(self.go.click, self.run, answered, given, **slow),
        ]
        self.stops(self.stop, running, self.status, "stopped_training")
        self.when(self.way.input, self.show_own, [self.own], {"way": self.way})
        self.on_link(self.from_link, [*answered, self.own], {"example": self.chosen} | setting)
        self.reword(self.show, shown, {"found": self.found, "step": self.inside.step})

    # -- what is given -----------------------------------------------------------------------------------------------------

    def choose(self, *, example: str, lang: str) -> Iterator[Update]:
        """An example, with the network and the steps that suit it."""
        way, horizon = looks.EXAMPLES[self.known(example, looks.EXAMPLES)]
        no_file = {self.file: None, self.column: gr.update(visible=False, choices=[], value=None)}
        suited = {self.way: way, self.horizon: horizon, self.season: 0}
        yield no_file | suited | self.show_own(way=way, lang=lang)
        yield from self.answer(self.path(example), "", way, horizon, 0, lang, example=example)

    def uploaded(self, *, file: str | None, way: str, horizon: float, season: float, lang: str) -> Iterator[Update]:
        """A file, and its columns to choose from where there are several."""
        if not file:
            return
        adapter = yield from self.open(MODEL, "scratch", lang, status=self.status)
        names = adapter.columns(file)
        column = names[-1] if names else None
        yield {self.chosen: None, self.column: gr.update(visible=len(names) > 1, choices=names, value=column)}
        yield from self.answer(file, column, way, horizon, season, lang)

    def run(
        self,
        *,
        example: str | None,
        file: str | None,
        column: str | None,
        way: str,
        horizon: float,
        season: float,
        lang: str,
    ) -> Iterator[Update]:
        """The button."""
        if file:
            yield from self.answer(file, column, way, horizon, season, lang)
        elif example:
            yield from self.answer(self.path(example), column, way, horizon, season, lang, example=example)
        else:
            raise InputError("file_missing", expected="CSV", got="-", hint="Choose a file or an example first.")

    def from_link(self, *, example: str | None, way: str, horizon: float, season: float, lang: str) -> Iterator[Update]:
        """The network and the example that a link names."""
        if way != WAYS[0]:
            yield self.show_own(way=way, lang=lang)
        if example:
            yield from self.answer(self.path(example), "", way, horizon, season, lang, example=example)

    def path(self, example: str) -> str:
        """An example's file."""
        return self.example(f"{self.known(example, looks.EXAMPLES)}.csv")

    # -- asked, and shown --------------------------------------------------------------------------------------------------

    def answer(
        self, path: str, column: str | None, way: str, horizon: float, season: float, lang: str, example: str = ""
    ) -> Iterator[Update]:
        """Reads a series and foresees it, training first where that was asked."""
        adapter = yield from self.open(MODEL, "scratch", lang, status=self.status)
        read = adapter.read(path, column or None)
        if way == "shipped":
            found = foresee(adapter, read, int(season) or adapter.season(read))
        else:
            for made in train(adapter, read, int(horizon), int(season)):
                if isinstance(made, Training):
                    yield self.show_training(made, lang)
                else:
                    found = made
        found = replace(found, example=example)
        yield {self.found: found, self.stop: gr.update(visible=False)} | self.show(found=found, lang=lang)

    def show_training(self, made: Training, lang: str) -> Update:
        """How far a training has come."""
        told = self.say(lang, "training", step=made.step, steps=made.steps, seconds=made.seconds)
        curve = looks.loss_curve(self.say, made.points, lang)
        return {self.status: told, self.loss: curve, self.stop: gr.update(visible=True)}

    def show(self, *, found: Foreseen | None, lang: str, step: float = 1) -> Update:
        """What was found, in words and charts; nothing is computed anew."""
        if found is None:
            return {self.status: self.say(lang, "nothing_yet")}
        held, training = found.held, found.training
        return {
            self.status: "  \n".join(looks.sentences(self.say, found, lang)),
            self.loss: looks.loss_curve(self.say, training.points, lang) if training else {},
            self.chart: looks.coming_chart(self.say, found, lang),
            self.card: cards(card(found.info, found.result.milliseconds, lang)),
            self.held: looks.held_chart(self.say, found, lang) if held else {},
            self.errors: looks.error_table(self.say, held, lang) if held else "",
            self.verdict: looks.verdict(self.say, held, lang) if held else "",
            self.snippet: looks.snippet(found, MODEL),
        } | self.inside.show(found=found, lang=lang, step=step)

    def show_own(self, *, way: str, lang: str) -> Update:
        """What a network of its own is asked for."""
        return {self.own: gr.update(visible=way == "own")}

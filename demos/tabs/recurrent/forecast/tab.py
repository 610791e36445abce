"""LSTM · Forecasting: how a series goes on, beside straight methods; and a network trained on the visitor's own series."""

import html
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from demos.core.tab import Answer, Tab, Update
from demos.core.url import one_of
from demos.core.words import say_error
from demos.tabs.recurrent.forecast import looks
from demos.tabs.recurrent.forecast.foresee import WAYS, Foreseen, Training, foresee, suits, train
from demos.tabs.recurrent.forecast.functions import (
    MODEL,
    SUFFIXES,
    forecast_own,
    forecast_prove,
    forecast_series,
    forecast_sum,
)
from demos.tabs.recurrent.forecast.inside import Inside
from demos.views.series import SeriesChart
from lmdemo.errors import InputError, LmdemoError, OptionError

FIRST = next(iter(looks.EXAMPLES))
SHOWN_LINES = ("LSTMForecast.forward", "pinball", "LSTMForecastConfig")


class Forecast(Tab):
    """A series, and how it goes on."""

    name = "lstm-forecast"
    functions = (forecast_series, forecast_own, forecast_sum, forecast_prove)

    def lay_out(self) -> None:
        self.found = gr.State(None)
        with gr.Row(elem_classes="lm-sub"):
            self.way = gr.Radio(list(WAYS), value=WAYS[0], elem_id="forecast-way", elem_classes="lm-seg")
            self.text(self.way, label="way", choices={w: f"way.{w}" for w in WAYS})
            self.keep("way", self.way, one_of(WAYS), WAYS[0])
        with self.stage():
            with self.given():
                self.lay_out_input()
            with self.answered():
                self.status = self.text(gr.Markdown(elem_classes="lm-status"), value="nothing_yet")
                self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
                self.chart = SeriesChart(elem_id="forecast-chart")
                self.note = gr.Markdown(elem_classes="lm-muted", elem_id="forecast-note")
        with self.inside():
            self.look = Inside(self)
        self.learn()
        self.snippet = self.code("lmdemo/models/lstm_forecast.py", SHOWN_LINES, model=gr.State(MODEL))
        self.proof()
        self.good((MODEL,))

    def lay_out_input(self) -> None:
        """The visitor's file, and examples."""
        self.file = gr.File(file_types=list(SUFFIXES), height=150, elem_id="forecast-file", elem_classes="lm-drop")
        self.text(self.file, label="file")
        self.chosen = gr.Radio(list(looks.EXAMPLES), value=FIRST, elem_id="forecast-example", elem_classes="lm-row")
        self.text(self.chosen, label="example", choices={e: f"example.{e}" for e in looks.EXAMPLES})
        self.keep("example", self.chosen, one_of(tuple(looks.EXAMPLES)), FIRST)
        self.column = self.text(gr.Dropdown(choices=[], visible=False, elem_id="forecast-column"), label="column")
        self.text(gr.Markdown(elem_classes="lm-muted"), value="file.help")

    def connect(self) -> None:
        look = self.look
        shown = [self.status, self.chart, self.note, self.facts, self.snippet, *look.outputs]
        answered = [*shown, self.found, self.stop]
        asked = [self.chosen, self.file, self.column, self.way, look.horizon, look.season]
        setting = {"way": self.way, "horizon": look.horizon, "season": look.season}
        given = {"example": self.chosen, "file": self.file, "column": self.column} | setting
        slow = {"show_progress_on": self.status, "show_progress": "minimal"}
        slow |= {"concurrency_id": "forecast", "concurrency_limit": 2}
        changed = [self.way.input, self.column.input]
        running = [
            self.when(self.chosen.input, self.choose, [*answered, *asked], {"example": self.chosen}, **slow),
            self.when(self.file.upload, self.uploaded, [*answered, *asked], {"file": self.file} | setting, **slow),
            self.when(changed, self.run, [*answered, self.way], given, **slow),
            self.when(look.go.click, self.train, [*answered, self.way], given, **slow),
        ]
        self.stops(self.stop, running, self.status, "stopped_training")
        self.on_link(self.from_link, answered, {"example": self.chosen} | setting)
        self.reword(self.show, shown, {"found": self.found, "step": look.ahead})

    def begin(self, lang: str) -> Update:
        """The first example."""
        return {self.chosen: FIRST}

    # -- what is given -----------------------------------------------------------------------------------------------------

    def choose(self, *, example: str, lang: str) -> Iterator[Update]:
        """An example, with the steps that suit it."""
        horizon = looks.EXAMPLES[self.known(example, looks.EXAMPLES)]
        no_file = {self.file: None, self.column: gr.update(visible=False, choices=[], value=None)}
        yield no_file | {self.way: WAYS[0], self.look.horizon: horizon, self.look.season: 0}
        yield from self.answer(self.path(example), "", WAYS[0], horizon, 0, lang, example=example)

    def uploaded(self, *, file: str | None, way: str, horizon: float, season: float, lang: str) -> Iterator[Update]:
        """A file, and its columns to choose from where there are several; it is read with steps that suit it."""
        if not file:
            return
        adapter = yield from self.open(MODEL, "scratch", lang, status=self.status)
        try:
            names = adapter.columns(file)
        except InputError as error:
            yield {self.chosen: None} | self.refused(error, lang)
            return
        column = names[-1] if names else None
        listed = gr.update(visible=len(names) > 1, choices=names, value=column)
        yield {self.chosen: None, self.column: listed, self.look.horizon: 0, self.look.season: 0}
        yield from self.answer(file, column, way, 0, 0, lang)

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
        """Another network, or another column."""
        if file:
            yield from self.answer(file, column, way, horizon, season, lang)
        elif example:
            yield from self.answer(self.path(example), column, way, horizon, season, lang, example=example)
        else:
            raise InputError("file_missing", expected="CSV", got="-", hint="Choose a file or an example first.")

    def train(self, *, lang: str, **given: Any) -> Iterator[Update]:
        """The button: a network of its own, whatever was chosen."""
        yield {self.way: "own"}
        yield from self.run(lang=lang, **given | {"way": "own"})

    def from_link(self, *, example: str | None, way: str, horizon: float, season: float, lang: str) -> Iterator[Update]:
        """The network and the example that a link names."""
        if example:
            horizon = horizon or looks.EXAMPLES[self.known(example, looks.EXAMPLES)]
            yield from self.answer(self.path(example), "", way, horizon, season, lang, example=example)

    def path(self, example: str) -> str:
        """An example's file."""
        return self.example(f"{self.known(example, looks.EXAMPLES)}.csv")

    # -- asked, and shown --------------------------------------------------------------------------------------------------

    def answer(
        self, path: str, column: str | None, way: str, horizon: float, season: float, lang: str, example: str = ""
    ) -> Iterator[Update]:
        """Reads a series and foresees it, training first where that was asked or the shipped network does not suit."""
        adapter = yield from self.open(MODEL, "scratch", lang, status=self.status)
        try:
            read = adapter.read(path, column or None)
            why = suits(adapter, read) if way == "auto" else ""
            if way == "shipped" or (way == "auto" and not why):
                found = foresee(adapter, read, int(season) or adapter.season(read))
            else:
                for made in train(adapter, read, int(horizon) or None, int(season)):
                    if isinstance(made, Training):
                        yield self.show_training(made, lang)
                    else:
                        found = made
        except (InputError, OptionError) as error:
            yield self.refused(error, lang)
            return
        found = replace(found, example=example, why=why)
        yield {self.found: found, self.stop: gr.update(visible=False)} | self.show(found=found, lang=lang)

    def refused(self, error: LmdemoError, lang: str) -> Update:
        """What can't be read or learnt from is told where the answer would stand; of an earlier one nothing is left."""
        gone = {self.found: None, self.stop: gr.update(visible=False), self.chart: {}}
        gone |= {self.note: "", self.facts: "", self.snippet: ""}
        said = html.escape(say_error(error, lang), quote=False)
        return {self.status: said} | gone | self.look.show(found=None, lang=lang)

    def show_training(self, made: Training, lang: str) -> Update:
        """How far a training has come."""
        told = self.say(lang, "training", step=made.step, steps=made.steps, seconds=made.seconds)
        return {self.status: told, self.stop: gr.update(visible=True)} | self.look.learning(made, lang)

    def show(self, *, found: Foreseen | None, lang: str, step: float = 1) -> Update:
        """What was found, in words and charts; nothing is computed anew."""
        if found is None:
            return {self.status: self.say(lang, "nothing_yet")}
        judged = "" if found.training else MODEL  # the shipped network's figure says nothing of another
        return {
            self.status: looks.sentence(self.say, found, lang),
            self.chart: looks.coming_chart(self.say, found, lang),
            self.note: looks.note(self.say, found, lang),
            self.facts: self.told([Answer("scratch", found.result, found.info)], judged, lang),
            self.snippet: looks.snippet(found, MODEL),
        } | self.look.show(found=found, lang=lang, step=step)

"""How boxes came about: suppression, grid, thresholds, edges, training, maps."""

from typing import Any

import gradio as gr

import lmdemo
from demos.core.tab import Part, Update
from demos.tabs.vision.yolo import truths
from demos.tabs.vision.yolo.looks import Found
from demos.views.edges import Edges, edges
from demos.views.feature_maps import FeatureMaps
from demos.views.grid import Grid, grid
from demos.views.precision import Precision, precision
from demos.views.responsible import Responsible, responsible
from demos.views.suppression import Suppression, suppression
from lmdemo.catalog import MODELS

TELLS = ("scratch", "hub-weights")  # sources whose network can be asked beyond its answer


class Inside(Part):
    """The steps; all look at the answer that is on show, with the visitor's thresholds."""

    def lay_out(self) -> None:
        with self.inside():
            with self.step("suppress", wide=True):
                self.suppression = Suppression(elem_id="yolo-suppression")
            with self.step("grid"):
                self.grid = Grid(elem_id="yolo-grid")
            with self.step("threshold", wide=True):
                self.precision = Precision(elem_id="yolo-precision")
            with self.step("edges", wide=True):
                self.edges = Edges(elem_id="yolo-edges")
            with self.step("training", wide=True):
                self.responsible = Responsible(elem_id="yolo-responsible")
            with self.step("maps", wide=True):
                self.maps = FeatureMaps(elem_id="yolo-maps")
        views = [self.suppression, self.grid, self.precision, self.edges, self.responsible, self.maps]
        self.outputs = [*views, *self.guesses.values()]

    def connect(self) -> None:
        self.when(self.edges.look, self.look, [self.edges], {"found": self.tab.found}, trigger_mode="always_last")

    def show(self, *, found: Found, lang: str) -> Update:
        """The views of the first answer; nothing where there is none."""
        answer = next(iter(found.there), None)
        if answer is None:
            return {view: {} for view in self.outputs}
        figures = MODELS[found.model].figures
        curves = figures.splits["val"].curves if figures and answer.source == "scratch" else {}
        kept = answer.extra
        asked = {step: {} for step in self.guesses.values()}
        for key, question in truths.questions(self, answer, lang).items():
            asked |= self.guess(key, lang, *question, about=kept.boxes["key"])
        words = self.phrases("yolo.responsible", lang)
        words["note"] = words["own"] if kept.truths.get("training", {}).get("own") else ""
        return asked | {
            self.suppression: suppression(self.phrases("yolo.suppress", lang)),
            self.grid: grid(self.phrases("yolo.grid", lang)),
            self.precision: precision(self.measured(found.model, lang), curves),
            self.edges: edges(self.phrases("yolo.edges", lang), asks=answer.source in TELLS),
            self.responsible: responsible(words, kept.responsible, kept.labels),
            self.maps: kept.maps and kept.maps | {"words": self.phrases("maps", lang)},
        }

    def measured(self, model: str, lang: str) -> dict[str, str]:
        """The words of the curves; they say on what they were measured."""
        words, figures = self.phrases("yolo.precision", lang), MODELS[model].figures
        n = figures.n if figures else 0
        words["measured"] = self.say(lang, f"yolo.measured.{model}", n=n)
        return words

    def look(self, event: gr.EventData, *, found: Found | None, lang: str) -> Update:
        """What the box that was chosen rests on."""
        answer = next(iter(found.there), None) if found else None
        if found is None or answer is None or answer.source not in TELLS:
            return {}
        adapter: Any = lmdemo.load(found.model, source=answer.source)
        label = self.tab.known(event.label, answer.extra.labels)
        cell = (int(event.stride), int(event.column), int(event.row))
        rests = adapter.saliency(self.tab.picture(found), *cell, label)
        words = self.phrases("yolo.edges", lang)
        return {self.edges: edges(words, asks=True, asked=str(event.asked)[:300], rests=rests)}

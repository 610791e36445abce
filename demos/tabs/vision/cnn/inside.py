"""How a picture became an answer: maps, one number of them, a moved picture, what the decision rests on, filters."""

from typing import Any

import gradio as gr

import lmdemo
from demos.core.tab import Part, Update
from demos.tabs.vision.cnn.decision import Decision
from demos.tabs.vision.cnn.filters import Filters
from demos.tabs.vision.cnn.shift import Shift
from demos.views.convolution import Convolution, convolution
from demos.views.feature_maps import FeatureMaps


class Inside(Part):
    """The first network's way to its answer."""

    def lay_out(self) -> None:
        self.empty = self.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as self.column:
            self.text(gr.Markdown(), value="maps.title")
            self.maps, self.step = FeatureMaps(elem_id="cnn-maps"), Convolution(elem_id="cnn-step")
            with gr.Column() as self.ours:
                self.shift = Shift(self.tab)
            self.decision = Decision(self.tab)
            with gr.Column() as self.learnt:
                self.filters = Filters(self.tab)
        self.outputs = [self.empty, self.column, self.maps, self.step, self.ours, self.learnt]
        self.outputs += [*self.shift.outputs, *self.decision.outputs, *self.filters.outputs]

    def connect(self) -> None:
        self.when(self.maps.pick, self.pick, [self.step], {"found": self.tab.found}, trigger_mode="always_last")

    def hide(self) -> Update:
        """Nothing to look at."""
        return {self.empty: gr.update(visible=True), self.column: gr.update(visible=False)}

    def show(self, *, found: Any, lang: str) -> Update:
        """The maps; what was looked at of another picture, or in another language, goes."""
        own = found.there[0] is found.ours
        return {
            self.empty: gr.update(visible=False),
            self.column: gr.update(visible=True),
            self.ours: gr.update(visible=own),
            self.learnt: gr.update(visible=own),
            self.maps: {**found.maps, "words": self.phrases("maps", lang)},
            self.step: {},
            **self.shift.clear(),
            **self.decision.clear(),
            **self.filters.clear(found.model if own else "", lang),
        }

    def pick(self, event: gr.EventData, *, found: Any, lang: str) -> Update:
        """One number of a map, written out."""
        if not found or not found.ours:
            return {}
        name, channel, y, x = str(event.layer), int(event.channel), int(event.y), int(event.x)
        layer = int("".join(c for c in name if c.isdigit()) or 0)
        if name.startswith("pool"):  # any pixel of the window leads to the same pooled number
            y, x = 2 * y, 2 * x
        adapter = lmdemo.load(found.model)
        trace = adapter(found.ours.result.trace, trace=True).trace
        made = adapter.convolution_step(trace, layer, channel, y, x)
        title = self.say(lang, "cnn.step.title", layer=layer, channel=channel, y=y, x=x)
        return {self.step: convolution(made, title, self.phrases("cnn.step", lang))}

"""All stages side by side, from the picture to the answer; a chosen number is written out where it stands."""

import re
from typing import Any

import gradio as gr
import numpy as np

from demos.core.tab import Update
from demos.tabs.vision.cnn import looks as shown
from demos.tabs.vision.cnn.looks import Found
from demos.tabs.vision.cnn.step import Step
from demos.views.convolution import of_label, of_map
from demos.views.stages import Stages, stages

BUCKETS = (10, 20, 30)  # last maps that can be spared: up to so many


def check_pick(text: str) -> str:
    """Admits a pixel of a map, or a label by its rank.

    Raises:
        ValueError: It is something else.
    """
    if text and not re.fullmatch(r"relu\d{1,2}\.\d{1,3}\.\d{1,2}\.\d{1,2}|label\.\d", text):
        raise ValueError(text)
    return text


class Canvas(Step):
    """The network as one picture."""

    ours_alone = False

    def lay_out(self) -> None:
        with self.step("watch", wide=True):
            self.note()
            self.stages = Stages(elem_id="cnn-stages")
        self.outputs = [self.stages, self.guesses["watch"]]

    def connect(self) -> None:
        asked = {"found": self.tab.found, "scale": self.looked["scale"]}
        pick, scale = self.looked["pick"], self.looked["scale"]
        self.when(self.stages.pick, self.pick, [pick, self.stages], asked, trigger_mode="always_last")
        self.when(self.stages.at, self.at, [pick], trigger_mode="always_last")
        self.when(self.stages.rescale, self.rescale, [scale], trigger_mode="always_last")

    def pick(self, event: gr.EventData, *, found: Found | None, scale: str, lang: str) -> Update:
        """A map or a label that was chosen, or nothing any more."""
        pick = check_pick(str(event.pick))
        return {self.looked["pick"]: pick, self.stages: self.drawn(found, pick, scale, lang)} if found else {}

    def at(self, event: gr.EventData, *, lang: str) -> Update:
        """Another pixel of the same map: the view has all that it needs."""
        return {self.looked["pick"]: check_pick(str(event.pick))}

    def rescale(self, event: gr.EventData, *, lang: str) -> Update:
        """Another scale: the view has drawn it."""
        return {self.looked["scale"]: self.tab.known(event.scale, ("layer", "map"))}

    def show(self, *, found: Found, lang: str, looks: Any) -> Update:
        """The stages of the first answer, and how many of the last maps it could spare."""
        drawn = {self.stages: self.drawn(found, looks.pick, looks.scale, lang)}
        if not found.ours:
            return drawn | {self.guesses["watch"]: {}}
        adapter, result = self.traced(found)
        spare, other = adapter.maps_to_spare(result.trace)
        last = f"relu{adapter.num_convolutions}"
        total, before = len(result.trace[last]), (0, *BUCKETS)
        choices = [self.say(lang, "spare.some", low=a + 1, high=b) for a, b in zip(before, BUCKETS, strict=False)]
        choices.append(self.say(lang, "spare.more", low=BUCKETS[-1]))
        right = sum(spare > b for b in BUCKETS)
        names = {k: shown.label(self.say, v, lang) for k, v in (("label", result.label), ("other", other))}
        question = self.say(lang, "spare.question", total=total, **names)
        told = self.say(lang, "spare.never" if spare > total else "spare.told", n=spare, total=total, **names)
        return drawn | self.guess("watch", lang, question, choices, right, told, str(found.asked))

    def drawn(self, found: Found, pick: str, scale: str, lang: str) -> dict[str, Any]:
        """The view of the first answer."""
        words = self.phrases("stages", lang)
        if not found.ours or found.there[0] is not found.ours:
            return {**found.hub["stages"], "words": words, "scale": scale}
        adapter, result = self.traced(found)
        trace = result.trace
        order = [adapter.labels.index(name) for name in result.scores]
        given, weights, bias = adapter.decider(trace)
        maps = {k: v for k, v in trace.items() if v.ndim == 3 and k.startswith(("relu", "pool"))}
        last = len(list(maps.values())[-1])
        parts = (weights[order] * given).reshape(len(order), last, -1).sum(2)
        numbers = range(1, adapter.num_convolutions + 1)
        return stages(
            trace["seen"],
            maps,
            words,
            scores=shown.named(self.say, result.scores, lang),
            scale=scale,
            shares={f"relu{i}": adapter.contributions(trace, i) for i in numbers},
            fields={f"relu{i}": adapter.receptive_field(i) for i in numbers},
            deciding=parts,
            number=self.number(adapter, trace, pick, (given, weights[order], bias[order], trace["logits"][order])),
        )

    @staticmethod
    def number(adapter: Any, trace: Any, pick: str, deciding: tuple[np.ndarray, ...]) -> dict[str, Any] | None:
        """What is unfolded; nothing where this network has no such number."""
        layer, *place = pick.split(".")
        if layer == "label":
            maps = [v for v in trace.values() if v.ndim == 3][-1]
            return of_label(int(place[0]), *deciding, maps.shape[1])
        if not pick or layer not in trace:
            return None
        channel, y, x = map(int, place)
        count, height, width = trace[layer].shape
        if channel >= count or y >= height or x >= width:
            return None
        i = int(layer.removeprefix("relu"))
        step = adapter.convolution_step(trace, i, channel, y, x)
        pooled, padding = trace.get(f"pool{i}"), (adapter.receptive_field(1)[0] - 1) // 2
        pool = 0 if pooled is None else height // pooled.shape[1]
        field = adapter.receptive_field(i)
        return of_map(layer, channel, (y, x), adapter.below(trace, i), step, field=field, padding=padding, pool=pool)

"""What the filters like: kernels, the pieces of pictures that excite them, and why their weights are shared."""

from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.core.cards import html_table
from demos.core.tab import Update
from demos.tabs.vision.cnn import looks as shown
from demos.tabs.vision.cnn.looks import Found
from demos.tabs.vision.cnn.step import Step
from demos.views.kernels import Kernels, kernels
from demos.views.pictures import picture

RANKS = (0.0, 0.25, 0.5, 0.9)  # of all pictures, where the pieces stand that a question offers
LETTERS = "ABCD"


def check_filter(text: str) -> str:
    """Admits a convolution, from 1, and a filter of it.

    Raises:
        ValueError: It is something else.
    """
    layer, channel = (int(v) for v in text.split("."))
    if not (1 <= layer <= 99 and 0 <= channel <= 999):
        raise ValueError(text)
    return text


class Filters(Step):
    """The learnt kernels of our network."""

    def lay_out(self) -> None:
        with self.step("filters", wide=True):
            self.note()
            self.view = Kernels(elem_id="cnn-filters")
            self.dense = gr.HTML(elem_classes="lm-table")
        self.outputs = [self.view, self.dense, self.guesses["filters"]]

    def clear(self) -> Update:
        """Nothing to look at."""
        return super().clear() | {self.dense: ""}

    def connect(self) -> None:
        outputs = [self.looked["kernel"], *self.outputs]
        self.when(self.view.pick, self.pick, outputs, {"model": self.tab.model}, trigger_mode="always_last")

    def pick(self, event: gr.EventData, *, model: str, lang: str) -> Update:
        """Another convolution or another filter."""
        kernel = check_filter(f"{int(event.layer)}.{int(event.channel)}")
        return {self.looked["kernel"]: kernel} | self.of_model(model, kernel, lang)

    def show(self, *, found: Found, lang: str, looks: Any) -> Update:
        """The filters of our model."""
        return self.of_model(found.model, looks.kernel, lang)

    def of_model(self, model: str, kernel: str, lang: str) -> Update:
        """A convolution's kernels, what excites one of them, and a question about another."""
        adapter = lmdemo.load(model)
        layer, channel = (int(v) for v in kernel.split("."))
        layer = min(layer, adapter.num_convolutions)
        weights = adapter.filters(layer)
        channel = min(channel, len(weights) - 1)
        strongest = weights[np.arange(len(weights)), np.abs(weights).sum((2, 3)).argmax(1)]
        other = (channel + 1) % len(weights)
        ranks = [int(r * (len(adapter.gallery()[0]) - 1)) for r in RANKS]
        shuffled = np.random.default_rng((layer, other)).permutation(len(ranks))
        offered = adapter.strongest_patches(layer, other, ranks=[ranks[i] for i in shuffled])
        words = self.phrases("kernels", lang)
        side = adapter.receptive_field(layer)[0]
        for key, values in (("title", {"layer": layer, "n": len(weights)}), ("strongest", {"channel": channel})):
            words[key] = words[key].format(**values)
        words |= {"quiz": words["quiz"].format(channel=other), "searched": words["searched"].format(side=side)}
        words["note"] = words["note1" if layer == 1 else "note"]
        drawn = kernels(
            strongest,
            self.pieces(adapter.strongest_patches(layer, channel), lang),
            self.pieces(offered, lang),
            words,
            layer=layer,
            layers=adapter.num_convolutions,
            channel=channel,
        )
        question = self.say(lang, "filters.question", channel=other, layer=layer)
        values = [value for *_, value in offered]
        best = int(np.argmax(values))
        listed = ", ".join(f"{letter} {value:.2f}" for letter, value in zip(LETTERS, values, strict=True))
        told = self.say(lang, "filters.told", letter=LETTERS[best], values=listed)
        asked = self.guess("filters", lang, question, list(LETTERS), best, told, model)
        return {self.view: drawn, self.dense: self.dense_table(adapter, lang)} | asked

    def pieces(self, patches: Any, lang: str) -> list[dict[str, Any]]:
        """Pieces of pictures with what they are of and how strongly they excite."""
        made = []
        for i, (name, piece, value) in enumerate(patches):
            named = shown.label(self.say, name, lang)
            made.append(picture(str(i), piece, f"{named} {value:.2f}", self.say(lang, "filters.alt", label=named), 84))
        return made

    def dense_table(self, adapter: Any, lang: str) -> str:
        """Weights of the convolutions, and of dense layers from and to the same numbers."""
        shared, dense = adapter.dense_parameters()
        numbers = {"conv": shared, "dense": dense, "ratio": round(dense / shared)}
        head = [self.say(lang, "cnn.dense.kind"), self.say(lang, "code.parameters")]
        rows = [(self.say(lang, f"cnn.dense.{key}"), n) for key, n in numbers.items()]
        return html_table(head, rows, self.say(lang, "cnn.dense.title"))

"""What the filters look for: kernels, the pieces of pictures that excite them, and why their weights are shared."""

import gradio as gr
import numpy as np

import lmdemo
from demos.core.cards import html_table
from demos.core.tab import Part, Update
from demos.tabs.vision.cnn import looks
from demos.tabs.vision.cnn.functions import convolutions
from demos.views.pictures import Pictures, diverging, picture, row


class Filters(Part):
    """The learnt kernels of our network."""

    def lay_out(self) -> None:
        self.text(gr.Markdown(), value="cnn.filters.title")
        with gr.Row():
            self.layer = self.text(gr.Slider(1, 8, 1, step=1), label="cnn.filters.layer")
            self.run = self.text(gr.Button(size="sm"), value="cnn.filters.run")
        self.kernels, self.patches = Pictures(elem_id="cnn-filters"), Pictures(elem_id="cnn-patches")
        self.dense = gr.HTML(elem_classes="lm-table")
        self.outputs = [self.kernels, self.patches, self.dense]

    def connect(self) -> None:
        model = {"model": self.tab.model}
        options = {"show_progress": "minimal"}
        self.when(self.run.click, self.show, [self.kernels], model | {"layer": self.layer}, **options)
        self.when(self.kernels.choose, self.exciting, [self.patches], model, trigger_mode="always_last")

    def clear(self, model: str, lang: str) -> Update:
        """No filters yet; the table of weights of the model that answered."""
        return {self.kernels: {}, self.patches: {}, self.dense: self.dense_table(model, lang) if model else ""}

    def show(self, *, model: str, layer: float, lang: str) -> Update:
        """All kernels of a convolution."""
        adapter = lmdemo.load(model)
        index = min(int(layer), convolutions(adapter))
        kernels = adapter.filters(index)
        largest = np.abs(kernels).max()
        items = []
        for i, kernel in enumerate(kernels):
            strongest = kernel[np.abs(kernel).sum((1, 2)).argmax()]
            alt = self.say(lang, "cnn.filters.alt", i=i)
            items.append(picture(f"{index}.{i}", diverging(strongest / largest), f"{i}", alt, 40))
        title = self.say(lang, "cnn.filters.row", layer=index)
        note = self.say(lang, "cnn.filters.note1" if index == 1 else "cnn.filters.note")
        return {self.kernels: row(title, items, choosable=True, note=note)}

    def exciting(self, event: gr.EventData, *, model: str, lang: str) -> Update:
        """The pieces of real pictures that excite a filter most."""
        layer, channel = (int(part) for part in str(event.id).split("."))
        adapter = lmdemo.load(model)
        items = []
        for i, (label, piece, value) in enumerate(adapter.strongest_patches(layer, channel)):
            name = looks.label(self.say, label, lang)
            alt = self.say(lang, "cnn.patches.alt", label=name)
            items.append(picture(str(i), piece, f"{name} {value:.1f}", alt, 72))
        title = self.say(lang, "cnn.patches.title", layer=layer, channel=channel)
        note = self.say(lang, "cnn.patches.note", side=adapter.receptive_field(layer)[0])
        return {self.patches: row(title, items, note=note)}

    def dense_table(self, model: str, lang: str) -> str:
        """Weights of the convolutions, and of dense layers from and to the same numbers."""
        shared, dense = lmdemo.load(model).dense_parameters()
        numbers = {"conv": shared, "dense": dense, "ratio": f"{dense / shared:,.0f} ×"}
        head = [self.say(lang, "cnn.dense.kind"), self.say(lang, "code.parameters")]
        rows = [(self.say(lang, f"cnn.dense.{key}"), n) for key, n in numbers.items()]
        return html_table(head, rows, self.say(lang, "cnn.dense.title"))

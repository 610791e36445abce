"""How two clips became one score: product, moments, feature maps, pooled statistics."""

from typing import Any

import gradio as gr

from demos.core.tab import Answer, Part, Update
from demos.tabs.audio.siamese import looks
from demos.views.curves import Curves
from demos.views.dot_product import DotProduct
from demos.views.feature_maps import FeatureMaps
from demos.views.pictures import Pictures


class Inside(Part):
    """The first network's way to its answer."""

    def lay_out(self) -> None:
        self.empty = self.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as self.column:
            self.text(gr.Markdown(), value="siamese.look.product")
            self.product = DotProduct(elem_id="siamese-product")
            self.text(gr.Markdown(), value="siamese.look.moments")
            self.moments = Curves(elem_id="siamese-moments")
            self.text(gr.Markdown(), value="siamese.look.maps")
            self.maps = FeatureMaps(elem_id="siamese-maps")
            self.text(gr.Markdown(), value="siamese.look.pooled")
            self.pooled = Pictures(elem_id="siamese-pooled")
        self.outputs = [self.empty, self.column, self.product, self.moments, self.maps, self.pooled]

    def show(self, answers: list[Answer], *, sound: bool, lang: str) -> Update:
        """The views of a comparison's first answer; none for one sound."""
        there: list[Any] = [] if sound else answers
        shown = {self.empty: gr.update(visible=not there and not sound), self.column: gr.update(visible=bool(there))}
        if not there:
            return shown
        trace, limit = there[0].result.trace, there[0].extra
        return shown | {
            self.product: looks.product(self, trace, lang),
            self.moments: looks.moments(self.say, trace, limit, lang),
            self.maps: looks.maps(self, trace, lang),
            self.pooled: looks.pooled(self.say, trace, lang),
        }

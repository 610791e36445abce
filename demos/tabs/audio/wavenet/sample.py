"""One sample of WaveNet taken apart: what was told, what a block's channels multiply, what each block hands on."""

from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.core.cards import html_table
from demos.core.tab import Update
from demos.core.url import number
from demos.tabs.audio.vocoding.found import RATE, Found
from demos.tabs.audio.vocoding.sample import Sample, Seen

MOST_CHANNELS = 8
BLOCKS = 16


class Taken(Seen):
    """A sample of which all is known."""

    @property
    def drawn(self) -> Any:
        """The distribution."""
        return self.told.drawn


class Products(Sample):
    """The sample, and the products behind it."""

    key = "sample"

    def lay_out_more(self) -> None:
        self.block = gr.Slider(1, BLOCKS, BLOCKS, step=1, elem_id="wavenet-block")
        self.text(self.block, label="sample.block")
        self.keep("block", self.block, lambda given: int(number(1, BLOCKS)(given)), BLOCKS)
        self.table = gr.HTML(elem_classes="lm-table", elem_id="wavenet-products")
        self.more = [self.table]

    def connect(self) -> None:
        super().connect()
        given = {"found": self.tab.found, "seen": self.seen, "block": self.block}
        self.when(self.block.input, self.tables, [self.table], given, trigger_mode="always_last")

    @property
    def looked(self) -> dict[str, Any]:
        return {"block": self.block}

    def ask(self, found: Found, at: int) -> Seen:
        mel, options = self.asked(found)
        return Taken(at, found.options["temperature"], lmdemo.load("wavenet").sample_products(mel, at, **options))

    def show(self, *, found: Found | None, seen: Seen | None, lang: str, **looked: Any) -> Update:
        block = looked["block"]
        made = super().show(found=found, seen=seen, lang=lang)
        return made | self.tables(found=found, seen=seen, block=block, lang=lang)

    def tables(self, *, found: Found | None, seen: Seen | None, block: float, lang: str) -> Update:
        """The strongest channels of a block, and what all blocks hand to the head."""
        if found is None or seen is None:
            return {}
        told = seen.told
        b = min(int(block), len(told.wave)) - 1
        strongest = np.argsort(-np.abs(told.gated[b]))[:MOST_CHANNELS]
        rows = [
            (str(c), f"{told.wave[b][c]:+.3f}", f"{told.gate[b][c]:.3f}", f"{told.gated[b][c]:+.3f}") for c in strongest
        ]
        head = [self.say(lang, f"sample.{k}") for k in ("channel", "wave", "gate", "product")]
        back = ", ".join(f"{n}" for n in told.taps[b])
        values = {"block": b + 1, "taps": back, "ms": 1000 * int(told.taps[b].max()) / RATE}
        first = html_table(head, rows, self.say(lang, "sample.title", **values))
        sizes = np.linalg.norm(told.skips, axis=1)
        shares = [
            (
                str(i + 1),
                ", ".join(map(str, told.taps[i])),
                f"{size:.3f}",
                f"{100 * size / max(sizes.sum(), 1e-9):.0f} %",
            )
            for i, size in enumerate(sizes)
        ]
        heads = [self.say(lang, f"sample.{k}") for k in ("which", "reads", "size", "share")]
        names = ("before", "prediction", "excitation", "part")
        heard = {name: int(v) for name, v in zip(names, told.told, strict=True)}
        text = self.say(lang, "sample.heard", **heard, size=float(np.linalg.norm(told.skip_sum)))
        return {self.table: f"<p>{text}</p>{first}{html_table(heads, shares, self.say(lang, 'sample.blocks'))}"}

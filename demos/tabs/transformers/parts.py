"""What the members of Transformers share: what can be switched off, what is kept of a trace, the column of blocks."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import gradio as gr
import numpy as np

from demos.core.tab import Part, Update
from demos.core.url import one_of
from demos.core.words import Speaker
from demos.views.attention import attention
from lmdemo.errors import OptionError

Off = Literal["nothing", "positions", "layer_norm", "head"]
SWITCHES = ("nothing", "positions", "layer_norm", "head")
SHOWN = 64  # tokens that the views draw

# What the views draw of the parts of a trace that grow with the text.
DRAWN: dict[str, Any] = {
    **dict.fromkeys(("embeddings", "positions"), np.s_[:SHOWN]),
    "hidden_states": np.s_[:1, :SHOWN],
    **dict.fromkeys(("queries", "keys", "values"), np.s_[:, :, :SHOWN]),
    "attention": np.s_[:, :, :SHOWN, :SHOWN],
}


class Switch(Part):
    """What is left out of the network; of the heads, which."""

    def lay_out(self) -> None:
        with gr.Row():
            self.off = gr.Radio(list(SWITCHES), value="nothing", elem_id=f"{self.name}-off")
            self.text(self.off, label="switch.label", choices={s: f"switch.{s}" for s in SWITCHES})
            # Its choices are those of the network that answered; a link may bring another network's.
            self.head = gr.Dropdown(choices=["0.0"], value="0.0", visible=False, allow_custom_value=True)
            self.text(self.head, label="switch.head.label")
        self.keep("off", self.off, one_of(SWITCHES), "nothing")
        self.inputs = {"off": self.off, "head": self.head}

    def show(self, trace: Mapping[str, np.ndarray], off: str, lang: str) -> Update:
        """The heads to choose from."""
        return {self.head: gr.update(choices=head_choices(trace, self.say, lang), visible=off == "head")}


def switched(off: str, head: str) -> dict[str, Any]:
    """An adapter's options for what is switched off; ``head`` is ``block.head``, both from 0."""
    if off == "head":
        block, which = (int(part) for part in head.split("."))
        return {"heads_off": ((block, which),)}
    return {} if off == "nothing" else {off: False}


def part_name(off: str, head: str, say: Speaker, lang: str) -> str:
    """What is switched off, in words."""
    if off != "head":
        return say(lang, f"switch.{off}")
    block, which = head.split(".")
    return say(lang, "switch.which", block=block, head=which)


def head_choices(trace: Mapping[str, np.ndarray], say: Speaker, lang: str) -> list[tuple[str, str]]:
    """Each head of each block, worded."""
    blocks, heads = trace["attention"].shape[:2]
    return [(say(lang, "switch.which", block=b, head=h), f"{b}.{h}") for b in range(blocks) for h in range(heads)]


def drawn(trace: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A trace without what no view draws: it is kept as long as its visitor stays, and grows with the square of the text."""
    return {name: values[DRAWN[name]].copy() if name in DRAWN else values for name, values in trace.items()}


def blocks(
    trace: Mapping[str, np.ndarray], words: Mapping[str, str], place: tuple[int, int], notes: Sequence[str]
) -> dict[str, Any]:
    """The column of blocks; ``place`` is the block and head that are open, block -1 for none."""
    block, head = place
    head = min(head, trace["attention"].shape[1] - 1)
    return attention(trace, words, block=block, head=head, notes=notes, shown=slice(0, SHOWN))


def one_head(trace: Mapping[str, np.ndarray], block: int, head: int) -> dict[str, list]:
    """What an endpoint tells of one head: its queries, keys and values where they are had, and its weights.

    Raises:
        OptionError: There is no such head.
    """
    layers, heads = trace["attention"].shape[:2]
    if not (0 <= block < layers and 0 <= head < heads):
        raise OptionError(
            "no_such_head",
            expected=f"0-{layers - 1}, 0-{heads - 1}",
            got=f"{block}, {head}",
            hint="Choose a layer and a head that are there.",
        )
    names = [name for name in ("queries", "keys", "values") if name in trace]
    found = {name: trace[name][block, head, :SHOWN].round(5).tolist() for name in names}
    return found | {"weights": trace["attention"][block, head, :SHOWN, :SHOWN].round(5).tolist()}

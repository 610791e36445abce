"""What the tabs Transformer and BERT share: embeddings as pictures, the column of blocks, the switches."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demos.language import Speaker, Words
from demos.views.attention import attention
from demos.views.pictures import diverging, picture, row

SWITCHES = ("nothing", "positions", "layer_norm", "head")
SHOWN = 64  # tokens that the views draw


def phrases(words: Words, say: Speaker, lang: str, group: str) -> dict[str, str]:
    """The words of a view: those whose keys begin with ``group``."""
    return {k.rsplit(".", 1)[1]: say(lang, k) for k in words if k.startswith(f"{group}.")}


def switched(off: str, head: str) -> dict[str, Any]:
    """An adapter's options for what is switched off; ``head`` is ``block.head``, both from 0."""
    if off == "head":
        block, which = (int(part) for part in head.split("."))
        return {"heads_off": ((block, which),)}
    return {} if off == "nothing" else {off: False}


def head_choices(trace: Mapping[str, np.ndarray], say: Speaker, lang: str) -> list[tuple[str, str]]:
    """Each head of each block, worded."""
    blocks, heads = trace["attention"].shape[:2]
    return [(say(lang, "switch.which", block=b, head=h), f"{b}.{h}") for b in range(blocks) for h in range(heads)]


def embedding_pictures(trace: Mapping[str, np.ndarray], say: Speaker, lang: str) -> dict[str, Any]:
    """Token part, position part and the first state, each a picture with a line a token."""
    items = []
    for key, values in (
        ("embeddings", trace["embeddings"]),
        ("positions", trace["positions"]),
        ("sum", trace["hidden_states"][0]),
    ):
        values = values[:SHOWN]
        largest = float(np.abs(values).max()) or 1.0
        pixels = (
            diverging(values / largest).repeat(max(1, 360 // len(values)), 0).repeat(max(1, 480 // values.shape[1]), 1)
        )
        caption = say(lang, f"embed.{key}", tokens=len(values), size=values.shape[1], largest=largest)
        items.append(picture(key, pixels, caption, caption, 240))
    return row(say(lang, "embed.picture"), items, note=say(lang, "embed.note"))


def blocks(
    trace: Mapping[str, np.ndarray], words: Mapping[str, str], place: tuple[int, int], notes: Sequence[str]
) -> dict[str, Any]:
    """The column of blocks; ``place`` is the block and head that are open, block -1 for none."""
    return attention(
        trace,
        words,
        block=place[0],
        head=min(place[1], trace["attention"].shape[1] - 1),
        notes=notes,
        shown=slice(0, SHOWN),
    )

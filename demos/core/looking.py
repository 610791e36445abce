"""How a member that waits to answer hears that it is looked at."""

import json
from collections.abc import Sequence

import gradio as gr

from demos.core.url import Field


class Look(gr.HTML):
    """Shows nothing; tells with its event ``look`` that a member which waits to answer is looked at (``url.js``)."""

    EVENTS = (*gr.HTML.EVENTS, "look")  # type: ignore[assignment]  # a name declares an event of one's own

    def __init__(self, member: str, taken: Sequence[Field]) -> None:
        heard = f"e => {{ if (e.detail.member === {json.dumps(member)}) trigger('look', e.detail); }}"
        script = f"document.addEventListener('lmdemo:look', {heard}); window.lmdemo.answers({json.dumps(member)});"
        script += "".join(f"window.lmdemo.takes{(f.thread, member, f.name)!r};" for f in taken)
        super().__init__("", js_on_load=script, elem_classes="lm-unseen")

    def get_block_name(self) -> str:
        """Drawn by Gradio's own HTML."""
        return "html"

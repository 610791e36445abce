"""Views that answer at once, in the browser: a template, a style and a script each, JSON in, events out.

A view ``class Bars(View)`` in ``bars.py`` has ``bars.css`` and ``bars.js`` beside it. Its script draws ``props.value``
(a JSON object, at most 300 KB) into ``element`` and calls ``trigger(name, detail)`` for what the visitor does. Every
script may use the small helpers of ``dom.js``. What a view shows it also says in text, and it works by keyboard.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr

HERE = Path(__file__).parent
MAX_BYTES = 300_000


@cache
def _read(name: str) -> str:
    path = HERE / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


class View(gr.HTML):
    """A browser-side view; subclasses name their files in ``files``."""

    files: str

    # Gradio puts what has the name of a parameter into the page; `kwargs` is no view's event.
    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(
            value,
            html_template=f'<div class="lm-view lm-{self.files}"></div>',
            css_template=_read("view.css") + _read(f"{self.files}.css"),
            js_on_load=(
                "const root = () => element.querySelector('.lm-view');\n"
                + _read("dom.js")
                + _read(f"{self.files}.js")
                + "\nconst redraw = () => { if (root()) draw(root(), props.value || {}); };\n"
                + "redraw(); watch('value', redraw);\n"
            ),
            apply_default_css=False,
            **kwargs,
        )

    def postprocess(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        """Passes the view's JSON on; a view that outgrew its budget is a fault of ours."""
        if value is not None:
            size = len(json.dumps(value, separators=(",", ":")))
            if size > MAX_BYTES:
                raise ValueError(f"{type(self).__name__} got {size:,} bytes, more than {MAX_BYTES:,}")
        return value

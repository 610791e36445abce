"""Views that answer at once, in the browser: a script and a style each, JSON in, events out.

A view ``class Bars(View)`` in ``bars/__init__.py`` has ``view.js`` and ``view.css`` beside it. Its script is a module that
exports ``draw(root, value, view)``: it draws ``value`` (a JSON object, at most 300 KB) into ``root`` and calls
``view.trigger(name, detail)`` for what the visitor does; ``EVENTS`` lists these names. ``_runtime.js`` says what else
``view`` holds, and has the helpers that views are made of. The rules of its style begin with ``.lm-bars``. What a view shows
it also says in text, and it works by keyboard. Scripts and styles are served by :mod:`demos.core.assets`.
"""

import json
from typing import Any

import gradio as gr

from demos.core import assets

MAX_BYTES = 300_000


class View(gr.HTML):
    """A browser-side view; subclasses name their folder in ``files``."""

    files: str

    # Gradio puts what has the name of a parameter into the page; `kwargs` is no view's event.
    def __init__(self, value: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(
            value,
            html_template=f'<div class="lm-view lm-{self.files}"></div>',
            js_on_load=(
                f"import(new URL('{assets.address('views/_runtime.js')}', document.baseURI))"
                f".then(m => m.mount('{self.files}', element, props, trigger, watch))"
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

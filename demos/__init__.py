"""What a person sees: one Gradio app, one page a family. Nothing here imports torch."""

import html
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demos.core import startup

startup.quicken()  # before Gradio
import gradio as gr  # noqa: E402

from demos.core import assets  # noqa: E402
from demos.core.cards import html_table  # noqa: E402
from demos.core.endpoints import publish  # noqa: E402
from demos.core.page import Page  # noqa: E402
from demos.core.tab import Tab  # noqa: E402
from demos.core.theme import theme  # noqa: E402
from demos.core.url import PANEL, SCRIPT  # noqa: E402
from demos.core.words import say  # noqa: E402

startup.lighten()
OPEN = "() => window.lmdemo.open()"
DELETED = (600, 2700)  # every ten minutes, uploads older than 45: none is kept for an hour
FUNCTIONS = "functions"  # the page of all endpoints, so that the others carry none


@dataclass(frozen=True)
class Row:
    """One member: its family, its name in the URL, and ``module:Class`` of its page."""

    family: str
    member: str
    tab: str

    @property
    def path(self) -> str:
        """Its family's page below the app's address; the first family's is the app's own."""
        return "" if self.family == TABS[0].family else self.family


TABS = (
    Row("start", "start", "demos.tabs.start.tab:Start"),
    Row("rnn", "rnn", "demos.tabs.recurrent.rnn.tab:RNN"),
    Row("lstm", "lstm", "demos.tabs.recurrent.lstm.tab:LSTM"),
    Row("lstm", "lstm-translation", "demos.tabs.recurrent.translation.tab:Translation"),
    Row("lstm", "lstm-speech", "demos.tabs.recurrent.speech.tab:Speech"),
    Row("lstm", "lstm-forecast", "demos.tabs.recurrent.forecast.tab:Forecast"),
    Row("transformers", "transformer", "demos.tabs.transformers.encoder.tab:Encoder"),
    Row("transformers", "bert", "demos.tabs.transformers.bert.tab:Bert"),
    Row("transformers", "gpt", "demos.tabs.transformers.gpt.tab:GPT"),
    Row("audio", "siamese", "demos.tabs.audio.siamese.tab:Siamese"),
    Row("vision", "cnn", "demos.tabs.vision.cnn.tab:CNN"),
    Row("vision", "yolo", "demos.tabs.vision.yolo.tab:YOLO"),
)


def families() -> dict[str, list[Row]]:
    """The families with their members, in the order of the tabs."""
    found: dict[str, list[Row]] = {}
    for row in TABS:
        module = Path(__file__).parent.parent / row.tab.partition(":")[0].replace(".", "/")
        if not module.with_suffix(".py").exists():
            continue  # its page has not moved yet
        found.setdefault(row.family, []).append(row)
    return found


def build_app() -> gr.Blocks:
    """Builds the app: a page for each family of TABS, and one for the endpoints."""
    app = gr.Blocks(title="lmdemo", analytics_enabled=False, fill_width=False, delete_cache=DELETED)
    functions: list[Any] = []
    for family, rows in families().items():
        with app if not rows[0].path else app.route(family, rows[0].path):
            page = _head(family)
            tabs = _members(page, rows)
            page.wire(app)
        functions += [f for tab in tabs for f in tab.functions]
    with app.route(FUNCTIONS, FUNCTIONS):
        page = _head("")
        table = gr.HTML(elem_classes="lm-table")
        rows_ = [(f.__name__, (f.__doc__ or "").split("\n")[0]) for f in functions]
        page.translate(table, lambda lang: {"value": html_table(["API · MCP", ""], rows_, say(lang, "functions"))})
        page.wire(app)
        publish(*functions)
    return app


def _head(family: str) -> Page:
    """What stands on top of every page: name, language, the row of tabs."""
    with gr.Row(elem_classes="lm-head"):
        heading = gr.Markdown(elem_classes="lm-title")
        page = Page()
    page.translate(heading, lambda lang: {"value": f"# {say(lang, 'title')}\n\n{say(lang, 'subtitle')}"})
    page.translate(gr.HTML(elem_classes="lm-tabs"), lambda lang: {"value": _tabs(family, lang)})
    gr.Navbar(visible=False)  # ours is one row of tabs, which keeps what each page held
    return page


def _tabs(chosen: str, lang: str) -> str:
    links = "".join(
        f'<a role="tab" aria-selected="{str(family == chosen).lower()}" data-family="{family}" '
        f'href="./{rows[0].path}">{html.escape(say(lang, f"tab.{family}"))}</a>'
        for family, rows in families().items()
    )
    return f'<div role="tablist" aria-label="{html.escape(say(lang, "families"))}">{links}</div>'


def _members(page: Page, rows: list[Row]) -> list[Tab]:
    """A family's members: one by itself, several in a row of tabs."""
    if len(rows) == 1:
        with gr.Column(elem_id=PANEL + rows[0].member):
            return [_make(page, rows[0])]
    made = []
    with gr.Tabs() as page.inner:
        for row in rows:
            with page.text(gr.Tab(id=row.member, elem_id=PANEL + row.member), label=f"member.{row.member}") as panel:
                page.panels[row.member] = panel
                made.append(_make(page, row))
                panel.select(None, js=OPEN, api_visibility="private")
    return made


def _make(page: Page, row: Row) -> Tab:
    module, name = row.tab.split(":")
    tab: Tab = getattr(importlib.import_module(module), name)(page)
    return tab


def page_options() -> dict[str, Any]:
    """What ``launch()`` needs for the look: theme, styles (served by ``assets.routes()``) and the URL's script."""
    return {
        "theme": theme(),
        "head": assets.head() + f"<script>{SCRIPT}</script>",
        "footer_links": ["settings"],
        "ssr_mode": False,
    }

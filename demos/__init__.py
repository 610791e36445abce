"""What a person sees: one Gradio app, one page a family and one of its functions. Nothing here imports torch."""

# ruff: noqa: E402 - Gradio is imported once `quicken` has been called

import html
import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from demos.core import startup

startup.quicken()  # before Gradio
import gradio as gr

from demos.core import assets
from demos.core.cards import html_table
from demos.core.endpoints import publish
from demos.core.page import Page
from demos.core.tab import Tab
from demos.core.theme import theme
from demos.core.url import PANEL, SCRIPT
from demos.core.words import Speaker, say

startup.lighten()
startup.tell_whole()
OPEN = "() => window.lmdemo.open()"
DELETED = (600, 2700)  # every ten minutes, uploads older than 45: none is kept for an hour
FUNCTIONS = "functions-"  # begins the page of a family's endpoints
startup.spare(FUNCTIONS)


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

    @property
    def page(self) -> type[Tab]:
        """The class of its page; its module is imported.

        Raises:
            ImportError: There is no such module, or no such class in it; tells which file to write.
        """
        module, name = self.tab.split(":")
        try:
            found: type[Tab] = getattr(importlib.import_module(module), name)
        except (ModuleNotFoundError, AttributeError) as error:
            if error.name != name and not f"{module}.".startswith(f"{error.name}."):  # what a page that is there lacks
                raise
            raise ImportError(f"no page of {self.member!r}: write {name} into {module.replace('.', '/')}.py") from error
        return found

    def say(self, lang: str, key: str) -> str:
        """A phrase of the member, or of its family."""
        return Speaker(self.page.folder)(lang, key)

    def named(self, lang: str) -> str:
        """The member's name where it stands beside those of other families."""
        return self.say(lang, f"tab.{self.family}" if self.member == self.family else f"member.{self.member}")


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
    Row("audio", "waveglow", "demos.tabs.audio.waveglow.tab:WaveGlow"),
    Row("audio", "siamese", "demos.tabs.audio.siamese.tab:Siamese"),
    Row("vision", "cnn", "demos.tabs.vision.cnn.tab:CNN"),
    Row("vision", "yolo", "demos.tabs.vision.yolo.tab:YOLO"),
)


def families() -> dict[str, list[Row]]:
    """The families with their members, in the order of the tabs."""
    found: dict[str, list[Row]] = {}
    for row in TABS:
        found.setdefault(row.family, []).append(row)
    return found


def build_app() -> gr.Blocks:
    """Builds the app: a page for each family of TABS, and one for its endpoints."""
    app = gr.Blocks(title="lmdemo", analytics_enabled=False, fill_width=False, delete_cache=DELETED)
    for family, rows in families().items():
        with app if not rows[0].path else app.route(family, rows[0].path, show_in_navbar=False):
            page = _head(family)
            _members(page, rows)
            _end(page, app, family)
        with app.route(FUNCTIONS + family, FUNCTIONS + family, show_in_navbar=False):
            _functions(app, [f for row in rows for f in row.page.functions])
    return app


def _functions(app: gr.Blocks, functions: list[Callable[..., Any]]) -> None:
    """The page of a family's endpoints, so that its own carries none."""
    page = _head("")
    table = gr.HTML(elem_classes="lm-table")
    told = [(f.__name__, (f.__doc__ or "").split("\n")[0]) for f in functions]
    page.translate(table, lambda lang: {"value": html_table(["API · MCP", ""], told, say(lang, "functions"))})
    page.wire(app)
    publish(*functions)


def _head(family: str) -> Page:
    """What stands on top of every page: name, the row of tabs, which are links, and language."""
    with gr.Row(elem_classes="lm-head"):
        brand = gr.HTML(elem_classes="lm-brand")
        tabs = gr.HTML(elem_classes="lm-tabs")
        page = Page(_along)
    rows = families().get(family, [])
    page.translate(brand, lambda lang: {"value": _brand(rows, lang)})

    def links(lang: str) -> str:
        made = "".join(
            f'<a role="tab" aria-selected="{str(name == family).lower()}" data-family="{name}" '
            f'href="./{row.path}">{html.escape(row.say(lang, f"tab.{name}"))}</a>'
            for name, (row, *_) in families().items()
        )
        return f'<div role="tablist" aria-label="{html.escape(say(lang, "families"))}">{made}</div>'

    page.translate(tabs, lambda lang: {"value": links(lang)})
    return page


def _brand(rows: list[Row], lang: str) -> str:
    """The app's name, the link that skips the header, and the button of the guided visit with what it says."""
    skip, title, tour = (html.escape(say(lang, key)) for key in ("skip", "title", "tour"))
    words = {"": say.group(lang, "tour")} | {row.member: Speaker(row.page.folder).group(lang, "tour") for row in rows}
    button = (
        f'<button type="button" class="lm-tour" title="{tour}" aria-label="{tour}" '
        f'data-words="{html.escape(json.dumps(words))}">?</button>'
    )
    name = f'<a class="lm-skip" href="#">{skip}</a><h1 aria-label="{title}">lm<i>demo</i></h1>'
    return name + (button if rows else "")


def _along(member: str, thread: str, lang: str) -> str:
    """Links from a member to the others that take what goes along."""
    rows = [row for row in TABS if thread in row.page.threads and row.member != member]
    links = "".join(
        f'<a data-family="{row.family}" data-member="{row.member}" href="./{row.path}?tab={row.member}">'
        f"{html.escape(row.named(lang))}</a>"
        for row in rows
    )
    return f"<span>{html.escape(say(lang, f'along.{thread}'))}</span>{links}" if rows else ""


def _members(page: Page, rows: list[Row]) -> None:
    """A family's members: one by itself, several in a row of tabs."""
    if len(rows) == 1:
        with gr.Column(elem_id=PANEL + rows[0].member):
            rows[0].page(page)
        return
    with gr.Tabs(elem_classes="lm-pills", overflow_behavior="wrap") as page.inner:
        for row in rows:
            with page.text(
                gr.Tab(id=row.member, elem_id=PANEL + row.member), row.say, label=f"member.{row.member}"
            ) as panel:
                page.panels[row.member] = panel
                row.page(page)
                panel.select(None, js=OPEN, api_visibility="private")


def _end(page: Page, app: gr.Blocks, family: str) -> None:
    """What stands below a family's page, and the page's language and link."""
    link = gr.HTML(elem_classes="lm-foot")
    page.translate(link, lambda lang: {"value": f'<a href="./{FUNCTIONS}{family}">{html.escape(say(lang, "api"))}</a>'})
    page.wire(app)


def page_options() -> dict[str, Any]:
    """What ``launch()`` needs for the look: theme, styles (served by ``assets.routes()``) and the URL's script."""
    return {
        "theme": theme(),
        "head": assets.head() + f"<script>{SCRIPT}</script>",
        "footer_links": ["api", "settings"],
        "ssr_mode": False,
    }

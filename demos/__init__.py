"""What a person sees: one Gradio app, one tab a family. Nothing here imports torch."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

import demos._quick  # noqa: F401  before Gradio
import gradio as gr

from demos.core import assets
from demos.frame import Page
from demos.language import say
from demos.state import PANEL, SCRIPT

OPEN = "() => window.lmdemo.open()"
DELETED = (600, 2700)  # every ten minutes, uploads older than 45: none is kept for an hour


@dataclass(frozen=True)
class Tab:
    """One family: its id in the URL and its members with the modules that build them."""

    id: str
    members: Mapping[str, str]


TABS = (
    Tab("start", {"start": "demos.start"}),
    Tab("rnn", {"rnn": "demos.rnn"}),
    Tab(
        "lstm",
        {
            "lstm": "demos.lstm",
            "lstm-translation": "demos.recurrent.translation",
            "lstm-speech": "demos.recurrent.speech",
            "lstm-forecast": "demos.recurrent.forecasting",
        },
    ),
    Tab(
        "transformers",
        {
            "transformer": "demos.transformers.encoder",
            "bert": "demos.transformers.bert",
            "gpt": "demos.transformers.gpt",
        },
    ),
    Tab("audio", {"siamese": "demos.audio.siamese"}),
    Tab("vision", {"cnn": "demos.vision.cnn", "yolo": "demos.vision.yolo"}),
)


def build_app() -> gr.Blocks:
    """Builds the page: a header, and one tab for each row of TABS."""
    places: dict[str, tuple[str, gr.Tabs | None]] = {}
    with gr.Blocks(title="lmdemo", analytics_enabled=False, fill_width=False, delete_cache=DELETED) as app:
        with gr.Row(elem_classes="lm-head"):
            heading = gr.Markdown(elem_classes="lm-title")
            page = Page()
        page.translate(heading, lambda lang: {"value": f"# {say(lang, 'title')}\n\n{say(lang, 'subtitle')}"})
        with gr.Tabs() as outer:
            for tab in TABS:
                with page.text(gr.Tab(id=tab.id), label=f"tab.{tab.id}") as shown:
                    if len(tab.members) == 1:
                        _build(page, *next(iter(tab.members.items())), shown)
                        places |= {member: (tab.id, None) for member in tab.members}
                        continue
                    shown.select(None, js=OPEN, api_visibility="private")
                    with gr.Tabs() as inner:
                        for member, module in tab.members.items():
                            with page.text(gr.Tab(id=member), label=f"member.{member}") as shown_member:
                                _build(page, member, module, shown_member)
                            places[member] = (tab.id, inner)
        page.wire(app, outer, places)
    return app


def _build(page: Page, member: str, module: str, tab: gr.Tab) -> None:
    page.tabs[member], tab.elem_id = tab, PANEL + member
    importlib.import_module(module).build(page)
    tab.select(None, js=OPEN, api_visibility="private")


def theme() -> gr.themes.Base:
    """A calm theme with one accent, fonts of the visitor's own machine, and contrast in light and dark."""
    fonts = ["system-ui", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
    mono = ["ui-monospace", "Consolas", "DejaVu Sans Mono", "monospace"]
    return gr.themes.Monochrome(primary_hue="blue", font=fonts, font_mono=mono, radius_size="md").set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        button_primary_text_color="white",
        button_primary_text_color_dark="white",
        button_secondary_text_color_hover="*neutral_700",
        color_accent="*primary_700",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
    )


def page_options() -> dict:
    """What ``launch()`` needs for the look: theme, styles (served by ``assets.routes()``) and the URL's script."""
    return {
        "theme": theme(),
        "head": assets.head() + f"<script>{SCRIPT}</script>",
        "footer_links": ["api", "settings"],
        "ssr_mode": False,
    }

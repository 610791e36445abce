"""A member's page: one way to ask models, the frame's parts, what a visitor may name."""

import inspect
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import gradio as gr

import lmdemo
from demos.core import cards, sources
from demos.core.frame import Frame
from demos.core.page import Page, Update
from demos.core.sources import Answer, Answers, Missing, calling
from demos.core.words import Speaker
from lmdemo.errors import InputError

__all__ = ["Answer", "Answers", "Missing", "Page", "Part", "Tab", "Update", "calling"]


class Tab(Frame):
    """One member's page; see :class:`Frame`.

    Attributes:
        name: The member's name in TABS and in the URL.
        functions: Its endpoints.
        threads: What it takes over from other members and hands on: ``sentence``, ``picture``.
        folder: Where its words, explanations and examples lie: beside the class, unless it says another.
    """

    name: ClassVar[str]  # type: ignore[misc]
    functions: ClassVar[tuple[Callable[..., Any], ...]] = ()
    threads: ClassVar[tuple[str, ...]] = ()
    folder: ClassVar[Path]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.folder = Path(inspect.getfile(cls)).parent

    def __init__(self, page: Page) -> None:
        page.tabs[self.name] = self
        super().__init__(page, self.name, Speaker(self.folder))

    def begin(self, lang: str) -> dict[Any, Any]:
        """Values by component with which the page opens where a link says nothing; the fields' own unless a member has others."""
        return {}

    # -- models ------------------------------------------------------------------------------------------------------------

    ask = staticmethod(sources.ask)
    open = staticmethod(sources.opened)

    # -- the frame's parts -------------------------------------------------------------------------------------------------

    def learn(self) -> None:
        """The explanation and its diagram, written in each language."""
        with gr.Column(elem_classes="lm-learn"):
            self.heading("part.explain")
            with gr.Row(elem_classes=["lm-block", "lm-explained"]):
                formulas: list[dict[str, str | bool]] = [{"left": "$", "right": "$", "display": False}]
                text = gr.Markdown(elem_classes="lm-explain", latex_delimiters=formulas)
                self.translate(text, lambda lang: {"value": cards.explanation(self.folder, lang)})
                flow = gr.HTML(elem_classes="lm-flow")
                self.translate(flow, lambda lang: {"value": cards.flow(self.folder, lang, self.say(lang, "diagram"))})

    def code(
        self,
        model_file: str,
        shown: Sequence[str],
        *,
        model: Any,
        source: Any = None,
        having: Sequence[str] = ("scratch", "hub-weights", "hub"),
        keras: str = "",
    ) -> gr.Code:
        """Layers, source lines, the Keras twin, and a snippet.

        Args:
            model_file: Such as ``lmdemo/models/cnn.py``.
            shown: Names in it whose lines are behind what the page shows, such as ``CNN.forward``.
            model: The component that holds the model's name; its layers are listed.
            source: The component that says whose layers, where others than ours have them too.
            having: The sources whose layers are told; of others, and of ``both``, ours are.
            keras: A file with the same network in Keras, or "".

        Returns:
            The snippet's component, for the result's handler to fill.
        """
        with self.fold("part.code"):
            snippet: gr.Code = self.text(gr.Code(language="python", interactive=False, lines=4), label="code.snippet")
            button = self.text(gr.Button(size="sm"), value="code.show")
            table = gr.HTML(elem_classes="lm-table")
            part = gr.Dropdown(choices=list(shown), value=shown[0], filterable=False)
            self.text(part, label="code.source")
            lines = cards.source_lines(model_file, shown[0])
            code = gr.Code(lines, language="python", interactive=False, label=model_file)
            twin = cards.PROJECT / keras
            if keras and twin.exists():
                text = twin.read_text(encoding="utf-8")
                self.text(gr.Code(text, language="python", interactive=False, max_lines=30), label="code.keras")

        def layers(*, model: str, lang: str, source: str = "scratch") -> Update:
            adapter: Any = lmdemo.load(model, source=source if source in having else "scratch")
            return {table: cards.layer_table(adapter.layers(), self.say, lang)}

        def lines_of(*, part: str, lang: str) -> Update:
            return {code: cards.source_lines(model_file, self.known(part, shown))}

        self.when(part.input, lines_of, [code], {"part": part})
        asked = {"model": model} | ({"source": source} if source is not None else {})
        self.when(button.click, layers, [table], asked, show_progress="minimal")
        return snippet

    def proof(self) -> None:
        """The checks against implementations that we did not write, run here at the press of a button."""
        with self.fold("part.proof"):
            self.text(gr.Markdown(), value="proof.intro")
            button = self.text(gr.Button(size="sm", elem_id=f"proof-{self.name}"), value="proof.run")
            table = gr.HTML(elem_classes="lm-table")

        def run(*, lang: str) -> Update:
            started = time.perf_counter()
            checks = lmdemo.prove(self.name)
            return {table: cards.proof_table(checks, time.perf_counter() - started, lang)}

        self.when(button.click, run, [table], show_progress="minimal")

    # -- what a visitor may name -------------------------------------------------------------------------------------------

    @staticmethod
    def known(name: Any, names: Iterable[Any]) -> Any:
        """A name that a visitor's browser sent, looked up among those that there are.

        Raises:
            InputError: There is none of that name.
        """
        names = list(names)
        if name not in names:
            expected = ", ".join(map(str, names))[:200]
            raise InputError("unknown_choice", expected=expected, got=repr(name)[:40], hint="Take one of these.")
        return name

    def example(self, file: str) -> str:
        """The path of one of this member's example files.

        Raises:
            InputError: There is none of that name.
            FileNotFoundError: The member has no examples; tells where to write them.
        """
        folder = self.folder / "examples"
        if not folder.is_dir():
            raise FileNotFoundError(f"write {folder / file}")
        return str(folder / self.known(file, sorted(p.name for p in folder.iterdir())))


class Part(Frame):
    """A piece of a tab with components and handlers of its own."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        super().__init__(tab.page, tab.name, tab.say)

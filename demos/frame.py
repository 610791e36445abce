"""The frame that every member's page shares: source, input, result, look inside, explain, code, proof.

``Page`` collects while the app is built what the whole page needs (words to translate, values for the URL, named
endpoints); ``Member`` lays out one member's seven parts. Handlers are wrapped here and nowhere else, so an expected
mistake becomes a sentence in the visitor's language and anything else a number in the log.
"""

import ast
import functools
import html
import inspect
import logging
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr

import lmdemo
from demos.language import LANGUAGES, Speaker, Words, say_error
from demos.state import Field, one_of, read
from lmdemo.adapters.outputs import Info
from lmdemo.errors import HubError, InputError, LmdemoError

HERE = Path(__file__).parent
PROJECT = HERE.parent
SETTLE = 0.5  # seconds until the server has surely noticed that a connection was closed
log = logging.getLogger("lmdemo.page")
say = Speaker()

# The same function for whoever is asked: a GPU of ZeroGPU is lent to one adapter call at a time.
try:
    from spaces import GPU as on_gpu
except ImportError:  # everywhere but on Hugging Face Spaces

    def on_gpu(function: Callable) -> Callable:
        """Calls stay where they are."""
        return function


def guarded(handler: Callable, check: Callable[[tuple], None] | None = None) -> Callable:
    """Words what goes wrong in a handler; its argument ``lang`` tells in which language.

    Args:
        handler: The handler.
        check: Looks at its arguments before it runs, and raises what is wrong with them.
    """
    signature = inspect.signature(handler)

    def worded(error: Exception, args: tuple, kwargs: dict) -> gr.Error:
        lang = signature.bind_partial(*args, **kwargs).arguments.get("lang", "en")
        if isinstance(error, LmdemoError):
            message = html.escape(
                say_error(error, lang), quote=False
            )  # Gradio renders it as HTML, and names may hold any
            return gr.Error(message, title=say(lang, "error.title"), print_exception=False)
        number = uuid.uuid4().hex[:8]
        log.error("error %s in %s", number, handler.__qualname__, exc_info=error)
        return gr.Error(say(lang, "unexpected", id=number), title=say(lang, "error.title"), print_exception=False)

    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def wrapper(*args, **kwargs):
            try:
                if check:
                    check(args)
                yield from handler(*args, **kwargs)
            except gr.Error:
                raise
            except Exception as error:
                raise worded(error, args, kwargs) from None
    else:

        @functools.wraps(handler)
        def wrapper(*args, **kwargs):
            try:
                if check:
                    check(args)
                return handler(*args, **kwargs)
            except gr.Error:
                raise
            except Exception as error:
                raise worded(error, args, kwargs) from None

    return wrapper


class Whole(gr.Number):
    """A whole number of an endpoint."""

    is_template = True  # drawn by Gradio's own Number


CHECKED = (gr.Radio, gr.Dropdown, gr.Slider, gr.Number)  # Gradio would refuse wrong values of these in English only


def check_value(name: str, component: Any, value: Any) -> None:
    """Refuses what an endpoint's component does not admit.

    Raises:
        InputError: The value is no choice of a list, or no number in the component's range.
    """
    if isinstance(component, gr.Radio | gr.Dropdown):
        allowed = [choice for _, choice in component.choices]
        if value not in allowed and not getattr(component, "allow_custom_value", False):
            raise InputError(
                "unknown_choice",
                expected=f"{name}: {', '.join(map(str, allowed))}",
                got=repr(value)[:40],
                hint="Take one of these.",
            )
        return
    low, high = component.minimum, component.maximum
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise InputError("not_a_number", expected=f"{name}: a number", got=repr(value)[:40], hint="Give a number.")
    if isinstance(component, Whole) and value != value // 1:
        raise InputError(
            "not_whole", expected=f"{name}: a whole number", got=repr(value)[:40], hint="Give a whole number."
        )
    if low is not None and value < low or high is not None and value > high:
        raise InputError(
            "number_range",
            expected=f"{name}: {low} - {high}",
            got=repr(value)[:40],
            hint="Give a number in this range.",
        )


def wanted(name: str, source: str) -> tuple[str, ...]:
    """The sources that answer when ``source``, which may be ``both``, is chosen; a model without one on the hub answers alone."""
    if not lmdemo.catalog.MODELS[name].hub:
        return ("scratch",)
    return ("scratch", "hub") if source == "both" else (source,)


def opening(name: str, source: str, lang: str) -> Generator[str, None, Any]:
    """Opens a model in another thread, and yields what to tell meanwhile; leaving it early stops a download.

    Yields:
        Sentences such as ``Downloading resnet-50: 12.0 of 102.5 MB``; none for a model that is in memory.

    Returns:
        The adapter.

    Raises:
        LmdemoError: It can't be had.
    """
    stop, latest, outcome = threading.Event(), [], {}
    row = lmdemo.catalog.MODELS.get(name)
    shown = row.hub[0] if row and row.hub and source.startswith("hub") else name  # whose bytes come

    def work() -> None:
        try:
            outcome["adapter"] = lmdemo.load(name, source=source, progress=latest.append, stop=stop)
        except Exception as error:
            outcome["error"] = error

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(0.25)
    try:
        while thread.is_alive():
            p = latest[-1] if latest else None
            if p is not None and p.total:
                yield say(lang, "downloading", name=shown, done=p.done / 1e6, total=p.total / 1e6)
            else:
                yield say(lang, "loading", name=shown)
            thread.join(0.25)
    finally:
        stop.set()
    if "error" in outcome:
        raise outcome["error"]
    return outcome["adapter"]


def opened(name: str, source: str, lang: str, outputs: int, *, button: bool = True) -> Generator[tuple, None, Any]:
    """:func:`opening` for a handler of many outputs, which says ``adapter = yield from opened(...)``.

    Yields:
        Values for ``outputs`` components. The second is the status and takes the sentence; with ``button`` the last is the
        button that ends a run, shown while a model of the hub is had. The others stay as they are.
    """
    last = [gr.update(visible=True) if source != "scratch" else gr.skip()] if button else []
    steps = opening(name, source, lang)
    try:
        while True:
            yield gr.skip(), next(steps), *(gr.skip(),) * (outputs - 2 - len(last)), *last
    except StopIteration as end:
        return end.value
    finally:
        steps.close()  # left early: the download stops now, not when somebody sweeps up


class Page:
    """What the app gathers while its tabs are built.

    Attributes:
        language: The language choice; pass it into every handler.
        fields: Values that the URL holds.
        tabs: Each member's tab.
    """

    def __init__(self) -> None:
        self.fields: list[Field] = []
        self.tabs: dict[str, gr.Tab] = {}
        self._translated: list[tuple[Any, Callable[[str], dict[str, Any]]]] = []
        self._reworded: list[tuple[Callable, list, list]] = []
        self._replays: dict[str, tuple[Callable, list, list]] = {}
        self.language = gr.Radio(
            choices=[(name, tag) for tag, name in LANGUAGES.items()],
            value="en",
            label="Language · Bhasha",
            elem_classes="lm-language",
            min_width=200,
        )
        self._lang = gr.Radio(choices=list(LANGUAGES), value="en", visible=False, label="lang")  # of every endpoint
        self._called = gr.Button(visible=False)  # what every endpoint listens to; it is never pressed
        self.keep(Field(None, "lang", self.language, one_of(tuple(LANGUAGES)), "en"))

    def keep(self, field: Field) -> None:
        """Puts a component's value into the URL and takes it from there on load."""
        self.fields.append(field)

    def text(self, component: Any, speaker: Speaker = say, **keys: Any) -> Any:
        """Gives a component its words, and gives them again when the language changes.

        Args:
            component: The component.
            speaker: Who knows the words.
            keys: Property of the component -> key of the phrase; for ``choices`` a mapping from value to key.
        """

        def properties(lang: str) -> dict[str, Any]:
            return {
                name: [(speaker(lang, k), v) for v, k in key.items()] if name == "choices" else speaker(lang, key)
                for name, key in keys.items()
            }

        return self.translate(component, properties)

    def translate(self, component: Any, properties: Callable[[str], dict[str, Any]]) -> Any:
        """Sets a component's properties by language, now to English."""
        for name, value in properties("en").items():
            setattr(component, name, value)
            component._constructor_args[0][name] = value  # Gradio rebuilds a component from these when it is updated
        self._translated.append((component, properties))
        return component

    def reword(self, handler: Callable, inputs: Sequence, outputs: Sequence) -> None:
        """Runs ``handler(*inputs, lang)`` when the language changes: the results on show, in the other language."""
        self._reworded.append((handler, list(inputs), list(outputs)))

    def replay(self, member: str, handler: Callable, inputs: Sequence, outputs: Sequence, *, tab: bool = False) -> None:
        """Runs ``handler(*inputs, lang)`` after a link of this member was opened and its fields were filled.

        Args:
            member: The member.
            handler: The handler.
            inputs: What it takes.
            outputs: What it fills.
            tab: Run it also whenever the member's tab is chosen.
        """
        self._replays[member] = (handler, list(inputs), list(outputs))
        if tab:
            self.tabs[member].select(
                guarded(handler),
                [*inputs, self.language],
                list(outputs),
                show_progress="hidden",
                api_visibility="private",
            )

    def endpoint(self, function: Callable, inputs: Mapping[str, Any], output: Any) -> None:
        """Publishes a typed function as API endpoint and MCP tool, under its own name.

        Args:
            function: Its parameters are those of ``inputs`` and a last one ``lang``; its docstring is the description.
            inputs: Invisible components by parameter: they give the types and check files, ranges and choices.
            output: An invisible component for what it returns.
        """
        inputs = {**inputs, "lang": self._lang}
        checked = [(i, name, c) for i, (name, c) in enumerate(inputs.items()) if isinstance(c, CHECKED)]
        for _, _, component in checked:
            whole = isinstance(
                component, Whole
            )  # what is wrong passes; it is refused below, where the language is known
            component.preprocess = lambda v, whole=whole: (
                int(v) if whole and isinstance(v, float) and v.is_integer() else v
            )

        def check(args: tuple) -> None:
            for i, name, component in checked:
                check_value(name, component, args[i])

        self._called.click(guarded(function, check), list(inputs.values()), output, api_name=function.__name__)

    def wire(self, app: gr.Blocks, outer: gr.Tabs, places: Mapping[str, tuple[str, gr.Tabs | None]]) -> None:
        """Connects language and URL, once all tabs are built.

        Args:
            app: The Blocks.
            outer: The families' tabs.
            places: Member -> (its family's tab, the inner tabs or None).
        """
        components = [c for c, _ in self._translated]

        def translate(lang: str) -> list[Any]:
            return [gr.update(**properties(lang)) for _, properties in self._translated]

        changed = self.language.change(
            translate, self.language, components, show_progress="hidden", api_visibility="private", queue=False
        )
        given = list({c._id: c for _, inputs, _ in self._reworded for c in inputs}.values())
        shown = list({c._id: c for _, _, outputs in self._reworded for c in outputs}.values())

        def reword(*values: Any) -> list[Any]:
            value, made = dict(zip((c._id for c in given), values, strict=False)), {}
            for handler, inputs, outputs in self._reworded:
                try:
                    result = guarded(handler)(*(value[c._id] for c in inputs), values[-1])
                except gr.Error as error:  # one result that can't be said again leaves the others alone
                    gr.Warning(error.message)
                    continue
                made |= zip((c._id for c in outputs), result if len(outputs) > 1 else (result,), strict=True)
            return [made.get(c._id, gr.skip()) for c in shown]

        changed.then(reword, [*given, self.language], shown, show_progress="hidden", api_visibility="private")
        for field in self.fields:
            field.component.change(None, field.component, None, js=field.script, api_visibility="private")

        inner = list({id(t): t for _, t in places.values() if t is not None}.values())
        replayed = {member: gr.State(False) for member in self._replays}  # one is set, and only its handler runs

        def restore(request: gr.Request) -> list[Any]:
            query = dict(request.query_params)
            tab = query.get("tab", "start")
            member = tab if tab in places else next((m for m, (family, _) in places.items() if family == tab), "start")
            values, refused = read(query, self.fields, member)
            family, tabs = places.get(member, ("start", None))
            if refused:
                gr.Warning(say(query.get("lang", "en"), "query_ignored", what=", ".join(refused)))
            return [
                gr.update(selected=family),
                *(gr.update(selected=member) if t is tabs else gr.skip() for t in inner),
                *(gr.update(value=values[i]) if i in values else gr.skip() for i in range(len(self.fields))),
                *(True if m == member else gr.skip() for m in replayed),
            ]

        loaded = app.load(
            restore,
            None,
            [outer, *inner, *(f.component for f in self.fields), *replayed.values()],
            show_progress="hidden",
            api_visibility="private",
        )  # through the queue, which carries warnings
        loaded.then(None, None, None, js="() => window.lmdemo.start()", api_visibility="private")
        for member, (handler, inputs, outputs) in self._replays.items():
            replayed[member].change(
                guarded(handler), [*inputs, self.language], outputs, show_progress="minimal", api_visibility="private"
            )


class Member:
    """Lays out one member's page, part by part.

    Args:
        page: The page.
        name: The member's name in the catalog and in the URL.
        words: Its own phrases.
    """

    def __init__(self, page: Page, name: str, words: Words) -> None:
        self.page, self.name, self.say = page, name, Speaker(words)

    def text(self, component: Any, **keys: Any) -> Any:
        """Gives a component its words in both languages; see :meth:`Page.text`."""
        return self.page.text(component, self.say, **keys)

    def keep(
        self, name: str, component: Any, check: Callable[[str], Any], initial: Any = None, limit: int = 2_000
    ) -> None:
        """Keeps a component's value in the URL while this member is open."""
        self.page.keep(Field(self.name, name, component, check, initial, limit))

    def on(self, listener: Callable, handler: Callable, inputs: Sequence, outputs: Sequence, **options: Any) -> Any:
        """Runs ``handler(*inputs, lang)`` on an event such as ``button.click``; keeps it out of the public API."""
        options = {"api_visibility": "private", "show_progress": "minimal"} | options
        return listener(guarded(handler), [*inputs, self.page.language], list(outputs), **options)

    def ends(self, button: gr.Button, running: Sequence) -> Any:
        """Ends what is running when a button is pressed; what follows the event that it returns comes when all is over.

        Gradio ends an event by closing the visitor's connection, and drops whatever that visitor asks before the server has
        noticed. So the page says that it has ended only after a moment: what is pressed then is heard.
        """
        ended = button.click(None, None, None, cancels=list(running), api_visibility="private", queue=False)
        return ended.then(
            lambda: time.sleep(SETTLE), None, None, show_progress="hidden", api_visibility="private", queue=False
        )

    def stops(self, button: gr.Button, running: Sequence, status: gr.Markdown, key: str = "stopped") -> None:
        """Ends what is running when a button is pressed; then, when nothing can write over it any more, says so."""
        self.ends(button, running).then(
            lambda lang: (self.say(lang, key), gr.update(visible=False)),
            self.page.language,
            [status, button],
            show_progress="hidden",
            api_visibility="private",
            queue=False,
        )

    @contextmanager
    def part(self, key: str, **options: Any) -> Iterator[gr.Column]:
        """One of the frame's parts under its heading."""
        with gr.Column(elem_classes=["lm-part", f"lm-part-{key}"], **options) as column:
            self.page.translate(
                gr.Markdown(elem_classes="lm-heading"), lambda lang: {"value": f"## {self.say(lang, 'part.' + key)}"}
            )
            yield column

    def source(self, sources: Sequence[str], models: Sequence[str] = ()) -> tuple[gr.Radio | gr.State, gr.Radio]:
        """Part 1: which of our models, and whose network answers.

        Returns:
            The choice of the model (a constant where there is one only) and of the source; both are in the URL.
        """
        with gr.Row(elem_classes="lm-source"):
            if len(models) > 1:
                model = self.text(gr.Radio(value=models[0]), label="model", choices={m: f"model.{m}" for m in models})
                self.keep("model", model, one_of(models), models[0])
            else:
                model = gr.State(models[0])
            source = self.text(
                gr.Radio(value=sources[0]),
                label="source",
                info="source.help",
                choices={s: f"source.{s}" for s in sources},
            )
            self.keep("source", source, one_of(sources), sources[0])
        return model, source

    def explain(self) -> None:
        """Part 5: the explanation, written in both languages."""
        with self.text(gr.Accordion(open=True, elem_classes="lm-fold"), label="part.explain"):
            # The diagram, labelled in English terms, stands apart: Mermaid stumbles when a text is swapped while it draws.
            gr.Markdown(
                (HERE / "explanations" / "diagrams" / f"{self.name}.md").read_text(encoding="utf-8"),
                elem_classes="lm-explain",
            )
            self.page.translate(
                gr.Markdown(
                    elem_classes="lm-explain", latex_delimiters=[{"left": "$", "right": "$", "display": False}]
                ),
                lambda lang: {"value": explanation(self.name, lang)},
            )

    def code(
        self,
        model_file: str,
        shown: Sequence[str],
        *,
        describe: Callable[..., Sequence],
        inputs: Sequence = (),
        keras: str = "",
    ) -> gr.Code:
        """Part 6: layers, source lines, the Keras twin, and a snippet.

        Args:
            model_file: Such as ``lmdemo/models/cnn.py``.
            shown: Names in it whose lines are behind what the page shows, such as ``CNN.forward``.
            describe: ``describe(*inputs)`` gives rows (layer, kind, output shape, parameters).
            inputs: Components that ``describe`` takes.
            keras: A file with the same network in Keras, or "".

        Returns:
            The snippet's component, for the result's handler to fill.
        """
        with self.text(gr.Accordion(open=False, elem_classes="lm-fold"), label="part.code"):
            snippet = self.text(gr.Code(language="python", interactive=False, lines=4), label="code.snippet")
            button = self.text(gr.Button(size="sm"), value="code.show")
            table = gr.HTML(elem_classes="lm-table")
            part = gr.Dropdown(choices=list(shown), value=shown[0], filterable=False)
            self.text(part, label="code.source")
            source = gr.Code(source_lines(model_file, shown[0]), language="python", interactive=False, label=model_file)
            part.change(
                lambda name: source_lines(model_file, name),
                part,
                source,
                api_visibility="private",
                show_progress="hidden",
            )

            def layers(*values: Any) -> str:
                *given, lang = values
                return layer_table(describe(*given), self.say, lang)

            self.on(button.click, layers, inputs, [table])
            if keras and (PROJECT / keras).exists():
                self.text(
                    gr.Code(
                        (PROJECT / keras).read_text(encoding="utf-8"),
                        language="python",
                        interactive=False,
                        max_lines=30,
                    ),
                    label="code.keras",
                )
        return snippet

    def proof(self) -> None:
        """Part 7: the checks against implementations that we did not write, run here at the press of a button."""

        def run(lang: str) -> str:
            started = time.perf_counter()
            checks = lmdemo.prove(self.name)
            return proof_table(checks, time.perf_counter() - started, lang)

        with self.text(gr.Accordion(open=False, elem_classes="lm-fold"), label="part.proof"):
            self.text(gr.Markdown(), value="proof.intro")
            button = self.text(gr.Button(size="sm", elem_id=f"proof-{self.name}"), value="proof.run")
            table = gr.HTML(elem_classes="lm-table")
            self.on(button.click, run, [], [table])


# -- what several members' endpoints give ------------------------------------------------------------------------------------


def check_rows(member: str) -> list[dict[str, Any]]:
    """Runs a member's proof: for each check its name, reference, largest difference, tolerance, and whether it passed."""
    return [
        {
            "name": c.name,
            "reference": c.reference,
            "difference": c.difference,
            "tolerance": c.tolerance,
            "passed": c.passed,
        }
        for c in lmdemo.prove(member)
    ]


def layer_rows(adapter: Any) -> list[dict[str, Any]]:
    """An adapter's layers: name, kind, shape and parameters of each."""
    return [dict(zip(("name", "kind", "shape", "parameters"), row, strict=True)) for row in adapter.layers()]


def side_by_side(ask: Callable[[str], dict[str, Any]], lang: str) -> dict[str, dict[str, Any]]:
    """What ``ask`` gives for our network and for the hub's; where that can't be had, ``error`` says why."""
    found = {"scratch": ask("scratch")}
    try:
        found["hub"] = ask("hub")
    except HubError as error:
        found["hub"] = {"error": say_error(error, lang)}
    return found


# -- pictures of numbers in plain HTML: every value is escaped -------------------------------------------------------------


def explanation(member: str, lang: str) -> str:
    """A member's explanation in Markdown."""
    return (HERE / "explanations" / lang / f"{member}.md").read_text(encoding="utf-8")


def source_lines(file: str, name: str) -> str:
    """The lines of a function, class or method, read from the file without importing it."""
    text = (PROJECT / file).read_text(encoding="utf-8")
    body = ast.parse(text).body
    for part in name.split("."):
        node = next(n for n in body if getattr(n, "name", None) == part)
        body = getattr(node, "body", [])
    return "".join(text.splitlines(keepends=True)[node.lineno - 1 : node.end_lineno])


def html_table(head: Sequence[str], rows: Sequence[Sequence[Any]], caption: str = "") -> str:
    """A table; numbers are set to the right."""

    def cell(value: Any) -> str:
        right = ' class="number"' if isinstance(value, int | float) else ""
        shown = f"{value:,}" if isinstance(value, int) else value
        return f"<td{right}>{html.escape(str(shown))}</td>"

    body = "".join("<tr>" + "".join(cell(v) for v in row) + "</tr>" for row in rows)
    heads = "".join(f'<th scope="col">{html.escape(h)}</th>' for h in head)
    title = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    return f'<div class="lm-scroll" tabindex="0" role="region" aria-label="{html.escape(caption or head[0])}"><table>{title}<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'


def layer_table(layers: Sequence[tuple[str, str, str, int]], speaker: Speaker, lang: str) -> str:
    """Layers with kind, output shape and parameters, and their sum."""
    rows = [*layers, (speaker(lang, "code.total"), "", "", sum(row[3] for row in layers))]
    return html_table(
        [speaker(lang, f"code.{k}") for k in ("layer", "kind", "shape", "parameters")],
        rows,
        speaker(lang, "code.layers"),
    )


def proof_table(checks: Sequence[Any], seconds: float, lang: str) -> str:
    """What was compared and how far apart it was."""
    rows = [
        (
            c.name,
            c.reference,
            f"{c.difference:.1e}",
            f"{c.tolerance:.0e}",
            ("✓ " if c.passed else "✗ ") + say(lang, "proof.equal" if c.passed else "proof.differs"),
        )
        for c in checks
    ]
    head = [say(lang, f"proof.{k}") for k in ("ours", "reference", "difference", "tolerance")] + ["="]
    return html_table(head, rows, say(lang, "proof.took", n=len(checks), seconds=seconds, device="CPU"))


def card(info: Info, milliseconds: float, lang: str) -> str:
    """What stands under each result: whose answer, parameters, megabytes, time, device."""
    figures = [
        (f"{info.parameters:,}", "card.parameters"),
        (f"{info.bytes / 1e6:.2f}", "card.megabytes"),
        (f"{milliseconds:.1f}", "card.milliseconds"),
        (info.device, "card.device"),
    ]
    shown = "".join(f"<div><dd>{html.escape(v)}</dd><dt>{html.escape(say(lang, k))}</dt></div>" for v, k in figures)
    foot = f"{say(lang, 'card.licence')}: {info.licence} · {say(lang, 'card.trained_on')}: {info.training_data}"
    return (
        f'<section class="lm-card {"scratch" if info.source != "hub" else "hub"}"><h4>{html.escape(info.name)} '
        f"<span>{html.escape(say(lang, 'source.' + info.source))}</span></h4><dl>{shown}</dl><p>{html.escape(foot)}</p></section>"
    )


def sorry(name: str, source: str, error: LmdemoError, lang: str) -> str:
    """The card of a model that could not be had: which, why, what to do."""
    return (
        f'<section class="lm-card hub" role="alert"><h4>{html.escape(name)} <span>{html.escape(say(lang, "source." + source))}'
        f"</span></h4><p>{html.escape(say_error(error, lang))}</p></section>"
    )


def cards(*made: str) -> str:
    """One card, or several side by side."""
    return f'<div class="lm-cards">{"".join(made)}</div>'

"""One page of the app, a family with its members: what they gather while they are built, language, and link."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import gradio as gr

from demos.core.errors import guarded
from demos.core.handlers import Handler, once, something
from demos.core.looking import Look
from demos.core.url import Field, one_of, read, read_saved, read_threads
from demos.core.words import LANGUAGES, say

Update = dict[Any, Any]  # component -> its new value; what is not named stays as it is
QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


class Page:
    """What a page gathers while its members are built.

    Args:
        links: Gives, for a member, what goes along, and a language, the links that lead to the other members that take it.

    Attributes:
        along: The same.
        language: The language choice; it is handed to every handler.
        fields: Values that the URL holds.
        tabs: The members, by name.
        inner: The row of members, where there are several.
        panels: Each member's part of the row.
        stops: Buttons that end what runs.
    """

    def __init__(self, links: Callable[[str, str, str], str] = lambda member, thread, lang: "") -> None:
        self.along = links
        self.fields: list[Field] = []
        self.tabs: dict[str, Any] = {}
        self.inner: gr.Tabs | None = None
        self.panels: dict[str, gr.Tab] = {}
        self.stops: list[gr.Button] = []
        self._translated: list[tuple[Any, Callable[[str], dict[str, Any]]]] = []
        self._reworded: list[Handler] = []
        self._links: dict[str, Handler] = {}
        choices = [(name, tag) for tag, name in LANGUAGES.items()]
        self.language = gr.Radio(
            choices, value="en", label="Language · Bhasha", elem_classes=["lm-language", "lm-seg"], min_width=100
        )
        self.keep(Field(None, "lang", self.language, one_of(tuple(LANGUAGES)), "en"))

    def keep(self, field: Field) -> None:
        """Puts a component's value into the URL and takes it from there on load."""
        self.fields.append(field)

    def text(self, component: Any, speaker: Callable[[str, str], str] = say, **keys: Any) -> Any:
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
        self._translated.append((component, properties))
        return component

    def reword(self, handler: Callable[..., Update], outputs: Sequence[Any], inputs: Mapping[str, Any]) -> None:
        """Runs ``handler(**inputs, lang=...)`` when the language changes."""
        self._reworded.append(Handler(handler, outputs, inputs))

    def on_link(
        self, member: str, handler: Callable[..., Any], outputs: Sequence[Any], inputs: Mapping[str, Any]
    ) -> None:
        """Runs ``handler(**inputs, lang=...)`` when a link of the member is opened, its fields filled."""
        self._links[member] = Handler(handler, outputs, inputs)

    def wire(self, app: gr.Blocks) -> None:
        """Connects language and URL, once all members are built."""
        self._wire_language()
        for one in self.fields:
            one.component.change(None, one.component, None, js=one.script, api_visibility="private")
        self._wire_link(app)

    # -- language ----------------------------------------------------------------------------------------------------------

    def _words(self, lang: str) -> Update:
        return {component: gr.update(**properties(lang)) for component, properties in self._translated}

    def _reword(self, values: Mapping[Any, Any], lang: str) -> Update:
        """All words, and what is on show, in a language."""
        made = self._words(lang)
        for h in self._reworded:
            inputs = {name: values.get(c, c.value) for name, c in h.inputs.items()}
            try:
                made |= {c: _merged(made.get(c), v) for c, v in guarded(h.run)(**inputs, lang=lang).items()}
            except gr.Error as error:  # one result that can't be said again leaves the others alone
                gr.Warning(error.message)
        return made

    def _said(self) -> list[Any]:
        return once([c for c, _ in self._translated], *(h.outputs for h in self._reworded))

    def _wire_language(self) -> None:
        given = {f"c{c._id}": c for h in self._reworded for c in h.inputs.values()}

        def reword(*, lang: str, **values: Any) -> Update:
            return self._reword({c: values[name] for name, c in given.items()}, lang)

        named = {"lang": self.language, **given}
        self.language.input(reword, None, self._said(), inputs_kwargs=named, **QUIET)

    # -- link --------------------------------------------------------------------------------------------------------------

    def _wire_link(self, app: gr.Blocks) -> None:
        """One request on load: fields are filled, words are said in the link's language, and the member answers."""
        saved = gr.Textbox(visible=False)  # what this browser tab kept of the page's other members

        def restore(saved: str, request: gr.Request) -> Iterator[Update]:
            query = dict(request.query_params)
            member = query.get("tab", "") if query.get("tab") in self.tabs else next(iter(self.tabs), "")
            values, refused = read(query, self.fields, member)
            if refused:
                gr.Warning(say(query.get("lang", "en"), "query_ignored", what=", ".join(refused)))
            kept = read_saved(saved, self.fields, member)
            filled = self._filled(values, kept, read_threads(saved, self.fields))
            lang = filled.get(self.language, "en")
            shown = self._reword(filled, lang) if lang != "en" else {}
            for component, value in filled.items():
                said = shown.get(component)
                shown[component] = gr.update(**{**(said if isinstance(said, dict) else {}), "value": value})
            if self.inner is not None:
                shown[self.inner] = gr.update(selected=member)
            yield shown
            yield from self._linked(member, filled, lang)

        outputs = once(
            [f.component for f in self.fields],
            [c for tab in self.tabs.values() for lang in LANGUAGES for c in tab.begin(lang)],
            self._said(),
            [self.inner] if self.inner is not None else [],
            *(h.outputs for h in self._links.values()),
        )
        run = guarded(something(restore, self.language))
        # At once, so that what is asked before the page has loaded is answered in the link's language, too.
        tags = json.dumps(list(LANGUAGES))
        at_once = f"() => {tags}.find(t => t === new URLSearchParams(location.search).get('lang')) ?? 'en'"
        app.load(None, None, self.language, js=at_once, api_visibility="private")
        loaded = app.load(run, saved, outputs, js="() => window.lmdemo.saved()", **QUIET)
        loaded.then(None, None, None, js="() => window.lmdemo.start()", api_visibility="private")
        asked = [loaded, *(self._wire_look(member) for member in self._links if member in self.panels)]
        for button in self.stops:  # what a link asks can be stopped as what a click asks
            button.click(None, None, None, cancels=asked, queue=False, api_visibility="private")

    def _filled(self, values: Mapping[int, Any], kept: Mapping[int, Any], threads: Mapping[int, Any]) -> Update:
        """What the fields hold when a page opens: what the link says goes before what this browser tab kept, then what went
        along from another member, then what a member begins with in the link's language.
        """
        lang = next((v for i, v in values.items() if self.fields[i].component is self.language), "en")
        told = {self.fields[i].member for i in {**kept, **values}}
        begun = {c: v for name, tab in self.tabs.items() if name not in told for c, v in tab.begin(lang).items()}
        given = {**threads, **kept, **values}
        return begun | {self.fields[i].component: value for i, value in given.items()}

    def _linked(self, member: str, values: Mapping[Any, Any], lang: str) -> Iterator[Update]:
        """Answers a member's link with the fields as they were filled."""
        if member in self._links:
            h = self._links[member]
            made = h.run(**{name: values.get(c, c.value) for name, c in h.inputs.items()}, lang=lang)
            yield from [made] if isinstance(made, dict) else made

    def _wire_look(self, member: str) -> Any:
        """A member that was filled from what the browser tab kept answers when it is first looked at."""
        link = self._links[member]
        taken = [f for f in self.fields if f.member == member and f.thread]

        def answer(event: gr.EventData, *, lang: str, **values: Any) -> Iterator[Update]:
            saved = str(getattr(event, "saved", ""))
            along = {taken[i].component: value for i, value in read_threads(saved, taken).items()}
            if along:
                yield along
            yield from self._linked(member, {c: values[name] for name, c in link.inputs.items()} | along, lang)

        named, outputs = {"lang": self.language, **link.inputs}, once(link.outputs, [f.component for f in taken])
        return Look(member, taken).look(
            guarded(something(answer, outputs[0])), None, outputs, inputs_kwargs=named, **QUIET
        )


def _merged(words: Any, shown: Any) -> Any:
    """A component's update by its words and by what is on show: both, where both change some of its properties."""
    both = all(isinstance(u, dict) and u.get("__type__") == "update" for u in (words, shown))
    return {**words, **shown} if both else shown

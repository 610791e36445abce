"""What a page and its pieces are wired with: words, the link, events with named inputs and named outputs."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import gradio as gr

from demos.core.errors import guarded
from demos.core.handlers import something
from demos.core.page import Page, Update
from demos.core.url import MAX_TEXT, Check, Field
from demos.core.words import Speaker

SETTLE = 0.5  # seconds until the server has surely noticed that a connection was closed


class Wired:
    """Something with components and handlers on a member's page.

    ``lay_out`` makes the components, ``connect`` says what runs on which event, the rest are handlers: methods with
    keyword-only arguments, named as in ``connect``, that return or yield ``{component: value}`` for what they change.
    A ``gr.EventData`` or ``gr.Request`` comes first, by position.

    Args:
        page: The page.
        name: The member's name in TABS and in the URL.
        say: Who knows its words.
    """

    def __init__(self, page: Page, name: str, say: Speaker) -> None:
        self.page, self.name, self.say = page, name, say
        self.lay_out()
        self.connect()

    def lay_out(self) -> None:
        """Makes the components."""
        raise NotImplementedError

    def connect(self) -> None:
        """Says what runs on which event."""

    # -- words and links -------------------------------------------------------------------------------------------------

    def text(self, component: Any, **keys: Any) -> Any:
        """Gives a component its words in all languages; see :meth:`Page.text`."""
        return self.page.text(component, self.say, **keys)

    def translate(self, component: Any, properties: Callable[[str], Update]) -> Any:
        """Sets a component's properties by language; see :meth:`Page.translate`."""
        return self.page.translate(component, properties)

    def keep(
        self, name: str, component: Any, check: Check, initial: Any = None, limit: int = MAX_TEXT, thread: str = ""
    ) -> None:
        """Keeps a component's value in the URL while this member is open; see :class:`demos.core.url.Field`."""
        self.page.keep(Field(self.name, name, component, check, initial, limit, thread))

    def phrases(self, group: str, lang: str) -> dict[str, str]:
        """The words of a view: all whose keys begin with ``<group>.``."""
        return self.say.group(lang, group)

    # -- events ------------------------------------------------------------------------------------------------------------

    def when(
        self,
        triggers: Any,
        handler: Callable[..., Any],
        outputs: Iterable[Any],
        inputs: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Any:
        """Runs ``handler(**inputs, lang=...)`` on an event, or on several; it names what it changes among ``outputs``."""
        options = {"api_visibility": "private", "show_progress": "hidden"} | options
        named, outputs = {**(inputs or {}), "lang": self.page.language}, list(outputs)
        run = guarded(something(handler, outputs[0]))
        if not isinstance(triggers, Sequence):
            triggers = (triggers,)
        if len(triggers) == 1:  # a view's own event is no trigger of gr.on
            return triggers[0](run, None, outputs, inputs_kwargs=named, **options)
        return gr.on(triggers, run, None, outputs, inputs_kwargs=named, **options)

    def reword(
        self, handler: Callable[..., Update], outputs: Iterable[Any], inputs: Mapping[str, Any] | None = None
    ) -> None:
        """Runs ``handler(**inputs, lang=...)`` when the language changes: what is on show, in the other language."""
        self.page.reword(handler, list(outputs), inputs or {})

    def on_link(
        self, handler: Callable[..., Any], outputs: Iterable[Any], inputs: Mapping[str, Any] | None = None
    ) -> None:
        """Runs ``handler(**inputs, lang=...)`` after a link of this member was opened and its fields were filled."""
        self.page.on_link(self.name, handler, list(outputs), inputs or {})

    def ends(self, button: gr.Button, running: Iterable[Any]) -> Any:
        """Ends what is running when a button is pressed; what follows the event that it returns comes when all is over.

        Gradio ends an event by closing the visitor's connection, and drops whatever that visitor asks before the server
        has noticed. So the page says that it has ended only after a moment: what is pressed then is heard.
        """
        options: dict[str, Any] = {"api_visibility": "private", "queue": False}
        ended = button.click(None, None, None, cancels=list(running), **options)
        self.page.stops.append(button)
        return ended.then(lambda: time.sleep(SETTLE), None, None, show_progress="hidden", **options)

    def stops(self, button: gr.Button, running: Iterable[Any], status: gr.Markdown, key: str = "stopped") -> None:
        """Ends what is running when a button is pressed; then, when nothing can write over it any more, says so."""

        def stopped(lang: str) -> Update:
            return {status: self.say(lang, key), button: gr.update(visible=False)}

        ended = self.ends(button, running)
        ended.then(
            stopped, self.page.language, [status, button], show_progress="hidden", api_visibility="private", queue=False
        )

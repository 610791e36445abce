"""Every place that touches what Gradio keeps to itself, tried on Gradio 6.31; ``tests/demos/test_startup.py`` tells when one
of them no longer works. Each is an economy: without it the page goes on, only slower or heavier.

``quicken``: whenever a component's class is defined, Gradio parses its source and rewrites a .pyi file beside it, for
editors; here nobody edits, and the folder may be read-only. It also renders a docstring for each event of each class. And
whenever a component is made or sent, Gradio works out the parameters of its class anew; they are noted once. Importing Gradio
takes about half the time.

``served_once``: Gradio makes a server, and the configuration of all pages, at the end of each; what ``launch()`` makes is enough.

``lighten``: a session copies the configuration of all components, for deep links, which we do not offer: 1.8 MB and 48 ms
of the event loop for 1,030 components, kept for ever. A light one keeps what its visitor changed, and goes an hour after it
was closed, or a day after it was last used.

``tell_whole``: of a handler's steps Gradio sends what differs, and its script changes the value of an earlier step in place, at
times before it was shown: a busy browser then never shows it. Here a value that changed is sent whole; text that grows is not.

``unswept``: of what is made while starting next to nothing goes away; looking for garbage in it took a fifth of the start.

``spare``: a page carries the layout of every other page, what the list of functions says of each component, and where to find
components of others; only the pages of functions have that list, and nothing of others is here.

``LAUNCH``: Gradio would ask itself for the page, and give up on a machine that takes more than three seconds for it.
"""

import contextlib
import datetime
import gc
import inspect
import sys
from collections import ChainMap
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_META = "gradio.component_meta"
CLOSED, UNUSED = datetime.timedelta(hours=1), datetime.timedelta(days=1)  # how long a session is kept
SESSIONS = 1_000  # at most; of more, those go that were not used for longest
LAUNCH = {"_frontend": False}


def quicken() -> None:
    """Lets Gradio be imported in about half the time; to be called before it is."""
    if _META in sys.modules:
        _quicken(sys.modules[_META])
    else:
        sys.meta_path.insert(0, _Finder)


def _quicken(module: ModuleType) -> None:
    updateable: Any = getattr(module, "updateable", lambda function: function)

    def noted(function: Callable[..., Any]) -> Any:
        function.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
        return updateable(function)

    module.updateable = noted  # type: ignore[attr-defined]
    module.create_or_modify_pyi = lambda *_: None  # type: ignore[attr-defined]
    if hasattr(module, "EventListener"):
        module.EventListener.set_doc = lambda self, component: None


class _Finder(PathFinder):
    @classmethod
    def find_spec(cls, fullname: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = super().find_spec(fullname, path, target) if fullname == _META else None
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                _quicken(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


@contextlib.contextmanager
def unswept() -> Iterator[None]:
    """Leaves the collection of garbage out, and what was made until the end out of all later ones."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def served_once() -> Iterator[None]:
    """Makes no server, and no configuration of all pages, while they are being built."""
    from gradio.blocks import Blocks
    from gradio.routes import App

    app: Any = App
    blocks: Any = Blocks
    make, configure = app.create_app, blocks.get_config_file
    app.create_app = staticmethod(lambda *args, **kwargs: None)
    blocks.get_config_file = lambda self: {}
    try:
        yield
    finally:
        app.create_app, blocks.get_config_file = staticmethod(make), configure


def _light_session() -> type:
    """The class of a session that copies nothing."""
    from gradio import state_holder
    from gradio.components import CheckboxGroup, Dropdown, Number, Radio, Slider, State

    changing = (CheckboxGroup, Dropdown, Number, Radio, Slider)  # their properties decide what a visitor may send

    class LightSession(state_holder.SessionState):
        def __init__(self, blocks: Any) -> None:
            kind: Any = type(blocks.default_config)
            config = kind.__new__(kind)
            vars(config).update(vars(blocks.default_config))
            config.blocks = ChainMap({}, blocks.default_config.blocks)
            self.blocks_config, self.config_values, self.state_data = config, {}, {}
            self._state_ttl, self.is_closed = {}, False
            self._last: tuple[int | None, Any] = (None, None)
            self.STATE_TTL_WHEN_CLOSED = int(CLOSED.total_seconds())

        def __getitem__(self, key: int) -> Any:
            last, block = self._last
            return block if key == last else super().__getitem__(key)

        def __setitem__(self, key: int, value: Any) -> None:
            if isinstance(self.blocks_config.blocks.get(key), State):
                self._state_ttl[key] = (None, datetime.datetime.now())
                self.state_data[key] = value
            elif isinstance(value, changing):
                self.blocks_config.blocks[key] = value
            else:  # Gradio reads it once, right away, to send it
                self._last = (key, value)

        def _update_config(self, key: int) -> None:
            """Nothing: no deep link is made."""

        def _update_value_in_config(self, key: int, value: Any) -> None:
            """Nothing, too."""

    return LightSession


def _sweep(holder: Any) -> None:
    """Lets go of sessions that were closed, or not used for long."""
    now = datetime.datetime.now()
    for name, used in list(holder.time_last_used.items()):
        session = holder.session_data.get(name)
        if session is None or now - used > (CLOSED if session.is_closed else UNUSED):
            holder.delete_state(name)
            holder.session_data.pop(name, None)
            holder.time_last_used.pop(name, None)


def lighten() -> None:
    """Lets sessions be light, and go."""
    from gradio import state_holder

    light = _light_session()
    heavy = state_holder.SessionState
    for name, module in list(sys.modules.items()):
        if name.startswith("gradio.") and getattr(module, "SessionState", None) is heavy:
            module.SessionState = light  # type: ignore[attr-defined]
    state_holder.StateHolder.delete_all_expired_state = _sweep  # type: ignore[method-assign]


def tell_whole() -> None:
    """Lets each step of a handler reach the page, however quickly the next one follows."""
    from gradio import utils

    differences: Callable[[Any, Any], list[Any]] = utils.diff

    def diff(old: Any, new: Any) -> list[Any]:
        if isinstance(old, str) and isinstance(new, str):
            return differences(old, new)
        return [] if old == new else [["replace", [], new]]

    utils.diff = diff


# Of a component: what the list of functions says of it.
LISTED = ("api_info", "api_info_as_input", "api_info_as_output", "example_inputs")
# Where to find one that is not Gradio's own; all that we have are drawn by Gradio's.
FOREIGN = ("component_class_id",)
# What the page's script does not ask for, and what it takes for nothing where it is missing.
UNREAD = frozenset({"skip_api", "preserved_by_key", "max_batch_size", "collects_event_data"})
NOTHING = frozenset(
    {"_retryable", "_undoable", "likeable", "streamable", "_selectable", "component_prop_inputs", "js_implementation"}
    | {
        "trigger_only_on_success",
        "trigger_only_on_failure",
        "event_specific_args",
        "show_progress_on",
        "scroll_to_output",
    }
    | {"api_description", "batch", "time_limit", "autoscroll", "css_template", "header_links", "rtl"}
)


# The same of an event alone, whose name nobody is told.
OF_EVENTS = frozenset({"stream_every", "rendered_in", "api_visibility"})


def _event(event: dict[str, Any]) -> dict[str, Any]:
    """What a page's script reads of an event; one that is public is listed."""
    private = event.get("api_visibility") != "public" and not event.get("event_specific_args")
    return {k: v for k, v in _read(event).items() if k not in OF_EVENTS or not private}


def _read(record: dict[str, Any]) -> dict[str, Any]:
    """What a page's script reads of a component, its properties or an event."""
    return {k: v for k, v in record.items() if k not in UNREAD and (v or k not in NOTHING)}


def spare(listing: str) -> None:
    """Leaves out of a page what it does not show; pages whose names begin with ``listing`` have the list of functions."""
    from gradio import routes

    filters = routes.templates.env.filters
    whole: Callable[[Any], str] = filters["toorjson"]

    def toorjson(value: Any) -> str:
        page = value.get("current_page") if isinstance(value, dict) else None
        if page is None or page not in value.get("page", {}):
            return whole(value)
        if page.startswith(listing):
            kept = {"components": [{k: v for k, v in c.items() if k not in FOREIGN} for c in value["components"]]}
        else:
            shown = [{k: v for k, v in c.items() if k not in (*LISTED, *FOREIGN)} for c in value["components"]]
            kept = {
                "components": [_read(c | {"props": _read(c["props"])} if "props" in c else c) for c in shown],
                "dependencies": [_event(d) for d in value.get("dependencies", ())],
            }
        return whole({**value, "page": {page: value["page"][page]}} | kept)

    filters["toorjson"] = toorjson

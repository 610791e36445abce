"""Functions as endpoints of the API and tools of MCP: the signature says what a caller may give."""

import functools
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import gradio as gr

import lmdemo
from demos.core.errors import guarded
from demos.core.words import LANGUAGES, say_error
from lmdemo.errors import HubError, InputError


class Between(tuple[float, float]):
    """Bounds of a number: ``Annotated[float, Between((0, 5))]``."""


class Choice(gr.Radio):
    """One of an endpoint's choices. A wrong one passes here; it is refused where the language is known."""

    is_template = True  # drawn by Gradio's own Radio

    def preprocess(self, payload: Any) -> Any:
        """The value as it came."""
        return payload


class Listed(gr.Dropdown):
    """One of many choices of an endpoint; refused like the others: ``Annotated[Literal[...], Listed]``."""

    is_template = True

    def preprocess(self, payload: Any) -> Any:
        """The value as it came."""
        return payload


class Bounded(gr.Slider):
    """A number of an endpoint within bounds; refused like a choice."""

    is_template = True

    def preprocess(self, payload: Any) -> Any:
        """The value as it came."""
        return payload


class Real(gr.Number):
    """A number of an endpoint; refused like a choice."""

    is_template = True

    def preprocess(self, payload: Any) -> Any:
        """The value as it came."""
        return payload


class Whole(gr.Number):
    """A whole number of an endpoint; refused like a choice."""

    is_template = True

    def preprocess(self, payload: Any) -> Any:
        """The value as it came; 3.0 is 3."""
        return int(payload) if isinstance(payload, float) and payload.is_integer() else payload


class Clip(gr.Audio):
    """A clip whose file is handed on unopened: its header is checked before anything is decoded."""

    is_template = True

    def preprocess(self, payload: Any) -> str:
        """The path of the file; "" where there is none."""
        return payload.path if payload is not None else ""


def uploaded(component: gr.Image, payload: Any) -> str:
    """The path of a picture that its visitor uploaded or took; "" where there is none.

    Gradio (tried: 6.31) looks where a posted file lies for all components but this: it opens any picture of the server.

    Raises:
        gr.Error: The file is none that was uploaded.
    """
    path = getattr(payload, "path", None) or ""
    if path and not Path(path).resolve().is_relative_to(Path(component.GRADIO_CACHE).resolve()):
        raise gr.Error("Expected: a picture that was uploaded. Came: another file of the server. Upload it first.")
    return path


class Picture(gr.Image):
    """A picture, opened by Gradio."""

    is_template = True

    def preprocess(self, payload: Any) -> Any:
        """The picture; see :func:`uploaded`."""
        uploaded(self, payload)
        return super().preprocess(payload)


class Photo(gr.Image):
    """A picture, handed on as a file and unopened; a camera looks away from the visitor and mirrors nothing."""

    is_template = True

    @functools.wraps(gr.Image.__init__)  # type: ignore[misc]  # the browser is told what has the name of a parameter
    def __init__(self, **options: Any) -> None:
        camera = gr.WebcamOptions(mirror=False, constraints={"video": {"facingMode": "environment"}})
        super().__init__(webcam_options=camera, **options)

    def preprocess(self, payload: Any) -> str:
        """The path of the file; see :func:`uploaded`."""
        return uploaded(self, payload)


ClipFile = Annotated[str, Clip]
PhotoFile = Annotated[str, Photo]
File, Files = Annotated[str, gr.File], Annotated[list[str], gr.File]
Sound = Annotated[tuple[int, Any], gr.Audio]  # what an endpoint gives: samples a second, and 16 bits of each
CHECKED = (gr.Radio, gr.Dropdown, gr.Slider, gr.Number)  # Gradio would refuse wrong values of these in English only


def check_value(name: str, component: Any, value: Any) -> None:
    """Refuses what an endpoint's component does not admit.

    Raises:
        InputError: The value is no choice of a list, or no number in the component's range.
    """
    got = repr(value)[:40]
    if isinstance(component, gr.Radio | gr.Dropdown):
        allowed = [choice for _, choice in component.choices]
        if value not in allowed and not getattr(component, "allow_custom_value", False):
            expected = f"{name}: {', '.join(map(str, allowed))}"
            raise InputError("unknown_choice", expected=expected, got=got, hint="Take one of these.")
        return
    low, high = component.minimum, component.maximum
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise InputError("not_a_number", expected=f"{name}: a number", got=got, hint="Give a number.")
    if isinstance(component, Whole) and value != value // 1:
        raise InputError("not_whole", expected=f"{name}: a whole number", got=got, hint="Give a whole number.")
    if (low is not None and value < low) or (high is not None and value > high):
        expected = f"{name}: {low} - {high}"
        raise InputError("number_range", expected=expected, got=got, hint="Give a number in this range.")


def publish(*functions: Callable[..., Any]) -> None:
    """Makes functions endpoints and MCP tools under their own names, on the page that is being built.

    Types, choices, bounds and defaults are those of the signatures; the docstrings are the descriptions. Each function's
    last parameter is ``lang``.

    Raises:
        TypeError: A parameter or the result has no type; tells where to write it.
    """
    called = gr.Button(visible=False)  # what every endpoint listens to; it is never pressed
    lang = Choice(list(LANGUAGES), value="en", visible=False, label="lang")
    component = functools.cache(_component)  # what several functions take alike is one component
    told, data = gr.Textbox(visible=False, label="written"), gr.JSON(visible=False)
    sound = functools.cache(lambda: gr.Audio(visible=False, label="sound"))  # made where it is given
    for function in functions:
        hints = get_type_hints(function, include_extras=True)
        parameters = inspect.signature(function).parameters
        if untyped := [name for name in (*parameters, "return") if name not in hints]:
            where = f"{function.__name__} in {inspect.getfile(function)}"
            raise TypeError(f"write the type of {', '.join(untyped)} into {where}")
        inputs = {name: component(hints[name], p.default, name) for name, p in parameters.items() if name != "lang"}
        output = sound() if (r := hints["return"]) == Sound else told if r in (str, Iterator[str]) else data
        inputs["lang"] = lang
        called.click(_checked(function, inputs), list(inputs.values()), output, api_name=function.__name__)


def _checked(function: Callable[..., Any], inputs: dict[str, Any]) -> Callable[..., Any]:
    """The function behind a check of what came, worded."""
    checked = [(i, name, c) for i, (name, c) in enumerate(inputs.items()) if isinstance(c, CHECKED)]

    def check(args: tuple[Any, ...]) -> None:
        for i, name, component in checked:
            check_value(name, component, args[i])

    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def wrapper(*args: Any) -> Any:
            check(args)
            yield from function(*args)

    else:

        @functools.wraps(function)
        def wrapper(*args: Any) -> Any:
            check(args)
            return function(*args)

    return guarded(wrapper, plain=True)


def _component(hint: Any, default: Any, name: str) -> Any:
    """The invisible component of one parameter."""
    value = None if default is inspect.Parameter.empty else default
    kind, *extra = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    if get_origin(kind) is Literal:
        choices, choice = list(get_args(kind)), Listed if Listed in extra else Choice
        given: dict[str, Any] = (
            {} if value is None and choice is Listed else {"value": value}
        )  # a Dropdown offers its first by itself
        return choice(choices, **given, visible=False)
    if gr.File in extra:
        return gr.File(visible=False, file_count="single" if kind is str else "multiple", type="filepath")
    if media := next((c for c in extra if isinstance(c, type)), None):
        return media(visible=False, type="filepath")
    bounds = next((b for b in extra if isinstance(b, Between)), None)
    if kind in (int, float):
        return _number(kind, bounds, value, name)
    return gr.Textbox(value, visible=False, label=name)


def _number(kind: type, bounds: Between | None, value: Any, name: str) -> Any:
    shown: dict[str, Any] = {"visible": False, "label": name}
    if bounds:
        return Bounded(*bounds, value, step=1 if kind is int else None, **shown)
    return Whole(value, precision=0, **shown) if kind is int else Real(value, **shown)


# -- what several members' endpoints give ------------------------------------------------------------------------------


def check_rows(member: str) -> list[dict[str, Any]]:
    """Runs a member's proof: for each check its name, reference, largest difference, tolerance, and whether it passed."""
    fields = ("name", "reference", "difference", "tolerance", "passed")
    return [{field: getattr(check, field) for field in fields} for check in lmdemo.prove(member)]


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

"""The one place where what goes wrong in a handler becomes a sentence in the visitor's language."""

import functools
import inspect
import logging
import traceback
import uuid
from collections.abc import Callable
from typing import Any

import gradio as gr

from demos.core.words import html_error, say
from lmdemo.errors import LmdemoError

log = logging.getLogger("lmdemo.page")


def worded(error: Exception, lang: str, handler: str) -> gr.Error:
    """An error as the page shows it: an expected one in words, any other as a number under which the log tells it.

    Args:
        error: What was raised.
        lang: The visitor's language.
        handler: Whose error it is, for the log.
    """
    if isinstance(error, gr.Error):
        return error
    if isinstance(error, LmdemoError):
        message = html_error(error, lang)  # Gradio renders it as HTML
    else:
        number = uuid.uuid4().hex[:8]
        log.error("error %s in %s", number, handler, exc_info=error)
        message = say(lang, "unexpected", id=number)
    traceback.clear_frames(error.__traceback__)  # else they would hold pictures and clips until somebody sweeps up
    return gr.Error(message, title=say(lang, "error.title"), print_exception=False)


def guarded(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Words what goes wrong in a handler; its argument ``lang`` tells in which language."""
    signature = inspect.signature(handler)
    name = getattr(handler, "__qualname__", repr(handler))

    def failed(error: Exception, args: tuple[Any, ...], kwargs: dict[str, Any]) -> gr.Error:
        return worded(error, signature.bind_partial(*args, **kwargs).arguments.get("lang", "en"), name)

    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            try:
                yield from handler(*args, **kwargs)
            except Exception as error:
                raise failed(error, args, kwargs) from None

    else:

        @functools.wraps(handler)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            try:
                return handler(*args, **kwargs)
            except Exception as error:
                raise failed(error, args, kwargs) from None

    return wrapper

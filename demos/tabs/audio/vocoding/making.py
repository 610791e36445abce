"""A clip's mels spoken by networks, while the page tells how far and how fast."""

import contextlib
import time
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import gradio as gr
import numpy as np

from demos.core.tab import Answer, Update, calling
from demos.tabs.audio.vocoding import looks
from demos.tabs.audio.vocoding.found import Found, light, take, whole
from demos.tabs.audio.vocoding.functions import vocoder
from demos.views.live import KEPT, live, piece
from lmdemo.adapters.outputs import Audio

PAUSE = 0.25  # seconds between two words of how far it is


def spoken(tab: Any, own: Any, found: Found, lang: str, *, aloud: bool) -> Generator[Update, None, Audio]:
    """Our network speaks piece by piece; leaving it stops it.

    Args:
        tab: The page.
        own: The network's adapter.
        found: What is asked.
        lang: The visitor's language.
        aloud: Whether each piece is heard as soon as it is there.

    Returns:
        The whole.
    """
    made: list[Audio] = []
    batches: list[str] = []
    shown, fresh, key = 0.0, 0, str(time.monotonic_ns())
    with contextlib.closing(own.stream(found.clip, **found.options)) as stream:
        for one in stream:
            made.append(one)
            over = sum(m.seconds for m in made) > found.recording.seconds - 0.1
            if time.monotonic() - shown < PAUSE and not over:
                continue
            told = looks.progress(tab.say, made, found, lang)
            update: Update = {tab.status: told}
            if aloud:
                batches.append(piece(np.concatenate([m.waveform for m in made[fresh:]])))
                newest = batches[-KEPT:]
                first = len(batches) - len(newest)
                update[tab.live] = live(key, newest, first, one.sampling_rate, told.replace("**", ""))
            shown, fresh = time.monotonic(), len(made)
            yield update
    return whole(made)


def hub(tab: Any, found: Found, own: Any, lang: str) -> Generator[Update, None, Found]:
    """The hub's network on the same clip, or why there is none."""
    call = calling(found.clip, seed=found.options["seed"])
    answers = yield from tab.ask(tab.name, "hub", call, lang, status=tab.status, stop=tab.stop)
    kept = []
    for a in answers:
        if isinstance(a, Answer):
            found = found.having(take("hub", a.result, found.recording, own))
            a = replace(a, result=light(a.result))
        kept.append(a)
    return replace(found, answers=(*found.answers, *kept))


def complete(tab: Any, found: Found, own: Any, lang: str, looked: dict[str, Any]) -> Generator[Update, None, Found]:
    """Those who speak beside it and have not yet."""
    for method in found.others:
        if found.take(method) is None:
            yield tab.heard(found, lang, waits=True)
            made = vocoder(method)(found.clip, seed=found.options["seed"], hold_mels=found.options["hold_mels"])
            found = found.having(take(method, made, found.recording, own))
    yield {tab.found: found, tab.stop: gr.update(visible=False)} | tab.show(found=found, lang=lang, **looked)
    return found

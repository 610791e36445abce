"""No function of the page opens a file that its visitor did not give, whatever a program posts in an input's place."""

import asyncio
import ctypes
import os
import struct
import sys

import gradio as gr
import numpy as np
import pytest
import soundfile
from gradio.state_holder import SessionState
from PIL import Image

import demos

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the watch is Linux's inotify")
FREE = (gr.Textbox, gr.HTML, gr.JSON, gr.Image, gr.Audio, gr.Video, gr.File, gr.Code, gr.Dataframe, gr.Markdown)
IN_OPEN = 0x20


class Watch:
    """Tells which files of a folder were opened, by Python or by a library."""

    def __init__(self, folder) -> None:
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.handle = self.libc.inotify_init1(os.O_NONBLOCK)
        assert self.libc.inotify_add_watch(self.handle, str(folder).encode(), IN_OPEN) >= 0

    def opened(self) -> list[str]:
        """Since the last call."""
        try:
            told = os.read(self.handle, 65_536)
        except BlockingIOError:
            return []
        names = []
        while told:
            length = struct.unpack_from("iIII", told)[3]
            names.append(told[16 : 16 + length].rstrip(b"\0").decode())
            told = told[16 + length :]
        return [n for n in names if n]


@pytest.fixture(scope="module")
def secrets(tmp_path_factory):
    """Files of the server that any of our readers could open, outside all folders that Gradio serves."""
    folder = tmp_path_factory.mktemp("secret", numbered=False)
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(folder / "picture.png")
    soundfile.write(folder / "clip.wav", np.zeros(32_000), 16_000)
    (folder / "series.csv").write_text("date,value\n" + "".join(f"2024-01-{d:02},{d}\n" for d in range(1, 29)))
    return folder


@pytest.fixture
def watch(secrets):
    watch = Watch(secrets)
    yield watch
    os.close(watch.handle)  # there are few of them


@pytest.fixture(scope="module")
def app():
    """The app as it is once it serves: only then does Gradio look where a posted file lies."""
    app = demos.build_app()
    app.has_launched, app.allowed_paths, app.blocked_paths = True, [], []
    return app


def payloads(path: str) -> list:
    """What a program may send in an input's place to have a file opened."""
    file = {"path": path, "orig_name": "x", "meta": {"_type": "gradio.FileData"}}
    return [path, [path], file, [file], {"value": path, "id": path, "path": path}, {"background": file, "layers": []}]


def post(app, fn, inputs: list, event: object = None):
    """One call as Gradio's server makes it for a request; what is refused is a refusal."""

    async def call():
        data = gr.EventData(None, event) if event is not None else None
        made = await app.process_api(fn, inputs, state=SessionState(app), event_data=data, in_event_listener=True)
        iterator = made.get("iterator")
        if iterator is not None and hasattr(iterator, "aclose"):
            await iterator.aclose()

    try:
        asyncio.run(asyncio.wait_for(call(), 60))
    except TimeoutError:
        raise
    except Exception:
        return


def cases():
    app = demos.build_app()
    for number, fn in app.fns.items():
        if fn.fn is not None and any(isinstance(c, FREE) for c in fn.inputs):
            yield pytest.param(number, id=f"{number}-{fn.name}")


def given(component) -> object:
    """An input as the browser sends it untouched."""
    if isinstance(component, gr.State):
        return None
    value = component.value
    return value if isinstance(value, str | int | float | bool | type(None)) else None


@pytest.mark.parametrize("number", list(cases()))
def test_a_posted_path_is_not_opened(app, secrets, watch, number):
    fn = app.fns[number]
    inputs = [given(c) for c in fn.inputs]
    for i, component in enumerate(fn.inputs):
        if isinstance(component, FREE):
            others = [str(secrets / name) for name in ("clip.wav", "series.csv")]
            for payload in (*payloads(str(secrets / "picture.png")), *others):
                post(app, fn, [*inputs[:i], payload, *inputs[i + 1 :]])
    assert watch.opened() == []


def test_a_posted_event_names_no_file(app, secrets, watch):
    for fn in app.fns.values():
        if fn.fn is not None and fn.targets and fn.targets[0][1] not in ("click", "load", "change", "submit", "input"):
            path = str(secrets / "picture.png")
            post(app, fn, [given(c) for c in fn.inputs], {"id": path, "value": path, "index": path, "path": path})
    assert watch.opened() == []


def test_a_function_that_opens_what_it_is_told_is_found(secrets, watch):
    with gr.Blocks() as app:
        box, picture = gr.Textbox(), gr.Image()
        box.submit(lambda path: path, box, picture)  # Gradio would serve the visitor the file
    app.has_launched, app.allowed_paths, app.blocked_paths = True, [], []
    post(app, app.fns[0], [str(secrets / "picture.png")])
    assert watch.opened()


def test_gradio_still_opens_a_picture_that_was_not_uploaded(secrets, watch):
    """Once this fails, our own check is no longer needed."""
    with gr.Blocks() as app:
        picture = gr.Image()
        picture.upload(lambda p: None, picture, None)
    app.has_launched, app.allowed_paths, app.blocked_paths = True, [], []
    post(app, app.fns[0], [{"path": str(secrets / "picture.png")}])
    assert watch.opened()


def test_the_watch_sees_what_is_opened(secrets, watch):
    Image.open(secrets / "picture.png").close()
    soundfile.read(secrets / "clip.wav")
    assert watch.opened().count("picture.png") >= 1
    soundfile.read(secrets / "clip.wav")
    assert "clip.wav" in watch.opened()

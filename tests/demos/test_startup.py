"""What touches what Gradio keeps to itself: each economy is still there to be made, and is made."""

import asyncio
import datetime
import gc
import inspect
import json
import subprocess
import sys
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gradio as gr
import pytest
from gradio import routes, state_holder

import demos
from demos.core import startup
from tests.conftest import PROJECT


@pytest.fixture(scope="module")
def app():
    return demos.build_app()


def plain(code: str) -> str:
    """What a program prints that has Gradio as it comes."""
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_gradio_still_has_what_is_replaced():
    code = (
        "import gradio.component_meta as m, inspect; from gradio import state_holder as s, routes; "
        "from gradio.blocks import Blocks; "
        "print(callable(m.create_or_modify_pyi), callable(m.updateable), callable(routes.App.create_app), "
        "'_frontend' in inspect.signature(Blocks.launch).parameters, "
        "callable(s.StateHolder.delete_all_expired_state), callable(m.EventListener.set_doc), "
        "all(callable(getattr(s.SessionState, n)) for n in ('_update_config', '_update_value_in_config')))"
    )
    assert plain(code) == " ".join(["True"] * 7)


def test_a_class_is_defined_without_a_look_at_its_source(monkeypatch):
    import gradio.component_meta as meta

    assert meta.create_or_modify_pyi(1, 2, 3) is None
    looked = []
    monkeypatch.setattr(inspect, "getsource", lambda *_: looked.append(1) or "")

    class Own(gr.HTML):
        pass

    assert Own().get_block_name() == "html" and not looked


def test_no_docstring_is_rendered_for_an_event():
    assert "{{" in gr.Textbox.change.__doc__


def test_garbage_is_left_alone_while_starting_and_looked_for_afterwards():
    kept = gc.get_freeze_count()
    with startup.unswept():
        assert not gc.isenabled()
    assert gc.isenabled() and gc.get_freeze_count() > kept
    gc.unfreeze()


def test_parameters_are_worked_out_once():
    assert "__signature__" in vars(gr.Textbox.__init__) or "__signature__" in vars(gr.Textbox.__init__.__wrapped__)


def test_building_makes_no_server(monkeypatch):
    made = []
    monkeypatch.setattr(routes.App, "create_app", staticmethod(lambda *_, **__: made.append(1)))
    with gr.Blocks():
        pass
    assert made  # as Gradio comes, it makes one
    made.clear()
    with startup.served_once(), gr.Blocks():
        pass
    assert not made


def done(coroutine):
    """What it gives; a browser's loop may be running in this thread."""
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, coroutine).result()


def session(app):
    return state_holder.SessionState(app)


def test_every_module_of_gradio_has_the_light_session(app):
    assert session(app).__class__.__name__ == "LightSession"
    for name, module in list(sys.modules.items()):
        if name.startswith("gradio.") and hasattr(module, "SessionState"):
            assert module.SessionState.__name__ == "LightSession", name


def test_a_session_is_light_and_quickly_made(app):
    ids = list(app.blocks)
    session(app)[ids[0]] = app.blocks[ids[0]]
    tracemalloc.start()
    before, started = tracemalloc.get_traced_memory()[0], time.perf_counter()
    made = [session(app) for _ in range(20)]
    for one in made:
        for key in ids:  # every component is updated once
            one[key] = app.blocks[key]
    each = (tracemalloc.get_traced_memory()[0] - before) / len(made)
    tracemalloc.stop()
    assert each < 100_000, f"{each:.0f} bytes"
    assert time.perf_counter() - started < 5


def test_a_session_keeps_what_its_visitor_changed_apart_from_others(app):
    choice = next(b for b in app.blocks.values() if isinstance(b, gr.Radio))
    state = next(b for b in app.blocks.values() if isinstance(b, gr.State))
    mine, other = session(app), session(app)
    mine[choice._id] = gr.Radio(["only"], render=False)
    mine[state._id] = "mine"
    assert [c for _, c in mine[choice._id].choices] == ["only"] and mine[state._id] == "mine"
    assert other[choice._id] is choice and other[state._id] != "mine"
    assert app.blocks[choice._id] is choice  # what all share is as it was


def test_closed_and_unused_sessions_go(app):
    holder = state_holder.StateHolder()
    holder.set_blocks(app)
    now = datetime.datetime.now()
    ages = {
        "new": (False, 0),
        "closed": (True, 0),
        "long-closed": (True, 3_700),
        "open": (False, 3_700),
        "forgotten": (False, 90_000),
    }
    for name, (closed, seconds) in ages.items():
        holder[name].is_closed = closed
        holder.time_last_used[name] = now - datetime.timedelta(seconds=seconds)
    holder.delete_all_expired_state()
    assert set(holder.session_data) == {"new", "closed", "open"} == set(holder.time_last_used)


def test_an_update_reaches_the_browser_through_a_light_session(app):
    """A property that is no value, set on a component of any kind, is what Gradio sends."""
    with gr.Blocks() as small:
        box, choice = gr.Textbox(), gr.Dropdown(["a"])
        gr.Button().click(lambda: (gr.update(visible=False), gr.update(choices=["b"], value="b")), None, [box, choice])
    (fn,) = small.fns.values()
    mine = session(small)
    sent = done(small.process_api(fn, [], state=mine))["data"]
    assert sent[0]["visible"] is False and list(map(tuple, sent[1]["choices"])) == [("b", "b")]
    with gr.Blocks() as again:
        choice = gr.Dropdown(["a"])
        gr.Button().click(lambda v: v, choice, choice)
    (fn,) = again.fns.values()
    mine = session(again)
    mine[choice._id] = gr.Dropdown(["b"], render=False)
    assert done(again.process_api(fn, ["b"], state=mine))["data"] == ["b"]  # what was offered may be chosen


def test_what_changed_is_told_whole_and_text_that_grows_is_not():
    from gradio import utils

    shown, hidden = {"__type__": "update", "visible": True}, {"__type__": "update"}
    assert utils.diff(shown, hidden) == [["replace", [], hidden]]
    assert utils.diff([1], [1, 2]) == [["replace", [], [1, 2]]]
    assert utils.diff(shown, dict(shown)) == utils.diff("a", "a") == []
    assert utils.diff("to be", "to be or") == [["append", [], " or"]]
    assert "['delete', ['visible'], None]" in plain(
        "from gradio import utils; print(utils.diff({'visible': True, 'a': 1}, {'a': 1}))"
    )  # as Gradio comes, a later step takes a property out of an earlier one


def test_each_step_of_a_handler_is_sent_whole():
    from gradio.blocks import Blocks

    with gr.Blocks() as app:
        box = gr.Textbox()
        gr.Button().click(lambda: None, None, box)
    (fn,) = app.fns.values()
    first = Blocks.handle_streaming_diffs(app, fn, [{"__type__": "update", "visible": False}], "session", "run", False)
    assert first == [{"__type__": "update", "visible": False}]
    later = Blocks.handle_streaming_diffs(app, fn, [{"__type__": "update"}], "session", "run", False)
    assert later == [[["replace", [], {"__type__": "update"}]]]


def test_a_page_is_spared_what_it_does_not_show():
    from gradio import routes

    written = routes.templates.env.filters["toorjson"]
    component = {"id": 1, "type": "html", "api_info": {}, "component_class_id": "abc"}
    config = {"components": [component], "page": {"vision": {"layout": 1}, "functions-vision": {"layout": 2}}}
    shown = json.loads(written(config | {"current_page": "vision"}))
    assert shown["page"] == {"vision": {"layout": 1}} and shown["components"] == [{"id": 1, "type": "html"}]
    listed = json.loads(written(config | {"current_page": "functions-vision"}))
    assert listed["components"] == [{"id": 1, "type": "html", "api_info": {}}]
    assert json.loads(written({"a": 1})) == {"a": 1} and "api_info" in component


def test_a_page_is_spared_what_its_script_takes_for_nothing():
    from gradio import routes

    written = routes.templates.env.filters["toorjson"]
    props = {"value": "", "likeable": False, "streamable": True, "preserved_by_key": ["value"]}
    event = {"id": 0, "js": None, "batch": False, "show_progress_on": [1], "max_batch_size": 4, "trigger_after": None}
    event |= {"api_visibility": "private", "stream_every": 0.5, "rendered_in": None}
    config = {"components": [{"id": 1, "props": props, "skip_api": True}], "dependencies": [event]}
    shown = json.loads(written(config | {"page": {"vision": {}, "functions-vision": {}}, "current_page": "vision"}))
    assert shown["components"] == [{"id": 1, "props": {"value": "", "streamable": True}}]
    assert shown["dependencies"] == [{"id": 0, "js": None, "show_progress_on": [1], "trigger_after": None}]
    assert "likeable" in props and "batch" in event


def test_gradios_script_asks_for_nothing_that_is_left_out():
    """Where a new release reads it, the page needs it again."""
    import gradio

    scripts = (Path(gradio.__file__).parent / "templates" / "frontend" / "assets").glob("*.js")
    text = "".join(p.read_text(encoding="utf-8") for p in scripts)
    assert len(text) > 1_000_000
    asked = {name for name in startup.UNREAD if name in text}
    assert not asked

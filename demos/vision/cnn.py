"""Vision · CNN: what a picture shows, and how kernels, pooling and dense layers found out."""

import uuid
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

import lmdemo
from demos.frame import Member, Page, card, cards, guarded, html_table, opened, sorry, wanted
from demos.language import Speaker
from demos.state import one_of
from demos.views import drawing_pad
from demos.views.bars import Bars, bars
from demos.views.convolution import Convolution, convolution
from demos.views.feature_maps import FeatureMaps, feature_maps
from demos.views.pictures import Pictures, diverging, picture, row
from demos.vision.cnn_endpoints import MODELS, Photo, changes, publish
from demos.vision.words import CNN as WORDS
from lmdemo.errors import HubError

SOURCES = ("scratch", "hub", "both")
HERE = Path(__file__).parent.parent / "examples" / "cnn"
EXAMPLES = (
    "photo-tshirt.jpg",
    "photo-trousers.jpg",
    "photo-boot.jpg",
    "sneaker.png",
    "dress.png",
    "sandal.png",
    "bag.png",
)
SHIFT = 8
say = Speaker(WORDS)


def build(page: Page) -> None:
    """Lays the tab out and connects it."""
    me = Member(page, "cnn", WORDS)
    model, source = me.source(SOURCES, MODELS)
    given, found = gr.State(None), gr.State(None)  # what was given: (kind, value); what was found: see `answer`

    with gr.Row(elem_classes="lm-columns"):
        with me.part("input"):
            chosen = gr.Textbox(visible=False)  # the example's id, for the URL
            strokes = gr.Textbox(visible=False)  # the drawing, for the URL
            me.keep("example", chosen, one_of(EXAMPLES), "")
            me.keep("drawing", strokes, drawing_pad.check_strokes, "", drawing_pad.MAX_LENGTH)
            examples = Pictures(elem_id="cnn-examples")
            page.translate(examples, lambda lang: {"value": example_row(lang, "")})
            with gr.Tabs():
                with me.text(gr.Tab(), label="cnn.upload"):
                    photo = me.text(
                        Photo(
                            sources=["upload", "webcam", "clipboard"], type="filepath", height=300, elem_id="cnn-photo"
                        ),
                        label="cnn.photo",
                    )
                    me.text(gr.Markdown(elem_classes="lm-muted"), value="not_kept")
                with me.text(gr.Tab(), label="cnn.draw"):
                    pad = drawing_pad.DrawingPad(elem_id="cnn-pad")
                    page.translate(pad, lambda lang: {"value": {"strokes": "", "words": phrases(lang, "pad")}})
        with me.part("result"):
            status = gr.Markdown(elem_classes="lm-status")
            page.translate(status, lambda lang: {"value": say(lang, "nothing_yet")})
            stop = me.text(gr.Button(size="sm", visible=False), value="stop")
            answer_bars, answer_cards = Bars(), gr.HTML()
            seen = Pictures()

    with me.part("look"):
        empty = me.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as inside:
            me.text(gr.Markdown(), value="cnn.maps.title")
            maps = FeatureMaps(elem_id="cnn-maps")
            step = Convolution(elem_id="cnn-step")
            with gr.Column() as ours:
                me.text(gr.Markdown(), value="cnn.shift.title")
                with gr.Row():
                    dx = me.text(gr.Slider(-SHIFT, SHIFT, 0, step=1), label="cnn.shift.dx")
                    dy = me.text(gr.Slider(-SHIFT, SHIFT, 0, step=1), label="cnn.shift.dy")
                with gr.Row(elem_classes="lm-columns"):
                    shifted, shift_bars = Pictures(), Bars()
                shift_text, shift_table = gr.Markdown(), gr.HTML(elem_classes="lm-table")
            me.text(gr.Markdown(), value="cnn.decision.title")
            decide = me.text(gr.Button(size="sm"), value="cnn.decision.run")
            decision = Pictures()
            with gr.Column() as learnt:
                me.text(gr.Markdown(), value="cnn.filters.title")
                with gr.Row():
                    layer = me.text(gr.Slider(1, 8, 1, step=1), label="cnn.filters.layer")
                    show_filters = me.text(gr.Button(size="sm"), value="cnn.filters.run")
                filters, patches = Pictures(elem_id="cnn-filters"), Pictures(elem_id="cnn-patches")
                dense = gr.HTML(elem_classes="lm-table")

    me.explain()
    snippet = me.code(
        "lmdemo/models/cnn.py",
        ("convolve_at", "max_pooling", "CNN.features", "CNN.forward"),
        describe=lambda which: lmdemo.load(which).layers(),
        inputs=[model],
        keras="tests/keras/cnn.py",
    )
    me.proof()

    # -- one picture, from whichever input: answer it, show it -----------------------------------------------------------------

    shown = [
        status,
        answer_bars,
        answer_cards,
        seen,
        empty,
        inside,
        ours,
        learnt,
        maps,
        step,
        shifted,
        shift_bars,
        shift_text,
        shift_table,
        decision,
        filters,
        patches,
        dense,
        snippet,
    ]

    def run(what: tuple[str, ...] | None, which: str, where: str, lang: str):
        """Answers what was given, telling what is being loaded meanwhile."""
        if what is None:
            yield (gr.skip(),) * (len(shown) + 2)
            return
        answers: dict[str, tuple[Any, Any]] = {}
        done: tuple[str, ...] = ()  # to the picture, for our network
        for one in wanted(which, where):
            try:
                adapter = yield from opened(which, one, lang, len(shown) + 2)
                answers[one] = adapter(opened_input(what), trace=True), adapter.info
                done = adapter.see(opened_input(what))[1] if one == "scratch" else done
            except HubError as error:
                answers[one] = error, lmdemo.catalog.MODELS[which].hub[0]
        state = {"given": what, "model": which, "answers": answers, "done": done}
        yield state, *show(state, lang), gr.update(visible=False)

    def show(state: dict | None, lang: str) -> tuple:
        """Puts what was found into words and views; computes nothing anew but small pictures."""
        if state is None:
            return (say(lang, "nothing_yet"), *(gr.skip(),) * (len(shown) - 1))
        groups, made, sentences, traced = [], [], [], None
        for one, (result, info) in state["answers"].items():
            if isinstance(result, HubError):
                made.append(sorry(info, one, result, lang))
                continue
            traced = traced or (result, info)
            groups.append(
                bars(
                    f"{say(lang, 'source.' + one)} ({info.name})",
                    named(result.scores, lang),
                    top=10 if one == "scratch" else 5,
                    colour=one,
                )
            )
            made.append(card(info, result.milliseconds, lang))
            sentences.append(
                say(
                    lang,
                    "cnn.answer",
                    source=say(lang, f"source.{one}"),
                    label=name(result.label, lang),
                    percent=100 * result.score,
                )
            )
        if traced is None:
            return (
                say(lang, "cnn.no_answer"),
                {},
                cards(*made),
                {},
                gr.update(visible=True),
                gr.update(visible=False),
                *(gr.skip(),) * (len(shown) - 6),
            )
        result, info = traced
        own = info.source == "scratch"
        pixels = result.trace["seen"]
        steps = ", ".join(say(lang, f"cnn.done.{d}") for d in state["done"]) or say(lang, "cnn.done.nothing")
        maps_json = feature_maps(
            {k: v for k, v in result.trace.items() if k.startswith(("relu", "pool", "stage")) and v.ndim == 3},
            phrases(lang, "maps"),
            pickable=own,
        )
        return (
            "  \n".join(sentences),
            {"groups": groups},
            cards(*made),
            row(
                say(lang, "cnn.seen.title"),
                [picture("seen", pixels, "×".join(map(str, pixels.shape[:2])), say(lang, "cnn.seen.alt"), 140)],
                note=say(lang, "cnn.seen.note", steps=steps) if own else "",
            ),
            gr.update(visible=False),
            gr.update(visible=True),
            gr.update(visible=own),
            gr.update(visible=own),
            maps_json,
            {},
            {},
            {},
            "",
            "",
            {},
            {},
            {},
            dense_table(state["model"], lang) if own else "",
            snippet_text(state),
        )

    running = [
        me.on(
            given.change,
            run,
            [given, model, source],
            [found, *shown, stop],
            show_progress_on=status,
            concurrency_id="cnn",
        )
    ]

    def from_example(which: str, lang: str):
        if not which:
            return gr.skip(), gr.skip(), gr.skip(), gr.skip()
        return ("example", which), "", example_row(lang, which), gr.update(value=None)

    def choose(current: str, lang: str, event: gr.EventData):
        if event.id not in EXAMPLES:
            return gr.skip(), gr.skip()
        again = (
            "example",
            current,
            uuid.uuid4().hex,
        )  # the same once more is no change of `chosen`, but one of `given`
        return (gr.skip(), again) if event.id == current else (event.id, gr.skip())

    examples.choose(
        guarded(choose), [chosen, page.language], [chosen, given], show_progress="hidden", api_visibility="private"
    )
    me.on(chosen.change, from_example, [chosen], [given, strokes, examples, photo], show_progress="hidden")
    me.on(
        photo.input,
        lambda path, lang: (("photo", path), "", "", example_row(lang, "")) if path else (gr.skip(),) * 4,
        [photo],
        [given, chosen, strokes, examples],
        show_progress="hidden",
    )

    def drew(lang: str, event: gr.EventData):
        return str(event.strokes)[: drawing_pad.MAX_LENGTH + 1], ""

    pad.draw(guarded(drew), page.language, [strokes, chosen], show_progress="hidden", api_visibility="private")
    me.on(
        strokes.change,
        lambda text, lang: ("drawing", text) if text else gr.skip(),
        [strokes],
        [given],
        show_progress="hidden",
    )
    for choice in (model, source):
        running.append(
            me.on(
                choice.input,
                run,
                [given, model, source],
                [found, *shown, stop],
                show_progress_on=status,
                concurrency_id="cnn",
            )
        )
    me.stops(stop, running, status)
    page.reword(show, [found], shown)
    page.reword(
        lambda which, text, lang: (example_row(lang, which), {"strokes": text, "words": phrases(lang, "pad")}),
        [chosen, strokes],
        [examples, pad],
    )
    page.replay("cnn", lambda text, lang: {"strokes": text, "words": phrases(lang, "pad")}, [strokes], [pad])

    # -- look inside -----------------------------------------------------------------------------------------------------------

    def pick(state: dict | None, lang: str, event: gr.EventData):
        name_, channel, y, x = str(event.layer), int(event.channel), int(event.y), int(event.x)
        index = int("".join(c for c in name_ if c.isdigit()) or 0)
        if name_.startswith("pool"):  # any pixel of the window leads to the same pooled number
            y, x = 2 * y, 2 * x
        made = lmdemo.load(state["model"]).convolution_step(state["answers"]["scratch"][0].trace, index, channel, y, x)
        title = say(lang, "cnn.step.title", layer=index, channel=channel, y=y, x=x)
        return convolution(made, title, phrases(lang, "step"))

    maps.pick(guarded(pick), [found, page.language], step, show_progress="hidden", api_visibility="private")

    def move(state: dict | None, right: float, down: float, lang: str):
        if not state or "scratch" not in state["answers"]:
            return (gr.skip(),) * 4
        adapter, before = lmdemo.load(state["model"]), state["answers"]["scratch"][0]
        moved = adapter.shifted(opened_input(state["given"]), int(right), int(down))
        after = adapter(moved, trace=True)
        moved_by = changes(before.trace, after.trace)
        where = say(lang, "cnn.shift.where", dx=int(right), dy=int(down))
        sentence = say(
            lang,
            "cnn.shift.same" if after.label == before.label else "cnn.shift.other",
            before=name(before.label, lang),
            after=name(after.label, lang),
            p=100 * before.score,
            q=100 * after.score,
        )
        return (
            row(say(lang, "cnn.shift.seen"), [picture("moved", after.trace["seen"], where, where, 140)]),
            {"groups": [bars(say(lang, "cnn.shift.scores"), named(after.scores, lang), top=4)]},
            sentence,
            html_table(
                [say(lang, "code.layer"), say(lang, "cnn.shift.change")],
                [(k, f"{100 * v:.0f} %") for k, v in moved_by.items()],
                say(lang, "cnn.shift.table"),
            ),
        )

    for slider in (dx, dy):
        me.on(
            slider.change,
            move,
            [found, dx, dy],
            [shifted, shift_bars, shift_text, shift_table],
            show_progress="hidden",
            trigger_mode="always_last",
        )

    def explain_decision(state: dict | None, lang: str):
        answers = {k: a[0] for k, a in (state or {"answers": {}})["answers"].items() if not isinstance(a[0], HubError)}
        if not answers:
            return gr.skip()
        items, taken = [], opened_input(state["given"])
        for one, result in answers.items():
            adapter, pixels = lmdemo.load(state["model"], source=one), result.trace["seen"]
            grey = pixels if pixels.ndim == 2 else 255 - np.asarray(Image.fromarray(pixels).convert("L"))
            items.append(
                picture(
                    f"cam-{one}",
                    diverging(adapter.grad_cam(taken), grey),
                    say(
                        lang,
                        "cnn.decision.by",
                        how="Grad-CAM",
                        source=say(lang, f"source.{one}"),
                        label=name(result.label, lang),
                    ),
                    say(lang, "cnn.decision.cam"),
                    168,
                )
            )
            if one == "scratch":
                items.append(
                    picture(
                        "ig",
                        diverging(adapter.integrated_gradients(taken), grey),
                        say(
                            lang,
                            "cnn.decision.by",
                            how="Integrated gradients",
                            source=say(lang, "source.scratch"),
                            label=name(result.label, lang),
                        ),
                        say(lang, "cnn.decision.ig"),
                        168,
                    )
                )
        return row(
            say(
                lang, "cnn.decision.for", label=" / ".join(dict.fromkeys(name(r.label, lang) for r in answers.values()))
            ),
            items,
            note=say(lang, "cnn.decision.note"),
        )

    me.on(decide.click, explain_decision, [found], [decision])

    def all_filters(which: str, index: float, lang: str):
        adapter = lmdemo.load(which)
        index = min(int(index), len(adapter.model.convs))
        kernels = adapter.filters(index)
        largest = np.abs(kernels).max()
        items = [
            picture(
                f"{index}.{i}",
                diverging(k[np.abs(k).sum((1, 2)).argmax()] / largest),
                f"{i}",
                say(lang, "cnn.filters.alt", i=i),
                40,
            )
            for i, k in enumerate(kernels)
        ]
        return row(
            say(lang, "cnn.filters.row", layer=index),
            items,
            choosable=True,
            note=say(lang, "cnn.filters.note1" if index == 1 else "cnn.filters.note"),
        )

    me.on(show_filters.click, all_filters, [model, layer], [filters])

    def exciting(which: str, lang: str, event: gr.EventData):
        index, channel = (int(part) for part in str(event.id).split("."))
        adapter = lmdemo.load(which)
        items = [
            picture(
                str(i),
                piece,
                f"{name(label, lang)} {value:.1f}",
                say(lang, "cnn.patches.alt", label=name(label, lang)),
                72,
            )
            for i, (label, piece, value) in enumerate(adapter.strongest_patches(index, channel))
        ]
        return row(
            say(lang, "cnn.patches.title", layer=index, channel=channel),
            items,
            note=say(lang, "cnn.patches.note", side=adapter.receptive_field(index)[0]),
        )

    filters.choose(guarded(exciting), [model, page.language], patches, show_progress="hidden", api_visibility="private")

    publish(page)


def phrases(lang: str, group: str) -> dict[str, str]:
    return {k.rsplit(".", 1)[1]: say(lang, k) for k in WORDS if k.startswith(f"cnn.{group}.")}


def name(label: str, lang: str) -> str:
    return say(lang, f"label.{label}") if f"label.{label}" in WORDS else label


def named(scores: Any, lang: str) -> dict[str, float]:
    return {name(k, lang): v for k, v in scores.items()}


def example_row(lang: str, current: str) -> dict:
    items = [picture(f, Image.open(HERE / f), say(lang, f"cnn.example.{f.split('.')[0]}"), "", 84) for f in EXAMPLES]
    return row(say(lang, "examples"), items, chosen=current, choosable=True)


def dense_table(which: str, lang: str) -> str:
    convolutions, large = lmdemo.load(which).dense_parameters()
    return html_table(
        [say(lang, "cnn.dense.kind"), say(lang, "code.parameters")],
        [
            (say(lang, "cnn.dense.conv"), convolutions),
            (say(lang, "cnn.dense.dense"), large),
            (say(lang, "cnn.dense.ratio"), f"{large / convolutions:,.0f} ×"),
        ],
        say(lang, "cnn.dense.title"),
    )


def opened_input(what: tuple[str, ...]) -> Any:
    """What an adapter takes: a file's path, or the picture of a drawing."""
    kind, value, *_ = what
    return drawing_pad.picture(value) if kind == "drawing" else HERE / value if kind == "example" else value


def snippet_text(state: dict) -> str:
    """Python that repeats the result on show."""
    kind, value, *_ = state["given"]
    opens = {"photo": '"your-picture.jpg"', "example": f'"demos/examples/cnn/{value}"', "drawing": "picture"}[kind]
    lines = ["import lmdemo", ""]
    if kind == "drawing":
        lines += ["from demos.views.drawing_pad import picture as draw", f'picture = draw("{value}")']
    for one in state["answers"]:
        option = "" if one == "scratch" else f', source="{one}"'
        lines += [f'result = lmdemo.load("{state["model"]}"{option})({opens})', "print(result.label, result.score)"]
    return "\n".join(lines)

"""LSTM · Translation: a sentence in another language, where the network looked, and what the beam kept."""

import html
from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.frame import (
    Member,
    Page,
    Whole,
    card,
    cards,
    check_rows,
    guarded,
    html_table,
    opened,
    side_by_side,
    sorry,
    wanted,
)
from demos.language import Speaker, say_error
from demos.recurrent.figures import card_figures
from demos.recurrent.task_words import TRANSLATION as WORDS
from demos.state import number
from demos.state import text as short_text
from demos.views.alignment import Alignment, alignment
from demos.views.beam import Beam, beam
from demos.views.chips import Chips, chips
from lmdemo.catalog import MODELS as ROWS
from lmdemo.errors import HubError, InputError

MODELS = ("lstm-translation", "lstm-translation-hindi")
SOURCES = ("scratch", "hub", "both")
MOST_BEAMS = 12
SHOWN_STEPS = 40  # of the tree
EXAMPLES = {
    "lstm-translation": (
        "Two young men are playing football in the park.",
        "A little girl in a red dress is climbing a wooden fence.",
        "A brown dog jumps over the water and catches a ball.",
        "A woman sells fruit at a market while a flamingo watches her.",
        "The parliament will raise the interest rate next year.",
    ),
    "lstm-translation-hindi": (
        "I am very happy.",
        "Where is my book?",
        "He lives in this house.",
        "She likes tea.",
        "The parliament rejected the amendment.",
    ),
}
say = Speaker(WORDS)


# -- the public functions: endpoints of the API, tools of MCP --------------------------------------------------------------------------


def translate(
    text: str, model: str = "lstm-translation", source: str = "scratch", num_beams: int = 5, lang: str = "en"
) -> dict:
    """Translates an English sentence.

    Args:
        text: The sentence; up to 1,000 characters.
        model: lstm-translation (to German) or lstm-translation-hindi.
        source: scratch: our network; hub: T5-small (German only).
        num_beams: Beginnings that are kept at each step, 1 to 32; 1 takes the likeliest piece every time.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        translation_text, words that did not occur in the training with their pieces, milliseconds, and facts about the model.
    """
    adapter = lmdemo.load(model, source=source)
    result = adapter(text, num_beams=int(num_beams))
    return {
        "translation_text": result.translation_text,
        "unknown_words": dict(adapter.unknown_words(text)) if source == "scratch" else {},
        "milliseconds": result.milliseconds,
        "model": adapter.info.name,
        "source": source,
        "parameters": adapter.info.parameters,
    }


def translate_alignment(
    text: str, model: str = "lstm-translation", source: str = "scratch", num_beams: int = 5, lang: str = "en"
) -> dict:
    """Tells how much each written piece of a translation looked at each read one.

    Args:
        text: The sentence.
        model: lstm-translation or lstm-translation-hindi.
        source: scratch or hub.
        num_beams: As for translate.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        source_tokens, target_tokens, and alignment: a row for each written piece, a number from 0 to 1 for each read one.
    """
    result = lmdemo.load(model, source=source)(text, num_beams=int(num_beams))
    return {
        "source_tokens": result.source_tokens,
        "target_tokens": result.target_tokens,
        "alignment": result.alignment.round(5).tolist(),
    }


def translate_beam(text: str, model: str = "lstm-translation", num_beams: int = 5, lang: str = "en") -> dict:
    """Gives the tree of a beam search: every beginning that was kept.

    Args:
        text: The sentence.
        model: lstm-translation or lstm-translation-hindi.
        num_beams: Beginnings that are kept at each step, 1 to 32.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        nodes (step, parent, piece, log-probability, and what a finished sentence is compared by), and the index of the best.
    """
    made = tree(lmdemo.load(model)(text, num_beams=int(num_beams), trace=True).trace, "en")
    return {"nodes": made["nodes"], "best": made["best"]}


def translate_look(
    text: str, model: str = "lstm-translation", step: int = 0, place: int = 0, num_beams: int = 5, lang: str = "en"
) -> dict:
    """Takes one cell of the alignment apart: products, their sum, and the softmax over all read pieces.

    Args:
        text: The sentence.
        model: lstm-translation or lstm-translation-hindi.
        step: Which written piece, from 0.
        place: Which read piece, from 0.
        num_beams: As for translate.
        lang: Language of error messages, en or hi-Latn.
    """
    made = lmdemo.load(model).take_apart(text, int(step), int(place), num_beams=int(num_beams))
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in made._asdict().items()}


def translate_compare(text: str, num_beams: int = 5, lang: str = "en") -> dict:
    """Lets our network and the hub's T5-small translate the same sentence to German, side by side.

    Args:
        text: The sentence.
        num_beams: Beginnings that are kept at each step, 1 to 32.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        By source what translate gives, or error: a sentence that says why the hub's model can't be had here.
    """
    return side_by_side(lambda source: translate(text, source=source, num_beams=num_beams), lang)


def translate_prove(lang: str = "en") -> list:
    """Runs the checks of the translator against torch's layers, on the machine of this page.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows("lstm-translation")


# -- the page --------------------------------------------------------------------------------------------------------------------------


def build(page: Page) -> None:
    """Lays the tab out and connects it."""
    me = Member(page, "lstm-translation", WORDS)
    model, source = me.source(SOURCES, MODELS)
    hubless = gr.Markdown(elem_classes="lm-muted", visible=False, elem_id="translation-hubless")
    found = gr.State(None)  # what was found: see `run`

    with gr.Row(elem_classes="lm-columns"):
        with me.part("input"):
            examples = Chips(elem_id="translation-examples")
            page.translate(examples, lambda lang: {"value": example_chips(MODELS[0], lang)})
            text = me.text(
                gr.Textbox(lines=2, max_lines=5, elem_id="translation-text"), label="text.label", info="text.info"
            )
            me.keep("text", text, short_text(1_000), "")
            beams = me.text(
                gr.Slider(1, MOST_BEAMS, 5, step=1, elem_id="translation-beams"), label="beams", info="beams.info"
            )
            me.keep("beams", beams, lambda given: int(number(1, MOST_BEAMS)(given)), 5)
            attend = me.text(gr.Checkbox(True, elem_id="translation-attend"), label="attend", info="attend.info")
        with me.part("result"):
            status = gr.Markdown(elem_classes="lm-status")
            page.translate(status, lambda lang: {"value": say(lang, "nothing_yet")})
            stop = me.text(gr.Button(size="sm", visible=False), value="stop")
            answer_cards = gr.HTML()
            figures = gr.HTML(elem_classes="lm-table")
            page.translate(figures, lambda lang: {"value": card_table(MODELS[0], lang)})

    with me.part("look"):
        empty = me.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as inside:
            me.text(gr.Markdown(), value="inside.alignment")
            ours = Alignment(elem_id="translation-alignment")
            looked = gr.HTML(elem_classes="lm-table", elem_id="translation-look")
            theirs = Alignment(elem_id="translation-alignment-hub")
            with gr.Column() as searched:
                me.text(gr.Markdown(), value="inside.beam")
                search = Beam(elem_id="translation-beam")

    me.explain()
    snippet = me.code(
        "lmdemo/models/lstm_translation.py",
        ("LSTMTranslation.decode", "LSTMTranslation.encode", "LSTMTranslation.forward"),
        describe=lambda which: lmdemo.load(which).layers(),
        inputs=[model],
    )
    me.proof()

    shown = [status, answer_cards, empty, inside, ours, looked, theirs, searched, search, snippet]
    asked = [text, model, source, beams, attend]

    def run(sentence: str, which: str, where: str, num_beams: float, attending: bool, lang: str):
        """Translates, telling what is being loaded meanwhile."""
        if not (sentence or "").strip():  # a link without a text gives none
            yield None, *cleared(lang), gr.update(visible=False)
            return
        answers, unknown = {}, []
        for one in wanted(which, where):
            try:
                adapter = yield from opened(which, one, lang, len(shown) + 2)
                options = {"attend": bool(attending)} if one == "scratch" else {}
                answers[one] = adapter(sentence, num_beams=int(num_beams), trace=True, **options), adapter.info
                unknown = adapter.unknown_words(sentence) if one == "scratch" else unknown
            except HubError as error:
                answers[one] = error, ROWS[which].hub[0]
            except InputError as error:  # half a sentence is no reason for an alarm: said where the answer would stand
                _, *rest = cleared(lang)
                yield None, html.escape(say_error(error, lang), quote=False), *rest, gr.update(visible=False)
                return
        state = {
            "text": sentence,
            "model": which,
            "beams": int(num_beams),
            "attend": bool(attending),
            "answers": answers,
            "unknown": unknown,
        }
        yield state, *show(state, lang), gr.update(visible=False)

    def cleared(lang: str) -> tuple:
        return (
            say(lang, "nothing_yet"),
            "",
            gr.update(visible=True),
            gr.update(visible=False),
            {},
            "",
            {},
            gr.skip(),
            {},
            "",
        )

    def show(state: dict | None, lang: str) -> tuple:
        """Puts what was found into words and views; computes nothing anew."""
        if state is None:
            return (say(lang, "nothing_yet"), *(gr.skip(),) * (len(shown) - 1))
        sentences, made, matrices, told = [], [], {}, {}
        for one, (result, info) in state["answers"].items():
            if isinstance(result, HubError):
                made.append(sorry(info, one, result, lang))
                continue
            told[one] = result
            made.append(card(info, result.milliseconds, lang))
            written = result.translation_text.replace("*", r"\*").replace("_", r"\_") or say(lang, "nothing_said")
            sentences.append(say(lang, "said", source=say(lang, f"source.{one}"), text=written))
            if result.alignment is not None and len(result.target_tokens):
                matrices[one] = alignment(
                    say(lang, "alignment.title", source=say(lang, f"source.{one}")),
                    result.source_tokens,
                    result.target_tokens,
                    result.alignment,
                    phrases(lang, "alignment"),
                    colour=one,
                    pickable=one == "scratch" and state["attend"],
                    known=result.trace["known"].tolist() if "known" in result.trace else (),
                )
        if state["unknown"]:
            listed = ", ".join(say(lang, "unknown.one", word=w, pieces=" · ".join(p)) for w, p in state["unknown"])
            sentences.append(say(lang, "unknown", words=listed))
        own = told.get("scratch")
        return (
            "  \n".join(sentences) or say(lang, "no_answer"),
            cards(*made),
            gr.update(visible=not told),
            gr.update(visible=bool(told)),
            matrices.get("scratch", {}),
            "",
            matrices.get("hub", {}),
            gr.update(visible=own is not None),
            tree(own.trace, lang) if own else {},
            snippet_text(state),
        )

    options = {"show_progress_on": status, "concurrency_id": "translation", "concurrency_limit": 2}
    outputs = [found, *shown, stop]
    running = [
        me.on(event, run, asked, outputs, trigger_mode="always_last", **options)
        for event in (text.change, text.submit, source.input, beams.release, attend.input)
    ]

    def choose(which: str, lang: str):
        hub = bool(ROWS[which].hub)
        return (
            gr.update(visible=hub),
            gr.update(visible=not hub, value="" if hub else say(lang, f"no_hub.{which}")),
            example_chips(which, lang),
            card_table(which, lang),
        )

    around = [source, hubless, examples, figures]
    me.on(model.change, choose, [model], around, show_progress="hidden", queue=False)
    page.reword(choose, [model], around)
    running.append(me.on(model.input, run, asked, outputs, **options))
    examples.choose(
        guarded(take_example), [model, page.language], text, show_progress="hidden", api_visibility="private"
    )
    me.stops(stop, running, status)
    page.reword(show, [found], shown)
    page.replay("lstm-translation", run, asked, outputs)

    def pick(state: dict | None, lang: str, event: gr.EventData):
        if not state or "scratch" not in state["answers"]:
            return gr.skip()
        result, step, place = state["answers"]["scratch"][0], int(event.step), int(event.place)
        made = lmdemo.load(state["model"]).take_apart(state["text"], step, place, num_beams=state["beams"])
        return look_table(made, result.target_tokens[step], result.source_tokens[place], place, lang)

    ours.pick(guarded(pick), [found, page.language], looked, show_progress="hidden", api_visibility="private")

    def choice(values: tuple[str, ...]) -> gr.Radio:
        return gr.Radio(choices=list(values), value=values[0], visible=False)

    def whole(**values: int) -> dict[str, Whole]:
        return {name: Whole(value, precision=0, visible=False, label=name) for name, value in values.items()}

    sentence, out = gr.Textbox(visible=False, label="text"), gr.JSON(visible=False)
    page.endpoint(
        translate,
        {"text": sentence, "model": choice(MODELS), "source": choice(("scratch", "hub")), **whole(num_beams=5)},
        out,
    )
    page.endpoint(
        translate_alignment,
        {"text": sentence, "model": choice(MODELS), "source": choice(("scratch", "hub")), **whole(num_beams=5)},
        out,
    )
    page.endpoint(translate_beam, {"text": sentence, "model": choice(MODELS), **whole(num_beams=5)}, out)
    page.endpoint(
        translate_look, {"text": sentence, "model": choice(MODELS), **whole(step=0, place=0, num_beams=5)}, out
    )
    page.endpoint(translate_compare, {"text": sentence, **whole(num_beams=5)}, out)
    page.endpoint(translate_prove, {}, out)


# -- what was found, in words and views --------------------------------------------------------------------------------------------------


def take_example(which: str, lang: str, event: gr.EventData):
    """The text of a chosen example."""
    return event.text if event.text in EXAMPLES[which] else gr.skip()


def phrases(lang: str, group: str) -> dict[str, str]:
    return {k.rsplit(".", 1)[1]: say(lang, k) for k in WORDS if k.startswith(f"view.{group}.")}


def example_chips(which: str, lang: str) -> dict:
    return chips(say(lang, "examples"), EXAMPLES[which])


def tree(trace: dict[str, np.ndarray], lang: str) -> dict:
    """The search as the view draws it; of a very long one the beginning."""
    parts = (trace[f"beam_{k}"][:SHOWN_STEPS] for k in ("tokens", "parents", "scores", "endings"))
    return beam(say(lang, "beam.title"), *parts, phrases(lang, "beam"))


def look_table(made: Any, target: str, source: str, place: int, lang: str) -> str:
    """One cell of the alignment as products, their sum, and its share."""
    rows = [
        (f"{say(lang, 'look.unit')} {u}", f"{a:+.3f}", f"{b:+.3f}", f"{p:+.3f}")
        for u, a, b, p in zip(made.units, made.asked, made.there, made.products, strict=True)
    ]
    rows += [
        (say(lang, "look.rest"), "", "", f"{made.rest:+.3f}"),
        (say(lang, "look.score"), "", "", f"{made.scores[place]:+.3f}"),
    ]
    share = say(
        lang,
        "look.share",
        n=len(made.scores),
        score=f"{made.scores[place]:.2f}",
        total=f"{np.exp(made.scores).sum():.3g}",
        percent=f"{100 * made.shares[place]:.1f}",
    )
    return (
        html_table(
            [say(lang, f"look.{k}") for k in ("unit", "asked", "there", "product")],
            rows,
            say(lang, "look.title", target=target, source=source),
        )
        + f"<p>{share}</p>"
    )


def card_table(which: str, lang: str) -> str:
    """A network's figures beside a table's, read from its card."""
    f = card_figures(which)
    rows = [(which, f"{f.ours:.1f}"), *((say(lang, f"baseline.{k}"), f"{v:.1f}") for k, v in f.baselines.items())]
    why = f"<p>{say(lang, 'figures.why')}</p>" if which == "lstm-translation-hindi" else ""
    return (
        html_table(
            [say(lang, "figures.who"), say(lang, f"metric.{f.metric}")],
            rows,
            say(lang, "figures.title", model=which, n=f.n),
        )
        + why
    )


def snippet_text(state: dict) -> str:
    """Python that repeats the result on show."""
    lines = ["import lmdemo", ""]
    for one in state["answers"]:
        options = "" if one == "scratch" else f', source="{one}"'
        switched = ", attend=False" if one == "scratch" and not state["attend"] else ""
        lines += [
            f'result = lmdemo.load("{state["model"]}"{options})({state["text"]!r}, num_beams={state["beams"]}{switched})',
            "print(result.translation_text)",
        ]
    return "\n".join(lines)

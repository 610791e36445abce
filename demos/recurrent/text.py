"""A recurrent family's page of texts: its networks that read, and the one that writes."""

from collections.abc import Sequence

import gradio as gr

import lmdemo
from demos.frame import Member, Page, Whole, check_rows, layer_rows
from demos.recurrent import characters, sentiment
from demos.recurrent.words import RECURRENT as WORDS
from lmdemo.catalog import MODELS

SOURCES = ("scratch", "hub", "both")


def build(page: Page, member: str, readers: tuple[str, ...], writer: str, shown: tuple[str, ...]) -> None:
    """Lays a family's page out and connects it.

    Args:
        page: The page.
        member: ``rnn`` or ``lstm``.
        readers: Models that classify.
        writer: The model that writes.
        shown: Names in the model's file whose source lines the page shows.
    """
    me = Member(page, member, WORDS)
    model, source = me.source(SOURCES, (*readers, writer))
    hubless = gr.Markdown(elem_classes="lm-muted", visible=False, elem_id=f"{member}-hubless")
    with gr.Column() as reading:
        reads = sentiment.lay_out(me, readers[0])
    with gr.Column(visible=False) as writing:
        writes = characters.lay_out(me, writer)
    me.explain()
    snippet = me.code(
        f"lmdemo/models/{member}.py",
        shown,
        describe=lambda which: lmdemo.load(which).layers(),
        inputs=[model],
        keras=f"tests/keras/{member}.py",
    )
    me.proof()

    def choose(which: str, lang: str):
        row = MODELS[which]
        why = "" if row.hub else sentiment.say(lang, f"no_hub.{row.no_hub}.{row.task}")
        return (
            gr.update(visible=which != writer),
            gr.update(visible=which == writer),
            gr.update(visible=bool(row.hub)),
            gr.update(visible=bool(why), value=why),
        )

    parts = [reading, writing, source, hubless]
    me.on(model.change, choose, [model], parts, show_progress="hidden", queue=False)
    page.reword(choose, [model], parts)
    sentiment.connect(me, reads, model, source, snippet)
    characters.connect(me, writes, writer, snippet)


# -- the public functions --------------------------------------------------------------------------------------------------------------


def recurrent_layers(model: str = "lstm-sentiment", lang: str = "en") -> list:
    """Lists the layers of a recurrent network with shapes and parameters.

    Args:
        model: rnn-sentiment, lstm-sentiment, lstm-hinglish, rnn-char or lstm-char.
        lang: Language of error messages, en or hi-Latn.
    """
    return layer_rows(lmdemo.load(model))


def recurrent_prove(member: str = "lstm", lang: str = "en") -> list:
    """Runs the checks of our RNN or LSTM against torch's, on the machine of this page.

    Args:
        member: rnn or lstm.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows(member)


def endpoints(page: Page) -> None:
    """Publishes the functions of reading and writing, which both families share."""

    def text(name: str = "text") -> gr.Textbox:
        return gr.Textbox(visible=False, label=name)

    def choice(values: Sequence[str], value: str | None = None) -> gr.Radio:
        return gr.Radio(choices=list(values), value=value or values[0], visible=False)

    def whole(**values: int) -> dict[str, Whole]:
        return {name: Whole(value, precision=0, visible=False, label=name) for name, value in values.items()}

    out, reader, writer = (
        gr.JSON(visible=False),
        choice(sentiment.READERS, "lstm-sentiment"),
        choice(characters.WRITERS, "lstm-char"),
    )
    page.endpoint(
        sentiment.recurrent_classify, {"text": text(), "model": reader, "source": choice(("scratch", "hub"))}, out
    )
    page.endpoint(
        sentiment.recurrent_words, {"text": text(), "model": reader, "gate": choice(("none", *sentiment.GATES))}, out
    )
    page.endpoint(sentiment.recurrent_step, {"text": text(), "model": reader, **whole(step=0, unit=0, layer=0)}, out)
    page.endpoint(sentiment.recurrent_memory, {"text": text(), "model": reader}, out)
    page.endpoint(
        sentiment.recurrent_copy_memory, {"length": gr.Slider(1, 100, 20, step=1, visible=False, label="length")}, out
    )
    page.endpoint(sentiment.recurrent_speed, {"model": reader}, out)
    page.endpoint(
        characters.recurrent_write,
        {
            "prompt": text("prompt"),
            "model": writer,
            **whole(max_new_tokens=200),
            "temperature": gr.Slider(0, 5, 0.8, visible=False, label="temperature"),
            **whole(top_k=0, seed=0),
        },
        text("written"),
    )
    page.endpoint(characters.recurrent_expected, {"text": text(), "model": writer, **whole(position=1)}, out)
    page.endpoint(recurrent_layers, {"model": choice((*sentiment.READERS, *characters.WRITERS))}, out)
    page.endpoint(recurrent_prove, {"member": choice(("rnn", "lstm"))}, out)

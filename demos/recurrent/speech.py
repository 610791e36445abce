"""LSTM · Speech: a clip written down letter by letter, with the letters over time and their collapse to text."""

import functools
import html
import json
from pathlib import Path
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
from demos.language import Speaker
from demos.recurrent.figures import card_figures
from demos.recurrent.task_words import SPEECH as WORDS
from demos.state import number, one_of
from demos.views.ctc import CTC, ctc
from lmdemo.catalog import MODELS as ROWS
from lmdemo.errors import HubError, InputError

MODEL = "lstm-speech"
SOURCES = ("scratch", "hub", "both")
MOST_BEAMS = 32
HERE = Path(__file__).parent.parent / "examples" / MODEL
EXAMPLES = ("one-two-three", "enter-sixty-four", "repeat", "help", "spelt")
READ = (
    "one two three",
    "enter sixty four",
    "repeat",
    "m a r y",
    "rubout g m e f three nine",
    "five five eight eight one four two",
    "yes",
    "stop",
)
say = Speaker(WORDS)


class Clip(gr.Audio):
    """A clip whose file is handed on unopened: its header is checked before anything is decoded."""

    is_template = True  # drawn by Gradio's own Audio

    def preprocess(self, payload: Any) -> str:
        """Passes the path of the file on; "" where there is none."""
        return payload.path if payload is not None else ""


# -- the public functions: endpoints of the API, tools of MCP --------------------------------------------------------------------------


def speech_transcribe(audio: str, source: str = "scratch", num_beams: int = 16, lang: str = "en") -> dict:
    """Writes down what is said in a clip.

    Args:
        audio: A clip (WAV, FLAC, OGG, MP3), 0.2 to 30 seconds.
        source: scratch: our network, about a hundred words; hub: wav2vec 2.0, English.
        num_beams: Texts that are kept while reading, 1 to 64; 1 takes the likeliest letter at every step. For scratch only.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        text, milliseconds of the network, and facts about the model.
    """
    adapter = lmdemo.load(MODEL, source=source)
    result = adapter(clip_of(audio), **({"num_beams": int(num_beams)} if source == "scratch" else {}))
    return {
        "text": result.text,
        "milliseconds": result.milliseconds,
        "model": adapter.info.name,
        "source": source,
        "parameters": adapter.info.parameters,
    }


def speech_letters(audio: str, source: str = "scratch", lang: str = "en") -> dict:
    """Tells which letter was likeliest at each step of a clip, and what that path collapses to.

    Args:
        audio: A clip.
        source: scratch or hub.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        letters ("" is the blank), path, the probability of each step's letter, step_seconds, and the collapsed text.
    """
    result = lmdemo.load(MODEL, source=source)(
        clip_of(audio), trace=True, **({"num_beams": 1} if source == "scratch" else {})
    )
    trace = result.trace
    return {
        "letters": trace["letters"].tolist(),
        "path": trace["path"].tolist(),
        "probability": trace["probabilities"].max(1).round(4).tolist(),
        "step_seconds": float(trace["step_seconds"]),
        "text": result.text,
    }


def speech_compare(audio: str, lang: str = "en") -> dict:
    """Lets our network and the hub's wav2vec 2.0 write down the same clip, side by side.

    Args:
        audio: A clip.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        By source what speech_transcribe gives, or error: a sentence that says why the hub's model can't be had here.
    """
    return side_by_side(lambda source: speech_transcribe(audio, source), lang)


def speech_vocabulary(lang: str = "en") -> list:
    """Lists the words that our network was trained on, to be read aloud.

    Args:
        lang: Language of error messages, en or hi-Latn.
    """
    return lmdemo.load(MODEL).vocabulary


def speech_prove(lang: str = "en") -> list:
    """Runs the checks of the recogniser against torch's and torchaudio's, on the machine of this page.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows(MODEL)


def clip_of(path: str | None) -> str:
    if not path:
        raise InputError(
            "clips_missing", expected="WAV, FLAC, OGG, MP3", got="-", hint="Record a clip or choose a file first."
        )
    return path


# -- the page --------------------------------------------------------------------------------------------------------------------------


def build(page: Page) -> None:
    """Lays the tab out and connects it."""
    me = Member(page, MODEL, WORDS)
    _, source = me.source(SOURCES, (MODEL,))
    given, found = gr.State(""), gr.State(None)  # the clip's path; what was found: see `run`

    with gr.Row(elem_classes="lm-columns"):
        with me.part("input"):
            example = me.text(
                gr.Radio(elem_id="speech-example"), label="example", choices={e: f"example.{e}" for e in EXAMPLES}
            )
            me.keep("example", example, one_of(EXAMPLES), None)
            me.text(gr.Markdown(elem_classes="lm-muted"), value="example.note")
            clip = me.text(Clip(sources=["microphone", "upload"], type="filepath", elem_id="speech-clip"), label="clip")
            me.text(gr.Markdown(elem_classes="lm-muted"), value="not_kept")
            beams = me.text(
                gr.Slider(1, MOST_BEAMS, 16, step=1, elem_id="speech-beams"), label="beams", info="beams.info"
            )
            me.keep("beams", beams, lambda text: int(number(1, MOST_BEAMS)(text)), 16)
            word_model = me.text(
                gr.Checkbox(True, elem_id="speech-word-model"), label="word_model", info="word_model.info"
            )
            me.text(gr.Markdown(), value="read")
            vocabulary = gr.HTML(elem_id="speech-vocabulary")
            page.translate(vocabulary, lambda lang: {"value": read_aloud(lang)})
        with me.part("result"):
            status = gr.Markdown(elem_classes="lm-status")
            page.translate(status, lambda lang: {"value": say(lang, "nothing_yet")})
            stop = me.text(gr.Button(size="sm", visible=False), value="stop")
            answer_cards = gr.HTML()
            figures = gr.HTML(elem_classes="lm-table")
            page.translate(figures, lambda lang: {"value": card_table(lang)})

    with me.part("look"):
        empty = me.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as inside:
            me.text(gr.Markdown(), value="inside.path")
            ours = CTC(elem_id="speech-ctc")
            letter = gr.HTML(elem_classes="lm-table", elem_id="speech-letter")
            kept = gr.HTML(elem_classes="lm-table", elem_id="speech-beam")
            theirs = CTC(elem_id="speech-ctc-hub")

    me.explain()
    snippet = me.code(
        "lmdemo/models/lstm_speech.py",
        ("LSTMSpeech.forward", "normalize"),
        describe=lambda: lmdemo.load(MODEL).layers(),
    )
    me.proof()

    shown = [status, answer_cards, empty, inside, ours, letter, kept, theirs, snippet]
    asked = [given, source, beams, word_model]

    def run(path: str, where: str, num_beams: float, asking: bool, lang: str):
        """Writes the clip down, telling what is being loaded meanwhile."""
        if not path:
            yield (gr.skip(),) * (len(shown) + 2)
            return
        answers = {}
        for one in wanted(MODEL, where):
            try:
                adapter = yield from opened(MODEL, one, lang, len(shown) + 2)
                options = {"num_beams": int(num_beams), "word_model": bool(asking)} if one == "scratch" else {}
                answers[one] = adapter(path, trace=True, **options), adapter.info
            except HubError as error:
                answers[one] = error, ROWS[MODEL].hub[0]
        state = {"clip": path, "answers": answers, "beams": int(num_beams), "word_model": bool(asking)}
        yield state, *show(state, lang), gr.update(visible=False)

    def show(state: dict | None, lang: str) -> tuple:
        """Puts what was found into words and views; computes nothing anew."""
        if state is None:
            return (say(lang, "nothing_yet"), *(gr.skip(),) * (len(shown) - 1))
        sentences, made, views, own = [], [], {}, None
        for one, (result, info) in state["answers"].items():
            if isinstance(result, HubError):
                made.append(sorry(info, one, result, lang))
                continue
            trace = result.trace
            made.append(card(info, result.milliseconds, lang))
            sentences.append(
                say(lang, "said", source=say(lang, f"source.{one}"), text=result.text or say(lang, "nothing_said"))
            )
            letters = [{"|": " ", "<pad>": ""}.get(t, t.lower()) for t in trace["letters"].tolist()]
            views[one] = ctc(
                say(lang, "path.title", source=say(lang, f"source.{one}")),
                trace["probabilities"],
                letters,
                trace["path"],
                float(trace["step_seconds"]),
                phrases(lang),
                log_mel=trace.get("log_mel"),
                colour=one,
                pickable=one == "scratch",
            )
            if one == "scratch":
                own = result
                sentences.append(say(lang, "greedy", text=str(trace["greedy"]) or say(lang, "nothing_said")))
                strange = [w for w in result.text.split() if w not in words_known()]
                if strange:
                    sentences.append(say(lang, "strange", words=", ".join(strange)))
        return (
            "  \n".join(sentences) or say(lang, "no_answer"),
            cards(*made),
            gr.update(visible=not views),
            gr.update(visible=bool(views)),
            views.get("scratch", {}),
            "",
            beam_table(own.trace, lang) if own else "",
            views.get("hub", {}),
            snippet_text(state),
        )

    options = {"show_progress_on": status, "concurrency_id": "speech", "concurrency_limit": 2}
    outputs = [found, *shown, stop]
    running = [
        me.on(event, run, asked, outputs, **options)
        for event in (given.change, source.input, beams.release, word_model.input)
    ]

    def from_example(which: str | None, lang: str):
        return (str(HERE / f"{which}.flac"),) * 2 if which else (gr.skip(), gr.skip())

    me.on(example.change, from_example, [example], [clip, given], show_progress="hidden")

    def heard(path: str, lang: str):
        return (None, path) if path else (gr.skip(), gr.skip())

    for event in (clip.stop_recording, clip.upload):
        me.on(event, heard, [clip], [example, given], show_progress="hidden")
    me.stops(stop, running, status)
    page.reword(show, [found], shown)

    def pick(state: dict | None, lang: str, event: gr.EventData):
        if not state or "scratch" not in state["answers"]:
            return gr.skip()
        trace = state["answers"]["scratch"][0].trace
        return letter_table(
            lmdemo.load(MODEL).take_apart(trace, int(event.step), int(event.letter)),
            trace,
            int(event.step),
            int(event.letter),
            lang,
        )

    ours.pick(guarded(pick), [found, page.language], letter, show_progress="hidden", api_visibility="private")

    def choice(values: tuple[str, ...]) -> gr.Radio:
        return gr.Radio(choices=list(values), value=values[0], visible=False)

    sound, out = Clip(visible=False, type="filepath", label="audio"), gr.JSON(visible=False)
    page.endpoint(
        speech_transcribe,
        {
            "audio": sound,
            "source": choice(("scratch", "hub")),
            "num_beams": Whole(16, precision=0, visible=False, label="num_beams"),
        },
        out,
    )
    page.endpoint(speech_letters, {"audio": sound, "source": choice(("scratch", "hub"))}, out)
    page.endpoint(speech_compare, {"audio": sound}, out)
    page.endpoint(speech_vocabulary, {}, out)
    page.endpoint(speech_prove, {}, out)


# -- what was found, in words and views --------------------------------------------------------------------------------------------------


@functools.cache
def words_known() -> tuple[str, ...]:
    """The words of the training, read from beside the weights."""
    return tuple(sorted(json.loads((ROWS[MODEL].folder / "words.json").read_text(encoding="utf-8"))["*"]))


def read_aloud(lang: str) -> str:
    """What to say: some sentences, and every word there is."""
    sentences = "".join(f"<li>{html.escape(s)}</li>" for s in READ)
    return (
        f'<ul class="lm-read">{sentences}</ul><p class="lm-muted">{html.escape(say(lang, "read.help"))}</p>'
        f"<details><summary>{html.escape(say(lang, 'words', n=len(words_known())))}</summary><p>{html.escape(', '.join(words_known()))}</p></details>"
    )


def phrases(lang: str) -> dict[str, str]:
    return {k.rsplit(".", 1)[1]: say(lang, k) for k in WORDS if k.startswith("view.")}


def letter_table(made: Any, trace: dict[str, np.ndarray], step: int, letter: int, lang: str) -> str:
    """One probability as products, their sum, and its share."""
    half = trace["hidden_states"].shape[-1] // 2
    rows = [
        (
            say(lang, "letter.forwards" if u < half else "letter.backwards", n=int(u % half)),
            f"{s:+.3f}",
            f"{w:+.3f}",
            f"{p:+.3f}",
        )
        for u, s, w, p in zip(made.units, made.states, made.weights, made.products, strict=True)
    ]
    rows += [
        (say(lang, "letter.rest"), "", "", f"{made.rest:+.3f}"),
        (say(lang, "letter.sum"), "", "", f"{made.logits[letter]:+.3f}"),
    ]
    shown = {"": say(lang, "view.blank"), " ": say(lang, "view.space")}.get(
        str(trace["letters"][letter]), str(trace["letters"][letter])
    )
    share = say(
        lang,
        "letter.share",
        n=len(made.logits),
        logit=f"{made.logits[letter]:.2f}",
        total=f"{np.exp(made.logits).sum():.3g}",
        percent=f"{100 * made.probabilities[letter]:.2g}",
    )
    return (
        html_table(
            [say(lang, f"letter.{k}") for k in ("unit", "state", "weight", "product")],
            rows,
            say(lang, "letter.title", letter=shown, seconds=step * float(trace["step_seconds"])),
        )
        + f"<p>{share}</p>"
    )


def beam_table(trace: dict[str, np.ndarray], lang: str) -> str:
    """The texts that the beam kept in the end."""
    rows = [
        (str(t) or say(lang, "nothing_said"), f"{s:.2f}")
        for t, s in list(zip(trace["beam_texts"], trace["beam_scores"], strict=True))[:8]
    ]
    return (
        html_table([say(lang, "beams.text"), say(lang, "beams.score")], rows, say(lang, "beams.title")) if rows else ""
    )


def card_table(lang: str) -> str:
    """The network's figures, read from its card."""
    f = card_figures(MODEL)
    rows = [
        (MODEL, f"{100 * f.ours:.1f} %"),
        *((say(lang, f"baseline.{k}"), f"{100 * v:.1f} %") for k, v in f.baselines.items()),
    ]
    return html_table(
        [say(lang, "figures.who"), say(lang, f"metric.{f.metric}")],
        rows,
        say(lang, "figures.title", model=MODEL, n=f.n),
    )


def snippet_text(state: dict) -> str:
    """Python that repeats the result on show."""
    path = Path(state["clip"])
    given = f"demos/examples/{MODEL}/{path.name}" if path.parent == HERE else "your-clip.wav"
    lines = ["import lmdemo", ""]
    for one in state["answers"]:
        options = (
            f", num_beams={state['beams']}" + ("" if state["word_model"] else ", word_model=False")
            if one == "scratch"
            else ""
        )
        lines += [
            f'result = lmdemo.load("{MODEL}"'
            + ("" if one == "scratch" else f', source="{one}"')
            + f')("{given}"{options})',
            "print(result.text)",
        ]
    return "\n".join(lines)

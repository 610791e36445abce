"""Writing: one character after another, and what was expected at each."""

import time
from collections.abc import Iterator
from types import SimpleNamespace

import gradio as gr
import numpy as np

import lmdemo
from demos.frame import Member, card, cards, guarded, opened
from demos.language import Speaker
from demos.recurrent.figures import beside_baselines
from demos.recurrent.sentiment import phrases, quantities
from demos.recurrent.words import RECURRENT as WORDS
from demos.state import number
from demos.state import text as short_text
from demos.views.bars import Bars, bars
from demos.views.chips import Chips, chips
from demos.views.shaded import Shaded, shaded, text_row
from demos.views.timeline import SHOWN, Timeline, band, lane, timeline

WRITERS = ("rnn-char", "lstm-char")
EXAMPLES = ("ROMEO:\n", "First Citizen:\nWe are", "To be, or not to be", "KING RICHARD III:\nMy lord,")
PAUSE = 0.04  # seconds between two pictures of a text that grows
UNITS = 48  # shown in the heat map: those that vary most
WINDOW = 1_500  # characters that are read again to look at one of them
say = Speaker(WORDS)


# -- the public functions ----------------------------------------------------------------------------------------------------------------


def recurrent_write(
    prompt: str,
    model: str = "lstm-char",
    max_new_tokens: int = 200,
    temperature: float = 0.8,
    top_k: int = 0,
    seed: int = 0,
    lang: str = "en",
) -> Iterator[str]:
    """Continues a text in the manner of Shakespeare, character by character, streamed.

    Args:
        prompt: The beginning, up to 5,000 characters of Shakespeare's 65.
        model: rnn-char or lstm-char.
        max_new_tokens: How many characters to write, 1 to 2,000.
        temperature: 0 always takes the likeliest character; above 1 chance grows; up to 5.
        top_k: Choose among this many likeliest characters; 0 among all.
        seed: Fixes the chances.
        lang: Language of error messages, en or hi-Latn.

    Yields:
        The text so far.
    """
    shown = -1.0
    for text in lmdemo.load(model).stream(
        prompt, max_new_tokens=int(max_new_tokens), temperature=temperature, top_k=int(top_k), seed=int(seed)
    ):
        if time.monotonic() - shown > PAUSE:
            yield text
            shown = time.monotonic()
    yield text


def recurrent_expected(text: str, model: str = "lstm-char", position: int = 1, lang: str = "en") -> dict:
    """Tells what was expected at a character, and which earlier characters moved it.

    Args:
        text: The text, up to 5,000 characters.
        model: rnn-char or lstm-char.
        position: Which character, from 1 (the one at 0 has nothing before it).
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The ten likeliest characters with probabilities, and by earlier character the norm of the gradient of what came.
    """
    adapter = lmdemo.load(model)
    return {
        "expected": adapter.expected_at(text, int(position)),
        "moved_by": adapter.gradient_of_character(text, int(position)).round(6).tolist(),
    }


# -- the page --------------------------------------------------------------------------------------------------------------------------


def lay_out(me: Member, model: str) -> SimpleNamespace:
    """Puts the parts on the page."""
    page, it = me.page, SimpleNamespace()
    with gr.Row(elem_classes="lm-columns"):
        with me.part("input"):
            it.examples = Chips(elem_id=f"{me.name}-prompts")
            page.translate(it.examples, lambda lang: {"value": chips(say(lang, "examples"), EXAMPLES)})
            it.prompt = me.text(
                gr.Textbox(value=EXAMPLES[0], lines=3, max_lines=8, elem_id=f"{me.name}-prompt"),
                label="write.prompt",
                info="write.info",
            )
            with gr.Row():
                it.temperature = me.text(
                    gr.Slider(0, 2, 0.8, step=0.05), label="write.temperature", info="write.temperature.info"
                )
                it.top_k = me.text(gr.Slider(0, 65, 0, step=1), label="write.top_k", info="write.top_k.info")
            with gr.Row():
                it.count = me.text(gr.Slider(20, 1000, 300, step=10), label="write.count")
                it.seed = me.text(
                    gr.Number(value=1, precision=0, minimum=0, maximum=10**9),
                    label="write.seed",
                    info="write.seed.info",
                )
            with gr.Row():
                it.write = me.text(gr.Button(variant="primary", elem_id=f"{me.name}-write"), value="write.run")
                it.stop = me.text(gr.Button(elem_id=f"{me.name}-write-stop"), value="stop")
        for name, component, check, initial in (
            ("prompt", it.prompt, short_text(), EXAMPLES[0]),
            ("temperature", it.temperature, number(0, 2), 0.8),
            ("top_k", it.top_k, number(0, 65), 0),
            ("count", it.count, number(20, 1000), 300),
            ("seed", it.seed, number(0, 10**9), 1),
        ):
            me.keep(name, component, check, initial)
        with me.part("result"):
            it.status = gr.Markdown(elem_classes="lm-status", elem_id=f"{me.name}-write-status")
            page.translate(it.status, lambda lang: {"value": say(lang, "write.nothing")})
            it.written = Shaded(elem_id=f"{me.name}-written")
            it.cards = gr.HTML()
            it.figures = gr.HTML(elem_classes="lm-table")
            page.translate(it.figures, lambda lang: {"value": beside_baselines(model, say, lang)})
    with me.part("look"):
        me.text(gr.Markdown(), value="letter.title")
        it.sentence, it.expected = gr.Markdown(elem_id=f"{me.name}-letter"), Bars(elem_id=f"{me.name}-expected")
        it.timeline = Timeline(elem_id=f"{me.name}-letters")
    return it


def connect(me: Member, it: SimpleNamespace, model: str, snippet: gr.Code) -> None:
    """Wires the parts up."""
    page, found = me.page, gr.State(None)  # the text that was written, how, and which character is looked at
    shown = [it.status, it.written, it.cards, it.sentence, it.expected, it.timeline, snippet]
    skip = (gr.skip(),) * (len(shown) - 2)

    def run(prompt: str, temperature: float, top_k: float, count: float, seed: float, lang: str):
        """Writes, and shows the text as it grows."""
        adapter = yield from opened(model, "scratch", lang, len(shown) + 1, button=False)
        options = {
            "max_new_tokens": int(count),
            "temperature": temperature,
            "top_k": int(top_k),
            "seed": int(seed or 0),
        }
        started, first, pictured, text, n = time.perf_counter(), 0.0, 0.0, prompt, 0
        for n, text in enumerate(adapter.stream(prompt, **options), 1):
            now = time.perf_counter()
            first = first or now - started
            if now - pictured > PAUSE:
                yield gr.skip(), say(lang, "write.running", n=n), plain(text, lang), *skip
                pictured = time.perf_counter()  # after the page has taken it: a slow page holds the writing up less
        seconds = time.perf_counter() - started
        state = {
            "prompt": prompt,
            "text": text,
            "options": options,
            "n": n,
            "seconds": seconds,
            "first": first,
            "info": adapter.info,
            "at": None,
        }
        yield state, *show(state, lang)

    def show(state: dict | None, lang: str) -> tuple:
        """Puts what was written and what is looked at into views."""
        if state is None:
            return (say(lang, "write.nothing"), *(gr.skip(),) * (len(shown) - 1))
        status = say(
            lang,
            "write.done",
            n=state["n"],
            seconds=state["seconds"],
            rate=state["n"] / state["seconds"],
            first=1000 * state["first"],
        )
        sentence, groups = letter(state, lang)
        return (
            status,
            written(state, lang),
            cards(card(state["info"], 1000 * state["seconds"] / state["n"], lang)),
            sentence,
            groups,
            insides(state, model, lang),
            snippet_text(state, model),
        )

    # One event writes at once and answers with the first character: no other has to come before it.
    running = me.on(
        it.write.click,
        run,
        [it.prompt, it.temperature, it.top_k, it.count, it.seed],
        [found, *shown],
        show_progress="hidden",
        concurrency_limit=4,
    )
    me.ends(it.stop, [running]).then(
        lambda lang: say(lang, "write.stopped"),
        page.language,
        it.status,
        show_progress="hidden",
        api_visibility="private",
        queue=False,
    )
    page.reword(show, [found], shown)
    it.examples.choose(_chosen, None, it.prompt, show_progress="hidden", api_visibility="private", queue=False)

    def pick(state: dict | None, lang: str, event: gr.EventData):
        if state is None:
            return (gr.skip(),) * 4
        i = int(event.index)
        part, start = around(state["text"], i)
        adapter = lmdemo.load(model)
        state |= {
            "at": i,
            "expected": adapter.expected_at(part, i - start),
            "moved": (start, adapter.gradient_of_character(part, i - start)),
        }
        return state, written(state, lang), *letter(state, lang)

    it.written.pick(
        guarded(pick),
        [found, page.language],
        [found, it.written, it.sentence, it.expected],
        show_progress="hidden",
        api_visibility="private",
    )


def _chosen(event: gr.EventData) -> str:
    return str(event.text)[:200]


def around(text: str, i: int) -> tuple[str, int]:
    """The text up to and with character ``i``, as far back as is read again, and where that begins."""
    start = max(0, i - WINDOW)
    return text[start : i + 1], start


def plain(text: str, lang: str) -> dict:
    """The growing text, nothing to click yet."""
    return shaded("", [text_row("", [text], joined=True)], phrases(lang, "shaded"))


def written(state: dict, lang: str) -> dict:
    """The text with its characters to choose, the chosen one's past shaded."""
    at, weights = state["at"], []
    if at is not None:
        start, moved = state["moved"]
        weights = [0.0] * start + moved.tolist()
    row = text_row(
        say(lang, "letter.row"),
        list(state["text"]),
        weights,
        joined=True,
        pickable=True,
        first=1,
        chosen=-1 if at is None else at,
    )
    return shaded(
        "", [row], phrases(lang, "shaded"), note=say(lang, "letter.note" if at is not None else "letter.help")
    )


def letter(state: dict, lang: str) -> tuple[str, dict]:
    """What was expected at the chosen character, in words and bars."""
    at = state["at"]
    if at is None:
        return "", {}
    start, moved = state["moved"]
    came, expected = state["text"][at], state["expected"]
    strongest = [visible(state["text"][start + int(i)]) for i in np.argsort(-moved)[:3]]
    sentence = say(
        lang,
        "letter.sentence",
        i=at,
        came=visible(came),
        percent=100 * expected.get(came, 0.0),
        top=visible(next(iter(expected))),
        likely=100 * next(iter(expected.values())),
        moved=" ".join(strongest),
    )
    before = "".join(visible(c) for c in state["text"][max(0, at - 20) : at])
    return sentence, bars(
        say(lang, "letter.bars", before=before),
        {visible(k) + (" ◂" if k == came else ""): v for k, v in expected.items()},
    )


def visible(character: str) -> str:
    """A character that can be seen."""
    return {" ": "␣", "\n": "↵"}.get(character, character)


def insides(state: dict, model: str, lang: str) -> dict:
    """State and gates over the last characters, and how much each of these had been expected."""
    adapter, text = lmdemo.load(model), state["text"][-(SHOWN + 200) :]  # the first 200 let the state settle
    trace = adapter.read(text)
    vocabulary = {c: i for i, c in enumerate(trace["vocabulary"].tolist())}
    all_of = quantities(trace)
    ids = np.sort(np.argsort(-all_of["state"][-SHOWN:].std(0))[:UNITS])
    expected = [1 / len(vocabulary), *(trace["probabilities"][t, vocabulary[c]] for t, c in enumerate(text[1:]))]
    bands = [
        band(
            k,
            say(lang, f"part.name.{k}"),
            k,
            v[:, ids],
            **({"low": 0.0, "high": 1.0} if k in ("input", "forget", "output") else {}),
        )
        for k, v in all_of.items()
    ]
    return timeline(
        say(lang, "letters.picture", model=model, n=UNITS, total=all_of["state"].shape[1]),
        list(text),
        [lane(say(lang, "letters.lane"), "positive", expected)],
        bands,
        phrases(lang, "timeline"),
        ids=ids.tolist(),
    )


def snippet_text(state: dict, model: str) -> str:
    """Python that repeats the text on show."""
    options = ", ".join(f"{k}={v!r}" for k, v in state["options"].items())
    return "\n".join(
        [
            "import lmdemo",
            "",
            f'write = lmdemo.load("{model}")',
            f"for text in write.stream({state['prompt']!r}, {options}):",
            "    pass",
            "print(text)",
        ]
    )

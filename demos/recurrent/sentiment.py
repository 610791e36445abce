"""Reading: what a text says of itself, word by word, and what the network's memory does meanwhile."""

import statistics
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.frame import Member, card, cards, guarded, opened, sorry, wanted
from demos.language import Speaker, say_error
from demos.recurrent.figures import beside_baselines
from demos.recurrent.words import RECURRENT as WORDS
from demos.state import one_of
from demos.state import text as short_text
from demos.views.bars import Bars, bars
from demos.views.chips import Chips, chips
from demos.views.curves import Curves, curves, line
from demos.views.shaded import Shaded, shaded, text_row
from demos.views.timeline import Timeline, band, lane, timeline
from demos.views.unrolled import Unrolled, unrolled
from lmdemo.errors import HubError, InputError

READERS = ("rnn-sentiment", "lstm-sentiment", "lstm-hinglish")
GATES = ("input", "forget", "output")
COLOURS = {"negative": "negative", "neutral": "third", "positive": "positive"}
NETWORKS = {"rnn": "fourth", "lstm": "scratch"}  # colours
LENGTHS = (8, 16, 32, 64, 128, 256, 512)  # words, for the time against the length
EXAMPLES = {
    "english": (
        "a warm , funny film that never loses its way .",
        "it begins well , but after two hours i only wanted it to end .",
        "not bad at all : the ending is a real surprise .",
        "this is a wonderful film , and i say so although the man beside me slept and the sound was far too loud in the second half of it .",
    ),
    "hinglish": (
        "kya mast movie thi bhai , dil khush ho gaya",
        "bahut bura laga yeh sunkar , sab bekar hai",
        "bohot burra laga ye sunke , sb bekaar h",
        "kal match kitne baje hai ?",
    ),
}
say = Speaker(WORDS)


# -- the public functions: endpoints of the API, tools of MCP --------------------------------------------------------------------------


def recurrent_classify(text: str, model: str = "lstm-sentiment", source: str = "scratch", lang: str = "en") -> dict:
    """Tells whether a text praises or blames.

    Args:
        text: English film reviews for rnn-sentiment and lstm-sentiment, Hinglish for lstm-hinglish; up to 20,000 characters.
        model: rnn-sentiment, lstm-sentiment or lstm-hinglish.
        source: scratch: our network; hub: DistilBERT (not for lstm-hinglish).
        lang: Language of error messages, en or hi-Latn.

    Returns:
        label, score from 0 to 1, scores by label, milliseconds of the network, and facts about the model.
    """
    adapter = lmdemo.load(model, source=source)
    result = adapter(text)
    return {
        "label": result.label,
        "score": result.score,
        "scores": dict(result.scores),
        "milliseconds": result.milliseconds,
        "model": adapter.info.name,
        "source": adapter.info.source,
        "parameters": adapter.info.parameters,
        "device": adapter.info.device,
    }


def recurrent_words(text: str, model: str = "lstm-sentiment", gate: str = "none", lang: str = "en") -> dict:
    """Follows a text word by word: what the answer would be if it ended after each, and the mean size of state and cell.

    Args:
        text: The text.
        model: rnn-sentiment, lstm-sentiment or lstm-hinglish.
        gate: An LSTM gate to hold open at 1 (input, forget, output), or none.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        words, whether each is known, scores by label after each, and by quantity (state, cell, gates) its mean size after each.
    """
    adapter = lmdemo.load(model)
    trace = adapter(text, trace=True, open_gates=() if gate == "none" else (gate,)).trace
    return {
        "words": trace["tokens"].tolist(),
        "known": trace["known"].tolist(),
        "scores_after": {
            label: trace["scores_after"][:, i].round(5).tolist() for i, label in enumerate(adapter.labels)
        },
        "mean_size": {k: np.abs(v).mean(1).round(5).tolist() for k, v in quantities(trace).items()},
    }


def recurrent_step(
    text: str, model: str = "lstm-sentiment", step: int = 0, unit: int = 0, layer: int = 0, lang: str = "en"
) -> dict:
    """Takes one unit of the network at one word apart, down to its products.

    Args:
        text: The text.
        model: rnn-sentiment, lstm-sentiment or lstm-hinglish.
        step: Which word, from 0.
        unit: Which unit, from 0.
        layer: Which layer, from 0.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        Inputs, weights, sums and values of each gate, the cell before and after, the unit's output.
    """
    made = lmdemo.load(model).unit_step(text, int(step), int(unit), int(layer))
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in made._asdict().items()}


def recurrent_memory(text: str, model: str = "lstm-sentiment", lang: str = "en") -> dict:
    """Measures how strongly each word still moves the answer: the norm of its gradient; for English by RNN and LSTM.

    Args:
        text: The text.
        model: lstm-hinglish, or one of the English models, which are measured both.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        By model, one number a word.
    """
    return {name: lmdemo.load(name).gradient_of_answer(text).round(6).tolist() for name in peers(model)}


def recurrent_copy_memory(length: int = 20, lang: str = "en") -> list:
    """Trains an RNN and an LSTM here and now to remember a symbol over a distance, 300 steps each at most.

    Args:
        length: Steps between the symbol and the question, 1 to 100.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each network and every tenth step: member, step, accuracy (chance is 0.125), solved, seconds.
    """
    from lmdemo.recipes.copy_memory import race

    return [vars(lap) for lap in race(int(length))]


def recurrent_speed(model: str = "lstm-sentiment", lang: str = "en") -> dict:
    """Measures milliseconds of the network against the number of words, on the machine of this page.

    Args:
        model: lstm-hinglish, or one of the English models, which are measured both.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        By model, milliseconds by number of words.
    """
    return {name: {str(n): ms for n, ms in measure(name)} for name in peers(model)}


def quantities(trace: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """State, and of an LSTM cell, gates and candidate, of the first layer, (T, units) each."""
    found = {"state": trace["hidden_states"][0]}
    if "gates" in trace:
        found["cell"] = trace["cells"][0]
        found |= dict(zip((*GATES, "candidate"), trace["gates"][0], strict=True))
    return found


def peers(model: str) -> tuple[str, ...]:
    """The networks that can be held against one another on the same text."""
    return (model,) if model == "lstm-hinglish" else ("rnn-sentiment", "lstm-sentiment")


def measure(name: str, times: int = 5) -> list[tuple[int, float]]:
    """Median milliseconds of a network on texts of :data:`LENGTHS` words."""
    adapter = lmdemo.load(name)
    words = EXAMPLES["hinglish" if name == "lstm-hinglish" else "english"][-1].split()
    texts = {n: " ".join((words * (n // len(words) + 1))[:n]) for n in LENGTHS}
    adapter(texts[8])
    return [(n, statistics.median(adapter(t).milliseconds for _ in range(times))) for n, t in texts.items()]


def reach(gradient: np.ndarray, share: float = 0.9) -> int:
    """How many of the last words hold this share of the gradient."""
    summed = np.cumsum(gradient[::-1])
    return int(np.searchsorted(summed, share * summed[-1]) + 1)


# -- the page --------------------------------------------------------------------------------------------------------------------------


def lay_out(me: Member, first: str) -> SimpleNamespace:
    """Puts the parts on the page."""
    page, it = me.page, SimpleNamespace()
    with gr.Row(elem_classes="lm-columns"):
        with me.part("input"):
            it.examples = Chips(elem_id=f"{me.name}-examples")
            page.translate(it.examples, lambda lang: {"value": example_chips(first, lang)})
            it.text = me.text(
                gr.Textbox(lines=4, max_lines=10, elem_id=f"{me.name}-text"), label="text.label", info="text.info"
            )
            me.keep("text", it.text, short_text(), "")
        with me.part("result"):
            it.status = gr.Markdown(elem_classes="lm-status")
            page.translate(it.status, lambda lang: {"value": say(lang, "nothing_yet")})
            it.stop = me.text(gr.Button(size="sm", visible=False), value="stop")
            it.bars, it.cards = Bars(), gr.HTML()
            it.figures = gr.HTML(elem_classes="lm-table")
            page.translate(it.figures, lambda lang: {"value": beside_baselines(first, say, lang)})
    with me.part("look"):
        it.empty = me.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as it.inside:
            me.text(gr.Markdown(), value="watch.title")
            it.gate = me.text(
                gr.Radio(value="none", visible=me.name == "lstm", elem_id=f"{me.name}-gate"),
                label="gate.label",
                info="gate.info",
                choices={g: f"gate.{g}" for g in ("none", *GATES)},
            )
            if me.name == "lstm":
                me.keep("gate", it.gate, one_of(("none", *GATES)), "none")
            it.gate_text = gr.Markdown(elem_id=f"{me.name}-gate-text")
            it.timeline = Timeline(elem_id=f"{me.name}-timeline")
            it.step = Unrolled(elem_id=f"{me.name}-step")
            me.text(gr.Markdown(), value="memory.title")
            it.memory = Shaded(elem_id=f"{me.name}-memory")
        me.text(gr.Markdown(), value="copy.title")
        with gr.Row():
            it.length = me.text(gr.Slider(1, 100, 20, step=1, elem_id=f"{me.name}-length"), label="copy.length")
            it.race = me.text(gr.Button(size="sm", elem_id=f"{me.name}-race"), value="copy.run")
            it.end = me.text(gr.Button(size="sm"), value="stop")
        me.keep("length", it.length, _whole(1, 100), 20)
        it.laps, it.race_text = Curves(elem_id=f"{me.name}-laps"), gr.Markdown(elem_id=f"{me.name}-race-text")
        me.text(gr.Markdown(), value="speed.title")
        it.measure = me.text(gr.Button(size="sm", elem_id=f"{me.name}-measure"), value="speed.run")
        it.speed = Curves(elem_id=f"{me.name}-speed")
    return it


def connect(me: Member, it: SimpleNamespace, model: Any, source: Any, snippet: gr.Code) -> None:
    """Wires the parts up."""
    page, found = me.page, gr.State(None)  # what was found: see `run`
    shown = [it.status, it.bars, it.cards, it.empty, it.inside, it.gate_text, it.timeline, it.step, it.memory, snippet]

    def run(text: str, which: str, where: str, gate: str, lang: str):
        """Answers what is typed; what is wrong with it is said where the answer would stand."""
        if which not in READERS:
            yield (gr.skip(),) * (len(shown) + 2)
            return
        state = {
            "text": text or "",
            "model": which,
            "gate": gate if which.startswith("lstm") else "none",
            "answers": {},
            "wrong": None,
        }
        if not (text or "").strip():
            yield None, *show(None, lang), gr.update(visible=False)
            return
        held = () if state["gate"] == "none" else (gate,)
        for one in wanted(which, where):
            try:
                adapter = yield from opened(which, one, lang, len(shown) + 2)
                options = {"open_gates": held} if one == "scratch" and held else {}
                state["answers"][one] = adapter(text, trace=True, **options), adapter.info
                if one == "scratch":
                    state["labels"] = adapter.labels
                    state["plain"] = adapter(text, trace=True) if held else None
                    state["memory"] = {name: lmdemo.load(name).gradient_of_answer(text) for name in peers(which)}
            except InputError as error:
                state["wrong"] = error
                break
            except HubError as error:
                state["answers"][one] = error, lmdemo.catalog.MODELS[which].hub[0]
        yield state, *show(state, lang), gr.update(visible=False)

    def show(state: dict | None, lang: str) -> tuple:
        """Puts what was found into words and views; computes nothing anew."""
        if state is None or state["wrong"]:
            sentence = say_error(state["wrong"], lang) if state else say(lang, "nothing_yet")
            return sentence, {}, "", gr.update(visible=True), gr.update(visible=False), "", {}, {}, {}, gr.skip()
        sentences, groups, made = [], [], []
        for one, (result, info) in state["answers"].items():
            if isinstance(result, HubError):
                made.append(sorry(info, one, result, lang))
                continue
            groups.append(
                bars(
                    f"{say(lang, 'source.' + one)} ({info.name})",
                    {say(lang, f"label.{k}"): v for k, v in result.scores.items()},
                    colour=one,
                )
            )
            made.append(card(info, result.milliseconds, lang))
            sentences.append(
                say(
                    lang,
                    "answer",
                    source=say(lang, f"source.{one}"),
                    label=say(lang, f"label.{result.label}"),
                    percent=100 * result.score,
                )
            )
        own = state["answers"].get("scratch", (None,))[0]
        sentence = "  \n".join(sentences) or say(lang, "no_answer")
        if own is None:
            return (
                sentence,
                {"groups": groups},
                cards(*made),
                gr.update(visible=True, value=say(lang, "look.hub")),
                gr.update(visible=False),
                "",
                {},
                {},
                {},
                snippet_text(state),
            )
        return (
            sentence,
            {"groups": groups},
            cards(*made),
            gr.update(visible=False),
            gr.update(visible=True),
            gate_sentence(state, lang),
            word_by_word(state, lang),
            {},
            memory_rows(state, lang),
            snippet_text(state),
        )

    inputs = [it.text, model, source, it.gate]
    running = [
        me.on(
            component.change, run, inputs, [found, *shown, it.stop], show_progress="hidden", trigger_mode="always_last"
        )
        for component in (it.text, source, it.gate)
    ]
    running.append(me.on(model.change, run, inputs, [found, *shown, it.stop], show_progress="hidden"))
    me.stops(it.stop, running, it.status)
    page.reword(show, [found], shown)

    it.examples.choose(_chosen, None, it.text, show_progress="hidden", api_visibility="private", queue=False)

    def for_model(which: str, lang: str):
        return (
            (example_chips(which, lang), beside_baselines(which, say, lang))
            if which in READERS
            else (gr.skip(), gr.skip())
        )

    me.on(model.change, for_model, [model], [it.examples, it.figures], show_progress="hidden", queue=False)
    page.reword(for_model, [model], [it.examples, it.figures])

    def pick(state: dict | None, lang: str, event: gr.EventData):
        held = () if state["gate"] == "none" else (state["gate"],)
        step, unit = int(event.step), int(event.unit)
        made = lmdemo.load(state["model"]).unit_step(state["text"], step, unit, int(event.layer), open_gates=held)
        word = state["answers"]["scratch"][0].trace["tokens"][step]
        return unrolled(
            made,
            say(lang, "step.title", unit=unit, n=step + 1, word=word),
            {p: say(lang, f"part.name.{p}") for p in made.parts},
            phrases(lang, "step"),
            {p: p for p in made.parts},
            held=held,
        )

    it.timeline.pick(guarded(pick), [found, page.language], it.step, show_progress="hidden", api_visibility="private")

    def run_race(length: float, lang: str):
        from lmdemo.recipes.copy_memory import SYMBOLS, race

        laps: dict[str, list] = {"rnn": [], "lstm": []}
        for lap in race(int(length)):
            laps[lap.member].append(lap)
            yield race_curves(laps, int(length), SYMBOLS, lang), race_sentence(laps, lang)

    racing = me.on(
        it.race.click,
        run_race,
        [it.length],
        [it.laps, it.race_text],
        show_progress="hidden",
        concurrency_id="training",
        concurrency_limit=2,
    )
    it.end.click(None, None, None, cancels=[racing], api_visibility="private", queue=False)

    def run_speed(which: str, lang: str):
        lines = []
        for name in peers(which):
            lines.append(line(name, NETWORKS[name.split("-")[0]], measure(name)))
            yield curves(
                say(lang, "speed.picture"),
                say(lang, "speed.x"),
                say(lang, "speed.y"),
                lines,
                phrases(lang, "curves"),
                note=say(lang, "speed.note"),
            )

    me.on(it.measure.click, run_speed, [model], [it.speed], show_progress_on=it.speed, concurrency_id="training")


def _chosen(event: gr.EventData) -> str:
    return str(event.text)[:500]


def phrases(lang: str, group: str) -> dict[str, str]:
    """The words of a view."""
    return {k.rsplit(".", 1)[1]: say(lang, k) for k in WORDS if k.startswith(f"view.{group}.")}


def example_chips(which: str, lang: str) -> dict:
    """Texts in the model's language."""
    return chips(say(lang, "examples"), EXAMPLES["hinglish" if which == "lstm-hinglish" else "english"])


def word_by_word(state: dict, lang: str) -> dict:
    """Probabilities after each word over the network's insides."""
    result, plain, labels = state["answers"]["scratch"][0], state["plain"], state["labels"]
    trace, lanes = result.trace, []
    wanted_labels = labels[1:] if len(labels) == 2 else labels
    for label in wanted_labels:
        n, name = labels.index(label), say(lang, f"label.{label}")
        lanes.append(lane(name, COLOURS[label], trace["scores_after"][:, n]))
        if plain is not None:
            lanes.append(
                lane(say(lang, "gate.lane", label=name), COLOURS[label], plain.trace["scores_after"][:, n], dashed=True)
            )
    bands = [
        band(key, say(lang, f"part.name.{key}"), key, values, **({"low": 0.0, "high": 1.0} if key in GATES else {}))
        for key, values in quantities(trace).items()
    ]
    return timeline(
        say(lang, "watch.picture", model=state["model"]),
        trace["tokens"].tolist(),
        lanes,
        bands,
        phrases(lang, "timeline"),
        known=trace["known"].tolist(),
        pickable=True,
    )


def gate_sentence(state: dict, lang: str) -> str:
    """What changed since a gate is held open."""
    if state["plain"] is None:
        return ""
    held, plain = state["answers"]["scratch"][0], state["plain"]
    cells = [float(np.abs(r.trace["cells"][0, -1]).mean()) for r in (plain, held)]
    return say(
        lang,
        "gate.changed",
        gate=say(lang, f"gate.{state['gate']}"),
        before=say(lang, f"label.{plain.label}"),
        p=100 * plain.score,
        after=say(lang, f"label.{held.label}"),
        q=100 * held.score,
        cell=cells[0],
        other=cells[1],
    )


def memory_rows(state: dict, lang: str) -> dict:
    """Each network's gradients as shades under the words."""
    tokens, rows = state["answers"]["scratch"][0].trace["tokens"].tolist(), []
    for name, gradient in state["memory"].items():
        rows.append(
            text_row(
                name,
                tokens,
                gradient,
                colour=NETWORKS[name.split("-")[0]],
                note=say(
                    lang, "memory.reach", n=reach(gradient), total=len(gradient), word=tokens[int(gradient.argmax())]
                ),
            )
        )
    note = say(lang, "memory.note") + (" " + say(lang, "memory.alone") if len(rows) == 1 else "")
    return shaded(say(lang, "memory.picture"), rows, phrases(lang, "shaded"), note=note)


def race_curves(laps: dict[str, list], length: int, symbols: int, lang: str) -> dict:
    """Accuracy over training steps."""
    lines = [
        line(member.upper(), NETWORKS[member], [(lap.step, lap.accuracy) for lap in run])
        for member, run in laps.items()
        if run
    ]
    return curves(
        say(lang, "copy.picture", length=length),
        say(lang, "copy.x"),
        say(lang, "copy.y"),
        lines,
        phrases(lang, "curves"),
        percent=True,
        note=say(lang, "copy.note", percent=100 / symbols),
    )


def race_sentence(laps: dict[str, list], lang: str) -> str:
    """Where the two stand."""
    return "  \n".join(
        say(
            lang,
            "copy.solved" if run[-1].solved else "copy.now",
            member=member.upper(),
            percent=100 * run[-1].accuracy,
            step=run[-1].step,
            seconds=run[-1].seconds,
        )
        for member, run in laps.items()
        if run
    )


def snippet_text(state: dict) -> str:
    """Python that repeats the result on show."""
    lines = ["import lmdemo", "", f"text = {state['text']!r}"]
    for one in state["answers"]:
        option = f', source="{one}"' if one != "scratch" else ""
        call = f', open_gates=("{state["gate"]}",)' if one == "scratch" and state["gate"] != "none" else ""
        lines += [f'result = lmdemo.load("{state["model"]}"{option})(text{call})', "print(result.label, result.score)"]
    return "\n".join(lines)


def _whole(low: int, high: int):
    def check(value: str) -> int:
        if not low <= int(value) <= high:
            raise ValueError(value)
        return int(value)

    return check

"""Transformer: the encoder reads a text at once, and every word looks at every other."""

import statistics
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
    layer_rows,
    opened,
    sorry,
    wanted,
)
from demos.language import Speaker, say_error
from demos.recurrent.figures import beside_baselines
from demos.state import one_of
from demos.state import text as short_text
from demos.transformers.common_words import COMMON_PARTS
from demos.transformers.encoder_words import ENCODER
from demos.transformers.parts import SWITCHES, blocks, embedding_pictures, head_choices, phrases, switched
from demos.transformers.words import ATTENTION, PIECES
from demos.views.attention import Attention
from demos.views.bars import Bars, bars
from demos.views.chips import Chips, chips
from demos.views.curves import Curves, curves, line
from demos.views.pictures import Pictures
from demos.views.pieces import Pieces, pieces
from demos.views.shaded import Shaded, shaded, text_row
from lmdemo.catalog import MODELS
from lmdemo.errors import HubError, InputError, OptionError

NAMES = ("transformer-sentiment", "transformer-hinglish")
SOURCES = ("scratch", "hub", "both")
WORDS = ATTENTION | PIECES | COMMON_PARTS | ENCODER
EXAMPLES = {
    "transformer-sentiment": (
        "a warm , funny film that never loses its way .",
        "it begins well , but after two hours i only wanted it to end .",
        "not bad at all : the ending is a real surprise .",
        "dull , loud and far too long",
    ),
    "transformer-hinglish": (
        "kya mast movie thi bhai , dil khush ho gaya",
        "bahut bura laga yeh sunkar , sab bekar hai",
        "bohot burra laga ye sunke , sb bekaar h",
        "kal match kitne baje hai ?",
    ),
}
THREE = {
    "transformer-sentiment": ("rnn-sentiment", "lstm-sentiment", "transformer-sentiment"),
    "transformer-hinglish": ("rnn-sentiment", "lstm-hinglish", "transformer-hinglish"),
}
COLOURS = {"rnn": "fourth", "lstm": "third", "transformer": "scratch"}
LENGTHS = (32, 64, 128, 256, 512, 1024)
KEPT = "kept"  # the Transformer once more, holding its attention
PASSES = 9
PIECES_SHOWN = 14  # of one word
say = Speaker(WORDS)


# -- the public functions: endpoints of the API, tools of MCP --------------------------------------------------------------------------


def transformer_classify(
    text: str,
    model: str = "transformer-sentiment",
    source: str = "scratch",
    off: str = "nothing",
    block: int = 0,
    head: int = 0,
    lang: str = "en",
) -> dict:
    """Tells whether a text praises or blames, with one part of the network switched off if wished.

    Args:
        text: An English film review, or for transformer-hinglish a Hinglish text; up to 20,000 characters, of which 1,024 words are read.
        model: transformer-sentiment or transformer-hinglish.
        source: scratch: our network; hub: DistilBERT (not for transformer-hinglish).
        off: nothing, positions, layer_norm or head; only of our network.
        block: With off=head: in which block, from 0.
        head: With off=head: which of its heads, from 0.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        label, score from 0 to 1, scores by label, milliseconds of the network, words read and given, and facts about the model.
    """
    adapter = lmdemo.load(model, source=source)
    if source != "scratch" and off != "nothing":
        raise OptionError(
            "switch_not_offered",
            expected="scratch",
            got=source,
            hint="Only our own network has these switches; choose it as source.",
        )
    result = adapter(text, **switched(off, f"{block}.{head}"))
    read, given = adapter.kept(text) if source == "scratch" else (None, None)
    return {
        "label": result.label,
        "score": result.score,
        "scores": dict(result.scores),
        "milliseconds": result.milliseconds,
        "words_read": read,
        "words_given": given,
        "model": adapter.info.name,
        "source": adapter.info.source,
        "parameters": adapter.info.parameters,
        "device": adapter.info.device,
    }


def transformer_attention(
    text: str, model: str = "transformer-sentiment", block: int = 0, head: int = 0, lang: str = "en"
) -> dict:
    """Gives one head's queries, keys, values and attention matrix for a text.

    Args:
        text: The text; the first 64 words are told.
        model: transformer-sentiment or transformer-hinglish.
        block: Which block, from 0.
        head: Which of its heads, from 0.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        words, queries, keys and values (a row a word), and weights: a row a looking word, a column a word that is looked at.
    """
    trace = lmdemo.load(model)(text, trace=True).trace
    layers, heads = trace["attention"].shape[:2]
    if not (0 <= block < layers and 0 <= head < heads):
        raise OptionError(
            "no_such_head",
            expected=f"0-{layers - 1}, 0-{heads - 1}",
            got=f"{block}, {head}",
            hint="Choose a layer and a head that are there.",
        )
    found = {name: trace[name][block, head, :64].round(5).tolist() for name in ("queries", "keys", "values")}
    return {
        "words": trace["tokens"][:64].tolist(),
        **found,
        "weights": trace["attention"][block, head, :64, :64].round(5).tolist(),
    }


def transformer_layer_answers(text: str, model: str = "transformer-sentiment", lang: str = "en") -> list:
    """Tells what the network would already answer after each block, by the last layer's weights.

    Args:
        text: The text.
        model: transformer-sentiment or transformer-hinglish.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        Scores by label: first of the embeddings alone, then after each block.
    """
    adapter = lmdemo.load(model)
    return [
        dict(zip(adapter.labels, row.round(5).tolist(), strict=True))
        for row in adapter(text, trace=True).trace["layer_scores"]
    ]


def transformer_decision(text: str, model: str = "transformer-sentiment", lang: str = "en") -> dict:
    """Shows what each word adds to the answer's log-odds (integrated gradients), and how much attention it gets.

    Args:
        text: The text.
        model: transformer-sentiment or transformer-hinglish.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        label, words, integrated_gradients (a number a word) and attention (mean of heads and words of the last block).
    """
    found = decide(text, model)
    return found | {k: v.round(5).tolist() for k, v in found.items() if isinstance(v, np.ndarray)}


def transformer_tokens(text: str, model: str = "transformer-sentiment", lang: str = "en") -> list:
    """Cuts a text into what the network reads.

    Args:
        text: The text.
        model: transformer-sentiment or transformer-hinglish.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each word its pieces and their ids.
    """
    return [{"word": steps[0][0], "pieces": steps[-1], "ids": ids} for steps, ids in lmdemo.load(model).cut(text)]


def transformer_three(text: str, model: str = "transformer-sentiment", lang: str = "en") -> list:
    """Lets RNN, LSTM and Transformer answer the same text, in turns on the machine of this page.

    Args:
        text: The text.
        model: transformer-sentiment for English, transformer-hinglish for Hinglish (whose RNN knows English only).
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each network: model, label and score (null where it can read none of it), milliseconds, parameters, words it can read, words in all.
    """
    return answers_of_three(text, model)


def transformer_cost(text: str, model: str = "transformer-sentiment", length: int = 128, lang: str = "en") -> list:
    """Measures milliseconds and megabytes of RNN, LSTM and Transformer for the text repeated to a length, on the machine of this page.

    Args:
        text: The text.
        model: transformer-sentiment or transformer-hinglish.
        length: Words, 1 to 1024.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each network, and for the Transformer also with its attention written out and kept: model, milliseconds (median of
        five), megabytes (the most held at once).
    """
    from lmdemo.adapters.text_classification import cost_at

    names = [n for n in THREE[model] if MODELS[n].training_data == MODELS[model].training_data]
    found = [(name, False, cost_at(lmdemo.load(name), text, int(length))) for name in names]
    found.append((model, True, cost_at(lmdemo.load(model), text, int(length), keep=True)))
    return [
        {"model": name, "attention_kept": kept, "milliseconds": 1000 * c.seconds, "megabytes": c.bytes / 1e6}
        for name, kept, c in found
    ]


def transformer_layers(model: str = "transformer-sentiment", lang: str = "en") -> list:
    """Lists the layers with shapes and parameters.

    Args:
        model: transformer-sentiment or transformer-hinglish.
        lang: Language of error messages, en or hi-Latn.
    """
    return layer_rows(lmdemo.load(model))


def transformer_prove(lang: str = "en") -> list:
    """Runs the checks of our encoder against torch's, on the machine of this page.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows("transformer")


def decide(text: str, model: str) -> dict[str, Any]:
    """Integrated gradients and attention behind a decision."""
    adapter = lmdemo.load(model)
    result = adapter(text, trace=True)
    return {
        "label": result.label,
        "words": result.trace["tokens"].tolist(),
        "integrated_gradients": adapter.integrated_gradients(text),
        "attention": result.trace["attention"][-1].mean((0, 1)),
    }


def answers_of_three(text: str, model: str) -> list[dict[str, Any]]:
    """What each of the three says, with the median time of several passes that take turns."""
    found = {}
    for name in THREE[model]:
        adapter = lmdemo.load(name)
        facts = {
            "model": name,
            "label": None,
            "score": None,
            "milliseconds": None,
            "parameters": adapter.info.parameters,
            "known": 0,
            "total": 0,
        }
        try:
            words = adapter.tokenize(text)
            facts |= {"known": sum(adapter.known(words)), "total": len(words.tokens), "times": []}
        except InputError as error:
            if error.key != "text_unknown":
                raise
        found[name] = facts
    for _ in range(PASSES):
        for name, facts in found.items():
            if facts["known"]:
                result = lmdemo.load(name)(text)
                facts |= {"label": result.label, "score": result.score}
                facts["times"].append(result.milliseconds)
    total = max(f["total"] for f in found.values())
    return [
        f | {"milliseconds": statistics.median(f.pop("times")) if f["known"] else None, "total": f["total"] or total}
        for f in found.values()
    ]


# -- the page --------------------------------------------------------------------------------------------------------------------------


def build(page: Page) -> None:
    """Lays the tab out and connects it."""
    me = Member(page, "transformer", WORDS)
    model, source = me.source(SOURCES, NAMES)
    hubless = me.text(gr.Markdown(elem_classes="lm-muted", visible=False), value="hubless")
    with gr.Row(elem_classes="lm-columns"):
        with me.part("input"):
            examples = Chips(elem_id="transformer-examples")
            page.translate(examples, lambda lang: {"value": example_chips(NAMES[0], lang)})
            given = me.text(
                gr.Textbox(lines=4, max_lines=10, elem_id="transformer-text"), label="text.label", info="text.info"
            )
            me.keep("text", given, short_text(), "")
        with me.part("result"):
            status = gr.Markdown(elem_classes="lm-status")
            page.translate(status, lambda lang: {"value": say(lang, "nothing_yet")})
            stop = me.text(gr.Button(size="sm", visible=False), value="stop")
            answer_bars, answer_cards = Bars(), gr.HTML()
            said = me.text(gr.Markdown(elem_classes="lm-muted", visible=False), value="hub.said")
            figures = gr.HTML(elem_classes="lm-table")
            page.translate(figures, lambda lang: {"value": beside_baselines(NAMES[0], say, lang)})
    with me.part("look"):
        empty = me.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as inside:
            with gr.Column() as own:
                me.text(gr.Markdown(), value="tokens.title")
                cut = Pieces(elem_id="transformer-pieces")
                me.text(gr.Markdown(), value="embed.title")
                embedded = Pictures(elem_id="transformer-embeddings")
                me.text(gr.Markdown(), value="switch.title")
                with gr.Row():
                    off = me.text(
                        gr.Radio(value="nothing", elem_id="transformer-off"),
                        label="switch.label",
                        choices={s: f"switch.{s}" for s in SWITCHES},
                    )
                    head = me.text(
                        gr.Dropdown(choices=["0.0"], value="0.0", visible=False, allow_custom_value=True),
                        label="switch.head.label",
                    )
                me.keep("off", off, one_of(SWITCHES), "nothing")
                off_text, off_bars = gr.Markdown(elem_id="transformer-off-text"), Bars()
            me.text(gr.Markdown(), value="blocks.title")
            before = gr.Markdown(elem_classes="lm-muted")
            column = Attention(elem_id="transformer-blocks")
            with gr.Column() as own_too:
                me.text(gr.Markdown(), value="decision.title")
                run_decision = me.text(gr.Button(size="sm", elem_id="transformer-decide"), value="decision.run")
                decision = Shaded(elem_id="transformer-decision")
                me.text(gr.Markdown(), value="three.title")
                run_three = me.text(gr.Button(size="sm", elem_id="transformer-three"), value="three.run")
                three = gr.HTML(elem_classes="lm-table", elem_id="transformer-table")
                me.text(gr.Markdown(), value="cost.title")
                with gr.Row():
                    run_cost = me.text(gr.Button(size="sm", elem_id="transformer-measure"), value="cost.run")
                    end_cost = me.text(gr.Button(size="sm"), value="stop")
                cost_text = gr.Markdown(elem_id="transformer-cost-text")
                with gr.Row(elem_classes="lm-columns"):
                    cost_time, cost_memory = Curves(elem_id="transformer-time"), Curves(elem_id="transformer-memory")
    me.explain()
    snippet = me.code(
        "lmdemo/models/transformer.py",
        ("attend", "MultiHeadAttention", "EncoderLayer", "sinusoids", "Transformer.forward"),
        describe=lambda which: lmdemo.load(which).layers(),
        inputs=[model],
        keras="tests/keras/transformer.py",
    )
    me.proof()

    found, place = gr.State(None), gr.State((-1, 0))  # what was found: see `run`; the block and head that are open
    shown = [
        status,
        answer_bars,
        answer_cards,
        said,
        empty,
        inside,
        own,
        own_too,
        cut,
        embedded,
        head,
        off_text,
        off_bars,
        before,
        column,
        decision,
        three,
        snippet,
    ]

    def run(text: str, which: str, where: str, off: str, head: str, place: tuple[int, int], lang: str):
        """Answers what is typed; what is wrong with it is said where the answer would stand."""
        if not (text or "").strip():
            yield None, *show(None, place, lang), gr.update(visible=False)
            return
        state = {"text": text, "model": which, "off": off, "head": head, "answers": {}, "wrong": None}
        for one in wanted(which, where):
            try:
                adapter = yield from opened(which, one, lang, len(shown) + 2)
                state["answers"][one] = adapter(text, trace=True), adapter.info
                if one == "scratch":
                    state |= {
                        "kept": adapter.kept(text),
                        "labels": adapter.labels,
                        "cut": adapter.cut(text),
                        "without": leave_out(adapter, text, state),
                    }
            except InputError as error:
                state["wrong"] = error
                break
            except HubError as error:
                state["answers"][one] = error, MODELS[which].hub[0]
        yield state, *show(state, place, lang), gr.update(visible=False)

    def show(state: dict | None, place: tuple[int, int], lang: str) -> tuple:
        """Puts what was found into words and views; computes nothing anew."""
        if state is None or state["wrong"]:
            sentence = say_error(state["wrong"], lang) if state else say(lang, "nothing_yet")
            return (
                sentence,
                {},
                "",
                gr.update(visible=False),
                gr.update(visible=True),
                gr.update(visible=False),
                *(gr.skip(),) * (len(shown) - 6),
            )
        sentences, groups, made = [], [], []
        traced = None
        for one, (result, info) in state["answers"].items():
            if isinstance(result, HubError):
                made.append(sorry(info, one, result, lang))
                continue
            traced = traced or (one, result)
            groups.append(bars(f"{say(lang, 'source.' + one)} ({info.name})", named(result.scores, lang), colour=one))
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
        hub = gr.update(visible="hub" in state["answers"])
        if traced is None:
            return (
                say(lang, "no_answer"),
                {},
                cards(*made),
                hub,
                gr.update(visible=True),
                gr.update(visible=False),
                *(gr.skip(),) * (len(shown) - 6),
            )
        one, result = traced
        sentences += remarks(state, result, lang) if one == "scratch" else []
        unfolded = blocks(result.trace, phrases(WORDS, say, lang, "attention"), place, layer_notes(state, result, lang))
        first = (
            "  \n".join(sentences),
            {"groups": groups},
            cards(*made),
            hub,
            gr.update(visible=False),
            gr.update(visible=True),
        )
        if one == "hub":
            return (
                *first,
                gr.update(visible=False),
                gr.update(visible=False),
                {},
                {},
                gr.skip(),
                "",
                {},
                say(lang, "blocks.hub"),
                unfolded,
                {},
                "",
                snippet_text(state),
            )
        off_words, off_groups = what_changed(state, result, lang)
        return (
            *first,
            gr.update(visible=True),
            gr.update(visible=True),
            word_pieces(state, lang),
            embedding_pictures(result.trace, say, lang),
            gr.update(choices=head_choices(result.trace, say, lang), visible=state["off"] == "head"),
            off_words,
            off_groups,
            start_note(result, state, lang),
            unfolded,
            {},
            "",
            snippet_text(state),
        )

    inputs = [given, model, source, off, head, place]
    running = [
        me.on(component.change, run, inputs, [found, *shown, stop], show_progress="hidden", trigger_mode="always_last")
        for component in (given, source, off)
    ]
    running.append(
        me.on(head.input, run, inputs, [found, *shown, stop], show_progress="hidden", trigger_mode="always_last")
    )
    me.stops(stop, running, status)
    page.reword(show, [found, place], shown)
    examples.choose(_chosen, None, given, show_progress="hidden", api_visibility="private", queue=False)

    def for_model(which: str, lang: str):
        hub = bool(MODELS[which].hub)
        return (
            example_chips(which, lang),
            beside_baselines(which, say, lang),
            gr.update(visible=hub),
            gr.update(visible=not hub),
        )

    choosing = [examples, figures, source, hubless]
    me.on(model.change, for_model, [model], choosing, show_progress="hidden", queue=False)
    running.append(me.on(model.change, run, inputs, [found, *shown, stop], show_progress="hidden"))
    page.reword(for_model, [model], choosing)

    def unfold(state: dict | None, place: tuple[int, int], lang: str, event: gr.EventData):
        at = int(event.block), int(event.head)
        if not state:
            return at, gr.skip()
        result = next(r for r, _ in state["answers"].values() if not isinstance(r, HubError))
        return at, blocks(result.trace, phrases(WORDS, say, lang, "attention"), at, layer_notes(state, result, lang))

    column.open(
        guarded(unfold),
        [found, place, page.language],
        [place, column],
        show_progress="hidden",
        api_visibility="private",
    )

    def decided(state: dict | None, lang: str):
        return (
            decision_rows(decide(state["text"], state["model"]), lang)
            if state and "scratch" in state["answers"]
            else gr.skip()
        )

    me.on(run_decision.click, decided, [found], [decision])

    def asked(state: dict | None, lang: str):
        return (
            three_table(answers_of_three(state["text"], state["model"]), state["model"], lang)
            if state and "scratch" in state["answers"]
            else gr.skip()
        )

    me.on(run_three.click, asked, [found], [three])

    def measured(state: dict | None, lang: str):
        from lmdemo.adapters.text_classification import cost_at

        if not state or "scratch" not in state["answers"]:
            yield gr.skip(), gr.skip(), gr.skip()
            return
        names = ("rnn-sentiment", "lstm-sentiment", state["model"])
        text = state["text"] if state["model"] == NAMES[0] else EXAMPLES[NAMES[0]][0]
        points: dict[str, list[tuple[int, Any]]] = {name: [] for name in names}
        points[KEPT] = []
        for n in LENGTHS:
            for name in names:
                yield say(lang, "cost.now", name=name, n=n), gr.skip(), gr.skip()
                taken = state["text"] if name == state["model"] else text
                points[name].append((n, cost_at(lmdemo.load(name), taken, n)))
            points[KEPT].append((n, cost_at(lmdemo.load(state["model"]), state["text"], n, keep=True)))
            yield (gr.skip(), *cost_curves(points, lang))
        yield cost_sentence(points, lang), gr.skip(), gr.skip()

    measuring = me.on(
        run_cost.click,
        measured,
        [found],
        [cost_text, cost_time, cost_memory],
        show_progress="hidden",
        concurrency_id="training",
        concurrency_limit=2,
    )
    end_cost.click(None, None, None, cancels=[measuring], api_visibility="private", queue=False)
    endpoints(page)


def _chosen(event: gr.EventData) -> str:
    return str(event.text)[:500]


def leave_out(adapter: Any, text: str, state: dict) -> Any:
    """The answer with one part switched off, or None."""
    if state["off"] == "nothing":
        return None
    try:
        return adapter(text, **switched(state["off"], state["head"]))
    except (OptionError, ValueError):  # a head that the other model had
        state["head"] = "0.0"
        return adapter(text, **switched(state["off"], "0.0"))


def example_chips(which: str, lang: str) -> dict:
    """Texts in the model's language."""
    return chips(say(lang, "examples"), EXAMPLES[which])


def named(scores: Any, lang: str) -> dict[str, float]:
    """Scores under the labels' names."""
    return {say(lang, f"label.{k}"): v for k, v in scores.items()}


def remarks(state: dict, result: Any, lang: str) -> list[str]:
    """What was cut off, and what could not be read."""
    found, (kept, count) = [], state["kept"]
    if count > kept:
        found.append(say(lang, "kept", kept=kept, count=count, what=say(lang, "what.words")))
    unread = [
        f"“{t}”"
        for t, known in zip(result.trace["tokens"], result.trace["known"], strict=True)
        if not known and any(c.isalpha() for c in t)
    ]
    if unread:
        found.append(say(lang, "unread", words=", ".join(dict.fromkeys(unread[:12]))))
    return found


def word_pieces(state: dict, lang: str) -> dict:
    """Each word and its pieces, the first ones of long words."""
    cuts = [
        (
            [step[:PIECES_SHOWN] + ["…"] * (len(step) > PIECES_SHOWN) for step in steps],
            [*ids[:PIECES_SHOWN], *["…"] * (len(ids) > PIECES_SHOWN)],
        )
        for steps, ids in state["cut"]
    ]
    return pieces(say(lang, "tokens.picture"), cuts, phrases(WORDS, say, lang, "pieces"), note=say(lang, "tokens.note"))


def layer_notes(state: dict, result: Any, lang: str) -> list[str]:
    """Beside each block, what the network would already answer after it."""
    if "layer_scores" not in result.trace:
        return []
    return [
        say(
            lang, "blocks.note", label=say(lang, f"label.{state['labels'][int(row.argmax())]}"), percent=100 * row.max()
        )
        for row in result.trace["layer_scores"][1:]
    ]


def start_note(result: Any, state: dict, lang: str) -> str:
    """What the embeddings alone would answer."""
    row = result.trace["layer_scores"][0]
    return say(
        lang, "blocks.start", label=say(lang, f"label.{state['labels'][int(row.argmax())]}"), percent=100 * row.max()
    )


def what_changed(state: dict, result: Any, lang: str) -> tuple[str, dict]:
    """The answer with a part left out, beside the whole network's."""
    other = state["without"]
    if other is None:
        return say(lang, "switch.none"), {}
    off = state["off"]
    block, head = state["head"].split(".")
    part = say(lang, "switch.which", block=block, head=head) if off == "head" else say(lang, f"switch.{off}")
    sentence = say(
        lang,
        "switch.changed",
        part=part,
        before=say(lang, f"label.{result.label}"),
        p=100 * result.score,
        after=say(lang, f"label.{other.label}"),
        q=100 * other.score,
    )
    order = sorted(result.scores)
    groups = [
        {
            "title": title,
            "colour": "scratch",
            "rows": [{"label": say(lang, f"label.{k}"), "score": round(scores[k], 4)} for k in order],
        }
        for title, scores in (
            (say(lang, "switch.whole"), result.scores),
            (say(lang, "switch.without", part=part), other.scores),
        )
    ]
    return f"{sentence} {say(lang, f'switch.hint.{off}')}", {"groups": groups}


def decision_rows(found: dict[str, Any], lang: str) -> dict:
    """Integrated gradients and attention as shades under the words."""
    ig, words, most = found["integrated_gradients"], found["words"], int(np.abs(found["integrated_gradients"]).argmax())
    largest = np.abs(ig).max() or 1.0
    rows = [
        text_row(
            say(lang, "decision.for"),
            words,
            (ig / largest).clip(0),
            colour="positive",
            note=say(lang, "decision.sum", total=ig.sum(), word=words[most], most=ig[most]),
        ),
        text_row(say(lang, "decision.against"), words, (-ig / largest).clip(0), colour="negative"),
        text_row(say(lang, "decision.attention"), words, found["attention"] / found["attention"].max(), colour="third"),
    ]
    return shaded(
        say(lang, "decision.picture", label=say(lang, f"label.{found['label']}")),
        rows,
        phrases(WORDS, say, lang, "view.shaded"),
        note=say(lang, "decision.note"),
    )


def three_table(found: list[dict[str, Any]], which: str, lang: str) -> str:
    """The three networks' answers."""
    rows = []
    for f in found:
        answer = (
            say(lang, "three.nothing")
            if f["label"] is None
            else f"{say(lang, 'label.' + f['label'])} {100 * f['score']:.1f} %"
        )
        rows.append(
            (
                f["model"],
                answer,
                "–" if f["milliseconds"] is None else f"{f['milliseconds']:.2f}",
                f["parameters"],
                say(lang, "three.of", known=f["known"], total=f["total"]),
            )
        )
    head = [say(lang, f"three.{k}") for k in ("network", "answer", "ms")] + [
        say(lang, "code.parameters"),
        say(lang, "three.known"),
    ]
    table = html_table(head, rows, say(lang, "three.table", n=PASSES))
    return table + (f"<p>{say(lang, 'three.english')}</p>" if which == "transformer-hinglish" else "")


def cost_curves(points: dict[str, list[tuple[int, Any]]], lang: str) -> tuple[dict, dict]:
    """Time and memory over length."""
    made = []
    for kind, unit, value in (("time", "ms", lambda c: 1000 * c.seconds), ("memory", "mb", lambda c: c.bytes / 1e6)):
        lines = [
            line(
                say(lang, "cost.kept") if name == KEPT else name,
                COLOURS["transformer" if name == KEPT else name.split("-")[0]],
                [(n, value(c)) for n, c in p],
                dashed=name == KEPT,
            )
            for name, p in points.items()
            if p
        ]
        made.append(
            curves(
                say(lang, f"cost.{kind}"),
                say(lang, "cost.x"),
                say(lang, f"cost.{unit}"),
                lines,
                phrases(WORDS, say, lang, "view.curves"),
                note=say(lang, f"cost.note.{kind}"),
            )
        )
    return made[0], made[1]


def cost_sentence(points: dict[str, list[tuple[int, Any]]], lang: str) -> str:
    """How often the shortest text's cost the longest one's is."""
    grown = {}
    for name, p in points.items():
        member = name.split("-")[0]
        grown |= {member: p[-1][1].seconds / p[0][1].seconds, f"{member}_mb": p[-1][1].bytes / p[0][1].bytes}
    return say(lang, "cost.done", short=LENGTHS[0], long=f"{LENGTHS[-1]:,}", **grown)


def snippet_text(state: dict) -> str:
    """Python that repeats the result on show."""
    lines = ["import lmdemo", "", f"text = {state['text'][:2000]!r}"]
    for one in state["answers"]:
        option = f', source="{one}"' if one != "scratch" else ""
        options = switched(state["off"], state["head"]) if one == "scratch" else {}
        call = "".join(f", {k}={v!r}" for k, v in options.items())
        lines += [f'result = lmdemo.load("{state["model"]}"{option})(text{call})', "print(result.label, result.score)"]
    return "\n".join(lines)


def endpoints(page: Page) -> None:
    """Publishes the functions of this tab."""

    def text() -> gr.Textbox:
        return gr.Textbox(visible=False, label="text")

    def choice(values: tuple[str, ...]) -> gr.Radio:
        return gr.Radio(choices=list(values), value=values[0], visible=False)

    def whole(**values: int) -> dict[str, Whole]:
        return {name: Whole(value, precision=0, visible=False, label=name) for name, value in values.items()}

    out, model = gr.JSON(visible=False), choice(NAMES)
    page.endpoint(
        transformer_classify,
        {
            "text": text(),
            "model": model,
            "source": choice(("scratch", "hub")),
            "off": choice(SWITCHES),
            **whole(block=0, head=0),
        },
        out,
    )
    page.endpoint(transformer_attention, {"text": text(), "model": model, **whole(block=0, head=0)}, out)
    for function in (transformer_layer_answers, transformer_decision, transformer_tokens, transformer_three):
        page.endpoint(function, {"text": text(), "model": model}, out)
    page.endpoint(
        transformer_cost,
        {"text": text(), "model": model, "length": gr.Slider(1, 1024, 128, step=1, visible=False, label="length")},
        out,
    )
    page.endpoint(transformer_layers, {"model": model}, out)
    page.endpoint(transformer_prove, {}, out)

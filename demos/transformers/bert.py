"""BERT: the encoder stack fills in hidden words from both sides."""

import re
from typing import Any

import gradio as gr

import lmdemo
from demos.frame import Member, Page, Whole, card, cards, check_rows, guarded, layer_rows, opened, sorry, wanted
from demos.language import Speaker, say_error
from demos.recurrent.figures import beside_baselines
from demos.state import one_of
from demos.state import text as short_text
from demos.transformers.bert_words import BERT
from demos.transformers.common_words import COMMON_PARTS
from demos.transformers.parts import SWITCHES, blocks, embedding_pictures, head_choices, phrases, switched
from demos.transformers.words import ATTENTION, PIECES
from demos.views.attention import Attention
from demos.views.bars import Bars, bars
from demos.views.chips import Chips, chips
from demos.views.pictures import Pictures
from demos.views.pieces import Pieces, pieces
from demos.views.shaded import Shaded, shaded, text_row
from demos.views.slopes import Slopes, slopes
from lmdemo.catalog import MODELS
from lmdemo.errors import HubError, InputError, OptionError

NAME = "bert-captions"
SOURCES = ("scratch", "hub-weights", "hub", "both")
OURS = ("scratch", "hub-weights")  # our network, which can be looked into
WORDS = ATTENTION | PIECES | COMMON_PARTS | BERT
MASK = "[MASK]"
EXAMPLES = (
    "A man in a [MASK] shirt is riding a bike down the street.",
    "Two [MASK] are playing in the snow.",
    "A little girl is [MASK] an ice cream [MASK].",
    "The [MASK] runs along the beach with a ball in its mouth.",
)
PAIR = ("A man is playing the [MASK].", "A boy is playing in the [MASK].")
MANY = 1 / 3  # from this share of hidden pieces on, a word is said
TOP = 8
say = Speaker(WORDS)


# -- the public functions: endpoints of the API, tools of MCP --------------------------------------------------------------------------


def bert_fill(
    text: str,
    source: str = "scratch",
    top_k: int = 10,
    off: str = "nothing",
    block: int = 0,
    head: int = 0,
    lang: str = "en",
) -> dict:
    """Fills in the hidden words of a text, with one part of the network switched off if wished.

    Args:
        text: An English text with [MASK] for each hidden word; up to 20,000 characters.
        source: scratch: our network trained on captions; hub-weights: our network with BERT base's weights; hub: BERT base itself.
        top_k: Candidates a mask, 1 to 100.
        off: nothing, positions, layer_norm or head; only of our network.
        block: With off=head: in which block, from 0.
        head: With off=head: which of its heads, from 0.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        candidates: for each mask words with their probabilities; milliseconds of the network, pieces read and given, and facts about the model.
    """
    adapter = lmdemo.load(NAME, source=source)
    result, read = adapter(text, top_k=int(top_k), **switched(off, f"{block}.{head}")), adapter.pieces(text)
    return {
        "candidates": [dict(c) for c in result.candidates],
        "milliseconds": result.milliseconds,
        "pieces_read": len(read.ids),
        "pieces_given": read.count,
        "model": adapter.info.name,
        "source": adapter.info.source,
        "parameters": adapter.info.parameters,
        "device": adapter.info.device,
    }


def bert_pieces(text: str, source: str = "scratch", lang: str = "en") -> list:
    """Cuts a text into word pieces.

    Args:
        text: The text.
        source: scratch: our vocabulary of captions; hub-weights or hub: BERT base's.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each word its pieces and their ids.
    """
    return [{"pieces": steps[-1], "ids": ids} for steps, ids in lmdemo.load(NAME, source=source).cut(text)]


def bert_compare(first: str, second: str, source: str = "scratch", top_k: int = 10, lang: str = "en") -> dict:
    """Compares what may stand at the first mask of two sentences.

    Args:
        first: A sentence with [MASK].
        second: Another one.
        source: scratch, hub-weights or hub.
        top_k: Candidates of either sentence, 1 to 100.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        By candidate its probability in the first and in the second sentence.
    """
    return {
        word: list(pair) for word, pair in lmdemo.load(NAME, source=source).compare(first, second, int(top_k)).items()
    }


def bert_attention(text: str, source: str = "scratch", block: int = 0, head: int = 0, lang: str = "en") -> dict:
    """Gives one head's queries, keys, values and attention matrix for a text.

    Args:
        text: A text with [MASK]; the first 64 pieces are told.
        source: scratch or hub-weights: our network; hub: BERT base itself, whose library gives the weights only.
        block: Which block, from 0.
        head: Which of its heads, from 0.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        pieces, queries, keys and values (a row a piece), and weights: a row a looking piece, a column a piece that is looked at.
    """
    trace = lmdemo.load(NAME, source=source)(text, trace=True).trace
    layers, heads = trace["attention"].shape[:2]
    if not (0 <= block < layers and 0 <= head < heads):
        raise OptionError(
            "no_such_head",
            expected=f"0-{layers - 1}, 0-{heads - 1}",
            got=f"{block}, {head}",
            hint="Choose a layer and a head that are there.",
        )
    found = {
        name: trace[name][block, head, :64].round(5).tolist() for name in ("queries", "keys", "values") if name in trace
    }
    return {
        "pieces": trace["tokens"][:64].tolist(),
        **found,
        "weights": trace["attention"][block, head, :64, :64].round(5).tolist(),
    }


def bert_layer_answers(text: str, source: str = "scratch", lang: str = "en") -> list:
    """Tells how the network would already fill in the masks after each block, by the last layer's head.

    Args:
        text: A text with [MASK].
        source: scratch or hub-weights.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        First of the embeddings alone, then after each block: for each mask five words with their probabilities.
    """
    trace = lmdemo.load(NAME, source=source)(text, trace=True).trace
    return [
        [
            dict(zip(words, row.round(5).tolist(), strict=True))
            for words, row in zip(names.tolist(), scores, strict=True)
        ]
        for names, scores in zip(trace["layer_tokens"], trace["layer_scores"], strict=True)
    ]


def bert_layers(source: str = "scratch", lang: str = "en") -> list:
    """Lists the layers with shapes and parameters.

    Args:
        source: scratch, hub-weights or hub.
        lang: Language of error messages, en or hi-Latn.
    """
    return layer_rows(lmdemo.load(NAME, source=source))


def bert_prove(lang: str = "en") -> list:
    """Runs the checks of our BERT against transformers', on the machine of this page.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows("bert")


def split(text: str) -> list[tuple[int, int]]:
    """Where the words, signs and masks of a text stand: what can be clicked."""
    return [m.span() for m in re.finditer(r"\[MASK\]|\w+(?:['’]\w+)*|[^\w\s]", text)]


def toggle(text: str, index: int, before: list[str]) -> tuple[str, list[str]]:
    """Hides the word at ``index``, or brings it back if it is hidden; ``before`` are the words as they were."""
    spans = split(text)
    words = [text[a:b] for a, b in spans]
    if not 0 <= index < len(spans):
        return text, before
    # What was hidden before is known as long as the text around it is the same.
    same = len(before) == len(words) and all(w == MASK or w == b for w, b in zip(words, before, strict=True))
    before = list(before) if same else list(words)
    start, end = spans[index]
    if words[index] != MASK:
        return text[:start] + MASK + text[end:], before
    return text[:start] + before[index] + text[end:], before


# -- the page --------------------------------------------------------------------------------------------------------------------------


def build(page: Page) -> None:
    """Lays the tab out and connects it."""
    me = Member(page, "bert", WORDS)
    _, source = me.source(SOURCES, (NAME,))
    with gr.Row(elem_classes="lm-columns"):
        with me.part("input"):
            examples = Chips(elem_id="bert-examples")
            page.translate(examples, lambda lang: {"value": chips(say(lang, "examples"), EXAMPLES)})
            given = me.text(gr.Textbox(lines=3, max_lines=8, elem_id="bert-text"), label="text.label", info="text.info")
            me.keep("text", given, short_text(), "")
            hide = Shaded(elem_id="bert-hide")
        with me.part("result"):
            status = gr.Markdown(elem_classes="lm-status")
            page.translate(status, lambda lang: {"value": say(lang, "nothing_yet")})
            stop = me.text(gr.Button(size="sm", visible=False), value="stop")
            answer_bars, answer_cards = Bars(elem_id="bert-bars"), gr.HTML()
            said = me.text(gr.Markdown(elem_classes="lm-muted", visible=False), value="hub.said")
            figures = gr.HTML(elem_classes="lm-table")
            page.translate(figures, lambda lang: {"value": beside_baselines(NAME, say, lang)})
    with me.part("look"):
        empty = me.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as inside:
            me.text(gr.Markdown(), value="tokens.title")
            cut = Pieces(elem_id="bert-pieces")
            with gr.Column() as own:
                me.text(gr.Markdown(), value="embed.title")
                embedded = Pictures(elem_id="bert-embeddings")
                me.text(gr.Markdown(), value="switch.title")
                with gr.Row():
                    off = me.text(
                        gr.Radio(value="nothing", elem_id="bert-off"),
                        label="switch.label",
                        choices={s: f"switch.{s}" for s in SWITCHES},
                    )
                    head = me.text(
                        gr.Dropdown(choices=["0.0"], value="0.0", visible=False, allow_custom_value=True),
                        label="switch.head.label",
                    )
                me.keep("off", off, one_of(SWITCHES), "nothing")
                off_text, off_bars = gr.Markdown(elem_id="bert-off-text"), Bars()
            me.text(gr.Markdown(), value="blocks.title")
            before = gr.Markdown(elem_classes="lm-muted")
            column = Attention(elem_id="bert-blocks")
        me.text(gr.Markdown(), value="compare.title")
        with gr.Row():
            first = me.text(gr.Textbox(PAIR[0], elem_id="bert-first"), label="compare.first")
            second = me.text(gr.Textbox(PAIR[1], elem_id="bert-second"), label="compare.second")
        me.keep("first", first, short_text(), PAIR[0])
        me.keep("second", second, short_text(), PAIR[1])
        run_compare = me.text(gr.Button(size="sm", elem_id="bert-compare"), value="compare.run")
        compared_text, compared = gr.Markdown(elem_id="bert-compare-text"), Slopes(elem_id="bert-slopes")
    me.explain()
    snippet = me.code(
        "lmdemo/models/bert.py",
        ("FillMaskHead", "Bert.forward", "translate", "Bert.from_hub_weights"),
        describe=lambda where: lmdemo.load(NAME, source="scratch" if where == "both" else where).layers(),
        inputs=[source],
    )
    me.proof()

    found, place, words_before = gr.State(None), gr.State((-1, 0)), gr.State([])
    shown = [
        status,
        answer_bars,
        answer_cards,
        said,
        empty,
        inside,
        own,
        cut,
        embedded,
        head,
        off_text,
        off_bars,
        before,
        column,
        snippet,
    ]

    def run(text: str, where: str, off: str, head: str, place: tuple[int, int], lang: str):
        """Answers what is typed; what is wrong with it is said where the answer would stand."""
        if not (text or "").strip():
            yield None, *show(None, place, lang), gr.update(visible=False)
            return
        state = {
            "text": text,
            "off": off,
            "head": head,
            "answers": {},
            "wrong": None,
            "cut": {},
            "read": {},
            "without": None,
        }
        for one in wanted(NAME, where):
            try:
                adapter = yield from opened(NAME, one, lang, len(shown) + 2)
                state["answers"][one] = adapter(text, trace=True), adapter.info
                state["read"][one], state["cut"][one] = adapter.pieces(text), adapter.cut(text)
                if one in OURS and off != "nothing":
                    state["without"] = leave_out(adapter, text, state)
            except InputError as error:
                state["wrong"] = error
                break
            except HubError as error:
                state["answers"][one] = error, MODELS[NAME].hub[0]
        yield state, *show(state, place, lang), gr.update(visible=False)

    def show(state: dict | None, place: tuple[int, int], lang: str) -> tuple:
        """Puts what was found into words and views; computes nothing anew."""
        if state is None or state["wrong"]:
            sentence = (
                say(lang, "nothing_yet")
                if state is None
                else say(lang, "hide.need")
                if state["wrong"].key == "mask_missing"
                else say_error(state["wrong"], lang)
            )
            return (
                sentence,
                {},
                "",
                gr.update(visible=False),
                gr.update(visible=True),
                gr.update(visible=False),
                *(gr.skip(),) * (len(shown) - 6),
            )
        sentences, groups, made, traced = [], [], [], None
        for one, (result, info) in state["answers"].items():
            if isinstance(result, HubError):
                made.append(sorry(info, one, result, lang))
                continue
            traced = traced or (one, result)
            colour = "hub" if one == "hub" else "scratch"
            groups += [
                bars(f"{say(lang, 'mask', n=n)} · {say(lang, 'source.' + one)}", c, top=TOP, colour=colour)
                for n, c in enumerate(result.candidates, 1)
            ]
            made.append(card(info, result.milliseconds, lang))
            sentences.append(
                say(
                    lang,
                    "answers",
                    source=say(lang, f"source.{one}"),
                    words=", ".join(
                        f"**{next(iter(c))}** ({100 * next(iter(c.values())):.1f} %)" for c in result.candidates[:20]
                    ),
                )
            )
        hub = gr.update(visible=any(one != "scratch" for one in state["answers"]))
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
        sentences += remarks(state["read"][one], result, state["text"], lang)
        unfolded = blocks(result.trace, phrases(WORDS, say, lang, "attention"), place, layer_notes(result, lang))
        first = (
            "  \n".join(sentences),
            {"groups": groups[:24]},
            cards(*made),
            hub,
            gr.update(visible=False),
            gr.update(visible=True),
        )
        if one not in OURS:
            return (
                *first,
                gr.update(visible=False),
                word_pieces(state["cut"][one], lang),
                {},
                gr.skip(),
                "",
                {},
                say(lang, "blocks.hub"),
                unfolded,
                snippet_text(state),
            )
        return (
            *first,
            gr.update(visible=True),
            word_pieces(state["cut"][one], lang),
            embedding_pictures(result.trace, say, lang),
            gr.update(choices=head_choices(result.trace, say, lang), visible=state["off"] == "head"),
            *what_changed(state, result, lang),
            say(lang, "blocks.start", words=best(result.trace, 0)),
            unfolded,
            snippet_text(state),
        )

    inputs = [given, source, off, head, place]
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

    # -- words to click ------------------------------------------------------------------------------------------------------------

    me.on(given.change, clickable, [given], [hide], show_progress="hidden", queue=False)
    page.reword(clickable, [given], [hide])

    def click(text: str, before: list[str], lang: str, event: gr.EventData):
        return toggle(text or "", int(event.index), before)

    hide.pick(
        guarded(click),
        [given, words_before, page.language],
        [given, words_before],
        show_progress="hidden",
        api_visibility="private",
    )

    # -- look inside ---------------------------------------------------------------------------------------------------------------

    def unfold(state: dict | None, place: tuple[int, int], lang: str, event: gr.EventData):
        at = int(event.block), int(event.head)
        if not state:
            return at, gr.skip()
        result = next(r for r, _ in state["answers"].values() if not isinstance(r, HubError))
        return at, blocks(result.trace, phrases(WORDS, say, lang, "attention"), at, layer_notes(result, lang))

    column.open(
        guarded(unfold),
        [found, place, page.language],
        [place, column],
        show_progress="hidden",
        api_visibility="private",
    )

    moves = gr.State(None)

    def compare(a: str, b: str, where: str, lang: str):
        adapter = lmdemo.load(NAME, source="scratch" if where == "both" else where)
        found = {"moves": adapter.compare(a, b), "model": f"{adapter.info.name}, {adapter.info.source}"}
        return found, *drawn(found, lang)

    def drawn(found: dict | None, lang: str) -> tuple:
        if not found:
            return "", {}
        moved = found["moves"]
        ratios = {w: q / max(p, 1e-9) for w, (p, q) in moved.items()}
        up, down = max(ratios, key=ratios.get), min(ratios, key=ratios.get)
        sentence = say(
            lang, "compare.differs", up=up, up_ratio=ratios[up], down=down, down_ratio=1 / max(ratios[down], 1e-9)
        )
        return sentence, slopes(
            say(lang, "compare.picture", model=found["model"]),
            say(lang, "compare.left"),
            say(lang, "compare.right"),
            moved,
            phrases(WORDS, say, lang, "view.slopes"),
        )

    me.on(run_compare.click, compare, [first, second, source], [moves, compared_text, compared])
    page.reword(drawn, [moves], [compared_text, compared])
    endpoints(page)


def _chosen(event: gr.EventData) -> str:
    return str(event.text)[:500]


def clickable(text: str, lang: str) -> dict:
    """The text's words, each to be clicked; masks are shaded."""
    text = (text or "")[:2_000]
    words = [text[a:b] for a, b in split(text)][:200]
    if not words:
        return {}
    return shaded(
        "",
        [
            text_row(
                say(lang, "hide.title"),
                words,
                [float(w == MASK) for w in words],
                pickable=True,
                note=say(lang, "hide.note"),
            )
        ],
        phrases(WORDS, say, lang, "view.shaded"),
    )


def leave_out(adapter: Any, text: str, state: dict) -> Any:
    """The answer with one part switched off."""
    try:
        return adapter(text, **switched(state["off"], state["head"]))
    except (OptionError, ValueError):  # a head that the other network had
        state["head"] = "0.0"
        return adapter(text, **switched(state["off"], "0.0"))


def remarks(read: Any, result: Any, text: str, lang: str) -> list[str]:
    """What was cut off, what was not known, and whether too much is hidden."""
    found, kept, masks = [], len(read.ids), len(result.candidates)
    if read.count > kept:
        found.append(say(lang, "kept", kept=kept, count=read.count, what=say(lang, "what.pieces")))
    unknown = [f"“{text[a:b]}”" for token, (a, b) in zip(read.tokens, read.offsets, strict=True) if token == "[UNK]"]
    if unknown:
        found.append(say(lang, "unknown", words=", ".join(dict.fromkeys(unknown[:12]))))
    if masks > 1 and masks >= MANY * (kept - 2):
        found.append(say(lang, "masks.many", n=masks, total=kept - 2))
    return found


def word_pieces(cuts: list, lang: str) -> dict:
    """Each word, cut step by step."""
    return pieces(say(lang, "tokens.picture"), cuts, phrases(WORDS, say, lang, "pieces"), note=say(lang, "tokens.note"))


def best(trace: Any, layer: int, top: int = 3) -> str:
    """The best words for the first mask after a layer (0: the embeddings)."""
    return ", ".join(
        f"{w} {100 * s:.0f} %"
        for w, s in zip(trace["layer_tokens"][layer, 0, :top], trace["layer_scores"][layer, 0, :top], strict=True)
    )


def layer_notes(result: Any, lang: str) -> list[str]:
    """Beside each block, what the first mask would be filled with."""
    if "layer_tokens" not in result.trace:
        return []
    return [say(lang, "blocks.note", words=best(result.trace, n)) for n in range(1, len(result.trace["layer_tokens"]))]


def what_changed(state: dict, result: Any, lang: str) -> tuple[str, dict]:
    """The first mask's candidates with a part left out, beside the whole network's."""
    other = state["without"]
    if other is None:
        return say(lang, "switch.none"), {}
    off = state["off"]
    block, head = state["head"].split(".")
    part = say(lang, "switch.which", block=block, head=head) if off == "head" else say(lang, f"switch.{off}")
    (a, p), (b, q) = (next(iter(r.candidates[0].items())) for r in (result, other))
    sentence = say(lang, "switch.changed", part=part, before=a, p=100 * p, after=b, q=100 * q)
    return f"{sentence} {say(lang, f'switch.hint.{off}')}", {
        "groups": [
            bars(say(lang, "switch.whole"), result.candidates[0], top=TOP),
            bars(say(lang, "switch.without", part=part), other.candidates[0], top=TOP),
        ]
    }


def snippet_text(state: dict) -> str:
    """Python that repeats the result on show."""
    lines = ["import lmdemo", "", f"text = {state['text'][:2000]!r}"]
    for one in state["answers"]:
        option = f', source="{one}"' if one != "scratch" else ""
        options = switched(state["off"], state["head"]) if one in OURS else {}
        call = "".join(f", {k}={v!r}" for k, v in options.items())
        lines += [f'result = lmdemo.load("{NAME}"{option})(text{call})', "print(result.candidates)"]
    return "\n".join(lines)


def endpoints(page: Page) -> None:
    """Publishes the functions of this tab."""

    def text(name: str = "text") -> gr.Textbox:
        return gr.Textbox(visible=False, label=name)

    def choice(values: tuple[str, ...]) -> gr.Radio:
        return gr.Radio(choices=list(values), value=values[0], visible=False)

    def whole(**values: int) -> dict[str, Whole]:
        return {name: Whole(value, precision=0, visible=False, label=name) for name, value in values.items()}

    out, source = gr.JSON(visible=False), choice(("scratch", "hub-weights", "hub"))
    page.endpoint(
        bert_fill,
        {"text": text(), "source": source, **whole(top_k=10), "off": choice(SWITCHES), **whole(block=0, head=0)},
        out,
    )
    page.endpoint(bert_pieces, {"text": text(), "source": source}, out)
    page.endpoint(
        bert_compare, {"first": text("first"), "second": text("second"), "source": source, **whole(top_k=10)}, out
    )
    page.endpoint(bert_attention, {"text": text(), "source": source, **whole(block=0, head=0)}, out)
    page.endpoint(bert_layer_answers, {"text": text(), "source": choice(OURS)}, out)
    page.endpoint(bert_layers, {"source": source}, out)
    page.endpoint(bert_prove, {}, out)

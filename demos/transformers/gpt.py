"""GPT: the decoder stack writes, one token after another."""

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

import lmdemo
from demos.frame import Member, Page, Whole, card, cards, check_rows, guarded, layer_rows, opened, sorry, wanted
from demos.language import Speaker, say_error
from demos.recurrent.figures import beside_baselines
from demos.state import number, one_of
from demos.state import text as short_text
from demos.transformers.common_words import COMMON_PARTS
from demos.transformers.gpt_words import GPT
from demos.transformers.parts import SWITCHES, embedding_pictures, head_choices, phrases, switched
from demos.transformers.words import ATTENTION, PIECES
from demos.views.attention import Attention, attention
from demos.views.chips import Chips, chips
from demos.views.next_tokens import NextTokens, group, next_tokens
from demos.views.pictures import Pictures
from demos.views.pieces import Pieces, pieces
from demos.views.shaded import Shaded, shaded, text_row
from lmdemo.catalog import MODELS
from lmdemo.errors import HubError, InputError, OptionError

NAME = "gpt-shakespeare"
SOURCES = ("scratch", "hub-weights", "hub", "both")
OURS = ("scratch", "hub-weights")  # our network, which can be looked into
WORDS = ATTENTION | PIECES | COMMON_PARTS | GPT
EXAMPLES = (
    "ROMEO:\nIs the day so young",
    "First Citizen:\nWe are",
    "KING RICHARD III:\nMy lord, the",
    "To be, or not to be",
)
OPTIONS = {"temperature": 0.8, "top_k": 0, "top_p": 1.0}
PAUSE = 0.04  # seconds between two pictures of a text that grows
GOES_ON = 24  # tokens that a network without one of its parts writes
LOOKED_AT = 1_500  # characters of a text's end that are opened up
say = Speaker(WORDS)


# -- the public functions: endpoints of the API, tools of MCP --------------------------------------------------------------------------


def gpt_write(
    text: str,
    source: str = "scratch",
    max_new_tokens: int = 60,
    temperature: float = 0.8,
    top_k: int = 0,
    top_p: float = 1.0,
    seed: int = 0,
    lang: str = "en",
) -> Iterator[str]:
    """Continues a text token by token, streamed.

    Args:
        text: The beginning, up to 20,000 characters; of more tokens than the context holds the end is read.
        source: scratch: our network trained on Shakespeare; hub-weights: our network with GPT-2's weights; hub: GPT-2 itself.
        max_new_tokens: How many tokens to write, 1 to 2,000.
        temperature: 0 always takes the likeliest token; above 1 chance grows; up to 5.
        top_k: Choose among this many likeliest tokens; 0 among all.
        top_p: Choose among the likeliest tokens that together have this probability, 0 to 1.
        seed: Fixes the chances.
        lang: Language of error messages, en or hi-Latn.

    Yields:
        The text so far.
    """
    pictured, written = 0.0, text
    for written in lmdemo.load(NAME, source=source).stream(
        text, max_new_tokens=max_new_tokens, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed
    ):
        if time.monotonic() - pictured > PAUSE:
            yield written
            pictured = time.monotonic()
    yield written


def gpt_continuations(
    text: str,
    source: str = "scratch",
    count: int = 3,
    max_new_tokens: int = 60,
    temperature: float = 0.8,
    top_k: int = 0,
    top_p: float = 1.0,
    seed: int = 0,
    lang: str = "en",
) -> list:
    """Writes several continuations of one text.

    Args:
        text: The beginning.
        source: scratch, hub-weights or hub.
        count: How many, 1 to 8.
        max_new_tokens: Tokens of each, 1 to 2,000.
        temperature: 0 to 5.
        top_k: Among how many tokens to choose; 0 among all.
        top_p: Within which probability to choose, 0 to 1.
        seed: Fixes the chances.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The whole texts.
    """
    written: list[str] = []
    for written in lmdemo.load(NAME, source=source).stream_many(
        text, count, max_new_tokens=max_new_tokens, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed
    ):
        pass
    return written


def gpt_next_tokens(
    text: str,
    source: str = "scratch",
    count: int = 20,
    off: str = "nothing",
    block: int = 0,
    head: int = 0,
    lang: str = "en",
) -> dict:
    """Tells which tokens may come next, with one part of the network switched off if wished.

    Args:
        text: The text before them.
        source: scratch, hub-weights or hub.
        count: How many tokens, 1 to 400.
        off: nothing, positions, layer_norm or head; only of our network.
        block: With off=head: in which block, from 0.
        head: With off=head: which of its heads, from 0.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        tokens, ids and logits, most probable first; tokens_read and tokens_dropped of the text; and facts about the model.
    """
    adapter = lmdemo.load(NAME, source=source)
    found, read = adapter.next_tokens(text, **switched(off, f"{block}.{head}")), adapter.tokenize(text)
    return {
        "tokens": found.tokens[:count],
        "ids": found.ids[:count].tolist(),
        "logits": found.logits[:count].round(4).tolist(),
        "tokens_read": len(read.ids),
        "tokens_dropped": read.dropped,
        "model": adapter.info.name,
        "source": adapter.info.source,
        "parameters": adapter.info.parameters,
    }


def gpt_tokens(text: str, source: str = "scratch", lang: str = "en") -> list:
    """Cuts a text into tokens, merge by merge.

    Args:
        text: The text.
        source: scratch: our vocabulary of Shakespeare; hub-weights or hub: GPT-2's.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each word its pieces after each merge, and the ids of the last ones.
    """
    return [{"steps": cut.steps, "ids": cut.ids} for cut in lmdemo.load(NAME, source=source).cut(text)]


def gpt_attention(text: str, source: str = "scratch", block: int = 0, head: int = 0, lang: str = "en") -> dict:
    """Gives one head's queries, keys, values and attention matrix for a text.

    Args:
        text: The text; the last 64 tokens are told.
        source: scratch or hub-weights: our network.
        block: Which block, from 0.
        head: Which of its heads, from 0.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        tokens, queries, keys and values (a row a token), and weights: a row a looking token, a column a token that is looked at.
    """
    adapter = lmdemo.load(NAME, source=source)
    trace = adapter.trace_tokens(adapter.tokenize(text).ids)
    layers, heads = trace["attention"].shape[:2]
    if not (0 <= block < layers and 0 <= head < heads):
        raise OptionError(
            "no_such_head",
            expected=f"0-{layers - 1}, 0-{heads - 1}",
            got=f"{block}, {head}",
            hint="Choose a layer and a head that are there.",
        )
    found = {name: trace[name][block, head, -64:].round(5).tolist() for name in ("queries", "keys", "values")}
    return {
        "tokens": trace["tokens"][-64:].tolist(),
        **found,
        "weights": trace["attention"][block, head, -64:, -64:].round(5).tolist(),
    }


def gpt_layer_answers(text: str, source: str = "scratch", lang: str = "en") -> list:
    """Tells which token each layer would already say next, by the last normalisation and the embedding table.

    Args:
        text: The text.
        source: scratch or hub-weights.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        First of the embeddings alone, then after each block: five tokens with their probabilities.
    """
    return lmdemo.load(NAME, source=source).lens(text)


def gpt_layers(source: str = "scratch", lang: str = "en") -> list:
    """Lists the layers with shapes and parameters.

    Args:
        source: scratch or hub-weights.
        lang: Language of error messages, en or hi-Latn.
    """
    return layer_rows(lmdemo.load(NAME, source=source))


def gpt_prove(lang: str = "en") -> list:
    """Runs the checks of our GPT against transformers', on the machine of this page.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows("gpt")


# -- the page --------------------------------------------------------------------------------------------------------------------------


def build(page: Page) -> None:
    """Lays the tab out and connects it."""
    me = Member(page, "gpt", WORDS)
    _, source = me.source(SOURCES, (NAME,))
    with gr.Row(elem_classes="lm-columns"):
        with me.part("input"):
            examples = Chips(elem_id="gpt-examples")
            page.translate(examples, lambda lang: {"value": chips(say(lang, "examples"), EXAMPLES)})
            given = me.text(gr.Textbox(lines=4, max_lines=10, elem_id="gpt-text"), label="text.label", info="text.info")
            with gr.Row():
                count = me.text(gr.Slider(5, 400, 60, step=5), label="write.count")
                several = me.text(gr.Slider(1, 4, 1, step=1, elem_id="gpt-several"), label="write.several")
            seed = me.text(
                gr.Number(value=1, precision=0, minimum=0, maximum=10**9), label="write.seed", info="write.seed.info"
            )
            with gr.Row():
                write = me.text(gr.Button(variant="primary", elem_id="gpt-write"), value="write.run")
                stop = me.text(gr.Button(elem_id="gpt-stop"), value="stop")
            sampling = [
                gr.Number(value=v, visible=False) for v in OPTIONS.values()
            ]  # where the sliders of the bars stand, for the URL
            for name, component, check, initial in (
                ("count", count, number(5, 400), 60),
                ("several", several, number(1, 4), 1),
                ("seed", seed, number(0, 10**9), 1),
                *(
                    (n, c, number(*r), OPTIONS[n])
                    for n, c, r in zip(OPTIONS, sampling, ((0, 2), (0, 100), (0, 1)), strict=True)
                ),
            ):
                me.keep(name, component, check, initial)
            me.keep(
                "text", given, short_text(), ""
            )  # last: its change asks the network, with the options that a link has set
            said = me.text(gr.Markdown(elem_classes="lm-muted", elem_id="gpt-said"), value="own.said")
        with me.part("result"):
            status = gr.Markdown(elem_classes="lm-status", elem_id="gpt-status")
            page.translate(status, lambda lang: {"value": say(lang, "write.nothing")})
            bars = NextTokens(elem_id="gpt-next")
            page.translate(
                bars, lambda lang: {"value": next_tokens("", [], OPTIONS, phrases(WORDS, say, lang, "next"))}
            )
            me.text(gr.Markdown(elem_classes="lm-muted"), value="go_on")
            written = Shaded(elem_id="gpt-written")
            made = gr.HTML()
            figures = gr.HTML(elem_classes="lm-table")
            page.translate(figures, lambda lang: {"value": beside_baselines(NAME, say, lang)})
    with me.part("look"):
        empty = me.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as inside:
            me.text(gr.Markdown(), value="tokens.title")
            cut = Pieces(elem_id="gpt-pieces")
            hub_only = me.text(gr.Markdown(elem_classes="lm-muted", visible=False), value="look.hub")
            with gr.Column() as own:
                me.text(gr.Markdown(), value="embed.title")
                embedded = Pictures(elem_id="gpt-embeddings")
                me.text(gr.Markdown(), value="switch.title")
                with gr.Row():
                    off = me.text(
                        gr.Radio(value="nothing", elem_id="gpt-off"),
                        label="switch.label",
                        choices={s: f"switch.{s}" for s in SWITCHES},
                    )
                    head = me.text(
                        gr.Dropdown(choices=["0.0"], value="0.0", visible=False, allow_custom_value=True),
                        label="switch.head.label",
                    )
                me.keep("off", off, one_of(SWITCHES), "nothing")
                off_text, off_written, off_bars = (
                    gr.Markdown(elem_id="gpt-off-text"),
                    Shaded(elem_id="gpt-off-written"),
                    NextTokens(),
                )
                me.text(gr.Markdown(), value="blocks.title")
                before = gr.Markdown(elem_classes="lm-muted")
                column = Attention(elem_id="gpt-blocks")
    me.explain()
    snippet = me.code(
        "lmdemo/models/gpt.py",
        ("attend", "KeyValueCache", "Attention", "Block.forward", "GPT.forward", "rename_hub_tensors"),
        describe=lambda where: lmdemo.load(NAME, source=where if where == "hub-weights" else "scratch").layers(),
        inputs=[source],
    )
    me.proof()

    found, place = gr.State(None), gr.State((-1, 0))  # what was read and written; which block and head are open
    result = [status, bars, written, made, said]
    looks = [
        empty,
        inside,
        cut,
        hub_only,
        own,
        embedded,
        head,
        off_text,
        off_written,
        off_bars,
        before,
        column,
        snippet,
    ]
    shown = [*result, *looks]

    def read(
        text: str,
        where: str,
        off: str,
        head: str,
        place: tuple[int, int],
        temperature: float,
        top_k: float,
        top_p: float,
        lang: str,
    ):
        """Reads what is typed: what may come next, and what is inside; what is wrong with it is said where the answer would stand."""
        options = sampling_options(temperature, top_k, top_p)
        if not (text or "").strip():
            yield None, *show(None, place, lang, options)
            return
        state = {
            "text": text,
            "where": where,
            "options": options,
            "off": off,
            "head": head,
            "answers": {},
            "wrong": None,
            "written": None,
            "at": None,
            "inside": None,
        }
        for one in wanted(NAME, where):
            try:
                adapter = yield from opened(NAME, one, lang, len(shown) + 1, button=False)
                state["answers"][one] = answer(adapter, text)
                if one in OURS:
                    state["inside"] = look(adapter, text, off, head)
                elif state["inside"] is None:
                    state["inside"] = {"cut": adapter.cut(text[-LOOKED_AT:])}
            except InputError as error:
                state["wrong"] = error
                break
            except HubError as error:
                state["answers"][one] = error
        yield state, *show(state, place, lang)

    def show(state: dict | None, place: tuple[int, int], lang: str, options: dict | None = None) -> tuple:
        """Puts what was found into words and views; computes nothing anew."""
        if state is None or state["wrong"]:
            sentence = say(lang, "write.nothing") if state is None else say_error(state["wrong"], lang)
            view = next_tokens(
                "", [], options or (state or {}).get("options", OPTIONS), phrases(WORDS, say, lang, "next")
            )
            return (
                sentence,
                view,
                {},
                "",
                gr.skip(),
                gr.update(visible=True),
                gr.update(visible=False),
                *(gr.skip(),) * (len(looks) - 2),
            )
        return *show_result(state, lang), *show_inside(state, place, lang)

    def write_on(
        text: str,
        where: str,
        count: float,
        several: float,
        seed: float,
        temperature: float,
        top_k: float,
        top_p: float,
        state: dict | None,
        lang: str,
    ):
        """Writes, and shows the text as it grows."""
        options = sampling_options(temperature, top_k, top_p)
        how = options | {"max_new_tokens": int(count), "seed": int(seed or 0)}
        rows: list[dict] = []
        state = (state if state and state["text"] == text else None) or {
            "text": text,
            "off": "nothing",
            "head": "0.0",
            "answers": {},
            "wrong": None,
            "inside": None,
        }
        state |= {"where": where, "options": options, "how": how, "several": int(several), "written": rows, "at": None}
        for one in wanted(NAME, where):
            try:
                adapter = yield from opened(NAME, one, lang, len(result) + 1, button=False)
            except HubError as error:
                state["answers"][one] = error
                continue
            started, first, pictured, texts = time.perf_counter(), 0.0, 0.0, [text] * int(several)
            mine = [{"source": one, "text": text, "n": 0} for _ in texts]
            rows += mine
            for n, texts in enumerate(adapter.stream_many(text, int(several), **how), 1):
                now = time.perf_counter()
                first = first or now - started
                for row, so_far in zip(mine, texts, strict=True):
                    row |= {"text": so_far, "n": n, "seconds": now - started, "first": first}
                if now - pictured > PAUSE:
                    pictured = now
                    yield (
                        state,
                        say(lang, "write.running", n=n),
                        gr.skip(),
                        growing(rows, len(text), lang),
                        gr.skip(),
                        gr.skip(),
                    )
        yield finish(state, lang)

    def finish(state: dict | None, lang: str) -> tuple:
        """Takes apart what was written, to its end or to where it was stopped."""
        if not state or not state["written"]:
            return gr.skip(), say(lang, "stopped.here"), *(gr.skip(),) * (len(result) - 1)
        for row in state["written"]:
            adapter = lmdemo.load(NAME, source=row["source"])
            if row["n"] and "tokens" not in row:
                row |= take_apart(adapter, state["text"], row["text"])
            if row["source"] not in state["answers"] or isinstance(state["answers"][row["source"]], HubError):
                state["answers"][row["source"]] = answer(adapter, state["text"])
        return state, *show_result(state, lang)

    reading = [given, source, off, head, place, *sampling]
    writing = [given, source, count, several, seed, *sampling, found]
    running = [
        me.on(
            component.change,
            read,
            reading,
            [found, *shown],
            show_progress="hidden",
            trigger_mode="always_last",
            concurrency_id="gpt-read",
        )
        for component in (given, source, off)
    ]
    running.append(
        me.on(
            head.input,
            read,
            reading,
            [found, *shown],
            show_progress="hidden",
            trigger_mode="always_last",
            concurrency_id="gpt-read",
        )
    )
    running.append(
        me.on(write.click, write_on, writing, [found, *result], show_progress="hidden", concurrency_id="gpt")
    )
    page.reword(show, [found, place], shown)
    page.replay("gpt", linked, [given, *sampling], [bars])
    examples.choose(_chosen, None, given, show_progress="hidden", api_visibility="private", queue=False)

    def moved(event: gr.EventData):
        return (
            max(0.0, min(2.0, float(event.temperature))),
            max(0, min(100, int(event.top_k))),
            max(0.0, min(1.0, float(event.top_p))),
        )

    bars.options(moved, None, sampling, show_progress="hidden", api_visibility="private", queue=False)

    # -- another token, and on from there --------------------------------------------------------------------------------------------

    def pick(state: dict | None, temperature: float, top_k: float, top_p: float, lang: str, event: gr.EventData):
        """What else could have stood at a token that was written."""
        row, index = state["written"][int(event.row)], int(event.index)
        before = row["text"][: row["starts"][index]]
        state["at"] = {"row": int(event.row), "index": index, "before": before}
        adapter = lmdemo.load(NAME, source=row["source"])
        state["at"]["answer"] = answer(adapter, before)
        state["options"] = sampling_options(temperature, top_k, top_p)
        return state, candidates(state, lang), text_rows(state, lang)

    written.pick(
        guarded(pick),
        [found, *sampling, page.language],
        [found, bars, written],
        show_progress="hidden",
        api_visibility="private",
    )

    def choose(state: dict | None, lang: str, event: gr.EventData):
        """The text up to there with the chosen token behind it."""
        return (state["at"]["before"] if state["at"] else state["text"]) + str(event.token)

    chosen = bars.choose(
        guarded(choose), [found, page.language], given, show_progress="hidden", api_visibility="private"
    )
    running.append(
        me.on(chosen.success, write_on, writing, [found, *result], show_progress="hidden", concurrency_id="gpt")
    )
    me.on(me.ends(stop, running).then, finish, [found], [found, *result], show_progress="hidden")

    # -- look inside -----------------------------------------------------------------------------------------------------------------

    def unfold(state: dict | None, lang: str, event: gr.EventData):
        at = int(event.block), int(event.head)
        return at, blocks(state["inside"], at, lang) if state and state["inside"] and "trace" in state[
            "inside"
        ] else gr.skip()

    column.open(
        guarded(unfold), [found, page.language], [place, column], show_progress="hidden", api_visibility="private"
    )
    endpoints(page)


def sampling_options(temperature: float, top_k: float, top_p: float) -> dict[str, float]:
    """Where the sliders stand, as the adapter takes it."""
    return {"temperature": temperature, "top_k": int(top_k), "top_p": top_p}


def linked(text: str, temperature: float, top_k: float, top_p: float, lang: str) -> Any:
    """The sliders where a link has them; with a text, reading it sets them too."""
    if (text or "").strip():
        return gr.skip()
    return next_tokens("", [], sampling_options(temperature, top_k, top_p), phrases(WORDS, say, lang, "next"))


def _chosen(event: gr.EventData) -> str:
    return str(event.text)[:500]


def answer(adapter: Any, text: str) -> dict:
    """What may come next after a text, as the bars need it, and what was read."""
    started = time.perf_counter()
    following = adapter.next_tokens(text)
    milliseconds = 1000 * (time.perf_counter() - started)
    prompt = adapter.tokenize(text)
    return {
        "info": adapter.info,
        "group": group("", following.tokens, following.logits),
        "milliseconds": milliseconds,
        "read": len(prompt.ids),
        "dropped": prompt.dropped,
        "context": adapter.context,
        "unknown": prompt.unknown,
    }


def look(adapter: Any, text: str, off: str, head: str) -> dict:
    """What is inside our network over a text's end, and what it would do without one of its parts."""
    ids = adapter.tokenize(text).ids
    trace = adapter.trace_tokens(ids)
    trace.pop("logits")
    found = {
        "cut": adapter.cut(text[-LOOKED_AT:]),
        "trace": trace,
        "lens": adapter.lens(text, count=3),
        "without": None,
        "head": head,
    }
    if off != "nothing":
        try:
            switches = switched(off, head)
            adapter.next_tokens(text, **switches)
        except (OptionError, ValueError):  # a head that the other network had
            found["head"] = "0.0"
            switches = switched(off, "0.0")
        options = {"max_new_tokens": GOES_ON, "temperature": 0.8, "seed": 1}
        whole, without = adapter(text, **options), adapter(text, **options, **switches)
        surprises = [float(adapter.surprise(text, **s)[1:].mean()) if len(ids) > 1 else None for s in ({}, switches)]
        groups = [
            group("", n.tokens, n.logits) for n in (adapter.next_tokens(text), adapter.next_tokens(text, **switches))
        ]
        found["without"] = {"texts": (whole.tokens, without.tokens), "surprises": surprises, "groups": groups}
    return found


def take_apart(adapter: Any, prompt: str, written: str) -> dict:
    """The tokens of what was written, where each begins, and how unexpected it was, 0 to 1."""
    end = written[-LOOKED_AT:] if len(written) > LOOKED_AT else written
    offset = len(written) - len(end)
    starts = [offset + s for s in adapter.token_starts(end)]
    first = next((i for i, s in enumerate(starts) if s >= len(prompt)), len(starts))
    bounds = [*starts[1:], len(written)]
    try:
        nats = adapter.surprise(end) if len(starts) > 1 else []
    except InputError:  # at a high temperature even control characters are drawn
        nats = []
    nats = [0.0] * (len(starts) - len(nats)) + [0.0 if v != v else float(v) for v in nats]
    return {
        "starts": starts,
        "tokens": [written[a:b] for a, b in zip(starts, bounds, strict=True)],
        "first_token": first,
        "weights": [min(1.0, v / 8) if i >= first else 0.0 for i, v in enumerate(nats)],
    }


def candidates(state: dict, lang: str) -> dict:
    """The bars: after the token that was picked, or after the whole text."""
    words = phrases(WORDS, say, lang, "next")
    if state["at"]:
        row = state["written"][state["at"]["row"]]
        groups = [_group(state["at"]["answer"], row["source"], lang)]
    else:
        groups = [_group(a, one, lang) for one, a in state["answers"].items() if not isinstance(a, HubError)]
    text = state["at"]["before"] if state["at"] else state["text"]
    return next_tokens(say(lang, "next.after", end=text[-40:].replace("\n", "↵")), groups, state["options"], words)


def _group(found: dict, source: str, lang: str) -> dict:
    return found["group"] | {
        "title": f"{say(lang, 'source.' + source)} ({found['info'].name})",
        "colour": "hub" if source == "hub" else "scratch",
    }


def growing(rows: list[dict], begin: int, lang: str) -> dict:
    """The texts while they are written."""
    made = [
        text_row(
            _row_title(rows, i, lang),
            [row["text"][:begin], row["text"][begin:]],
            [0, 1],
            joined=True,
            colour=_colour(row),
        )
        for i, row in enumerate(rows)
    ]
    return shaded("", made, phrases(WORDS, say, lang, "view.shaded"))


def text_rows(state: dict, lang: str) -> dict:
    """The texts, each token to be picked."""
    at, made = state["at"], []
    for i, row in enumerate(state["written"] or []):
        if "tokens" in row:
            made.append(
                text_row(
                    _row_title(state["written"], i, lang),
                    row["tokens"],
                    row["weights"],
                    joined=True,
                    pickable=True,
                    first=row["first_token"],
                    chosen=at["index"] if at and at["row"] == i else -1,
                    colour=_colour(row),
                )
            )
    return (
        shaded(
            say(lang, "written.title"), made, phrases(WORDS, say, lang, "view.shaded"), note=say(lang, "written.note")
        )
        if made
        else {}
    )


def _row_title(rows: list[dict], i: int, lang: str) -> str:
    source = rows[i]["source"]
    return say(
        lang, "written.row", source=say(lang, f"source.{source}"), n=1 + sum(r["source"] == source for r in rows[:i])
    )


def _colour(row: dict) -> str:
    return "hub" if row["source"] == "hub" else "scratch"


def show_result(state: dict, lang: str) -> tuple:
    """The sentence, the bars, the texts, the cards, the plain word."""
    sentences, made = [], []
    speeds = {row["source"]: row for row in state["written"] or [] if row["n"]}
    for one, found in state["answers"].items():
        if isinstance(found, HubError):
            made.append(sorry(MODELS[NAME].hub[0], one, found, lang))
            continue
        name = say(lang, f"source.{one}")
        if one in speeds:
            row = speeds[one]
            sentences.append(
                say(
                    lang,
                    "write.done",
                    source=name,
                    n=row["n"],
                    seconds=row["seconds"],
                    rate=row["n"] / row["seconds"],
                    first=1000 * row["first"],
                )
            )
            if found["read"] + row["n"] > found["context"]:
                sentences.append(say(lang, "slides"))
        else:
            logits, rest = found["group"]["logits"], found["group"]["rest"]
            total = sum(2.718281828**v for v in logits) + sum(n * 2.718281828**v for v, n in rest)
            token = found["group"]["tokens"][0].replace("\n", "↵").replace("*", "\\*")
            sentences.append(say(lang, "write.ready", source=name, n=found["read"], token=token, percent=100 / total))
        made.append(
            card(
                found["info"],
                1000 * speeds[one]["seconds"] / speeds[one]["n"] if one in speeds else found["milliseconds"],
                lang,
            )
        )
        if found["dropped"]:
            sentences.append(
                say(
                    lang,
                    "dropped",
                    context=found["context"],
                    count=found["read"] + found["dropped"],
                    kept=found["read"],
                    dropped=found["dropped"],
                )
            )
        if found["unknown"]:
            sentences.append(say(lang, "unknown", symbols=" ".join(found["unknown"][:20])))
    plain = say(lang, "own.said" if state["where"] == "scratch" else "hub.said")
    return (
        "  \n".join(sentences) or say(lang, "no_answer"),
        candidates(state, lang),
        text_rows(state, lang),
        cards(*made),
        plain,
    )


def show_inside(state: dict, place: tuple[int, int], lang: str) -> tuple:
    """The tokens, and of our network everything else."""
    found = state["inside"]
    if found is None:
        return (
            gr.update(visible=True),
            gr.update(visible=False),
            {},
            gr.skip(),
            gr.skip(),
            {},
            gr.skip(),
            "",
            {},
            {},
            "",
            {},
            snippet_text(state),
        )
    cut = pieces(
        say(lang, "tokens.picture"), found["cut"], phrases(WORDS, say, lang, "pieces"), note=say(lang, "tokens.note")
    )
    seen = gr.update(visible=False), gr.update(visible=True), cut
    if "trace" not in found:
        return (
            *seen,
            gr.update(visible=True),
            gr.update(visible=False),
            {},
            gr.skip(),
            "",
            {},
            {},
            "",
            {},
            snippet_text(state),
        )
    last = {k: v[-64:] for k, v in found["trace"].items() if k in ("embeddings", "positions")} | {
        "hidden_states": found["trace"]["hidden_states"][:, -64:]
    }
    return (
        *seen,
        gr.update(visible=False),
        gr.update(visible=True),
        embedding_pictures(last, say, lang),
        gr.update(choices=head_choices(found["trace"], say, lang), visible=state["off"] == "head"),
        *without_part(state, lang),
        say(lang, "blocks.start", words=_told(found["lens"][0])),
        blocks(found, place, lang),
        snippet_text(state),
    )


def blocks(found: dict, place: tuple[int, int], lang: str) -> dict:
    """The column of blocks, each with what it would already say."""
    notes = [say(lang, "blocks.note", words=_told(layer)) for layer in found["lens"][1:]]
    heads = found["trace"]["attention"].shape[1]
    return attention(
        found["trace"],
        phrases(WORDS, say, lang, "attention"),
        block=place[0],
        head=min(place[1], heads - 1),
        notes=notes,
    )


def _told(layer: dict[str, float]) -> str:
    return ", ".join(f"“{token}” {100 * p:.0f} %".replace("\n", "↵") for token, p in layer.items())


def without_part(state: dict, lang: str) -> tuple[str, dict, dict]:
    """What the network does without one of its parts, beside the whole network."""
    found = state["inside"]["without"]
    if found is None:
        return say(lang, "switch.none"), {}, {}
    off, (block, head) = state["off"], state["inside"]["head"].split(".")
    part = say(lang, "switch.which", block=block, head=head) if off == "head" else say(lang, f"switch.{off}")
    before, after = found["surprises"]
    sentence = (
        say(lang, "switch.short", part=part)
        if before is None
        else say(lang, "switch.changed", part=part, before=before, after=after)
    )
    titles = say(lang, "switch.whole"), say(lang, "switch.without", part=part)
    rows = [text_row(title, tokens, joined=True) for title, tokens in zip(titles, found["texts"], strict=True)]
    words = phrases(WORDS, say, lang, "next")
    del words["choose"]  # these bars are only looked at
    groups = [g | {"title": title} for g, title in zip(found["groups"], titles, strict=True)]
    return (
        f"{say(lang, f'switch.hint.{off}')} {sentence}",
        shaded("", rows, phrases(WORDS, say, lang, "view.shaded")),
        next_tokens("", groups, {"temperature": 1.0, "top_k": 0, "top_p": 1.0}, words),
    )


def snippet_text(state: dict) -> str:
    """Python that repeats the result on show."""
    options = ", ".join(f"{k}={v!r}" for k, v in (state.get("how") or state["options"] | {"seed": 1}).items())
    lines = ["import lmdemo", "", f"text = {state['text'][:2000]!r}"]
    for one in state["answers"]:
        option = f', source="{one}"' if one != "scratch" else ""
        lines += [f'result = lmdemo.load("{NAME}"{option})(text, {options})', "print(result.text)"]
    return "\n".join(lines)


def endpoints(page: Page) -> None:
    """Publishes the functions of this tab."""

    def text() -> gr.Textbox:
        return gr.Textbox(visible=False, label="text")

    def choice(values: tuple[str, ...]) -> gr.Radio:
        return gr.Radio(choices=list(values), value=values[0], visible=False)

    def whole(**values: int) -> dict[str, Whole]:
        return {name: Whole(value, precision=0, visible=False, label=name) for name, value in values.items()}

    def sampling() -> dict[str, Any]:
        return {
            **whole(max_new_tokens=60),
            "temperature": gr.Number(0.8, visible=False, label="temperature"),
            **whole(top_k=0),
            "top_p": gr.Number(1.0, visible=False, label="top_p"),
            **whole(seed=0),
        }

    out, source, ours = gr.JSON(visible=False), choice(("scratch", "hub-weights", "hub")), choice(OURS)
    page.endpoint(gpt_write, {"text": text(), "source": source, **sampling()}, gr.Textbox(visible=False))
    page.endpoint(gpt_continuations, {"text": text(), "source": source, **whole(count=3), **sampling()}, out)
    page.endpoint(
        gpt_next_tokens,
        {"text": text(), "source": source, **whole(count=20), "off": choice(SWITCHES), **whole(block=0, head=0)},
        out,
    )
    page.endpoint(gpt_tokens, {"text": text(), "source": source}, out)
    page.endpoint(gpt_attention, {"text": text(), "source": ours, **whole(block=0, head=0)}, out)
    page.endpoint(gpt_layer_answers, {"text": text(), "source": ours}, out)
    page.endpoint(gpt_layers, {"source": ours}, out)
    page.endpoint(gpt_prove, {}, out)

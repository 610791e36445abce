"""The functions of Transformers · GPT: endpoints of the API, tools of MCP."""

import time
from collections.abc import Iterator
from typing import Any, Literal, get_args

import lmdemo
from demos.core.endpoints import check_rows, layer_rows
from demos.core.words import noted
from demos.tabs.transformers.parts import Off, switched
from lmdemo.errors import OptionError

NAME = "gpt-shakespeare"
Source = Literal["scratch", "hub-weights", "hub"]
Ours = Literal["scratch", "hub-weights"]  # our network, which can be looked into
OURS = get_args(Ours)
PAUSE = 0.04  # seconds between two pictures of a text that grows
TOLD = 64  # tokens of which an endpoint tells


def gpt_write(
    text: str,
    source: Source = "scratch",
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
    for written in _open(source).stream(
        text, max_new_tokens=max_new_tokens, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed
    ):
        if time.monotonic() - pictured > PAUSE:
            yield written
            pictured = time.monotonic()
    yield written


def gpt_continuations(
    text: str,
    source: Source = "scratch",
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
    for written in _open(source).stream_many(  # noqa: B007 - the last is whole
        text, count, max_new_tokens=max_new_tokens, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed
    ):
        pass
    return written


def gpt_next_tokens(
    text: str,
    source: Source = "scratch",
    count: int = 20,
    off: Off = "nothing",
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
        tokens, ids and logits, most probable first; tokens_read and tokens_dropped of the text; facts about the model; and
        notes: what was changed in the text before.
    """
    adapter = _open(source)
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
    } | noted(read, lang)


def gpt_tokens(text: str, source: Source = "scratch", lang: str = "en") -> list:
    """Cuts a text into tokens, merge by merge.

    Args:
        text: The text.
        source: scratch: our vocabulary of Shakespeare; hub-weights or hub: GPT-2's.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each word its pieces after each merge, and the ids of the last ones.
    """
    return [{"steps": cut.steps, "ids": cut.ids} for cut in _open(source).cut(text)]


def gpt_attention(text: str, source: Ours = "scratch", block: int = 0, head: int = 0, lang: str = "en") -> dict:
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
    adapter = _open(source)
    trace = adapter.trace_tokens(adapter.tokenize(text).ids)
    layers, heads = trace["attention"].shape[:2]
    if not (0 <= block < layers and 0 <= head < heads):
        expected, got = f"0-{layers - 1}, 0-{heads - 1}", f"{block}, {head}"
        hint = "Choose a layer and a head that are there."
        raise OptionError("no_such_head", expected=expected, got=got, hint=hint)
    found = {name: trace[name][block, head, -TOLD:].round(5).tolist() for name in ("queries", "keys", "values")}
    return {
        "tokens": trace["tokens"][-TOLD:].tolist(),
        **found,
        "weights": trace["attention"][block, head, -TOLD:, -TOLD:].round(5).tolist(),
    }


def gpt_layer_answers(text: str, source: Ours = "scratch", lang: str = "en") -> list:
    """Tells which token each layer would already say next, by the last normalisation and the embedding table.

    Args:
        text: The text.
        source: scratch or hub-weights.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        First of the embeddings alone, then after each block: five tokens with their probabilities.
    """
    return _open(source).lens(text)


def gpt_layers(source: Ours = "scratch", lang: str = "en") -> list:
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


def _open(source: str) -> Any:
    return lmdemo.load(NAME, source=source)

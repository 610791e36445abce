"""The functions of Transformers · BERT: endpoints of the API, tools of MCP."""

from typing import Literal

import lmdemo
from demos.core.endpoints import check_rows, layer_rows
from demos.core.words import noted
from demos.tabs.transformers.parts import SHOWN, Off, one_head, switched

NAME = "bert-captions"
Source = Literal["scratch", "hub-weights", "hub"]


def bert_fill(
    text: str,
    source: Source = "scratch",
    top_k: int = 10,
    off: Off = "nothing",
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
        candidates: for each mask words with their probabilities; milliseconds of the network, pieces read and given, facts about
        the model, and notes: what was changed in the text before.
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
    } | noted(result, lang)


def bert_pieces(text: str, source: Source = "scratch", lang: str = "en") -> list:
    """Cuts a text into word pieces.

    Args:
        text: The text.
        source: scratch: our vocabulary of captions; hub-weights or hub: BERT base's.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each word its pieces and their ids.
    """
    return [{"pieces": steps[-1], "ids": ids} for steps, ids in lmdemo.load(NAME, source=source).cut(text)]


def bert_compare(first: str, second: str, source: Source = "scratch", top_k: int = 10, lang: str = "en") -> dict:
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
    moved = lmdemo.load(NAME, source=source).compare(first, second, int(top_k))
    return {word: list(pair) for word, pair in moved.items()}


def bert_attention(text: str, source: Source = "scratch", block: int = 0, head: int = 0, lang: str = "en") -> dict:
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
    return {"pieces": trace["tokens"][:SHOWN].tolist(), **one_head(trace, block, head)}


def bert_layer_answers(text: str, source: Literal["scratch", "hub-weights"] = "scratch", lang: str = "en") -> list:
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


def bert_layers(source: Source = "scratch", lang: str = "en") -> list:
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

"""The functions of Transformers · Encoder: endpoints of the API, tools of MCP."""

from typing import Annotated, Literal

import lmdemo
from demos.core.endpoints import Between, check_rows, layer_rows
from demos.core.words import noted
from demos.tabs.transformers.encoder.cost import cost_of
from demos.tabs.transformers.encoder.decision import decide
from demos.tabs.transformers.encoder.three import THREE, answers_of_three
from demos.tabs.transformers.parts import SHOWN, Off, one_head, switched
from lmdemo.catalog import MODELS
from lmdemo.errors import OptionError

Model = Literal["transformer-sentiment", "transformer-hinglish"]


def transformer_classify(
    text: str,
    model: Model = "transformer-sentiment",
    source: Literal["scratch", "hub"] = "scratch",
    off: Off = "nothing",
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
        label, score from 0 to 1, scores by label, milliseconds of the network, words read and given, facts about the model,
        and notes: what was changed in the text before.
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
    } | noted(result, lang)


def transformer_attention(
    text: str, model: Model = "transformer-sentiment", block: int = 0, head: int = 0, lang: str = "en"
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
    return {"words": trace["tokens"][:SHOWN].tolist(), **one_head(trace, block, head)}


def transformer_layer_answers(text: str, model: Model = "transformer-sentiment", lang: str = "en") -> list:
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


def transformer_decision(text: str, model: Model = "transformer-sentiment", lang: str = "en") -> dict:
    """Shows what each word adds to the answer's log-odds (integrated gradients), and how much attention it gets.

    Args:
        text: The text.
        model: transformer-sentiment or transformer-hinglish.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        label, words, integrated_gradients (a number a word) and attention (mean of heads and words of the last block).
    """
    found = decide(text, model)
    numbers = {name: getattr(found, name).round(5).tolist() for name in ("integrated_gradients", "attention")}
    return {"label": found.label, "words": found.words, **numbers}


def transformer_tokens(text: str, model: Model = "transformer-sentiment", lang: str = "en") -> list:
    """Cuts a text into what the network reads.

    Args:
        text: The text.
        model: transformer-sentiment or transformer-hinglish.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each word its pieces and their ids.
    """
    return [{"word": steps[0][0], "pieces": steps[-1], "ids": ids} for steps, ids in lmdemo.load(model).cut(text)]


def transformer_three(text: str, model: Model = "transformer-sentiment", lang: str = "en") -> list:
    """Lets RNN, LSTM and Transformer answer the same text, in turns on the machine of this page.

    Args:
        text: The text.
        model: transformer-sentiment for English, transformer-hinglish for Hinglish (whose RNN knows English only).
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each network: model, label and score (null where it can read none of it), milliseconds, parameters, words it can read, words in all.
    """
    return answers_of_three(text, model)


def transformer_cost(
    text: str,
    model: Model = "transformer-sentiment",
    length: Annotated[int, Between((1, 1024))] = 128,
    lang: str = "en",
) -> list:
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
    names = [n for n in THREE[model] if MODELS[n].training_data == MODELS[model].training_data]
    found = [(name, False, cost_of(name, text, int(length))) for name in names]
    found.append((model, True, cost_of(model, text, int(length), keep=True)))
    return [
        {"model": name, "attention_kept": kept, "milliseconds": 1000 * c.seconds, "megabytes": c.bytes / 1e6}
        for name, kept, c in found
    ]


def transformer_layers(model: Model = "transformer-sentiment", lang: str = "en") -> list:
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

"""The functions of RNN and LSTM, which both read and write: endpoints of the API, tools of MCP."""

import time
from collections.abc import Iterator
from typing import Annotated, Literal, get_args

import numpy as np

import lmdemo
from demos.core.endpoints import Between, check_rows, layer_rows
from demos.core.words import noted
from demos.tabs.recurrent.text.measures import memory, milliseconds, peers, quantities
from lmdemo.adapters.outputs import NEW_CHARACTERS, TEMPERATURE, TOP_K

Reader = Literal["rnn-sentiment", "lstm-sentiment", "lstm-hinglish"]
Writer = Literal["rnn-char", "lstm-char"]
READERS, WRITERS = get_args(Reader), get_args(Writer)
PAUSE = 0.04  # seconds between two pictures of a text that grows


def recurrent_classify(
    text: str, model: Reader = "lstm-sentiment", source: Literal["scratch", "hub"] = "scratch", lang: str = "en"
) -> dict:
    """Tells whether a text praises or blames.

    Args:
        text: English film reviews for rnn-sentiment and lstm-sentiment, Hinglish for lstm-hinglish; up to 20,000 characters.
        model: rnn-sentiment, lstm-sentiment or lstm-hinglish.
        source: scratch: our network; hub: DistilBERT (not for lstm-hinglish).
        lang: Language of error messages, en or hi-Latn.

    Returns:
        label, score from 0 to 1, scores by label, milliseconds of the network, facts about the model, and notes: what was
        changed in the text before.
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
    } | noted(result, lang)


def recurrent_words(
    text: str,
    model: Reader = "lstm-sentiment",
    gate: Literal["none", "input", "forget", "output"] = "none",
    lang: str = "en",
) -> dict:
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
    scores = trace["scores_after"].round(5)
    return {
        "words": trace["tokens"].tolist(),
        "known": trace["known"].tolist(),
        "scores_after": {label: scores[:, i].tolist() for i, label in enumerate(adapter.labels)},
        "mean_size": {k: np.abs(v).mean(1).round(5).tolist() for k, v in quantities(trace).items()},
    }


def recurrent_step(
    text: str, model: Reader = "lstm-sentiment", step: int = 0, unit: int = 0, layer: int = 0, lang: str = "en"
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


def recurrent_memory(text: str, model: Reader = "lstm-sentiment", lang: str = "en") -> dict:
    """Measures how strongly each word still moves the answer: the norm of its gradient; for English by RNN and LSTM.

    Args:
        text: The text.
        model: lstm-hinglish, or one of the English models, which are measured both.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        By model, one number a word.
    """
    return {name: gradient.round(6).tolist() for name, gradient in memory(text, model).items()}


def recurrent_copy_memory(length: Annotated[int, Between((1, 100))] = 20, lang: str = "en") -> list:
    """Trains an RNN and an LSTM here and now to remember a symbol over a distance, 300 steps each at most.

    Args:
        length: Steps between the symbol and the question, 1 to 100.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each network and every tenth step: member, step, accuracy (chance is 0.125), solved, seconds.
    """
    from lmdemo.recipes.copy_memory import race

    return [vars(lap) for lap in race(int(length))]


def recurrent_speed(model: Reader = "lstm-sentiment", lang: str = "en") -> dict:
    """Measures milliseconds of the network against the number of words, on the machine of this page.

    Args:
        model: lstm-hinglish, or one of the English models, which are measured both.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        By model, milliseconds by number of words.
    """
    return {name: {str(n): ms for n, ms in milliseconds(name)} for name in peers(model)}


def recurrent_write(
    prompt: str,
    model: Writer = "lstm-char",
    max_new_tokens: int = NEW_CHARACTERS,
    temperature: Annotated[float, Between((0, 5))] = TEMPERATURE,
    top_k: int = TOP_K,
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


def recurrent_expected(text: str, model: Writer = "lstm-char", position: int = 1, lang: str = "en") -> dict:
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


def recurrent_layers(
    model: Literal["rnn-sentiment", "lstm-sentiment", "lstm-hinglish", "rnn-char", "lstm-char"] = "rnn-sentiment",
    lang: str = "en",
) -> list:
    """Lists the layers of a recurrent network with shapes and parameters.

    Args:
        model: rnn-sentiment, lstm-sentiment, lstm-hinglish, rnn-char or lstm-char.
        lang: Language of error messages, en or hi-Latn.
    """
    return layer_rows(lmdemo.load(model))


def recurrent_prove(member: Literal["rnn", "lstm"] = "rnn", lang: str = "en") -> list:
    """Runs the checks of our RNN or LSTM against torch's, on the machine of this page.

    Args:
        member: rnn or lstm.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows(member)


FUNCTIONS = (
    recurrent_classify,
    recurrent_words,
    recurrent_step,
    recurrent_memory,
    recurrent_copy_memory,
    recurrent_speed,
    recurrent_write,
    recurrent_expected,
    recurrent_layers,
    recurrent_prove,
)

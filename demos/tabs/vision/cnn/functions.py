"""The functions of Vision · CNN: endpoints of the API, tools of MCP."""

from typing import Annotated, Any, Literal

import numpy as np

import lmdemo
from demos.core.endpoints import Between, PhotoFile, check_rows, layer_rows, side_by_side
from demos.core.words import noted
from demos.views import drawing_pad
from lmdemo.errors import InputError

MODELS = ("cnn-fashion", "cnn-digits")
Model = Literal["cnn-fashion", "cnn-digits"]
Shift = Annotated[int, Between((-14, 14))]


def cnn_classify(
    image: PhotoFile, model: Model = "cnn-fashion", source: Literal["scratch", "hub"] = "scratch", lang: str = "en"
) -> dict:
    """Tells what a picture shows.

    Args:
        image: A picture (PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF; at most 20 MB and 25 megapixels).
        model: cnn-fashion (ten garments) or cnn-digits (handwritten digits).
        source: scratch: our network; hub: ResNet-50 with its own 1,000 labels.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        label, score from 0 to 1, scores by label, milliseconds of the network, facts about the model, and notes: how the picture
        was understood.
    """
    return classified(image, model, source, lang)


def cnn_classify_drawing(strokes: str, model: Model = "cnn-digits", lang: str = "en") -> dict:
    """Tells what a drawing of the page's pad shows.

    Args:
        strokes: Strokes joined by dots; each a run of points of four characters, x and y as two digits to base 36, 0-279.
        model: cnn-digits or cnn-fashion.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        label, score and scores by label.
    """
    return named(lmdemo.load(model)(drawing_pad.picture(strokes)))


def cnn_feature_map(
    image: PhotoFile, model: Model = "cnn-fashion", layer: str = "relu1", channel: int = 0, lang: str = "en"
) -> list:
    """Gives one feature map of one layer for a picture.

    Args:
        image: A picture.
        model: cnn-fashion or cnn-digits.
        layer: A layer that cnn_layers names, from conv1 to the last pool.
        channel: Which of the layer's maps, from 0.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The map's numbers, row by row.
    """
    trace = lmdemo.load(model)(image, trace=True).trace
    if layer not in trace or trace[layer].ndim != 3 or not 0 <= channel < len(trace[layer]):
        raise InputError(
            "map_range",
            expected=", ".join(f"{k} 0-{len(v) - 1}" for k, v in trace.items() if v.ndim == 3),
            got=f"{layer}, {channel}",
            hint="Choose a map of one of these layers.",
        )
    return trace[layer][channel].round(5).tolist()


def cnn_convolution_step(
    image: PhotoFile,
    model: Model = "cnn-fashion",
    layer: int = 1,
    channel: int = 0,
    y: int = 14,
    x: int = 14,
    lang: str = "en",
) -> dict:
    """Takes one number of one feature map apart: patch, kernel, products, sum, activation and pooling window.

    Args:
        image: A picture.
        model: cnn-fashion or cnn-digits.
        layer: Which convolution, from 1.
        channel: Which of its maps, from 0.
        y: Row, from 0.
        x: Column, from 0.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        Everything that goes into the number, as lists and numbers.
    """
    adapter = lmdemo.load(model)
    step = adapter.convolution_step(adapter(image, trace=True).trace, layer, channel, y, x)
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in step._asdict().items()}


def cnn_shift(image: PhotoFile, model: Model = "cnn-fashion", dx: Shift = 0, dy: Shift = 0, lang: str = "en") -> dict:
    """Moves a picture and tells what changes.

    Args:
        image: A picture.
        model: cnn-fashion or cnn-digits.
        dx: Pixels to the right, of the 28 that the network sees, -14 to 14.
        dy: Pixels down, -14 to 14.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        label and score before and after, and by layer, as a part of their size, how far the pooled maps are from those of the
        picture: change at the same places, aligned after shifting the maps back.
    """
    adapter = lmdemo.load(model)
    before = adapter(image, trace=True)
    after = adapter(adapter.shifted(before.trace, dx, dy), trace=True)
    return {
        "before": {"label": before.label, "score": before.score},
        "after": {"label": after.label, "score": after.score},
        "change": changes(before.trace, after.trace),
        "aligned": {
            name: round(aligned, 4)
            for name, (_, aligned) in adapter.equivariance(before.trace, after.trace, dx, dy).items()
        },
    }


def cnn_decision(
    image: PhotoFile,
    model: Model = "cnn-fashion",
    method: Literal["grad_cam", "integrated_gradients"] = "grad_cam",
    lang: str = "en",
) -> list:
    """Shows what the decision for the most probable label rests on.

    Args:
        image: A picture.
        model: cnn-fashion or cnn-digits.
        method: grad_cam (0 to 1: where the last maps speak for the label) or integrated_gradients (-1 to 1 a pixel).
        lang: Language of error messages, en or hi-Latn.

    Returns:
        28 rows of 28 numbers over the picture as the network sees it.
    """
    adapter = lmdemo.load(model)
    explain = {"grad_cam": adapter.grad_cam, "integrated_gradients": adapter.integrated_gradients}
    return explain[method](image).round(4).tolist()


def cnn_filters(model: Model = "cnn-fashion", layer: int = 1, lang: str = "en") -> list:
    """Gives the learnt kernels of a convolution.

    Args:
        model: cnn-fashion or cnn-digits.
        layer: Which convolution, from 1.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        Kernels as nested lists: filter, input map, row, column.
    """
    adapter = lmdemo.load(model)
    last = convolutions(adapter)
    if not 1 <= layer <= last:
        raise InputError("map_range", expected=f"layer 1 - {last}", got=str(layer), hint="Choose another layer.")
    return adapter.filters(layer).round(5).tolist()


def cnn_layers(model: Model = "cnn-fashion", lang: str = "en") -> dict:
    """Lists the layers with shapes and parameters, and what a dense network from and to the same numbers would need.

    Args:
        model: cnn-fashion or cnn-digits.
        lang: Language of error messages, en or hi-Latn.
    """
    adapter = lmdemo.load(model)
    convolutions, dense = adapter.dense_parameters()
    return {"layers": layer_rows(adapter), "convolution_parameters": convolutions, "dense_parameters": dense}


def cnn_prove(lang: str = "en") -> list:
    """Runs the checks of our CNN against implementations that we did not write, on the machine of this page.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows("cnn")


def cnn_compare(image: PhotoFile, model: Model = "cnn-fashion", lang: str = "en") -> dict:
    """Lets our network and the hub's ResNet-50 answer the same picture, side by side.

    Args:
        image: A picture.
        model: cnn-fashion or cnn-digits.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        By source (scratch, hub): what cnn_classify gives, with the five most probable labels; or error, a sentence that says
        why the hub's model can't be had here.
    """
    found = side_by_side(lambda source: classified(image, model, source, lang), lang)
    return {k: v | {"scores": dict(list(v["scores"].items())[:5])} if "scores" in v else v for k, v in found.items()}


def classified(image: str, model: str, source: str, lang: str) -> dict[str, Any]:
    """What a picture shows, and whose answer it is."""
    adapter = lmdemo.load(model, source=source)
    result, info = adapter(image), adapter.info
    facts = {"model": info.name, "source": info.source, "parameters": info.parameters, "device": info.device}
    return named(result) | {"milliseconds": result.milliseconds} | facts | noted(result, lang)


def named(result: Any) -> dict[str, Any]:
    """A classification as JSON."""
    return {"label": result.label, "score": result.score, "scores": dict(result.scores)}


def convolutions(adapter: Any) -> int:
    """How many convolutions our network has."""
    return sum(name.startswith("conv") for name, *_ in adapter.layers())


def changes(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> dict[str, float]:
    """How far each pooled layer and the logits moved: |after - before| / |before|."""
    names = ["conv1", *(k for k in before if k.startswith("pool")), "logits"]
    return {
        k: round(float(np.linalg.norm(after[k] - before[k]) / max(np.linalg.norm(before[k]), 1e-9)), 4) for k in names
    }

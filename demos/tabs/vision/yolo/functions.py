"""The functions of Vision · YOLO: endpoints of the API, tools of MCP."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

import lmdemo
from demos.core.endpoints import Between, File, PhotoFile, check_rows, layer_rows, side_by_side
from demos.core.words import noted
from lmdemo.errors import InputError

Model = Literal["yolo-cells", "yolo-drawings"]
Source = Literal["scratch", "hub", "hub-weights", "darknet"]
Level = Annotated[float, Between((0, 1))]
MODELS = get_args(Model)


def yolo_detect(
    image: PhotoFile,
    model: Model = "yolo-cells",
    source: Source = "scratch",
    score_threshold: Level = 0.25,
    iou_threshold: Level = 0.7,
    lang: str = "en",
) -> dict:
    """Finds things in a picture.

    Args:
        image: A picture (PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF; at most 20 MB and 25 megapixels).
        model: yolo-cells (blood cells) or yolo-drawings (digits and shapes on paper).
        source: scratch, hub (YOLOv8n, 80 kinds of things), hub-weights, or darknet (files named when the page was started).
        score_threshold: Least score of a box, 0 to 1.
        iou_threshold: Overlap above which the less sure box of a label falls, 0 to 1.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        objects (label, score, box in pixels), the highest score seen, milliseconds of the network, the model, and notes: how the
        picture was understood.
    """
    adapter: Any = lmdemo.load(model, source=source)
    return _found(adapter, adapter(image, score_threshold=score_threshold, iou_threshold=iou_threshold), lang)


def yolo_compare(image: PhotoFile, model: Model = "yolo-cells", lang: str = "en") -> dict:
    """Lets our network and the hub's YOLOv8n look at the same picture, side by side.

    Args:
        image: A picture.
        model: yolo-cells or yolo-drawings.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        scratch and hub, each as yolo_detect gives it, or an error where the hub's model can't be had.
    """

    from lmdemo.adapters.object_detection import open_picture

    picture = open_picture(image)

    def ask(source: str) -> dict[str, Any]:
        adapter = lmdemo.load(model, source=source)
        return _found(adapter, adapter(picture), lang)

    return side_by_side(ask, lang)


def yolo_candidates(
    image: PhotoFile,
    model: Model = "yolo-cells",
    source: Source = "scratch",
    score_threshold: Level = 0.25,
    iou_threshold: Level = 0.7,
    lang: str = "en",
) -> list:
    """Lists every candidate before suppression, surest first, and what became of it.

    Args:
        image: A picture.
        model: yolo-cells or yolo-drawings.
        source: scratch, hub, hub-weights or darknet.
        score_threshold: Least score of a candidate, 0 to 1.
        iou_threshold: Overlap above which the less sure box of a label falls, 0 to 1.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each: label, score, box as drawn (it may reach over the border), stride, column and row of its cell (where there are
        cells), kept, and where it fell the number of the candidate it lost to, from 0, with their IoU.
    """
    adapter: Any = lmdemo.load(model, source=source)
    trace = adapter(image, trace=True, score_threshold=score_threshold, iou_threshold=iou_threshold).trace
    return [_candidate(adapter, trace, i) for i, winner in enumerate(trace["candidate_winner"].tolist()) if winner >= 0]


def yolo_grid(
    image: PhotoFile, model: Model = "yolo-cells", stride: int = 8, label: str = "RBC", lang: str = "en"
) -> list:
    """Gives the class probability map of one grid.

    Args:
        image: A picture.
        model: yolo-cells or yolo-drawings.
        stride: 8, 16 or 32 pixels a cell.
        label: One of the model's labels: RBC, WBC, Platelets; or 0 to 9, circle, triangle, square, star, arrow.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The probability of the label in each cell, row by row.
    """
    adapter: Any = lmdemo.load(model)
    if stride not in (8, 16, 32) or label not in adapter.labels:
        expected, got = f"8, 16, 32; {', '.join(adapter.labels)}", f"{stride}; {label}"[:60]
        raise InputError("map_range", expected=expected, got=got, hint="Choose one of these grids and labels.")
    return adapter(image, trace=True).trace[f"grid_{stride}"][adapter.labels.index(label)].round(5).tolist()


def yolo_feature_map(
    image: PhotoFile, model: Model = "yolo-cells", layer: str = "neck_8", channel: int = 0, lang: str = "en"
) -> list:
    """Gives one feature map for a picture.

    Args:
        image: A picture.
        model: yolo-cells or yolo-drawings.
        layer: backbone_8, backbone_16, backbone_32, neck_8, neck_16 or neck_32.
        channel: Which of the layer's maps, from 0.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The map's numbers, row by row.
    """
    trace = lmdemo.load(model)(image, trace=True).trace
    layers = {k: v for k, v in trace.items() if k.startswith(("backbone_", "neck_"))}
    if layer not in layers or not 0 <= channel < len(layers[layer]):
        expected, got = ", ".join(f"{k} 0-{len(v) - 1}" for k, v in layers.items()), f"{layer}, {channel}"[:60]
        raise InputError("map_range", expected=expected, got=got, hint="Choose a map of one of these layers.")
    return layers[layer][channel].round(5).tolist()


def yolo_export(
    image: PhotoFile,
    model: Model = "yolo-cells",
    source: Source = "scratch",
    format: Literal["json", "coco", "yolo"] = "coco",
    score_threshold: Level = 0.25,
    iou_threshold: Level = 0.7,
    lang: str = "en",
) -> str:
    """Finds things and writes them as a file of annotations.

    Args:
        image: A picture.
        model: yolo-cells or yolo-drawings.
        source: scratch, hub, hub-weights or darknet.
        format: json (label, score, box), coco (a COCO data set of one picture) or yolo (a line an object, parts of the picture).
        score_threshold: Least score of a box, 0 to 1.
        iou_threshold: Overlap above which the less sure box of a label falls, 0 to 1.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The file's text.
    """
    from lmdemo.adapters import object_detection as files

    adapter: Any = lmdemo.load(model, source=source)
    picture = files.open_picture(image)
    found = adapter(picture, score_threshold=score_threshold, iou_threshold=iou_threshold)
    if format == "json":
        return files.to_json(found)
    write = files.to_coco if format == "coco" else files.to_yolo
    return write(found, adapter.labels, width=picture.width, height=picture.height)


def yolo_video(
    video: File,
    model: Model = "yolo-cells",
    source: Source = "scratch",
    score_threshold: Level = 0.25,
    lang: str = "en",
) -> list:
    """Looks through a short video, five frames a second.

    Args:
        video: A file (MP4, MOV, WebM, AVI; at most 30 seconds).
        model: yolo-cells or yolo-drawings.
        source: scratch, hub, hub-weights or darknet.
        score_threshold: Least score of a box, 0 to 1.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each frame that was looked at: its second, and the objects in it (label, score, box in pixels).
    """
    from lmdemo.adapters.object_detection import to_rows

    adapter: Any = lmdemo.load(model, source=source)
    return [
        {"seconds": round(shot.seconds, 3), "objects": to_rows(shot.detection)}
        for shot in adapter.stream(video or "", score_threshold=score_threshold)
    ]


def yolo_layers(model: Model = "yolo-cells", lang: str = "en") -> list:
    """Lists the network's parts with output shapes and parameters.

    Args:
        model: yolo-cells or yolo-drawings.
        lang: Language of error messages, en or hi-Latn.
    """
    return layer_rows(lmdemo.load(model))


def yolo_prove(lang: str = "en") -> list:
    """Runs the checks of our YOLO against implementations that we did not write, on the machine of this page.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows("yolo")


def _candidate(adapter: Any, trace: Mapping[str, Any], i: int) -> dict:
    scores, winner = trace["candidate_scores"][i], int(trace["candidate_winner"][i])
    row = {
        "number": i,
        "label": adapter.labels[int(scores.argmax())],
        "score": round(float(scores.max()), 4),
        "box": trace["candidate_boxes"][i].round(1).tolist(),
        "kept": winner == i,
    }
    if winner != i:
        row |= {"lost_to": winner, "iou": round(float(trace["candidate_overlap"][i]), 4)}
    if "candidate_cells" in trace:
        column, line = trace["candidate_cells"][i].tolist()
        row |= {"stride": int(trace["candidate_strides"][i]), "column": column, "row": line}
    return row


def _found(adapter: Any, result: Any, lang: str) -> dict:
    from lmdemo.adapters.object_detection import to_rows

    return {
        "objects": to_rows(result),
        "highest_score": result.highest_score,
        "milliseconds": result.milliseconds,
        "model": adapter.info.name,
        "source": adapter.info.source,
        "device": adapter.info.device,
    } | noted(result, lang)

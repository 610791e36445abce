"""The functions of Start, endpoints of the API, and what they know: which family for which task, what is here."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, get_args

from demos.core.endpoints import Listed
from lmdemo.catalog import HUB, MODELS

Task = Annotated[
    Literal[
        "name-picture",
        "find-objects",
        "feeling-text",
        "write-text",
        "fill-text",
        "translate",
        "transcribe",
        "forecast",
        "who-speaks",
        "make-sound",
        "change-sound",
    ],
    Listed,
]
Data = Literal["little", "thousands", "much"]
Compute = Literal["phone", "laptop", "gpu"]
TASKS, DATA, COMPUTE = get_args(get_args(Task)[0]), get_args(Data), get_args(Compute)


@dataclass(frozen=True)
class Advice:
    """What one member is good for.

    Attributes:
        member: Its name.
        fits: Task -> how well, 1 to 3.
        data: What training it takes, as an index into DATA.
        compute: What using it takes, as an index into COMPUTE.
        pretrained: Whether a pretrained one makes up for little data.
    """

    member: str
    fits: dict[str, int]
    data: int
    compute: int
    pretrained: bool


ADVICE = (
    Advice("rnn", {"feeling-text": 1, "write-text": 1, "forecast": 1}, 1, 0, False),
    Advice("lstm", {"feeling-text": 2, "write-text": 1, "translate": 1, "transcribe": 2, "forecast": 3}, 1, 0, False),
    Advice(
        "transformer",
        {"feeling-text": 3, "translate": 3, "transcribe": 3, "forecast": 2, "name-picture": 2},
        2,
        1,
        True,
    ),
    Advice("bert", {"feeling-text": 3, "fill-text": 3}, 2, 1, True),
    Advice("gpt", {"write-text": 3, "translate": 2, "fill-text": 1}, 2, 2, True),
    Advice("vae", {"change-sound": 3, "make-sound": 1}, 1, 1, True),
    Advice("wavenet", {"make-sound": 2}, 2, 2, False),
    Advice("wavernn", {"make-sound": 3}, 2, 1, False),
    Advice("waveglow", {"make-sound": 2}, 2, 2, True),
    Advice("siamese", {"who-speaks": 3, "name-picture": 1}, 0, 0, True),
    Advice("cnn", {"name-picture": 3, "who-speaks": 1}, 1, 0, True),
    Advice("yolo", {"find-objects": 3}, 1, 1, True),
)


# Task -> the hub's word for it, by which models are found that do it here.
HUB_TASKS = {
    "name-picture": "image-classification",
    "find-objects": "object-detection",
    "feeling-text": "text-classification",
    "write-text": "text-generation",
    "fill-text": "fill-mask",
    "translate": "translation",
    "transcribe": "automatic-speech-recognition",
    "forecast": "time-series-forecasting",
    "who-speaks": "audio-classification",
    "make-sound": "text-to-speech",
    "change-sound": "audio-to-audio",
}


def model_here(member: str, task: str) -> str:
    """A member's first model that does a task; "" where it has none."""
    rows = (row.name for row in MODELS.values() if row.member == member and row.task == HUB_TASKS[task])
    return next(rows, "")


def recommend(task: Task, data: Data, compute: Compute, lang: str = "en") -> list:
    """Ranks the families of models for a task.

    Args:
        task: name-picture, find-objects, feeling-text, write-text, fill-text, translate, transcribe, forecast, who-speaks,
            make-sound or change-sound.
        data: Training data at hand: little (up to hundreds), thousands, much.
        compute: What it shall run on: phone, laptop, gpu.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        Families, best first: member, points, and why as keys: fit (1 to 3), data (enough, pretrained, short), compute
        (fits, heavy); and model, the one that does it here, "" where there is none.
    """
    rows = []
    for a in ADVICE:
        if task not in a.fits:
            continue
        lacking, heavy = max(0, a.data - DATA.index(data)), max(0, a.compute - COMPUTE.index(compute))
        material = "enough" if not lacking else "pretrained" if a.pretrained else "short"
        points = 10 * a.fits[task] - {"enough": 0, "pretrained": 4, "short": 8 * lacking}[material] - 8 * heavy
        rows.append(
            {
                "member": a.member,
                "points": points,
                "fit": a.fits[task],
                "data": material,
                "compute": "heavy" if heavy else "fits",
                "model": model_here(a.member, task),
            }
        )
    return sorted(rows, key=lambda r: -r["points"])


def start_read(text: str, lang: str = "en") -> dict:
    """Reads one sentence with five families of networks: RNN, LSTM, Transformer, BERT and GPT.

    Args:
        text: The sentence, English, or Hinglish in Latin letters; of a long text what is told by word is of its last words.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        language (english or hinglish), and lanes, one a family: member, model, and label and scores (RNN, LSTM, Transformer),
        after (the label after each word), guesses (BERT: candidates for each word while it is hidden), nats (GPT: how
        unexpected each word was) and next (its likeliest next tokens); or error, where it can not read the sentence.
    """
    import lmdemo
    from demos.core.words import say_error
    from demos.tabs.start import families

    sentence = families.Sentence(text)
    name = families.tongue(sentence.text, lmdemo.load).name
    told = ("label", "scores", "after", "guesses", "nats", "next")
    lanes = []
    for family in families.FAMILIES:
        model = family.model(name)
        one = families.ask(family, lmdemo.load(model), sentence, model)
        found = {key: one.found[key] for key in told if key in one.found}
        wrong = {"error": say_error(one.wrong, lang)} if one.wrong else {}
        lanes.append({"member": one.member, "model": model} | found | wrong)
    return {"language": name, "lanes": lanes}


def status(lang: str = "en") -> dict:
    """Tells which models are on this machine and in memory, and how much memory is used.

    Args:
        lang: Language of error messages, en or hi-Latn.
    """
    import psutil

    from lmdemo import hub, pool

    loaded = [s for s in pool.status() if s.state == "ready"]
    names = {s.key.name for s in loaded}
    return {
        "models": [
            {
                "name": m.name,
                "offline": (m.folder / "model.safetensors").is_file(),
                "loaded": m.name in names,
                "hub": [{"name": h, "megabytes": HUB[h].megabytes, "offline": hub.is_here(HUB[h])} for h in m.hub],
            }
            for m in MODELS.values()
        ],
        "memory_mb": psutil.Process().memory_info().rss / 1e6,
        "machine_mb": pool.total_memory() / 1e6,
        "models_mb": sum(s.bytes for s in loaded) / 1e6,
        "devices": sorted({s.key.device for s in loaded}),
    }


def parameters(folder: Path) -> int:
    """Parameters of a folder's weights, from the header of its safetensors file: no tensor is read."""
    path = folder / "model.safetensors"
    if not path.is_file():
        return 0
    with path.open("rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    total = 0
    for name, tensor in header.items():
        if name != "__metadata__" and tensor["dtype"].startswith(("F", "BF")) and "running_" not in name:
            size = 1
            for n in tensor["shape"]:
                size *= n
            total += size
    return total

"""The two tables: MODELS, what we built and trained, and HUB, the pretrained models beside them. Strings only."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from lmdemo.errors import UnknownModelError

_PACKAGE = Path(__file__).parent
# In an installed package the weights lie inside it; in a checkout beside it.
WEIGHTS = _PACKAGE / "weights" if (_PACKAGE / "weights").is_dir() else _PACKAGE.parent / "weights"


@dataclass(frozen=True, kw_only=True)
class ModelRow:
    """One model of our own.

    Attributes:
        name: Its name everywhere: ``load(name)``, ``weights/<name>/``, ``recipes/<name>.py`` (with underscores).
        member: The member of the page's families that shows it.
        task: The hub's word for what it does.
        model: Dotted path of the network's class.
        adapter: Dotted path of the adapter's class.
        recipe: Dotted path of the module that trains and judges it.
        data: Folder of its data set below the data root, or "" where the data is generated or comes with a package.
        training_data: The data in words.
        hub: Names of HUB rows for the same task; empty where there is none.
        no_hub: Key of the reason why ``hub`` is empty (worded by the page).
        licence: SPDX name of the weights' licence.
        paper: Address of the architecture's paper.
    """

    name: str
    member: str
    task: str
    model: str
    adapter: str
    recipe: str
    data: str
    training_data: str
    hub: tuple[str, ...] = ()
    no_hub: str = ""
    licence: str = "Apache-2.0"
    paper: str = ""

    @property
    def folder(self) -> Path:
        """Where its weights lie."""
        return WEIGHTS / self.name


MODELS: Mapping[str, ModelRow] = MappingProxyType({row.name: row for row in (
    ModelRow(
        name="cnn-fashion", member="cnn", task="image-classification",
        model="lmdemo.models.cnn.CNN",
        adapter="lmdemo.adapters.image_classification.ImageClassification",
        recipe="lmdemo.recipes.cnn_fashion",
        data="fashion-mnist", training_data="Fashion-MNIST",
        hub=("resnet-50",),
        paper="https://ieeexplore.ieee.org/document/726791",
    ),
    ModelRow(
        name="cnn-digits", member="cnn", task="image-classification",
        model="lmdemo.models.cnn.CNN",
        adapter="lmdemo.adapters.image_classification.ImageClassification",
        recipe="lmdemo.recipes.cnn_digits",
        data="", training_data="scikit-learn's handwritten digits (UCI Optical Recognition of Handwritten Digits)",
        hub=("resnet-50",),
        paper="https://ieeexplore.ieee.org/document/726791",
    ),
)})


@dataclass(frozen=True, kw_only=True)
class HubFile:
    """One file of a hub model: its name, and where they are pinned its bytes and the sha256 of its content."""

    name: str
    bytes: int | None = None
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class HubRow:
    """One pretrained model of a hub.

    Attributes:
        name: Its name here.
        id: The repository, or for a release asset the address of the file.
        revision: The commit that is pinned, or the release.
        files: What is fetched. A pickle is opened only where its checksum is pinned here.
        megabytes: What they weigh together, as announced; shown before the download.
        known_answer: An input and what the model is known to say to it, as text; the doctor asks it.
        licence: SPDX name.
        adapter: Dotted path of the adapter's class; "" where none is built yet.
        task: The hub's word for what it does.
        source: Where the model is described.
    """

    name: str
    id: str
    revision: str
    files: tuple[HubFile, ...]
    megabytes: float
    known_answer: str
    licence: str
    adapter: str
    task: str
    source: str


def _files(*names: str) -> tuple[HubFile, ...]:
    return tuple(HubFile(name=name) for name in names)


def _hub(name: str, id: str, revision: str, megabytes: float, licence: str, task: str, known_answer: str,
         files: tuple[HubFile, ...], adapter: str = "") -> HubRow:
    return HubRow(name=name, id=id, revision=revision, files=files, megabytes=megabytes, known_answer=known_answer,
                  licence=licence, adapter=adapter, task=task, source=f"https://huggingface.co/{id}")


HUB: Mapping[str, HubRow] = MappingProxyType({row.name: row for row in (
    _hub("resnet-50", "microsoft/resnet-50", "34c2154c194f829b11125337b98c8f5f9965ff19", 102.5, "Apache-2.0",
         "image-classification", "china.jpg of scikit-learn -> palace",
         _files("config.json", "preprocessor_config.json", "model.safetensors"),
         "lmdemo.adapters.hub_image_classification.HubImageClassification"),
    _hub("distilbert-sst2", "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
         "714eb0fa89d2f80546fda750413ed43d93601a13", 268.1, "Apache-2.0", "text-classification",
         "I love this movie. -> POSITIVE",
         _files("config.json", "tokenizer_config.json", "vocab.txt", "model.safetensors")),
    _hub("bert-base-uncased", "google-bert/bert-base-uncased", "86b5e0934494bd15c9632b12f734a8a67f723594", 441.2,
         "Apache-2.0", "fill-mask", "The capital of France is [MASK]. -> paris",
         _files("config.json", "tokenizer_config.json", "tokenizer.json", "vocab.txt", "model.safetensors")),
    _hub("minilm", "sentence-transformers/all-MiniLM-L6-v2", "1110a243fdf4706b3f48f1d95db1a4f5529b4d41", 91.6,
         "Apache-2.0", "feature-extraction", "A man is eating food. ~ A man eats something.",
         _files("config.json", "tokenizer_config.json", "tokenizer.json", "vocab.txt", "model.safetensors")),
    _hub("gpt2", "openai-community/gpt2", "607a30d783dfa663caf39e06633721c8d4cfcd7e", 551.3, "MIT", "text-generation",
         "The quick brown fox -> jumps",
         _files("config.json", "generation_config.json", "tokenizer_config.json", "tokenizer.json", "vocab.json",
                "merges.txt", "model.safetensors")),
    _hub("t5-small", "google-t5/t5-small", "df1b051c49625cf57a3d0d8d3863ed4d13564fe4", 244.5, "Apache-2.0", "translation",
         "The house is wonderful. -> Das Haus ist wunderbar.",
         _files("config.json", "generation_config.json", "tokenizer_config.json", "tokenizer.json", "spiece.model",
                "model.safetensors")),
    _hub("wav2vec2-base-960h", "facebook/wav2vec2-base-960h", "22aad52d435eb6dbaf354bdad9b0da84ce7d6156", 377.6,
         "Apache-2.0", "automatic-speech-recognition", "spoken words -> the same words in capitals",
         _files("config.json", "feature_extractor_config.json", "preprocessor_config.json", "tokenizer_config.json",
                "special_tokens_map.json", "vocab.json", "model.safetensors")),
    _hub("ecapa-voxceleb", "speechbrain/spkrec-ecapa-voxceleb", "0f99f2d0ebe89ac095bcc5903c4dd8f72b367286", 83.3,
         "Apache-2.0", "audio-classification", "a clip and itself -> 1.0",
         (HubFile(name="embedding_model.ckpt", bytes=83_316_686,
                  sha256="0575cb64845e6b9a10db9bcb74d5ac32b326b8dc90352671d345e2ee3d0126a2"),)),
    _hub("speecht5-hifigan", "microsoft/speecht5_hifigan", "bb6f429406e86a9992357a972c0698b22043307d", 50.7, "MIT",
         "text-to-speech", "a mel spectrogram of 80 bands -> 16 kHz sound",
         (HubFile(name="config.json"),
          HubFile(name="pytorch_model.bin", sha256="b171e9bcd8a2b50dc9780040478dfa26783a9ee4be012cf5776914f091d6887b"))),
    _hub("encodec-24khz", "facebook/encodec_24khz", "c1dbe2ae3f1de713481a3b3e7c47f357092ee040", 93.2, "MIT",
         "feature-extraction", "a clip -> nearly the same clip",
         _files("config.json", "preprocessor_config.json", "model.safetensors")),
    HubRow(name="yolov8n", id="https://github.com/ultralytics/assets/releases/download/v8.3.0/yolov8n.pt", revision="v8.3.0",
           files=(HubFile(name="yolov8n.pt", bytes=6_549_796,
                          sha256="f59b3d833e2ff32e194b5bb8e08d211dc7c5bdf144b90d2c8412c47ccfc83b36"),),
           megabytes=6.5, known_answer="bus.jpg of the ultralytics package -> bus, person", licence="AGPL-3.0", adapter="",
           task="object-detection", source="https://docs.ultralytics.com/models/yolov8/"),
)})


def find(name: str) -> ModelRow:
    """The row of that name; a member's name alone means its first model.

    Raises:
        UnknownModelError: Neither a model nor a member goes by it.
    """
    if name in MODELS:
        return MODELS[name]
    for row in MODELS.values():
        if row.member == name:
            return row
    raise UnknownModelError("unknown_model", expected=", ".join(MODELS), got=str(name)[:80],
                            hint="Take one of the names that `python -m lmdemo list` prints.")

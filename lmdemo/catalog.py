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

"""How each shipped model is trained and judged: one module a model, with these plain names.

``build(data, *, seed) -> Trainer``
    The network, its data and its settings. ``data`` is the data set's folder, None where the data is generated.
``evaluate(adapter, data, split) -> (n, metrics)``
    Figures of an opened model on ``train``, ``val``, ``test`` or ``all``, through its adapter.
``baselines(data, split) -> {name: metrics}``
    Strong simple baselines, computed by the same command on the same examples.
``save(model, folder)`` (where a model needs more than its weights)
    Writes the folder that the adapter opens: weights, config, tokenizer.
``CARD``
    Words for the model card: ``summary``, ``data``, ``data_licence``, ``limits``, ``primary_metric`` (the figure by
    which seeds are compared), ``seeds`` (how many are trained for the card), ``table`` (the README's row: ``data``,
    ``figure`` and ``baseline``, which is a method's name and a phrase; figures stand in braces by name, such as
    ``{accuracy:.1%}``, ``{mean:.3f}`` over ``{seeds}`` or ``{test[mse]:.3f}``) and, where it was judged, ``test`` (about
    the test part).

Recipes stand above everything else here: nothing below imports them, so that the library runs without them.
"""

import importlib
from types import ModuleType

from lmdemo.catalog import ModelRow


def load_recipe(row: ModelRow) -> ModuleType:
    """The module that trains and judges this model."""
    return importlib.import_module(row.recipe)

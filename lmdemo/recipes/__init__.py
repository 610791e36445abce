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
    which seeds are compared) and ``seeds`` (how many are trained for the card).

Recipes stand above everything else here: nothing below imports them, so that the library runs without them.
"""

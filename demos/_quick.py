"""Lets Gradio be imported in about half the time, and its components be made in less; ``demos/__init__`` imports this first.

Whenever a component's class is defined, Gradio parses its source and rewrites a .pyi file beside it, for editors. Here
nobody edits, and the folder may be read-only. And whenever a component is made or sent, Gradio works out the parameters of
its class anew; they are noted once here, where Python looks for them. Should a later Gradio do without, this does nothing.
"""

import inspect
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

MODULE = "gradio.component_meta"


def _quicken(module: ModuleType) -> None:
    updateable = getattr(module, "updateable", lambda function: function)

    def noted(function: Callable) -> Callable:
        function.__signature__ = inspect.signature(function)
        return updateable(function)

    module.updateable = noted
    module.create_or_modify_pyi = lambda *_: None


class _Quick(PathFinder):
    @classmethod
    def find_spec(cls, fullname: str, path=None, target=None) -> ModuleSpec | None:
        spec = super().find_spec(fullname, path, target) if fullname == MODULE else None
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                _quicken(module)

            spec.loader.exec_module = exec_module
        return spec


if MODULE in sys.modules:
    _quicken(sys.modules[MODULE])
else:
    sys.meta_path.insert(0, _Quick)

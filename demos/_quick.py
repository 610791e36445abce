"""Lets Gradio be imported in about half the time; ``demos/__init__`` imports this before it.

Whenever a component's class is defined, Gradio parses its source and rewrites a .pyi file beside it, for editors. Here
nobody edits, and the folder may be read-only; should a later Gradio do without, this does nothing.
"""

import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

WRITES_STUBS = "gradio.component_meta"


class _WithoutStubs(PathFinder):
    @classmethod
    def find_spec(cls, fullname: str, path=None, target=None) -> ModuleSpec | None:
        spec = super().find_spec(fullname, path, target) if fullname == WRITES_STUBS else None
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                module.create_or_modify_pyi = lambda *_: None

            spec.loader.exec_module = exec_module
        return spec


if WRITES_STUBS in sys.modules:
    sys.modules[WRITES_STUBS].create_or_modify_pyi = lambda *_: None
else:
    sys.meta_path.insert(0, _WithoutStubs)

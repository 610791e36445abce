"""What all tests share: where the data is, and what is skipped without it."""

import gc
import os
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
sys.path.insert(0, str(PROJECT))
os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # default tests need no network
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ["HF_HUB_CACHE"] = str(PROJECT / "no-cache")  # what this machine has fetched before is not for tests


STARTED = {
    "browser": {"browser", "visit", "playwright_"},
    "server": {"app", "address", "with_mcp"},
}  # marker -> fixtures


def data_root() -> Path | None:
    """The folder with the real data sets, where there is one."""
    for path in filter(None, (os.environ.get("LMDEMO_DATA"), PROJECT.parent / "shared" / "data")):
        if Path(path).is_dir():
            return Path(path)
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what drives a browser or asks the running app; skips what is marked ``data`` where the data is not."""
    for item in items:
        for marker, fixtures in STARTED.items():
            if fixtures & set(getattr(item, "fixturenames", ())):
                item.add_marker(marker)
    if data_root() is None:
        for item in items:
            if item.get_closest_marker("data"):
                item.add_marker(pytest.mark.skip(reason="the data sets are not here: set LMDEMO_DATA to their folder"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Hypothesis looks at every module; SpeechBrain's lazy ones then import what nobody installed."""
    if item.get_closest_marker("hypothesis"):
        for name, module in list(sys.modules.items()):
            if any(kind.__name__ == "LazyModule" for kind in type(module).__mro__):
                del sys.modules[name]


@pytest.fixture(autouse=True, scope="module")
def few_objects() -> None:
    """What was imported by now stays: collecting garbage need not look at it again in each test."""
    gc.freeze()


@pytest.fixture(scope="session")
def data() -> Path:
    """The root of the real data sets."""
    root = data_root()
    if root is None:
        pytest.skip("the data sets are not here: set LMDEMO_DATA to their folder")
    return root

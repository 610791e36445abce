"""``load``: from a catalog row to an opened adapter, kept by the pool."""

import importlib
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lmdemo.catalog import HUB, MODELS, HubRow, ModelRow, find
from lmdemo.errors import UnknownModelError, WeightsError
from lmdemo.figures import Figures
from lmdemo.pool import POOL, Key, Pool, Progress, Report, choose_device

if TYPE_CHECKING:
    from lmdemo.adapters.base import Adapter

SOURCES = ("scratch", "hub", "hub-weights", "darknet")
DARKNET_ADAPTER = "lmdemo.adapters.object_detection.darknet.DarknetDetection"


def load(
    name: str | Path,
    source: str = "scratch",
    device: str | None = None,
    *,
    progress: Report = lambda _: None,
    stop: threading.Event | None = None,
    pool: Pool = POOL,
) -> Any:
    """Opens a model, or hands out the one that is in memory already.

    Args:
        name: One of our models (``"gpt-shakespeare"``), a member, which means its first model (``"gpt"``), a hub model
            of the catalog (``"resnet-50"``), or the path of a folder with a model that was trained or exported here.
        source: ``scratch``: our network with our weights. ``hub``: the hub's own model for the same task.
            ``hub-weights``: our network with the hub's weights. ``darknet``: ``name`` is a folder with yolov3 files.
        device: ``cpu``, ``cuda`` or ``mps``; by default ``LMDEMO_DEVICE``, else the best one here.
        progress: Called with how far a load is; see :class:`lmdemo.pool.Progress`.
        stop: Set it from elsewhere to end a download; what was downloaded is kept.
        pool: Where it is kept.

    Returns:
        The adapter of the model's task; call it with an input. What else it can do says its task's protocol in
        :mod:`lmdemo.adapters.protocols`.

    Raises:
        UnknownModelError: No model, folder or source by that name, or the model has no such source.
        WeightsError: Our weights are missing or damaged.
        HubError: The hub's model can't be had.
        OptionError: There is no such device.
        ResourceError: Memory or disk is short.
    """
    if source not in SOURCES:
        raise UnknownModelError(
            "unknown_source", expected=", ".join(SOURCES), got=str(source)[:40], hint="Take one of these sources."
        )
    if source == "darknet":
        return _load_darknet(Path(name), device, progress, stop, pool)
    row, hub, folder = resolve(name, source)
    if hub:
        source = "hub" if source == "scratch" else source
    device = choose_device(device, source=source)
    if hub is None:
        weights = folder / "model.safetensors"
        # Larger ones of ours are float16 on disk and float32 in memory.
        expected = 2 * weights.stat().st_size if weights.is_file() else 0
        key = Key(row.name, source, device, "" if folder == row.folder else str(folder))
        return pool.get(
            key,
            lambda _: adapter_class(row.adapter).open(folder, row=row, source=source, device=device),
            expected=expected,
            progress=progress,
            stop=stop,
        )

    dotted = _adapter_for(row, hub, source)

    def fetch_and_open(report: Report) -> "Adapter":
        from lmdemo.hub import fetch

        snapshot = fetch(hub, progress=lambda *p: report(Progress(*p)), stop=stop)
        report(Progress("opening"))
        return adapter_class(dotted).open(snapshot, row=row, source=source, device=device)

    key = Key(hub.name, source, device, hub.revision)
    return pool.get(key, fetch_and_open, expected=int(hub.megabytes * 1e6), progress=progress, stop=stop)


def resolve(name: str | Path, source: str = "scratch") -> tuple[ModelRow | None, HubRow | None, Path | None]:
    """What a name means: our row (None for a hub model that none of ours points to), the hub's row (None for our own
    weights), and the folder of our weights (None for the hub's).

    Raises:
        UnknownModelError: Nothing goes by that name, or it has no such source.
    """
    text = str(name)
    if text in HUB and text not in MODELS:
        return next((m for m in MODELS.values() if text in m.hub), None), HUB[text], None
    if text in MODELS or any(m.member == text for m in MODELS.values()) or not _is_path(name):
        row = find(text)
        if source == "scratch":
            return row, None, row.folder
        if not row.hub:
            raise UnknownModelError(
                "no_hub_model",
                expected="scratch",
                got=f"{row.name}, {source}",
                hint="This model has no pretrained counterpart; use our own weights.",
            )
        return row, HUB[row.hub[0]], None
    folder = Path(name).expanduser().resolve()
    if not (folder / "config.json").is_file():
        raise UnknownModelError(
            "not_a_model_folder",
            expected="config.json, model.safetensors, README.md",
            got=text[-80:],
            hint="Name a folder that `train` or `export` wrote, or a model that `list` prints.",
        )
    return find(_name_of(folder)), None, folder


def adapter_class(dotted: str) -> type["Adapter"]:
    """The class behind a catalog row's dotted path."""
    module, name = dotted.rsplit(".", 1)
    return getattr(importlib.import_module(module), name)


def _adapter_for(row: ModelRow | None, hub: HubRow, source: str) -> str:
    """Our own adapter for our network with the hub's weights, where it offers that; else the hub row's."""
    candidates = [row.adapter, hub.adapter] if row and source == "hub-weights" else [hub.adapter]
    for dotted in filter(None, candidates):
        if source in adapter_class(dotted).sources:
            return dotted
    raise UnknownModelError(
        "source_not_offered",
        expected="scratch" if hub.adapter == "" else "scratch, hub",
        got=f"{hub.name}, {source}",
        hint="This model can't be had from that source; take another.",
    )


def _load_darknet(
    folder: Path, device: str | None, progress: Report, stop: threading.Event | None, pool: Pool
) -> "Adapter":
    row = find("yolo")
    if str(folder) in MODELS or str(folder) == row.member:  # a model's name: the folder that was named at start
        if not os.environ.get("LMDEMO_DARKNET"):
            raise WeightsError(
                "darknet_folder_missing",
                expected="yolov3.cfg, yolov3.weights, coco.names",
                got="-",
                hint="Name the folder with these files: --darknet DIR at start, or load(DIR, source='darknet').",
            )
        folder = Path(os.environ["LMDEMO_DARKNET"])
    folder = folder.expanduser().resolve()
    size = sum(f.stat().st_size for f in folder.glob("*.weights")) if folder.is_dir() else 0
    return pool.get(
        Key("darknet", "darknet", "cpu", str(folder)),
        lambda _: adapter_class(DARKNET_ADAPTER).open(folder, row=row, source="darknet", device="cpu"),
        expected=size,
        progress=progress,
        stop=stop,
    )


def _is_path(name: str | Path) -> bool:
    return isinstance(name, Path) or any(c in name for c in ("/", os.sep)) or Path(name).is_dir()


def _name_of(folder: Path) -> str:
    """A folder's model: the one whose figures lie in it, else the folder's own name."""
    try:
        figures = Figures.read(folder)
    except (ValueError, TypeError, KeyError, AttributeError):  # another program's metrics.json
        figures = None
    return figures.model if figures and figures.model in MODELS else folder.name

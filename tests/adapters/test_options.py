"""Every adapter of the catalog, ours and the hub's, refuses options that it does not have or that are of another kind."""

import types
import typing
from collections.abc import Sequence

import numpy as np
import pytest

import lmdemo
from lmdemo.adapters.options import checked, fitted
from lmdemo.catalog import HUB, MODELS
from lmdemo.errors import OptionError
from lmdemo.loading import DARKNET_ADAPTER, adapter_class
from tests.adapters.test_protocols import ADAPTERS

OPEN_ENDED = {"seed"}  # any whole number will do
SPEECH = (16_000, np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32))
INPUTS = {
    "image-classification": np.pad(np.full((14, 14), 255, np.uint8), 7),
    "object-detection": np.zeros((64, 64, 3), np.uint8),
    "audio-classification": (SPEECH, SPEECH),
    "automatic-speech-recognition": SPEECH,
    "text-to-speech": SPEECH,
    "text-classification": "a fine film",
    "fill-mask": "a dog is [MASK]",
    "text-generation": "The king",
    "translation": "Two dogs.",
    "time-series-forecasting": list(range(400)),
}


def options_of(adapter: type) -> dict[str, object]:
    """An adapter's options with their types."""
    hints = typing.get_type_hints(adapter.preprocess)
    return {name: hints[name] for name in adapter.options or () if name != "return"}


def kinds(hint: object) -> tuple:
    return typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)


def wrong(hint: object) -> list[object]:
    """Values of other kinds than a type says."""
    made: list[object] = [object(), b"1"]
    if type(None) not in kinds(hint):
        made.append(None)
    if str not in kinds(hint) and Sequence[str] not in kinds(hint):
        made.append("0.3")
    if bool not in kinds(hint):
        made.append(True)
    return made if bool not in kinds(hint) else [*made, 1, "True"]


@pytest.mark.parametrize("dotted", ADAPTERS)
def test_what_is_no_option_or_of_another_kind_is_refused_before_anything_is_read(dotted):
    adapter = adapter_class(dotted)
    bare = adapter.__new__(adapter)  # no network: options come first
    cases = [] if adapter.options is None else [{"nonsense": 1}]
    cases += [{name: value} for name, hint in options_of(adapter).items() for value in wrong(hint)]
    for options in cases:
        with pytest.raises(OptionError):
            adapter.preprocess(bare, None, **options)


@pytest.mark.parametrize("row", MODELS.values(), ids=lambda row: row.name)
def test_numbers_out_of_range_are_refused(row):
    if row.adapter is None:
        return
    adapter = lmdemo.load(row.name, device="cpu")
    given = INPUTS[row.task]
    given = given[0] if row.name == "siamese-sound" else given
    hints = typing.get_type_hints(type(adapter).preprocess)
    for name in {n for n, h in hints.items() if {int, float} & set(kinds(h))} - OPEN_ENDED:
        for value in (1e12, -1e12, float("nan"), float("inf")):
            with pytest.raises(OptionError):
                adapter(given, **{name: value})
    for options in ({"nonsense": 1}, {"seed": "0"} if "seed" in hints else {"nonsense": None}):
        with pytest.raises(OptionError):
            adapter(given, **options)


@pytest.mark.parametrize("dotted", sorted({row.adapter for row in HUB.values() if row.adapter} | {DARKNET_ADAPTER}))
def test_the_hubs_refuse_numbers_out_of_range_too(dotted):
    adapter = adapter_class(dotted)
    ours = [adapter_class(row.adapter) for row in MODELS.values()]
    if any(adapter.preprocess is own.preprocess for own in ours):
        return  # tried above, with a network
    bare = adapter.__new__(adapter)
    for name, hint in options_of(adapter).items():
        if {int, float} & set(kinds(hint)) and name not in OPEN_ENDED:
            for value in (1e12, -1e12, float("nan")):
                with pytest.raises(OptionError):
                    adapter.preprocess(bare, None, **{name: value})


@pytest.mark.parametrize("switches", [{"nonsense": 1}, {"positions": 1}, {"heads_off": 1}, {"heads_off": ["01"]}])
def test_gpts_switches_are_checked_like_options(switches):
    adapter = lmdemo.load("gpt-shakespeare", device="cpu")
    with pytest.raises(OptionError):
        adapter("The king", **switches)
    with pytest.raises(OptionError):
        adapter.next_tokens("The king", **switches)


def test_a_str_counts_as_one_of_several():
    yolo = lmdemo.load("yolo-cells", device="cpu")
    picture = np.zeros((64, 64, 3), np.uint8)
    assert yolo(picture, labels=yolo.labels[0]).objects == yolo(picture, labels=[yolo.labels[0]]).objects
    bert = lmdemo.load("bert-captions", device="cpu")
    assert bert("a dog is [MASK]", targets="red") is not None
    with pytest.raises(OptionError):
        yolo(picture, labels="nonsense")


def test_streams_and_searches_check_theirs():
    writer = lmdemo.load("rnn-char", device="cpu")
    for every in (0, -1, "2", None, True):
        with pytest.raises(OptionError):
            list(writer.stream("The", every=every, max_new_tokens=2))
    with pytest.raises(OptionError):
        list(writer.stream("The", nonsense=2))
    voices = lmdemo.load("siamese-speaker", device="cpu")
    for top in (0, -2, "5", None):
        with pytest.raises(OptionError):
            voices.find(SPEECH, {"a": np.ones(voices.embedding_size)}, top=top)
    with pytest.raises(OptionError):
        next(lmdemo.load("yolo-cells", device="cpu").stream("none.mp4", max_seconds="3"))


def test_types_are_those_of_the_signature():
    @checked
    def called(inputs, *, count: int = 1, names: Sequence[str] | None = None):
        return count, names

    assert called("x", count=3.0, names="a") == (3, ("a",)) and called("x", count=np.int64(2)) == (2, None)
    with pytest.raises(OptionError) as caught:
        called("x", count="3")
    assert caught.value.expected == "count: 1, 2, 3" and caught.value.got == "'3'"
    assert fitted("heads_off", [[0, 1]], Sequence[tuple[int, int]]) == ([0, 1],)

"""What the views of Translation, Speech and Forecasting are handed: JSON within its budget, whose parts belong together."""

import base64
import json

import numpy as np
import pytest

from demos.views import MAX_BYTES
from demos.views.alignment import alignment
from demos.views.beam import beam
from demos.views.ctc import ctc
from demos.views.series import series, track


def size(made) -> int:
    return len(json.dumps(made, separators=(",", ":")))


def test_the_longest_translation_and_tree_fit_the_budget():
    weights = np.random.default_rng(0).dirichlet(np.ones(110), 130)
    assert size(alignment("t", ["word"] * 110, ["Wort"] * 130, weights, {"said": "x"})) < MAX_BYTES
    steps, beams = 40, 12
    tokens = np.full((steps, beams), "▁Wort")
    scores = -np.sort(np.random.default_rng(1).random((steps, beams)), 1) - np.arange(steps)[:, None]
    assert (
        size(beam("t", tokens, np.zeros((steps, beams), int), scores, np.full((steps, beams), np.nan), {})) < MAX_BYTES
    )


def test_a_tree_knows_its_parents_and_its_winner():
    tokens = np.array([["▁a", "▁b"], ["c", "[EOS]"], ["[EOS]", ""]])
    parents, scores = np.array([[0, 0], [1, 0], [0, -1]]), np.array([[-1.0, -2.0], [-2.5, -3.0], [-2.6, -np.inf]])
    endings = np.array([[np.nan, np.nan], [np.nan, -1.25], [-0.86, np.nan]])
    dropped = (np.array([["▁c"], ["d"], [""]]), np.array([[0], [1], [-1]]), np.array([[-3.0], [-4.0], [-np.inf]]))
    made = beam("t", tokens, parents, scores, endings, {}, dropped=dropped)
    assert [(n["step"], n["parent"], n["piece"]) for n in made["dropped"]] == [(0, -1, " c"), (1, 1, "d")]
    assert [n["parent"] for n in made["nodes"]] == [-1, -1, 1, 0, 2] and made["best"] == 4
    assert [n["piece"] for n in made["nodes"]][:2] == [" a", " b"]


def test_half_a_minute_of_speech_fits_and_keeps_its_path():
    rng = np.random.default_rng(0)
    letters = ["", *" 'abcdefghijklmnopqrstuvwxyz"]
    probabilities = rng.dirichlet(np.full(len(letters), 0.1), 1_000)
    path = probabilities.argmax(1)
    made = ctc("t", probabilities, letters, path, 0.03, {}, log_mel=rng.normal(size=(3_001, 40)), hertz=np.arange(40))
    assert size(made) < MAX_BYTES and made["spectrogram"]["frames"] <= 1_501
    assert [made["letters"][r] for r in made["path"]] == [letters[k] for k in path] and [
        made["ids"][r] for r in made["path"]
    ] == path.tolist()
    shown = np.frombuffer(base64.b64decode(made["data"]), np.uint8).reshape(len(made["letters"]), -1)
    assert shown[made["path"][5], 5] == round(255 * probabilities[5].max())


def test_a_series_is_rounded_to_what_the_eye_sees():
    made = series(
        "t",
        "x",
        "y",
        ["1", "2"],
        [track("a", "", 0, [1e9 + 0.123456789, 1e9 + 10.1])],
        {},
        band=("b", 1, [0.00001234567], [0.5]),
    )
    assert (
        made["tracks"][0]["values"] == pytest.approx([1e9 + 0.1235, 1e9 + 10.1], abs=1e-4)
        and made["band"]["start"] == 1
    )
    assert (
        size(
            series(
                "t",
                "x",
                "y",
                ["2024-01-01 00:00"] * 900,
                [track("a", "", 0, np.random.default_rng(0).random(900))] * 5,
                {},
            )
        )
        < MAX_BYTES
    )

"""Contracts of every model that has a row: registering it is what tests it."""

import importlib
import json
import re
import struct

import pytest
import torch
from huggingface_hub import ModelCard

import lmdemo
from lmdemo.catalog import HUB, MODELS, WEIGHTS, find
from lmdemo.errors import UnknownModelError
from lmdemo.recipes import load_recipe
from lmdemo.recipes._card import card as make_card
from tests.models.learning import stuck

ROWS = [row for row in MODELS.values() if (row.folder / "model.safetensors").is_file()]


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r.name)
class TestRow:
    def test_it_is_complete(self, row):
        assert all((row.member, row.task, row.training_data, row.licence, row.paper)) and bool(row.hub) != bool(
            row.no_hub
        )
        assert all(h in HUB for h in row.hub)
        recipe = importlib.import_module(row.recipe)
        assert {"summary", "data", "data_licence", "limits", "primary_metric", "seeds", "table"} <= set(recipe.CARD)
        assert all(callable(getattr(recipe, f)) for f in ("build", "evaluate", "baselines"))

    def test_its_folder_is_a_hub_repository(self, row):
        assert {"config.json", "metrics.json", "model.safetensors", "README.md"} <= {
            p.name for p in row.folder.iterdir()
        }
        assert not [p for p in row.folder.iterdir() if p.suffix in (".bin", ".pt", ".pkl", ".ckpt")]
        assert all(p.stat().st_size < 10_000_000 for p in row.folder.iterdir())

    def test_its_card_is_made_from_its_figures(self, row):
        """Else: python -m lmdemo evaluate MODEL --write (and --data ROOT)."""
        words, figures = load_recipe(row).CARD, row.figures
        text = (row.folder / "README.md").read_text(encoding="utf-8")
        assert text == make_card(row, words, figures)
        card = ModelCard(text)
        assert (card.data.license, card.data.pipeline_tag) == (row.licence.lower(), row.task)
        told = {(r.dataset_split, r.metric_name): r.metric_value for r in card.data.eval_results}
        assert told["validation", figures.primary_metric] == figures.splits["val"].metrics[figures.primary_metric]
        assert f"# {row.name}\n" in text and words["limits"] in text and f"python -m lmdemo train {row.name}" in text

    def test_its_figures_are_whole(self, row):
        figures, words = row.figures, load_recipe(row).CARD
        assert figures.model == row.name and figures.parameters == lmdemo.load(row.name, device="cpu").info.parameters
        assert figures.primary_metric == words["primary_metric"] and len(figures.training.seeds) == words["seeds"]
        val = figures.splits["val"]
        assert val.n > 0 and val.data == (row.data or row.training_data) and val.baselines
        assert figures.training.seeds[figures.training.kept] == pytest.approx(
            val.metrics[figures.primary_metric], abs=1e-4
        )
        method, _ = words["table"]["baseline"]
        assert figures.primary_metric in val.baselines[method]

    def test_large_ones_are_stored_in_half_precision(self, row):
        with (row.folder / "model.safetensors").open("rb") as file:
            header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        kinds = {t["dtype"] for k, t in header.items() if k != "__metadata__"} - {"I64"}
        assert kinds == ({"F16"} if lmdemo.load(row.name, device="cpu").info.parameters > 1_000_000 else {"F32"})

    def test_it_opens_and_tells_about_itself(self, row):
        adapter = lmdemo.load(row.name, device="cpu")
        assert adapter is lmdemo.load(row.name, device="cpu")
        info = adapter.info
        assert (info.name, info.member, info.task, info.source, info.device) == (
            row.name,
            row.member,
            row.task,
            "scratch",
            "cpu",
        )
        assert info.parameters == adapter.model.num_parameters and info.bytes > 0 and not adapter.model.training
        assert all(p.isfinite().all() for p in adapter.model.parameters())

    def test_saving_it_again_changes_nothing(self, row, tmp_path):
        model = lmdemo.load(row.name, device="cpu").model
        model.save_pretrained(tmp_path)
        again = type(model).from_pretrained(tmp_path)
        assert again.config == model.config
        assert all(
            torch.equal(a, b) for a, b in zip(model.state_dict().values(), again.state_dict().values(), strict=True)
        )

    def test_every_parameter_can_learn(self, row):
        module, name = row.model.rsplit(".", 1)
        kind = getattr(importlib.import_module(module), name)
        assert stuck(kind(lmdemo.load(row.name, device="cpu").model.config)) == []


@pytest.mark.parametrize("member", ["cnn", "lstm", "gpt"])
def test_a_parameter_that_can_not_learn_is_found(member):
    """One that gets no gradient, and one that nothing moves: each is told by its name."""
    row = find(member)
    module, name = row.model.rsplit(".", 1)
    model = getattr(importlib.import_module(module), name)(lmdemo.load(row.name, device="cpu").model.config)
    (first, unheard), *_, (last, frozen) = model.named_parameters()
    unheard.register_hook(torch.zeros_like)
    frozen.requires_grad_(False)
    assert stuck(model) == [first, last]


def test_all_weights_together_stay_small():
    assert sum(p.stat().st_size for p in WEIGHTS.rglob("*") if p.is_file()) < 120_000_000


def test_every_folder_has_a_row():
    assert {p.name for p in WEIGHTS.iterdir() if p.is_dir()} <= set(MODELS)


def test_a_member_means_its_first_model_and_others_are_unknown():
    assert find("cnn").name == "cnn-fashion"
    with pytest.raises(UnknownModelError, match="nope"):
        lmdemo.load("nope")


@pytest.mark.parametrize("row", list(HUB.values()), ids=lambda r: r.name)
def test_hub_rows_are_pinned(row):
    assert re.fullmatch(r"[0-9a-f]{40}|v[\d.]+", row.revision) and row.files and row.megabytes > 0 and row.licence
    for file in row.files:
        if file.name.endswith((".bin", ".pt", ".ckpt")):  # a pickle is opened only by its checksum
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)

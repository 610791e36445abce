"""Generation with GPT: like transformers' own, with and without cache, past the context, and what is refused."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from transformers.activations import NewGELUActivation

from lmdemo.adapters.text_generation import GPTGeneration, HubGPTGeneration, Sampling
from lmdemo.catalog import MODELS
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError
from lmdemo.models.gpt import GPT, GPTConfig
from lmdemo.proofs.gpt import reference

PLAY = "ROMEO:\nIs the day so young?\n\nBENVOLIO:\nBut new struck nine.\n\nROMEO:\nAy me! sad hours seem long.\n" * 20
VOCABULARY = 90


@pytest.fixture(scope="module")
def tokenizer():
    return text.byte_tokenizer([PLAY], VOCABULARY)


@pytest.fixture(scope="module")
def write(tokenizer, tmp_path_factory) -> GPTGeneration:
    folder = tmp_path_factory.mktemp("gpt-shakespeare")
    torch.manual_seed(0)
    model = GPT(
        GPTConfig(
            vocab_size=tokenizer.get_vocab_size(),
            max_position_embeddings=32,
            hidden_size=24,
            num_hidden_layers=2,
            num_attention_heads=3,
            intermediate_size=48,
        )
    )
    with torch.no_grad():
        for p in model.parameters():
            p.add_(torch.randn_like(p) * 0.15)
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return GPTGeneration.open(folder, row=MODELS["gpt-shakespeare"], source="scratch", device="cpu")


@pytest.fixture(scope="module")
def gpt2(tmp_path_factory):
    """A folder as the hub's gpt2, small and random; all 256 bytes are known."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    folder = tmp_path_factory.mktemp("gpt2")
    made = Tokenizer(models.BPE())
    made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    made.train_from_iterator(
        [PLAY],
        trainers.BpeTrainer(
            vocab_size=300,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            special_tokens=["<|endoftext|>"],
            show_progress=False,
        ),
    )
    made.save(str(folder / "tokenizer.json"))
    theirs = reference(folder, n_embd=32, n_head=4, n_layer=2, n_positions=48, vocab_size=made.get_vocab_size())
    return folder, theirs, made


def test_both_networks_write_what_transformers_generates(gpt2):
    folder, theirs, tokenizer = gpt2
    ids = torch.tensor([tokenizer.encode("ROMEO:\nIs").ids])
    expected = theirs.generate(
        ids, max_new_tokens=20, do_sample=False, pad_token_id=0, eos_token_id=0, attention_mask=torch.ones_like(ids)
    )
    options = {"max_new_tokens": 20, "temperature": 0.0}
    ours = GPTGeneration.open(folder, row=None, source="hub-weights", device="cpu")
    hub = HubGPTGeneration.open(folder, row=None, source="hub", device="cpu")
    written = tokenizer.decode(expected[0].tolist(), skip_special_tokens=True)
    assert ours("ROMEO:\nIs", **options).text == hub("ROMEO:\nIs", **options).text == written
    assert ours.info.parameters == hub.info.parameters == sum(p.numel() for p in theirs.parameters())
    assert ours.info.source == "hub-weights" and ours.info.licence == "MIT"
    assert np.allclose(ours.next_tokens("Is the").logits, hub.next_tokens("Is the").logits, atol=1e-4)
    with pytest.raises(OptionError):
        hub("Is", layer_norm=False)
    reading = hub.read("Is the day", max_new_tokens=5, seed=1)
    assert reading.written == hub("Is the day", max_new_tokens=5, seed=1).tokens
    assert np.allclose(reading.nats, hub.surprise("Is the day"), atol=1e-4, equal_nan=True)
    assert set(reading.trace) == {"tokens", "hidden_states"} and reading.lens == []


def test_cache_changes_nothing_and_a_seed_repeats(write):
    for options in (
        {"temperature": 0.0},
        {"temperature": 1.0, "seed": 4},
        {"temperature": 1.5, "top_k": 5, "top_p": 0.7, "seed": 4},
    ):
        first = write("ROMEO:\n", max_new_tokens=20, **options)
        assert first.tokens == write("ROMEO:\n", max_new_tokens=20, use_cache=False, **options).tokens
        assert (
            first.text.startswith("ROMEO:\n")
            and len(first.tokens) == 20
            and first.text == "ROMEO:\n" + "".join(first.tokens)
        )
    assert write("ROMEO:\n", seed=1).tokens != write("ROMEO:\n", seed=2).tokens


def test_stream_is_the_call_and_may_stop_at_any_time(write):
    steps = list(write.stream("Is the day", max_new_tokens=25, seed=3))
    assert len(steps) == 25 and steps[-1] == write("Is the day", max_new_tokens=25, seed=3).text
    assert all(b.startswith(a) for a, b in pairwise(steps))
    stream = write.stream("Is the day", max_new_tokens=2_000)
    next(stream)
    assert write.in_use
    stream.close()
    assert not write.in_use


def test_several_continuations_differ_and_begin_alike(write):
    *_, last = write.stream_many("Is the day", 4, max_new_tokens=15, temperature=1.0, seed=0)
    assert len(set(last)) == 4 and all(t.startswith("Is the day") for t in last)
    *_, greedy = write.stream_many("Is the day", 3, max_new_tokens=15, temperature=0.0)
    assert len(set(greedy)) == 1 and greedy[0] == write("Is the day", max_new_tokens=15, temperature=0.0).text


def test_past_the_context_it_goes_on(write):
    result = write("Is the day", max_new_tokens=100, temperature=1.0, seed=0)
    assert len(result.tokens) == 100 and result.text.startswith("Is the day")


def test_a_beginning_longer_than_the_context_is_said_with_what_was_kept(write):
    prompt = write.tokenize(PLAY)
    whole = len(write.tokenizer.encode(PLAY).ids)
    assert len(prompt.ids) == 24 and prompt.dropped == whole - 24  # three quarters of 32
    result = write(PLAY, max_new_tokens=5, seed=0)
    assert (result.prompt_tokens, result.dropped_tokens) == (24, whole - 24) and result.text.startswith(PLAY)


@pytest.mark.parametrize(
    "given, key",
    [
        ("", "text_empty"),
        ("  \n", "text_empty"),
        ("a\0b", "text_control"),
        (b"bytes", "text_type"),
        (None, "text_type"),
        ("x" * 20_001, "text_too_long"),
        ("x" * 3_000_000, "text_too_long"),
        ("नमस्ते", "text_unknown_characters"),
        ("\ud800", "text_control"),
    ],
)
def test_what_can_not_be_read_is_refused(write, given, key):
    with pytest.raises(InputError) as caught:
        write(given)
    assert caught.value.key == key


def test_one_token_mixed_scripts_and_unknown_symbols(write, gpt2):
    assert len(write("I", max_new_tokens=3, seed=0).tokens) == 3
    prompt = write.tokenize("Is é दिन 🙂")
    assert prompt.unknown == "éदिन🙂" or set(prompt.unknown) <= set("éदिन🙂")
    assert (
        text.UNK in prompt.tokens
        and text.UNK not in write("Is é दिन 🙂", max_new_tokens=30, temperature=5.0, seed=0).tokens
    )
    hub = GPTGeneration.open(gpt2[0], row=None, source="hub-weights", device="cpu")
    assert hub.tokenize("Is é दिन").unknown == "" and hub(
        "Is é", max_new_tokens=10, temperature=5.0, seed=1
    ).text.startswith("Is é")


@pytest.mark.parametrize(
    "options",
    [
        {"temperature": -0.1},
        {"temperature": 5.1},
        {"temperature": math.nan},
        {"temperature": "1"},
        {"top_k": -1},
        {"top_k": 10**6},
        {"top_k": 2.5},
        {"top_p": 1.1},
        {"top_p": -1},
        {"max_new_tokens": 0},
        {"max_new_tokens": 2_001},
        {"max_new_tokens": True},
        {"seed": 1.5},
        {"seed": "x"},
        {"heads_off": [(9, 0)]},
        {"heads_of": 1},
    ],
)
def test_options_out_of_range_are_refused(write, options):
    with pytest.raises(OptionError):
        write("Is", **options)


def test_sampling_keeps_what_it_admits():
    logits = torch.tensor([[3.0, 2.0, 1.0, 0.0, -torch.inf]])

    def drawn(**options) -> set[int]:
        sampling = Sampling(vocab_size=5, max_new_tokens=1, **options)
        generator = Sampling(vocab_size=5, max_new_tokens=1, temperature=1, seed=0).generator()
        return {sampling.choose(logits, generator)[0] for _ in range(300)}

    assert drawn(temperature=0) == drawn(temperature=2, top_k=1) == drawn(temperature=2, top_p=0.0) == {0}
    assert drawn(temperature=5) == {0, 1, 2, 3}  # huge: nearly even, never what is masked
    assert drawn(temperature=5, top_k=2) == {0, 1}
    p = torch.tensor([3.0, 2.0, 1.0, 0.0]).softmax(0)  # 0.64, 0.24, 0.09, 0.03
    assert drawn(temperature=1, top_p=float(p[0]) - 0.01) == {0} and drawn(temperature=1, top_p=float(p[0]) + 0.01) == {
        0,
        1,
    }


def test_trace_and_lens(write):
    result = write("ROMEO:\nIs", max_new_tokens=4, seed=0, trace=True)
    T, trace = result.prompt_tokens + 4, result.trace
    shapes = {
        "tokens": (T,),
        "embeddings": (T, 24),
        "positions": (T, 24),
        "hidden_states": (3, T, 24),
        "queries": (2, 3, T, 8),
        "keys": (2, 3, T, 8),
        "values": (2, 3, T, 8),
        "attention": (2, 3, T, T),
        **dict.fromkeys(("normed_1", "attended", "normed_2", "fed"), (2, T, 24)),
        "units": (2, T, 48),
        "mask": (T, T),
        "logits": (T, write.model.config.vocab_size),
    }
    assert {k: v.shape for k, v in trace.items()} == shapes
    assert "".join(trace["tokens"]) == result.text
    stream = trace["hidden_states"]
    assert np.allclose(stream[0] + (trace["attended"] + trace["fed"]).sum(0), stream[-1], atol=1e-5)
    first = write.model.blocks[0]  # by transformers' GELU and our weights, not by our block
    units = NewGELUActivation()(torch.tensor(trace["normed_2"][0]) @ first.up.weight.T + first.up.bias).numpy()
    assert np.allclose(units, trace["units"][0], atol=1e-5)
    assert np.allclose(
        trace["units"][0] @ first.down.weight.T.numpy() + first.down.bias.numpy(), trace["fed"][0], atol=1e-5
    )
    layers = write.lens("ROMEO:\nIs")
    following = write.next_tokens("ROMEO:\nIs")
    assert len(layers) == 3 and next(iter(layers[-1])) == following.tokens[0]
    p = np.exp(following.logits - following.logits.max())
    assert next(iter(layers[-1].values())) == pytest.approx(1 / p.sum(), abs=1e-4)
    assert sum(row[3] for row in write.layers()) == write.info.parameters


def test_one_reading_tells_what_each_question_tells_by_itself(write):
    given = "ROMEO:\nIs"
    read, following = write.read(given), write.next_tokens(given)
    assert read.prompt == write.tokenize(given) and read.following.tokens == following.tokens
    assert np.allclose(read.following.logits, following.logits, atol=1e-5)
    assert np.allclose(read.nats, write.surprise(given), atol=1e-5, equal_nan=True)
    assert [list(layer) for layer in read.lens] == [list(layer) for layer in write.lens(given, count=3)]
    assert len(read.lenses) == 1 and read.ends == []
    told = write.read(given, ends=3, lenses=99)
    for end, n in zip(told.ends, range(len(read.prompt.ids) - 2, len(read.prompt.ids) + 1), strict=True):
        alone = write.read(write.tokenizer.decode(read.prompt.ids[:n])).following
        assert end.tokens == alone.tokens[:5] and np.allclose(end.logits, alone.logits, atol=1e-5)
    assert len(told.lenses) == len(read.prompt.ids) and [list(a) for a in told.lens] == [list(a) for a in read.lens]
    for n in (0, -1):
        lens = told.lenses[n]
        assert [list(layer) for layer in lens.answers] == [list(a) for a in write.lens(given, position=n, count=3)]
        for rank, layer in zip(lens.ranks, write.lens(given, position=n, count=99), strict=True):
            assert list(layer).index(next(iter(lens.answers[-1]))) == rank - 1
    traced = write.trace_tokens(read.prompt.ids)
    assert read.trace.keys() == traced.keys() - {"logits"}
    assert all(np.array_equal(v, traced[k]) for k, v in read.trace.items())
    without = write.read(given, trace=False, positions=False)
    assert without.trace == {} and without.lens == []
    assert np.allclose(without.following.logits, write.next_tokens(given, positions=False).logits, atol=1e-5)


def test_nats_per_character_is_exact(write):
    played = PLAY[:400]
    ids = [*write.tokenizer.encode("\n").ids[-1:], *write.tokenizer.encode(played).ids]
    nats = 0.0
    for n in range(1, len(ids)):
        first = 0 if n <= 16 else (n - 1) // 16 * 16 + 1 - 16  # at least half a context before it
        log_p = write.model(torch.tensor([ids[first:n]])).logits[0, -1].log_softmax(0)
        nats -= log_p[ids[n]].item()
    count, mean = write.nats_per_character(played)
    assert count == 400 and mean == pytest.approx(nats / 400, abs=1e-5)


def test_merges_end_where_the_tokenizer_does(tokenizer):
    for given in ("ROMEO:\nIs the day so young?", "seem long, sad hours", "naïve 🙂 दिन"):
        cuts = text.merge_steps(tokenizer, given)
        assert [i for c in cuts for i in c.ids] == tokenizer.encode(given).ids
        assert all(len(b) < len(a) for c in cuts for a, b in zip(c.steps, c.steps[1:], strict=False))
    assert "".join(text.merge_steps(tokenizer, "Is the day")[1].steps[0]) == " the"

"""Our GPT's generation against transformers' with the same weights, and with its cache against without."""

import tempfile
from pathlib import Path

from lmdemo.deployment.benchmarks import Figure
from lmdemo.timing import interleaved

PROMPT, NEW, LONG = 16, 48, 200  # tokens


def measure(threads: int, rounds: int) -> list[Figure]:
    """Greedy generation at gpt-shakespeare's and gpt2's size, the cache's use, and the time to the first token."""
    import torch

    from lmdemo import catalog
    from lmdemo.loading import load
    from lmdemo.models.gpt import GPTConfig

    torch.set_num_threads(threads)
    small, row = GPTConfig(), catalog.MODELS["gpt-shakespeare"]
    figures = [
        _against_transformers("gpt-shakespeare", small, threads, NEW, max(3, rounds // 3), 0.8),
        _against_transformers("gpt2", GPTConfig.gpt2(), threads, NEW // 2, max(3, rounds // 6), 1.0),
    ]
    if not (row.folder / "model.safetensors").is_file():
        return figures
    adapter = load(row.name, device="cpu")
    options = {"max_new_tokens": LONG, "temperature": 0.0}
    times = interleaved(
        {use: lambda use=use: adapter("ROMEO:\n", use_cache=use, **options) for use in (True, False)},
        rounds=3,
        warmup=1,
    )
    first = interleaved({"first": lambda: next(adapter.stream("ROMEO:\n"))}, rounds=rounds)["first"]
    return [
        *figures,
        Figure(
            f"GPT, {LONG} tokens with cache / without",
            times[True] / times[False],
            "ratio",
            0.15,
            f"{1000 * times[True] / LONG:.2f} ms a token, {LONG / times[True]:.0f} tokens/s",
        ),
        Figure("GPT, first token of gpt-shakespeare", 1000 * first, "ms", 100),
    ]


def _against_transformers(name: str, config: object, threads: int, new: int, rounds: int, bar: float) -> Figure:
    """Equal tokens, greedily, float32, one text."""
    import torch
    from tokenizers import Tokenizer, models

    from lmdemo.adapters.outputs import Info
    from lmdemo.adapters.text_generation import GPTGeneration
    from lmdemo.models.gpt import GPT
    from lmdemo.proofs.gpt import reference

    with tempfile.TemporaryDirectory() as folder:
        theirs = reference(
            Path(folder),
            n_embd=config.hidden_size,
            n_head=config.num_attention_heads,
            n_layer=config.num_hidden_layers,
            n_positions=config.max_position_embeddings,
            vocab_size=config.vocab_size,
        )
        ours = GPT.from_hub_weights(folder)
    adapter = GPTGeneration(
        ours,
        Info(name, "gpt", "text-generation", "hub-weights", ours.num_parameters, 0, "cpu", "", "", ""),
        Tokenizer(models.WordLevel({str(i): i for i in range(config.vocab_size)}, unk_token="0")),
    )
    adapter.threads = adapter.threads or threads  # a small network takes one whatever it may have
    prompt = torch.randint(config.vocab_size, (1, PROMPT))
    sampling = adapter.sampling(max_new_tokens=new, temperature=0.0)
    options = {
        "max_new_tokens": new,
        "min_new_tokens": new,
        "do_sample": False,
        "pad_token_id": 0,
        "attention_mask": torch.ones_like(prompt),
    }

    def mine() -> list[int]:
        return [step[0] for step in adapter._write(prompt[0].tolist(), sampling, 1, True, {})]

    def other() -> list[int]:
        with torch.inference_mode():
            return theirs.generate(prompt, **options)[0, PROMPT:].tolist()

    theirs.generation_config.eos_token_id = None
    equal = mine() == other()
    times = interleaved({"ours": mine, "transformers": other}, rounds=rounds, warmup=1)
    return Figure(
        f"GPT, {new} tokens at {name}'s size / transformers' generate",
        times["ours"] / times["transformers"] if equal else float("inf"),
        "ratio",
        bar,
        f"{1000 * times['ours'] / new:.2f} ms a token, tokens {'equal' if equal else 'DIFFER'}",
    )

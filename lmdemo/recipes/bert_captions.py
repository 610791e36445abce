"""bert-captions: which word is hidden in the caption of a picture?"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from lmdemo.adapters.fill_mask import MaskFilling
from lmdemo.data import text
from lmdemo.metrics import bootstrap_interval
from lmdemo.models.bert import Bert, BertConfig
from lmdemo.models.transformer import sinusoids
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "A small BERT, trained from scratch to fill in hidden words of English picture captions.",
    "data": "Multi30k, the English side: 29,000 captions to train on, 1,014 to judge. Word pieces are learnt from the training captions.",
    "data_licence": "not stated by the source; its pictures (not used here) are for non-commercial research and education",
    "limits": "It knows captions of photos of 2014 and their small world: people, dogs, streets, sport. Outside of it the answers are "
    "guesses that sound like captions. It fills in one piece a mask, each for itself, and repeats the habits of its captions, "
    "also in how they describe men and women. Judged: 15 % of the validation pieces, all hidden at once.",
    "primary_metric": "top1",
    "seeds": 1,
    "table": {
        "data": "Multi30k captions, English",
        "figure": "{top1:.1%} of hidden pieces on validation",
        "baseline": ("n-grams of both sides", "n-grams of both sides {top1:.1%}"),
    },
}
VOCAB_SIZE = 4_000
JUDGED = 0.15  # part of the pieces that are hidden where it is judged


def captions(data: Path | None, split: str) -> list[str]:
    """The English captions."""
    return text.read_multi30k(data, split)[0]


def hidden(tokenizer, data: Path | None, split: str) -> tuple[list[list[int]], list[list[int]]]:
    """Captions in pieces, and the same with 15 % of the pieces hidden, always the same ones."""
    generator = torch.Generator().manual_seed(0)
    mask, whole, masked = tokenizer.token_to_id(text.MASK), [], []
    for caption in captions(data, split):
        ids = tokenizer.encode(caption).ids
        drawn = torch.rand(len(ids), generator=generator) < JUDGED
        whole.append(ids)
        masked.append([mask if d and i > mask else i for i, d in zip(ids, drawn.tolist(), strict=True)])
    return whole, masked


def judge(tokenizer, data: Path | None) -> Callable[[nn.Module], dict[str, float]]:
    """A ``validate`` that gives top-1 accuracy and mean loss on the hidden pieces."""
    whole, masked = hidden(tokenizer, data, "val")
    batches = []
    for start in range(0, len(whole), 128):
        (labels, _), (ids, lengths) = text.pad(whole[start : start + 128]), text.pad(masked[start : start + 128])
        batches.append(
            {
                "input_ids": ids,
                "attention_mask": (torch.arange(ids.shape[1]) < lengths[:, None]).long(),
                "labels": torch.where(ids == labels, -100, labels),
            }
        )

    def validate(model: nn.Module) -> dict[str, float]:
        right = loss = n = 0.0
        for batch in batches:
            output, labels = model(**batch), batch["labels"][batch["labels"] != -100]
            right += (output.logits.argmax(-1) == labels).sum().item()
            loss += output.loss.item() * len(labels)
            n += len(labels)
        return {"top1": right / n, "loss": loss / n}

    return validate


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    tokenizer = text.word_piece_tokenizer(captions(data, "train"), VOCAB_SIZE)
    model = Bert(BertConfig(vocab_size=tokenizer.get_vocab_size()))
    # Waves tell near from far from the first step on; from random positions that alone takes passes to learn.
    model.positions.weight.data.copy_(0.03 * sinusoids(*model.positions.weight.shape))
    model.tokenizer = tokenizer
    sequences = [tokenizer.encode(c).ids for c in captions(data, "train")]
    return Trainer(
        # Twice as many pieces are hidden as where it is judged: more is learnt from each pass (arXiv:2202.08005).
        model=model,
        train_data=text.MaskedTexts(
            sequences, mask_id=tokenizer.token_to_id(text.MASK), vocab_size=tokenizer.get_vocab_size(), part=0.3
        ),
        validate=judge(tokenizer, data),
        metric="top1",
        seed=seed,
        num_epochs=40,
        batch_size=64,
        learning_rate=1.5e-3,
        beta2=0.98,
        average_decay=0.999,
        precision="bf16",
        validate_every=2,
    )


def save(model: nn.Module, folder: Path) -> None:
    """Weights and tokenizer."""
    model.save_pretrained(folder)
    model.tokenizer.save(str(folder / "tokenizer.json"))


def evaluate(adapter: MaskFilling, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """Share of the hidden pieces whose first candidate is right, with a 95 % interval; and how surprised the network is at a
    caption's words, each hidden in turn: the mean, and what 95 of 100 captions stay below.
    """
    whole, masked = hidden(adapter.tokenizer, data, split)
    right = np.concatenate(
        [
            answers == np.array([w for w, m in zip(ids, row, strict=True) if w != m])
            for ids, row, answers in zip(whole, masked, adapter.fill_many(masked), strict=True)
        ]
    )
    low, high = bootstrap_interval(right)
    nats = [adapter.nats_per_word(caption) for caption in captions(data, split)]
    return len(right), {
        "top1": right.mean().item(),
        "top1_low": low,
        "top1_high": high,
        "nats_per_word": float(np.nanmean(nats)),
        "nats_per_word_95": float(np.nanpercentile(nats, 95)),
    }


# Neighbours of a place, from the least to the most telling; each sharpens what the ones before it say.
CONTEXTS = ((), (1,), (-1,), (-1, 1), (-2, -1), (1, 2), (-2, -1, 1), (-1, 1, 2), (-2, -1, 1, 2))


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """The most frequent piece, and n-grams over up to two neighbours on either side, mixed from the general to the special.

    Each context adds its counts to a share of what the shorter ones say (Witten-Bell); hidden neighbours are passed over.
    """
    tokenizer = text.word_piece_tokenizer(captions(data, "train"), VOCAB_SIZE)
    size, mask = tokenizer.get_vocab_size(), tokenizer.token_to_id(text.MASK)
    counts: list[dict[tuple[int, ...], dict[int, int]]] = [defaultdict(lambda: defaultdict(int)) for _ in CONTEXTS]
    for caption in captions(data, "train"):
        ids = tokenizer.encode(caption).ids
        for i in range(1, len(ids) - 1):
            for table, places in zip(counts, CONTEXTS, strict=True):
                if all(0 <= i + p < len(ids) for p in places):
                    table[tuple(ids[i + p] for p in places)][ids[i]] += 1
    frequent = max(counts[0][()], key=counts[0][()].get)
    right = {"most frequent piece": 0, "n-grams of both sides": 0}
    n = 0
    for ids, row in zip(*hidden(tokenizer, data, split), strict=True):
        for i in (i for i, one in enumerate(row) if one == mask):
            p = np.full(size, 1 / size)
            for table, places in zip(counts, CONTEXTS, strict=True):
                around = tuple(row[i + q] if 0 <= i + q < len(row) else mask for q in places)
                seen = table.get(around) if mask not in around else None
                if seen:
                    kinds = np.fromiter(seen.keys(), int), np.fromiter(seen.values(), float)
                    p *= len(seen)
                    p[kinds[0]] += kinds[1]
                    p /= p.sum()
            n += 1
            right["most frequent piece"] += int(ids[i] == frequent)
            right["n-grams of both sides"] += int(ids[i] == p.argmax())
    return {name: {"top1": r / n} for name, r in right.items()}

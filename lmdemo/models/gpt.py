"""GPT-2: a stack of decoder blocks, each of which looks back over all earlier tokens, trained to say the next one.

Radford et al., "Language models are unsupervised multitask learners" (2019); attention from Vaswani et al.,
arXiv:1706.03762. Differs in: no dropout on the attention weights (there is one on every block's output).

Shapes: B sequences, T tokens read now, S tokens in view (read before and now), L layers, A heads, D numbers a head,
E = A * D numbers a token, F units of the feed-forward part, V vocabulary, N positions.
"""

import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from lmdemo.errors import WeightsError
from lmdemo.models.base import Model


@dataclass(frozen=True)
class GPTConfig:
    """Shape of a :class:`GPT`; the defaults are gpt-shakespeare's.

    Attributes:
        vocab_size: Entries of the embedding table, which also makes the logits.
        max_position_embeddings: Positions, so the longest context.
        hidden_size: Numbers a token is turned into.
        num_hidden_layers: Blocks above one another.
        num_attention_heads: Heads of each block.
        intermediate_size: Units of the feed-forward part.
        dropout: Part of the embeddings and of every block's outputs that is zeroed in training, 0 to 1.
        layer_norm_epsilon: What keeps the normalisation from dividing by zero.
    """

    vocab_size: int = 1_024
    max_position_embeddings: int = 256
    hidden_size: int = 192
    num_hidden_layers: int = 6
    num_attention_heads: int = 4
    intermediate_size: int = 768
    dropout: float = 0.0
    layer_norm_epsilon: float = 1e-5

    @classmethod
    def gpt2(cls) -> "GPTConfig":
        """The published small GPT-2."""
        return cls(
            vocab_size=50_257,
            max_position_embeddings=1_024,
            hidden_size=768,
            num_hidden_layers=12,
            num_attention_heads=12,
            intermediate_size=3_072,
            dropout=0.1,
        )


class KeyValueCache:
    """Keys and values of all tokens read so far, so that a new token is compared with them without reading them again.

    Args:
        config: The network's.
        batch_size: Sequences.
        device: Where they lie.
    """

    def __init__(self, config: GPTConfig, batch_size: int = 1, device: torch.device | str = "cpu") -> None:
        c = config
        shape = (
            2,
            batch_size,
            c.num_attention_heads,
            c.max_position_embeddings,
            c.hidden_size // c.num_attention_heads,
        )
        self.pairs = [
            torch.zeros(shape, device=device) for _ in range(c.num_hidden_layers)
        ]  # (2, B, A, N, D): room for all
        self.length = 0

    def extend(self, layer: int, pair: Tensor) -> Tensor:
        """Writes keys and values (2, B, A, T, D) behind those of a layer, and gives all of them, (2, B, A, S, D)."""
        room, T = self.pairs[layer], pair.shape[3]
        room.narrow(3, self.length, T).copy_(pair)
        return room.narrow(3, 0, self.length + T)


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """softmax(q k^T / sqrt(D)) v: what each query takes from the values, by how well it fits the keys.

    Args:
        q: (B, A, T, D).
        k, v: (B, A, S, D).
        mask: Where looking is allowed, broadcast to (B, A, T, S); None allows all.

    Returns:
        (B, A, T, D), and the weights (B, A, T, S), whose rows sum to 1.
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, A, T, S)
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(-1)
    return weights @ v, weights


class Attention(nn.Module):
    """Several heads side by side, each with queries, keys and values of its own."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.qkv = nn.Linear(config.hidden_size, 3 * config.hidden_size)
        self.out = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None,
        layer: int,
        cache: KeyValueCache | None,
        heads_off: Collection[int],
        trace: list | None,
    ) -> Tensor:
        """Mixes (B, T, E) over tokens; ``mask`` None means that every token sees itself and all before it."""
        B, T, E = x.shape
        qkv = self.qkv(x).view(B, T, 3, self.heads, E // self.heads).permute(2, 0, 3, 1, 4)  # (3, B, A, T, D)
        q, k, v = qkv if cache is None else (qkv[0], *cache.extend(layer, qkv[1:]))  # (B, A, T, D), twice (B, A, S, D)
        if mask is None and trace is None:
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=T > 1)  # `attend` in one kernel
        else:
            mixed, weights = attend(q, k, v, mask)  # (B, A, T, D)
        for head in heads_off:
            mixed[:, head] = 0
        if trace is not None:
            trace += [q, k, v, weights]
        return self.out(mixed.transpose(1, 2).reshape(B, T, E))


class Block(nn.Module):
    """Attention, then a feed-forward part, each on the normalised stream and added to it (pre-norm)."""

    def __init__(self, config: GPTConfig) -> None:
        super().__init__()
        self.norm_1 = nn.LayerNorm(config.hidden_size, config.layer_norm_epsilon)
        self.attention = Attention(config)
        self.norm_2 = nn.LayerNorm(config.hidden_size, config.layer_norm_epsilon)
        self.up = nn.Linear(config.hidden_size, config.intermediate_size)
        self.down = nn.Linear(config.intermediate_size, config.hidden_size)
        self.dropout = nn.Dropout(config.dropout)

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None,
        layer: int,
        cache: KeyValueCache | None = None,
        heads_off: Collection[int] = (),
        layer_norm: bool = True,
        trace: list | None = None,
    ) -> Tensor:
        """(B, T, E) -> (B, T, E); ``layer_norm`` False leaves both normalisations out."""
        normed_1 = self.norm_1(x) if layer_norm else x
        internals: list[Tensor] = []
        mixed = self.attention(normed_1, mask, layer, cache, heads_off, None if trace is None else internals)
        x = x + (self.dropout(mixed) if self.training else mixed)
        normed_2 = self.norm_2(x) if layer_norm else x
        hidden = F.gelu(self.up(normed_2), approximate="tanh")  # (B, T, F)
        fed = self.down(hidden)
        if trace is not None:
            trace.append((*internals, normed_1, mixed, normed_2, hidden, fed))
        return x + (self.dropout(fed) if self.training else fed)


class GPTOutput(NamedTuple):
    """What a :class:`GPT` gives.

    Attributes:
        logits: (B, T, V) of the token after each; (B, 1, V) where only the last was asked for.
        loss: Mean cross-entropy in nats a token, if labels were given.
        embeddings: The token part of the input (B, T, E), if traced, as are all below.
        positions: The position part (T, E), or (B, T, E) where ``position_ids`` were given.
        hidden_states: The stream before the first block and after each, (L + 1, B, T, E), before the last normalisation.
        queries: (L, B, A, T, D).
        keys, values: (L, B, A, S, D).
        attention: (L, B, A, T, S).
        normed_1: What each block's attention reads, (L, B, T, E).
        attended: What each block's attention adds to the stream, (L, B, T, E).
        normed_2: What each block's feed-forward part reads, (L, B, T, E).
        units: Its units after GELU, (L, B, T, F).
        fed: What it adds to the stream, (L, B, T, E).
        mask: Where looking was allowed, broadcast to (B, 1, T, S).
    """

    logits: Tensor
    loss: Tensor | None = None
    embeddings: Tensor | None = None
    positions: Tensor | None = None
    hidden_states: Tensor | None = None
    queries: Tensor | None = None
    keys: Tensor | None = None
    values: Tensor | None = None
    attention: Tensor | None = None
    normed_1: Tensor | None = None
    attended: Tensor | None = None
    normed_2: Tensor | None = None
    units: Tensor | None = None
    fed: Tensor | None = None
    mask: Tensor | None = None


class GPT(Model):
    """Embedding plus position, blocks, a last normalisation, and logits by the embedding table itself."""

    config_class = GPTConfig

    def __init__(self, config: GPTConfig) -> None:
        super().__init__(config)
        c = config
        self.token_embedding = nn.Embedding(c.vocab_size, c.hidden_size)
        self.position_embedding = nn.Embedding(c.max_position_embeddings, c.hidden_size)
        self.dropout = nn.Dropout(c.dropout)
        self.blocks = nn.ModuleList(Block(c) for _ in range(c.num_hidden_layers))
        self.norm = nn.LayerNorm(c.hidden_size, c.layer_norm_epsilon)
        for name, p in self.named_parameters():
            if p.ndim > 1:  # as published; what is added to the stream starts smaller, the deeper the stack
                adds = name.endswith(("out.weight", "down.weight"))
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * c.num_hidden_layers) if adds else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        labels: Tensor | None = None,
        *,
        position_ids: Tensor | None = None,
        cache: KeyValueCache | None = None,
        last_only: bool = False,
        positions: bool = True,
        layer_norm: bool = True,
        heads_off: Collection[tuple[int, int]] = (),
        trace: bool = False,
    ) -> GPTOutput:
        """Reads tokens, after those in ``cache``.

        Args:
            input_ids: Token ids (B, T).
            attention_mask: 1 for tokens, 0 for padding, (B, S) with those read before; all are tokens if None.
            labels: The tokens that come next (B, T), -100 where there is none.
            position_ids: Where each token stands (B, T); counted on from those read before if None.
            cache: What was read before; grows by these tokens.
            last_only: Whether to give the logits of the last token only.
            positions: Whether position embeddings are added.
            layer_norm: Whether the blocks normalise (the last normalisation stays).
            heads_off: Heads whose output is zeroed, as (layer, head).
            trace: Whether to return the internals.
        """
        T, past = input_ids.shape[1], cache.length if cache is not None else 0
        embeddings = self.token_embedding(input_ids)  # (B, T, E)
        places = (
            self.position_embedding.weight[past : past + T]
            if position_ids is None
            else self.position_embedding(position_ids)
        )
        x = self.dropout(embeddings + places if positions else embeddings)
        mask = None
        if attention_mask is not None or trace or (past and T > 1):
            mask = torch.ones(T, past + T, dtype=torch.bool, device=x.device).tril(past)[None, None]  # (1, 1, T, S)
            if attention_mask is not None:
                mask = mask & attention_mask.bool()[:, None, None, :]  # (B, 1, T, S)
        hidden_states, internals = [x], [] if trace else None
        for layer, block in enumerate(self.blocks):
            off = [h for n, h in heads_off if n == layer] if heads_off else ()
            x = block(x, mask, layer, cache, off, layer_norm, internals)
            if trace:
                hidden_states.append(x)
        if cache is not None:
            cache.length += T
        logits = self.logits(x[:, -1:] if last_only else x)
        loss = None
        if labels is not None:
            loss = F.cross_entropy(logits.flatten(0, 1).float(), labels.flatten(), ignore_index=-100)
        if not trace:
            return GPTOutput(logits, loss)
        return GPTOutput(
            logits,
            loss,
            embeddings,
            places,
            torch.stack(hidden_states),
            *(torch.stack(t) for t in zip(*internals, strict=True)),
            mask,
        )

    def logits(self, x: Tensor) -> Tensor:
        """What a state of the stream (..., E) says of the next token, (..., V); of earlier layers the "logit lens"."""
        return F.linear(self.norm(x), self.token_embedding.weight)

    def arrange_for_generation(self) -> Self:
        """Lays matrices with more outputs than inputs out column by column in memory; their numbers and shapes stay.

        A product with a single token reads its matrix once, so that memory decides how long it takes: where a matrix has few
        inputs, its columns are the longer runs.
        """
        for name, p in self.named_parameters():
            if p.ndim == 2 and p.shape[0] > p.shape[1] and not name.startswith("position"):
                p.data = p.data.t().contiguous().t()
        return self

    @classmethod
    def from_hub_weights(cls, folder: str | Path) -> Self:
        """Opens a folder in the layout of the hub's gpt2: ``config.json`` and ``model.safetensors`` of GPT2LMHeadModel
        or of the bare GPT2Model.

        Raises:
            WeightsError: A file is missing or damaged, or the network is another than GPT-2.
        """
        folder = Path(folder)
        try:
            given = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            tensors = load_file(folder / "model.safetensors")
        except FileNotFoundError as error:
            raise WeightsError(
                "weights_missing",
                expected="config.json, model.safetensors",
                got=f"no {Path(error.filename or '').name}",
                hint="Fetch the model again.",
            ) from error
        except (ValueError, SafetensorError, OSError) as error:
            raise WeightsError(
                "weights_damaged",
                expected="a JSON file and a safetensors file",
                got=str(error)[:100],
                hint="Fetch the model again.",
            ) from error
        needed = {
            "model_type": "gpt2",
            "activation_function": "gelu_new",
            "scale_attn_weights": True,
            "scale_attn_by_inverse_layer_idx": False,
            "add_cross_attention": False,
        }
        wrong = next((k for k, v in needed.items() if given.get(k, v) != v), None)
        if wrong:
            raise WeightsError(
                "weights_foreign",
                expected=f"{wrong}: {needed[wrong]}",
                got=str(given[wrong])[:60],
                hint="This is not a GPT-2 as published.",
            )
        model = cls(
            GPTConfig(
                vocab_size=given["vocab_size"],
                max_position_embeddings=given["n_positions"],
                hidden_size=given["n_embd"],
                num_hidden_layers=given["n_layer"],
                num_attention_heads=given["n_head"],
                intermediate_size=given.get("n_inner") or 4 * given["n_embd"],
                dropout=given.get("resid_pdrop", 0.1),
                layer_norm_epsilon=given.get("layer_norm_epsilon", 1e-5),
            )
        )
        renamed = rename_hub_tensors(tensors)
        head = renamed.pop("head.weight", None)
        own = model.state_dict()
        foreign = sorted(own.keys() ^ renamed.keys()) or [n for n in own if own[n].shape != renamed[n].shape]
        if head is not None and not foreign and not torch.equal(head, renamed["token_embedding.weight"]):
            foreign = ["lm_head.weight"]  # GPT-2 reads and writes with one table
        if foreign:
            raise WeightsError(
                "weights_foreign",
                expected="the tensors of GPT2LMHeadModel",
                got=foreign[0],
                hint="This is not a GPT-2 as published.",
            )
        model.load_state_dict(renamed)
        return model.eval()


# The hub's names -> ours. Its matrices of Conv1D are (inputs, outputs); a Linear's are (outputs, inputs).
HUB_NAMES = {
    "wte.weight": "token_embedding.weight",
    "wpe.weight": "position_embedding.weight",
    "lm_head.weight": "head.weight",
    "ln_f.": "norm.",
    ".ln_1.": ".norm_1.",
    ".ln_2.": ".norm_2.",
    ".attn.c_attn.": ".attention.qkv.",
    ".attn.c_proj.": ".attention.out.",
    ".mlp.c_fc.": ".up.",
    ".mlp.c_proj.": ".down.",
    "h.": "blocks.",
}
CONV1D = ("attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight")
HUB_MASKS = (".attn.bias", ".attn.masked_bias")  # older files also hold the causal mask


def rename_hub_tensors(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The hub's tensors under our names and in our orientation; the bare model has no "transformer." before its names."""
    renamed = {}
    for name, tensor in tensors.items():
        if name.endswith(HUB_MASKS):
            continue
        ours = name.removeprefix("transformer.")
        for theirs, mine in HUB_NAMES.items():
            ours = (
                mine + ours.removeprefix(theirs)
                if ours.startswith(theirs)
                else ours.replace(theirs, mine)
                if theirs[0] == "."
                else ours
            )
        renamed[ours] = (tensor.T if name.endswith(CONV1D) else tensor).float().contiguous()
    return renamed

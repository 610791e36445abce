"""BERT: the encoder stack, trained to fill in hidden words from both sides.

Devlin and others, "BERT: Pre-training of deep bidirectional transformers" (2018), arXiv:1810.04805. Differs in: learned
positions, embeddings and blocks are the original's; next-sentence prediction is left out, as RoBERTa found it can be;
pre-norm is a choice, for training from scratch in minutes.

Shapes: B texts, T tokens, E = hidden_size, V vocabulary, H heads, L layers.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import torch
from safetensors import safe_open
from torch import Tensor, nn

from lmdemo.errors import WeightsError
from lmdemo.models.base import Model
from lmdemo.models.transformer import ACTIVATIONS, Encoder, Trace, make_trace, padding_mask


@dataclass(frozen=True)
class BertConfig:
    """Shape of a :class:`Bert`; the defaults are bert-captions'.

    Attributes:
        vocab_size: Word pieces, V; id 0 pads.
        hidden_size: Numbers a piece is described by, E.
        num_hidden_layers: Blocks above one another, L.
        num_attention_heads: Heads of each block, each E / heads wide.
        intermediate_size: Units of the feed-forward layer.
        max_position_embeddings: The longest text, in pieces.
        type_vocab_size: Kinds of segment: two where pairs of sentences are read.
        hidden_act: ``relu`` or ``gelu``.
        norm_first: Pre-norm instead of the original's post-norm.
        layer_norm_eps: Added to the variance.
        dropout: Part of the embeddings and of what is added to the residual stream that is zeroed in training.
        fill_mask: Whether there is a masked-language head.
        pooler: Whether there is the original's dense layer on the first piece's last state.
    """

    vocab_size: int = 4_000
    hidden_size: int = 192
    num_hidden_layers: int = 4
    num_attention_heads: int = 6
    intermediate_size: int = 768
    max_position_embeddings: int = 128
    type_vocab_size: int = 1
    hidden_act: str = "gelu"
    norm_first: bool = True
    layer_norm_eps: float = 1e-12
    dropout: float = 0.0
    fill_mask: bool = True
    pooler: bool = False


# The hub's names and ours, tried from the top; groups carry over. The three products of attention are one matrix here,
# so that theirs are put below one another. Old files say gamma and beta for a norm's weight and bias.
NAMES = (
    (r"(?:bert\.)?embeddings\.word_embeddings\.weight", "embedding.weight"),
    (r"(?:bert\.)?embeddings\.position_embeddings\.weight", "positions.weight"),
    (r"(?:bert\.)?embeddings\.token_type_embeddings\.weight", "segments.weight"),
    (r"(?:bert\.)?embeddings\.LayerNorm\.(\w+)", r"norm.\1"),
    (
        r"(?:bert\.)?encoder\.layer\.(\d+)\.attention\.self\.(query|key|value)\.(\w+)",
        r"encoder.layers.\1.attention.qkv.\3|\2",
    ),
    (r"(?:bert\.)?encoder\.layer\.(\d+)\.attention\.output\.dense\.(\w+)", r"encoder.layers.\1.attention.out.\2"),
    (r"(?:bert\.)?encoder\.layer\.(\d+)\.attention\.output\.LayerNorm\.(\w+)", r"encoder.layers.\1.norm1.\2"),
    (r"(?:bert\.)?encoder\.layer\.(\d+)\.intermediate\.dense\.(\w+)", r"encoder.layers.\1.up.\2"),
    (r"(?:bert\.)?encoder\.layer\.(\d+)\.output\.dense\.(\w+)", r"encoder.layers.\1.down.\2"),
    (r"(?:bert\.)?encoder\.layer\.(\d+)\.output\.LayerNorm\.(\w+)", r"encoder.layers.\1.norm2.\2"),
    (r"(?:bert\.)?pooler\.dense\.(\w+)", r"pooler.\1"),
    (r"cls\.predictions\.transform\.dense\.(\w+)", r"head.dense.\1"),
    (r"cls\.predictions\.transform\.LayerNorm\.(\w+)", r"head.norm.\1"),
    (r"cls\.predictions\.bias", "head.bias"),
    # Not ours: a table of 0, 1, 2, ...; the embedding matrix once more; next-sentence prediction.
    (r"(?:bert\.)?embeddings\.position_ids|cls\.predictions\.decoder\.\w+|cls\.seq_relationship\.\w+", ""),
)


def translate(name: str) -> tuple[str, str]:
    """Our name of a hub tensor, and ``query``, ``key`` or ``value`` where it is a third of ours; "" for what we leave out.

    Raises:
        WeightsError: It is no tensor of a BERT.
    """
    for theirs, ours in NAMES:
        match = re.fullmatch(theirs, name)
        if match:
            ours, _, part = match.expand(ours).partition("|")
            return re.sub(r"gamma$", "weight", re.sub(r"beta$", "bias", ours)), part
    raise WeightsError(
        "weights_foreign", expected="the tensors of a BERT", got=name, hint="These are not the weights of a BERT."
    )


class FillMaskHead(nn.Module):
    """A dense layer, a norm, and the product with the embedding matrix itself: how well does each piece of the vocabulary fit?"""

    def __init__(self, hidden_size: int, vocab_size: int, hidden_act: str, layer_norm_eps: float) -> None:
        super().__init__()
        self.dense = nn.Linear(hidden_size, hidden_size)
        self.norm = nn.LayerNorm(hidden_size, layer_norm_eps)
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.activation = ACTIVATIONS[hidden_act]

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        """(..., E) and (V, E) -> logits (..., V)."""
        return nn.functional.linear(self.norm(self.activation(self.dense(x))), embedding, self.bias)


class BertOutput(NamedTuple):
    """What a :class:`Bert` gives.

    Attributes:
        logits: (B, T, V); where labels were given only at the n labelled places, (n, V); None without a head.
        loss: Mean cross-entropy in nats over the labelled places.
        last_hidden_state: (B, T, E).
        pooler_output: (B, E), where there is a pooler.
        trace: What lies between, if asked for.
    """

    logits: Tensor | None
    loss: Tensor | None
    last_hidden_state: Tensor
    pooler_output: Tensor | None = None
    trace: Trace | None = None


class Bert(Model):
    """Piece, position and segment embeddings, a column of encoder blocks, and the masked-language head."""

    config_class = BertConfig

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        c = config
        self.embedding = nn.Embedding(c.vocab_size, c.hidden_size, padding_idx=0)
        self.positions = nn.Embedding(c.max_position_embeddings, c.hidden_size)
        self.segments = nn.Embedding(c.type_vocab_size, c.hidden_size)
        self.norm = nn.LayerNorm(c.hidden_size, c.layer_norm_eps)
        self.dropout = nn.Dropout(c.dropout)
        self.encoder = Encoder(
            c.num_hidden_layers,
            c.hidden_size,
            c.num_attention_heads,
            c.hidden_size // c.num_attention_heads,
            c.intermediate_size,
            hidden_act=c.hidden_act,
            norm_first=c.norm_first,
            layer_norm_eps=c.layer_norm_eps,
            dropout=c.dropout,
            attention_dropout=c.dropout,
        )
        self.head = FillMaskHead(c.hidden_size, c.vocab_size, c.hidden_act, c.layer_norm_eps) if c.fill_mask else None
        self.pooler = nn.Linear(c.hidden_size, c.hidden_size) if c.pooler else None
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                nn.init.normal_(module.weight, std=0.02)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        labels: Tensor | None = None,
        *,
        positions: bool = True,
        layer_norm: bool = True,
        head_mask: Tensor | None = None,
        trace: bool = False,
    ) -> BertOutput:
        """Reads a batch of texts in word pieces.

        Args:
            input_ids: (B, T).
            attention_mask: (B, T), 1 where there is a piece, 0 at padding; all 1 if None.
            token_type_ids: Segments (B, T); all 0 if None.
            labels: The pieces behind the masks (B, T), -100 where nothing is asked.
            positions: Whether the network is told where each piece stands.
            layer_norm: Whether the norms of the blocks work.
            head_mask: (L, H), 0 silences a head.
            trace: Whether to return what lies between.
        """
        T = input_ids.shape[1]
        segments = self.segments.weight[0] if token_type_ids is None else self.segments(token_type_ids)
        tokens = self.embedding(input_ids) + segments  # (B, T, E)
        where = self.positions.weight[:T] * positions  # (T, E)
        mask = None if attention_mask is None else padding_mask(attention_mask.bool())
        x, states, attentions = self.encoder(
            self.dropout(self.norm(tokens + where)), mask, head_mask=head_mask, layer_norm=layer_norm, trace=trace
        )
        logits = loss = None
        if self.head is not None:
            asked = x if labels is None else x[labels != -100]  # (n, E): the head is dear, and only these count
            logits = self.head(asked, self.embedding.weight)
            loss = None if labels is None else nn.functional.cross_entropy(logits, labels[labels != -100])
        pooled = None if self.pooler is None else torch.tanh(self.pooler(x[:, 0]))
        return BertOutput(logits, loss, x, pooled, make_trace(tokens, where, states, attentions) if trace else None)

    @classmethod
    def from_hub_weights(cls, folder: str | Path) -> Self:
        """Opens a BERT of the hub from its folder with ``config.json`` and ``model.safetensors``.

        Raises:
            WeightsError: A file is missing or damaged, or no BERT's.
        """
        folder = Path(folder)
        for name in ("config.json", "model.safetensors"):
            if not (folder / name).is_file():
                raise WeightsError(
                    "weights_missing",
                    expected=f"{name} in {folder.name}/",
                    got="no such file",
                    hint="Fetch the model again.",
                )
        try:
            theirs = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            with safe_open(folder / "model.safetensors", "pt") as file:
                tensors = {name: file.get_tensor(name) for name in file.keys()}
        except Exception as error:  # safetensors raises a class of its own, json another
            raise WeightsError(
                "weights_damaged",
                expected="a whole safetensors file and its config.json",
                got=str(error)[:100],
                hint="Copy or download the file again.",
            ) from error
        own: dict[str, Tensor] = {}
        thirds: dict[str, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            ours, part = translate(name)
            if part:
                thirds.setdefault(ours, {})[part] = tensor
            elif ours:
                own[ours] = tensor
        own |= {name: torch.cat([parts[p] for p in ("query", "key", "value")]) for name, parts in thirds.items()}
        try:
            config = BertConfig(
                **{
                    k: theirs[k]
                    for k in (
                        "vocab_size",
                        "hidden_size",
                        "num_hidden_layers",
                        "num_attention_heads",
                        "intermediate_size",
                        "max_position_embeddings",
                        "type_vocab_size",
                        "hidden_act",
                        "layer_norm_eps",
                    )
                },
                norm_first=False,
                dropout=theirs["hidden_dropout_prob"],
                fill_mask="head.bias" in own,
                pooler="pooler.weight" in own,
            )
            model = cls(config)
            model.load_state_dict(own, strict=True)
        except (KeyError, RuntimeError) as error:
            raise WeightsError(
                "weights_foreign",
                expected="config.json and weights of one BERT",
                got=str(error)[:200],
                hint="These are not the weights of a BERT with this config.json.",
            ) from error
        return model.eval()

"""Filling in hidden words: a text with ``[MASK]`` in it goes in, candidates for each mask come out."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from tokenizers import Tokenizer

from lmdemo.adapters.base import Adapter, synchronize
from lmdemo.adapters.outputs import CANDIDATES, FillMask, Info
from lmdemo.catalog import HUB, ModelRow, find
from lmdemo.data import text
from lmdemo.errors import InputError, OptionError
from lmdemo.models.bert import Bert

MAX_CANDIDATES = 100
LENS = 5  # candidates that each layer is asked for


class Pieces(NamedTuple):
    """A text in word pieces, begin and end included.

    Attributes:
        ids: Their numbers in the vocabulary.
        tokens: How they read; "##" marks one that goes on inside a word.
        offsets: Where each stands in the text, (start, end); (0, 0) for begin and end.
        count: Pieces of the whole text, of which the first ``len(ids)`` are read.
    """

    ids: list[int]
    tokens: list[str]
    offsets: list[tuple[int, int]]
    count: int


class MaskFilling(Adapter):
    """Says what may stand where a text has ``[MASK]``: our BERT, with our weights or the hub's.

    Takes a str of up to 20,000 characters with at least one ``[MASK]``; pieces beyond the network's longest text are left
    out (:meth:`pieces` tells how many). Gives a :class:`FillMask` with as many candidates a mask as ``top_k`` says. The
    options ``positions=False``, ``layer_norm=False`` and ``heads_off=((layer, head), ...)``, counted from 0, switch parts
    off; ``targets`` asks for these words' probabilities too.

    With ``trace=True`` the result holds: ``tokens`` (T,) str, ``offsets`` (T, 2) and ``masks`` (M,), where the masks stand;
    ``embeddings`` and ``positions`` (T, E); ``hidden_states`` (L + 1, T, E); ``queries``, ``keys``, ``values`` (L, heads,
    T, D); ``attention`` (L, heads, T, T); ``layer_tokens`` str and ``layer_scores``, both (L + 1, M, 5): what each layer
    would already answer, by the last layer's head.
    """

    sources = ("scratch", "hub-weights")

    def __init__(self, model: torch.nn.Module, info: Info, tokenizer: Tokenizer) -> None:
        super().__init__(model, info)
        self.tokenizer = tokenizer
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.mask_id = tokenizer.token_to_id(text.MASK)
        self.longest = model.config.max_position_embeddings

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout; for ``hub-weights`` the fetched snapshot of a BERT."""
        tokenizer = text.open_tokenizer(folder)
        size = (folder / "model.safetensors").stat().st_size if (folder / "model.safetensors").is_file() else 0
        if source == "hub-weights":
            model, hub = Bert.from_hub_weights(folder).to(device), HUB["bert-base-uncased"]
            return cls(
                model,
                Info(
                    name=hub.name,
                    member=row.member if row else "bert",
                    task=hub.task,
                    source=source,
                    parameters=model.num_parameters,
                    bytes=size,
                    device=device,
                    revision=hub.revision,
                    licence=hub.licence,
                    training_data=hub.training_data,
                ),
                tokenizer,
            )
        row, model = row or find(folder.name), Bert.from_pretrained(folder).to(device)
        return cls(
            model,
            Info(
                name=row.name,
                member=row.member,
                task=row.task,
                source=source,
                parameters=model.num_parameters,
                bytes=size,
                device=device,
                revision="",
                licence=row.licence,
                training_data=row.training_data,
            ),
            tokenizer,
        )

    # -- answering ------------------------------------------------------------------------------------------------------

    def pieces(self, inputs: str) -> Pieces:
        """The word pieces that the network reads.

        Raises:
            InputError: The text can't be read.
        """
        encoded = self.tokenizer.encode(text.check_text(inputs))
        ids, tokens, offsets = list(encoded.ids), list(encoded.tokens), list(encoded.offsets)
        if len(ids) > self.longest:  # the end goes on standing at the end
            ids, tokens, offsets = ([*part[: self.longest - 1], part[-1]] for part in (ids, tokens, offsets))
        return Pieces(ids, tokens, offsets, len(encoded.ids))

    def preprocess(self, inputs: str) -> dict[str, Any]:
        """Checks and cuts one text: ``input_ids`` (1, T).

        Raises:
            InputError: The text can't be read, or has no mask in the part that is read.
        """
        read = self.pieces(inputs)
        if self.mask_id not in read.ids:
            if text.MASK in inputs and read.count > len(read.ids):
                raise InputError(
                    "mask_beyond",
                    expected=f"{text.MASK}, 1 - {self.longest}",
                    got=f"{read.count:,}",
                    hint="The mask stands beyond what the network reads; give a shorter piece of the text.",
                )
            raise InputError(
                "mask_missing",
                expected=text.MASK,
                got=inputs.strip()[:40],
                hint="Hide a word: click it, or write [MASK] in its place.",
            )
        return {"input_ids": torch.tensor([read.ids], device=self.device)}

    def postprocess(
        self,
        output: Any,
        *,
        milliseconds: float,
        trace: bool,
        masks: Sequence[int] = (),
        top_k: int = CANDIDATES,
        targets: Sequence[str] = (),
        **options: Any,
    ) -> FillMask:
        """The most probable pieces at each mask."""
        p = output.logits[0, list(masks)].float().softmax(-1)  # (M, V)
        best = p.topk(top_k)
        words = [self.tokenizer.id_to_token(i) or "" for i in range(p.shape[1])] if targets else []
        candidates = []
        for row, scores, ids in zip(p, best.values.tolist(), best.indices.tolist(), strict=True):
            found = {self.tokenizer.id_to_token(i): s for i, s in zip(ids, scores, strict=True)}
            candidates.append(found | {w: float(row[words.index(w)]) for w in targets if w in words and w not in found})
        return FillMask(
            candidates=tuple(candidates),
            milliseconds=milliseconds,
            trace=self._trace(output, list(masks)) if trace else {},
        )

    def __call__(
        self,
        inputs: str,
        *,
        trace: bool = False,
        top_k: int = CANDIDATES,
        targets: Sequence[str] = (),
        positions: bool = True,
        layer_norm: bool = True,
        heads_off: Sequence[tuple[int, int]] = (),
        **options: Any,
    ) -> FillMask:
        """Fills in one text.

        Args:
            inputs: The text, with ``[MASK]`` where a word is asked for.
            trace: Whether to add the internals.
            top_k: Candidates a mask, 1 to 100.
            targets: Pieces whose probability is told whether they are among the best or not.
            positions: Whether the network is told where each piece stands.
            layer_norm: Whether the norms of its blocks work.
            heads_off: Heads to silence, as (layer, head) from 0.

        Raises:
            InputError: The text can't be read, or has no mask.
            OptionError: An option is unknown or out of range.
        """
        if options:
            raise OptionError(
                "unknown_option",
                expected="trace, top_k, targets, positions, layer_norm, heads_off",
                got=", ".join(options),
                hint="Leave it out.",
            )
        if not isinstance(top_k, int) or not 1 <= top_k <= MAX_CANDIDATES:
            raise OptionError(
                "top_k_range",
                expected=f"1 - {MAX_CANDIDATES}",
                got=str(top_k)[:20],
                hint="Choose a number in this range.",
            )
        with self, torch.inference_mode():
            tensors = self.preprocess(inputs)
            masks = (tensors["input_ids"][0] == self.mask_id).nonzero()[:, 0].tolist()
            tensors |= self._switches(positions, layer_norm, heads_off)
            started = time.perf_counter()
            output = self.forward(tensors, trace=trace)
            synchronize(self.device)
            milliseconds = 1000 * (time.perf_counter() - started)
            result = self.postprocess(
                output,
                milliseconds=milliseconds,
                trace=trace,
                masks=masks,
                top_k=min(top_k, output.logits.shape[-1]),
                targets=targets,
            )
        if trace:
            read = self.pieces(inputs)
            result.trace.update(tokens=np.array(read.tokens), offsets=np.array(read.offsets), masks=np.array(masks))
        return result

    def compare(self, first: str, second: str, top_k: int = CANDIDATES) -> dict[str, tuple[float, float]]:
        """How probable each candidate is at the first mask of either text: word -> (in the first, in the second), for the best of both."""
        a, b = (next(iter(self(t, top_k=top_k).candidates)) for t in (first, second))
        words = list(dict.fromkeys([w for pair in zip(a, b, strict=False) for w in pair]))
        a, b = (next(iter(self(t, top_k=top_k, targets=words).candidates)) for t in (first, second))
        return {w: (a.get(w, 0.0), b.get(w, 0.0)) for w in words}

    def fill_many(self, ids: Sequence[Sequence[int]], batch_size: int = 128) -> list[np.ndarray]:
        """The most probable piece at each mask of texts that are pieces already: one array (masks,) a text."""
        answers: list[np.ndarray] = [np.zeros(0, int)] * len(ids)
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        with self, torch.inference_mode():
            for start in range(0, len(order), batch_size):
                chosen = order[start : start + batch_size]
                input_ids, lengths = text.pad([ids[i] for i in chosen])
                valid = torch.arange(input_ids.shape[1]) < lengths[:, None]
                best = self.model(input_ids.to(self.device), valid.to(self.device)).logits.argmax(-1).cpu()
                for row, i in enumerate(chosen):
                    answers[i] = best[row, (input_ids[row] == self.mask_id).nonzero()[:, 0]].numpy()
        return answers

    # -- look inside ----------------------------------------------------------------------------------------------------

    def cut(self, inputs: str) -> list[tuple[list[list[str]], list[int]]]:
        """How each word is cut: at each step the longest piece of the vocabulary that fits what is left of it, as WordPiece does.

        Returns:
            For each word its pieces after each step, the rest standing last, and the ids of the final ones.
        """
        read, words = self.pieces(inputs), []
        for id, token, (start, end) in zip(read.ids, read.tokens, read.offsets, strict=True):
            if end == start:
                continue
            if token.startswith("##") and words:
                words[-1][0].append(token)
                words[-1][1].append(id)
            else:
                words.append(([token], [id]))
        found = []
        for tokens, ids in words:
            bare = [t.removeprefix("##") if n else t for n, t in enumerate(tokens)]
            found.append(([[*tokens[:n], "##" * (n > 0) + "".join(bare[n:])] for n in range(len(tokens))], ids))
        return found

    def layers(self) -> list[tuple[str, str, str, int]]:
        """Each layer: name, kind, shape of what it gives for T pieces, parameters."""
        c, m = self.model.config, self.model
        rows = [
            ("embedding", "Embedding", f"T x {c.hidden_size}", _size(m.embedding)),
            ("positions", "Embedding", f"T x {c.hidden_size}", _size(m.positions)),
            ("segments", "Embedding", f"T x {c.hidden_size}", _size(m.segments)),
            ("norm", "LayerNorm", f"T x {c.hidden_size}", _size(m.norm)),
            *encoder_layers(m.encoder, c),
        ]
        if m.head is not None:
            rows.append(("head", "Linear, GELU, LayerNorm, embedding transposed", f"T x {c.vocab_size}", _size(m.head)))
        return rows if m.pooler is None else [*rows, ("pooler", "Linear, tanh", str(c.hidden_size), _size(m.pooler))]

    def _switches(self, positions: bool, layer_norm: bool, heads_off: Sequence[tuple[int, int]]) -> dict[str, Any]:
        c = self.model.config
        return {
            "positions": positions,
            "layer_norm": layer_norm,
            "head_mask": head_mask(heads_off, c.num_hidden_layers, c.num_attention_heads, self.device),
        }

    def _trace(self, output: Any, masks: list[int]) -> dict[str, np.ndarray]:
        t, model = output.trace, self.model
        hidden = t.hidden_states[:, 0, masks]  # (L + 1, M, E)
        if model.encoder.norm is not None:  # the last one is normed already
            hidden = torch.cat((model.encoder.norm(hidden[:-1]), hidden[-1:]))
        best = model.head(hidden, model.embedding.weight).float().softmax(-1).topk(LENS)
        names = np.array(
            [[[self.tokenizer.id_to_token(i) for i in mask] for mask in layer] for layer in best.indices.tolist()]
        )
        return as_arrays(t) | {"layer_tokens": names, "layer_scores": best.values.cpu().numpy()}


def head_mask(
    heads_off: Sequence[tuple[int, int]], num_layers: int, num_heads: int, device: torch.device
) -> torch.Tensor | None:
    """(layers, heads) of 1, and 0 where a head is silenced; None where none is.

    Raises:
        OptionError: There is no such head.
    """
    if not heads_off:
        return None
    mask = torch.ones(num_layers, num_heads, device=device)
    for layer, head in heads_off:
        if not (0 <= layer < num_layers and 0 <= head < num_heads):
            raise OptionError(
                "no_such_head",
                expected=f"0-{num_layers - 1}, 0-{num_heads - 1}",
                got=f"{layer}, {head}",
                hint="Choose a layer and a head that are there.",
            )
        mask[layer, head] = 0
    return mask


def as_arrays(trace: Any) -> dict[str, np.ndarray]:
    """The trace of one text as arrays without the batch's axis."""
    named = {name: t.float().cpu() for name, t in trace._asdict().items()}
    named["embeddings"] = named["embeddings"][0]
    return {name: (t if name in ("embeddings", "positions") else t[:, 0]).numpy() for name, t in named.items()}


def encoder_layers(encoder: torch.nn.Module, config: Any) -> list[tuple[str, str, str, int]]:
    """The blocks of an encoder, part by part: name, kind, output shape, parameters."""
    E, F = config.hidden_size, config.intermediate_size
    rows = []
    for n, layer in enumerate(encoder.layers, start=1):
        rows += [
            (
                f"block{n}.attention",
                f"{layer.attention.num_attention_heads} heads of {layer.attention.head_dim}",
                f"T x {E}",
                _size(layer.attention),
            ),
            (f"block{n}.norm1", "LayerNorm", f"T x {E}", _size(layer.norm1)),
            (f"block{n}.feed_forward", f"Linear to {F}, Linear", f"T x {E}", _size(layer.up) + _size(layer.down)),
            (f"block{n}.norm2", "LayerNorm", f"T x {E}", _size(layer.norm2)),
        ]
    return rows if encoder.norm is None else [*rows, ("norm", "LayerNorm", f"T x {E}", _size(encoder.norm))]


def _size(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


class HubMaskFilling(MaskFilling):
    """The hub's own BERT, run by transformers: takes and gives what :class:`MaskFilling` does, without the switches.

    With ``trace=True`` the result holds ``tokens``, ``offsets``, ``masks``, ``hidden_states`` and ``attention``, as above.
    """

    sources = ("hub",)

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a fetched snapshot with transformers; safetensors only."""
        from transformers import AutoModelForMaskedLM

        tokenizer = text.open_tokenizer(folder)
        model = AutoModelForMaskedLM.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, attn_implementation="eager"
        )
        hub = HUB["bert-base-uncased"]
        return cls(
            model.eval().to(device),
            Info(
                name=hub.name,
                member=row.member if row else "bert",
                task=hub.task,
                source=source,
                parameters=sum(p.numel() for p in model.parameters()),
                bytes=sum(f.stat().st_size for f in folder.glob("*.safetensors")),
                device=device,
                revision=hub.revision,
                licence=hub.licence,
                training_data=hub.training_data,
            ),
            tokenizer,
        )

    def forward(self, tensors: dict[str, Any], *, trace: bool) -> Any:
        """Runs the network."""
        return self.model(**tensors, output_hidden_states=trace, output_attentions=trace)

    def layers(self) -> list[tuple[str, str, str, int]]:
        """The parts that transformers names, with their parameters."""
        E = self.model.config.hidden_size
        return [
            (name, type(part).__name__, f"T x {E}", _size(part))
            for name, part in self.model.base_model.named_children()
        ]

    def _switches(self, positions: bool, layer_norm: bool, heads_off: Sequence[tuple[int, int]]) -> dict[str, Any]:
        if not positions or not layer_norm or heads_off:
            raise OptionError(
                "switch_not_offered",
                expected="scratch, hub-weights",
                got=self.info.source,
                hint="Only our own network has these switches; choose it as source.",
            )
        return {}

    def _trace(self, output: Any, masks: list[int]) -> dict[str, np.ndarray]:
        return {
            "hidden_states": torch.stack(output.hidden_states)[:, 0].float().cpu().numpy(),
            "attention": torch.stack(output.attentions)[:, 0].float().cpu().numpy(),
        }

"""Translation against torch.nn.LSTM and scaled_dot_product_attention, and its beam search against every beginning there is."""

import itertools

import numpy as np
import torch
from torch import Tensor, nn

from lmdemo.adapters.translation import beam_search
from lmdemo.models.lstm_translation import BOS, EOS, PAD, LSTMTranslation, LSTMTranslationConfig
from lmdemo.proofs import Check
from lmdemo.proofs.lstm import copy_out

TOLERANCE = 1e-5
SIZE = 9


def reference(ours: LSTMTranslation, ids: Tensor, lengths: Tensor, given: Tensor) -> Tensor:
    """Logits (B, T, V) by torch's own layers with the same weights; its attention is given a mask in place of lengths."""
    c = ours.config
    encoder = nn.LSTM(c.embedding_size, c.hidden_size // 2, bidirectional=True, batch_first=True)
    decoder = nn.LSTM(c.embedding_size, c.hidden_size, batch_first=True)
    for layer, suffix in zip(ours.encoder.layers[0], ("l0", "l0_reverse"), strict=True):
        copy_out(layer, encoder, suffix)
    copy_out(ours.decoder.layers[0][0], decoder, "l0")
    table = ours.embedding.weight
    read, (h, cell) = encoder(
        nn.utils.rnn.pack_padded_sequence(nn.functional.embedding(ids, table), lengths, batch_first=True)
    )
    memory, _ = nn.utils.rnn.pad_packed_sequence(read, batch_first=True)
    begin = tuple(torch.cat(tuple(s), -1)[None].contiguous() for s in (h, cell))
    states, _ = decoder(nn.functional.embedding(given, table), begin)
    there = (torch.arange(ids.shape[1]) < lengths[:, None])[:, None]  # (B, 1, S)
    seen = nn.functional.scaled_dot_product_attention(
        nn.functional.linear(states, ours.look.weight), memory, memory, attn_mask=there, scale=1.0
    )
    both = nn.functional.linear(torch.cat((states, seen), -1), ours.combine.weight, ours.combine.bias).tanh()
    return nn.functional.linear(both, table, ours.bias)


def prove() -> tuple[Check, ...]:
    """Checks logits, gradients, and the search's beginnings and scores."""
    torch.manual_seed(0)
    ours = LSTMTranslation(
        LSTMTranslationConfig(vocab_size=SIZE, embedding_size=6, hidden_size=8, label_smoothing=0.0)
    ).eval()
    nn.init.normal_(ours.embedding.weight)
    ids, lengths, given = torch.randint(4, SIZE, (2, 5)), torch.tensor([5, 3]), torch.randint(4, SIZE, (2, 7))
    logits, expected = ours(ids, lengths, given).logits, reference(ours, ids, lengths, given)
    found = torch.autograd.grad(logits.sin().sum(), [next(ours.parameters()), ours.look.weight])
    wanted = torch.autograd.grad(expected.sin().sum(), [next(ours.parameters()), ours.look.weight])

    with torch.no_grad():
        one = {"input_ids": ids[:1], "lengths": lengths[:1]}
        beam = beam_search.search(ours, one, num_beams=8)
        # Every beginning of two pieces, scored whole by torch's layers; ends do not go on.
        pairs = torch.tensor(
            [
                p
                for p in itertools.product(range(SIZE), repeat=2)
                if p[0] not in (PAD, BOS, EOS) and p[1] not in (PAD, BOS)
            ]
        )
        whole = reference(
            ours,
            ids[:1].expand(len(pairs), -1),
            lengths[:1].expand(len(pairs)),
            torch.cat((torch.full((len(pairs), 1), BOS), pairs[:, :1]), 1),
        ).log_softmax(-1)
        scores = whole.gather(2, pairs[..., None]).sum((1, 2)).sort(descending=True).values
        kept = beam.scores[1][np.isfinite(beam.scores[1])]
        # The best beginning of the last step, walked back to its first piece; and the sentence that ended at once.
        path, place = [], 0
        for step in reversed(range(len(beam.tokens))):
            path.insert(0, int(beam.tokens[step, place]))
            place = beam.parents[step, place]
        log_p = reference(ours, ids[:1], lengths[:1], torch.tensor([[BOS, *path[:-1]]])).log_softmax(-1)[0]
        walked = abs(log_p.gather(1, torch.tensor(path)[:, None]).sum().item() - float(beam.scores[-1, 0]))
        at_once = abs(log_p[0, EOS].item() / 2**beam_search.LENGTH_PENALTY - float(np.nanmax(beam.endings[0])))
    return (
        Check(
            "LSTMTranslation, logits",
            "torch.nn.LSTM, scaled_dot_product_attention",
            (logits - expected).abs().max().item(),
            TOLERANCE,
            "2 sentences of 5 and 3 pieces, 7 written",
        ),
        Check(
            "LSTMTranslation, gradients",
            "torch.nn.LSTM, scaled_dot_product_attention",
            max((a - b).abs().max().item() for a, b in zip(found, wanted, strict=True)),
            TOLERANCE,
            "embedding and attention weights",
        ),
        Check(
            "beam search, what is kept",
            "every beginning of two pieces, torch's layers",
            float(np.abs(kept - scores[: len(kept)].numpy()).max()),
            TOLERANCE,
            f"{len(kept)} of {len(pairs)} beginnings",
        ),
        Check(
            "beam search, scores",
            "log_softmax of the whole sentence, torch's layers",
            max(walked, at_once),
            1e-4,
            f"a beginning of {len(path)} pieces, and an ending",
        ),
    )

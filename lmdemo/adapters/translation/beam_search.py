"""The beam search that writes a translation."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch

from lmdemo.errors import OptionError
from lmdemo.models.lstm_translation import BOS, EOS, PAD, LSTMTranslation

MAX_BEAMS = 32
LENGTH_PENALTY = 0.8  # endings are compared by log-probability / pieces^this, or short ones would always win


def check_beams(num_beams: object) -> int:
    """``num_beams`` if it is one of 1 to 32."""
    if isinstance(num_beams, bool) or not isinstance(num_beams, int) or not 1 <= num_beams <= MAX_BEAMS:
        raise OptionError(
            "num_beams_range", expected=f"1 - {MAX_BEAMS}", got=str(num_beams)[:20], hint="Choose a value inside."
        )
    return num_beams


class Beam(NamedTuple):
    """A beam search: what was kept at each step, and what was chosen in the end.

    Attributes:
        tokens: The piece that each kept beginning was given, (steps, beams); -1 where fewer were kept.
        parents: The place of the beginning before it in the step before, (steps, beams).
        scores: Log-probabilities of the beginnings, (steps, beams).
        endings: What the beginnings that ended here are compared by, (steps, beams); NaN where one goes on.
        ids: The pieces of the best ending.
        attention: (len(ids), S).
    """

    tokens: np.ndarray
    parents: np.ndarray
    scores: np.ndarray
    endings: np.ndarray
    ids: list[int]
    attention: np.ndarray


def search(model: LSTMTranslation, tensors: Mapping[str, torch.Tensor], num_beams: int, *, attend: bool = True) -> Beam:
    """Keeps the ``num_beams`` likeliest beginnings at each step, until as many have ended.

    Args:
        model: The network, in evaluation mode.
        tensors: One sentence: ``input_ids`` (1, S) and ``lengths`` (1,).
        num_beams: Beginnings to keep; 1 takes the likeliest piece at every step.
        attend: False switches attention off; see :meth:`LSTMTranslation.decode`.
    """
    device = tensors["input_ids"].device
    memory = model.encode(**tensors)
    longest = 2 * tensors["input_ids"].shape[1] + 10
    written, state = torch.full((1, 1), BOS, device=device), None
    scores = torch.zeros(1, device=device)
    history, rows, ended = [], torch.zeros(1, 0, tensors["input_ids"].shape[1], device=device), []
    for _ in range(longest):
        now = memory._replace(
            states=memory.states.expand(len(written), -1, -1),
            padding=memory.padding.expand(len(written), -1),
            begin=tuple(s.expand(-1, len(written), -1).contiguous() for s in memory.begin),
        )
        logits, attention, state = model.decode(written[:, -1:], now, state, attend=attend)
        log_p = logits[:, 0].log_softmax(-1)
        log_p[:, [PAD, BOS]] = -torch.inf
        total = (scores[:, None] + log_p).flatten()  # (beams * V,)
        best = total.topk(min(num_beams, len(total)))
        parents, tokens = best.indices // log_p.shape[1], best.indices % log_p.shape[1]
        history.append((tokens.cpu().numpy(), parents.cpu().numpy(), best.values.cpu().numpy()))
        written = torch.cat((written[parents], tokens[:, None]), 1)
        rows = torch.cat((rows[parents], attention[parents]), 1)
        for n in (tokens == EOS).nonzero()[:, 0].tolist():
            ended.append(
                (float(best.values[n]) / written.shape[1] ** LENGTH_PENALTY, written[n, 1:-1].tolist(), rows[n, :-1])
            )
        on = tokens != EOS
        if not on.any() or len(ended) >= num_beams:
            break
        kept = on.nonzero()[:, 0]
        written, rows, scores = written[kept], rows[kept], best.values[kept]
        state = tuple(s[:, parents[kept]] for s in state)
    if not ended:
        ended.append((0.0, written[0, 1:].tolist(), rows[0]))
    _, ids, attention = max(ended, key=lambda e: e[0])
    return Beam(*_table(history), ids, attention.cpu().numpy())


def _table(
    history: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Steps of a search as four arrays (steps, beams). Parents count among all that the step before kept, endings too."""
    width = max(len(tokens) for tokens, _, _ in history)
    tokens, parents = np.full((len(history), width), -1), np.full((len(history), width), -1)
    scores = np.full((len(history), width), -np.inf)
    going_on = np.zeros(1, int)
    for step, (t, p, s) in enumerate(history):
        tokens[step, : len(t)], parents[step, : len(t)], scores[step, : len(t)] = t, going_on[p], s
        going_on = np.flatnonzero(t != EOS)
    lengths = np.arange(2, len(history) + 2)[:, None]  # with the beginning and the end
    return tokens, parents, scores, np.where(tokens == EOS, scores, np.nan) / lengths**LENGTH_PENALTY

"""The beam search that writes a translation."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch

from lmdemo.errors import OptionError
from lmdemo.models.lstm_translation import BOS, EOS, PAD, LSTMTranslation

MAX_BEAMS = 32
MOST_DROPPED = 4  # continuations told of each step that just missed the beam
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
        dropped: The same three, tokens, parents and scores, of the likeliest continuations that were not kept.
        ids: The pieces of the best ending.
        attention: (len(ids), S).
        score: How sure it is: the geometric mean of the probabilities of the pieces that it wrote, the end among them.
    """

    tokens: np.ndarray
    parents: np.ndarray
    scores: np.ndarray
    endings: np.ndarray
    dropped: tuple[np.ndarray, np.ndarray, np.ndarray]
    ids: list[int]
    attention: np.ndarray
    score: float


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
    history, missed, rows, ended = [], [], torch.zeros(1, 0, tensors["input_ids"].shape[1], device=device), []
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
        best = total.topk(min(num_beams + MOST_DROPPED, len(total)))
        parents, tokens, likely = best.indices // log_p.shape[1], best.indices % log_p.shape[1], best.values
        told = tokens.cpu().numpy(), parents.cpu().numpy(), likely.cpu().numpy()
        history.append([part[:num_beams] for part in told])
        missed.append([part[num_beams:] for part in told])
        parents, tokens, likely = parents[:num_beams], tokens[:num_beams], likely[:num_beams]
        written = torch.cat((written[parents], tokens[:, None]), 1)
        rows = torch.cat((rows[parents], attention[parents]), 1)
        for n in (tokens == EOS).nonzero()[:, 0].tolist():
            rank = float(likely[n]) / written.shape[1] ** LENGTH_PENALTY
            ended.append((rank, written[n, 1:-1].tolist(), rows[n, :-1], float(likely[n]) / (written.shape[1] - 1)))
        on = tokens != EOS
        if not on.any() or len(ended) >= num_beams:
            break
        kept = on.nonzero()[:, 0]
        written, rows, scores = written[kept], rows[kept], likely[kept]
        state = tuple(s[:, parents[kept]] for s in state)
    if not ended:
        ended.append((0.0, written[0, 1:].tolist(), rows[0], float(scores[0]) / (written.shape[1] - 1)))
    _, ids, attention, mean = max(ended, key=lambda e: e[0])
    going_on = [np.zeros(1, int), *(np.flatnonzero(tokens != EOS) for tokens, _, _ in history)]
    kept = _table(history, going_on)
    return Beam(
        *kept, _endings(kept[0], kept[2]), _table(missed, going_on), ids, attention.cpu().numpy(), math.exp(mean)
    )


def _table(history: list[list[np.ndarray]], going_on: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Steps of a search as tokens, parents, scores, each (steps, most of a step).

    Parents count among all that the step before kept, endings too; ``going_on`` says at which places of those the others stand.
    """
    width = max(len(tokens) for tokens, _, _ in history)
    tokens, parents = np.full((len(history), width), -1), np.full((len(history), width), -1)
    scores = np.full((len(history), width), -np.inf)
    for step, (t, p, s) in enumerate(history):
        tokens[step, : len(t)], parents[step, : len(t)], scores[step, : len(t)] = t, going_on[step][p], s
    return tokens, parents, scores


def _endings(tokens: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """What finished sentences are compared by, (steps, beams); NaN where one goes on."""
    lengths = np.arange(2, len(tokens) + 2)[:, None]  # with the beginning and the end
    return np.where(tokens == EOS, scores, np.nan) / lengths**LENGTH_PENALTY

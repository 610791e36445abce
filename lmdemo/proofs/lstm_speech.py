"""Speech: features against torchaudio, the network against torch.nn.LSTM, CTC against torch's loss over every path there is."""

import itertools
import math
from collections import defaultdict

import numpy as np
import torch
from torch import nn

from lmdemo.adapters.speech_recognition import WordModel, ctc
from lmdemo.data import audio
from lmdemo.models.lstm_speech import LSTMSpeech, LSTMSpeechConfig
from lmdemo.proofs import Check
from lmdemo.proofs.lstm import copy_layer

LETTERS = " ab"
STEPS = 6


def theirs(log_p: torch.Tensor, text: str) -> float:
    """Torch's log-probability of a text: all its paths together, (T, C) -> nats."""
    labels = torch.tensor([[LETTERS.index(c) + 1 for c in text]], dtype=torch.long)
    return -nn.functional.ctc_loss(
        log_p[:, None], labels, torch.tensor([len(log_p)]), torch.tensor([len(text)]), reduction="sum"
    ).item()


def prove() -> tuple[Check, ...]:
    """Checks features, network, collapse and beam search."""
    from torchaudio.transforms import MelSpectrogram

    torch.manual_seed(0)
    clip = torch.randn(8_000)
    mel = MelSpectrogram(
        16_000,
        n_fft=512,
        win_length=400,
        hop_length=160,
        f_min=20,
        n_mels=40,
        power=2.0,
        center=True,
        pad_mode="reflect",
        norm=None,
        mel_scale="htk",
    )
    expected = (mel(clip) + 1e-6).log().T
    features = torch.from_numpy(audio.log_mel(clip.numpy()))

    ours = LSTMSpeech(LSTMSpeechConfig(num_mels=4, stack=2, hidden_size=5, letters=LETTERS)).eval()
    lstm = nn.LSTM(8, 5, 2, bidirectional=True)
    reference = [layer for n in range(2) for layer in (f"l{n}", f"l{n}_reverse")]
    for layer, suffix in zip((layer for both in ours.lstm.layers for layer in both), reference, strict=True):
        copy_layer(layer, lstm, suffix)
    x, lengths = torch.randn(3, 11, 4), torch.tensor([11, 7, 2])
    with torch.no_grad():
        out = ours(x, lengths)
        steps = nn.functional.pad(x, (0, 0, 0, 1)).unflatten(1, (6, 2)).flatten(2)
        packed, _ = lstm(nn.utils.rnn.pack_padded_sequence(steps, torch.tensor([6, 4, 1]), batch_first=True))
        logits = ours.head(nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)[0])

    log_p = torch.randn(STEPS, len(LETTERS) + 1).double().mul(1.5).log_softmax(-1)
    texts: dict[str, float] = defaultdict(float)  # text -> probability: every path collapsed by ours, none left out
    for path in itertools.product(range(len(LETTERS) + 1), repeat=STEPS):
        letters = [k for k, g in itertools.groupby(path) if k]
        if (
            letters and 1 not in letters
        ):  # spaces are tidied up in collapsing, so paths with one are other texts to torch
            texts[ctc.collapse(np.array(path), LETTERS)] += math.exp(
                sum(log_p[t, k].item() for t, k in enumerate(path))
            )
    collapsed = max(abs(math.log(p) - theirs(log_p, text)) for text, p in texts.items())

    without_space = log_p.clone()
    without_space[:, 1] = -20  # below what the search looks at
    found = ctc.ranked_beams(without_space.numpy(), LETTERS, WordModel({"*": {}}), 10_000, weight=0.0, bonus=0.0)
    beams = max(abs(score - theirs(without_space, text)) for text, score, _ in found if text)
    return (
        Check(
            "log_mel",
            "torchaudio.transforms.MelSpectrogram",
            (features - expected).abs().max().item(),
            1e-3,
            "0.5 s of noise, 40 bands",
        ),
        Check(
            "LSTMSpeech, logits",
            "torch.nn.LSTM, two layers, both directions",
            max((out.logits[b, :n] - logits[b, :n]).abs().max().item() for b, n in enumerate((6, 4, 1))),
            1e-5,
            "3 clips of 11, 7 and 2 frames",
        ),
        Check(
            "collapse, over every path",
            "torch.nn.functional.ctc_loss",
            collapsed,
            1e-4,
            f"{len(LETTERS) + 1}^{STEPS} paths, {len(texts)} texts",
        ),
        Check(
            "beam search, all beams kept",
            "torch.nn.functional.ctc_loss",
            beams,
            1e-4,
            f"{len(found)} texts of {STEPS} steps",
        ),
    )

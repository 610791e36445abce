"""lstm-speech: spelled words, numbers and control words of AN4, heard letter by letter."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from lmdemo.adapters.speech_recognition import SpeechRecognition, collapse
from lmdemo.data import audio, text
from lmdemo.metrics import sureness
from lmdemo.models.lstm_speech import LSTMSpeech, LSTMSpeechConfig, normalize
from lmdemo.training.trainer import Trainer

CARD = {
    "summary": "Two bidirectional LSTM layers that write down spelled words, numbers and control words letter by letter (CTC), "
    "read out by a beam search that knows which words follow which.",
    "data": "CMU AN4, training part: 66 speakers to train on, the last 8 to judge.",
    "data_licence": "AN4 License Terms (BSD-2-clause style)",
    "limits": "It knows about a hundred words of American English of 1991: letters, numbers, months, control words. Anything "
    "else comes out as the nearest of them. 37 minutes of speech are very little; accents and noise mislead it, and letters that "
    "rhyme (b, d, e, p, t, v) are mixed up, so spelled names are hardest. How much the word model counts was chosen on the "
    "validation clips in seven tries (17.2 % before), so the figure with the beam flatters a little; the greedy one does not.",
    "primary_metric": "word_error_rate",
    "seeds": 1,
    "table": {
        "data": "CMU AN4, unseen speakers",
        "figure": "word error {word_error_rate:.1%} with the beam, {word_error_rate_greedy:.1%} greedy, on validation",
        "baseline": ("most frequent sentence", "most frequent sentence {word_error_rate:.1%}"),
    },
}
CONFIG = LSTMSpeechConfig()


def features(clip: np.ndarray) -> Tensor:
    """What the network hears of a clip (samples,): normalised log-mels (F, M)."""
    return normalize(torch.from_numpy(audio.log_mel(clip, num_mels=CONFIG.num_mels)))


class Clips:
    """Log-mels with the letters that were said.

    Args:
        utterances: What to read.
        augmented: Whether to take, now and then, a copy that was recorded in another room, faster or slower, and to stretch
            time, shift bands and blank out pieces (SpecAugment, Park et al., arXiv:1904.08779).
    """

    COPIES = 2  # disturbed ones beside each clean clip

    def __init__(self, utterances: Sequence[audio.Utterance], *, augmented: bool) -> None:
        self.augmented = augmented
        self.texts = [u.text for u in utterances]
        rng = np.random.default_rng(0)
        self.mels, self.copies = [], []
        for clip in (audio.read_clip(u.path) for u in utterances):
            self.mels.append(features(clip))
            self.copies.append(
                [
                    features(audio.disturb(audio.change_speed(clip, rng.uniform(0.9, 1.1)), rng, [], quietest=10))
                    for _ in range(self.COPIES if augmented else 0)
                ]
            )
        self.labels = [[CONFIG.letters.index(c) + 1 for c in t if c in CONFIG.letters] for t in self.texts]

    def __len__(self) -> int:
        return len(self.mels)

    def __getitem__(self, indices: Sequence[int]) -> dict[str, Tensor]:
        mels = [self._change(i) if self.augmented else self.mels[i] for i in indices]
        labels, label_lengths = text.pad([self.labels[i] for i in indices])
        return {
            "input_features": nn.utils.rnn.pad_sequence(mels, batch_first=True),
            "lengths": torch.tensor([len(m) for m in mels]),
            "labels": labels,
            "label_lengths": label_lengths,
        }

    def batches(self, batch_size: int, generator: torch.Generator) -> list[list[int]]:
        """Batches of like length."""
        return text.buckets([len(m) for m in self.mels], batch_size, generator)

    def _change(self, i: int) -> Tensor:
        copy = int(torch.randint(2 * self.COPIES, ()))  # as often as not the clean clip
        mels = self.copies[i][copy] if copy < self.COPIES else self.mels[i]
        speed = float(torch.empty(()).uniform_(0.85, 1.2))
        length = max(1, round(len(mels) / speed))
        mels = nn.functional.interpolate(mels.T[None], size=length, mode="linear", align_corners=False)[
            0
        ].T.clone()  # (F, M)
        shift = float(torch.empty(()).uniform_(-1.5, 1.5))  # bands: a longer or shorter throat
        grid = (torch.arange(mels.shape[1]) + shift).clamp(0, mels.shape[1] - 1)
        low = grid.floor().long()
        mels = torch.lerp(mels[:, low], mels[:, (low + 1).clamp_max(mels.shape[1] - 1)], grid - low)
        mels += 0.15 * torch.randn(mels.shape)
        for _ in range(2):
            start, width = int(torch.randint(mels.shape[1], ())), int(torch.randint(8, ()))
            mels[:, start : start + width] = 0
            start, width = int(torch.randint(len(mels), ())), int(torch.randint(20, ()))
            mels[start : start + width] = 0
        return mels


def word_error_rate(truth: Sequence[str], answers: Sequence[str]) -> float:
    """Words to change, add and take away, a word of the truth."""
    import jiwer

    return float(jiwer.wer(list(truth), list(answers)))


def build(data: Path | None, *, seed: int) -> Trainer:
    """The network, its data and its settings."""
    torch.manual_seed(seed)
    train = audio.read_an4(data, "train")
    held = Clips(audio.read_an4(data, "val"), augmented=False)
    order = sorted(range(len(held)), key=lambda i: len(held.mels[i]))

    def validate(model: nn.Module) -> dict[str, float]:
        answers, truth = [], []
        for start in range(0, len(order), 16):
            chosen = order[start : start + 16]
            out = model(**{k: v for k, v in held[chosen].items() if k in ("input_features", "lengths")})
            answers += [
                collapse(path[:n].numpy(), CONFIG.letters)
                for path, n in zip(out.logits.argmax(-1), out.lengths, strict=True)
            ]
            truth += [held.texts[i] for i in chosen]
        return {"word_error_rate": word_error_rate(truth, answers)}

    model = LSTMSpeech(CONFIG)
    counts: dict[str, Counter] = defaultdict(Counter)
    for said in (u.text.split() for u in train):
        for before, word in zip(["", *said], said, strict=False):
            counts[before][word] += 1
            counts["*"][word] += 1
    model.words = counts
    return Trainer(
        model=model,
        train_data=Clips(train, augmented=True),
        validate=validate,
        metric="word_error_rate",
        greater_is_better=False,
        seed=seed,
        num_epochs=60,
        batch_size=16,
        learning_rate=2e-3,
        schedule="one-cycle",
        warmup=0.2,
        average_decay=0.995,
        weight_decay=0.02,
        validate_every=10,
    )


def save(model: LSTMSpeech, folder: Path) -> None:
    """Weights and which words follow which."""
    model.save_pretrained(folder)
    (folder / "words.json").write_text(json.dumps(model.words, sort_keys=True) + "\n", encoding="utf-8")


def evaluate(adapter: SpeechRecognition, data: Path | None, split: str) -> tuple[int, dict[str, float]]:
    """Word error rate over all utterances together, with beam search and without, and how sure our network was."""
    utterances = audio.read_an4(data, split)
    truth = [u.text for u in utterances]
    options = {"num_beams": 1} if isinstance(adapter, SpeechRecognition) else {}
    answers = [adapter(u.path) for u in utterances]
    figures = {"word_error_rate": word_error_rate(truth, [a.text for a in answers])}
    if options:
        figures["word_error_rate_greedy"] = word_error_rate(
            truth, [adapter(u.path, **options).text for u in utterances]
        )
        figures |= sureness([a.score for a in answers])
    return len(utterances), figures


def baselines(data: Path | None, split: str) -> dict[str, dict[str, float]]:
    """The most frequent sentence of the training speakers."""
    said = Counter(u.text for u in audio.read_an4(data, "train")).most_common(1)[0][0]
    truth = [u.text for u in audio.read_an4(data, split)]
    return {"most frequent sentence": {"word_error_rate": word_error_rate(truth, [said] * len(truth))}}

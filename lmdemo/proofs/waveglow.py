"""WaveGlow: back and forth gives the sound again, and the log-determinant is that of autograd's Jacobian."""

import torch
from torch import Tensor
from torch.autograd.functional import jacobian

from lmdemo.models.waveglow import WaveGlow, WaveGlowConfig
from lmdemo.proofs import Check, _vocoding

SHIPPED = {"num_mels": 5, "hop": 8, "group": 4, "num_flows": 4, "early_size": 2, "early_every": 2}
SMALL = {
    "as shipped": WaveGlowConfig(**SHIPPED, channels=6, num_layers=2, conditioning=4),
    "as published": WaveGlowConfig(
        **SHIPPED | {"hop": 24, "group": 8}, channels=6, num_layers=3, conditioning=4, phase=False
    ),
}
FRAMES = 3


def prove() -> tuple[Check, ...]:
    """Checks both directions, the likelihood, and the mels; a second or two."""
    checks = []
    for name, config in SMALL.items():
        torch.manual_seed(0)
        model, (waveform, mels, phase) = _vocoding.shaken(WaveGlow(config), 0.3), inputs_for(config)
        out = model(waveform, mels, phase)
        again = model.inverse(out.latent, mels, phase)
        forth = model(model.inverse(torch.randn_like(out.latent), mels, phase), mels, phase)
        checks += [
            _vocoding.check(f"WaveGlow {name}, there and back", "the sound itself", again, waveform, 1e-4, "2 clips"),
            _vocoding.check(
                f"WaveGlow {name}, log-determinant",
                "torch.autograd.functional.jacobian, slogdet",
                out.log_determinant,
                sum(_determinant(model, waveform[b : b + 1], mels[b : b + 1], phase, b) for b in range(2)),
                1e-3,
                f"a map of {waveform.shape[1]} samples, 2 clips",
            ),
            _vocoding.check(
                f"WaveGlow {name}, likelihood",
                "torch.distributions.Normal and the determinant",
                forth.loss,
                _likelihood(forth.latent, forth.log_determinant),
                1e-4,
                "nats a sample",
            ),
        ]
    return (*checks, _vocoding.mels())


def inputs_for(config: WaveGlowConfig) -> tuple[Tensor, Tensor, Tensor | None]:
    """Two random clips, their mels and phases."""
    S = FRAMES * config.hop
    phase = torch.rand(2, S) * 2 - 1
    return (
        torch.randn(2, S),
        torch.randn(2, FRAMES, config.num_mels),
        torch.where(phase < 0, -1.0, phase) if config.phase else None,
    )


def _determinant(model: WaveGlow, waveform: Tensor, mels: Tensor, phase: Tensor | None, clip: int) -> Tensor:
    told = None if phase is None else phase[clip : clip + 1]
    matrix = jacobian(lambda x: model(x, mels, told).latent.flatten(), waveform)[:, 0]  # (S, S)
    return torch.linalg.slogdet(matrix.double())[1]


def _likelihood(latent: Tensor, log_determinant: Tensor) -> Tensor:
    normal = torch.distributions.Normal(0.0, 1.0).log_prob(latent).sum()
    return -(normal + log_determinant) / latent.numel() - 0.5 * torch.log(torch.tensor(2 * torch.pi))

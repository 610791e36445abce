"""Our WaveNet and WaveRNN, which speak sample by sample, and our WaveGlow, which makes a voice of noise in one pass."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn

from lmdemo.adapters.base import count_numbers, own_info
from lmdemo.adapters.outputs import SAMPLE_TEMPERATURE, SIGMA, Audio, Info, Layer
from lmdemo.adapters.vocoding.mels import Known, PreparedMels, Vocoder, number
from lmdemo.catalog import ModelRow, find
from lmdemo.data import vocoding
from lmdemo.data.audio import SAMPLING_RATE
from lmdemo.errors import InputError, OptionError
from lmdemo.models import compiled
from lmdemo.models.base import Model
from lmdemo.models.closed_loop import FLOOR, SILENT, VALUES, Guide
from lmdemo.models.waveglow import WaveGlow
from lmdemo.models.wavenet import LONGEST, WaveNet, taps_of
from lmdemo.models.wavernn import WaveRNN

COOLEST, HOTTEST, LOUDEST_NOISE = 0.1, 2.0, 2.0  # of the temperature and of sigma
CONTEXT = 2  # frames that the layers over frames look to either side
MOST_BLOCKS = 64  # of a receptive field that is asked for
DRAWN_READS = 4_096  # samples of a receptive field up to which they are told one by one
FIRST_FRAMES, FRAMES = 16, 80  # of a flow's first and other pieces


class OurVocoder(Vocoder):
    """What our three share."""

    network: type[Model]

    def __init__(self, model: Model, info: Info, known: Known | None = None) -> None:
        super().__init__(model, info)
        self.known = known

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens ``weights/<model>`` or a folder in the same layout."""
        row = row or find(folder.name)
        model = cls.network.from_pretrained(folder).to(device)
        info = own_info(row, folder, parameters=model.num_parameters, source=source, device=device)
        return cls(model, info, Known.read(folder))

    def internals(self, prepared: PreparedMels) -> dict[str, np.ndarray]:
        """What a trace holds."""
        found = vocoding.pitch(prepared.mels)
        told = {
            "pitch": found.hertz,
            "strength": found.strength,
            "phase": vocoding.phase_from_mels(prepared.mels, found),
        }
        return super().internals(prepared) | told

    def median_pitch(self, mels: np.ndarray) -> float:
        """The median pitch of the voiced frames of mels (F, M), in Hz; 0 where there is no voice."""
        hertz, strength = vocoding.pitch(mels)
        return float(np.median(hertz[strength > vocoding.VOICED])) if (strength > vocoding.VOICED).any() else 0.0


# -- sample by sample ----------------------------------------------------------------------------------------------------


class Drawn(NamedTuple):
    """How likely each level of one sample was.

    Attributes:
        at: Which sample.
        prediction: What the linear predictor says of it: of the pre-emphasised sound.
        values: What each level would add to that (V,).
        logits: The network's (V,).
        temperature: By which they are divided; lower than what was asked for where the pitch is clear.
        probabilities: Of drawing each level, those next to impossible left out (V,).
        level: Which one it is in the sound that was heard.
        bits: How unsure the network is: the entropy of the logits themselves.
    """

    at: int
    prediction: float
    values: np.ndarray
    logits: np.ndarray
    temperature: float
    probabilities: np.ndarray
    level: int
    bits: float


class SampleProducts(NamedTuple):
    """One sample of WaveNet taken apart: L blocks of kernel size K and C channels, Z skip channels, O head channels, V levels.

    Attributes:
        told: Levels of the sample before, of the prediction and of the excitation before, and the part of the pitch's period (4,).
        stream: The sample's own, before the first block and after each (L + 1, C).
        taps: How far back the samples lie that each block reads (L, K).
        wave, gate: What each block makes of its taps: a tanh and a sigmoid (L, C).
        gated: Their products (L, C).
        skips: What each block hands to the head (L, Z).
        skip_sum: Their sum, as the head reads it (Z,).
        hidden: The head's hidden units (O,).
        drawn: How likely each level was.
    """

    told: np.ndarray
    stream: np.ndarray
    taps: np.ndarray
    wave: np.ndarray
    gate: np.ndarray
    gated: np.ndarray
    skips: np.ndarray
    skip_sum: np.ndarray
    hidden: np.ndarray
    drawn: Drawn


class ReceptiveField(NamedTuple):
    """What a sample hangs on.

    Attributes:
        samples, milliseconds: How far it reaches, the newest sample included.
        reads: The tree that meets at one sample: how far back those inputs of each block lie that it needs, the first block first,
            and last the sample itself; empty where there are too many to be drawn.
    """

    samples: int
    milliseconds: float
    reads: tuple[np.ndarray, ...]


def speak(
    model: WaveNet | WaveRNN,
    mels: np.ndarray,
    *,
    seed: int = 0,
    temperature: float = SAMPLE_TEMPERATURE,
    floor: float = FLOOR,
) -> Iterator[np.ndarray]:
    """The waveform of mels (F, M), piece by piece; where the pitch is clear samples are drawn less freely."""
    found, mouth = vocoding.pitch(mels), vocoding.Mouth()
    guide = Guide.of(
        vocoding.envelope(mels).predictor,
        vocoding.phase_parts(vocoding.phase_from_mels(mels, found)),
        temperature / vocoding.sharpness(found.strength),
        seed=seed,
    )
    for samples, _ in model.generate(torch.from_numpy(vocoding.features(mels, found)), guide, floor=floor):
        yield mouth.deemphasis(samples)


class SampleVocoding(OurVocoder):
    """WaveNet and WaveRNN. As :class:`lmdemo.adapters.vocoding.mels.Vocoder`, always on the CPU; option ``temperature`` (0.1 to 2):
    how freely levels are drawn. :meth:`distribution` tells how likely each level of one sample was.
    """

    model: Any
    before = 0  # frames that are heard before that in which a sample lies that is taken apart
    earlier = 0  # samples before the first whose levels are heard, too

    @classmethod
    def open(cls, folder: Path, *, row: ModelRow | None, source: str, device: str) -> Self:
        """Opens a folder; a loop over single samples is slower anywhere else than on the CPU."""
        return super().open(folder, row=row, source=source, device="cpu")

    @property
    def engine(self) -> str:  # type: ignore[override]
        """What runs the loop: ``numba`` or ``torch``."""
        return compiled.which(self.network.__name__.lower())

    def preprocess(
        self, inputs: Any, *, seed: int = 0, temperature: float = SAMPLE_TEMPERATURE, hold_mels: int = 0
    ) -> PreparedMels:
        """Reads a clip or mels, and checks the options; see the class.

        Raises:
            InputError: The clip or the mels can't be used.
            OptionError: An option is out of its range.
        """
        temperature = number("temperature_range", temperature, COOLEST, HOTTEST)
        return self.prepare(inputs, seed=seed, hold_mels=hold_mels, temperature=temperature)

    def pieces(self, prepared: PreparedMels) -> Iterator[np.ndarray]:
        """The waveform while it is made."""
        return speak(self.model, prepared.mels, seed=prepared.seed, **prepared.options)

    def distribution(
        self,
        inputs: Any,
        at: int,
        *,
        waveform: np.ndarray | None = None,
        temperature: float = SAMPLE_TEMPERATURE,
        seed: int = 0,
    ) -> Drawn:
        """How likely each level of a sample was, after all samples before it.

        Args:
            inputs: A clip or log mels.
            at: Which sample, from 0.
            waveform: The sound that is heard before it (samples,), such as what was spoken of these mels; else the clip itself, and of
                mels what the network speaks with this ``seed``.
            temperature: By which the logits are divided.
            seed: See ``waveform``.

        Raises:
            OptionError: There is no such sample, or the temperature is out of range.
        """
        heard = self._hear(inputs, at, waveform, temperature, seed)
        with self.computing():
            logits = self.model(heard.levels, heard.features, context=CONTEXT).logits[0, heard.place]
        return heard.drawn(logits)

    def _hear(self, inputs: Any, at: int, waveform: np.ndarray | None, temperature: float, seed: int) -> "Heard":
        """What the network hears up to the frame in which a sample lies, as in its training."""
        prepared = self.preprocess(inputs, temperature=temperature, seed=seed)
        c, mels = self.model.config, prepared.mels
        waveform, phase = self._sound(waveform, prepared)
        if isinstance(at, bool) or not isinstance(at, int | np.integer) or not 0 <= at < len(waveform):
            raise OptionError(
                "position_range",
                expected=f"0 - {len(waveform) - 1:,}",
                got=str(at)[:20],
                hint="Choose a sample of the clip.",
            )
        signal = c.loudness * vocoding.preemphasis(waveform)
        excitation = vocoding.residual(signal, vocoding.envelope(mels).predictor)
        rows = np.pad(signal, (1, 0))[:-1], signal - excitation, np.pad(excitation, (1, 0))[:-1]
        levels = np.stack([*map(vocoding.to_levels, rows), vocoding.phase_parts(phase)], -1)  # (S, 4)
        silent = np.array([[SILENT, SILENT, SILENT, c.phases]]).repeat(self.earlier, 0)
        frame = int(at) // self.hop
        first = max(0, frame - self.before)
        levels = np.concatenate((silent, levels))[first * self.hop : (frame + 1) * self.hop + self.earlier]
        found = vocoding.pitch(mels)
        beyond = self.model.feature_mean.numpy()[None].repeat(CONTEXT, 0)
        features = np.concatenate((beyond, vocoding.features(mels, found), beyond))
        return Heard(
            at=int(at),
            place=int(at) - first * self.hop,
            levels=torch.from_numpy(levels)[None],
            features=torch.from_numpy(features[first : frame + 1 + 2 * CONTEXT])[None],
            prediction=float(signal[at] - excitation[at]) / c.loudness,
            level=int(vocoding.to_levels(excitation[at])),
            temperature=temperature / float(vocoding.sharpness(found.strength[frame : frame + 1])[0]),
            loudness=c.loudness,
        )

    def _sound(self, waveform: np.ndarray | None, prepared: PreparedMels) -> tuple[np.ndarray, np.ndarray]:
        """The sound that is heard, F * hop samples, and the phase of each."""
        if waveform is None and prepared.clip is not None:
            clip = vocoding.whole_hops(prepared.clip)
            return clip, vocoding.phase_from_sound(clip, prepared.mels)
        if waveform is None:
            with self.computing():
                waveform = self.forward(prepared, trace=False)
        size = len(prepared.mels) * self.hop
        waveform = np.asarray(waveform, np.float32)
        if waveform.shape != (size,) or not np.isfinite(waveform).all():
            raise InputError(
                "audio_length",
                expected=f"{size / SAMPLING_RATE:.2f} s",
                got=f"{waveform.size / SAMPLING_RATE:.2f} s",
                hint="Give the sound that was made of these mels.",
            )
        return waveform, vocoding.phase_from_mels(prepared.mels)


class Heard(NamedTuple):
    """What a network heard before a sample: ``levels`` (1, S, 4), ``features`` (1, F + 2 CONTEXT, M), the sample at ``place`` of them."""

    at: int
    place: int
    levels: Tensor
    features: Tensor
    prediction: float
    level: int
    temperature: float
    loudness: float

    def drawn(self, logits: Tensor) -> Drawn:
        """The distribution that logits (V,) lead to."""
        logits = logits.double()
        shares, plain = (logits / self.temperature).softmax(0), logits.log_softmax(0)
        kept = (shares - FLOOR).clamp(min=0)
        return Drawn(
            self.at,
            self.prediction,
            VALUES / self.loudness,
            logits.numpy(),
            self.temperature,
            (kept / kept.sum()).numpy(),
            self.level,
            float(-(plain.exp() * plain).sum() / np.log(2)),
        )


class WaveNetVocoding(SampleVocoding):
    """WaveNet. As :class:`SampleVocoding`; shows its receptive field, one sample taken apart, and what it says unasked."""

    model: WaveNet
    network = WaveNet

    @property
    def before(self) -> int:  # type: ignore[override]
        """All frames that can be heard."""
        return -(-self.model.config.receptive_field // self.hop)

    def layers(self) -> list[Layer]:
        """Each layer: name, kind, shape of what it gives for F frames and S samples, parameters."""
        m, c = self.model, self.model.config
        tables = count_numbers(m.tables) + m.slopes.numel()
        rows = [
            ("tables", "Embedding, summed", f"S x {c.channels}", tables),
            ("frames", "Conv1d, Conv1d", f"F x {c.conditioning}", count_numbers(m.frames)),
            ("told", "Linear", f"F x {len(c.dilations)} x {2 * c.channels}", count_numbers(m.told)),
        ]
        for i, (block, dilation) in enumerate(zip(m.blocks, c.dilations, strict=True), 1):
            kind = f"Conv1d, dilation {dilation}, gate; 1x1"
            rows.append((f"block{i}", kind, f"S x {c.channels}, S x {c.skip_channels}", count_numbers(block)))
        return [*rows, ("head", "ReLU, Linear, ReLU, Linear, softmax", f"S x {len(VALUES)}", count_numbers(m.head))]

    def receptive_field(self, kernel_size: int | None = None, dilations: Sequence[int] | None = None) -> ReceptiveField:
        """What a sample hangs on with another kernel and other dilations; by default the network's own.

        Raises:
            OptionError: They reach back too far, or not at all.
        """
        c = self.model.config
        kernel_size = c.kernel_size if kernel_size is None else kernel_size
        dilations = tuple(c.dilations if dilations is None else dilations)
        given = (kernel_size, *dilations)
        known = all(isinstance(v, int) and not isinstance(v, bool) and 1 <= v <= LONGEST for v in given)
        samples = 1 + (kernel_size - 1) * sum(dilations) if known else 0
        if not known or not 1 <= len(dilations) <= MOST_BLOCKS or samples > LONGEST:
            raise OptionError(
                "wavenet_reach",
                expected=f"1 - {LONGEST:,} samples, 1 - {MOST_BLOCKS} dilations",
                got=f"kernel {kernel_size}, dilations {', '.join(map(str, dilations))}"[:80],
                hint="Take fewer or smaller dilations.",
            )
        reads = [np.zeros(1, int)]
        if samples <= DRAWN_READS:
            for dilation in reversed(dilations):
                steps = dilation * np.arange(kernel_size)
                reads.append(np.unique(reads[-1][:, None] + steps))
        tree = tuple(reversed(reads)) if samples <= DRAWN_READS else ()
        return ReceptiveField(samples, 1000 * samples / SAMPLING_RATE, tree)

    def sample_products(
        self,
        inputs: Any,
        at: int,
        *,
        waveform: np.ndarray | None = None,
        temperature: float = SAMPLE_TEMPERATURE,
        seed: int = 0,
    ) -> SampleProducts:
        """Takes one sample apart, from what was heard to how likely each level was; arguments as for :meth:`distribution`."""
        heard, c = self._hear(inputs, at, waveform, temperature, seed), self.model.config
        with self.computing():
            out = self.model(heard.levels, heard.features, context=CONTEXT, trace=True)
            told = self.model.condition(heard.features, CONTEXT)[0, heard.place // self.hop]  # (L, 2 C)
            waves, gates, skips = [], [], []
            for block, x, dilation, of_block in zip(
                self.model.blocks, out.hidden_states, c.dilations, told, strict=False
            ):
                taps = taps_of(x, c.kernel_size, dilation)[0, heard.place]  # (K C,)
                wave, gate = (block.dilated(taps) + of_block).chunk(2)
                waves.append(torch.tanh(wave))
                gates.append(torch.sigmoid(gate))
                skips.append(block.out(waves[-1] * gates[-1])[c.channels :])
            wave, gate, skip = (torch.stack(rows) for rows in (waves, gates, skips))
            total = skip.sum(0) * len(skips) ** -0.5
            hidden = self.model.head[:3](total)
        return SampleProducts(
            heard.levels[0, heard.place].numpy(),
            torch.stack([x[0, heard.place] for x in out.hidden_states]).numpy(),
            np.array(c.dilations)[:, None] * np.arange(c.kernel_size)[::-1],
            wave.numpy(),
            gate.numpy(),
            (wave * gate).numpy(),
            skip.numpy(),
            total.numpy(),
            hidden.numpy(),
            heard.drawn(out.logits[0, heard.place]),
        )

    def free(
        self, seconds: float, *, mel: np.ndarray | None = None, temperature: float = SAMPLE_TEMPERATURE, seed: int = 0
    ) -> Iterator[Audio]:
        """What it says where nothing is asked of it: one frame (M,) held on and on, by default the mean of its training.

        Raises:
            OptionError: The length or an option is out of range.
        """
        seconds = number("number_range", seconds, self.hop / SAMPLING_RATE, self.longest)
        frame = self.model.feature_mean.numpy()[: vocoding.NUM_MELS] if mel is None else np.asarray(mel)
        frames = int(seconds * SAMPLING_RATE / self.hop)
        return self.stream(np.resize(frame, (frames, frame.size)), temperature=temperature, seed=seed)


class WaveRNNVocoding(SampleVocoding):
    """WaveRNN. As :class:`SampleVocoding`; its :meth:`distribution` hears the half second before the sample."""

    model: WaveRNN
    network = WaveRNN
    before = 40

    @property
    def earlier(self) -> int:  # type: ignore[override]
        """Those of the bunch and of the head."""
        return self.model.config.before

    def layers(self) -> list[Layer]:
        """Each layer: name, kind, shape of what it gives for F frames, S samples and N steps, parameters."""
        m, c = self.model, self.model.config
        heard = (m.embeddings, m.heard, m.told, m.phase)
        head = (m.from_state, m.head_told, m.head_phase, m.tables, m.out)
        rest = m.places.numel() + m.slopes.numel() + (count_numbers(m.coarse) if m.coarse else 0)
        return [
            ("frames", "Conv1d, Conv1d, Linear, Linear", f"F x {c.conditioning}", count_numbers(m.frames, m.deeper)),
            ("heard", "Embedding, Linear", f"N x {3 * c.hidden_size}", count_numbers(*heard)),
            ("gru", f"GRU, a step every {c.bunch} samples", f"N x {c.hidden_size}", count_numbers(m.gru)),
            ("head", "Embedding, Linear, ReLU, Linear, softmax", f"S x {len(VALUES)}", count_numbers(*head) + rest),
        ]


# -- in one pass ---------------------------------------------------------------------------------------------------------


class Latent(NamedTuple):
    """The noise that a voice became.

    Attributes:
        values: (G, N); of a voice like those of its training it looks like noise of deviation 1.
        mels, phase: What the flow was told, (F, M) and (samples,).
        waveform: The clip itself (samples,), without what is below speech.
        error: The largest difference between the excitation and what the flow makes of ``values`` again; the excitation is of size 1.
        nats: Mean negative log-likelihood of a sample of the excitation.
    """

    values: np.ndarray
    mels: np.ndarray
    phase: np.ndarray
    waveform: np.ndarray
    error: float
    nats: float


def given(model: WaveGlow, mels: np.ndarray, seed: int, sigma: float) -> tuple[Tensor, Tensor, Tensor]:
    """What a flow starts from: noise (1, G, N), mels (1, F, M) and phase (1, S)."""
    c, generator = model.config, torch.Generator().manual_seed(seed)
    noise = sigma * torch.randn((1, c.group, len(mels) * c.hop // c.group), generator=generator)
    phase = torch.from_numpy(vocoding.phase_from_mels(mels)).float()
    device = model.mel_mean.device
    return noise.to(device), torch.from_numpy(mels)[None].to(device), phase[None].to(device)


def speak_in_pieces(
    model: WaveGlow, mels: np.ndarray, *, first: int, seed: int = 0, sigma: float = SIGMA
) -> Iterator[np.ndarray]:
    """The waveform of mels (F, M), the first piece of ``first`` frames; each hears as many frames to either side as reach into it."""
    c, count = model.config, len(mels)
    latent, told, phase = given(model, mels, seed, sigma)
    shape, mouth = vocoding.envelope(mels), vocoding.Mouth()
    groups = c.num_flows * (2**c.num_layers - 1) * (c.kernel_size // 2)  # that a group hangs on to either side
    reach = -(-groups * c.group // c.hop) + CONTEXT + 1
    a, b = 0, first
    while a < count:
        low, high = max(0, a - reach), min(count, b + reach)
        here, samples = slice(low * c.hop // c.group, high * c.hop // c.group), slice(low * c.hop, high * c.hop)
        with torch.inference_mode():
            made = model.inverse(latent[:, :, here], told[:, low:high], phase[:, samples])[0].double().cpu().numpy()
        gain = shape.gain[a * c.hop : b * c.hop]
        yield mouth.spoken(made[(a - low) * c.hop :][: len(gain)], vocoding.Envelope(shape.predictor[a:b], gain))
        a, b = b, b + FRAMES


def speak_at_once(model: WaveGlow, mels: np.ndarray, *, seed: int = 0, sigma: float = SIGMA) -> np.ndarray:
    """The same in one pass."""
    (waveform,) = speak_in_pieces(model, mels, first=len(mels), seed=seed, sigma=sigma)
    return waveform


class WaveGlowVocoding(OurVocoder):
    """WaveGlow. As :class:`lmdemo.adapters.vocoding.mels.Vocoder`; option ``sigma`` (0 to 2): deviation of the noise that becomes sound.

    :meth:`flow` gives the sound after each step from noise to voice, :meth:`latent` the noise that a voice becomes and :meth:`back` the
    way back.
    """

    model: WaveGlow
    network = WaveGlow

    def preprocess(self, inputs: Any, *, seed: int = 0, sigma: float = SIGMA, hold_mels: int = 0) -> PreparedMels:
        """Reads a clip or mels, and checks the options; see the class.

        Raises:
            InputError: The clip or the mels can't be used.
            OptionError: An option is out of its range.
        """
        sigma = number("number_range", sigma, 0, LOUDEST_NOISE)
        return self.prepare(inputs, seed=seed, hold_mels=hold_mels, sigma=sigma)

    def forward(self, prepared: PreparedMels, *, trace: bool) -> np.ndarray:
        """All in one pass."""
        return speak_at_once(self.model, prepared.mels, seed=prepared.seed, **prepared.options)

    def pieces(self, prepared: PreparedMels) -> Iterator[np.ndarray]:
        """The waveform, each piece computed with as many frames to either side as reach into it."""
        return speak_in_pieces(self.model, prepared.mels, first=FIRST_FRAMES, seed=prepared.seed, **prepared.options)

    # -- look inside -----------------------------------------------------------------------------------------------------

    def layers(self) -> list[Layer]:
        """Each layer: name, kind, shape of what it gives for F frames and N groups of samples, parameters."""
        m, c = self.model, self.model.config
        frames = count_numbers(m.frames, m.upsample)
        rows = [("frames", "Conv1d, Conv1d, ConvTranspose1d", f"{c.conditioning} x N", frames)]
        for i, step in enumerate(m.steps, 1):
            size, parts = step.weight.shape[0], nn.ModuleList([step.network])
            rows.append((f"mix{i}", "1x1 convolution, invertible", f"{size} x N", step.weight.numel()))
            rows.append((f"coupling{i}", "affine coupling", f"{size} x N", count_numbers(parts)))
        return rows

    def flow(self, inputs: Any, *, sigma: float = SIGMA, seed: int = 0) -> tuple[Audio, ...]:
        """The sound after each step: first the noise, last the voice; each driven through the envelope of the mels."""
        with self.computing():
            prepared = self.preprocess(inputs, sigma=sigma, seed=seed)
            latent, mels, phase = given(self.model, prepared.mels, seed, prepared.options["sigma"])
            noise = latent.transpose(1, 2).reshape(1, -1)
            shape = vocoding.envelope(prepared.mels)
            made = [noise, *self.model.unfolding(latent, mels, phase)]
        return tuple(self.audio(vocoding.spoken(x[0].double().cpu().numpy(), shape), prepared, 0.0, {}) for x in made)

    def latent(self, clip: Any) -> Latent:
        """The noise that a clip becomes, and how exactly that leads back.

        Raises:
            InputError: The clip can't be read.
        """
        waveform = vocoding.whole_hops(self.read(clip))
        mels = vocoding.mels(waveform)
        shape, phase = vocoding.envelope(mels), vocoding.phase_from_sound(waveform, mels).astype(np.float32)
        excitation = vocoding.residual(vocoding.preemphasis(waveform), shape.predictor) / shape.gain
        with self.computing():
            x, *told = (torch.from_numpy(a).float()[None].to(self.device) for a in (excitation, mels, phase))
            out = self.model(x, *told)
            error = float((self.model.inverse(out.latent, *told) - x).abs().max())
        nats = float(out.loss) + 0.5 * np.log(2 * np.pi)
        return Latent(out.latent[0].cpu().numpy(), mels, phase, waveform, error, nats)

    def back(self, latent: Latent, *, scale: float = 1.0) -> Audio:
        """The sound of a latent; ``scale`` (0 to 2) shrinks or stretches it first."""
        scale = number("number_range", scale, 0, LOUDEST_NOISE)
        with self.computing():
            prepared = self.prepare(latent.mels, seed=0)
            given = (scale * latent.values, latent.mels, latent.phase)
            made = self.model.inverse(*(torch.from_numpy(a).float()[None].to(self.device) for a in given))
        waveform = vocoding.spoken(made[0].double().cpu().numpy(), vocoding.envelope(latent.mels))
        return self.audio(waveform, prepared, 0.0, {})

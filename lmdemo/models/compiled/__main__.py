"""Compiles the loops ahead and keeps them on disk, so that nobody's first sound waits for it: ``python -m lmdemo.models.compiled``.

What a loop is compiled for are the types of what it is given, whatever the sizes; so small networks will do.
"""

import numpy as np
import torch

from lmdemo.models.closed_loop import Guide
from lmdemo.models.wavenet import WaveNet, WaveNetConfig
from lmdemo.models.wavernn import WaveRNN, WaveRNNConfig
from lmdemo.models.wavernn_stacked import StackedWaveRNN, StackedWaveRNNConfig

ORDER = 16  # of the predictor


def main() -> None:
    """Lets each network speak one frame."""
    for model in (WaveNet(WaveNetConfig(dilations=(1,), channels=4)), WaveRNN(WaveRNNConfig(hidden_size=8))):
        guide = Guide.of(np.zeros((1, ORDER)), np.zeros(model.config.hop), 1.0)
        list(model.eval().generate(torch.zeros(1, model.config.num_features), guide))
    config = StackedWaveRNNConfig(upsample_scales=(2,), hidden_size=16, head_channels=16, num_blocks=1)
    list(StackedWaveRNN(config).eval().generate(torch.zeros(1, config.num_mels)))


if __name__ == "__main__":
    main()

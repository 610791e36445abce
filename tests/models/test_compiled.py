"""The compiled loops are made ahead: who speaks afterwards finds them on the disk."""

import os
import subprocess
import sys

import pytest

from tests.conftest import PROJECT

SPEAKS = """
import numpy as np, torch
from lmdemo.models.closed_loop import Guide
from lmdemo.models.compiled import wavenet, wavernn
from lmdemo.models.wavenet import WaveNet, WaveNetConfig
from lmdemo.models.wavernn import WaveRNN, WaveRNNConfig
for model, loop in ((WaveNet(WaveNetConfig()), wavenet), (WaveRNN(WaveRNNConfig()), wavernn)):
    guide = Guide.of(np.zeros((9, 16)), np.zeros(1800), 0.9, seed=1)
    list(model.eval().generate(torch.zeros(9, 82), guide))
    stats = loop._speak.stats
    print(sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))
"""


@pytest.mark.slow
def test_loops_of_the_shipped_shapes_are_found_on_the_disk(tmp_path):
    pytest.importorskip("numba")
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}

    def run(*arguments: str) -> list[str]:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True, text=True)
        return done.stdout.splitlines()

    assert run("-m", "lmdemo.models.compiled") == []
    assert run("-c", SPEAKS) == ["1 0", "1 0"]

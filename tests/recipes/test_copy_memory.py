"""Copy memory: the task can only be solved by what stood first, and the page's race ends."""

import torch

from lmdemo.recipes.copy_memory import SOLVED, SYMBOLS, UNITS, CopyMemory, build, race


def test_only_the_first_symbol_tells_the_answer():
    torch.manual_seed(0)
    batch = CopyMemory(7)[range(200)]
    ids, labels = batch["input_ids"], batch["labels"]
    assert ids.shape == (200, 8) and (ids[:, 0] == labels + 1).all() and (ids[:, 1:] > SYMBOLS).all()
    assert ids.max() < build("rnn", 7).model.config.vocab_size and set(labels.tolist()) == set(range(SYMBOLS))


def test_forget_gates_begin_open_in_proportion_to_the_length():
    biases = [build("lstm", length).model.lstm.layers[0][0].b for length in (2, 100)]
    assert all((b[UNITS : 2 * UNITS] >= 0).all() and (b[:UNITS] <= 0).all() for b in biases)
    assert biases[1][UNITS : 2 * UNITS].mean() > 2 > biases[0][UNITS : 2 * UNITS].mean()


def test_both_learn_a_short_distance_and_the_same_seed_gives_the_same_race():
    laps = list(race(2, seconds=60))
    last = {lap.member: lap for lap in laps}
    assert set(last) == {"rnn", "lstm"} and all(lap.solved and lap.accuracy >= SOLVED for lap in last.values())
    again = list(race(2, seconds=60))
    assert [(a.member, a.step, a.accuracy) for a in laps] == [(b.member, b.step, b.accuracy) for b in again]


def test_a_race_ends_after_its_steps():
    laps = list(race(90, steps=4, every=2))
    assert [(lap.member, lap.step) for lap in laps] == [
        ("rnn", 0),
        ("lstm", 0),
        ("rnn", 2),
        ("lstm", 2),
        ("rnn", 4),
        ("lstm", 4),
    ]
    assert not any(lap.solved for lap in laps)

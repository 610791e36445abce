"""RNN, LSTM and the networks built on it: padding, state, gates, saving, and that they learn."""

import pytest
import torch

from lmdemo.models.lstm import LSTM, LSTMConfig, LSTMLayer, step
from lmdemo.models.lstm_forecast import LSTMForecast, LSTMForecastConfig
from lmdemo.models.lstm_speech import LSTMSpeech, LSTMSpeechConfig
from lmdemo.models.lstm_translation import LSTMTranslation, LSTMTranslationConfig
from lmdemo.models.rnn import RNN, RNNConfig

SMALL = {"vocab_size": 20, "embedding_size": 6, "hidden_size": 5}
CLASSIFIERS = [
    RNN(RNNConfig(**SMALL)),
    RNN(RNNConfig(**SMALL, num_hidden_layers=2, bidirectional=True, num_labels=3)),
    LSTM(LSTMConfig(**SMALL)),
    LSTM(LSTMConfig(**SMALL, num_hidden_layers=2, bidirectional=True, num_labels=3, pooling="max")),
]


@pytest.mark.parametrize("gradients", [True, False])
def test_the_fast_loop_is_the_textbooks_six_lines(gradients):
    """States, cells and, where they are asked for, gradients."""
    torch.manual_seed(0)
    layer, x = LSTMLayer(4, 5), torch.randn(7, 3, 4)
    h, c = torch.randn(2, 3, 5).unbind()

    def by_steps():
        states, cells, now = [], [], (h, c)
        for x_t in x:
            now = step(x_t, *now, layer.W, layer.U, layer.b)
            states.append(now[0])
            cells.append(now[1])
        return torch.stack(states), torch.stack(cells)

    with torch.set_grad_enabled(gradients):
        fast, slow = layer(x, h, c)[:2], by_steps()
    for ours, textbook in zip(fast, slow, strict=True):
        assert (ours - textbook).abs().max() < 1e-6
    if gradients:
        found = [torch.autograd.grad(s.square().sum() + c.sin().sum(), layer.parameters()) for s, c in (fast, slow)]
        assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(*found, strict=True))


@pytest.mark.parametrize("model", CLASSIFIERS)
def test_padding_changes_nothing(model):
    model.eval()
    ids = torch.randint(1, 20, (3, 9))
    lengths = torch.tensor([9, 4, 1])
    with torch.no_grad():
        together = model(ids, lengths).logits
        alone = torch.cat([model(ids[n : n + 1, :length]).logits for n, length in enumerate(lengths)])
    assert (together - alone).abs().max() < 1e-5


@pytest.mark.parametrize("model", CLASSIFIERS)
def test_every_parameter_gets_a_gradient_and_it_learns(model):
    torch.manual_seed(0)
    model.train()
    ids = torch.randint(1, 20, (8, 6))
    labels = (ids[:, 0] > 10).long()
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    first = None
    for _ in range(60):
        loss = model(ids, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        assert all(p.grad is not None for p in model.parameters())
        optimizer.step()
        first = first or loss.item()
    assert loss.item() < 0.5 * first


@pytest.mark.parametrize(
    "model", [RNN(RNNConfig(**SMALL, head="language-modeling")), LSTM(LSTMConfig(**SMALL, head="language-modeling"))]
)
def test_going_on_from_a_state_equals_reading_all(model):
    model.eval()
    ids = torch.randint(1, 20, (2, 9))
    with torch.no_grad():
        whole = model(ids).logits
        begun = model(ids[:, :4])
        rest = model(ids[:, 4:], state=begun.state).logits
    assert (torch.cat((begun.logits, rest), 1) - whole).abs().max() < 1e-5


def test_open_gates_are_one_and_matter():
    model = LSTM(LSTMConfig(**SMALL)).eval()
    ids = torch.randint(1, 20, (1, 7))
    with torch.no_grad():
        usual, opened = model(ids, trace=True), model(ids, open_gates=("forget",), trace=True)
    assert (opened.gates[0, 1] == 1).all() and (usual.gates[0, 1] != 1).all()
    i, _, o, u = opened.gates[0, :, 0]  # (T, H) each
    cells = torch.cumsum(i * u, 0)  # nothing is ever forgotten
    assert (cells - opened.cells[0, 0]).abs().max() < 1e-5
    assert (o * cells.tanh() - opened.hidden_states[0, 0]).abs().max() < 1e-5
    assert not torch.allclose(usual.logits, opened.logits)


def test_recurrent_dropout_acts_in_training_only():
    model = LSTM(LSTMConfig(**SMALL, dropout=0.0, recurrent_dropout=0.5))
    ids = torch.randint(1, 20, (2, 9))
    model.train()
    assert not torch.equal(model(ids).logits, model(ids).logits)
    model.eval()
    assert torch.equal(model(ids).logits, model(ids).logits)


def test_bags_are_averaged_without_padding():
    model = LSTM(LSTMConfig(**SMALL)).eval()
    bags = torch.tensor([[[3, 4, 0], [5, 0, 0]]])
    expected = torch.stack((model.embedding.weight[[3, 4]].mean(0), model.embedding.weight[5]))
    assert torch.allclose(model.embed(bags)[0], expected, atol=1e-6)


@pytest.mark.parametrize(
    "model",
    [
        *CLASSIFIERS[::2],
        LSTMForecast(LSTMForecastConfig(context_length=8, patch_size=4, prediction_length=3)),
        LSTMSpeech(LSTMSpeechConfig(hidden_size=4)),
        LSTMTranslation(LSTMTranslationConfig(vocab_size=30)),
    ],
)
def test_saves_and_opens(model, tmp_path):
    model.save_pretrained(tmp_path)
    opened = type(model).from_pretrained(tmp_path)
    assert opened.config == model.config
    for name, tensor in model.state_dict().items():
        assert torch.allclose(opened.state_dict()[name], tensor, atol=1e-3)  # large ones are kept in float16


def test_forecast_starts_as_now_and_orders_its_bounds():
    model = LSTMForecast(LSTMForecastConfig(context_length=8, patch_size=4, prediction_length=3)).eval()
    values = torch.randn(2, 8)
    with torch.no_grad():
        out = model(values, labels=torch.randn(2, 3), trace=True)
    assert torch.allclose(out.mean, values[:, -1:].expand(-1, 3))
    assert (out.lower < out.mean).all() and (out.mean < out.upper).all()
    assert out.gates.shape == (4, 2, 2, 32)


def test_ctc_loss_equals_the_sum_over_all_paths():
    torch.manual_seed(0)
    model = LSTMSpeech(LSTMSpeechConfig(num_mels=2, stack=1, hidden_size=3, letters="ab")).eval()
    out = model(torch.randn(1, 3, 2), torch.tensor([3]), torch.tensor([[1, 2]]), torch.tensor([2]))
    p = out.logits[0].softmax(-1)
    paths = [
        (a, b, c)
        for a in range(3)
        for b in range(3)
        for c in range(3)
        if [k for n, k in enumerate((a, b, c)) if k and (n == 0 or k != (a, b, c)[n - 1])] == [1, 2]
    ]
    total = sum(p[0, a] * p[1, b] * p[2, c] for a, b, c in paths)
    assert abs(out.loss.item() * 2 + total.log().item()) < 1e-5  # the loss is a mean over letters


def test_translation_attends_only_to_words_that_are_there():
    torch.manual_seed(0)
    model = LSTMTranslation(LSTMTranslationConfig(vocab_size=30, embedding_size=8, hidden_size=8)).eval()
    ids, lengths = torch.randint(4, 30, (2, 6)), torch.tensor([6, 3])
    given = torch.randint(4, 30, (2, 4))
    with torch.no_grad():
        out = model(ids, lengths, given)
        alone = model(ids[1:, :3], lengths[1:], given[1:])
        memory, state, steps = model.encode(ids, lengths), None, []
        for t in range(4):
            logits, _, state = model.decode(given[:, t : t + 1], memory, state)
            steps.append(logits)
    assert (out.attention[1, :, 3:] == 0).all() and torch.allclose(out.attention.sum(-1), torch.ones(2, 4))
    assert (out.logits[1:] - alone.logits).abs().max() < 1e-5
    assert (torch.cat(steps, 1) - out.logits).abs().max() < 1e-5

"""Our CNN through its adapter: answers, traces, explanations, and two threads that never mix."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from PIL import Image

import lmdemo
from lmdemo.data.image import load_shipped
from lmdemo.errors import InputError, OptionError
from tests.conftest import PROJECT

PIXELS, LABELS = load_shipped()
EXAMPLES = PROJECT / "demos" / "tabs" / "vision" / "cnn" / "examples"


@pytest.fixture(scope="module")
def adapter():
    return lmdemo.load("cnn-fashion", device="cpu")


def test_it_knows_the_shipped_pictures(adapter):
    right = adapter.classify_pixels(PIXELS).argmax(1) == LABELS
    assert right.mean() > 0.93
    assert (adapter.classify_pixels(255 - PIXELS).argmax(1) == LABELS).mean() > 0.93


def test_a_result_is_ordered_sums_to_one_and_is_frozen(adapter):
    result = adapter(PIXELS[0])
    scores = list(result.scores.values())
    assert scores == sorted(scores, reverse=True) and sum(scores) == pytest.approx(1, abs=1e-5)
    assert result.label == next(iter(result.scores)) and result.score == scores[0] and result.milliseconds > 0
    with pytest.raises(AttributeError):
        result.label = "x"
    assert not result.trace


def test_one_picture_and_a_batch_agree(adapter):
    batch = adapter.classify_pixels(PIXELS[:8])
    for probabilities, one in zip(batch, PIXELS[:8], strict=True):
        assert max(abs(adapter(one).scores[k] - p) for k, p in zip(adapter.labels, probabilities, strict=True)) < 1e-5


def test_every_way_in_gives_the_same(adapter, tmp_path):
    picture = Image.fromarray(PIXELS[3])
    picture.save(tmp_path / "p.png")
    answers = [adapter(given).scores for given in (PIXELS[3], picture, str(tmp_path / "p.png"), tmp_path / "p.png")]
    assert all(a == answers[0] for a in answers)


def test_a_convolution_step_repeats_the_networks_own_numbers(adapter):
    trace = adapter(PIXELS[7], trace=True).trace
    rng = np.random.default_rng(0)
    for layer in range(1, 9):
        filters, height, width = trace[f"conv{layer}"].shape
        for _ in range(5):
            c, y, x = rng.integers(filters), rng.integers(height), rng.integers(width)
            step = adapter.convolution_step(trace, layer, int(c), int(y), int(x))
            assert step.total == pytest.approx(trace[f"conv{layer}"][c, y, x], abs=1e-4)
            assert step.normalized == pytest.approx(trace[f"norm{layer}"][c, y, x], abs=1e-4)
            assert step.activation == pytest.approx(trace[f"relu{layer}"][c, y, x], abs=1e-4)
            if step.pooled is not None:
                assert step.pooled == pytest.approx(trace[f"pool{layer}"][c, y // 2, x // 2], abs=1e-6)
    with pytest.raises(OptionError):
        adapter.convolution_step(trace, 9, 0, 0, 0)
    with pytest.raises(OptionError):
        adapter.convolution_step(trace, 1, 0, 28, 0)


def test_explanations_have_the_pictures_size_and_range(adapter):
    cam, ig = adapter.grad_cam(PIXELS[0]), adapter.integrated_gradients(PIXELS[0])
    assert (
        cam.shape == ig.shape == (28, 28) and 0 <= cam.min() and cam.max() <= 1 and np.abs(ig).max() == pytest.approx(1)
    )
    assert not np.allclose(ig, adapter.integrated_gradients(PIXELS[0], label="Bag"))
    with pytest.raises(OptionError):
        adapter.grad_cam(PIXELS[0], label="House")


@pytest.mark.parametrize("file", sorted(p.name for p in EXAMPLES.iterdir() if p.suffix in (".png", ".jpg")))
def test_what_speaks_for_a_shipped_example_is_never_nothing(file):
    adapter = lmdemo.load("cnn-digits" if file.startswith("digit") else "cnn-fashion", device="cpu")
    cam = adapter.grad_cam(str(EXAMPLES / file))
    assert cam.max() == 1 and 0.02 < (cam > 0.2).mean() < 0.98


def test_something_speaks_for_the_answer_to_any_picture(adapter):
    empty = [i for i, picture in enumerate(PIXELS[:60]) if not adapter.grad_cam(picture).any()]
    assert empty == []


def test_shares_of_the_input_maps_are_a_convolutions_products(adapter):
    trace = adapter(PIXELS[7], trace=True).trace
    for layer in range(1, 9):
        shares, maps = adapter.contributions(trace, layer), trace[f"relu{layer}"]
        for channel in (0, int(maps.max((1, 2)).argmax())):
            y, x = np.unravel_index(maps[channel].argmax(), maps[channel].shape)
            step = adapter.convolution_step(trace, layer, channel, int(y), int(x))
            assert shares[channel] == pytest.approx(step.products.sum((1, 2)), abs=1e-5)
            assert step.patch.shape[0] == len(adapter.below(trace, layer))


def test_weights_times_values_are_the_logits(adapter):
    trace = adapter(PIXELS[7], trace=True).trace
    given, weights, bias = adapter.decider(trace)
    assert weights @ given + bias == pytest.approx(trace["logits"], abs=1e-4)


@pytest.mark.parametrize(("dx", "dy"), [(4, 0), (-4, 8), (1, 0), (2, -2)])
def test_maps_move_along_exactly_where_the_step_divides_the_shift(adapter, dx, dy):
    before = adapter(PIXELS[7], trace=True).trace
    after = adapter(adapter.shifted(PIXELS[7], dx, dy), trace=True).trace
    found = adapter.equivariance(before, after, dx, dy)
    steps = {name: 1 if name in ("relu1", "relu2") else 2 if name != "pool5" else 4 for name in list(found)[:7]}
    for name, step in steps.items():
        fixed, aligned = found[name]
        exact = dx % step == dy % step == 0
        assert fixed > 0.1 and (aligned < 1e-5 if exact else aligned > 0.05), name


def test_maps_are_switched_off_until_the_answer_changes(adapter):
    for picture in PIXELS[:5]:
        result = adapter(picture, trace=True)
        given, weights, bias = adapter.decider(result.trace)
        n, label = adapter.maps_to_spare(result.trace)
        top = int((weights @ given + bias).argmax())
        shares = (weights[top] * given).reshape(64, -1).sum(1)
        for off, wanted in ((n - 1, result.label), (n, label)):
            left = given.reshape(64, -1).copy()
            left[np.argsort(-shares)[:off]] = 0
            assert adapter.labels[int((weights @ left.ravel() + bias).argmax())] == wanted
        assert label != result.label


def test_pixels_reasons_add_up_to_the_logit_above_a_black_pictures(adapter):
    trace = adapter(PIXELS[0], trace=True).trace
    black = adapter.decider(
        trace
        | {
            "flat": adapter.model(adapter._tensor(np.zeros((1, 28, 28), np.uint8)), trace=True)
            .feature_maps["flat"][0]
            .detach()
            .numpy()
        }
    )
    given, weights, bias = black
    top = int(trace["logits"].argmax())
    wanted = trace["logits"][top] - float(weights[top] @ given + bias[top])
    values = adapter.integrated_gradients(trace, steps=200, normalized=False)
    assert values.sum() == pytest.approx(wanted, rel=0.02)


def test_a_square_is_covered(adapter):
    left = np.asarray(adapter.covered(PIXELS[0], 14, 10, 8))
    assert not left[10:18, 6:14].any() and np.array_equal(left[:10], PIXELS[0][:10])


def test_the_frame_is_where_the_network_looks(adapter):
    photo = Image.new("RGB", (400, 200), "white")
    photo.paste("black", (300, 50, 360, 110))
    left, top, right, bottom = adapter(photo, trace=True).trace["frame"]
    assert (300 / 400, 50 / 200, 360 / 400, 110 / 200) == pytest.approx((left, top, right, bottom), abs=0.01)
    assert adapter(PIXELS[0], trace=True).trace["frame"].tolist() == [0, 0, 1, 1]


def test_moving_by_nothing_changes_nothing_and_too_far_is_refused(adapter):
    assert np.array_equal(np.asarray(adapter.shifted(PIXELS[0], 0, 0)), PIXELS[0])
    assert np.array_equal(np.asarray(adapter.shifted(PIXELS[0], 2, -3))[:-3, 2:], PIXELS[0][3:, :-2])
    with pytest.raises(OptionError):
        adapter.shifted(PIXELS[0], 15, 0)


def test_the_strongest_patch_is_what_the_filter_sees(adapter):
    label, piece, value = adapter.strongest_patches(1, 0, 3)[0]
    assert piece.shape == (3, 3) and label in adapter.labels
    x = (torch.from_numpy(piece).float() / 255 - adapter.model.config.image_mean) / adapter.model.config.image_std
    conv, norm = adapter.model.convs[0], adapter.model.norms[0]
    again = norm(torch.nn.functional.conv2d(x[None, None], conv.weight))[0, 0, 0, 0].item()
    first, middle = (adapter.strongest_patches(1, 0, ranks=(rank,))[0][2] for rank in (0, 500))
    assert first == value > middle
    assert again == pytest.approx(value, abs=1e-3) or (piece == 0).any()  # at the rim, zeros lie outside the picture


def test_layers_add_up_to_the_parameters(adapter):
    assert sum(row[3] for row in adapter.layers()) == adapter.info.parameters
    convolutions, dense = adapter.dense_parameters()
    assert dense > 1000 * convolutions


def test_two_visitors_traces_never_mix(adapter):
    def work(i):
        return adapter(PIXELS[i], trace=True)

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(work, range(24)))
    for i, result in enumerate(together):
        alone = work(i)
        assert np.array_equal(result.trace["seen"], PIXELS[i])
        assert all(np.allclose(result.trace[k], alone.trace[k], atol=1e-5) for k in alone.trace)


def test_unknown_options_and_inputs_are_refused(adapter):
    with pytest.raises(OptionError):
        adapter(PIXELS[0], temperature=2)
    with pytest.raises(InputError):
        adapter(None)


def test_digits_drawn_by_hand_are_read():
    from demos.views.drawing_pad import picture

    def code(points):
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"
        return "".join(digits[v // 36] + digits[v % 36] for p in points for v in p)

    seven = code([(90, 70), (130, 70), (190, 70), (160, 140), (130, 220)])
    one = code([(140, 50), (140, 120), (140, 230)])
    zero = code([(int(140 + 55 * np.cos(a)), int(140 + 85 * np.sin(a))) for a in np.linspace(0, 6.283, 24)])
    adapter = lmdemo.load("cnn-digits", device="cpu")
    assert [adapter(picture(s)).label for s in (seven, one, zero)] == ["7", "1", "0"]

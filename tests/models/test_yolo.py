"""The detector's network: it learns one picture by heart, and its loss bears what it may meet."""

import pytest
import torch

from lmdemo.models.yolo import STRIDES, YOLO, YOLOConfig

SMALL = YOLOConfig(hidden_sizes=(8, 8, 16, 16, 16), box_channels=16, class_channels=16, image_size=64)


def test_shapes_and_budget() -> None:
    torch.manual_seed(0)
    out = YOLO(SMALL).eval()(torch.rand(2, 3, 64, 96), trace=True)
    cells = sum(64 // s * (96 // s) for s in STRIDES)
    assert (
        out.logits.shape == (2, cells, 3)
        and out.boxes.shape == (2, cells, 4)
        and out.edge_logits.shape == (2, cells, 4, 16)
    )
    assert [m.shape[2:] for m in out.hidden_states] == [(64 // s, 96 // s) for s in STRIDES] * 2
    assert out.loss is None and YOLO(YOLOConfig()).num_parameters < 3_200_000


@pytest.mark.parametrize(
    "labels, boxes",
    [
        ([[-1]], [[[0.0, 0, 0, 0]]]),  # nothing marked
        ([[0]], [[[10.0, 10, 10, 30]]]),  # without area
        ([[0]], [[[30.0, 10, 20, 20]]]),  # turned round
        ([[0, 1]], [[[0.0, 0, 64, 64], [60, 60, 64, 64]]]),  # at the border
        ([[0, 0]], [[[5.0, 5, 20, 20], [5, 5, 20, 20]]]),  # twice the same
    ],
)
def test_the_loss_and_its_gradients_are_finite(labels, boxes) -> None:
    torch.manual_seed(0)
    model = YOLO(SMALL)
    loss = model(torch.rand(1, 3, 64, 64), labels=torch.tensor(labels), boxes=torch.tensor(boxes)).loss
    loss.backward()
    assert torch.isfinite(loss) and all(torch.isfinite(p.grad).all() for p in model.parameters() if p.grad is not None)


def test_it_learns_one_picture_by_heart() -> None:
    torch.manual_seed(0)
    model = YOLO(SMALL)
    pixels = torch.zeros(1, 3, 64, 64)
    pixels[:, 0, 16:40, 20:52] = 1
    batch = {"pixel_values": pixels, "labels": torch.tensor([[1]]), "boxes": torch.tensor([[[20.0, 16, 52, 40]]])}
    steps = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(80):
        steps.zero_grad()
        model(**batch).loss.backward()
        steps.step()
    out = model(pixels)
    best = out.logits[0].max(dim=1).values.argmax()
    assert out.logits[0, best].argmax() == 1 and (out.boxes[0, best] - batch["boxes"][0, 0]).abs().max() < 4

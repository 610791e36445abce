"""A cfg and weights that the test writes, read by OpenCV, against the same network in torch."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from lmdemo.adapters.object_detection import draw
from lmdemo.adapters.object_detection.darknet import DarknetDetection, count_numbers, read_cfg
from lmdemo.errors import InputError, WeightsError

CFG = """[net]
width=64
height=64
channels=3

[convolutional]
batch_normalize=1
filters=8
size=3
stride=2
pad=1
activation=leaky

[convolutional]
batch_normalize=1
filters=8
size=3
stride=2
pad=1
activation=leaky

[shortcut]
from=-1
activation=linear

[convolutional]
size=1
stride=1
pad=1
filters=16
activation=linear

[yolo]
mask = 0,1
anchors = 10,14, 23,27
classes=3
num=2
"""


def write(folder: Path, seed: int = 0) -> nn.Sequential:
    """Writes net.cfg, net.weights and things.names, and gives the same layers in torch."""
    torch.manual_seed(seed)
    first, second, last = (
        nn.Conv2d(3, 8, 3, 2, 1, bias=False),
        nn.Conv2d(8, 8, 3, 2, 1, bias=False),
        nn.Conv2d(8, 16, 1),
    )
    norms = [nn.BatchNorm2d(8, eps=1e-6), nn.BatchNorm2d(8, eps=1e-6)]
    numbers = []
    with torch.no_grad():
        for conv, norm in zip((first, second), norms, strict=True):
            (
                norm.running_mean.normal_(0, 0.1),
                norm.running_var.uniform_(0.5, 1.5),
                norm.weight.uniform_(0.5, 1.5),
                norm.bias.normal_(),
            )
            numbers += [norm.bias, norm.weight, norm.running_mean, norm.running_var, conv.weight]
        numbers += [last.bias, last.weight]
    (folder / "net.cfg").write_text(CFG.replace("from=-1", "from=-1"))
    body = b"".join(n.detach().numpy().astype("<f4").tobytes() for n in numbers)
    (folder / "net.weights").write_bytes(struct.pack("<iiiq", 0, 2, 0, 0) + body)
    (folder / "things.names").write_text("dog\ncat\nbird\n")
    return nn.ModuleList([first, norms[0], second, norms[1], last]).eval()


def in_torch(net: nn.ModuleList, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centre-size boxes as parts of the picture, and label scores, cell by cell, anchor by anchor."""
    first, norm1, second, norm2, last = net
    with torch.inference_mode():
        x = nn.functional.leaky_relu(norm1(first(torch.from_numpy(blob))), 0.1)
        x = nn.functional.leaky_relu(norm2(second(x)), 0.1)
        x = last(x + x)[0].view(2, 8, 16, 16)  # (anchors, 4 + 1 + labels, rows, columns)
    rows, columns = torch.meshgrid(torch.arange(16), torch.arange(16), indexing="ij")
    anchors = torch.tensor([[10, 14], [23, 27]]).view(2, 2, 1, 1) / 64
    center = (x[:, :2].sigmoid() + torch.stack((columns, rows))) / 16
    size = x[:, 2:4].exp() * anchors
    scores = x[:, 4:5].sigmoid() * x[:, 5:].sigmoid()
    whole = torch.cat((center, size, scores), dim=1).permute(2, 3, 0, 1).reshape(-1, 7)  # (rows * columns * anchors, 7)
    return whole[:, :4].numpy(), whole[:, 4:].numpy()


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (48, 96, 3), dtype=np.uint8)


def test_equals_the_same_network_in_torch(tmp_path, picture) -> None:
    net = write(tmp_path)
    adapter = DarknetDetection.open(tmp_path, row=None, source="darknet", device="cpu")
    assert adapter.info.parameters * 4 + 20 == (tmp_path / "net.weights").stat().st_size
    prepared = adapter.preprocess(picture)
    seen = adapter.forward(prepared, trace=False)
    boxes, scores = in_torch(net, prepared.tensors["blob"])
    sure = seen.probabilities.max(axis=1) > 0.3  # OpenCV leaves scores below its own least one out
    assert sure.sum() > 20
    np.testing.assert_allclose(
        seen.probabilities[sure], np.where(seen.probabilities[sure] > 0, scores[sure], 0), atol=2e-5
    )
    center, half = boxes[:, :2] * (96, 48), boxes[:, 2:] * (96, 48) / 2
    np.testing.assert_allclose(seen.boxes, np.concatenate((center - half, center + half), axis=1), atol=1e-3)


def test_boxes_are_kept_as_torchvision_would(tmp_path, picture) -> None:
    from torchvision.ops import batched_nms

    net = write(tmp_path)
    adapter = DarknetDetection.open(tmp_path, row=None, source="darknet", device="cpu")
    result = adapter(picture, score_threshold=0.35, iou_threshold=0.45, trace=True)
    boxes, scores = in_torch(net, adapter.preprocess(picture).tensors["blob"])
    center, half = boxes[:, :2] * (96, 48), boxes[:, 2:] * (96, 48) / 2
    corners = torch.from_numpy(np.concatenate((center - half, center + half), axis=1)).float()
    best, label = torch.from_numpy(scores).max(dim=1)
    asked = best >= 0.35
    kept = batched_nms(corners[asked], best[asked], label[asked], 0.45)
    assert len(kept) == len(result.objects) > 0
    np.testing.assert_allclose([o.score for o in result.objects], best[asked][kept], atol=1e-4)
    winner = result.trace["candidate_winner"]
    assert (winner == np.arange(len(winner))).sum() == len(kept)
    assert (draw(picture, result) != picture).any()
    assert all(0 <= o.box.xmin < o.box.xmax <= 96 and 0 <= o.box.ymin < o.box.ymax <= 48 for o in result.objects)
    only = adapter(picture, score_threshold=0.35, labels=["cat"])
    assert {o.label for o in only.objects} <= {"cat"}


def test_a_wrong_kernel_is_noticed(tmp_path, picture) -> None:
    net = write(tmp_path)
    adapter = DarknetDetection.open(tmp_path, row=None, source="darknet", device="cpu")
    with torch.no_grad():
        net[2].weight[0, 0, 0, 0] += 1.0
    prepared = adapter.preprocess(picture)
    boxes, _ = in_torch(net, prepared.tensors["blob"])
    assert (
        np.abs(adapter.forward(prepared, trace=False).boxes[:, 0] - (boxes[:, 0] - boxes[:, 2] / 2) * 96).max() > 1e-2
    )


@pytest.mark.parametrize(
    ("spoil", "key", "told"),
    [
        (lambda f: (f / "net.weights").write_bytes((f / "net.weights").read_bytes()[:-100]), "darknet_bytes", "bytes"),
        (lambda f: (f / "net.weights").write_bytes(b""), "darknet_bytes", "0 bytes"),
        (lambda f: (f / "net.cfg").write_text(CFG.replace("filters=8", "filters=9", 1)), "darknet_bytes", "bytes"),
        (lambda f: (f / "things.names").write_text("dog\n"), "darknet_labels", "1"),
        (lambda f: (f / "net.weights").unlink(), "darknet_files", "0"),
        (lambda f: (f / "net.cfg").write_text("hello"), "darknet_cfg", "5 bytes"),
    ],
)
def test_files_that_do_not_fit_are_told_with_their_bytes(tmp_path, spoil, key, told) -> None:
    write(tmp_path)
    spoil(tmp_path)
    with pytest.raises(WeightsError) as error:
        DarknetDetection.open(tmp_path, row=None, source="darknet", device="cpu")
    assert error.value.key == key and told in error.value.got


def opened(folder: Path) -> DarknetDetection:
    return DarknetDetection.open(folder, row=None, source="darknet", device="cpu")


def found(adapter: DarknetDetection, picture: np.ndarray) -> list[tuple[str, float]]:
    return [(o.label, o.score) for o in adapter(picture, score_threshold=0.35).objects]


def test_weights_of_before_version_0_2_have_a_shorter_header(tmp_path, picture) -> None:
    write(tmp_path)
    plain = found(opened(tmp_path), picture)
    body = (tmp_path / "net.weights").read_bytes()[20:]
    (tmp_path / "net.weights").write_bytes(struct.pack("<iiii", 0, 1, 0, 7) + body)
    adapter = opened(tmp_path)
    assert found(adapter, picture) == plain != [] and adapter.info.parameters * 4 == len(body)


@pytest.mark.parametrize("name", ["things.names", "net.cfg"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_files_that_windows_saved(tmp_path, picture, name, encoding) -> None:
    write(tmp_path)
    plain = found(opened(tmp_path), picture)
    file = tmp_path / name
    file.write_bytes(file.read_text().replace("\n", "\r\n").encode(encoding))
    adapter = opened(tmp_path)
    assert adapter.labels == ("dog", "cat", "bird") and found(adapter, picture) == plain
    assert found(adapter, picture) == [(o.label, o.score) for o in adapter(picture, score_threshold=0.35).objects]


def test_names_of_another_code_page_and_files_beside(tmp_path) -> None:
    write(tmp_path)
    (tmp_path / "things.names").write_bytes("chien\nb\xeate\noiseau\n".encode("cp1252"))
    (tmp_path / "net.cfg").rename(tmp_path / "net.CFG")
    (tmp_path / "._net.cfg").write_bytes(b"Mac OS X")
    assert opened(tmp_path).labels == ("chien", "b\xeate", "oiseau")


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("filters=16", "filters=16 ; (3 + 5) * 2"),
        ("filters=16", "filters = 16 # (3 + 5) * 2"),
        ("filters=16", "; as many as that\nfilters=16"),
        ("mask = 0,1", "mask = 0, 1,"),
    ],
)
def test_comments_and_empty_ends(tmp_path, picture, line, instead) -> None:
    write(tmp_path)
    plain = found(opened(tmp_path), picture)
    assert line in CFG
    (tmp_path / "net.cfg").write_text(CFG.replace(line, instead))
    assert found(opened(tmp_path), picture) == plain


@pytest.mark.parametrize(
    ("line", "instead", "key", "told"),
    [
        ("filters=16", "filters=sixteen", "darknet_number", "filters = sixteen (line 30)"),
        ("filters=16", "filters=0", "darknet_number", "filters = 0 (line 30)"),
        ("width=64", "width=", "darknet_number", "width =  (line 2)"),
        ("width=64", "width=1000000", "darknet_number", "width = 1000000 (line 2)"),
        ("channels=3", "channels=1", "darknet_number", "channels = 1 (line 4)"),
        ("stride=2", "stride=0", "darknet_number", "stride = 0 (line 10)"),
        ("from=-1", "from=-9", "darknet_number", "from = -9 (line 23)"),
        ("mask = 0,1", "mask = 0,2", "darknet_number", "mask = 2 (line 34)"),
        ("anchors = 10,14, 23,27", "anchors = 10,14", "darknet_number", "2: 10, 14 (line 35)"),
        (
            "filters=16",
            "filters=17",
            "darknet_filters",
            "filters = 17 (line 30), [yolo] classes = 3, mask: 2 (line 33)",
        ),
        ("mask = 0,1", "mask = 0", "darknet_filters", "mask: 1"),
        ("[yolo]", "[local]\nfilters=2\n[yolo]", "darknet_number", "[local] (line 33)"),
        ("[yolo]", "[region]", "darknet_cfg", "useSoftmax"),
        ("[shortcut]", "[shirtcut]", "darknet_cfg", "shirtcut"),
    ],
)
def test_what_does_not_fit_in_a_cfg_is_told_with_its_line_when_it_is_opened(tmp_path, line, instead, key, told) -> None:
    write(tmp_path)
    assert line in CFG
    (tmp_path / "net.cfg").write_text(CFG.replace(line, instead))
    with pytest.raises(WeightsError) as error:
        opened(tmp_path)
    assert error.value.key == key and told in error.value.got


def test_the_passthrough_of_yolo_version_2_is_counted(tmp_path) -> None:
    (tmp_path / "a.cfg").write_text(
        "[net]\nwidth=32\nheight=32\n[convolutional]\nfilters=4\n[reorg]\nstride=2\n[convolutional]\nfilters=2\n"
    )
    assert count_numbers(read_cfg(tmp_path / "a.cfg")) == 4 * (3 + 1) + 2 * (16 + 1)


def test_numbers_of_a_cfg_are_counted_through_routes(tmp_path) -> None:
    (tmp_path / "a.cfg").write_text(
        "[net]\nwidth=32\nheight=32\nchannels=3\n[convolutional]\nfilters=4\nsize=3\n"
        "[route]\nlayers=-1, 0\n[convolutional]\nbatch_normalize=1\nfilters=2\nsize=1\n"
    )
    assert count_numbers(read_cfg(tmp_path / "a.cfg")) == 4 * (27 + 1) + 2 * (8 + 4)


def test_one_pixel_high(tmp_path) -> None:
    write(tmp_path)
    adapter = DarknetDetection.open(tmp_path, row=None, source="darknet", device="cpu")
    with pytest.raises(InputError):
        adapter(np.zeros((1, 50, 3), np.uint8))
    assert cv2.__version__.startswith("4.")

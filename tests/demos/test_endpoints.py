"""Every named function of the page, called over the API as a program would; what is wrong is said, and nothing breaks."""

import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from tests.demos.conftest import EXAMPLES

BOOT = EXAMPLES["cnn"] / "photo-boot.jpg"
SEVEN = "2i1o3e1o4a1o4y1o4a2s3m3w3246"
# Functions of the page, with arguments that are right; a new one without a row here fails below.
CALLS = {
    "/cnn_classify": {"image": BOOT},
    "/cnn_compare": {"image": BOOT},
    "/cnn_classify_drawing": {"strokes": SEVEN},
    "/cnn_feature_map": {"image": BOOT, "layer": "pool2", "channel": 3},
    "/cnn_convolution_step": {"image": BOOT, "layer": 2, "channel": 1, "y": 5, "x": 5},
    "/cnn_shift": {"image": BOOT, "dx": 2, "dy": -1},
    "/cnn_decision": {"image": BOOT, "method": "integrated_gradients"},
    "/cnn_filters": {"layer": 1},
    "/cnn_layers": {},
    "/cnn_prove": {},
}


@pytest.fixture(scope="module")
def client(app):
    return Client(app, verbose=False)


def call(client, name, **arguments):
    return client.predict(
        **{k: handle_file(str(v)) if k == "image" else v for k, v in arguments.items()}, api_name=name
    )


def refusal(client, name, **arguments) -> str:
    with pytest.raises((AppError, ValueError)) as caught:
        call(client, name, **arguments)
    text = str(caught.value)
    assert "Traceback" not in text and 'File "' not in text
    return text


def test_each_function_is_named_typed_and_described(client):
    found = client.view_api(return_format="dict")["named_endpoints"]
    assert {n for n in found if n.startswith("/cnn")} == set(CALLS)
    for name in CALLS:
        assert found[name]["description"].strip(), name
        assert all(p["python_type"]["type"] != "Any" for p in found[name]["parameters"]), name


@pytest.mark.parametrize("name", CALLS)
def test_each_function_answers(client, name):
    result = call(client, name, **CALLS[name])
    assert result
    if name == "/cnn_classify":
        assert result["label"] == "Ankle boot" and sum(result["scores"].values()) == pytest.approx(1, abs=1e-5)
    if name == "/cnn_compare":  # the network is off here: ours answers, the hub's model is told to be missing
        assert result["scratch"]["label"] == "Ankle boot" and "Expected" in result["hub"]["error"]
    if name == "/cnn_convolution_step":
        products = sum(v for plane in result["products"] for line in plane for v in line)
        assert result["total"] == pytest.approx(products + result["bias"], abs=1e-4)
        assert result["activation"] == max(0, result["normalized"])
    if name == "/cnn_prove":
        assert all(check["passed"] for check in result)


def test_two_visitors_tracing_different_pictures_at_once_get_their_own(app):
    pictures = (BOOT, EXAMPLES["cnn"] / "photo-trousers.jpg")
    clients = [Client(app, verbose=False) for _ in pictures]

    def trace(i: int, times: int = 1) -> list:
        return [call(clients[i], "/cnn_feature_map", image=pictures[i], layer="relu4", channel=7) for _ in range(times)]

    alone = [trace(i)[0] for i in range(2)]
    assert alone[0] != alone[1]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(trace, range(2), [6, 6]))
    assert all(maps == [alone[i]] * 6 for i, maps in enumerate(together))


def png_of(width: int, height: int) -> bytes:
    """A tiny file that claims, and would unpack to, very many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0" * ((width + 7) // 8 + 1) * height, 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def bad_files(folder) -> dict:
    boot = Image.open(BOOT)
    files = {
        name: folder / name
        for name in ("text.png", "cut.jpg", "huge.png", "one.png", "drawing.svg", "empty.png", "blank.png")
    }
    files["text.png"].write_text("I am text")
    files["cut.jpg"].write_bytes(BOOT.read_bytes()[:3000])
    files["huge.png"].write_bytes(png_of(13000, 13000))
    Image.new("RGB", (1, 1)).save(files["one.png"])
    files["drawing.svg"].write_text("<svg xmlns='http://www.w3.org/2000/svg'><circle r='5'/></svg>")
    files["empty.png"].write_bytes(b"")
    Image.new("RGB", (60, 60), "white").save(files["blank.png"])
    boot.close()
    return files


@pytest.mark.parametrize(
    "file", ["text.png", "cut.jpg", "huge.png", "one.png", "drawing.svg", "empty.png", "blank.png"]
)
@pytest.mark.parametrize("lang, said", [("en", "Expected: "), ("hi-Latn", "Chahiye tha: ")])
def test_a_bad_file_is_told_in_the_visitors_language_and_the_next_request_works(client, tmp_path, file, lang, said):
    path = bad_files(tmp_path)[file]
    assert said in refusal(client, "/cnn_classify", image=path, lang=lang)
    assert call(client, "/cnn_classify", image=BOOT)["label"] == "Ankle boot"


def test_a_huge_picture_in_a_small_file_is_refused_at_once(client, tmp_path):
    path = bad_files(tmp_path)["huge.png"]
    assert path.stat().st_size < 40_000
    from lmdemo.data.image import open_picture
    from lmdemo.errors import InputError

    times = []
    for _ in range(3):
        started = time.perf_counter()
        with pytest.raises(InputError, match="13,000 x 13,000"):
            open_picture(path)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.1


@pytest.mark.parametrize("change", ["gif", "cmyk", "sixteen", "transparent", "turned"])
def test_unusual_pictures_work(client, tmp_path, change):
    boot = Image.open(BOOT).convert("RGB")
    path = tmp_path / {"gif": "a.gif", "cmyk": "a.jpg", "turned": "b.jpg"}.get(change, "a.png")
    if change == "gif":
        boot.save(path, save_all=True, append_images=[Image.new("RGB", boot.size)] * 2)
    elif change == "cmyk":
        boot.convert("CMYK").save(path)
    elif change == "sixteen":
        Image.fromarray(np.asarray(boot.convert("L")).astype(np.uint16) * 257).save(path)
    elif change == "transparent":
        boot.convert("RGBA").save(path)
    else:
        exif = Image.Exif()
        exif[0x0112] = 6  # the camera was held upright
        boot.transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)
    assert call(client, "/cnn_classify", image=path)["label"] == "Ankle boot"


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("/cnn_classify", {"image": BOOT, "model": "no-such-model"}),
        ("/cnn_classify", {"image": BOOT, "source": 7}),
        ("/cnn_classify", {"image": None}),
        ("/cnn_classify_drawing", {"strokes": ""}),
        ("/cnn_classify_drawing", {"strokes": "<script>"}),
        ("/cnn_feature_map", {"image": BOOT, "layer": "relu99"}),
        ("/cnn_convolution_step", {"image": BOOT, "layer": 0}),
        ("/cnn_convolution_step", {"image": BOOT, "x": 4000}),
        ("/cnn_convolution_step", {"image": BOOT, "x": "three"}),
        ("/cnn_convolution_step", {"image": BOOT, "x": 1.5}),
        ("/cnn_shift", {"image": BOOT, "dx": 99}),
        ("/cnn_decision", {"image": BOOT, "method": "__class__"}),
        ("/cnn_filters", {"layer": 99}),
    ],
)
def test_wrong_arguments_are_refused_and_the_next_request_works(client, name, arguments):
    if arguments.get("image", BOOT) is None:
        with pytest.raises((AppError, ValueError)):
            client.predict(image=None, api_name=name)
    else:
        refusal(client, name, **arguments)
    assert call(client, "/cnn_layers")["layers"]


def test_wrong_kinds_and_missing_pictures_are_worded(client):
    assert "x: a number. Got: 'three'" in refusal(client, "/cnn_convolution_step", image=BOOT, x="three")
    assert "Chahiye tha: x: a whole number" in refusal(
        client, "/cnn_convolution_step", image=BOOT, x=1.5, lang="hi-Latn"
    )
    assert "model: cnn-fashion, cnn-digits" in refusal(client, "/cnn_layers", model="no-such-model")
    assert "Inmein se ek lijiye" in refusal(client, "/cnn_layers", model="no-such-model", lang="hi-Latn")
    assert "lang: en, hi-Latn" in refusal(client, "/cnn_layers", lang="fr")
    with pytest.raises(AppError, match="There is no picture"):
        client.predict(image=None, api_name="/cnn_classify")


@pytest.mark.parametrize(
    "data",
    [
        [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, "cnn-fashion", "scratch", "en"],
        [{"path": str(BOOT), "meta": {"_type": "gradio.FileData"}}, "cnn-fashion", "scratch", "en"],
        ["/etc/passwd", "cnn-fashion", "scratch", "en"],
        ["too few"],
        [],
        {"not": "a list"},
    ],
    ids=["path", "own path", "text", "fewer", "none", "object"],
)
def test_a_servers_path_or_missing_fields_over_plain_http_get_no_answer(app, client, data):
    address = f"{app}/gradio_api/call/cnn_classify"
    asked = httpx.post(address, json={"data": data}, timeout=20)
    said = asked.text
    if asked.status_code == 200:
        said = httpx.get(f"{address}/{asked.json()['event_id']}", timeout=20).text
        assert "event: error" in said
    assert "Traceback" not in said and "root:" not in said
    assert call(client, "/cnn_classify", image=BOOT)["label"] == "Ankle boot"

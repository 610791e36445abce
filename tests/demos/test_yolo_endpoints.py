"""The named functions of Vision · YOLO, called as a program would; what is wrong is said in both languages."""

import json
import re

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from tests.demos.conftest import EXAMPLES
from tests.demos.test_yolo_page import save_video

CELLS, DRAWING = EXAMPLES["yolo"] / "cells-1.jpg", EXAMPLES["yolo"] / "drawing-1.jpg"
# Functions of the tab, with arguments that are right; a new one without a row here fails below.
CALLS = {
    "/yolo_detect": {"image": CELLS},
    "/yolo_compare": {"image": CELLS},
    "/yolo_candidates": {"image": CELLS, "iou_threshold": 0.5},
    "/yolo_grid": {"image": CELLS, "stride": 8, "label": "WBC"},
    "/yolo_feature_map": {"image": CELLS, "layer": "neck_32", "channel": 3},
    "/yolo_export": {"image": DRAWING, "model": "yolo-drawings", "format": "coco"},
    "/yolo_video": {"video": None, "model": "yolo-drawings"},
    "/yolo_layers": {},
    "/yolo_prove": {},
}


@pytest.fixture(scope="module")
def client(app):
    return Client(app, verbose=False)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "a.mp4"
    save_video(path)
    return path


def call(client, name, **arguments):
    return client.predict(
        **{k: handle_file(str(v)) if k in ("image", "video") else v for k, v in arguments.items()}, api_name=name
    )


def refusal(client, name, **arguments) -> str:
    with pytest.raises((AppError, ValueError)) as caught:
        call(client, name, **arguments)
    assert "Traceback" not in str(caught.value) and 'File "' not in str(caught.value)
    return str(caught.value)


def test_each_function_is_named_typed_and_described(client):
    found = client.view_api(return_format="dict")["named_endpoints"]
    assert {n for n in found if n.startswith("/yolo")} == set(CALLS)
    for name in CALLS:
        assert found[name]["description"].strip(), name
        assert all(p["python_type"]["type"] != "Any" for p in found[name]["parameters"]), name


@pytest.mark.parametrize("name", CALLS)
def test_each_function_answers(client, film, name):
    result = call(client, name, **CALLS[name] | ({"video": film} if name == "/yolo_video" else {}))
    if name == "/yolo_detect":
        assert len(result["objects"]) > 15 and result["highest_score"] > 0.8
    if name == "/yolo_compare":  # the network is off here
        assert result["scratch"]["objects"] and "Expected" in result["hub"]["error"]
    if name == "/yolo_candidates":
        kept = {row["number"] for row in result if row["kept"]}
        assert kept and all(row["kept"] or (row["lost_to"] in kept and row["iou"] > 0.5) for row in result)
    if name == "/yolo_grid":
        assert np.shape(result) == (32, 40) and 0.5 < np.max(result) <= 1
    if name == "/yolo_export":
        assert json.loads(result)["annotations"]
    if name == "/yolo_video":
        assert [row["seconds"] for row in result] == [0, 0.2] and all(row["objects"] for row in result)
    if name == "/yolo_prove":
        assert all(check["passed"] for check in result)


def test_the_text_formats(client):
    lines = call(client, "/yolo_export", image=DRAWING, model="yolo-drawings", format="yolo").splitlines()
    rows = json.loads(call(client, "/yolo_export", image=DRAWING, model="yolo-drawings", format="json"))
    assert len(lines) == len(rows) > 0 and all(re.fullmatch(r"\d+( [01]\.\d{6}){4}", line) for line in lines)


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("/yolo_detect", {"image": CELLS, "score_threshold": 2}),
        ("/yolo_detect", {"image": CELLS, "iou_threshold": "much"}),
        ("/yolo_detect", {"image": CELLS, "model": "yolo-dogs"}),
        ("/yolo_detect", {"image": CELLS, "source": "darknet"}),
        ("/yolo_grid", {"image": CELLS, "stride": 7}),
        ("/yolo_grid", {"image": CELLS, "label": "dog"}),
        ("/yolo_feature_map", {"image": CELLS, "channel": 4000}),
        ("/yolo_feature_map", {"image": CELLS, "layer": "framed"}),
        ("/yolo_export", {"image": CELLS, "format": "exe"}),
    ],
)
def test_wrong_arguments_are_refused_and_the_next_request_works(client, name, arguments):
    refusal(client, name, **arguments)
    assert call(client, "/yolo_layers")


@pytest.mark.parametrize("lang, said", [("en", "Expected: "), ("hi-Latn", "Chahiye tha: ")])
def test_bad_files_are_told_in_the_visitors_language(client, tmp_path, lang, said):
    (tmp_path / "text.png").write_text("I am text")
    (tmp_path / "cut.jpg").write_bytes(CELLS.read_bytes()[:3000])
    Image.new("RGB", (300, 1)).save(tmp_path / "flat.png")
    (tmp_path / "text.mp4").write_text("I am text")
    for name in ("text.png", "cut.jpg", "flat.png"):
        assert said in refusal(client, "/yolo_detect", image=tmp_path / name, lang=lang)
    assert said in refusal(client, "/yolo_video", video=tmp_path / "text.mp4", lang=lang)


def test_nothing_found_tells_the_highest_score(client, tmp_path):
    Image.new("RGB", (200, 150), "white").save(tmp_path / "empty.png")
    found = call(client, "/yolo_detect", image=tmp_path / "empty.png")
    assert found["objects"] == [] and 0 <= found["highest_score"] < 0.25


def test_a_posted_example_names_no_file_of_the_server(app):
    """What the page's own events take is posted as a program would: only an example's name is answered."""
    config = httpx.get(f"{app}/config?page=vision", timeout=60).json()
    row = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "yolo-examples")
    choose = next(d for d in config["dependencies"] if [row, "choose"] in d["targets"])

    def post(which: str) -> dict:
        body = {
            "data": ["yolo-cells", "scratch", "en"],
            "event_data": {"id": which},
            "fn_index": choose["id"],
            "session_hash": "posted",
        }
        httpx.post(f"{app}/gradio_api/queue/join", json=body, timeout=60).raise_for_status()
        with httpx.stream("GET", f"{app}/gradio_api/queue/data?session_hash=posted", timeout=60) as told:
            told = (json.loads(line[5:]) for line in told.iter_lines() if line.startswith("data:"))
            return next(t for t in told if t["msg"] == "process_completed")

    refused = post(str(CELLS.resolve()))
    assert not refused["success"] and "Expected: " in refused["output"]["error"]
    assert post("cells-1")["success"]

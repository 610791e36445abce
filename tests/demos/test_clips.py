"""A clip that goes along: by the place of an upload, never by any other file of the server."""

import pytest

from demos.core.clips import example_or_clip, file_at, place_of

HASH = "0123456789abcdef" * 4


@pytest.fixture
def upload(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    file = tmp_path / "uploads" / HASH / "my voice.wav"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"RIFF")
    return file


def test_an_upload_is_found_again_by_its_place(upload):
    place = place_of(str(upload))
    assert place == f"{HASH}/my voice.wav" and file_at(place) == str(upload)
    check = example_or_clip(("help",))
    assert check(place) == place and check("help") == "help"
    upload.unlink()  # an hour later
    with pytest.raises(ValueError, match="my voice"):
        check(place)


@pytest.mark.parametrize(
    "posted", ["/etc/passwd", "../secret.wav", f"{HASH}/../../secret.wav", f"{HASH}/", "", "help.wav"]
)
def test_no_other_file_of_the_server_has_a_place(upload, posted):
    (upload.parents[2] / "secret.wav").write_bytes(b"RIFF")
    with pytest.raises(ValueError):
        file_at(posted)
    assert place_of(str(upload.parents[2] / "secret.wav")) == ""

"""The vocoders' pages' handlers, called without a browser: what is made, what is heard while it is made, what is refused."""

import base64
import pickle
from itertools import pairwise
from pathlib import Path
from unittest import mock

import gradio as gr
import numpy as np
import pytest
import soundfile

import demos
import lmdemo
from demos.core.clips import place_of
from demos.core.page import Page
from demos.tabs.audio.vocoding import sample
from demos.tabs.audio.vocoding.functions import CLASSICAL, EXAMPLES, NETWORKS, mel_error, path, vocoders_compare
from demos.tabs.audio.vocoding.options import Others, several
from demos.tabs.audio.waveglow import functions as waveglow_functions
from demos.tabs.audio.wavenet import functions
from demos.tabs.audio.wavenet.functions import SHIPPED
from demos.tabs.audio.wavenet.reach import PRESETS
from lmdemo.data import vocoding
from lmdemo.errors import InputError, LmdemoError, OptionError
from tests.demos.handlers import clicked, event, merged

PAGES = {row.member: row for row in demos.TABS if row.tab.startswith("demos.tabs.audio.wave")}


def on_page(name: str) -> list[str]:
    """A vocoder's name, if it stands in TABS: what a test runs over."""
    return [name] if name in PAGES else []


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """A third of a second of a voice: what takes seconds of a whole clip."""
    file = tmp_path_factory.mktemp("clips") / "short.wav"
    waveform, rate = soundfile.read(path("reader"))
    soundfile.write(file, waveform[4_000:9_600], rate)
    return str(file)


def built(name: str):
    with gr.Blocks() as app:
        tab = PAGES[name].page(Page())
        tab.page.wire(app)
    tab.app = app
    return tab


@pytest.fixture(scope="module", params=PAGES)
def page(request):
    return built(request.param)


def given(tab, **more) -> dict:
    """What the page hands to a handler that speaks."""
    asked = {"source": "scratch", "chance": tab.bounds[2], "seed": 0, "hold": 0, "others": ["lpc-noise"]}
    return asked | {name: c.value for name, c in tab.looked.items()} | more


@pytest.fixture(scope="module")
def spoken(page, short):
    """All that a clip of the visitor's changed."""
    return merged(page.hear(clip=short, lang="en", **given(page)))


def test_a_clip_is_spoken_by_the_page_s_network_and_by_others_on_one_clock(page, spoken):
    found = spoken[page.found]
    assert [t.method for t in found.takes] == ["recording", page.name, "lpc-noise"]
    tracks = spoken[page.players]["tracks"]
    assert tracks[0]["name"] == "Recording" and "real time" in tracks[1]["note"]
    for take in found.takes:
        waveform, rate = soundfile.read(take.path)
        assert rate == 16_000 and len(waveform) / rate == pytest.approx(take.seconds)
        assert take.error == pytest.approx(mel_error(found.recording.mel, take.mel))
    assert page.say("en", f"vocoding.method.{page.name}") in spoken[page.status] and "×" in spoken[page.status]
    assert spoken[page.chosen] is None and "your-clip.wav" in spoken[page.snippet]
    assert set(spoken) <= set(event(page, "Vocoder.hear").outputs)


def test_which_loop_runs_is_told(page, spoken):
    engine = spoken[page.found].own.engine
    assert engine in ("numba", "torch") and page.say("en", f"engine.{engine}") in spoken[page.status]
    assert ("No compiler" in spoken[page.status]) == (engine == "torch" and page.name != "waveglow")


def test_what_is_kept_is_light_and_said_again_in_the_other_language(page, spoken):
    assert len(pickle.dumps(spoken[page.found])) < 100_000
    looked = {name: c.value for name, c in page.looked.items()}
    with mock.patch("lmdemo.load", side_effect=AssertionError("nothing is computed anew")):
        made = page.show(found=spoken[page.found], lang="hi-Latn", **looked)
    assert "guna" in made[page.status] and made[page.players]["tracks"][2]["name"] == "Noise, bina network"


def test_it_is_heard_while_it_is_made(page, spoken):
    steps = list(page.aloud(found=spoken[page.found], lang="en", **given(page, others=[])))
    sent = [s[page.live] for s in steps if s.get(page.live)]
    pieces = {}
    for live in sent:
        for i, text in enumerate(live["pieces"]):
            assert pieces.setdefault(live["first"] + i, text) == text
    assert sorted(pieces) == list(range(len(pieces))) and len({live["key"] for live in sent}) == 1
    heard = np.frombuffer(b"".join(base64.b64decode(pieces[i]) for i in sorted(pieces)), "<i2") / 32767
    whole, _ = soundfile.read(spoken[page.found].own.path)
    assert len(heard) == len(whole) and np.abs(heard - whole).max() < 1e-3
    assert "real time" in sent[-1]["told"] and "**" not in sent[-1]["told"]


def test_the_mel_is_all_that_it_gets(page, spoken):
    asked = spoken[page.mel.guesses["mel"]]
    frames, bands = spoken[page.found].recording.mel.shape
    assert bands == 80 and f"{frames * bands:,}" in asked["told"]
    share = round(100 * frames * bands / (spoken[page.found].recording.seconds * 16_000))
    assert asked["choices"][asked["right"][0]] == f"{share} %"


def test_any_two_are_compared_and_where_they_differ_is_told(page, spoken):
    found = spoken[page.found]
    made = page.beside.pair(found=found, left="recording", right="lpc-noise", lang="en")[page.beside.picture]
    names = [t["name"] for t in made["tracks"]]
    assert names == ["Recording", "Noise, no network", "Difference"]
    difference = made["tracks"][2]["pictures"][0]
    assert difference["signed"] and difference["low"] == -difference["high"] and difference["unit"] == "dB"
    alike = page.beside.pair(found=found, left="recording", right="recording", lang="en")[page.beside.picture]
    assert len(alike["tracks"]) == 2  # nothing differs
    missing = page.beside.pair(found=found, left="recording", right="hub", lang="en")[page.beside.picture]
    assert len(missing["tracks"]) == 1  # what was not made is not drawn
    asked = spoken[page.beside.guesses["beside"]]
    off = np.abs(found.own.mel - found.recording.mel[: len(found.own.mel)]).mean(0)
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 8000 / 700), 82)[1:-1] / 2595) - 1)  # Hz of each band
    means = [
        off[(edges >= low) & (edges < high)].mean() for low, high in ((0, 500), (500, 2e3), (2e3, 4e3), (4e3, 8e3))
    ]
    assert asked["right"] == [int(np.argmax(means))] and asked["choices"][0] == "0 to 0.5 kHz"
    assert page.beside.pair(found=None, left="recording", right="hub", lang="en") == {}


def test_blind_listening_hides_the_names_and_knows_the_truth(page, spoken):
    tracks, asked = spoken[page.blind.two]["tracks"], spoken[page.blind.guesses["blind"]]
    assert [t["name"] for t in tracks] == ["Clip A", "Clip B"] and not any(t["note"] or t["colour"] for t in tracks)
    assert tracks[asked["right"][0]]["file"]["path"] == spoken[page.found].recording.path
    assert tracks[1 - asked["right"][0]]["file"]["path"] == spoken[page.found].own.path


def test_the_hub_is_asked_and_what_is_missing_is_told(page, short, monkeypatch, tmp_path):
    monkeypatch.setenv("LMDEMO_OFFLINE", "1")
    monkeypatch.setenv("LMDEMO_HUB_DIR", str(tmp_path))
    made = merged(page.hear(clip=short, lang="en", **given(page, source="both", others=[])))
    assert "speecht5-hifigan" in made[page.facts]
    assert [t.method for t in made[page.found].takes] == ["recording", page.name]
    assert 'source="hub"' in made[page.snippet]


def test_of_a_clip_that_cannot_be_read_nothing_is_left(page, tmp_path):
    (tmp_path / "text.wav").write_text("I am text")
    seen: dict = {}
    with pytest.raises(InputError) as caught:
        for step in page.hear(clip=str(tmp_path / "text.wav"), lang="en", **given(page)):
            seen |= step
    assert caught.value.key == "audio_not_readable"
    assert seen[page.found] is None and seen[page.facts] == "" and seen[page.players] == {}
    assert list(page.hear(clip="", lang="en", **given(page))) == []
    assert list(page.again(found=None, lang="en", **given(page))) == []


BAD = {
    "silence": (np.zeros(8_000), 16_000, "audio_silent"),
    "a click": (np.eye(1, 300)[0], 16_000, "audio_length"),
    "ten minutes": (np.full(600 * 8_000, 0.1, np.float32), 8_000, "audio_length"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_no_vocoder_can_speak_is_refused(page, tmp_path, kind):
    waveform, rate, key = BAD[kind]
    soundfile.write(tmp_path / "bad.wav", waveform, rate)
    with pytest.raises(InputError) as caught:
        merged(page.hear(clip=str(tmp_path / "bad.wav"), lang="en", **given(page)))
    assert caught.value.key == key


@pytest.mark.parametrize("rate, channels", [(8_000, 1), (44_100, 2), (96_000, 2)])
def test_any_rate_and_stereo_are_spoken(rate, channels, tmp_path):
    tab, t = built("waveglow"), np.arange(int(0.3 * rate)) / rate
    tone = 0.5 * np.sin(2 * np.pi * 150 * t)
    soundfile.write(tmp_path / "tone.wav", np.stack([tone] * channels, 1), rate)
    found = merged(tab.hear(clip=str(tmp_path / "tone.wav"), lang="en", **given(tab, others=[])))[tab.found]
    assert found.own.seconds == pytest.approx(0.3, abs=0.02)


def test_a_clip_that_was_recorded_too_loudly_is_warned_of(tmp_path):
    tab, t = built("waveglow"), np.arange(8_000) / 16_000
    soundfile.write(tmp_path / "loud.wav", np.clip(3 * np.sin(2 * np.pi * 150 * t), -1, 1), 16_000)
    made = merged(tab.hear(clip=str(tmp_path / "loud.wav"), lang="en", **given(tab, others=[])))
    assert "recorded too loudly" in made[tab.status]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_there_and_short(example):
    info = soundfile.info(path(example))
    assert info.samplerate == 16_000 and info.channels == 1 and 2 <= info.duration <= 4


@pytest.mark.parametrize("posted", ["/etc/passwd", "../../siamese/examples/rain", "nope", 7])
def test_no_posted_name_opens_a_file_of_the_server(page, posted):
    with pytest.raises(InputError) as caught:
        list(page.from_example(example=posted, lang="en", **given(page)))
    assert caught.value.key == "unknown_choice"


def test_the_page_opens_on_its_first_example(page):
    assert page.begin("en") == {page.given_clip: EXAMPLES[0]} and page.chosen.value == EXAMPLES[0]


def test_a_clip_that_came_along_is_spoken_and_an_example_of_a_link_is(page, short, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    upload = tmp_path / ("a" * 64) / "mine.wav"
    upload.parent.mkdir()
    upload.write_bytes(Path(short).read_bytes())
    asked = given(page, others=[])
    for sent, shown in ((place_of(str(upload)), {page.clip: str(upload)}), ("reader", {page.chosen: "reader"})):
        steps = page.from_link(given=sent, who="none", lang="en", **asked)
        assert [next(steps), next(steps)] == [{page.others.group: []}, shown]
    told = next(iter(page.hear(clip=str(upload), lang="en", **asked)))
    assert told == {page.chosen: None, page.given_clip: place_of(str(upload))}


def test_a_link_names_who_speaks_beside():
    check = several(["griffin-lim", "wavernn"])
    assert [Others.named(check(text)) for text in ("griffin-lim,wavernn", "none")] == [["griffin-lim", "wavernn"], []]
    assert [Others.written(names) for names in (["griffin-lim", "wavernn"], [])] == ["griffin-lim,wavernn", "none"]
    with pytest.raises(ValueError, match="nonsense"):
        check("griffin-lim,nonsense")


def test_another_one_beside_leaves_alone_what_was_spoken(page, spoken):
    asked = given(page, others=["lpc-pulses"])
    with mock.patch.object(type(lmdemo.load(page.name)), "stream", side_effect=AssertionError("it is not spoken anew")):
        made = merged(page.beside_others(found=spoken[page.found], lang="en", **asked))
    found = made[page.found]
    assert made[page.others.who] == "lpc-pulses"
    assert [t.method for t in found.takes] == ["recording", page.name, "lpc-pulses"]
    assert found.own is spoken[page.found].own
    assert list(page.beside_others(found=None, lang="en", **asked)) == []


# -- WaveNet -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=on_page("wavenet"))
def wavenet(request, short):
    tab = built(request.param)
    return tab, merged(tab.hear(clip=short, lang="en", **given(tab, others=[])))


def test_kernel_and_dilations_say_how_far_one_hears(wavenet):
    tab, made = wavenet
    assert "511 samples" in made[tab.reaches.told] and "31.9 ms" in made[tab.reaches.told]
    assert "periods of this voice" in made[tab.reaches.told] and made[tab.reaches.tree]["period"] > 0
    drawn = tab.reaches.draw(found=None, kernel=3, dilations="1 2,4", lang="en")
    assert drawn[tab.reaches.tree]["dilations"] == [1, 2, 4] and "15 samples" in drawn[tab.reaches.told]
    asked = drawn[tab.reaches.guesses["reach"]]
    assert asked["choices"][asked["right"][0]] == f"{round(1000 * (1 + 2 * 15) / 16_000, 1):,} ms"
    for preset, (kernel, dilations) in PRESETS.items():
        chosen = tab.reaches.choose(clicked(text=tab.say("en", f"reach.preset.{preset}")), found=None, lang="en")
        assert chosen[tab.reaches.kernel] == kernel and chosen[tab.reaches.dilations] == dilations


@pytest.mark.parametrize("dilations", ["", "one", "0", "-1", "1.5", "100000000", "90000, 90000", ", ".join(["1"] * 80)])
def test_dilations_that_no_network_can_have_are_refused(wavenet, dilations):
    tab, _ = wavenet
    with pytest.raises(OptionError) as caught:
        tab.reaches.draw(found=None, kernel=2, dilations=dilations, lang="en")
    assert caught.value.key == "wavenet_reach"


def test_a_link_with_such_dilations_opens_on_those_that_ship(wavenet):
    tab, made = wavenet
    shown = tab.reaches.look(found=made[tab.found], kernel=2, dilations="nonsense", lang="en")
    assert shown[tab.reaches.dilations] == SHIPPED and "511 samples" in shown[tab.reaches.told]


def test_a_sample_is_written_out_and_its_products_are_products(wavenet):
    tab, made = wavenet
    found = made[tab.found]
    shown = tab.products.pick(clicked(at=2_000), found=found, block=3, lang="en")
    assert shown[tab.products.at] == 2_000 and "Block 3 reads what lies 4, 0 samples back" in shown[tab.products.table]
    told = shown[tab.products.seen].told
    assert np.allclose(told.wave * told.gate, told.gated)
    level = shown[tab.products.levels]
    assert level["at"] == 2_000 and len(level["logits"]) == 256
    again = tab.products.show(found=found, seen=shown[tab.products.seen], block=3, lang="hi-Latn")
    assert "samples peeche padhta hai" in again[tab.products.table]
    with pytest.raises(OptionError):
        lmdemo.load("wavenet").sample_products(found.recording.mel, 10**7)


def test_it_speaks_unasked_and_two_chances_are_compared(wavenet):
    tab, made = wavenet
    assert made[tab.free.said] is None  # nothing before the step is looked at
    asked = {"found": made[tab.found], "frame": "mean", "seconds": 0.5, "lang": "en"}
    made = tab.free.first(said=None, **asked)
    said = made[tab.free.said]
    assert tab.free.first(said=said, **asked) == {}
    first, second = (soundfile.read(t.path)[0] for t in said.takes)
    assert len(first) == len(second) == 8_000 and not np.array_equal(first, second)
    asked = made[tab.free.guesses["free"]]
    assert f"{np.corrcoef(first, second)[0, 1]:+.2f}" in asked["told"]
    assert len(made[tab.free.picture]["tracks"]) == 2


# -- WaveRNN -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=on_page("wavernn"))
def wavernn(request, short):
    tab = built(request.param)
    return tab, merged(tab.hear(clip=short, lang="en", **given(tab, others=[])))


def test_the_temperature_sharpens_what_a_sample_may_be(wavernn):
    tab, made = wavernn
    seen, shown = made[tab.samples.seen], made[tab.samples.levels]
    assert seen.holding(0.5) <= seen.holding() <= seen.holding(2)
    p = np.exp(np.array(shown["logits"]) / (shown["temperature"] * shown["ease"]))
    p = np.maximum(p / p.sum() - sample.FLOOR, 0)
    assert np.abs(p / p.sum() - seen.drawn.probabilities).max() < 2e-3
    asked = made[tab.samples.guesses["levels"]]
    assert asked["choices"][asked["right"][0]] == str(seen.holding(0.5))


def test_another_temperature_from_inside_is_heard(wavernn):
    tab, made = wavernn
    steps = list(tab.heat(clicked(temperature=9), found=made[tab.found], lang="en", **given(tab, others=[])))
    assert steps[0] == {tab.options.chance: 2.0} and any(s.get(tab.live) for s in steps)
    assert merged(steps)[tab.found].options["temperature"] == 2.0


def test_sixteen_bits_are_two_bytes(wavernn):
    tab, made = wavernn
    table = made[tab.halves.table]
    assert "coarse" in table and len(made[tab.halves.two]["tracks"]) == 3
    whole, coarse = (soundfile.read(t["file"]["path"])[0] for t in made[tab.halves.two]["tracks"][:2])
    assert np.abs(whole - coarse).max() <= 1.1 / 256


# -- WaveGlow ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=on_page("waveglow"))
def waveglow(request, short):
    tab = built(request.param)
    return tab, merged(tab.hear(clip=short, lang="en", **given(tab, others=[])))


def test_the_flow_is_heard_step_by_step(waveglow):
    tab, made = waveglow
    steps, drawn = made[tab.flow.steps], made[tab.flow.picture]["tracks"]
    assert len(steps) == len(drawn) == 7 and "Noise" in drawn[0]["name"]
    last, _ = soundfile.read(steps[-1].path)
    own, _ = soundfile.read(made[tab.found].own.path)
    assert np.abs(last[: len(own)] - own[: len(last)]).max() < 2e-3  # the last step is the voice
    asked = made[tab.flow.guesses["flow"]]
    gains = [a.error - b.error for a, b in pairwise(steps)]
    assert asked["right"] == [int(np.argmax(gains))]


def test_a_voice_becomes_noise_and_comes_back(waveglow):
    tab, made = waveglow
    became = made[tab.noise.became]
    asked = made[tab.noise.guesses["latent"]]
    assert became.error < 1e-3 and became.back.error < 0.3 and f"{became.error:.1e}" in asked["told"]
    assert f"{became.deviation:.2f}" in made[tab.noise.told]
    dull = tab.noise.again(found=made[tab.found], scale=0.0, lang="en")[tab.noise.became]
    assert dull.back.error > became.back.error  # without its noise it is another sound
    assert tab.noise.again(found=None, scale=1.0, lang="en") == {}


# -- endpoints ---------------------------------------------------------------------------------------------------------


def test_all_are_compared_by_one_function(short):
    found = vocoders_compare(short)
    assert set(found) == {*NETWORKS, *CLASSICAL}
    assert all(row["log_mel_error"] >= 0 and row["times_real_time"] > 0 for row in found.values())
    with pytest.raises(InputError):
        vocoders_compare("")


def test_a_voice_from_noise_and_back_for_programs(short):
    rate, waveform = waveglow_functions.waveglow_speak(short, sigma=0.5)
    assert rate == 16_000 and waveform.dtype == np.int16 and len(waveform) == 5_600
    steps = waveglow_functions.waveglow_steps(short)
    assert len(steps) == 7 and steps[-1] < steps[0]
    latent = waveglow_functions.waveglow_latent(short)
    assert latent["error"] < 1e-3 and latent["deviation"] > 0
    read = vocoding.whole_hops(lmdemo.load("waveglow").read(short))
    _, again = waveglow_functions.waveglow_back(short)
    assert np.abs(read - again / 32767).max() < 1e-4
    with pytest.raises(InputError):
        waveglow_functions.waveglow_latent("")


@pytest.mark.parametrize("member", on_page("wavenet"))
def test_functions_give_sound_and_numbers(member, short):
    rate, waveform = functions.wavenet_speak(short, temperature=0.5)
    assert rate == 16_000 and waveform.dtype == np.int16 and len(waveform) == 5_600
    assert functions.wavenet_reach(2, "1, 2, 4") == {"samples": 8, "milliseconds": 0.5}
    made = functions.wavenet_sample(short, at=100)
    assert sum(made["probabilities"]) == pytest.approx(1, abs=1e-3) and len(made["taps"]) == 16
    assert len(functions.wavenet_free(0.2)[1]) == 3_200
    with pytest.raises(LmdemoError):
        functions.wavenet_sample(short, at=10**9)

"""Audio & speech · Siamese: one encoder for two clips. Voices compared, recordings found again, sounds named."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image, ImageDraw

import lmdemo
from demos.audio.siamese_words import SIAMESE as WORDS
from demos.frame import Member, Page, card, cards, guarded, html_table, opened, sorry, wanted
from demos.language import Speaker
from demos.state import number, one_of
from demos.views.bars import Bars, bars
from demos.views.curves import Curves, curves, line
from demos.views.dot_product import DotProduct, dot_product
from demos.views.feature_maps import FeatureMaps, feature_maps
from demos.views.pictures import Pictures, picture, row
from demos.views.threshold import MOST, Threshold, threshold
from demos.views.verdict import Verdict, answer, verdict
from demos.vision.cnn import phrases as maps_phrases
from lmdemo.errors import HubError, InputError, WeightsError

SPEAKER, FINGERPRINT, SOUND = MODELS = ("siamese-speaker", "siamese-fingerprint", "siamese-sound")
SOURCES = ("scratch", "hub", "both")
HERE = Path(__file__).parent.parent / "examples" / "siamese"
# Example -> (model, its clips).
EXAMPLES = {
    "same": (SPEAKER, ("voice-1-0", "voice-1-2")),
    "two": (SPEAKER, ("voice-1-0", "voice-0-1")),
    "alike": (SPEAKER, ("voice-0-0", "voice-2-1")),
    "room": (SPEAKER, ("voice-1-0", "voice-1-room")),
    "line": (SPEAKER, ("voice-1-0", "voice-1-line")),
    **{name: (SOUND, (name,)) for name in ("rain", "sea-waves", "clock-tick", "fire-crackling")},
}
RECORDINGS = ("bells", "strings", "rain", "sea-waves", "clock-tick", "fire-crackling", "talk")
LONGEST_NAME = 40
MAP_FRAMES = 240  # of a clip, in the feature maps
say = Speaker(WORDS)


class Clip(gr.Audio):
    """A clip whose file is handed on unopened: its header is checked before anything is decoded."""

    is_template = True  # drawn by Gradio's own Audio

    def preprocess(self, payload: Any) -> str:
        """Passes the path of the file on; "" where there is none."""
        return payload.path if payload is not None else ""


# -- the public functions: endpoints of the API, tools of MCP -------------------------------------------------------------------------


def siamese_verify(first: str, second: str, source: str = "scratch", lang: str = "en") -> dict:
    """Tells whether two clips hold one speaker. No security system: a played recording passes.

    Args:
        first: A clip of 0.5 to 60 seconds (WAV, FLAC, OGG, MP3), one voice.
        second: Another.
        source: scratch: our network; hub: SpeechBrain's ECAPA-TDNN.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        score (cosine, -1 to 1), threshold, same, warnings, milliseconds and the model.
    """
    adapter = lmdemo.load(SPEAKER, source=source)
    result = adapter((given_clip(first), given_clip(second)))
    return {
        "score": result.score,
        "threshold": adapter.threshold,
        "same": result.same,
        "warnings": list(result.warnings),
        "milliseconds": result.milliseconds,
        "model": adapter.info.name,
        "source": adapter.info.source,
    }


def siamese_embed(clip: str, model: str = SPEAKER, source: str = "scratch", lang: str = "en") -> list:
    """Gives the embedding of a clip, a vector of length 1; the cosine of two of them is their similarity.

    Args:
        clip: A clip of 0.5 to 60 seconds.
        model: siamese-speaker, siamese-fingerprint or siamese-sound.
        source: scratch, or hub (voices only).
        lang: Language of error messages, en or hi-Latn.

    Returns:
        The numbers of the embedding.
    """
    return lmdemo.load(model, source=source).embed(given_clip(clip)).round(6).tolist()


def siamese_find(excerpt: str, recordings: list[str], lang: str = "en") -> dict:
    """Finds out which recording an excerpt is from, by embeddings and by spectral peaks.

    Args:
        excerpt: About 3 seconds of sound, also noisy.
        recordings: Recordings of 0.5 seconds to 10 minutes.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        embedding: names with cosine and second, nearest first; peaks: names with the number of pairs that agree.
    """
    adapter = lmdemo.load(FINGERPRINT)
    index = index_of(adapter, recordings or [])
    found = adapter.find(given_clip(excerpt), {name: rows for name, (_, rows, _) in index.items()})
    classic = adapter.find_by_peaks(excerpt, {name: pairs for name, (_, _, pairs) in index.items()})
    return {"embedding": [m._asdict() for m in found], "peaks": [{"name": name, "pairs": n} for name, n in classic]}


def siamese_sound(clip: str, lang: str = "en") -> dict:
    """Names a sound by the nearest of ten prototypes: dog bark, rain, sea waves, baby cry, clock tick, sneeze, helicopter, chainsaw, rooster, fire.

    Args:
        clip: A sound of 0.5 to 60 seconds.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        label, score and scores by label.
    """
    result = lmdemo.load(SOUND)(given_clip(clip))
    return {"label": result.label, "score": result.score, "scores": dict(result.scores)}


# -- the page ----------------------------------------------------------------------------------------------------------------------------


def build(page: Page) -> None:
    """Lays the tab out and connects it."""
    me = Member(page, "siamese", WORDS)
    model, source = me.source(SOURCES, MODELS)
    me.text(gr.Markdown(), value="siamese.no_security")
    given, found = gr.State(None), gr.State(None)  # (what, clips), and what was found: see `run`

    with me.part("input"):
        chosen = gr.Textbox(visible=False)  # the example's id, for the URL
        me.keep("example", chosen, one_of(tuple(EXAMPLES)), "")
        examples = Pictures(elem_id="siamese-examples")
        page.translate(examples, lambda lang: {"value": example_row(lang, "")})
        me.text(gr.Markdown(elem_classes="lm-muted"), value="siamese.synthetic")
        way = gr.Textbox("two", visible=False)  # the open inner tab's id, for the URL
        me.keep("way", way, one_of(("two", "many", "along")), "two")
        with gr.Column() as for_speaker, gr.Tabs() as ways:
            with me.text(gr.Tab(id="two"), label="siamese.two.tab") as two_tab:
                with gr.Row():
                    first = clip_of(me, "siamese.first", "siamese-first")
                    second = clip_of(me, "siamese.second", "siamese-second")
                compare = me.text(gr.Button(variant="primary"), value="siamese.compare")
            with me.text(gr.Tab(id="many"), label="siamese.many.tab") as many_tab:
                many(page, me, source)
            with me.text(gr.Tab(id="along"), label="siamese.along.tab") as along_tab:
                along(page, me, source)
        for tab in (two_tab, many_tab, along_tab):
            me.on(tab.select, lambda lang, name=tab.id: name, [], [way], show_progress="hidden")
        me.on(way.change, lambda name, lang: gr.Tabs(selected=name), [way], [ways], show_progress="hidden")
        with gr.Column(visible=False) as for_print:
            *printed, peaks = fingerprint(page, me)
        with gr.Column(visible=False) as for_sound:
            me.text(gr.Markdown(), value="siamese.sound.help")
            heard = clip_of(me, "siamese.sound.clip", "siamese-sound")
            classes = own_classes(page, me)
        me.text(gr.Markdown(elem_classes="lm-muted"), value="not_kept")
    with me.part("result"):
        with gr.Column() as result:
            status = gr.Markdown(elem_classes="lm-status")
            page.translate(status, lambda lang: {"value": say(lang, "nothing_yet")})
            stop = me.text(gr.Button(size="sm", visible=False), value="stop")
            decision = Verdict(elem_id="siamese-verdict")
            sounds = Bars(elem_id="siamese-sounds")
            answer_cards = gr.HTML()
        with gr.Column(visible=False) as result_print:
            for component in printed:
                component.render()
    with me.part("look"):
        with gr.Column(visible=False) as inside_print:
            peaks.render()
        empty = me.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as inside:
            me.text(gr.Markdown(), value="siamese.look.product")
            product = DotProduct(elem_id="siamese-product")
            me.text(gr.Markdown(), value="siamese.look.moments")
            moments = Curves(elem_id="siamese-moments")
            me.text(gr.Markdown(), value="siamese.look.maps")
            maps = FeatureMaps(elem_id="siamese-maps")
            me.text(gr.Markdown(), value="siamese.look.pooled")
            pooled = Pictures(elem_id="siamese-pooled")
        with gr.Column(visible=False) as inside_sound:
            show_confusion = me.text(gr.Button(size="sm"), value="siamese.sound.show")
            confusion = gr.HTML(elem_classes="lm-table")
    me.explain()
    snippet = me.code(
        "lmdemo/models/siamese.py",
        ("statistics", "normalize", "Block", "contrast_loss", "ge2e_loss", "additive_margin_loss", "Siamese.forward"),
        describe=lambda which: lmdemo.load(which).layers(),
        inputs=[model],
    )
    me.proof()

    shown = [status, decision, sounds, answer_cards, empty, inside, product, moments, maps, pooled, snippet]

    def run(what: tuple | None, which: str, where: str, mine: dict, lang: str):
        """Answers what was given, telling what is being loaded meanwhile."""
        if what is None:
            yield (gr.skip(),) * (len(shown) + 2)
            return
        clips = paths_of(what)
        which = SPEAKER if len(clips) == 2 else SOUND
        answers: dict[str, tuple[Any, Any, float]] = {}
        for one in wanted(which, where):
            try:
                adapter = yield from opened(which, one, lang, len(shown) + 2)
                result = (
                    adapter(tuple(map(given_clip, clips)), trace=True)
                    if which == SPEAKER
                    else adapter(given_clip(clips[0]), trace=True, prototypes=means(mine))
                )
                answers[one] = result, adapter.info, adapter.threshold
            except (HubError, WeightsError) as error:
                answers[one] = error, "ecapa-voxceleb" if one == "hub" else which, 0.0
        state = {"given": what, "model": which, "answers": answers, "asked": where}
        yield state, *show(state, lang), gr.update(visible=False)

    def show(state: dict | None, lang: str) -> tuple:
        """Puts what was found into words and views; computes nothing anew."""
        if state is None:
            return (say(lang, "nothing_yet"), *(gr.skip(),) * (len(shown) - 1))
        sentences, decided, made, trace, limit, named = [], [], [], None, 0.0, {}
        for one, (result, info, at) in state["answers"].items():
            if isinstance(result, Exception):
                made.append(sorry(info, one, result, lang))
                continue
            made.append(card(info, result.milliseconds, lang))
            if state["model"] == SOUND:
                trace_labels = list(result.trace["labels"])
                sentences.append(
                    say(
                        lang,
                        "siamese.sound.said",
                        label=sound_name(result.label, lang),
                        percent=100 * result.score,
                        cosine=float(result.trace["cosines"][trace_labels.index(result.label)]),
                    )
                )
                named = bars(
                    say(lang, "siamese.sound.scores"),
                    {sound_name(k, lang): v for k, v in result.scores.items()},
                    top=14,
                )
                if state["asked"] != "scratch":
                    sentences.append(say(lang, "siamese.hub_speaker_only"))
                continue
            if trace is None:
                trace, limit = result.trace, at
            where = say(lang, f"source.{one}")
            decided.append(answer(where, one, result.score, at))
            sentences.append(
                say(
                    lang,
                    "siamese.answer",
                    source=where,
                    answer=say(lang, "siamese.same" if result.same else "siamese.different"),
                    score=result.score,
                    threshold=at,
                )
            )
            sentences += [
                f"⚠ {say(lang, f'siamese.warn.{w}')}" for w in result.warnings if one == next(iter(state["answers"]))
            ]
        looked = inner_views(trace, limit, lang) if trace is not None else ({},) * 4
        return (
            "  \n".join(sentences) or say(lang, "siamese.no_answer"),
            verdict(decided, words_of("verdict", lang)),
            named,
            cards(*made),
            gr.update(visible=trace is None and state["model"] == SPEAKER),
            gr.update(visible=trace is not None),
            *looked,
            snippet_text(state),
        )

    running = [
        me.on(
            given.change,
            run,
            [given, model, source, classes],
            [found, *shown, stop],
            show_progress_on=status,
            concurrency_id="siamese",
        ),
        me.on(
            source.input,
            run,
            [given, model, source, classes],
            [found, *shown, stop],
            show_progress_on=status,
            concurrency_id="siamese",
        ),
    ]
    me.stops(stop, running, status)

    def parts(which: str, lang: str):
        here = {name: gr.update(visible=which == name) for name in MODELS}
        return (
            here[SPEAKER],
            here[FINGERPRINT],
            here[SOUND],
            here[SOUND],
            gr.update(visible=which != FINGERPRINT),
            here[FINGERPRINT],
            here[FINGERPRINT],
        )

    me.on(
        model.change,
        parts,
        [model],
        [for_speaker, for_print, for_sound, inside_sound, result, result_print, inside_print],
        show_progress="hidden",
    )

    def from_example(which: str, lang: str):
        if not which:
            return (gr.skip(),) * 6
        name, clips = EXAMPLES[which]
        files = [str(HERE / f"{c}.ogg") for c in clips]
        return (
            name,
            ("example", clips),
            example_row(lang, which),
            *(files if name == SPEAKER else (gr.skip(), gr.skip())),
            files[0] if name == SOUND else gr.skip(),
        )

    def choose(lang: str, event: gr.EventData):
        return event.id if event.id in EXAMPLES else gr.skip()

    examples.choose(guarded(choose), page.language, chosen, show_progress="hidden", api_visibility="private")
    me.on(chosen.change, from_example, [chosen], [model, given, examples, first, second, heard], show_progress="hidden")

    def both(a: str, b: str, lang: str):
        return (("clips", (a, b)), "", example_row(lang, "")) if a and b else (gr.skip(),) * 3

    def pressed(a: str, b: str, lang: str):
        if not a or not b:
            raise InputError(
                "two_clips", expected="(clip, clip)", got=str(int(bool(a)) + int(bool(b))), hint="Give two clips."
            )
        return ("clips", (a, b, np.random.random()))  # another state, also for the same clips

    for clip in (first, second):
        me.on(clip.input, both, [first, second], [given, chosen, examples], show_progress="hidden")
    me.on(compare.click, pressed, [first, second], [given], show_progress="hidden")
    me.on(
        heard.input,
        lambda clip, lang: (("clips", (clip,)), "", example_row(lang, "")) if clip else (gr.skip(),) * 3,
        [heard],
        [given, chosen, examples],
        show_progress="hidden",
    )
    me.on(
        classes.change,
        run,
        [given, model, source, classes],
        [found, *shown, stop],
        show_progress="hidden",
        concurrency_id="siamese",
    )
    me.on(show_confusion.click, confusion_tables, [classes], [confusion])
    page.reword(show, [found], shown)
    page.reword(lambda which, lang: example_row(lang, which), [chosen], [examples])

    file = Clip(visible=False, type="filepath")
    origin = gr.Radio(choices=["scratch", "hub"], value="scratch", visible=False)
    page.endpoint(
        siamese_verify,
        {"first": file, "second": Clip(visible=False, type="filepath"), "source": origin},
        gr.JSON(visible=False),
    )
    page.endpoint(
        siamese_embed,
        {"clip": file, "model": gr.Radio(choices=list(MODELS), value=SPEAKER, visible=False), "source": origin},
        gr.JSON(visible=False),
    )
    page.endpoint(
        siamese_find,
        {"excerpt": file, "recordings": gr.File(visible=False, file_count="multiple", type="filepath")},
        gr.JSON(visible=False),
    )
    page.endpoint(siamese_sound, {"clip": file}, gr.JSON(visible=False))


def clip_of(me: Member, key: str, elem_id: str) -> Clip:
    """A place to record or upload a clip."""
    return me.text(Clip(sources=["microphone", "upload"], type="filepath", elem_id=elem_id), label=key)


def many(page: Page, me: Member, source: gr.Radio) -> None:
    """Several people: enrolment, the movable threshold, the plane, and whose voice a clip is."""
    me.text(gr.Markdown(), value="siamese.many.help")
    enrolled = gr.State([])  # (name, clip's name, path)
    with gr.Row():
        with gr.Column():
            name = me.text(gr.Textbox(max_length=LONGEST_NAME), label="siamese.many.name")
            add = me.text(gr.Button(variant="primary"), value="siamese.many.add")
        files = me.text(gr.File(file_count="multiple", type="filepath", height=140), label="siamese.many.files")
        record = clip_of(me, "siamese.many.record", "siamese-enrol")
    with gr.Row():
        take = me.text(gr.Button(size="sm"), value="siamese.many.example")
        clear = me.text(gr.Button(size="sm"), value="siamese.many.clear")
    told = gr.Markdown(elem_classes="lm-status")
    page.translate(told, lambda lang: {"value": say(lang, "siamese.many.nobody")})
    levels = Threshold(elem_id="siamese-levels")
    who = clip_of(me, "siamese.many.who", "siamese-who")
    whose = gr.Markdown(elem_classes="lm-status")

    def view(people: list, where: str, lang: str):
        if not people:
            return say(lang, "siamese.many.nobody"), {}
        from lmdemo.adapters.speaker_verification import plane

        adapter = lmdemo.load(SPEAKER, source="hub" if where == "hub" else "scratch")
        e = adapter.embed_many([p for _, _, p in people])
        names = list(dict.fromkeys(n for n, _, _ in people))
        return (
            say(lang, "siamese.many.status", n=len(people), people=", ".join(f"**{plain(n)}**" for n in names)),
            threshold(
                [n for n, _, _ in people],
                [c for _, c, _ in people],
                e @ e.T,
                plane(e),
                adapter.threshold,
                words_of("levels", lang),
            ),
        )

    def enrol(people: list, called: str, given: list | None, recorded: str, where: str, lang: str):
        clips = [*(given or []), *([recorded] if recorded else [])]
        called = (called or "").strip()
        if not called or len(called) > LONGEST_NAME:
            raise InputError(
                "name_missing", expected=f"1 - {LONGEST_NAME}", got=str(len(called)), hint="Write a name first."
            )
        if not clips:
            raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
        if len(people) + len(clips) > MOST:
            raise InputError(
                "clips_many",
                expected=f"<= {MOST}",
                got=str(len(people) + len(clips)),
                hint="Enrol fewer clips, or forget all and begin again.",
            )
        lmdemo.load(SPEAKER).embed_many(clips)  # whatever is wrong with a clip is said before it is enrolled
        before = sum(n == called for n, _, _ in people)
        people = people + [(called, say(lang, "siamese.clip", n=before + i + 1), c) for i, c in enumerate(clips)]
        return people, *view(people, where, lang), None, None

    me.on(add.click, enrol, [enrolled, name, files, record, source], [enrolled, told, levels, files, record])

    def voices(where: str, lang: str):
        people = [
            (say(lang, "siamese.voice", n=v + 1), say(lang, "siamese.clip", n=k + 1), str(HERE / f"voice-{v}-{k}.ogg"))
            for v in range(4)
            for k in range(3)
        ]
        return people, *view(people, where, lang)

    me.on(take.click, voices, [source], [enrolled, told, levels])
    me.on(clear.click, lambda lang: ([], say(lang, "siamese.many.nobody"), {}, ""), [], [enrolled, told, levels, whose])
    me.on(source.input, view, [enrolled, source], [told, levels])
    page.reword(view, [enrolled, source], [told, levels])

    def ask(people: list, clip: str, where: str, lang: str):
        if not clip:
            return ""
        adapter = lmdemo.load(SPEAKER, source="hub" if where == "hub" else "scratch")
        known = {n: adapter.enroll([p for m, _, p in people if m == n]) for n in dict.fromkeys(n for n, _, _ in people)}
        nearest = adapter.find(clip, known, top=3)
        listed = ", ".join(f"{plain(m.name)} {m.score:.3f}" for m in nearest)
        return say(
            lang,
            "siamese.many.found" if nearest[0].score >= adapter.threshold else "siamese.many.below",
            list=listed,
            **({} if nearest[0].score >= adapter.threshold else {"threshold": adapter.threshold}),
        )

    me.on(who.input, ask, [enrolled, who, source], [whose])


def along(page: Page, me: Member, source: gr.Radio) -> None:
    """A voice along a longer recording."""
    me.text(gr.Markdown(), value="siamese.along.help")
    with gr.Row():
        reference = clip_of(me, "siamese.along.reference", "siamese-reference")
        recording = clip_of(me, "siamese.along.recording", "siamese-recording")
    with gr.Row():
        go = me.text(gr.Button(variant="primary"), value="siamese.along.run")
        example = me.text(gr.Button(), value="siamese.along.example")
    told, curve, state = gr.Markdown(elem_classes="lm-status"), Curves(elem_id="siamese-along"), gr.State(None)

    def view(where: tuple | None, lang: str):
        if where is None:
            return "", {}
        seconds, cosines, limit = where
        best = int(np.argmax(cosines))
        return (
            say(
                lang,
                "siamese.along.said",
                percent=100 * float(np.mean(cosines >= limit)),
                threshold=limit,
                second=float(seconds[best]),
            ),
            curves(
                say(lang, "siamese.along.title"),
                say(lang, "siamese.moments.x"),
                say(lang, "siamese.moments.y"),
                [
                    line(say(lang, "siamese.along.line"), "scratch", thin(seconds, cosines)),
                    line(
                        say(lang, "siamese.moments.threshold"),
                        "hub",
                        [(seconds[0], limit), (seconds[-1], limit)],
                        dashed=True,
                    ),
                ],
                {"numbers": say(lang, "siamese.numbers")},
            ),
        )

    def move(a: str, b: str, where: str, lang: str):
        adapter = lmdemo.load(SPEAKER, source="hub" if where == "hub" else "scratch")
        seconds, cosines = adapter.along(given_clip(a), given_clip(b))
        result = seconds, cosines, adapter.threshold
        return result, *view(result, lang)

    me.on(go.click, move, [reference, recording, source], [state, told, curve])
    files = [str(HERE / "voice-0-0.ogg"), str(HERE / "talk.ogg")]
    me.on(
        example.click,
        lambda where, lang: (*files, *move(*files, where, lang)),
        [source],
        [reference, recording, state, told, curve],
    )
    page.reword(view, [state], [told, curve])


def fingerprint(page: Page, me: Member) -> list[Any]:
    """An index of recordings, and excerpts to find again; gives the components of answer, table and peaks to be rendered elsewhere."""
    me.text(gr.Markdown(), value="siamese.print.help")
    index = gr.State({})  # name -> (path, embeddings of windows, pairs of peaks)
    with gr.Row():
        files = me.text(gr.File(file_count="multiple", type="filepath", height=140), label="siamese.print.files")
        with gr.Column():
            add = me.text(gr.Button(variant="primary"), value="siamese.print.add")
            take = me.text(gr.Button(), value="siamese.print.example")
    told = gr.Markdown(elem_classes="lm-status")
    page.translate(told, lambda lang: {"value": say(lang, "siamese.print.empty")})
    with gr.Row():
        which = me.text(gr.Dropdown(choices=[], filterable=False), label="siamese.print.which")
        start = me.text(gr.Slider(0, 30, 1.0, step=0.1), label="siamese.print.start")
        noise = me.text(gr.Slider(-5, 30, 5, step=1), label="siamese.print.noise")
        me.keep("noise", noise, number(-5, 30), 5)
    cut = me.text(gr.Button(variant="primary"), value="siamese.print.cut")
    with gr.Row():
        own = clip_of(me, "siamese.print.own", "siamese-excerpt")
        heard = me.text(gr.Audio(interactive=False, elem_id="siamese-heard"), label="siamese.print.heard")
    answer_line = gr.Markdown(elem_classes="lm-status", elem_id="siamese-found", render=False)
    page.translate(answer_line, lambda lang: {"value": say(lang, "nothing_yet")})
    table, peaks = gr.HTML(elem_classes="lm-table", render=False), Pictures(elem_id="siamese-peaks", render=False)
    state = gr.State(None)
    outputs = [state, answer_line, table, peaks]

    def status(known: dict, lang: str):
        return (
            say(lang, "siamese.print.status", n=len(known), list=", ".join(map(plain, known)))
            if known
            else say(lang, "siamese.print.empty")
        )

    def view(result: dict | None, lang: str):
        if result is None:
            return say(lang, "nothing_yet"), "", {}
        best, classic = result["found"][0], result["classic"]
        said = (
            say(lang, "siamese.print.classic", name=plain(classic[0][0]), n=classic[0][1])
            if classic
            else say(lang, "siamese.print.nothing")
        )
        rows = [(m.name, f"{m.score:.3f}", f"{m.seconds:.2f}", dict(classic).get(m.name, 0)) for m in result["found"]]
        head = [say(lang, "siamese.print.scores"), say(lang, "siamese.moments.y"), "s", "peaks"]
        drawn = [
            picture(
                who,
                spectrum_picture(*seen),
                say(lang, "siamese.print.excerpt") if who == "excerpt" else result["found"][0].name,
                say(lang, "siamese.print.peaks_alt", n=len(seen[1])),
                300,
            )
            for who, seen in result["peaks"].items()
        ]
        return (
            say(
                lang, "siamese.print.found", name=plain(best.name), score=best.score, second=best.seconds, classic=said
            ),
            html_table(head, rows),
            row(say(lang, "siamese.print.peaks"), drawn),
        )

    def look_up(known: dict, clip: Any, lang: str):
        adapter = lmdemo.load(FINGERPRINT)
        found = adapter.find(clip, {n: rows for n, (_, rows, _) in known.items()})
        result = {
            "found": found,
            "classic": adapter.find_by_peaks(clip, {n: pairs for n, (_, _, pairs) in known.items()}),
            "peaks": {"excerpt": adapter.peaks(clip), "recording": adapter.peaks(known[found[0].name][0])},
        }
        return result, *view(result, lang)

    def more(known: dict, given: list | None, lang: str):
        if not given:
            raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
        known = known | index_of(lmdemo.load(FINGERPRINT), given)
        return known, status(known, lang), gr.update(choices=list(known), value=next(iter(known))), None

    def excerpt(known: dict, name: str | None, at: float, db: float, lang: str):
        if not name or name not in known:
            raise InputError("nobody_enrolled", expected=">= 1", got="0", hint="Add a recording first.")
        clip = lmdemo.load(FINGERPRINT).excerpt(known[name][0], start=at, decibels=db)
        rate, wave = clip
        return (rate, np.round(wave * 32767).astype(np.int16)), *look_up(known, clip, lang)

    def synthetic(known: dict, db: float, lang: str):
        known = known | index_of(lmdemo.load(FINGERPRINT), [str(HERE / f"{n}.ogg") for n in RECORDINGS])
        return (
            known,
            status(known, lang),
            gr.update(choices=list(known), value=RECORDINGS[0]),
            *excerpt(known, RECORDINGS[0], 1.0, db, lang),
        )

    me.on(add.click, more, [index, files], [index, told, which, files])
    me.on(take.click, synthetic, [index, noise], [index, told, which, heard, *outputs])
    me.on(cut.click, excerpt, [index, which, start, noise], [heard, *outputs])
    me.on(
        own.input,
        lambda known, clip, lang: look_up(known, clip, lang) if clip else (gr.skip(),) * 4,
        [index, own],
        outputs,
    )
    page.reword(status, [index], [told])
    page.reword(view, [state], outputs[1:])
    return outputs[1:]


def own_classes(page: Page, me: Member) -> gr.State:
    """Classes of sounds that the visitor adds: name -> embeddings (n, D)."""
    classes = gr.State({})
    with gr.Row():
        name = me.text(gr.Textbox(max_length=LONGEST_NAME), label="siamese.sound.class")
        files = me.text(gr.File(file_count="multiple", type="filepath", height=140), label="siamese.sound.files")
    with gr.Row():
        add = me.text(gr.Button(variant="primary"), value="siamese.sound.add")
        take = me.text(gr.Button(), value="siamese.sound.example")
        clear = me.text(gr.Button(), value="siamese.sound.clear")
    told = gr.Markdown(elem_classes="lm-status")

    def status(mine: dict, lang: str):
        return (
            say(
                lang,
                "siamese.sound.mine",
                list=", ".join(f"{plain(sound_name(n, lang))} ({len(e)})" for n, e in mine.items()),
            )
            if mine
            else ""
        )

    def more(mine: dict, called: str, given: list | None, lang: str):
        called = (called or "").strip()
        if not called or len(called) > LONGEST_NAME:
            raise InputError(
                "name_missing", expected=f"1 - {LONGEST_NAME}", got=str(len(called)), hint="Write a name first."
            )
        if not given:
            raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
        e = lmdemo.load(SOUND).embed_many(given)
        mine = mine | {called: np.concatenate((mine[called], e)) if called in mine else e}
        return mine, status(mine, lang), None

    def synthetic(mine: dict, lang: str):
        adapter = lmdemo.load(SOUND)
        mine = mine | {n: adapter.embed_many([str(HERE / f"{n}.ogg")]) for n in ("bells", "strings")}
        return mine, status(mine, lang)

    me.on(add.click, more, [classes, name, files], [classes, told, files])
    me.on(take.click, synthetic, [classes], [classes, told])
    me.on(clear.click, lambda lang: ({}, ""), [], [classes, told])
    page.reword(status, [classes], [told])
    return classes


# -- from results to views -------------------------------------------------------------------------------------------------------------------


def inner_views(trace: dict[str, np.ndarray], limit: float, lang: str) -> tuple:
    """Product, moments, maps and pooled statistics of a traced comparison."""
    a, b = trace["embeddings"]
    lines = [
        line(say(lang, f"siamese.moments.{word}"), colour, thin(trace[f"seconds_{i}"], trace[f"moments_{i}"]))
        for i, (word, colour) in enumerate((("first", "scratch"), ("second", "third")))
        if f"moments_{i}" in trace
    ]
    ends = [t for i in (0, 1) for t in trace.get(f"seconds_{i}", ())]
    over_time = {}
    if lines:
        lines.append(
            line(say(lang, "siamese.moments.threshold"), "hub", [(min(ends), limit), (max(ends), limit)], dashed=True)
        )
        over_time = curves(
            say(lang, "siamese.moments.title"),
            say(lang, "siamese.moments.x"),
            say(lang, "siamese.moments.y"),
            lines,
            {"numbers": say(lang, "siamese.numbers")},
        )
    maps = {f"log-mel {which}": trace[f"log_mel_{i}"][:MAP_FRAMES].T[None] for i, which in enumerate("AB")}
    for key in ("stem", *(f"stage{k}" for k in range(1, 9))):
        maps |= {
            f"{key} {which}": trace[f"{key}_{i}"][:6, :, : MAP_FRAMES // 2]
            for i, which in enumerate("AB")
            if f"{key}_{i}" in trace
        }
    items = []
    for kind in ("mean", "spread"):
        both = [trace[f"pooled_{kind}_{i}"].T for i in (0, 1) if f"pooled_{kind}_{i}" in trace]  # (M', C) each
        for which, values in zip("AB", both, strict=False):
            low, high = min(v.min() for v in both), max(v.max() for v in both)
            grey = np.round(255 * np.sqrt((values - low) / max(high - low, 1e-9))).astype(np.uint8)
            drawn = Image.fromarray(grey).resize((grey.shape[1] * 6, grey.shape[0] * 20), Image.Resampling.NEAREST)
            items.append(
                picture(
                    f"{kind}{which}",
                    drawn,
                    say(lang, f"siamese.pooled.{kind}", clip=which),
                    say(
                        lang,
                        "siamese.pooled.alt",
                        rows=values.shape[0],
                        columns=values.shape[1],
                        low=float(values.min()),
                        high=float(values.max()),
                    ),
                    288,
                )
            )
    return (
        dot_product(say(lang, "siamese.product.title"), a, b, words_of("product", lang)),
        over_time,
        feature_maps(maps, maps_phrases(lang, "maps"), pickable=False),
        row("", items) if items else {},
    )


def thin(seconds: np.ndarray, values: np.ndarray, most: int = 400) -> list[tuple[float, float]]:
    """At most so many points of a curve: of a long one every second, third, ..."""
    step = -(-len(seconds) // most)
    return list(zip(seconds[::step], values[::step], strict=True))


def words_of(view: str, lang: str) -> dict[str, str]:
    """A view's words."""
    return {k.rsplit(".", 1)[1]: say(lang, k) for k in WORDS if k.startswith(f"siamese.{view}.")}


def means(mine: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Prototypes of the visitor's classes."""
    return {name: e.mean(0) / np.linalg.norm(e.mean(0)) for name, e in mine.items()}


def confusion_tables(mine: dict, lang: str) -> str:
    """The shipped classes over four folds, and the visitor's own by leaving out one clip at a time."""
    from lmdemo.adapters.speaker_verification import leave_one_out

    labels, counts = lmdemo.load(SOUND).confusion
    names = [sound_name(label, lang) for label in labels]
    tables = (
        [
            html_table(
                ["", *names],
                [(n, *map(int, r)) for n, r in zip(names, counts, strict=True)],
                say(lang, "siamese.sound.confusion", n=int(counts.sum()), right=int(np.trace(counts))),
            )
        ]
        if len(labels)
        else []
    )
    if len(mine) > 1:
        own = [sound_name(n, lang) for n in mine]
        tables.append(
            html_table(
                ["", *own],
                [(n, *map(int, r)) for n, r in zip(own, leave_one_out(mine), strict=True)],
                say(lang, "siamese.sound.own"),
            )
        )
    return "".join(tables)


def sound_name(label: str, lang: str) -> str:
    """A label as the page writes it."""
    return say(lang, f"siamese.label.{label}") if f"siamese.label.{label}" in WORDS else label


def plain(name: str) -> str:
    """A visitor's or a file's name inside Markdown: as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|<>~$&" else c for c in name)


def index_of(adapter: Any, files: Sequence[str]) -> dict[str, tuple]:
    """Recordings for the index: name -> (path, embeddings of windows, pairs of peaks)."""
    return {Path(f).stem[:LONGEST_NAME]: (f, adapter.enroll(f), adapter.enroll_peaks(f)) for f in files}


def given_clip(path: str | None) -> str:
    """A clip's path, which must be there."""
    if not path:
        raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
    return path


def paths_of(what: tuple) -> list[str]:
    """The files that were given."""
    kind, clips = what
    return [str(HERE / f"{c}.ogg") for c in clips] if kind == "example" else [c for c in clips if isinstance(c, str)]


def spectrum_picture(level: np.ndarray, peaks: np.ndarray) -> Image.Image:
    """A spectrogram (F, 513) with its peaks marked, low tones at the bottom; of a long one the beginning."""
    level, peaks = level[:400], peaks[peaks[:, 0] < 400]
    low, high = np.quantile(level, 0.2), level.max()
    grey = np.round(200 * ((level.T[::-1] - low) / max(high - low, 1e-6)).clip(0, 1)).astype(np.uint8)
    drawn = Image.fromarray(grey).convert("RGB").resize((600, 300))
    pen = ImageDraw.Draw(drawn)
    for t, f in peaks:
        x, y = t / len(level) * 600, 300 - f / level.shape[1] * 300
        pen.ellipse((x - 4, y - 4, x + 4, y + 4), outline=(230, 159, 0), width=2)
    return drawn


def wave_picture(paths: Sequence[Path]) -> Image.Image:
    """The waves of a few clips, one below the other."""
    import soundfile

    drawn = Image.new("RGB", (200, 100), (245, 247, 250))
    pen, height = ImageDraw.Draw(drawn), 100 // len(paths)
    for i, path in enumerate(paths):
        samples, _ = soundfile.read(path)
        pieces = np.array_split(np.abs(samples), 90)
        for x, piece in enumerate(pieces):
            half = max(1, piece.max() * height * 0.45)
            pen.line(
                (10 + 2 * x, (i + 0.5) * height - half, 10 + 2 * x, (i + 0.5) * height + half),
                fill=(0, 114, 178) if i == 0 else (0, 130, 95),
            )
    return drawn


def example_row(lang: str, current: str) -> dict:
    """The examples as waves to choose."""
    items = []
    for which, (name, clips) in EXAMPLES.items():
        caption = (
            say(lang, f"siamese.example.{which}") if name == SPEAKER else sound_name(which.replace("-", " "), lang)
        )
        items.append(
            picture(
                which, wave_picture([HERE / f"{c}.ogg" for c in clips]), caption, say(lang, "siamese.example.alt"), 100
            )
        )
    return row(say(lang, "examples"), items, chosen=current, choosable=True)


def snippet_text(state: dict) -> str:
    """Python that repeats the result on show."""
    kind, clips = state["given"]
    files = [
        f'"demos/examples/siamese/{c}.ogg"' if kind == "example" else f'"your-clip-{i + 1}.wav"'
        for i, c in enumerate(c for c in clips if isinstance(c, str))
    ]
    lines = ["import lmdemo", ""]
    for one in state["answers"]:
        option = "" if one == "scratch" else f', source="{one}"'
        if state["model"] == SOUND:
            lines += [f'result = lmdemo.load("{SOUND}")({files[0]})', "print(result.label, result.score)"]
        else:
            lines += [
                f'result = lmdemo.load("{SPEAKER}"{option})(({", ".join(files)}))',
                "print(result.score, result.same, result.warnings)",
            ]
    return "\n".join(lines)

"""Several people: enrolment, the movable threshold, the plane, and whose voice a clip is."""

from typing import NamedTuple

import gradio as gr

import lmdemo
from demos.core.tab import Part, Update
from demos.tabs.audio.siamese import looks
from demos.tabs.audio.siamese.functions import LONGEST_NAME, SPEAKER
from demos.views.threshold import MOST, Threshold, threshold
from lmdemo.errors import InputError


class Enrolled(NamedTuple):
    """One clip of a person."""

    name: str
    clip: str
    path: str


class People(Part):
    """Who is enrolled, and who is near whom."""

    def lay_out(self) -> None:
        self.text(gr.Markdown(), value="siamese.many.help")
        self.enrolled = gr.State([])
        with gr.Row():
            with gr.Column():
                self.name_of = self.text(gr.Textbox(max_length=LONGEST_NAME), label="siamese.many.name")
                self.add = self.text(gr.Button(variant="primary"), value="siamese.many.add")
            self.files = self.text(
                gr.File(file_count="multiple", type="filepath", height=140), label="siamese.many.files"
            )
            self.record = self.tab.clip("siamese.many.record", "siamese-enrol")
        with gr.Row():
            self.take = self.text(gr.Button(size="sm"), value="siamese.many.example")
            self.clear = self.text(gr.Button(size="sm"), value="siamese.many.clear")
        self.told = gr.Markdown(elem_classes="lm-status")
        self.translate(self.told, lambda lang: {"value": self.say(lang, "siamese.many.nobody")})
        self.levels = Threshold(elem_id="siamese-levels")
        self.who = self.tab.clip("siamese.many.who", "siamese-who")
        self.whose = gr.Markdown(elem_classes="lm-status")

    def connect(self) -> None:
        shown, asked = [self.told, self.levels], {"enrolled": self.enrolled, "source": self.tab.source}
        self.when(
            self.add.click,
            self.enrol,
            [self.enrolled, *shown, self.files, self.record],
            asked | {"name": self.name_of, "files": self.files, "record": self.record},
            show_progress="minimal",
        )
        self.when(
            self.take.click, self.voices, [self.enrolled, *shown], {"source": self.tab.source}, show_progress="minimal"
        )
        self.when(
            self.clear.click,
            lambda lang: {self.enrolled: [], self.whose: ""} | self.show(enrolled=[], source="scratch", lang=lang),
            [self.enrolled, *shown, self.whose],
        )
        self.when(self.tab.source.input, self.show, shown, asked, show_progress="minimal")
        self.when(self.who.input, self.ask, [self.whose], asked | {"clip": self.who}, show_progress="minimal")
        self.reword(self.show, shown, asked)

    def enrol(
        self, *, enrolled: list[Enrolled], name: str, files: list | None, record: str, source: str, lang: str
    ) -> Update:
        clips, name = [*(files or []), *([record] if record else [])], (name or "").strip()
        if not name or len(name) > LONGEST_NAME:
            raise InputError(
                "name_missing", expected=f"1 - {LONGEST_NAME}", got=str(len(name)), hint="Write a name first."
            )
        if not clips:
            raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
        if len(enrolled) + len(clips) > MOST:
            raise InputError(
                "clips_many",
                expected=f"<= {MOST}",
                got=str(len(enrolled) + len(clips)),
                hint="Enrol fewer clips, or forget all and begin again.",
            )
        lmdemo.load(SPEAKER).embed_many(clips)  # whatever is wrong with a clip is said before it is enrolled
        before = sum(e.name == name for e in enrolled)
        enrolled = enrolled + [
            Enrolled(name, self.say(lang, "siamese.clip", n=before + i + 1), c) for i, c in enumerate(clips)
        ]
        return {self.enrolled: enrolled, self.files: None, self.record: None} | self.show(
            enrolled=enrolled, source=source, lang=lang
        )

    def voices(self, *, source: str, lang: str) -> Update:
        enrolled = [
            Enrolled(
                self.say(lang, "siamese.voice", n=v + 1),
                self.say(lang, "siamese.clip", n=k + 1),
                looks.path(f"voice-{v}-{k}"),
            )
            for v in range(4)
            for k in range(3)
        ]
        return {self.enrolled: enrolled} | self.show(enrolled=enrolled, source=source, lang=lang)

    def show(self, *, enrolled: list[Enrolled], source: str, lang: str) -> Update:
        if not enrolled:
            return {self.told: self.say(lang, "siamese.many.nobody"), self.levels: {}}
        from lmdemo.adapters.speaker_verification import plane

        adapter = self.open(source)
        e = adapter.embed_many([p.path for p in enrolled])
        names = ", ".join(f"**{looks.plain(n)}**" for n in dict.fromkeys(p.name for p in enrolled))
        return {
            self.told: self.say(lang, "siamese.many.status", n=len(enrolled), people=names),
            self.levels: threshold(
                [p.name for p in enrolled],
                [p.clip for p in enrolled],
                e @ e.T,
                plane(e),
                adapter.threshold,
                self.phrases("siamese.levels", lang),
            ),
        }

    def ask(self, *, enrolled: list[Enrolled], clip: str, source: str, lang: str) -> Update:
        if not clip:
            return {self.whose: ""}
        adapter = self.open(source)
        known = {
            n: adapter.enroll([p.path for p in enrolled if p.name == n])
            for n in dict.fromkeys(p.name for p in enrolled)
        }
        nearest = adapter.find(clip, known, top=3)
        listed = ", ".join(f"{looks.plain(m.name)} {m.score:.3f}" for m in nearest)
        if nearest[0].score >= adapter.threshold:
            return {self.whose: self.say(lang, "siamese.many.found", list=listed)}
        return {self.whose: self.say(lang, "siamese.many.below", list=listed, threshold=adapter.threshold)}

    @staticmethod
    def open(source: str):
        return lmdemo.load(SPEAKER, source="hub" if source == "hub" else "scratch")

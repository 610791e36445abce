"""Several people: enrolment, who is near whom, a threshold of one's own, and whose voice a clip is."""

from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.core.tab import Part, Update
from demos.tabs.audio.siamese import enrolled, looks
from demos.tabs.audio.siamese.enrolled import MOST, NEAREST, VOICES, Asked, Enrolled, Known
from demos.tabs.audio.siamese.functions import LONGEST_NAME, SPEAKER
from demos.views.matrix import Matrix
from demos.views.plane import Plane
from demos.views.threshold import Threshold
from lmdemo.errors import InputError


class People(Part):
    """Who is enrolled, and who is near whom."""

    def lay_out(self) -> None:
        self.known, self.asked = gr.State(None), gr.State(None)
        with self.step("people", wide=True) as self.opened:
            self.told_who = gr.Markdown(elem_id="siamese-people")
            with gr.Row():
                with gr.Column(min_width=280):
                    self.matrix = Matrix(elem_id="siamese-matrix")
                    self.who = self.tab.clip("siamese.many.who", "siamese-who")
                    self.whose = gr.Markdown(elem_id="siamese-whose")
                with gr.Column(min_width=280):
                    self.plane = Plane(elem_id="siamese-plane")
                    self.levels = Threshold(elem_id="siamese-levels")
            with self.fold("siamese.many.fold"):
                self.lay_out_enrolment()
        self.shown = [self.told_who, self.matrix, self.plane, self.levels, self.whose, self.guesses["people"]]

    def lay_out_enrolment(self) -> None:
        """Where people are enrolled."""
        with gr.Row():
            with gr.Column(min_width=240):
                self.name_of = self.text(gr.Textbox(max_length=LONGEST_NAME), label="siamese.many.name")
                self.record = self.tab.clip("siamese.many.record", "siamese-enrol")
            with gr.Column(min_width=240):
                files = gr.File(file_count="multiple", type="filepath", height=120)
                self.files = self.text(files, label="siamese.many.files")
                self.add = self.text(gr.Button(size="sm", variant="primary"), value="siamese.many.add")
                with gr.Row():
                    self.take = self.text(gr.Button(size="sm", min_width=120), value="siamese.many.example")
                    self.clear = self.text(gr.Button(size="sm", min_width=120), value="siamese.many.clear")

    def connect(self) -> None:
        changed, state = [self.known, self.asked, *self.shown], {"known": self.known}
        source, limit = {"source": self.tab.source}, {"threshold": self.tab.threshold}
        quick: dict[str, Any] = {"show_progress": "minimal", "show_progress_on": self.told_who}
        given = state | source | limit | {"name": self.name_of, "files": self.files, "record": self.record}
        self.when(self.add.click, self.enrol, [*changed, self.files, self.record], given, **quick)
        self.when(self.take.click, self.voices, changed, source | limit, **quick)
        self.when(self.opened.select, self.begin_with, changed, state | source | limit, **quick)
        self.when(self.clear.click, lambda lang: {self.known: (), self.asked: None} | self.nobody(lang), changed)
        self.when(self.tab.source.input, self.other_network, changed, state | source | limit, **quick)
        self.when(
            self.who.input, self.ask, [self.asked, *self.shown], state | source | limit | {"clip": self.who}, **quick
        )
        self.reword(self.show, self.shown, state | limit | {"asked": self.asked})

    # -- who is enrolled -----------------------------------------------------------------------------------------------------

    def begin_with(self, *, known: Any, source: str, threshold: float | None, lang: str) -> Update:
        """The synthetic voices, until a visitor enrols somebody or sends them away."""
        return self.voices(source=source, threshold=threshold, lang=lang) if known is None else {}

    def voices(self, *, source: str, threshold: float | None, lang: str) -> Update:
        """The synthetic voices."""
        return self.take_in(VOICES, source, threshold, lang)

    def enrol(
        self, *, known: Any, name: str, files: list | None, record: str, source: str, threshold: float | None, lang: str
    ) -> Update:
        """A person's clips, who takes the place of the synthetic ones."""
        clips, name = [*(files or []), *([record] if record else [])], (name or "").strip()
        before = tuple(c for c in (known.clips if known else ()) if not c.synthetic)
        if not name or len(name) > LONGEST_NAME:
            got = str(len(name))
            raise InputError("name_missing", expected=f"1 - {LONGEST_NAME}", got=got, hint="Write a name first.")
        if not clips:
            raise InputError("clips_missing", expected=">= 1", got="0", hint="Record at least one clip.")
        if (n := len(before) + len(clips)) > MOST:
            hint = "Enrol fewer clips, or forget all and begin again."
            raise InputError("clips_many", expected=f"<= {MOST}", got=str(n), hint=hint)
        first = sum(c.name == name for c in before) + 1
        more = tuple(Enrolled(name, first + i, c) for i, c in enumerate(clips))
        return {self.files: None, self.record: None} | self.take_in(before + more, source, threshold, lang)

    def take_in(self, clips: tuple[Enrolled, ...], source: str, threshold: float | None, lang: str) -> Update:
        """Other clips: their embeddings, and all that is shown of them."""
        adapter = self.open_network(source)
        known = Known(clips, adapter.embed_many([c.path for c in clips]), adapter.threshold)
        made = self.show(known=known, asked=None, threshold=threshold, lang=lang)
        return {self.known: known, self.asked: None} | made

    def other_network(self, *, known: Any, source: str, threshold: float | None, lang: str) -> Update:
        """The same clips through another network, whose threshold is its own."""
        return self.take_in(known.clips, source, None, lang) if known else {}

    def ask(self, *, known: Any, clip: str, source: str, threshold: float | None, lang: str) -> Update:
        """Whose voice a clip is."""
        if not clip:
            return {}
        if not known:
            raise InputError("nobody_enrolled", expected=">= 1", got="0", hint="Enrol someone first.")
        embedding = self.open_network(source).embed(clip)
        best = {}
        for name in dict.fromkeys(c.name for c in known.clips):
            mean = known.embeddings[[c.name == name for c in known.clips]].mean(0)
            best[name] = float(mean @ embedding / np.linalg.norm(mean))
        first = {c.name: c for c in reversed(known.clips)}
        nearest = tuple((first[n], best[n]) for n in sorted(best, key=lambda n: -best[n])[:NEAREST])
        asked = Asked(clip, embedding, nearest)
        return {self.asked: asked} | self.show(known=known, asked=asked, threshold=threshold, lang=lang)

    @staticmethod
    def open_network(source: str) -> Any:
        """The network of a source; of both, ours."""
        return lmdemo.load(SPEAKER, source="hub" if source == "hub" else "scratch")

    # -- shown ---------------------------------------------------------------------------------------------------------------

    def nobody(self, lang: str) -> Update:
        """Nobody is enrolled."""
        return {c: {} for c in self.shown} | {self.told_who: self.say(lang, "siamese.many.nobody"), self.whose: ""}

    def show(self, *, known: Any, asked: Asked | None, threshold: float | None, lang: str) -> Update:
        """Who is enrolled, and how near each clip is to each."""
        if known is None:
            return {}
        if not known:
            return self.nobody(lang)
        people = [enrolled.person(self.say, c, lang) for c in known.clips]
        listed = ", ".join(f"**{looks.plain(n)}**" for n in dict.fromkeys(people))
        question = enrolled.question(self, known, people, lang)
        limit = known.threshold if threshold is None else threshold
        return {
            self.told_who: self.say(lang, "siamese.many.status", n=len(people), people=listed),
            self.whose: enrolled.whose_voice(self.say, asked, limit, lang),
            self.plane: enrolled.on_plane(self, known, asked, people, lang),
            self.matrix: enrolled.similarities(self, known, limit, people, lang),
            self.levels: enrolled.scores(self, known, limit, people, lang),
            self.guesses["people"]: {},
        } | (self.guess("people", lang, *question) if question else {})

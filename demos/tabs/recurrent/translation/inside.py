"""How a translation came about: where the network looked, and the beginnings that its beam kept."""

import gradio as gr

import lmdemo
from demos.core.tab import Part, Update
from demos.tabs.recurrent.translation import looks
from demos.tabs.recurrent.translation.functions import tree
from demos.tabs.recurrent.translation.looks import Found
from demos.views.alignment import Alignment
from demos.views.beam import Beam


class Inside(Part):
    """The alignment, one cell of it written out, and the tree of the search."""

    def lay_out(self) -> None:
        self.empty = self.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as self.column:
            self.text(gr.Markdown(), value="inside.alignment")
            self.ours = Alignment(elem_id="translation-alignment")
            self.looked = gr.HTML(elem_classes="lm-table", elem_id="translation-look")
            self.theirs = Alignment(elem_id="translation-alignment-hub")
            with gr.Column() as self.searched:
                self.text(gr.Markdown(), value="inside.beam")
                self.search = Beam(elem_id="translation-beam")
        views = [self.ours, self.looked, self.theirs, self.searched, self.search]
        self.outputs = [self.empty, self.column, *views]

    def connect(self) -> None:
        self.when(self.ours.pick, self.pick, [self.looked], {"found": self.tab.found})

    def show(self, found: Found | None, lang: str) -> Update:
        """The views of what was found."""
        there = {a.source: a for a in found.there} if found else {}
        own, words = there.get("scratch"), self.phrases("view.alignment", lang)
        made = {s: looks.matrix(self.say, a, words, s == "scratch" and found.attend, lang) for s, a in there.items()}
        searched = tree(own.result.trace, self.say(lang, "beam.title"), self.phrases("view.beam", lang)) if own else {}
        return {
            self.empty: gr.update(visible=not there),
            self.column: gr.update(visible=bool(there)),
            self.ours: made.get("scratch", {}),
            self.looked: "",
            self.theirs: made.get("hub", {}),
            self.searched: gr.update(visible=own is not None),
            self.search: searched,
        }

    def pick(self, event: gr.EventData, *, found: Found | None, lang: str) -> Update:
        """A cell of our network's alignment, written out."""
        own = found.own if found else None
        if own is None:
            return {}
        step, place = int(event.step), int(event.place)
        look = lmdemo.load(found.model).take_apart(found.text, step, place, num_beams=found.beams)
        target, source = own.result.target_tokens[step], own.result.source_tokens[place]
        return {self.looked: looks.look_table(self.say, look, target, source, place, lang)}

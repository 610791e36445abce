"""What is inside: tokens, embeddings, the network without one of its parts, the column of blocks."""

import gradio as gr

from demos.core.tab import Part, Update
from demos.tabs.transformers.gpt import looks
from demos.tabs.transformers.gpt.reading import Found
from demos.tabs.transformers.parts import Blocks, Switch, embedding_pictures
from demos.views.next_tokens import NextTokens
from demos.views.pictures import Pictures
from demos.views.pieces import Pieces, pieces
from demos.views.shaded import Shaded


class Inside(Part):
    """The way from a text to the next token."""

    def lay_out(self) -> None:
        self.empty = self.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as self.column:
            self.text(gr.Markdown(), value="tokens.title")
            self.cut = Pieces(elem_id="gpt-pieces")
            self.hub_only = self.text(gr.Markdown(elem_classes="lm-muted", visible=False), value="look.hub")
            with gr.Column() as self.own:
                self.text(gr.Markdown(), value="embed.title")
                self.embedded = Pictures(elem_id="gpt-embeddings")
                self.text(gr.Markdown(), value="switch.title")
                self.switch = Switch(self.tab)
                self.off_text = gr.Markdown(elem_id="gpt-off-text")
                self.off_written, self.off_bars = Shaded(elem_id="gpt-off-written"), NextTokens()
                self.stack = Blocks(self.tab)
        self.outputs = [self.empty, self.column, self.cut, self.hub_only, self.own, self.embedded, self.switch.head]
        self.outputs += [self.off_text, self.off_written, self.off_bars, self.stack.before, self.stack.column]

    def show(self, found: Found | None, place: tuple[int, int], lang: str) -> Update:
        """The tokens, and of our network everything else."""
        read = found.inside if found and not found.wrong else None
        shown = {self.empty: gr.update(visible=read is None), self.column: gr.update(visible=read is not None)}
        if found is None or read is None:
            return shown
        words, note = self.phrases("pieces", lang), self.say(lang, "tokens.note")
        shown |= {
            self.cut: pieces(self.say(lang, "tokens.picture"), read.cut, words, note=note),
            self.hub_only: gr.update(visible=not read.trace),
            self.own: gr.update(visible=bool(read.trace)),
        }
        if not read.trace:
            return shown
        sentence, texts, bars = looks.without_part(self.tab, read, found.off, lang)
        return (
            shown
            | self.switch.show(read.trace, found.off, lang)
            | {
                self.embedded: embedding_pictures(read.trace, self.say, lang),
                self.off_text: sentence,
                self.off_written: texts,
                self.off_bars: bars,
                self.stack.before: self.say(lang, "blocks.start", words=looks.told(read.lens[0])),
                self.stack.column: looks.blocks(self.tab, read, place, lang),
            }
        )

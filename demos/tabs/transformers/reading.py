"""What the pages of Encoder and BERT do alike: a text is answered while it is typed, and the answer is looked into."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import gradio as gr

from demos.core import url
from demos.core.cards import beside_baselines
from demos.core.tab import Answer, Tab, Update, calling
from demos.core.words import say_error
from demos.tabs.transformers.found import Found, Inside, light, snippet
from demos.tabs.transformers.parts import Blocks, Switch, blocks, embedding_pictures, part_name
from demos.views.bars import Bars
from demos.views.chips import Chips, chips
from demos.views.pictures import Pictures
from demos.views.pieces import Pieces
from lmdemo.errors import InputError, LmdemoError


class Reading(Tab):
    """A text, its answer, and the way to it.

    Attributes:
        ours: The sources whose network is ours, so that parts of it can be switched off.
        unit: What is counted: ``words`` or ``pieces``.
        texts: The examples of each model.
        printed: What of a result the snippet prints.
        more: What the member itself shows of an answer.
    """

    ours: ClassVar[tuple[str, ...]]
    unit: ClassVar[str]
    texts: ClassVar[Mapping[str, Sequence[str]]]
    printed: ClassVar[str]
    more: Sequence[Any] = ()
    # What a member lays out itself: who is asked, the part that shows the inside, its piece that is our network's only, ...
    model: Any
    source: gr.Radio
    empty: gr.Markdown
    inside: gr.Column
    own: gr.Column
    snippet: gr.Code

    # -- laid out ----------------------------------------------------------------------------------------------------------

    def lay_out_text(self, lines: int, longest: int) -> None:
        """Examples, and the box to type in."""
        self.found = gr.State(None)
        self.cleared: Update = {}  # what belongs to an answer and goes with it
        self.examples = Chips(elem_id=f"{self.name}-examples")
        self.given = gr.Textbox(lines=lines, max_lines=longest, elem_id=f"{self.name}-text")
        self.text(self.given, label="text.label", info="text.info")
        self.keep("text", self.given, url.text(), "")

    def lay_out_result(self, bars: str | None = None) -> None:
        """The answers, and how good they are beside simple methods; ``bars`` is the elem_id of the bars."""
        self.status = gr.Markdown(elem_classes="lm-status")
        self.translate(self.status, lambda lang: {"value": self.say(lang, "nothing_yet")})
        self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
        self.bars, self.card = Bars(elem_id=bars), gr.HTML()
        self.said = self.text(gr.Markdown(elem_classes="lm-muted", visible=False), value="hub.said")
        self.figures = gr.HTML(elem_classes="lm-table")
        for component, value in self.of_model(model=next(iter(self.texts)), lang="en").items():
            component.value = value

    def lay_out_pieces(self) -> None:
        """The text as tokens."""
        self.text(gr.Markdown(), value="tokens.title")
        self.cut = Pieces(elem_id=f"{self.name}-pieces")

    def lay_out_parts(self) -> None:
        """The first state, and what can be switched off."""
        self.text(gr.Markdown(), value="embed.title")
        self.embedded = Pictures(elem_id=f"{self.name}-embeddings")
        self.text(gr.Markdown(), value="switch.title")
        self.switch = Switch(self)
        self.off_text, self.off_bars = gr.Markdown(elem_id=f"{self.name}-off-text"), Bars()

    def lay_out_blocks(self) -> None:
        """The column of blocks."""
        self.stack = Blocks(self)

    def connect(self) -> None:
        self.shown = [self.status, self.bars, self.card, self.said, self.empty, self.inside, self.own, self.cut]
        self.shown += [self.embedded, self.switch.head, self.off_text, self.off_bars]
        self.shown += [self.stack.before, self.stack.column, self.snippet, *self.more]
        asked = {"text": self.given, "model": self.model, "source": self.source}
        self.asked = asked | self.switch.inputs | {"place": self.stack.place}
        self.answered = [self.found, self.stop, *self.shown, *self.cleared]
        self.slow = {"concurrency_id": self.name}  # a limit for all of them together
        live = {"trigger_mode": "always_last", **self.slow}
        options = [self.source.input, self.switch.off.input, self.switch.head.input]
        self.running = [
            self.when(self.given.input, self.typed, self.answered, self.asked, **live),
            self.when(options, self.answer, self.answered, self.asked, **live),
            self.when(
                self.examples.choose,
                self.choose,
                [self.given, *self.answered],
                self.asked,
                trigger_mode="multiple",
                **self.slow,
            ),
        ]
        self.reword(self.of_model, [self.examples, self.figures], {"model": self.model})
        self.reword(self.show, self.shown, {"found": self.found, "place": self.stack.place})

    # -- what is given -----------------------------------------------------------------------------------------------------

    def typed(self, *, text: str, lang: str, **asked: Any) -> Iterator[Update]:
        """A text that was typed, or filled in."""
        yield from self.answer(text=text, lang=lang, **asked)

    def choose(self, event: gr.EventData, *, text: str, model: str, lang: str, **asked: Any) -> Iterator[Update]:
        """An example that was clicked."""
        text = self.known(event.text, self.texts[model])
        yield {self.given: text}
        yield from self.typed(text=text, model=model, lang=lang, **asked)

    def of_model(self, *, model: str, lang: str) -> Update:
        """Texts in a model's language, and how good it is."""
        examples = chips(self.say(lang, "examples"), self.texts[model])
        return {self.examples: examples, self.figures: beside_baselines(model, self.say, lang)}

    # -- asked, and shown ----------------------------------------------------------------------------------------------------

    def answer(
        self, *, text: str, model: str, source: str, off: str, head: str, place: tuple[int, int], lang: str
    ) -> Iterator[Update]:
        """Asks the networks; what is wrong with the text is said where the answer would stand."""
        found = None
        if (text or "").strip():
            asked = Found(model, text, source, off, str(head))

            def inside(adapter: Any) -> Inside | None:
                return self.look_into(adapter, asked)

            try:
                answers = yield from self.ask(
                    model, source, calling(text, trace=True), lang, status=self.status, stop=self.stop, extra=inside
                )
                found = replace(asked, answers=tuple(map(light, answers)))
            except InputError as error:
                found = replace(asked, wrong=error.with_traceback(None))
        shown = self.show(found=found, place=place, lang=lang)
        yield {self.found: found, self.stop: gr.update(visible=False)} | self.cleared | shown

    def show(self, *, found: Found | None, place: tuple[int, int], lang: str) -> Update:
        """What was found, in words and views; nothing is computed anew."""
        there, answers = (found.there, found.answers) if found else ([], ())
        shown: Update = {
            self.bars: {"groups": [g for a in there for g in self.groups(a, lang)][:24]} if there else {},
            self.card: self.cards(answers, lang) if answers else "",
            self.said: gr.update(visible=any(a.source != "scratch" for a in answers)),
            self.empty: gr.update(visible=not there),
            self.inside: gr.update(visible=bool(there)),
        }
        if found is None:
            return shown | {self.status: self.say(lang, "nothing_yet")}
        if found.wrong:
            return shown | {self.status: self.what_is_wrong(found.wrong, lang)}
        if not there:
            return shown | {self.status: self.say(lang, "no_answer")}
        sentences = [self.sentence(a, lang) for a in there]
        sentences += self.remarks(there[0], lang) if there[0].extra else []
        return shown | {self.status: "  \n".join(sentences)} | self.look(found, there[0], place, lang)

    def look(self, found: Found, answer: Answer, place: tuple[int, int], lang: str) -> Update:
        """The way to an answer; the hub's library does not hand out all of it."""
        ours, trace = answer.source in self.ours, answer.result.trace
        shown = {
            self.own: gr.update(visible=ours),
            self.stack.column: self.blocks(found, place, lang),
            self.snippet: snippet(found, self.ours, self.printed),
        }
        if not ours:
            hub = self.say(lang, "blocks.hub")
            return shown | {self.embedded: {}, self.off_text: "", self.off_bars: {}, self.stack.before: hub}
        changed, groups = self.say(lang, "switch.none"), {}
        if answer.extra.without:
            part = part_name(found.off, answer.extra.head, self.say, lang)
            values, made = self.changed(answer, part, lang)
            hint = self.say(lang, f"switch.hint.{found.off}")
            changed, groups = f"{self.say(lang, 'switch.changed', part=part, **values)} {hint}", {"groups": made}
        return (
            shown
            | self.switch.show(trace, found.off, lang)
            | {
                self.embedded: embedding_pictures(trace, self.say, lang),
                self.off_text: changed,
                self.off_bars: groups,
                self.stack.before: self.say(lang, "blocks.start", **self.early(answer, 0, lang)),
            }
        )

    def blocks(self, found: Found, place: tuple[int, int], lang: str) -> Update:
        """The column of blocks; beside each, what the network would already answer."""
        if not found.there:
            return {}
        answer = found.there[0]
        layers = range(1, len(answer.result.trace.get("layer_scores", ())))
        notes = [self.say(lang, "blocks.note", **self.early(answer, n, lang)) for n in layers]
        return blocks(answer.result.trace, self.phrases("attention", lang), place, notes)

    def remarks(self, answer: Answer, lang: str) -> list[str]:
        """What was cut off."""
        inside: Inside = answer.extra
        if inside.count <= inside.kept:
            return []
        what = self.say(lang, f"what.{self.unit}")
        return [self.say(lang, "kept", kept=inside.kept, count=inside.count, what=what)]

    # -- what a member says itself -------------------------------------------------------------------------------------------

    def look_into(self, adapter: Any, found: Found) -> Inside | None:
        """What the page needs of a network beside its answer."""
        raise NotImplementedError

    def sentence(self, answer: Answer, lang: str) -> str:
        """An answer in words."""
        raise NotImplementedError

    def groups(self, answer: Answer, lang: str) -> list[dict]:
        """An answer as groups of bars."""
        raise NotImplementedError

    def early(self, answer: Answer, layer: int, lang: str) -> dict[str, Any]:
        """Values of the phrases ``blocks.note`` and ``blocks.start``: what a layer (0: the embeddings) would answer."""
        raise NotImplementedError

    def changed(self, answer: Answer, part: str, lang: str) -> tuple[dict[str, Any], list[dict]]:
        """Values of the phrase ``switch.changed``, and both answers as groups of bars."""
        raise NotImplementedError

    def what_is_wrong(self, error: LmdemoError, lang: str) -> str:
        """Why a text is not answered."""
        return say_error(error, lang)

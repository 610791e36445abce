"""What the pages of Encoder and BERT do alike: a text is answered while it is typed, and the answer is looked into."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from demos.core.tab import Answer, Update, calling
from demos.core.words import say_error
from demos.tabs.transformers.found import Found, Inside, light, snippet
from demos.tabs.transformers.layout import Layout
from demos.tabs.transformers.looking import Place, place_of
from demos.tabs.transformers.parts import SHOWN, blocks, part_name
from demos.views.addition import addition
from demos.views.arcs import arcs
from lmdemo.errors import InputError, LmdemoError


class Reading(Layout):
    """A text, its answer, and the way to it."""

    def connect(self) -> None:
        self.asking = [question for step, question in self.guesses.items() if step not in self.apart]
        looked = [self.looking.view, self.column.before, self.column.view, *self.asking]
        self.shown = [self.status, self.more, self.bars, self.facts, self.cut, self.embedded, *looked, *self.foreign]
        self.shown += [self.switch.head, self.off_text, self.off_bars, self.snippet, *self.others()]
        places = {"look": self.looking.place, "place": self.column.place}
        asked = {"text": self.box, "model": self.model, "source": self.source}
        self.asked = asked | self.switch.inputs | places | self.options()
        self.outputs = [self.found, self.stop, *self.shown]
        self.slow = {"concurrency_id": self.name, "trigger_mode": "always_last"}  # a limit for all of them together
        options = [self.box.input, self.source.input, self.switch.off.input, self.switch.head.input]
        chosen = [self.box, *self.outputs, *self.options().values()]
        self.running = [
            self.when(options, self.answer, self.outputs, self.asked, **self.slow),
            self.when(self.examples.choose, self.choose, chosen, self.asked, **self.slow),
        ]
        self.reword(self.of_model, [self.examples], {"model": self.model})
        self.reword(self.show, self.shown, {"found": self.found, **places})

    def options(self) -> dict[str, Any]:
        """What a member's answer depends on beside the text, by name."""
        return {}

    def others(self) -> list[Any]:
        """What a member itself shows of an answer."""
        return []

    # -- what is given -----------------------------------------------------------------------------------------------------

    def choose(self, event: gr.EventData, *, text: str, model: str, lang: str, **asked: Any) -> Iterator[Update]:
        """An example that was clicked."""
        text, fresh = self.known(event.text, self.texts[model]), {name: c.value for name, c in self.options().items()}
        yield {self.box: text} | {c: c.value for c in self.options().values()}
        yield from self.answer(text=text, model=model, lang=lang, **asked | fresh)

    # -- asked, and shown ----------------------------------------------------------------------------------------------------

    def answer(
        self, *, text: str, model: str, source: str, off: str, head: str, look: str, place: str, lang: str, **more: Any
    ) -> Iterator[Update]:
        """Asks the networks; what is wrong with the text is said where the answer would stand."""
        found = None
        if (text or "").strip():
            asked = self.wanted(Found(model, text, source, off, str(head)), **more)

            def inside(adapter: Any) -> Inside | None:
                return self.look_into(adapter, asked)

            try:
                what = calling(asked.text, trace=True)
                answers = yield from self.ask(
                    model, source, what, lang, status=self.status, stop=self.stop, extra=inside
                )
                found = replace(asked, answers=tuple(map(light, answers)))
            except InputError as error:
                found = replace(asked, wrong=error.with_traceback(None))
        shown = self.show(found=found, look=look, place=place, lang=lang)
        yield {self.found: found, self.stop: gr.update(visible=False)} | shown

    def wanted(self, found: Found, **more: Any) -> Found:
        """What is asked; a member's options may change it."""
        return found

    def show(self, *, found: Found | None, look: str, place: str, lang: str) -> Update:
        """What was found, in words and views; nothing is computed anew."""
        there, answers = (found.there, found.answers) if found else ([], ())
        shown: Update = {c: {} for c in (self.looking.view, self.column.view, *self.asking)}
        shown |= {self.cut: {}, self.embedded: {}, self.off_text: "", self.off_bars: {}, self.column.before: ""}
        shown |= {self.bars: {}, self.facts: "", self.more: ""} | self.nothing(found, lang)
        ours = bool(there) and there[0].source in self.ours
        why = self.say(lang, "look.hub" if there else "look_nothing")
        shown |= {c: gr.update(value=why, visible=not ours) for c in self.foreign}
        if found is None:
            return shown | {self.status: self.say(lang, "nothing_yet")}
        shown[self.facts] = self.told(answers, found.model, lang)
        if found.wrong:
            return shown | {self.status: self.what_is_wrong(found.wrong, lang)}
        if not there:
            return shown | {self.status: self.say(lang, "no_answer")}
        alone = len(there) == 1
        remarks = self.remarks(found, there[0], lang) if there[0].extra else []
        remarks += [self.say(lang, "hub.said")] if any(a.source != "scratch" for a in there) else []
        shown |= {
            self.status: "  \n".join(self.sentence(a, lang, alone=alone) for a in there),
            self.more: "\n\n".join(remarks),
            self.bars: {"groups": [g for a in there for g in self.groups(a, lang, alone=alone)][:24]},
            self.snippet: snippet(found, self.ours, self.printed),
        }
        shown |= self.attention(found, there[0], look, place, lang)
        return shown | (self.inner(found, there[0], lang) if ours else {})

    def attention(self, found: Found, answer: Answer, look: str, place: str, lang: str) -> Update:
        """Who looks at whom; the hub's library hands that out, too."""
        (block, head), trace = place_of(look), answer.result.trace
        words = self.phrases("arcs", lang)
        before = self.say(lang, "blocks.hub")
        if answer.source in self.ours:
            before = self.say(lang, "blocks.start", **self.early(answer, 0, lang))
        return {
            self.looking.view: arcs(trace, words, colour=self.colour, block=block, head=head),
            self.column.view: self.blocks(found, place_of(place), lang),
            self.column.before: before,
        }

    def inner(self, found: Found, answer: Answer, lang: str) -> Update:
        """What our own network tells of its answer."""
        trace, extra = answer.result.trace, answer.extra
        parts = {"embeddings": trace["embeddings"], "positions": trace["positions"], "sum": trace["hidden_states"][0]}
        maps = [(self.say(lang, f"embed.{key}"), values) for key, values in parts.items()]
        shown: Update = {
            self.embedded: addition(trace["tokens"][:SHOWN].tolist(), maps, self.phrases("addition", lang)),
            self.off_text: self.say(lang, "switch.none"),
        }
        if extra.without:
            part = part_name(found.off, extra.head, self.say, lang)
            values, made = self.changed(answer, part, lang)
            hint = self.say(lang, f"switch.hint.{found.off}")
            shown[self.off_text] = f"{self.say(lang, 'switch.changed', part=part, **values)} {hint}"
            shown[self.off_bars] = {"groups": made}
        return shown | self.switch.show(trace, found.off, lang) | self.look(found, answer, lang)

    def blocks(self, found: Found, place: Place, lang: str) -> Update:
        """The column of blocks; beside each, what the network would already answer."""
        if not found.there:
            return {}
        answer = found.there[0]
        layers = range(1, len(answer.result.trace.get("layer_scores", ())))
        notes = [self.say(lang, "blocks.note", **self.early(answer, n, lang)) for n in layers]
        place = place[0], max(0, place[1])
        return blocks(answer.result.trace, self.phrases("attention", lang), place, notes)

    def remarks(self, found: Found, answer: Answer, lang: str) -> list[str]:
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

    def look(self, found: Found, answer: Answer, lang: str) -> Update:
        """What the member itself shows of our network's answer."""
        raise NotImplementedError

    def nothing(self, found: Found | None, lang: str) -> Update:
        """The same where there is no answer of ours."""
        return {}

    def sentence(self, answer: Answer, lang: str, *, alone: bool) -> str:
        """An answer in words; beside others it says whose it is."""
        raise NotImplementedError

    def groups(self, answer: Answer, lang: str, *, alone: bool) -> list[dict]:
        """An answer as groups of bars; beside others they say whose it is."""
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

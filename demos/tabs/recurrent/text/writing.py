"""Writing: one character after another, and what was expected at each."""

import operator
import time
from collections.abc import Iterator
from dataclasses import replace

import gradio as gr

from demos.core import sources
from demos.core.tab import Part, Update
from demos.core.url import number
from demos.core.url import text as short_text
from demos.tabs.recurrent.text import letters
from demos.tabs.recurrent.text.functions import PAUSE
from demos.views.chips import Chips, chips
from demos.views.shaded import Shaded
from demos.views.timeline import Timeline

PROMPTS = ("ROMEO:\n", "First Citizen:\nWe are", "To be, or not to be", "KING RICHARD III:\nMy lord,")


class Writing(Part):
    """A beginning in, its continuation out; each character can be looked at."""

    def lay_out(self) -> None:
        with self.stage():
            with self.given():
                self.lay_out_input()
            with self.answered():
                self.status = gr.Markdown(
                    self.say("en", "write.nothing"), elem_classes="lm-status", elem_id=f"{self.name}-write-status"
                )
                self.written = Shaded(elem_id=f"{self.name}-written")
        with self.inside():
            with self.step("letter", wide=True):
                self.sentence = gr.Markdown(elem_id=f"{self.name}-letter")
                self.moved = Shaded(elem_id=f"{self.name}-moved")
            with self.step("letters", wide=True):
                self.insides = {name: Timeline(elem_id=f"{self.name}-letters-{name}") for name in letters.WRITERS}
        self.looked = [self.written, self.sentence, self.moved, self.guesses["letter"]]
        self.wrote = gr.State(None)
        self.outputs = [self.status, self.facts, *self.insides.values(), *self.looked, self.guesses["letters"]]

    def lay_out_input(self) -> None:
        """The beginning, and how to go on."""
        self.prompt = gr.Textbox(PROMPTS[0], lines=2, max_lines=8, elem_id=f"{self.name}-prompt")
        self.text(self.prompt, label="write.prompt", info="write.info")
        self.examples = Chips(elem_id=f"{self.name}-prompts")
        self.translate(self.examples, lambda lang: {"value": chips(self.say(lang, "examples"), PROMPTS)})
        with gr.Row():
            self.start = self.text(gr.Button(variant="primary", elem_id=f"{self.name}-write"), value="write.run")
            self.stop = self.text(gr.Button(visible=False, elem_id=f"{self.name}-write-stop"), value="stop")
        with self.fold("write.options"):
            with gr.Row():
                self.temperature, self.top_k = gr.Slider(0, 2, 0.8, step=0.05), gr.Slider(0, 65, 0, step=1)
            with gr.Row():
                self.count = self.text(gr.Slider(20, 1000, 300, step=10), label="write.count")
                self.seed = gr.Number(1, precision=0, minimum=0, maximum=10**9)
        for name in ("temperature", "top_k", "seed"):
            self.text(getattr(self, name), label=f"write.{name}", info=f"write.{name}.info")
        self.keep("prompt", self.prompt, short_text(), PROMPTS[0])
        self.keep("temperature", self.temperature, number(0, 2), 0.8)
        self.keep("top_k", self.top_k, number(0, 65), 0)
        self.keep("count", self.count, number(20, 1000), 300)
        self.keep("seed", self.seed, number(0, 10**9), 1)

    def connect(self) -> None:
        given = {"wrote": self.wrote}
        self.when(self.written.pick, self.pick, [self.wrote, *self.looked], given, trigger_mode="always_last")

    def choose(
        self, event: gr.EventData, *, temperature: float, top_k: float, count: float, seed: float | None, lang: str
    ) -> Iterator[Update]:
        """A beginning that was clicked is gone on with at once."""
        prompt = self.tab.known(event.text, PROMPTS)
        yield {self.prompt: prompt}
        options = {"temperature": temperature, "top_k": top_k, "count": count, "seed": seed}
        yield from self.write(prompt=prompt, **options, lang=lang)

    def write(
        self, *, prompt: str, temperature: float, top_k: float, count: float, seed: float | None, lang: str
    ) -> Iterator[Update]:
        """Writes, and shows the text as it grows."""
        model = self.tab.writer
        adapter = yield from self.tab.open(model, "scratch", lang, status=self.status)
        options = {"max_new_tokens": int(count), "temperature": temperature}
        options |= {"top_k": int(top_k), "seed": int(seed or 0)}
        started, first, pictured, text, n = time.perf_counter(), 0.0, 0.0, prompt, 0
        ask = operator.methodcaller("stream", prompt, **options)
        for n, text in enumerate(sources.stream(model, "scratch", ask), 1):
            now = time.perf_counter()
            first = first or now - started
            if now - pictured > PAUSE:
                told = self.say(lang, "write.running", n=n)
                grown = {self.status: told, self.written: letters.growing(self, text, lang)}
                yield grown | {self.stop: gr.update(visible=True)}
                pictured = time.perf_counter()  # after the page has taken it: a slow page holds the writing up less
        seconds = time.perf_counter() - started
        seen = letters.passages(text)
        looked = letters.letter(model, text, letters.least_expected(text, seen[model]))
        wrote = letters.Written(
            prompt, text, options, n, seconds, first, adapter.info, seen, looked, adapter.encode(prompt)[1]
        )
        yield {self.wrote: wrote, self.stop: gr.update(visible=False)} | self.show(wrote=wrote, lang=lang)

    def stopped(self, *, lang: str) -> Update:
        """It was ended."""
        return {self.status: self.say(lang, "write.stopped"), self.stop: gr.update(visible=False)}

    def show(self, *, wrote: letters.Written | None, lang: str) -> Update:
        """What was written and what is looked at, in words and views; nothing is computed anew."""
        if wrote is None:
            return {self.status: self.say(lang, "write.nothing")}
        speed = {"seconds": wrote.seconds, "rate": wrote.count / wrote.seconds, "first": 1000 * wrote.first}
        made: Update = {
            self.status: self.say(lang, "write.done", n=wrote.count, **speed),
            self.facts: self.told([letters.answer(wrote)], self.tab.writer, lang),
            self.tab.snippet: letters.snippet(wrote),
        }
        for name, view in self.insides.items():
            made[view] = letters.insides(self, wrote, name, lang)
        asked = self.guess("letters", lang, *letters.who_is_surprised(self, wrote, lang))
        return made | self.show_letter(wrote, lang) | asked

    def pick(self, event: gr.EventData, *, wrote: letters.Written | None, lang: str) -> Update:
        """A character that was chosen."""
        if wrote is None:
            return {}
        looked = letters.letter(self.tab.writer, wrote.text, int(event.index), opened=True)
        wrote = replace(wrote, letter=looked)
        return {self.wrote: wrote} | self.show_letter(wrote, lang)

    def show_letter(self, wrote: letters.Written, lang: str) -> Update:
        """The text and the chosen character."""
        return {
            self.written: letters.whole(self, wrote, lang),
            self.sentence: letters.sentence(self, wrote, lang),
            self.moved: letters.moved_by(self, wrote, lang),
        } | self.guess("letter", lang, *letters.who_expected(self, wrote, lang))

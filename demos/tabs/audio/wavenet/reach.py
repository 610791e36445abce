"""How far back one sample hears: kernel and dilations, and the tree that meets at it."""

from typing import Any

import gradio as gr

import lmdemo
from demos.core.tab import Part, Update
from demos.core.url import number, text
from demos.tabs.audio.vocoding.found import RATE, Found
from demos.tabs.audio.wavenet.functions import SHIPPED, numbers
from demos.views.chips import Chips, chips
from demos.views.reach import Reach, reach
from lmdemo.errors import OptionError

PRESETS = {
    "shipped": (2, SHIPPED),
    "textbook": (2, "1, 2, 4"),
    "plain": (2, ", ".join(["1"] * 16)),
    "paper": (2, ", ".join(str(2**k) for k in range(10))),
}
WIDEST = 6


class Reaches(Part):
    """Kernel and dilations to be changed; what they would cost in training is not shown, how far they hear is."""

    def lay_out(self) -> None:
        with self.step("reach", wide=True):
            self.presets = Chips(elem_id="wavenet-presets")
            self.translate(self.presets, lambda lang: {"value": self.preset_chips(lang)})
            with gr.Row():
                self.kernel = self.text(
                    gr.Slider(1, WIDEST, 2, step=1, elem_id="wavenet-kernel", min_width=240), label="reach.kernel"
                )
                self.keep("kernel", self.kernel, lambda given: int(number(1, WIDEST)(given)), 2)
                self.dilations = gr.Textbox(SHIPPED, max_lines=1, elem_id="wavenet-dilations", min_width=260)
                self.text(self.dilations, label="reach.dilations")
                self.keep("dilations", self.dilations, text(400), SHIPPED)
            self.told = gr.Markdown(elem_id="wavenet-reach-said")
            self.tree = Reach(elem_id="wavenet-reach")
        self.views = [self.told, self.tree, self.guesses["reach"]]
        self.outputs = [*self.views, self.kernel, self.dilations]

    def connect(self) -> None:
        given = {"found": self.tab.found, "kernel": self.kernel, "dilations": self.dilations}
        self.when(self.kernel.input, self.draw, self.outputs, given, trigger_mode="always_last")
        self.when([self.dilations.submit, self.dilations.blur], self.draw, self.outputs, given)
        self.when(self.presets.choose, self.choose, self.outputs, {"found": self.tab.found})
        self.reword(self.draw, self.outputs, given)

    def preset_chips(self, lang: str) -> dict:
        """Forms to choose from."""
        return chips(self.say(lang, "reach.presets"), [self.say(lang, f"reach.preset.{p}") for p in PRESETS])

    def choose(self, event: gr.EventData, *, found: Found | None, lang: str) -> Update:
        """A form that was clicked."""
        names = {self.say(lang, f"reach.preset.{p}"): p for p in PRESETS}
        kernel, dilations = PRESETS[names[self.tab.known(event.text, names)]]
        made = self.draw(found=found, kernel=kernel, dilations=dilations, lang=lang)
        return made | {self.kernel: kernel, self.dilations: dilations}

    def look(self, *, found: Found, kernel: float, dilations: str, lang: str, **looked: Any) -> Update:
        """The tree, with the voice's own measure; what a link can't mean is left as it ships."""
        try:
            return self.draw(found=found, kernel=kernel, dilations=dilations, lang=lang)
        except OptionError:
            made = self.draw(found=found, kernel=2, dilations=SHIPPED, lang=lang)
            return made | {self.kernel: 2, self.dilations: SHIPPED}

    def draw(self, *, found: Found | None, kernel: float, dilations: str, lang: str) -> Update:
        """How far they hear, drawn and in words.

        Raises:
            OptionError: They reach back too far, or not at all.
        """
        adapter, apart = lmdemo.load("wavenet"), numbers(dilations)
        field = adapter.receptive_field(int(kernel), apart)
        period = 0.0
        if found is not None:
            hertz = adapter.median_pitch(found.recording.mel)
            period = 1000 / hertz if hertz else 0.0
        values = {"samples": f"{field.samples:,}", "ms": field.milliseconds, "blocks": len(apart)}
        told = self.say(lang, "reach.said", **values, kernel=int(kernel))
        told += " " + self.say(lang, "reach.periods", n=field.milliseconds / period, ms=period) if period else ""
        drawn = reach(int(kernel), apart, RATE, self.phrases("reach.view", lang), period=period)
        return {self.told: told, self.tree: drawn} | self.question(int(kernel), apart, lang)

    def question(self, kernel: int, apart: tuple[int, ...], lang: str) -> Update:
        """How far it would hear with one block more, twice as far apart as the widest."""
        more = 2 * max(apart)
        try:
            after = lmdemo.load("wavenet").receptive_field(kernel, (*apart, more)).milliseconds
        except OptionError:
            return {self.guesses["reach"]: {}}
        now = lmdemo.load("wavenet").receptive_field(kernel, apart).milliseconds
        options = sorted(
            {round(v, 1) for v in (after, now + 1000 / RATE, 2 * now, 4 * now, now * (len(apart) + 1) / len(apart))}
        )
        values = {"now": now, "after": after, "dilation": f"{more:,}"}
        asked, told = (self.say(lang, f"reach.{k}", **values) for k in ("ask", "told"))
        choices = [f"{v:,} ms" for v in options]
        return self.guess("reach", lang, asked, choices, options.index(round(after, 1)), told)

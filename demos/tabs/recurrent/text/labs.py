"""What the page trains and measures while one waits: a task that only memory solves, and time against length."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from demos.core.tab import Part, Update
from demos.tabs.recurrent.text.measures import milliseconds, peers
from demos.views.curves import Curves, curves, line

NETWORKS = ("rnn", "lstm")
ASKED, SOLVED_BY = (
    80,
    ("lstm",),
)  # steps of noise that the page asks about, and who solves the task there (a test trains both)
BOOK = 100_000  # words
DURATIONS = (0.1, 10, 600)  # seconds, between which the page lets one choose


@dataclass(frozen=True)
class Run:
    """A race: its length, how many symbols there are, and how far each network is, in the order of time."""

    length: int
    symbols: int
    laps: tuple[Any, ...] = ()

    @property
    def by_member(self) -> dict[str, list[Any]]:
        """The laps of each network that has begun."""
        return {m: laps for m in NETWORKS if (laps := [lap for lap in self.laps if lap.member == m])}


class CopyMemory(Part):
    """RNN and LSTM, trained here and now to remember a symbol."""

    def lay_out(self) -> None:
        with self.step("memory"):
            with gr.Row():
                self.length = gr.Slider(1, 100, 20, step=1, elem_id=f"{self.name}-length")
                self.text(self.length, label="copy.length")
                start = gr.Button(size="sm", variant="primary", elem_id=f"{self.name}-race")
                self.start = self.text(start, value="copy.run")
                self.stop = self.text(gr.Button(size="sm", visible=False), value="stop")
            self.laps, self.said = Curves(elem_id=f"{self.name}-laps"), gr.Markdown(elem_id=f"{self.name}-race-text")
        self.translate(self.guesses["memory"], lambda lang: {"value": self.question(lang)})
        self.keep("length", self.length, whole(1, 100), 20)
        self.run = gr.State(None)

    def connect(self) -> None:
        shown, once = [self.laps, self.said], {"concurrency_id": "training", "concurrency_limit": 2}
        outputs = [self.run, self.stop, *shown]
        running = self.when(self.start.click, self.race, outputs, {"length": self.length}, **once)
        self.when(self.ends(self.stop, [running]).then, self.stopped, [self.stop], queue=False)
        self.reword(self.show, shown, {"run": self.run})

    def question(self, lang: str) -> dict:
        """Which network solves the task over a distance that takes a while to train."""
        right = (*NETWORKS, "both", "neither").index(SOLVED_BY[0] if len(SOLVED_BY) == 1 else "both")
        choices = ("RNN", "LSTM", self.say(lang, "ask.both"), self.say(lang, "ask.neither"))
        solved = ", ".join(m.upper() for m in SOLVED_BY)
        told = self.say(lang, "ask.task.told", n=ASKED, solved=solved)
        (value,) = self.guess("memory", lang, self.say(lang, "ask.task", n=ASKED), choices, right, told).values()
        return value

    def race(self, *, length: float, lang: str) -> Iterator[Update]:
        """Trains both in turns, and tells after every lap."""
        from lmdemo.recipes.copy_memory import SYMBOLS, race

        run = Run(int(length), SYMBOLS)
        for lap in race(run.length):
            run = replace(run, laps=(*run.laps, lap))
            yield {self.run: run, self.stop: gr.update(visible=True)} | self.show(run=run, lang=lang)
        yield {self.stop: gr.update(visible=False)}

    def stopped(self, *, lang: str) -> Update:
        """It was ended."""
        return {self.stop: gr.update(visible=False)}

    def show(self, *, run: Run | None, lang: str) -> Update:
        """Accuracy over training steps, and where the two stand."""
        if run is None:
            return {}
        lines, said = [], []
        for member, laps in run.by_member.items():
            lines.append(line(member.upper(), member, [(lap.step, lap.accuracy) for lap in laps]))
            now, key = laps[-1], "copy.solved" if laps[-1].solved else "copy.now"
            facts = {"percent": 100 * now.accuracy, "step": now.step, "seconds": now.seconds}
            said.append(self.say(lang, key, member=member.upper(), **facts))
        titles = (self.say(lang, "copy.picture", length=run.length), self.say(lang, "copy.x"), self.say(lang, "copy.y"))
        note = self.say(lang, "copy.note", percent=100 / run.symbols)
        drawn = curves(*titles, lines, self.phrases("view.curves", lang), percent=True, note=note)
        return {self.laps: drawn, self.said: "  \n".join(said)}


class Speed(Part):
    """Milliseconds against the number of words; measured when one looks."""

    def lay_out(self) -> None:
        with self.step("cost") as self.tab_of_step:
            self.drawn = Curves(elem_id=f"{self.name}-speed")
            self.start = self.text(gr.Button(size="sm", elem_id=f"{self.name}-measure"), value="speed.run")
        self.measured = gr.State(())  # pairs of a network and its points

    def connect(self) -> None:
        seen = {"show_progress": "minimal", "show_progress_on": self.drawn, "concurrency_id": "training"}
        shown, looked = [self.drawn, self.guesses["cost"]], [self.tab_of_step.select, self.start.click]
        self.when(looked, self.measure, [self.measured, *shown], {"model": self.tab.model}, **seen)
        self.reword(self.show, shown, {"measured": self.measured})

    def measure(self, *, model: str, lang: str) -> Iterator[Update]:
        """One network after the other, on this machine."""
        measured: tuple[tuple[str, Any], ...] = ()
        for name in peers(model):
            measured = (*measured, (name, milliseconds(name)))
            yield {self.measured: measured} | self.show(measured=measured, lang=lang)

    def show(self, *, measured: tuple[tuple[str, Any], ...], lang: str) -> Update:
        """A line for each network, and a question about the last one."""
        if not measured:
            return {}
        lines = [line(name, name.split("-")[0], points) for name, points in measured]
        titles = (self.say(lang, f"speed.{key}") for key in ("picture", "x", "y"))
        drawn = curves(*titles, lines, self.phrases("view.curves", lang), note=self.say(lang, "speed.note"))
        return {self.drawn: drawn} | self.question(*measured[0], lang)

    def question(self, name: str, points: tuple[tuple[int, float], ...], lang: str) -> Update:
        """How long a whole book would take, by what one more word was measured to take."""
        (n, least), (m, most) = points[0], points[-1]
        seconds = (most - least) / (m - n) * BOOK / 1000
        choices = [self.say(lang, f"ask.book.{i}") for i in range(len(DURATIONS) + 1)]
        told = self.say(lang, "ask.book.told", ms=1000 * seconds / BOOK, seconds=seconds, n=BOOK)
        asked = self.say(lang, "ask.book", n=BOOK, model=name)
        return self.guess("cost", lang, asked, choices, sum(seconds > d for d in DURATIONS), told)


def whole(low: int, high: int) -> Callable[[str], int]:
    """A check that admits whole numbers in a range."""

    def check(value: str) -> int:
        if not low <= int(value) <= high:
            raise ValueError(value)
        return int(value)

    return check

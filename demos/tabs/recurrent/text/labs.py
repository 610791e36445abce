"""What the page trains and measures while one waits: a task that only memory solves, and time against length."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from demos.core.tab import Part, Update
from demos.tabs.recurrent.text.looks import NETWORKS
from demos.tabs.recurrent.text.measures import milliseconds, peers
from demos.views.curves import Curves, curves, line


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
                self.start = self.text(gr.Button(size="sm", elem_id=f"{self.name}-race"), value="copy.run")
                self.stop = self.text(gr.Button(size="sm"), value="stop")
            self.laps, self.said = Curves(elem_id=f"{self.name}-laps"), gr.Markdown(elem_id=f"{self.name}-race-text")
        self.keep("length", self.length, whole(1, 100), 20)
        self.run = gr.State(None)

    def connect(self) -> None:
        shown, once = [self.laps, self.said], {"concurrency_id": "training", "concurrency_limit": 2}
        running = self.when(self.start.click, self.race, [self.run, *shown], {"length": self.length}, **once)
        self.ends(self.stop, [running])
        self.reword(self.show, shown, {"run": self.run})

    def race(self, *, length: float, lang: str) -> Iterator[Update]:
        """Trains both in turns, and tells after every lap."""
        from lmdemo.recipes.copy_memory import SYMBOLS, race

        run = Run(int(length), SYMBOLS)
        for lap in race(run.length):
            run = replace(run, laps=(*run.laps, lap))
            yield {self.run: run} | self.show(run=run, lang=lang)

    def show(self, *, run: Run | None, lang: str) -> Update:
        """Accuracy over training steps, and where the two stand."""
        if run is None:
            return {}
        lines, said = [], []
        for member, laps in run.by_member.items():
            lines.append(line(member.upper(), NETWORKS[member], [(lap.step, lap.accuracy) for lap in laps]))
            now, key = laps[-1], "copy.solved" if laps[-1].solved else "copy.now"
            facts = {"percent": 100 * now.accuracy, "step": now.step, "seconds": now.seconds}
            said.append(self.say(lang, key, member=member.upper(), **facts))
        titles = (self.say(lang, "copy.picture", length=run.length), self.say(lang, "copy.x"), self.say(lang, "copy.y"))
        note = self.say(lang, "copy.note", percent=100 / run.symbols)
        drawn = curves(*titles, lines, self.phrases("view.curves", lang), percent=True, note=note)
        return {self.laps: drawn, self.said: "  \n".join(said)}


class Speed(Part):
    """Milliseconds against the number of words."""

    def lay_out(self) -> None:
        with self.step("cost"):
            self.start = self.text(gr.Button(size="sm", elem_id=f"{self.name}-measure"), value="speed.run")
            self.drawn = Curves(elem_id=f"{self.name}-speed")
        self.measured = gr.State(())  # pairs of a network and its points

    def connect(self) -> None:
        seen = {"show_progress": "minimal", "show_progress_on": self.drawn, "concurrency_id": "training"}
        self.when(self.start.click, self.measure, [self.measured, self.drawn], {"model": self.tab.model}, **seen)
        self.reword(self.show, [self.drawn], {"measured": self.measured})

    def measure(self, *, model: str, lang: str) -> Iterator[Update]:
        """One network after the other, on this machine."""
        measured: tuple[tuple[str, Any], ...] = ()
        for name in peers(model):
            measured = (*measured, (name, milliseconds(name)))
            yield {self.measured: measured} | self.show(measured=measured, lang=lang)

    def show(self, *, measured: tuple[tuple[str, Any], ...], lang: str) -> Update:
        """A line for each network."""
        if not measured:
            return {}
        lines = [line(name, NETWORKS[name.split("-")[0]], points) for name, points in measured]
        titles = (self.say(lang, f"speed.{key}") for key in ("picture", "x", "y"))
        note = self.say(lang, "speed.note")
        return {self.drawn: curves(*titles, lines, self.phrases("view.curves", lang), note=note)}


def whole(low: int, high: int) -> Callable[[str], int]:
    """A check that admits whole numbers in a range."""

    def check(value: str) -> int:
        if not low <= int(value) <= high:
            raise ValueError(value)
        return int(value)

    return check

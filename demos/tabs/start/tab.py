"""Start: one sentence through five families, ways into the others, which model for what, and what is here."""

from collections.abc import Iterator
from typing import Any

from demos.core.tab import Tab, Update
from demos.tabs.start.advice import Advice
from demos.tabs.start.functions import recommend, start_read, status
from demos.tabs.start.here import Here
from demos.tabs.start.reading import FIRST, Reading
from demos.tabs.start.ways import for_each_task, ways
from demos.views.tasks import Tasks
from demos.views.tiles import Tiles


class Start(Tab):
    """What a visitor meets first."""

    name = "start"
    functions = (recommend, status, start_read)
    threads = ("sentence",)

    def lay_out(self) -> None:
        self.reading = Reading(self)
        self.heading("part.hands")
        self.translate(Tiles(elem_id="start-tiles"), lambda lang: {"value": ways(self.say, lang)})
        self.heading("part.which")
        self.translate(Tasks(elem_id="start-tasks"), lambda lang: {"value": for_each_task(self.say, lang)})
        self.advice, self.here = Advice(self), Here(self)

    def connect(self) -> None:
        advised = [self.advice.answer, self.advice.table]
        given = {"text": self.reading.box} | self.advice.asked
        self.on_link(self.open_link, [*advised, *self.reading.outputs], given)

    def begin(self, lang: str) -> dict[Any, Any]:
        """An example in the visitor's language."""
        return {self.reading.box: FIRST.get(lang, FIRST["en"])}

    def open_link(self, *, text: str, lang: str, **asked: str) -> Iterator[Update]:
        """The sentence of a link, and what it asks advice on."""
        yield self.advice.advise(**asked, lang=lang)
        yield from self.reading.read(text=text, lang=lang)

"""Which family in general, for a task, the data at hand and what it shall run on."""

import gradio as gr

from demos.core.cards import html_table
from demos.core.tab import Part, Update
from demos.core.url import one_of
from demos.tabs.start.functions import COMPUTE, DATA, TASKS, recommend
from demos.tabs.start.here import linked


class Advice(Part):
    """A fold: three questions, and the families in order."""

    def lay_out(self) -> None:
        with self.fold("part.advice"):
            self.task = gr.Dropdown(choices=list(TASKS), value=TASKS[0], filterable=False)
            self.data = gr.Radio(list(DATA), value=DATA[1])
            self.compute = gr.Radio(list(COMPUTE), value=COMPUTE[1])
            self.asked = {"task": self.task, "data": self.data, "compute": self.compute}
            for (name, component), allowed in zip(self.asked.items(), (TASKS, DATA, COMPUTE), strict=True):
                self.text(component, label=f"start.{name}", choices={c: f"{name}.{c}" for c in allowed})
                self.keep(name, component, one_of(allowed), component.value)
            self.answer, self.table = gr.Markdown(), gr.HTML(elem_classes="lm-table")
            first = self.advise(**{name: c.value for name, c in self.asked.items()}, lang="en")
            self.answer.value, self.table.value = first[self.answer], first[self.table]

    def connect(self) -> None:
        asked = [self.task.input, self.data.input, self.compute.input]
        self.when(asked, self.advise, [self.answer, self.table], self.asked)
        self.reword(self.advise, [self.answer, self.table], self.asked)

    def advise(self, *, task: str, data: str, compute: str, lang: str) -> Update:
        """The families for a task, best first; where a model here does it, a link to it."""
        rows, found = [], recommend(task, data, compute)
        for i, r in enumerate(found, start=1):
            fit = ("start.can", "start.good", "start.best")[r["fit"] - 1]
            why = "; ".join(
                self.say(lang, k) for k in (fit, f"start.data.{r['data']}", f"start.compute.{r['compute']}")
            )
            rows.append((i, self.say(lang, f"family.{r['member']}"), why, r["model"] or self.say(lang, "start.no")))
        head = [self.say(lang, f"start.column.{k}") for k in ("rank", "family", "why", "here")]
        said = self.say(lang, "start.answer", first=rows[0][1]) + " " + self.say(lang, "start.baseline")
        table = html_table(head, rows, self.say(lang, "start.table"))
        return {self.answer: said, self.table: linked(table, (r["model"] for r in found if r["model"]), lang)}

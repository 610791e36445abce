"""How a table was read: said in words beside it, with choices that set it right."""

import html
from typing import Any

import gradio as gr

from demos.core.tab import Part, Update
from demos.core.words import say_note
from demos.tabs.recurrent.forecast.foresee import step_of
from demos.tabs.recurrent.forecast.looks import step_said

AUTO = "auto"
ORDERS = (AUTO, "day", "month", "year")
DECIMALS = {AUTO: None, "point": ".", "comma": ","}
HEADERS = {AUTO: None, "names": True, "values": False}


def how(order: str = AUTO, decimal: str = AUTO, header: str = AUTO) -> dict[str, Any]:
    """What an adapter is told of a table; nothing of what is to be found out."""
    given = {"date_order": None if order == AUTO else order, "decimal": DECIMALS[decimal], "header": HEADERS[header]}
    return {key: value for key, value in given.items() if value is not None}


class Table(Part):
    """What was understood, and what a person may choose otherwise."""

    def lay_out(self) -> None:
        self.understood = gr.HTML(elem_classes="lm-muted", elem_id="forecast-read")
        self.column = self.text(gr.Dropdown(choices=[], visible=False, elem_id="forecast-column"), label="column")
        with gr.Row(visible=False, elem_id="forecast-how") as self.row:
            self.order = self.choice("order", ORDERS)
            self.decimal = self.choice("decimal", DECIMALS)
            self.header = self.choice("header", HEADERS)
        self.help = self.text(gr.Markdown(elem_classes="lm-muted"), value="file.help")
        self.choices = {"order": self.order, "decimal": self.decimal, "header": self.header}

    def choice(self, key: str, values: Any) -> gr.Dropdown:
        """A choice whose first value leaves it open."""
        made = gr.Dropdown(list(values), value=AUTO, filterable=False, min_width=90, elem_id=f"forecast-{key}")
        return self.text(made, label=f"how.{key}", choices={v: f"how.{key}.{v}" for v in values})

    def known(self, order: Any, decimal: Any, header: Any) -> dict[str, Any]:
        """What a browser sent, looked up; see :func:`how`."""
        look_up = self.tab.known
        return how(look_up(order, ORDERS), look_up(decimal, DECIMALS), look_up(header, HEADERS))

    def anew(self) -> Update:
        """Another file: everything is to be found out."""
        shown = {self.row: gr.update(visible=True), self.help: gr.update(visible=False)}
        return shown | dict.fromkeys(self.choices.values(), AUTO)

    def gone(self) -> Update:
        """No file: an example needs no choices."""
        none = gr.update(visible=False, choices=[], value=None)
        gone = {self.row: gr.update(visible=False), self.help: gr.update(visible=True)}
        return gone | {self.column: none, self.understood: ""}

    def show(self, read: Any, lang: str) -> Update:
        """How a series was read, in words; nothing where there is none."""
        if read is None:
            return {self.understood: ""}
        said = html.escape(self.say(lang, "read.as", what=", ".join(self.parts(read, lang))))
        notes = [f"<br>{html.escape(say_note(note, lang))}" for note in read.reading.notes]
        return {self.understood: f"<p>{said}{''.join(notes)}</p>"}

    def parts(self, read: Any, lang: str) -> list[str]:
        """What was understood, piece by piece."""
        reading = read.reading

        def say(key: str, **values: Any) -> str:
            return self.say(lang, f"read.{key}", **values)

        said = [say(f"order.{reading.date_order}")] if reading.date_order else []
        if reading.decimal:
            said.append(say("point" if reading.decimal == "." else "comma"))
        if not reading.header:
            said.append(say("headless"))
        if not reading.dates:
            return [*said, say("counted", n=reading.steps)]
        zone = say("zone", zone=reading.zone) if reading.zone else ""
        step, names = step_said(self.say, step_of(read.index), lang), ", ".join(reading.dates)
        span = say("span", n=reading.steps, step=step, first=reading.first, last=reading.last, names=names)
        return [*said, span + zone]

"""Start: which family for which task, what is loaded here and works offline, and how large models are."""

from collections.abc import Iterator

import gradio as gr

from demos.core.cards import html_table
from demos.core.tab import Tab, Update
from demos.core.url import one_of
from demos.tabs.start.functions import COMPUTE, DATA, TASKS, parameters, recommend, shown_here, status
from demos.views.sizes import Sizes, sizes
from lmdemo.catalog import MODELS

# Parameters as their papers and model pages state them.
KNOWN = (
    ("ResNet-50", 25_557_032, "hub", "https://arxiv.org/abs/1512.03385"),
    ("YOLOv8n", 3_157_200, "hub", "https://docs.ultralytics.com/models/yolov8/"),
    ("DistilBERT", 66_000_000, "hub", "https://arxiv.org/abs/1910.01108"),
    ("wav2vec 2.0 base", 95_000_000, "hub", "https://arxiv.org/abs/2006.11477"),
    ("BERT base", 110_000_000, "hub", "https://arxiv.org/abs/1810.04805"),
    ("GPT-2", 124_000_000, "hub", "https://huggingface.co/openai-community/gpt2"),
    ("GPT-2 XL", 1_500_000_000, "known", "https://huggingface.co/openai-community/gpt2-xl"),
    ("Whisper large", 1_550_000_000, "known", "https://arxiv.org/abs/2212.04356"),
    ("GPT-3", 175_000_000_000, "known", "https://arxiv.org/abs/2005.14165"),
    ("Llama 3.1", 405_000_000_000, "known", "https://arxiv.org/abs/2407.21783"),
    ("DeepSeek-V3", 671_000_000_000, "known", "https://arxiv.org/abs/2412.19437"),
)


class Start(Tab):
    """What to take, and what is here."""

    name = "start"
    functions = (recommend, status)

    def lay_out(self) -> None:
        with self.part("which"):
            with gr.Row():
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
        with self.part("status"):
            self.text(gr.Markdown(elem_classes="lm-muted"), value="start.offline")
            self.here, self.machine = gr.HTML(elem_classes="lm-table"), gr.Markdown()
            with gr.Row():
                self.refresh = self.text(gr.Button(size="sm"), value="start.refresh")
                self.doctor = self.text(gr.Button(size="sm"), value="start.doctor")
            self.told, self.findings = gr.Markdown(elem_classes="lm-muted"), gr.HTML(elem_classes="lm-table")
        with self.part("sizes"):
            ours = [(m.name, n, "ours", "") for m in MODELS.values() if (n := parameters(m.folder))]
            self.translate(Sizes(), lambda lang: {"value": self.sizes([*ours, *KNOWN], lang)})

    def connect(self) -> None:
        advised, seen, found = [self.answer, self.table], [self.here, self.machine], [self.told, self.findings]
        self.when([self.task.input, self.data.input, self.compute.input], self.advise, advised, self.asked)
        self.reword(self.advise, advised, self.asked)
        self.when(self.refresh.click, self.look, seen)
        self.reword(self.look, seen)
        once = {"concurrency_limit": 1, "trigger_mode": "once", "show_progress": "minimal"}
        self.when(self.doctor.click, self.examine, found, **once)
        self.reword(lambda lang: {self.told: "", self.findings: ""}, found)
        self.on_link(self.open_link, [*advised, *seen], self.asked)

    def open_link(self, *, task: str, data: str, compute: str, lang: str) -> Update:
        """What a link asks for, and what is here now."""
        return self.advise(task=task, data=data, compute=compute, lang=lang) | self.look(lang=lang)

    def advise(self, *, task: str, data: str, compute: str, lang: str) -> Update:
        """The families for a task, best first."""
        rows = []
        for i, r in enumerate(recommend(task, data, compute), start=1):
            fit = ("start.can", "start.good", "start.best")[r["fit"] - 1]
            why = "; ".join(
                self.say(lang, k) for k in (fit, f"start.data.{r['data']}", f"start.compute.{r['compute']}")
            )
            here = self.say(lang, "start.yes" if r["member"] in shown_here() else "start.no")
            rows.append((i, self.say(lang, f"family.{r['member']}"), why, here))
        head = [self.say(lang, f"start.column.{k}") for k in ("rank", "family", "why", "here")]
        said = self.say(lang, "start.answer", first=rows[0][1]) + " " + self.say(lang, "start.baseline")
        return {self.answer: said, self.table: html_table(head, rows, self.say(lang, "start.table"))}

    def look(self, *, lang: str) -> Update:
        """What is on this machine, and in memory."""
        now = status()
        yes = {True: self.say(lang, "start.yes"), False: self.say(lang, "start.no")}
        rows = []
        for m in now["models"]:
            hub = [
                self.say(lang, f"start.hub.{'here' if h['offline'] else 'away'}", name=h["name"], size=h["megabytes"])
                for h in m["hub"]
            ]
            rows.append((m["name"], yes[m["offline"]], yes[m["loaded"]], ", ".join(hub) or "–"))
        head = [self.say(lang, f"start.column.{k}") for k in ("model", "offline", "loaded", "hub")]
        device = ", ".join(now["devices"]) or self.say(lang, "start.not_asked")
        memory = {"used": now["memory_mb"], "total": now["machine_mb"], "models": now["models_mb"]}
        return {
            self.here: html_table(head, rows, self.say(lang, "start.models")),
            self.machine: self.say(lang, "start.machine", device=device, **memory),
        }

    def examine(self, *, lang: str) -> Iterator[Update]:
        """The doctor's findings about the models of this app, row by row."""
        from lmdemo import doctor

        names = list(dict.fromkeys([*MODELS, *(h for m in MODELS.values() for h in m.hub)]))
        marks = {True: self.say(lang, "start.yes"), False: self.say(lang, "start.no"), None: "–"}
        head = [self.say(lang, f"start.column.{k}") for k in ("model", "source", "opens", "right", "ms", "verdict")]
        rows: list[tuple[str, ...]] = []
        bad = 0
        yield {self.told: self.say(lang, "start.doctor.working", n=0), self.findings: ""}
        for f in doctor.examine(names):
            bad += f.verdict == "wrong"
            command = f"python -m lmdemo {'fetch' if f.source == 'hub' else 'train'} {f.name}"
            milliseconds = "–" if f.milliseconds is None else f"{f.milliseconds:.1f}"
            verdict = self.say(lang, f"start.verdict.{f.verdict}", command=command)
            source = self.say(lang, f"source.{f.source}")
            rows.append((f.name, source, marks[f.opens], marks[f.answers], milliseconds, verdict))
            yield {
                self.told: self.say(lang, "start.doctor.working", n=len(rows)),
                self.findings: html_table(head, rows, self.say(lang, "start.doctor.table")),
            }
        yield {self.told: self.say(lang, "start.doctor.done", n=len(rows), bad=bad)}

    def sizes(self, rows: list[tuple[str, int, str, str]], lang: str) -> dict:
        """The view of how large models are."""
        return sizes(self.say(lang, "start.sizes"), self.say(lang, "start.sizes.note"), rows)

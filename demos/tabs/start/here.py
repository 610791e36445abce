"""What is here: the models and how large they are, what is in memory, and whether each gives its known answer."""

import html
from collections.abc import Iterable, Iterator

import gradio as gr

from demos.core.cards import html_table
from demos.core.tab import Part, Update
from demos.tabs.start.functions import parameters, status
from demos.tabs.start.ways import page_of
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


class Here(Part):
    """Three folds."""

    def lay_out(self) -> None:
        with self.fold("part.status") as self.opened:
            self.text(gr.Markdown(elem_classes="lm-muted"), value="start.offline")
            self.here, self.machine = gr.HTML(elem_classes="lm-table"), gr.Markdown(elem_classes="lm-muted")
            self.refresh = self.text(gr.Button(size="sm"), value="start.refresh")
        with self.fold("part.sizes"):
            ours = [(m.name, n, "ours") for m in MODELS.values() if (n := parameters(m.folder))]
            self.translate(Sizes(elem_id="start-sizes"), lambda lang: {"value": self.sizes(ours, lang)})
        with self.fold("part.doctor"):
            self.text(gr.Markdown(elem_classes="lm-muted"), value="start.doctor.about")
            self.doctor = self.text(gr.Button(size="sm"), value="start.doctor")
            self.told, self.findings = gr.Markdown(elem_classes="lm-muted"), gr.HTML(elem_classes="lm-table")

    def connect(self) -> None:
        seen, found = [self.here, self.machine], [self.told, self.findings]
        self.when([self.opened.expand, self.refresh.click], self.look, seen)
        self.reword(self.look, seen)
        once = {"concurrency_limit": 1, "trigger_mode": "once", "show_progress": "minimal"}
        self.when(self.doctor.click, self.examine, found, **once)
        self.reword(lambda lang: {self.told: "", self.findings: ""}, found)

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
        table = html_table(head, rows, self.say(lang, "start.models"))
        return {
            self.here: linked(table, (row[0] for row in rows), lang),
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
            table = html_table(head, rows, self.say(lang, "start.doctor.table"))
            yield {
                self.told: self.say(lang, "start.doctor.working", n=len(rows)),
                self.findings: linked(table, MODELS, lang),
            }
        yield {self.told: self.say(lang, "start.doctor.done", n=len(rows), bad=bad)}

    def sizes(self, ours: list[tuple[str, int, str]], lang: str) -> dict:
        """The view of how large models are; ours lead to their pages."""
        rows = [(*row, page_of(row[0], lang)) for row in ours]
        return sizes(self.say(lang, "start.sizes"), self.say(lang, "start.sizes.note"), [*rows, *KNOWN])


def linked(table: str, names: Iterable[str], lang: str) -> str:
    """A table in which each cell that is a model's name leads to its page."""
    for name in names:
        link = f'<td><a href="{html.escape(page_of(name, lang))}">{html.escape(name)}</a></td>'
        table = table.replace(f"<td>{html.escape(name)}</td>", link)
    return table

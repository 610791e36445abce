"""Start: which family for which task, what is loaded here and works offline, and how large models are."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

import demos
from demos.frame import Member, Page, html_table
from demos.language import Words
from demos.state import one_of
from demos.views.sizes import Sizes, sizes
from lmdemo.catalog import HUB, MODELS
from lmdemo.errors import InputError

TASKS = (
    "name-picture",
    "find-objects",
    "feeling-text",
    "write-text",
    "fill-text",
    "translate",
    "transcribe",
    "forecast",
    "who-speaks",
    "make-sound",
    "change-sound",
)
DATA = ("little", "thousands", "much")
COMPUTE = ("phone", "laptop", "gpu")


@dataclass(frozen=True)
class Advice:
    """What one member is good for.

    Attributes:
        member: Its name.
        fits: Task -> how well, 1 to 3.
        data: What training it takes, as an index into DATA.
        compute: What using it takes, as an index into COMPUTE.
        pretrained: Whether a pretrained one makes up for little data.
    """

    member: str
    fits: dict[str, int]
    data: int
    compute: int
    pretrained: bool


ADVICE = (
    Advice("rnn", {"feeling-text": 1, "write-text": 1, "forecast": 1}, 1, 0, False),
    Advice("lstm", {"feeling-text": 2, "write-text": 1, "translate": 1, "transcribe": 2, "forecast": 3}, 1, 0, False),
    Advice(
        "transformer",
        {"feeling-text": 3, "translate": 3, "transcribe": 3, "forecast": 2, "name-picture": 2},
        2,
        1,
        True,
    ),
    Advice("bert", {"feeling-text": 3, "fill-text": 3}, 2, 1, True),
    Advice("gpt", {"write-text": 3, "translate": 2, "fill-text": 1}, 2, 2, True),
    Advice("vae", {"change-sound": 3, "make-sound": 1}, 1, 1, True),
    Advice("wavenet", {"make-sound": 2}, 2, 2, False),
    Advice("wavernn", {"make-sound": 3}, 2, 1, False),
    Advice("waveglow", {"make-sound": 2}, 2, 2, True),
    Advice("siamese", {"who-speaks": 3, "name-picture": 1}, 0, 0, True),
    Advice("cnn", {"name-picture": 3, "who-speaks": 1}, 1, 0, True),
    Advice("yolo", {"find-objects": 3}, 1, 1, True),
)

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

WORDS: Words = {
    "part.which": ("Which model for what?", "Kis kaam ke liye kaunsa model?"),
    "start.task": ("What is the task?", "Kaam kya hai?"),
    "start.data": ("How much training data do you have?", "Training data kitna hai?"),
    "start.compute": ("What shall it run on?", "Chalana kis pe hai?"),
    "task.name-picture": ("say what a picture shows", "picture mein kya hai, yeh batana"),
    "task.find-objects": ("find things in a picture", "picture mein cheezein dhoondna"),
    "task.feeling-text": ("classify text", "text classify karna"),
    "task.write-text": ("continue text", "text aage likhna"),
    "task.fill-text": ("fill in missing words", "gayab words bharna"),
    "task.translate": ("translate", "translate karna"),
    "task.transcribe": ("write down speech", "speech ko text banana"),
    "task.forecast": ("forecast a series", "time series forecast karna"),
    "task.who-speaks": ("tell who speaks", "kaun bol raha hai, yeh pehchanna"),
    "task.make-sound": ("make sound from a spectrogram", "spectrogram se sound banana"),
    "task.change-sound": ("change or clean a voice", "awaaz badalna ya saaf karna"),
    "data.little": ("little: up to hundreds", "kam: kuch sau tak"),
    "data.thousands": ("thousands", "hazaaron"),
    "data.much": ("hundreds of thousands and more", "lakhon ya zyada"),
    "compute.phone": ("a phone or small board", "phone ya chhota board"),
    "compute.laptop": ("a laptop", "laptop"),
    "compute.gpu": ("a GPU", "GPU"),
    "start.column.rank": ("rank", "rank"),
    "start.column.family": ("family", "family"),
    "start.column.why": ("why", "kyun"),
    "start.column.here": ("on this page", "is page pe"),
    "start.best": ("its best task", "yahi iska sabse accha kaam hai"),
    "start.good": ("does it well", "accha karta hai"),
    "start.can": ("can do it", "kar sakta hai"),
    "start.data.enough": ("your data is enough to train it", "aapka data ise train karne ke liye kaafi hai"),
    "start.data.pretrained": (
        "too little data to train it; take a pretrained one",
        "train karne ke liye data kam hai; pretrained lijiye",
    ),
    "start.data.short": ("wants more data than you have", "aapke paas jitna hai usse zyada data chahiye"),
    "start.compute.fits": ("runs there", "wahan chalega"),
    "start.compute.heavy": ("slow there", "wahan dheema chalega"),
    "start.answer": (
        "For this, begin with **{first}**. Each family excels somewhere; which to take depends on task, data and compute.",
        "Iske liye **{first}** se shuru kijiye. Har family kahin na kahin sabse aage hai; kaunsi leni hai, yeh task, data aur compute pe hai.",
    ),
    "start.baseline": (
        "Always measure a simple baseline first (bag of words, naive forecast, nearest neighbour): where it wins, take it.",
        "Pehle ek simple baseline zaroor naapiye (bag of words, naive forecast, nearest neighbour): woh jeete toh wahi lijiye.",
    ),
    "start.table": ("Families that can do it, best first", "Kaunsi families kar sakti hain, sabse acchi pehle"),
    "part.status": ("What is here", "Yahan kya hai"),
    "start.refresh": ("Look again", "Phir se dekhiye"),
    "start.models": ("Models", "Models"),
    "start.column.model": ("model", "model"),
    "start.column.offline": ("works offline", "offline chalta hai"),
    "start.column.loaded": ("in memory", "memory mein"),
    "start.column.hub": ("pretrained", "pretrained"),
    "start.hub.here": ("{name}: here", "{name}: yahan hai"),
    "start.hub.away": ("{name}: {size:.0f} MB to download", "{name}: {size:.0f} MB download karna hoga"),
    "start.doctor": ("Open and ask every model", "Har model ko khol kar poochiye"),
    "start.doctor.table": (
        "Opened on this machine, asked what is known",
        "Isi machine pe khola, aur woh poocha jiska jawab pata hai",
    ),
    "start.doctor.working": (
        "Asking the models, one after the other; {n} so far.",
        "Ek ke baad ek model se pooch rahe hain; ab tak {n}.",
    ),
    "start.doctor.done": ("{n} models looked at, {bad} of them wrong.", "{n} models dekhe, unmein se {bad} galat."),
    "start.column.source": ("source", "source"),
    "start.column.opens": ("opens", "khulta hai"),
    "start.column.right": ("known answer", "pata hua jawab"),
    "start.column.ms": ("ms", "ms"),
    "start.column.verdict": ("verdict", "nateeja"),
    "start.verdict.ok": ("fine", "theek"),
    "start.verdict.missing": ("not here: {command}", "yahan nahi hai: {command}"),
    "start.verdict.wrong": ("wrong", "galat"),
    "start.verdict.not built": ("on this machine, not shown yet", "machine pe hai, abhi dikhaya nahi jaata"),
    "start.yes": ("yes", "haan"),
    "start.no": ("no", "nahi"),
    "start.machine": (
        "This page uses {used:,.0f} MB of the {total:,.0f} MB of memory here; models take {models:,.1f} MB. Device: {device}.",
        "Yeh page yahan ki {total:,.0f} MB memory mein se {used:,.0f} MB le raha hai; models {models:,.1f} MB lete hain. Device: {device}.",
    ),
    "start.not_asked": ("chosen when the first model is opened", "pehla model khulne pe chuna jayega"),
    "start.offline": (
        "Our own models come with the page and need no network. Pretrained ones are fetched once, when you choose them, and then work offline too.",
        "Humare models page ke saath aate hain, network nahi chahiye. Pretrained models ek baar download hote hain, jab aap unhe chunte hain; "
        "uske baad woh bhi offline chalte hain.",
    ),
    "part.sizes": ("How large models are", "Models kitne bade hote hain"),
    "start.sizes": ("Parameters, smallest first", "Parameters, chhote se bada"),
    "start.sizes.note": (
        "A logarithmic scale: each step of the same width is ten times more. Blue: ours. Orange: the pretrained ones beside them. "
        "Grey: well-known large ones; names link to where the figure stands.",
        "Scale logarithmic hai: har barabar step matlab das guna. Blue: humare. Orange: unke saath wale pretrained. Grey: mashhoor bade "
        "models; naam pe click karke figure ka source dekhiye.",
    ),
} | {
    f"family.{m}": (w, w)
    for m, w in {
        "rnn": "RNN",
        "lstm": "LSTM",
        "transformer": "Transformer",
        "bert": "BERT",
        "gpt": "GPT",
        "vae": "VAE",
        "wavenet": "WaveNet",
        "wavernn": "WaveRNN",
        "waveglow": "WaveGlow",
        "siamese": "Siamese network",
        "cnn": "CNN",
        "yolo": "YOLO",
    }.items()
}


def recommend(task: str, data: str, compute: str, lang: str = "en") -> list:
    """Ranks the families of models for a task.

    Args:
        task: name-picture, find-objects, feeling-text, write-text, fill-text, translate, transcribe, forecast, who-speaks,
            make-sound or change-sound.
        data: Training data at hand: little (up to hundreds), thousands, much.
        compute: What it shall run on: phone, laptop, gpu.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        Families, best first: member, points, and why as keys: fit (1 to 3), data (enough, pretrained, short), compute
        (fits, heavy).
    """
    for value, allowed in ((task, TASKS), (data, DATA), (compute, COMPUTE)):
        if value not in allowed:
            raise InputError(
                "unknown_choice", expected=", ".join(allowed), got=str(value)[:40], hint="Take one of these."
            )
    rows = []
    for a in ADVICE:
        if task not in a.fits:
            continue
        lacking, heavy = max(0, a.data - DATA.index(data)), max(0, a.compute - COMPUTE.index(compute))
        material = "enough" if not lacking else "pretrained" if a.pretrained else "short"
        points = 10 * a.fits[task] - {"enough": 0, "pretrained": 4, "short": 8 * lacking}[material] - 8 * heavy
        rows.append(
            {
                "member": a.member,
                "points": points,
                "fit": a.fits[task],
                "data": material,
                "compute": "heavy" if heavy else "fits",
            }
        )
    return sorted(rows, key=lambda r: -r["points"])


def status(lang: str = "en") -> dict:
    """Tells which models are on this machine and in memory, and how much memory is used.

    Args:
        lang: Language of error messages, en or hi-Latn.
    """
    import psutil

    from lmdemo import hub, pool

    members = {member for tab in demos.TABS for member in tab.members}
    loaded = [s for s in pool.status() if s.state == "ready"]
    names = {s.key.name for s in loaded}
    return {
        "models": [
            {
                "name": m.name,
                "offline": (m.folder / "model.safetensors").is_file(),
                "loaded": m.name in names,
                "hub": [{"name": h, "megabytes": HUB[h].megabytes, "offline": hub.is_here(HUB[h])} for h in m.hub],
            }
            for m in MODELS.values()
            if m.member in members
        ],
        "memory_mb": psutil.Process().memory_info().rss / 1e6,
        "machine_mb": pool.total_memory() / 1e6,
        "models_mb": sum(s.bytes for s in loaded) / 1e6,
        "devices": sorted({s.key.device for s in loaded}),
    }


def parameters(folder: Path) -> int:
    """Parameters of a folder's weights, from the header of its safetensors file: no tensor is read."""
    path = folder / "model.safetensors"
    if not path.is_file():
        return 0
    with path.open("rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    total = 0
    for name, tensor in header.items():
        if name != "__metadata__" and tensor["dtype"].startswith(("F", "BF")) and "running_" not in name:
            size = 1
            for n in tensor["shape"]:
                size *= n
            total += size
    return total


def build(page: Page) -> None:
    """Lays the tab out and connects it."""
    me = Member(page, "start", WORDS)
    say = me.say
    shown_here = {member for tab in demos.TABS for member in tab.members}

    with me.part("which"):
        with gr.Row():
            task = me.text(
                gr.Dropdown(choices=list(TASKS), value=TASKS[0], filterable=False),
                label="start.task",
                choices={t: f"task.{t}" for t in TASKS},
            )
            data = me.text(gr.Radio(value=DATA[1]), label="start.data", choices={d: f"data.{d}" for d in DATA})
            compute = me.text(
                gr.Radio(value=COMPUTE[1]), label="start.compute", choices={c: f"compute.{c}" for c in COMPUTE}
            )
        answer, table = gr.Markdown(), gr.HTML(elem_classes="lm-table")
        for name, component, allowed in (("task", task, TASKS), ("data", data, DATA), ("compute", compute, COMPUTE)):
            me.keep(name, component, one_of(allowed), component.value)

    def advise(t: str, d: str, c: str, lang: str) -> tuple[str, str]:
        ranked = recommend(t, d, c)
        rows = []
        for i, r in enumerate(ranked, start=1):
            why = "; ".join(
                (
                    say(lang, ("start.can", "start.good", "start.best")[r["fit"] - 1]),
                    say(lang, f"start.data.{r['data']}"),
                    say(lang, f"start.compute.{r['compute']}"),
                )
            )
            rows.append(
                (
                    i,
                    say(lang, f"family.{r['member']}"),
                    why,
                    say(lang, "start.yes" if r["member"] in shown_here else "start.no"),
                )
            )
        head = [say(lang, f"start.column.{k}") for k in ("rank", "family", "why", "here")]
        text = say(lang, "start.answer", first=rows[0][1]) + " " + say(lang, "start.baseline")
        return text, html_table(head, rows, say(lang, "start.table"))

    answer.value, table.value = advise(task.value, data.value, compute.value, "en")
    for choice in (task, data, compute):
        me.on(choice.change, advise, [task, data, compute], [answer, table], show_progress="hidden")
    page.reword(advise, [task, data, compute], [answer, table])

    with me.part("status"):
        me.text(gr.Markdown(elem_classes="lm-muted"), value="start.offline")
        here, machine = gr.HTML(elem_classes="lm-table"), gr.Markdown()
        with gr.Row():
            again = me.text(gr.Button(size="sm"), value="start.refresh")
            ask = me.text(gr.Button(size="sm"), value="start.doctor")
        told, findings = gr.Markdown(elem_classes="lm-muted"), gr.HTML(elem_classes="lm-table")

    def look(lang: str) -> tuple[str, str]:
        now = status()
        head = [say(lang, f"start.column.{k}") for k in ("model", "offline", "loaded", "hub")]
        rows = [
            (
                m["name"],
                say(lang, "start.yes" if m["offline"] else "start.no"),
                say(lang, "start.yes" if m["loaded"] else "start.no"),
                ", ".join(
                    say(
                        lang,
                        "start.hub.here" if h["offline"] else "start.hub.away",
                        name=h["name"],
                        size=h["megabytes"],
                    )
                    for h in m["hub"]
                )
                or "–",
            )
            for m in now["models"]
        ]
        device = ", ".join(now["devices"]) or say(lang, "start.not_asked")
        return html_table(head, rows, say(lang, "start.models")), say(
            lang,
            "start.machine",
            used=now["memory_mb"],
            total=now["machine_mb"],
            models=now["models_mb"],
            device=device,
        )

    me.on(again.click, look, [], [here, machine], show_progress="hidden")
    page.reword(look, [], [here, machine])
    page.replay("start", look, [], [here, machine], tab=True)

    def examine(lang: str) -> Iterator[tuple[str, str]]:
        """The doctor's findings about the models of this page, row by row."""
        from lmdemo import doctor

        shown = [m for m in MODELS.values() if m.member in shown_here]
        names = list(dict.fromkeys([m.name for m in shown] + [h for m in shown for h in m.hub]))
        marks = {True: say(lang, "start.yes"), False: say(lang, "start.no"), None: "–"}
        head = [say(lang, f"start.column.{k}") for k in ("model", "source", "opens", "right", "ms", "verdict")]
        rows, bad = [], 0
        yield say(lang, "start.doctor.working", n=0), ""
        for f in doctor.examine(names):
            bad += f.verdict == "wrong"
            command = f"python -m lmdemo {'fetch' if f.source == 'hub' else 'train'} {f.name}"
            rows.append(
                (
                    f.name,
                    say(lang, f"source.{f.source}"),
                    marks[f.opens],
                    marks[f.answers],
                    "–" if f.milliseconds is None else f"{f.milliseconds:.1f}",
                    say(lang, f"start.verdict.{f.verdict}", command=command),
                )
            )
            table = html_table(head, rows, say(lang, "start.doctor.table"))
            yield say(lang, "start.doctor.working", n=len(rows)), table
        yield say(lang, "start.doctor.done", n=len(rows), bad=bad), table

    me.on(ask.click, examine, [], [told, findings], concurrency_limit=1, trigger_mode="once")
    page.reword(lambda lang: ("", ""), [], [told, findings])

    with me.part("sizes"):
        ours = [
            (m.name, parameters(m.folder), "ours", "")
            for m in MODELS.values()
            if m.member in shown_here and parameters(m.folder)
        ]
        page.translate(
            Sizes(),
            lambda lang: {"value": sizes(say(lang, "start.sizes"), say(lang, "start.sizes.note"), [*ours, *KNOWN])},
        )

    choices = {
        "task": gr.Dropdown(choices=list(TASKS), visible=False),
        "data": gr.Radio(choices=list(DATA), visible=False),
        "compute": gr.Radio(choices=list(COMPUTE), visible=False),
    }
    page.endpoint(recommend, choices, gr.JSON(visible=False))
    page.endpoint(status, {}, gr.JSON(visible=False))

"""LSTM · Forecasting: how a series goes on, beside straight methods; and a network trained on the visitor's own series."""

import time
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

import lmdemo
from demos.frame import Member, Page, Whole, card, cards, check_rows, guarded, html_table
from demos.language import Speaker
from demos.recurrent.figures import card_figures
from demos.recurrent.task_words import FORECAST as WORDS
from demos.recurrent.words import RECURRENT
from demos.state import number, one_of
from demos.views.curves import Curves, curves, line
from demos.views.series import SeriesChart, series, track
from demos.views.timeline import Timeline, band, timeline
from lmdemo.errors import InputError

MODEL = "lstm-forecast"
WAYS = ("shipped", "own")
HERE = Path(__file__).parent.parent / "examples" / MODEL
# Example -> the network it is for, and steps ahead.
EXAMPLES = {
    "hourly": ("shipped", 96),
    "monthly": ("own", 12),
    "daily": ("own", 28),
    "chaos": ("own", 40),
    "walk": ("own", 20),
}
LOOKS = {
    "lstm": ("scratch", ()),
    "naive": ("third", (2, 4)),
    "seasonal": ("fourth", (8, 4)),
    "nlinear": ("cell", (12, 3, 3, 3)),
}  # colour, dashes
PAST = 400  # values of the past that are drawn
say = Speaker(WORDS)


# -- the public functions: endpoints of the API, tools of MCP --------------------------------------------------------------------------


def forecast_series(file: str, column: str = "", lang: str = "en") -> dict:
    """Foresees how an hourly series goes on, 96 steps, by the network that was trained on a transformer's oil.

    Args:
        file: A CSV table with a header line, a date column (or none) and a column of numbers; 336 to 200,000 rows.
        column: The column of values; "" takes the last one with numbers.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        index, mean, lower and upper of each coming step, and how many missing steps were filled.
    """
    adapter = lmdemo.load(MODEL)
    read = adapter.read(path_of(file), column or None)
    return told(adapter(read), read)


def forecast_own(file: str, column: str = "", horizon: int = 12, season: int = 0, lang: str = "en") -> dict:
    """Trains a small network on a series, here and now, and lets it foresee how the series goes on.

    Args:
        file: A CSV table with a header line, a date column (or none) and a column of numbers; up to 200,000 rows.
        column: The column of values; "" takes the last one with numbers.
        horizon: Steps to foresee, 1 to 500.
        season: Steps of one round, such as 12 months; 0 finds it.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        index, mean, lower and upper of each coming step; and errors (mae, rmse) of this and of straight methods on the series' last
        ``horizon`` steps, which the training did not see.
    """
    for made in train(read_own(file, column), int(horizon), int(season)):
        pass
    return told(made["result"], made["read"]) | {
        "errors": made["held"].errors,
        "coverage": made["held"].coverage,
        "season": made["season"],
    }


def forecast_sum(file: str, column: str = "", step: int = 1, lang: str = "en") -> dict:
    """Writes out how lstm-forecast came to one of its numbers: last value, products, and what the LSTM adds.

    Args:
        file: A CSV table, as for forecast_series.
        column: The column of values; "" takes the last one with numbers.
        step: Which step ahead, 1 to 96.
        lang: Language of error messages, en or hi-Latn.
    """
    adapter = lmdemo.load(MODEL)
    made = adapter.take_apart(adapter.read(path_of(file), column or None), int(step))
    return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in made._asdict().items()}


def forecast_prove(lang: str = "en") -> list:
    """Runs the checks of the forecaster against torch's and scikit-learn's, on the machine of this page.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows(MODEL)


def told(result: Any, read: Any) -> dict[str, Any]:
    return {
        "index": stamps(result.index),
        "mean": result.mean.tolist(),
        "lower": result.lower.tolist(),
        "upper": result.upper.tolist(),
        "column": read.name,
        "filled": read.filled,
    }


def path_of(file: str | None) -> str:
    if not file:
        raise InputError("file_missing", expected="CSV", got="-", hint="Choose a file first.")
    return file


def read_own(file: str | None, column: str | None) -> Any:
    return lmdemo.load(MODEL).read(path_of(file), column or None)


def train(read: Any, horizon: int, season: int):
    """Trains a small network on a series.

    Yields:
        ``{"points": (step, loss, held-out error or None), "progress"}`` while it trains; in the end the whole state.
    """
    from lmdemo.adapters.forecasting import Forecasting
    from lmdemo.recipes.lstm_forecast import build_own, scale_of

    season = season or Forecasting.season(read)
    trainer, points, started = build_own(read, horizon=horizon, season=season), [], time.perf_counter()
    told_at = 0.0
    for progress in trainer.run():
        if progress.step % 5 == 0 or progress.validation:
            points.append((progress.step, progress.loss, progress.validation["mse"] if progress.validation else None))
        if time.perf_counter() - told_at > 0.3:
            told_at = time.perf_counter()
            yield {"points": list(points), "progress": progress}
    adapter = Forecasting.of(trainer.model, read.name, scale_of(read, horizon))
    yield finished(adapter, read, season) | {
        "points": points,
        "steps": progress.steps,
        "seconds": time.perf_counter() - started,
        "adapter": adapter,
        "way": "own",
    }


def finished(adapter: Any, read: Any, season: int) -> dict[str, Any]:
    """Foresees what comes and, where the series is long enough, the end that is hidden for it."""
    try:
        held = adapter.hold_out(read, season)
    except InputError:
        held = None
    return {
        "read": read,
        "season": season,
        "result": adapter(read, trace=True),
        "held": held,
        "info": adapter.info,
        "patch": adapter.model.config.patch_size,
    }


# -- the page --------------------------------------------------------------------------------------------------------------------------


def build(page: Page) -> None:
    """Lays the tab out and connects it."""
    me = Member(page, MODEL, WORDS)
    found = gr.State(None)  # what was found: see `finished`
    way = me.text(
        gr.Radio(value="shipped", elem_id="forecast-way"),
        label="way",
        info="way.help",
        choices={w: f"way.{w}" for w in WAYS},
    )
    me.keep("way", way, one_of(WAYS), "shipped")
    me.text(gr.Markdown(elem_classes="lm-muted"), value="no_hub")

    with gr.Row(elem_classes="lm-columns"):
        with me.part("input"):
            example = me.text(
                gr.Radio(elem_id="forecast-example"), label="example", choices={e: f"example.{e}" for e in EXAMPLES}
            )
            me.keep("example", example, one_of(tuple(EXAMPLES)), None)
            me.text(gr.Markdown(elem_classes="lm-muted"), value="example.note")
            file = me.text(
                gr.File(file_types=[".csv", ".tsv", ".txt"], height=120, elem_id="forecast-file"), label="file"
            )
            me.text(gr.Markdown(elem_classes="lm-muted"), value="file.help")
            me.text(gr.Markdown(elem_classes="lm-muted"), value="not_kept")
            column = me.text(
                gr.Dropdown(choices=[], value=None, visible=False, elem_id="forecast-column"), label="column"
            )
            with gr.Row(visible=False) as own:
                horizon = me.text(gr.Slider(1, 200, 12, step=1), label="horizon")
                me.keep("horizon", horizon, lambda text: int(number(1, 200)(text)), 12)
                season = me.text(gr.Slider(0, 168, 0, step=1), label="season", info="season.help")
                me.keep("season", season, lambda text: int(number(0, 168)(text)), 0)
            go = me.text(gr.Button(variant="primary", elem_id="forecast-run"), value="run")
        with me.part("result"):
            status = gr.Markdown(elem_classes="lm-status")
            page.translate(status, lambda lang: {"value": say(lang, "nothing_yet")})
            stop = me.text(gr.Button(size="sm", visible=False), value="stop")
            loss = Curves(elem_id="forecast-loss")
            chart = SeriesChart(elem_id="forecast-chart")
            answer_cards = gr.HTML()
    hidden_end = SeriesChart(elem_id="forecast-held")
    errors, verdict = gr.HTML(elem_classes="lm-table", elem_id="forecast-errors"), gr.Markdown()
    figures = gr.HTML(elem_classes="lm-table")
    page.translate(figures, lambda lang: {"value": card_table(lang)})

    with me.part("look"):
        empty = me.text(gr.Markdown(elem_classes="lm-muted"), value="look_nothing")
        with gr.Column(visible=False) as inside:
            me.text(gr.Markdown(), value="inside.parts")
            parts, changes = SeriesChart(elem_id="forecast-parts"), gr.Markdown()
            me.text(gr.Markdown(), value="inside.sum")
            step = me.text(gr.Slider(1, 200, 1, step=1, elem_id="forecast-step"), label="inside.step")
            summed = gr.HTML(elem_classes="lm-table", elem_id="forecast-sum")
            gates_title = gr.Markdown()
            gates = Timeline(elem_id="forecast-gates")

    me.explain()
    snippet = me.code(
        "lmdemo/models/lstm_forecast.py",
        ("LSTMForecast.forward", "pinball", "LSTMForecastConfig"),
        describe=lambda: lmdemo.load(MODEL).layers(),
    )
    me.proof()

    shown = [
        status,
        loss,
        chart,
        answer_cards,
        hidden_end,
        errors,
        verdict,
        empty,
        inside,
        parts,
        changes,
        step,
        summed,
        gates_title,
        gates,
        snippet,
    ]
    quiet = (gr.skip(),) * (len(shown) - 2)

    def run(which: str | None, path: str | None, col: str | None, where: str, ahead: float, round_: float, lang: str):
        """Reads the series and foresees it, training first where that was asked."""
        if not which and not path:
            raise InputError("file_missing", expected="CSV", got="-", hint="Choose a file or an example first.")
        read = read_own(path or str(HERE / f"{which}.csv"), col)
        if where == "shipped":
            adapter = lmdemo.load(MODEL)
            state = finished(adapter, read, int(round_) or adapter.season(read)) | {"way": "shipped", "points": []}
        else:
            for state in train(read, int(ahead), int(round_)):
                if "progress" in state:
                    p = state["progress"]
                    yield (
                        gr.skip(),
                        say(lang, "training", step=p.step, steps=p.steps, seconds=p.seconds),
                        loss_curve(state["points"], lang),
                        *quiet,
                        gr.update(visible=True),
                    )
        yield (
            state | {"given": path and Path(path).name or which},
            *show(state | {"given": which}, lang),
            gr.update(visible=False),
        )

    def show(state: dict | None, lang: str) -> tuple:
        """Puts what was found into words and charts; computes nothing anew."""
        if state is None:
            return (say(lang, "nothing_yet"), *(gr.skip(),) * (len(shown) - 1))
        read, result, held = state["read"], state["result"], state["held"]
        filled = say(lang, "filled", n=read.filled) if read.filled else ""
        sentences = [
            say(lang, "read", n=len(read.values), name=read.name, season=state["season"], filled=filled),
            say(
                lang,
                "said",
                steps=len(result.mean),
                mean=short(result.mean[-1]),
                lower=short(result.lower[-1]),
                upper=short(result.upper[-1]),
            ),
        ]
        if state["way"] == "own":
            sentences.append(say(lang, "trained", seconds=state["seconds"], steps=state["steps"]))
        elif not hourly(read):
            sentences.append(say(lang, "not_hours", step=step_of(read)))
        if held is None:
            sentences.append(say(lang, "too_short_to_judge"))
        made = sum_table(state, 1, lang)
        return (
            "  \n".join(sentences),
            loss_curve(state["points"], lang) if state["points"] else {},
            coming_chart(state, lang),
            cards(card(state["info"], result.milliseconds, lang)),
            held_chart(state, lang) if held else {},
            error_table(held, lang) if held else "",
            verdict_of(held, lang) if held else "",
            gr.update(visible=False),
            gr.update(visible=True),
            parts_chart(state, lang),
            change_sentence(result, lang),
            gr.update(maximum=len(result.mean), value=1),
            made,
            say(lang, "inside.gates", patch=state["patch"]),
            gate_map(state, lang),
            snippet_text(state),
        )

    inputs = [example, file, column, way, horizon, season]
    options = {"show_progress_on": status, "concurrency_id": "forecast", "concurrency_limit": 2}
    running = [me.on(go.click, run, inputs, [found, *shown, stop], **options)]

    def from_example(which: str | None, lang: str):
        if not which:
            return (gr.skip(),) * 5
        where, ahead = EXAMPLES[which]
        return where, ahead, 0, None, gr.update(visible=False, choices=[], value=None)

    chosen = me.on(example.input, from_example, [example], [way, horizon, season, file, column], show_progress="hidden")
    running.append(
        chosen.then(
            guarded(run),
            [*inputs, page.language],
            [found, *shown, stop],
            show_progress="minimal",
            api_visibility="private",
            **options,
        )
    )

    def uploaded(path: str | None, lang: str):
        if not path:
            return gr.skip(), gr.skip()
        names = columns_of(path)
        return None, gr.update(visible=len(names) > 1, choices=names, value=names[-1] if names else None)

    loaded = me.on(file.upload, uploaded, [file], [example, column], show_progress="hidden")
    running.append(
        loaded.success(
            guarded(run),
            [*inputs, page.language],
            [found, *shown, stop],
            show_progress="minimal",
            api_visibility="private",
            **options,
        )
    )
    me.on(
        way.change,
        lambda where, lang: gr.update(visible=where == "own"),
        [way],
        [own],
        show_progress="hidden",
        queue=False,
    )
    me.stops(stop, running, status, "stopped_training")
    me.on(step.input, sum_table, [found, step], [summed], show_progress="hidden", trigger_mode="always_last")
    page.reword(show, [found], shown)

    def replay(which: str | None, where: str, ahead: float, round_: float, lang: str):
        if which:
            yield from run(which, None, None, where, ahead, round_, lang)
        else:
            yield (gr.skip(),) * (len(shown) + 2)

    page.replay(MODEL, replay, [example, way, horizon, season], [found, *shown, stop])

    def table_file() -> gr.File:
        return gr.File(visible=False, label="file", file_types=[".csv", ".tsv", ".txt"])

    def name() -> gr.Textbox:
        return gr.Textbox("", visible=False, label="column")

    page.endpoint(forecast_series, {"file": table_file(), "column": name()}, gr.JSON(visible=False))
    page.endpoint(
        forecast_own,
        {
            "file": table_file(),
            "column": name(),
            "horizon": Whole(12, precision=0, visible=False, label="horizon"),
            "season": Whole(0, precision=0, visible=False, label="season"),
        },
        gr.JSON(visible=False),
    )
    page.endpoint(
        forecast_sum,
        {"file": table_file(), "column": name(), "step": Whole(1, precision=0, visible=False, label="step")},
        gr.JSON(visible=False),
    )
    page.endpoint(forecast_prove, {}, gr.JSON(visible=False))


# -- what was found, in words and charts ------------------------------------------------------------------------------------------------


def columns_of(path: str) -> list[str]:
    """The columns of a table that may hold the values."""
    from lmdemo.adapters.forecasting import Forecasting

    return Forecasting.columns(path)


def stamps(index: np.ndarray) -> list[str]:
    """Dates as short as they can be told apart, or positions."""
    if not np.issubdtype(index.dtype, np.datetime64):
        return [str(i) for i in index]
    minutes = index.astype("datetime64[m]")
    if (minutes == minutes.astype("datetime64[D]")).all():
        return [str(d) for d in index.astype("datetime64[D]")]
    return [str(m).replace("T", " ") for m in minutes]


def step_of(read: Any) -> str:
    if not np.issubdtype(read.index.dtype, np.datetime64):
        return "?"
    hours = float(np.median(np.diff(read.index.astype("datetime64[s]").astype(np.int64)))) / 3600
    return f"{hours:g} h" if hours < 24 else f"{hours / 24:g} d"


def hourly(read: Any) -> bool:
    return step_of(read) == "1 h"


def short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def phrases(lang: str) -> dict[str, str]:
    return {k.rsplit(".", 1)[1]: say(lang, k) for k in WORDS if k.startswith("view.")}


def axis(read: Any, lang: str) -> tuple[str, str]:
    dated = np.issubdtype(read.index.dtype, np.datetime64)
    return say(lang, "chart.x" if dated else "chart.x.position"), say(lang, "chart.y", name=read.name)


def coming_chart(state: dict, lang: str) -> dict:
    """The past, and what is foreseen of the future."""
    read, result = state["read"], state["result"]
    past = read.values[-PAST:]
    labels = stamps(np.concatenate((read.index[-PAST:].astype(result.index.dtype), result.index)))
    n = len(past)
    return series(
        say(lang, "chart.title", name=read.name),
        *axis(read, lang),
        labels,
        [track(say(lang, "series.truth"), "", 0, past), track(say(lang, "series.lstm"), "scratch", n, result.mean)],
        phrases(lang),
        band=(say(lang, "series.interval"), n, result.lower, result.upper),
        now=n - 1,
    )


def held_chart(state: dict, lang: str) -> dict:
    """The hidden end, and what each way foresaw of it."""
    read, held = state["read"], state["held"]
    horizon = len(held.truth)
    before = min(len(read.values) - horizon, 2 * horizon, PAST)
    cut = len(read.values) - horizon
    ways = [
        track(say(lang, f"series.{k}"), LOOKS[k][0], before, v, dash=" ".join(map(str, LOOKS[k][1])))
        for k, v in held.forecasts.items()
    ]
    return series(
        say(lang, "held.title", n=horizon),
        *axis(read, lang),
        stamps(read.index[cut - before :]),
        [track(say(lang, "series.truth"), "", 0, read.values[cut - before :]), *ways],
        phrases(lang),
        band=(say(lang, "series.interval"), before, held.lower, held.upper),
        now=before - 1,
    )


def parts_chart(state: dict, lang: str) -> dict:
    """The forecast with the LSTM and without."""
    read, result = state["read"], state["result"]
    return series(
        say(lang, "inside.title"),
        *axis(read, lang),
        stamps(result.index),
        [
            track(say(lang, "series.lstm"), "scratch", 0, result.mean),
            track(say(lang, "series.linear"), "fourth", 0, result.trace["linear"], dash="8 4"),
        ],
        phrases(lang),
    )


def change_sentence(result: Any, lang: str) -> str:
    moved = np.abs(result.mean - result.trace["linear"])
    return say(lang, "inside.changes", mean=short(moved.mean()), most=short(moved.max()))


def error_table(held: Any, lang: str) -> str:
    rows = sorted(((say(lang, f"series.{k}"), e["mae"], e["rmse"]) for k, e in held.errors.items()), key=lambda r: r[2])
    return html_table(
        [say(lang, f"errors.{k}") for k in ("who", "mae", "rmse")],
        [(a, short(b), short(c)) for a, b, c in rows],
        say(lang, "errors.title"),
    )


def verdict_of(held: Any, lang: str) -> str:
    best = min(held.errors, key=lambda k: held.errors[k]["rmse"])
    return (
        say(lang, "errors.best", best=say(lang, f"series.{best}"), percent=100 * held.coverage)
        + " "
        + say(lang, "errors.one")
    )


def loss_curve(points: list[tuple[int, float, float | None]], lang: str) -> dict:
    """Training and held-out error up to now."""
    thin = max(1, len(points) // 120)
    lines = [
        line(say(lang, "loss.train"), "scratch", [(s, v) for s, v, _ in points[::thin]]),
        line(say(lang, "loss.held"), "third", [(s, v) for s, _, v in points[::thin] if v is not None], dashed=True),
    ]
    return curves(
        say(lang, "loss.title"),
        say(lang, "loss.x"),
        say(lang, "loss.y"),
        [x for x in lines if x["points"]],
        {"numbers": say(lang, "view.numbers")},
    )


def sum_table(state: dict | None, step: float, lang: str) -> str:
    """One foreseen value as a sum."""
    if state is None:
        return ""
    made = (state.get("adapter") or lmdemo.load(MODEL)).take_apart(state["read"], int(step))
    rows = [(say(lang, "sum.last"), "", "", short(made.last))]
    rows += [
        (say(lang, "sum.back", n=int(n)), short(d), f"{w:+.4f}", f"{p:+.4g}")
        for n, d, w, p in zip(made.back, made.differences, made.weights, made.products, strict=True)
    ]
    rows += [
        (say(lang, "sum.rest"), "", "", f"{made.rest:+.4g}"),
        (say(lang, "sum.correction"), "", "", f"{made.correction:+.4g}"),
        (say(lang, "sum.total"), "", "", short(made.mean)),
    ]
    return html_table(
        [say(lang, f"sum.{k}") for k in ("what", "difference", "weight", "product")],
        rows,
        say(lang, "sum.title", step=int(step)),
    )


def gate_map(state: dict, lang: str) -> dict:
    """Gates, cell and state of the LSTM by patch."""
    trace, patch = state["result"].trace, state["patch"]
    words = Speaker(RECURRENT)
    names = dict(zip(("input", "forget", "output", "candidate"), trace["gates"], strict=True)) | {
        "cell": trace["cells"],
        "state": trace["hidden_states"],
    }
    bands = [
        band(
            k, say(lang, f"gate.{k}"), k, v, **({"low": 0.0, "high": 1.0} if k in ("input", "forget", "output") else {})
        )
        for k, v in names.items()
    ]
    starts = stamps(state["read"].index[-len(trace["past"]) :: patch])
    return timeline(
        say(lang, "gates.title"),
        starts,
        [],
        bands,
        {k.rsplit(".", 1)[1]: words(lang, k) for k in RECURRENT if k.startswith("view.timeline.")},
    )


def card_table(lang: str) -> str:
    """The shipped network's figures beside straight methods, read from its card."""
    f = card_figures(MODEL)
    rows = [(MODEL, f"{f.ours:.4f}"), *((say(lang, f"baseline.{k}"), f"{v:.4f}") for k, v in f.baselines.items())]
    return (
        html_table([say(lang, "figures.who"), say(lang, "metric.mse")], rows, say(lang, "figures.title", n=f.n))
        + f"<p>{say(lang, 'figures.note')}</p>"
    )


def snippet_text(state: dict) -> str:
    """Python that repeats the result on show."""
    given = f"demos/examples/{MODEL}/{state['given']}.csv" if state["given"] in EXAMPLES else "your-series.csv"
    if state["way"] == "shipped":
        return f'import lmdemo\n\nresult = lmdemo.load("{MODEL}")("{given}", column="{state["read"].name}")\nprint(result.index[-1], result.mean[-1])'
    return (
        f"from lmdemo.adapters.forecasting import Forecasting\nfrom lmdemo.recipes.lstm_forecast import build_own, scale_of\n\n"
        f'read = Forecasting.read("{given}", "{state["read"].name}")\n'
        f"trainer = build_own(read, horizon={len(state['result'].mean)}, season={state['season']})\n"
        f"for progress in trainer.run():\n    pass\n"
        f"result = Forecasting.of(trainer.model, read.name, scale_of(read, {len(state['result'].mean)}))(read)\nprint(result.index[-1], result.mean[-1])"
    )

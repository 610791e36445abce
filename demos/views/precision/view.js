import { fill, h, linear, number } from "../_runtime.js";
import { altOf, colour, judge, listen, rect, replace, set, settings, shown, stage, suppress } from "../boxes/view.js";

/* What a threshold costs: precision and recall measured on pictures that the network never saw, and what it does to this one. */
const HEIGHT = 240, LEFT = 52, RIGHT = 12, TOP = 12, FOOT = 44;
export const initial = () => ({});

// The line's value at a threshold, between the two measured next to it.
export const valueAt = (xs, ys, x) => {
  const j = xs.findIndex(v => v >= x);
  if (j < 0) return ys[ys.length - 1];
  if (j === 0) return ys[0];
  return ys[j - 1] + (ys[j] - ys[j - 1]) * (x - xs[j - 1]) / (xs[j] - xs[j - 1]);
};
const percent = v => `${Math.round(100 * v)} %`;
const plot = (made, width) => {
  const {score, precision, recall} = made.curves, words = made.words, x = linear(0, 1, LEFT, width - RIGHT), y = linear(0, 1, HEIGHT - FOOT, TOP);
  const line = (ys, name) => [h('polyline', {class: name, points: score.map((t, i) => `${x(t).toFixed(1)},${y(ys[i]).toFixed(1)}`).join(' ')})];
  const now = x(settings.score);
  const svg = h('svg', {width, height: HEIGHT, role: 'img', 'aria-label': fill(words.alt, {score: number(settings.score, 2), precision: percent(valueAt(score, precision, settings.score)), recall: percent(valueAt(score, recall, settings.score))})},
    [0, 0.25, 0.5, 0.75, 1].flatMap(v => [h('line', {class: 'axis', x1: LEFT, x2: width - RIGHT, y1: y(v), y2: y(v)}), h('text', {x: LEFT - 6, y: y(v) + 4, 'text-anchor': 'end'}, percent(v))]),
    [0, 0.25, 0.5, 0.75, 1].map(v => h('text', {x: x(v), y: HEIGHT - FOOT + 18, 'text-anchor': v === 1 ? 'end' : 'middle'}, number(v, 2))),
    h('text', {x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 6, 'text-anchor': 'middle'}, words.x),
    line(precision, 'precision'), line(recall, 'recall'), h('line', {class: 'now', x1: now, x2: now, y1: TOP, y2: HEIGHT - FOOT}),
    h('circle', {class: 'precision', cx: now, cy: y(valueAt(score, precision, settings.score)), r: 5}), h('circle', {class: 'recall', cx: now, cy: y(valueAt(score, recall, settings.score)), r: 5}));
  const follow = e => {
    const area = svg.getBoundingClientRect(), v = (e.clientX - area.left - LEFT) / (width - RIGHT - LEFT);
    set('score', +Math.min(1, Math.max(0.01, v)).toFixed(2));
  };
  svg.addEventListener('pointerdown', follow);
  return svg;
};
export default function draw(root, made, view) {
  const again = () => {
    const value = shown.value, {state} = view, words = made.words;
    if (!words) { root.replaceChildren(); return; }
    if (state.words !== words || !root.contains(state.out)) {
      const input = h('input', {type: 'range', min: 0.01, max: 1, step: 0.01, 'aria-label': words.x, oninput: e => set('score', +e.target.value)});
      Object.assign(state, {words, input, chart: h('div', {class: 'chart'}), out: h('div', {})});
      root.replaceChildren(h('div', {class: 'beside'}, h('div', {class: 'curves'}, state.chart, h('div', {class: 'handle'}, input)), state.out));
      state.observer?.disconnect();
      state.observer = globalThis.ResizeObserver && new ResizeObserver(() => { if (state.width !== state.chart.clientWidth) again(); });
      state.observer?.observe(state.chart);
    }
    if (+state.input.value !== settings.score) state.input.value = settings.score;
    const width = state.width = state.chart.clientWidth || 600, score = settings.score;
    state.input.closest('.handle').style.cssText = `padding:0 ${RIGHT}px 0 ${LEFT}px`;
    state.chart.replaceChildren(...made.curves ? [plot(made, width), h('p', {class: 'key'},
      h('span', {class: 'precision'}, `${words.precision} ${percent(valueAt(made.curves.score, made.curves.precision, score))}`),
      h('span', {class: 'recall'}, `${words.recall} ${percent(valueAt(made.curves.score, made.curves.recall, score))}`), h('span', {class: 'muted'}, words.measured))]
      : [h('p', {class: 'muted'}, words.not_measured)]);
    if (!value) { replace(state.out); return; }
    const {kept} = suppress(value, settings), {right, missed} = judge(value, kept), marks = value.marks || [];
    const shapes = [kept.map(i => rect(value, i, marks.length && !right.has(i) ? 'wrong' : '')),
      missed.map(j => h('rect', {x: marks[j][1], y: marks[j][2], width: marks[j][3] - marks[j][1], height: marks[j][4] - marks[j][2], class: 'missed', stroke: colour(marks[j][0])}))];
    const told = marks.length ? fill(words.judged, {score: number(score, 2), right: right.size, all: marks.length, wrong: kept.length - right.size, missed: missed.length,
      precision: kept.length ? percent(right.size / kept.length) : '–', recall: percent(right.size / marks.length)}) : fill(words.unjudged, {score: number(score, 2), n: kept.length});
    replace(state.out, h('p', {role: 'status'}, told), stage(value, {shapes, tags: kept, alt: altOf(value, kept)}),
      marks.length ? h('p', {class: 'muted'}, words.key) : null);
  };
  listen(root, again);
  again();
}

import { fill, h, number } from "../_runtime.js";
import { altOf, choices, colour, cut, hits, listen, pick, rect, replace, set, settings, shown, stage, suppress, thresholds } from "../boxes/view.js";

/* How candidates become boxes: step by step, or before and after; what fell stands beside the picture. */
const MODES = ['steps', 'both'], ROWS = 100;
export const initial = () => ({step: 0, key: ''});

// What fell to the box that was kept at a step, and what was kept before it.
export const stepOf = ({kept, lost}, step) => {
  const now = kept[step];
  return {now, fell: [...lost].filter(([, why]) => why.to === now), earlier: kept.slice(0, step)};
};
const table = (head, rows, caption) => h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption},
  h('table', {}, h('thead', {}, h('tr', {}, head.map(t => h('th', {scope: 'col'}, t)))), h('tbody', {}, rows)));
const name = (value, i) => [h('span', {class: 'swatch', style: `background:${colour(value.candidates[i][5])}`}), ` ${value.names[value.candidates[i][5]]}`];
const row = (value, i, cells) => h('tr', {'aria-selected': String(i === settings.picked)},
  h('td', {}, h('button', {type: 'button', 'data-key': `#${i}`, 'aria-pressed': String(i === settings.picked), onclick: () => pick(i)}, `${i + 1}`)),
  h('td', {}, name(value, i)), h('td', {}, number(value.candidates[i][4], 3)), cells.map(c => h('td', {}, c)));

const steps = (value, words, found, state, again) => {
  state.step = Math.min(state.step, found.kept.length - 1);
  const {now, fell, earlier} = stepOf(found, state.step);
  const go = by => { state.step += by; again(); };
  const bar = h('div', {class: 'bar stepper'}, h('button', {type: 'button', 'data-key': 'previous', disabled: state.step === 0, onclick: () => go(-1)}, words.previous),
    h('button', {type: 'button', 'data-key': 'next', disabled: state.step === found.kept.length - 1, onclick: () => go(1)}, words.next),
    h('span', {role: 'status'}, fill(words.step, {i: state.step + 1, n: found.kept.length, name: value.names[value.candidates[now][5]], score: number(value.candidates[now][4], 2), fell: fell.length})));
  const shapes = [earlier.map(i => rect(value, i, 'thin')), rect(value, now, 'strong'), fell.map(([j]) => rect(value, j, 'fell'))];
  const most = {true: settings.iou ?? value.iou, false: 0.9};
  const rows = fell.map(([j, why]) => row(value, j, [`${number(why.shared, 3)} > ${number(most[why.same], 2)}`, `#${why.to + 1}`]));
  return [bar, h('div', {class: 'beside'}, stage(value, {shapes, tags: [now], alt: altOf(value, [now])}),
    fell.length ? table(['#', words.label, words.probability, 'IoU', words.to], rows, words.fallen) : h('p', {class: 'muted'}, words.none_fell))];
};
const both = (value, words, {open, kept, lost}) => {
  const marked = open.includes(settings.picked) ? [rect(value, settings.picked, 'strong')] : [];
  const rows = open.slice(0, ROWS).map(i => {
    const why = lost.get(i);
    return row(value, i, [why ? fill(words.lost, {i: why.to + 1, iou: number(why.shared, 2)}) : words.stays, ...cut(value, i).map(v => number(v, 0))]);
  });
  return [h('div', {class: 'beside three'},
    stage(value, {caption: fill(words.before, {n: open.length}), shapes: [open.map(i => rect(value, i, 'thin')), marked, hits(value, open)], alt: altOf(value, open)}),
    stage(value, {caption: fill(words.after, {n: kept.length}), shapes: [kept.map(i => rect(value, i, '')), marked, hits(value, kept)], tags: kept, alt: altOf(value, kept)}),
    table(['#', words.label, words.probability, words.fate, 'xmin', 'ymin', 'xmax', 'ymax'], rows, words.fate))];
};
export default function draw(root, made, view) {
  const again = () => {
    const value = shown.value, {state} = view, words = made.words;
    if (!value || !words) { root.replaceChildren(); return; }
    if (state.key !== value.key) Object.assign(state, {key: value.key, step: 0});
    const found = suppress(value, settings), mode = MODES.includes(settings.mode) ? settings.mode : 'steps';
    if (state.words !== words || !root.contains(state.out)) {
      Object.assign(state, {words, sliders: thresholds(words), modes: h('div', {}), out: h('div', {class: 'out'})});
      root.replaceChildren(state.modes, state.sliders.node, state.out);
    }
    state.sliders.sync();
    replace(state.modes, choices(words.show, MODES, mode, m => words[m], m => set('mode', m)));
    if (!found.kept.length) replace(state.out, h('p', {class: 'muted'}, words.nothing_kept));
    else replace(state.out, mode === 'steps' ? steps(value, words, found, state, again) : both(value, words, found));
  };
  listen(root, again);
  again();
}

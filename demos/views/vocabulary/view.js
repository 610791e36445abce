import { fill, h, linear } from "../_runtime.js";

export const sized = true;
export const initial = () => ({chosen: null});
const LEFT = 78, BOTTOM = 44, TOP = 8, RIGHT = 10;
export const percent = log => { const p = 100 * 10 ** log; return `${p >= 10 ? p.toFixed(0) : p >= .095 ? p.toFixed(1) : p >= .00095 ? p.toFixed(3) : '< 0.001'} %`; };
// The words that are named on the map: those that moved most of all that are likely (p above 0.5 %) on a side.
export const named = (first, second, count) => Array.from({length: first.length}, (_, i) => i).filter(i => Math.max(first[i], second[i]) > -230)
  .sort((a, b) => Math.abs(second[b] - first[b]) - Math.abs(second[a] - first[a])).slice(0, count);

export default function draw(root, value, view) {
  const { state } = view;
  root.replaceChildren();
  if (!value.names || !value.names.length) return;
  const w = value.words, N = value.names.length, W = Math.max(280, view.width), H = Math.min(440, Math.max(300, W * .62));
  if (state.chosen !== null && state.chosen >= N) state.chosen = null;
  const low = Math.max(-7, Math.floor(Math.min(...value.first, ...value.second) / 100)), X = linear(low, 0, LEFT, W - RIGHT), Y = linear(low, 0, H - BOTTOM, TOP);
  const xs = value.first.map(v => X(v / 100)), ys = value.second.map(v => Y(v / 100));
  const told = h('p', {class: 'told', role: 'status'});
  const svg = h('svg', {width: W, height: H, tabindex: '0', role: 'application'});
  for (let t = low; t <= 0; t++) {
    svg.append(h('line', {class: 'axis', x1: LEFT, x2: W - RIGHT, y1: Y(t), y2: Y(t)}), h('line', {class: 'axis', x1: X(t), x2: X(t), y1: TOP, y2: H - BOTTOM}));
    if (t >= -5) svg.append(h('text', {x: LEFT - 6, y: Y(t) + 4, 'text-anchor': 'end'}, percent(t)));
    if (t >= -5 && (W > 520 || (t - low) % 2 === 0)) svg.append(h('text', {x: X(t), y: H - BOTTOM + 16, 'text-anchor': t === 0 ? 'end' : 'middle'}, percent(t)));
  }
  svg.append(h('line', {class: 'same', x1: X(low), y1: Y(low), x2: X(0), y2: Y(0)}),
    h('text', {x: (LEFT + W - RIGHT) / 2, y: H - 6, 'text-anchor': 'middle'}, `${w.first} →`),
    h('text', {x: 12, y: (TOP + H - BOTTOM) / 2, 'text-anchor': 'middle', transform: `rotate(-90 12 ${(TOP + H - BOTTOM) / 2})`}, `${w.second} →`),
    h('text', {class: 'muted', x: LEFT + 8, y: TOP + 14}, w.above), h('text', {class: 'muted', x: W - RIGHT - 4, y: H - BOTTOM - 8, 'text-anchor': 'end'}, w.below));
  const dots = h('g', {class: 'dots', style: `--net:var(--lm-${value.colour})`});
  for (let i = 0; i < N; i++) dots.append(h('circle', {cx: xs[i].toFixed(1), cy: ys[i].toFixed(1), r: 2.5}));
  svg.append(dots);
  const boxes = [];
  for (const i of named(value.first, value.second, W > 560 ? 24 : 12)) {  // a name that would cover another is left out
    const name = value.names[i], left = xs[i] + 8 + 7 * name.length > W - RIGHT, box = [left ? xs[i] - 8 - 7 * name.length : xs[i] + 6, ys[i] - 8, 7 * name.length, 15];
    if (boxes.some(b => box[0] < b[0] + b[2] && b[0] < box[0] + box[2] && box[1] < b[1] + b[3] && b[1] < box[1] + box[3])) continue;
    boxes.push(box);
    svg.append(h('text', {class: 'name', x: left ? xs[i] - 6 : xs[i] + 6, y: ys[i] + 4, 'text-anchor': left ? 'end' : 'start'}, name));
  }
  const mark = h('circle', {class: 'mark', r: 6});
  svg.append(mark);
  const tell = i => {
    mark.setAttribute('visibility', i === null ? 'hidden' : 'visible');
    if (i !== null) { mark.setAttribute('cx', xs[i]); mark.setAttribute('cy', ys[i]); }
    const ratio = i === null ? 1 : 10 ** ((value.second[i] - value.first[i]) / 100);
    told.textContent = i === null ? w.hint : fill(w.told, {word: value.names[i], a: percent(value.first[i] / 100), b: percent(value.second[i] / 100), ratio: Number(ratio.toPrecision(2))});
    svg.setAttribute('aria-label', `${value.title}. ${told.textContent} ${w.keyboard}`);
  };
  const nearest = e => {
    const box = svg.getBoundingClientRect(), x = e.clientX - box.left, y = e.clientY - box.top;
    let best = null, least = 20 ** 2;
    for (let i = 0; i < N; i++) { const d = (xs[i] - x) ** 2 + (ys[i] - y) ** 2; if (d < least) { least = d; best = i; } }
    return best;
  };
  svg.addEventListener('pointermove', e => tell(nearest(e) ?? state.chosen));
  svg.addEventListener('pointerleave', () => tell(state.chosen));
  svg.addEventListener('click', e => { state.chosen = nearest(e); tell(state.chosen); });
  svg.addEventListener('keydown', e => {  // from the most probable word down
    const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[e.key];
    if (!step) return;
    e.preventDefault();
    state.chosen = Math.max(0, Math.min(N - 1, (state.chosen ?? -1) + step));
    tell(state.chosen);
  });
  root.append(h('h4', {}, value.title), told, svg);
  tell(state.chosen);
}

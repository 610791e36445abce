import { h, linear, niceTicks, xAxis, yAxis } from "../_runtime.js";
import { play } from "../listen/view.js";

export const COLOURS = ['positive', 'negative', 'fourth', 'third'], SHAPES = ['●', '■', '▲', '◆', '★', '✚', '▼', '✖'];
// One shape and colour for each of up to 8 groups.
export const mark = i => ({shape: SHAPES[i % 8], colour: `var(--lm-${COLOURS[i % 4]})`});

// Where names are written beside their dots, each below those that it would cover: [from, to, y] to y.
export const apart = (places, height = 13) => {
  const order = [...places.keys()].sort((i, j) => places[i][2] - places[j][2]), at = places.map(p => p[2]);
  order.forEach((i, n) => { for (const j of order.slice(0, n)) if (places[i][0] < places[j][1] && places[j][0] < places[i][1] && at[i] - at[j] < height) at[i] = at[j] + height; });
  return at;
};

export const sized = true;
export const initial = () => ({key: '', at: 0});
export default function draw(root, value, view) {
  const { state } = view;
  if (value.dots?.length && !view.width) return;  // it is drawn when it is seen
  root.replaceChildren();
  if (!value.dots || !value.dots.length) return;
  const W = view.width, {dots, axes, words} = value, groups = [...new Set(dots.filter(d => !d.asked).map(d => d.group))];
  const key = JSON.stringify(dots.map(d => [d.name, d.at]));
  if (state.key !== key) Object.assign(state, {key, at: Math.max(0, dots.findIndex(d => d.asked))});
  const xs = dots.map(d => d.at[0]), ys = dots.map(d => d.at[1]), [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  // One scale for both directions: distances are what the plane is for.
  const left = 54, H = Math.max(dots.some(d => d.written) ? 310 : 240, Math.min(340, W * .5)), foot = H - 44, unit = Math.max((x1 - x0) / (W - left - 120), (y1 - y0) / (foot - 60), 1e-6);
  const X = linear(0, 1, (left + W) / 2 - (x0 + x1) / 2 / unit, (left + W) / 2 - ((x0 + x1) / 2 - 1) / unit), Y = linear(0, 1, (foot + 10) / 2 + (y0 + y1) / 2 / unit, (foot + 10) / 2 + ((y0 + y1) / 2 - 1) / unit);
  const wide = [(left - X(0)) * unit, (W - 12 - X(0)) * unit], high = [(Y(0) - foot) * unit, (Y(0) - 10) * unit];
  const marks = ([low, up]) => niceTicks(low, up, 5).filter(v => v >= low && v <= up);
  const brief = W < 420, label = i => brief ? String(i + 1) : dots[i].name;  // on a phone names stand below, by number
  const ends = i => X(xs[i]) > W - 30 - 6.6 * label(i).length, written = [...dots.keys()].filter(i => dots[i].written);
  const lines = apart(written.map(i => ends(i) ? [X(xs[i]) - 13 - 6.6 * label(i).length, X(xs[i]) - 13, Y(ys[i])] : [X(xs[i]) + 13, X(xs[i]) + 13 + 6.6 * label(i).length, Y(ys[i])]));
  const told = h('p', {role: 'status', class: 'told'}), ring = h('circle', {r: 13, class: 'ring'});
  const points = dots.map((d, i) => {
    const m = mark(groups.indexOf(d.group)), style = d.asked ? 'fill:var(--color-accent)' : `fill:${m.colour}`;
    return [h('text', {x: X(xs[i]), y: Y(ys[i]), 'text-anchor': 'middle', 'dominant-baseline': 'central', class: d.asked ? 'point asked' : 'point', style, onclick: () => pick(i, true), onpointerenter: () => pick(i)}, d.asked ? '✦' : m.shape),
      d.written ? h('text', {x: X(xs[i]) + (ends(i) ? -13 : 13), y: lines[written.indexOf(i)] + 4, 'text-anchor': ends(i) ? 'end' : 'start', class: 'name'}, label(i)) : null];
  });
  const svg = h('svg', {width: W, height: H, role: 'application', tabindex: '0'}, yAxis(marks(high).map(v => [Y(v), +v.toFixed(2)]), left, W - 12, axes[1], (10 + foot) / 2),
    marks(wide).map(v => h('line', {class: 'axis', x1: X(v), x2: X(v), y1: 10, y2: foot})), xAxis(marks(wide).map(v => [X(v), +v.toFixed(2)]), foot + 15, axes[0], (left + W) / 2, H - 6), ring, points);
  const pick = (i, heard) => {
    state.at = i; ring.setAttribute('cx', X(xs[i])); ring.setAttribute('cy', Y(ys[i]));
    told.textContent = dots[i].told;
    svg.setAttribute('aria-label', `${dots[i].told} ${words.keys}`);
    if (heard && dots[i].file) play(dots[i].file.url, seconds => ring.classList?.toggle('on', seconds !== null));
  };
  svg.addEventListener('keydown', e => {
    if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); return pick(state.at, true); }
    const by = {ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1}[e.key]; if (!by) return;
    e.preventDefault(); pick((state.at + by + dots.length) % dots.length);
  });
  const named = groups.length > 1 && groups.length < 9 && !dots.some(d => d.written);
  root.append(svg, brief && written.length ? h('ul', {}, written.map(i => h('li', {}, `${i + 1} ${dots[i].name}`))) : named ? h('ul', {}, groups.map((g, i) => h('li', {}, h('span', {style: `color:${mark(i).colour}`, 'aria-hidden': 'true'}, mark(i).shape + ' '), g))) : '', told);
  pick(Math.min(state.at, dots.length - 1));
}

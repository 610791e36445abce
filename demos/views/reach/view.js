import { fill, h, linear, niceTicks, number, xAxis, yAxis } from "../_runtime.js";

const LEFT = 64, RIGHT = 16, TOP = 16, FOOT = 58, TALLEST = 22;
// How far back the samples lie that are needed below each block, from the last one's to the first one's: what falls on one pixel
// (`step` samples wide) is told once.
export const needed = (kernel, dilations, step = 1) => {
  const rows = [[0]];
  for (const dilation of [...dilations].reverse()) {
    const kept = new Map();
    for (const at of rows.at(-1)) for (let k = 0; k < kernel; k++) {
      const to = at + k * dilation;
      kept.set(Math.round(to / step), to);
    }
    rows.push([...kept.values()]);
  }
  return rows;
};
// How many samples are reached after so many blocks, counted from the last.
export const reached = (kernel, dilations, blocks) => 1 + (kernel - 1) * [...dilations].reverse().slice(0, blocks).reduce((a, b) => a + b, 0);

export const sized = true;
export const initial = () => ({block: 0});
export default function draw(root, value, view) {
  const {state} = view;
  if (value.dilations && !view.width) return;
  root.replaceChildren();
  if (!value.dilations?.length) return;
  const {kernel, dilations, rate, words} = value, N = dilations.length, W = view.width, right = W - RIGHT;
  const step = Math.max(9, Math.min(TALLEST, 330 / N)), foot = TOP + step * N, total = reached(kernel, dilations, N), span = Math.max(1, total - 1);
  const X = linear(-span, 0, LEFT, right), Y = row => TOP + step * row;  // row 0: the sample that is drawn
  const rows = needed(kernel, dilations, span / (right - LEFT)), milliseconds = n => number(1000 * n / rate, 1000 * n / rate < 10 ? 2 : 1);
  state.block = Math.min(state.block, N);
  const canvas = h('canvas', {'aria-hidden': 'true', width: 2 * W, height: 2 * (foot + 8)}), c = canvas.getContext?.('2d');
  canvas.style.cssText = `width:${W}px;height:${foot + 8}px`;
  const svg = h('svg', {width: W, height: foot + FOOT, role: 'application', tabindex: '0'}), told = h('p', {class: 'told', role: 'status'});
  const ink = name => getComputedStyle(root).getPropertyValue(name).trim() || '#666';
  const paint = () => {
    if (!c) return;
    c.setTransform(2, 0, 0, 2, 0, 0);
    c.clearRect(0, 0, W, foot + 8);
    rows.slice(0, -1).forEach((from, row) => {
      const chosen = state.block === row + 1, dilation = dilations[N - 1 - row];
      c.strokeStyle = ink(chosen ? '--color-accent' : '--lm-ours');
      c.globalAlpha = chosen ? .95 : Math.max(.12, Math.min(.7, 40 / from.length));
      c.lineWidth = 1;
      c.beginPath();
      for (const at of from) for (let k = 0; k < kernel; k++) {
        c.moveTo(X(-at), Y(row));
        c.lineTo(X(-at - k * dilation), Y(row + 1));
      }
      c.stroke();
    });
    c.globalAlpha = 1;
    rows.forEach((at, row) => {
      c.fillStyle = ink(row === 0 ? '--color-accent' : '--lm-ink');
      const size = row === 0 ? 4 : Math.max(.8, Math.min(2.5, (right - LEFT) / at.length / 4));
      for (const a of at) { c.beginPath(); c.arc(X(-a), Y(row), size, 0, 7); c.fill(); }
    });
  };
  const show = () => {
    paint();
    const b = state.block;
    told.textContent = b === 0 ? fill(words.whole, {samples: total.toLocaleString('en'), ms: milliseconds(total), blocks: N})
      : fill(words.block, {n: N + 1 - b, dilation: dilations[N - b], apart: milliseconds(dilations[N - b]), kernel, samples: reached(kernel, dilations, b).toLocaleString('en'), ms: milliseconds(reached(kernel, dilations, b))});
  };
  const scale = 1000 / rate, marks = niceTicks(-span * scale, 0, W < 480 ? 4 : 8).filter(v => v >= -span * scale - 1e-9 && v <= 1e-9);
  svg.append(...xAxis(marks.map(v => [X(v / scale), +v.toFixed(3), v > -1e-9 ? 'end' : 'middle']), foot + 32, words.axis, (LEFT + right) / 2, foot + 51),
    ...yAxis(Array.from({length: N}, (_, i) => i).filter(i => step >= 14 || i % Math.ceil(14 / step) === 0).map(i => [Y(i + .5), dilations[N - 1 - i].toLocaleString('en')]), LEFT - 10, LEFT - 14, words.dilations, (TOP + foot) / 2));
  if (value.period && value.period < span * scale) svg.append(h('line', {class: 'period', x1: X(-value.period / scale), x2: X(0), y1: foot + 9, y2: foot + 9}),
    h('text', {x: X(-value.period / scale) - 6, y: foot + 13, 'text-anchor': 'end', class: 'of'}, fill(words.period, {ms: number(value.period, 1), n: number(total * scale / value.period, 1)})));
  const choose = block => { state.block = Math.max(0, Math.min(N, block)); show(); };
  svg.addEventListener('pointermove', e => { const at = (e.clientY - svg.getBoundingClientRect().top - TOP) / step; choose(at < 0 || at > N ? 0 : Math.floor(at) + 1); });
  svg.addEventListener('pointerdown', e => { const at = (e.clientY - svg.getBoundingClientRect().top - TOP) / step; choose(at < 0 || at > N ? 0 : Math.floor(at) + 1); });
  svg.addEventListener('pointerleave', () => choose(0));
  svg.addEventListener('keydown', e => {
    const by = {ArrowDown: 1, ArrowUp: -1}[e.key];
    if (!by) return;
    e.preventDefault();
    choose(state.block + by);
  });
  svg.setAttribute('aria-label', `${fill(words.whole, {samples: total.toLocaleString('en'), ms: milliseconds(total), blocks: N})} ${words.keys}`);
  root.append(h('div', {class: 'plot'}, canvas, svg), told, h('p', {class: 'muted'}, words.keys));
  show();
}

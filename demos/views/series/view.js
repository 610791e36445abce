import { h, linear, niceTicks, xAxis, yAxis } from "../_runtime.js";

export const initial = () => ({at: null});
// Ticks [place, text] for labels in a row, `wide(text)` pixels each, in `room` pixels: dates without what they have in common,
// days alone where there are hours, and no more of them than have room.
export const ticks = (labels, wide, room) => {
  const monthly = labels.every(l => /^\d{4}-\d\d-01$/.test(l)), days = labels.map((_, i) => i).filter(i => labels[i].endsWith(' 00:00'));
  const daily = days.length > 2, dated = labels.every(l => /^\d{4}-/.test(l)), oneYear = dated && labels[0].slice(0, 4) === labels.at(-1).slice(0, 4);
  const text = l => !dated ? l : monthly ? l.slice(0, 7) : daily ? l.slice(5, 10) : oneYear ? l.slice(5) : l;
  const among = daily ? days : labels.map((_, i) => i), widest = Math.max(...among.map(i => wide(text(labels[i]))));
  const step = room / Math.max(1, labels.length - 1), every = Math.max(1, Math.ceil((widest + 18) / (step * (daily ? among[1] - among[0] : 1))), Math.ceil(among.length / 9));
  return among.filter((_, k) => k % every === 0).map(i => [i, text(labels[i])]);
};
const shortly = v => Math.abs(v) >= 1000 ? Math.round(v).toLocaleString('en') : String(+v.toPrecision(4));
export const sized = true;
export default function draw(root, value, { state, width }) {
  const open = root.querySelector('details')?.open;
  root.replaceChildren();
  if (!value.tracks || !value.tracks.length) return;
  const W = Math.max(260, width || 700), H = Math.round(Math.max(210, Math.min(380, W * 0.42))), RIGHT = 14, TOP = 14, BOTTOM = 48;
  const w = value.words, n = value.labels.length, band = value.band;
  const all = value.tracks.flatMap(t => t.values).concat(band ? band.lower.concat(band.upper) : []);
  let low = all.reduce((a, b) => Math.min(a, b), Infinity), high = all.reduce((a, b) => Math.max(a, b), -Infinity);
  if (low === high) { low -= 1; high += 1; }
  const levels = niceTicks(low, high), context = document.createElement('canvas').getContext?.('2d');
  if (context) context.font = `12px ${getComputedStyle(root).fontFamily}`;
  const wide = text => context?.measureText(text).width ?? 7 * text.length;
  const LEFT = 34 + Math.max(...levels.map(v => wide(shortly(v))));
  const X = linear(0, Math.max(1, n - 1), LEFT, W - RIGHT), Y = linear(levels[0], levels.at(-1), H - BOTTOM, TOP);
  const last = value.tracks.map(t => `${t.name}: ${shortly(t.values[0])} … ${shortly(t.values.at(-1))}`).join('; ');
  const svg = h('svg', {width: W, height: H, role: 'application', tabindex: '0', 'aria-label': `${value.title}. ${last}. ${w.keys}`});
  const year = value.labels[0].match(/^\d{4}(?=-)/)?.[0], marks = ticks(value.labels, wide, W - LEFT - RIGHT).filter(([i, text]) => X(i) + wide(text) / 2 <= W);
  svg.append(...yAxis(levels.map(v => [Y(v), shortly(v)]), LEFT, W - RIGHT, value.y, (TOP + H - BOTTOM) / 2),
    ...xAxis(marks.map(([i, text]) => [X(i), text]), H - BOTTOM + 20, year && !marks[0]?.[1].startsWith(year) ? `${value.x}, ${year}` : value.x, (LEFT + W - RIGHT) / 2, H - 8));
  if (value.now >= 0) svg.append(h('line', {class: 'now', x1: X(value.now), x2: X(value.now), y1: TOP, y2: H - BOTTOM}),
    h('text', {x: X(value.now) - 5, y: TOP + 10, 'text-anchor': 'end'}, w.now));
  if (band) {
    const up = band.upper.map((v, i) => `${X(band.start + i).toFixed(1)},${Y(v).toFixed(1)}`), down = band.lower.map((v, i) => `${X(band.start + i).toFixed(1)},${Y(v).toFixed(1)}`);
    svg.append(h('path', {class: 'band', d: `M${up.join('L')}L${down.reverse().join('L')}Z`}));
  }
  const colour = t => t.colour ? `stroke:var(--lm-${t.colour})` : 'stroke:var(--body-text-color)';
  for (const t of value.tracks) svg.append(h('polyline', {class: t.main ? 'line main' : 'line', style: colour(t), 'stroke-dasharray': t.dash || false,
    points: t.values.map((v, i) => `${X(t.start + i).toFixed(1)},${Y(v).toFixed(1)}`).join(' ')}));
  const cursor = h('line', {class: 'cursor', y1: TOP, y2: H - BOTTOM, visibility: 'hidden'}), said = h('p', {role: 'status'});
  svg.append(cursor);
  const at = (t, i) => i >= t.start && i < t.start + t.values.length ? t.values[i - t.start] : null;
  const mark = i => {
    state.at = Math.max(0, Math.min(n - 1, i));
    cursor.setAttribute('x1', X(state.at)); cursor.setAttribute('x2', X(state.at)); cursor.setAttribute('visibility', 'visible');
    const found = value.tracks.filter(t => at(t, state.at) !== null).map(t => `${t.name} ${shortly(at(t, state.at))}`);
    const k = band ? state.at - band.start : -1;
    if (band && k >= 0 && k < band.lower.length) found.push(`${band.name} ${shortly(band.lower[k])} – ${shortly(band.upper[k])}`);
    said.textContent = [value.labels[state.at], ...found].join(' · ');
  };
  const place = e => { const box = svg.getBoundingClientRect(); mark(Math.round(((e.clientX - box.left) / box.width * W - LEFT) / (W - LEFT - RIGHT) * (n - 1))); };
  svg.addEventListener('pointermove', place);
  svg.addEventListener('pointerdown', place);
  svg.addEventListener('keydown', e => {
    const move = {ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -n, End: n}[e.key];
    if (!move) return;
    e.preventDefault();
    mark((state.at ?? value.now) + move);
  });
  const key = t => h('svg', {class: 'key', width: 28, height: 8, 'aria-hidden': 'true'}, h('line', {x1: 0, x2: 28, y1: 4, y2: 4, style: colour(t), 'stroke-dasharray': t.dash || false}));
  const legend = h('ul', {}, value.tracks.map(t => h('li', {}, key(t), t.name)),
    band ? h('li', {}, h('svg', {class: 'key', width: 28, height: 8, 'aria-hidden': 'true'}, h('rect', {class: 'band', width: 28, height: 8, x: 0, y: 0})), band.name) : null);
  const from = Math.max(0, value.now - 2);
  const table = h('table', {}, h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, value.x), value.tracks.map(t => h('th', {scope: 'col'}, t.name)), band ? h('th', {scope: 'col'}, band.name) : null)),
    h('tbody', {}, value.labels.slice(from).map((label, j) => h('tr', {}, h('th', {scope: 'row'}, label),
      value.tracks.map(t => h('td', {}, at(t, from + j) === null ? '' : shortly(at(t, from + j)))),
      band ? h('td', {}, from + j >= band.start && from + j - band.start < band.lower.length ? `${shortly(band.lower[from + j - band.start])} – ${shortly(band.upper[from + j - band.start])}` : '') : null))));
  root.append(h('h4', {}, value.title), svg, legend, said, value.note ? h('p', {class: 'muted'}, value.note) : '',
    h('details', {open: !!open}, h('summary', {}, w.numbers), h('div', {class: 'numbers', tabindex: '0'}, table)));
  if (state.at !== null && state.at < n) mark(state.at); else said.textContent = w.keys;
}

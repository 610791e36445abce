import { evenTicks, h, linear, nice, niceTicks, xAxis, yAxis } from "../_runtime.js";

export const sized = true;
export const initial = () => ({at: null});
const RIGHT = 14, TOP = 10, BOTTOM = 42;
const short = v => Math.abs(v) >= 100 ? v.toFixed(0) : String(+v.toPrecision(3));
export default function draw(root, value, { state, width = 640 }) {
  const open = root.querySelector('details')?.open;
  root.replaceChildren();
  if (!value.lines || !value.lines.length) return;
  const W = Math.max(280, width), H = W < 480 ? 220 : 260, LEFT = W < 480 ? 56 : 64;
  const points = value.lines.flatMap(l => l.points);
  const xs = points.map(p => p[0]), ys = points.map(p => p[1]);
  const low = Math.min(...xs), high = Math.max(...xs) > low ? Math.max(...xs) : low + 1;
  const top = value.percent ? 1 : nice(Math.max(...ys, 1e-9), [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10]), bottom = value.percent ? 0 : Math.min(0, ...ys);
  const scale = value.log ? Math.log : v => v, back = value.log ? Math.exp : v => v;
  const across = linear(scale(low), scale(high), LEFT, W - RIGHT), X = x => across(scale(x)), Y = linear(bottom, top, H - BOTTOM, TOP);
  const label = y => value.percent ? `${Math.round(100 * y)} %` : short(y);
  const ends = value.lines.filter(l => l.points.length).map(l => `${l.name}: ${label(l.points[0][1])} → ${label(l.points.at(-1)[1])}`).join('; ');
  const svg = h('svg', {width: W, height: H, role: 'application', tabindex: '0', 'aria-label': `${value.title}. ${ends}`});
  const many = Math.max(2, Math.min(6, Math.floor((W - LEFT) / 90)));
  const places = value.log ? evenTicks(scale(low), scale(high), many).map(back) : niceTicks(low, high, many).filter(x => x >= low && x <= high);
  const marks = places.map(x => [X(x), short(value.log && x >= 10 ? Math.round(x) : x), X(x) > W - RIGHT - 20 ? 'end' : 'middle']);
  svg.append(...yAxis(evenTicks(bottom, top).map(y => [Y(y), label(y)]), LEFT, W - RIGHT, value.y, (TOP + H - BOTTOM) / 2),
    ...xAxis(marks, H - BOTTOM + 17, value.x, (LEFT + W - RIGHT) / 2, H - 7));
  for (const l of value.lines) svg.append(h('polyline', {class: 'line', points: l.points.map(p => `${X(p[0]).toFixed(1)},${Y(p[1]).toFixed(1)}`).join(' '),
    style: `stroke:var(--lm-${l.colour})`, 'stroke-dasharray': l.dashed ? '7 5' : false}));
  const legend = h('ul', {}, value.lines.map(l => h('li', {}, h('span', {class: `key ${l.dashed ? 'dashed' : ''}`,
    style: `border-color:var(--lm-${l.colour})`, 'aria-hidden': 'true'}), l.name)));
  const all = [...new Set(xs)].sort((a, b) => a - b);
  const at = (l, x) => l.points.find(p => p[0] === x);

  // what the lines say at one place, for pointer, finger and arrow keys
  const cursor = h('line', {class: 'cursor', y1: TOP, y2: H - BOTTOM, visibility: 'hidden'}), told = h('p', {class: 'told', role: 'status'});
  svg.append(cursor);
  const point = i => {
    state.at = i;
    const x = all[i];
    cursor.setAttribute('visibility', i === null ? 'hidden' : 'visible');
    if (i === null) { told.textContent = ' '; return; }
    cursor.setAttribute('x1', X(x)); cursor.setAttribute('x2', X(x));
    told.textContent = [`${value.x}: ${short(x)}`, ...value.lines.filter(l => at(l, x)).map(l => `${l.name} ${label(at(l, x)[1])}`)].join(' · ');
  };
  const near = e => {
    const x = e.clientX - svg.getBoundingClientRect().left;
    point(all.reduce((best, v, i) => Math.abs(X(v) - x) < Math.abs(X(all[best]) - x) ? i : best, 0));
  };
  svg.addEventListener('pointermove', near);
  svg.addEventListener('pointerdown', near);
  svg.addEventListener('pointerleave', () => point(null));
  svg.addEventListener('keydown', e => {
    const by = {ArrowLeft: -1, ArrowRight: 1}[e.key];
    if (!by) return;
    e.preventDefault();
    point(Math.max(0, Math.min(all.length - 1, (state.at ?? (by > 0 ? -1 : all.length)) + by)));
  });
  const table = h('table', {}, h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, value.x), value.lines.map(l => h('th', {scope: 'col'}, l.name)))),
    h('tbody', {}, all.map(x => h('tr', {}, h('td', {}, short(x)), value.lines.map(l => h('td', {}, at(l, x) ? label(at(l, x)[1]) : ''))))));
  root.append(h('h4', {}, value.title), legend, svg, told, value.note ? h('p', {class: 'muted'}, value.note) : '',
    h('details', {open: !!open}, h('summary', {}, value.words.numbers), h('div', {class: 'numbers', tabindex: '0'}, table)));
  point(null);
}

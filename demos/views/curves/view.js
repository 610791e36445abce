import { evenTicks, h, linear, nice, xAxis, yAxis } from "../_runtime.js";

const W = 640, H = 240, LEFT = 52, RIGHT = 12, TOP = 10, BOTTOM = 40;
const short = v => Math.abs(v) >= 100 ? v.toFixed(0) : String(+v.toPrecision(3));
export default function draw(root, value) {
  const open = root.querySelector('details')?.open;
  root.replaceChildren();
  if (!value.lines || !value.lines.length) return;
  const points = value.lines.flatMap(l => l.points);
  const xs = points.map(p => p[0]), ys = points.map(p => p[1]);
  const low = Math.min(...xs), high = Math.max(...xs) > low ? Math.max(...xs) : low + 1;
  const top = value.percent ? 1 : nice(Math.max(...ys, 1e-9), [1, 2, 5, 10]), bottom = value.percent ? 0 : Math.min(0, ...ys);
  const scale = value.log ? Math.log : v => v, back = value.log ? Math.exp : v => v;
  const across = linear(scale(low), scale(high), LEFT, W - RIGHT), X = x => across(scale(x)), Y = linear(bottom, top, H - BOTTOM, TOP);
  const label = y => value.percent ? `${Math.round(100 * y)} %` : short(y);
  const ends = value.lines.filter(l => l.points.length).map(l => `${l.name}: ${label(l.points[0][1])} → ${label(l.points.at(-1)[1])}`).join('; ');
  const svg = h('svg', {viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': `${value.title}. ${ends}`});
  const marks = evenTicks(scale(low), scale(high)).map(back).map(x => [X(x), short(Math.abs(x) >= 10 ? Math.round(x) : x)]);
  svg.append(...yAxis(evenTicks(bottom, top).map(y => [Y(y), label(y)]), LEFT, W - RIGHT, value.y, (TOP + H - BOTTOM) / 2),
    ...xAxis(marks, H - BOTTOM + 16, value.x, (LEFT + W - RIGHT) / 2, H - 6));
  for (const l of value.lines) svg.append(h('polyline', {class: 'line', points: l.points.map(p => `${X(p[0]).toFixed(1)},${Y(p[1]).toFixed(1)}`).join(' '),
    style: `stroke:var(--lm-${l.colour})`, 'stroke-dasharray': l.dashed ? '7 5' : false}));
  const legend = h('ul', {}, value.lines.map(l => h('li', {}, h('span', {class: `key ${l.dashed ? 'dashed' : ''}`,
    style: `border-color:var(--lm-${l.colour})`, 'aria-hidden': 'true'}), l.name)));
  const all = [...new Set(xs)].sort((a, b) => a - b);
  const table = h('table', {}, h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, value.x), value.lines.map(l => h('th', {scope: 'col'}, l.name)))),
    h('tbody', {}, all.map(x => h('tr', {}, h('td', {}, short(x)), value.lines.map(l => {
      const found = l.points.find(p => p[0] === x);
      return h('td', {}, found ? label(found[1]) : '');
    })))));
  root.append(h('h4', {}, value.title), svg, legend, value.note ? h('p', {class: 'muted'}, value.note) : '',
    h('details', {open: !!open}, h('summary', {}, value.words.numbers), h('div', {class: 'numbers', tabindex: '0'}, table)));
}

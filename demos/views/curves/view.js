import { h } from "../_runtime.js";

const W = 640, H = 240, LEFT = 52, RIGHT = 12, TOP = 10, BOTTOM = 40;
const nice = top => { const p = 10 ** Math.floor(Math.log10(top || 1)); return [1, 2, 5, 10].map(k => k * p).find(v => v >= top) || 1; };
const short = v => Math.abs(v) >= 100 ? v.toFixed(0) : String(+v.toPrecision(3));
export default function draw(root, value) {
  const open = root.querySelector('details')?.open;
  root.replaceChildren();
  if (!value.lines || !value.lines.length) return;
  const points = value.lines.flatMap(l => l.points);
  const xs = points.map(p => p[0]), ys = points.map(p => p[1]);
  let low = Math.min(...xs), high = Math.max(...xs);
  if (high === low) high = low + 1;
  const top = value.percent ? 1 : nice(Math.max(...ys, 1e-9)), bottom = value.percent ? 0 : Math.min(0, ...ys);
  const scale = value.log ? Math.log : v => v;
  const X = x => LEFT + (scale(x) - scale(low)) / (scale(high) - scale(low)) * (W - LEFT - RIGHT);
  const Y = y => H - BOTTOM - (y - bottom) / (top - bottom) * (H - TOP - BOTTOM);
  const label = y => value.percent ? `${Math.round(100 * y)} %` : short(y);
  const ends = value.lines.filter(l => l.points.length).map(l => `${l.name}: ${label(l.points[0][1])} → ${label(l.points.at(-1)[1])}`).join('; ');
  const svg = h('svg', {viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': `${value.title}. ${ends}`});
  for (let i = 0; i <= 4; i++) {
    const y = bottom + (top - bottom) * i / 4, x = value.log ? Math.exp(Math.log(low) + (Math.log(high) - Math.log(low)) * i / 4) : low + (high - low) * i / 4;
    svg.append(h('line', {class: 'axis', x1: LEFT, x2: W - RIGHT, y1: Y(y), y2: Y(y)}),
      h('text', {x: LEFT - 6, y: Y(y) + 4, 'text-anchor': 'end'}, label(y)),
      h('text', {x: X(x), y: H - BOTTOM + 16, 'text-anchor': 'middle'}, short(Math.abs(x) >= 10 ? Math.round(x) : x)));
  }
  svg.append(h('text', {x: (LEFT + W - RIGHT) / 2, y: H - 6, 'text-anchor': 'middle'}, value.x),
    h('text', {x: 12, y: (TOP + H - BOTTOM) / 2, 'text-anchor': 'middle', transform: `rotate(-90 12 ${(TOP + H - BOTTOM) / 2})`}, value.y));
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

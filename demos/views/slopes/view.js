import { h, linear } from "../_runtime.js";

export const sized = true;
export const percent = v => v >= 0.1 ? `${(100 * v).toFixed(0)} %` : v >= 0.001 ? `${(100 * v).toFixed(1)} %` : v >= 1e-5 ? `${(100 * v).toFixed(3)} %` : '< 0.001 %';
export default function draw(root, value, view) {
  const open = root.querySelector('details')?.open;
  root.replaceChildren();
  if (!value.rows || !value.rows.length) return;
  const w = value.words, rows = value.rows, W = Math.max(280, view.width), least = 1e-5, TOP = 34, STEP = 20;
  const side = Math.min(W * .42, 90 + 7.5 * Math.max(...rows.map(r => r.name.length))), LEFT = side, RIGHT = W - side;
  const H = TOP + 30 + STEP * Math.max(rows.length, 8), scale = v => Math.log10(Math.max(v, least));
  const all = rows.flatMap(r => [scale(r.left), scale(r.right)]), low = Math.min(...all), high = Math.max(...all);
  const down = linear(high, Math.min(low, high - 0.5), TOP + 8, H - 22), Y = v => down(scale(v));
  // Labels of a side keep a line's distance: pushed down from the top, then back up from the bottom.
  const places = side => {
    const order = rows.map((r, i) => i).sort((a, b) => rows[b][side] - rows[a][side]), y = [];
    order.forEach((i, n) => y[i] = n ? Math.max(Y(rows[i][side]), y[order[n - 1]] + STEP * .8) : Y(rows[i][side]));
    let floor = H - 8;
    [...order].reverse().forEach(i => { y[i] = Math.min(y[i], floor); floor = y[i] - STEP * .8; });
    return y;
  };
  const at = {left: places('left'), right: places('right')};
  const move = r => { const ratio = r.right / Math.max(r.left, 1e-12); return ratio > 1.25 ? 'up' : ratio < 0.8 ? 'down' : 'same'; };
  const told = rows.slice(0, 5).map(r => `${r.name}: ${percent(r.left)} → ${percent(r.right)}`).join('; ');
  const svg = h('svg', {width: W, height: H, role: 'img', 'aria-label': `${value.title}. ${told}`},
    h('text', {x: LEFT, y: 16, 'text-anchor': 'end'}, value.left), h('text', {x: RIGHT, y: 16}, value.right),
    h('line', {class: 'axis', x1: LEFT, x2: LEFT, y1: TOP - 8, y2: H}), h('line', {class: 'axis', x1: RIGHT, x2: RIGHT, y1: TOP - 8, y2: H}));
  rows.forEach((r, i) => svg.append(
    h('path', {class: move(r), d: `M ${LEFT - 8} ${at.left[i]} L ${LEFT} ${Y(r.left)} L ${RIGHT} ${Y(r.right)} L ${RIGHT + 8} ${at.right[i]}`}),
    h('text', {x: LEFT - 12, y: at.left[i] + 4, 'text-anchor': 'end'}, `${r.name}  ${percent(r.left)}`),
    h('text', {x: RIGHT + 12, y: at.right[i] + 4}, `${r.name}  ${percent(r.right)}`)));
  const table = h('table', {}, h('thead', {}, h('tr', {}, [w.word, value.left, value.right, w.ratio].map(t => h('th', {scope: 'col'}, t)))),
    h('tbody', {}, rows.map(r => h('tr', {}, [r.name, percent(r.left), percent(r.right), `× ${Number((r.right / Math.max(r.left, 1e-12)).toPrecision(2))}`].map(t => h('td', {}, t))))));
  root.append(h('h4', {}, value.title), svg,
    h('ul', {class: 'legend'}, h('li', {}, h('span', {class: 'up', 'aria-hidden': 'true'}), w.up), h('li', {}, h('span', {class: 'down', 'aria-hidden': 'true'}), w.down)),
    h('p', {class: 'muted'}, w.scale), h('details', {open: !!open}, h('summary', {}, w.numbers), h('div', {class: 'lm-scroll', tabindex: '0'}, table)));
}

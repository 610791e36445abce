import { fill, h, number } from "../_runtime.js";

export const sized = true;
export const initial = () => ({at: null, sorted: false});
const BAR = 46, NAME = 18;  // heights of a row of bars and of its name
export default function draw(root, value, { state, redraw, width = 640 }) {
  root.replaceChildren();
  if (!value.a || !value.a.length) return;
  const {a, b, words} = value, products = a.map((v, i) => v * b[i]), size = a.length, total = products.reduce((s, p) => s + p, 0);
  const byStrength = [...products.keys()].sort((i, j) => Math.abs(products[j]) - Math.abs(products[i]));
  const order = state.sorted ? byStrength : [...products.keys()];
  if (state.at === null || state.at >= size) state.at = byStrength[0];
  const most = Math.max(...a.map(Math.abs), ...b.map(Math.abs), 1e-6), mostP = Math.max(...products.map(Math.abs), 1e-9);
  const detail = h('p', {class: 'detail', role: 'status'}), sum = h('p', {});
  const W = Math.max(260, width), column = W / size, H = 3 * (BAR + NAME);
  const row = (list, scale, y, name) => [h('text', {x: 0, y: y + 12}, name), h('line', {class: 'axis', x1: 0, x2: W, y1: y + NAME + BAR / 2, y2: y + NAME + BAR / 2}),
    order.map((i, n) => {
      const v = list[i] / scale * BAR / 2;
      return h('rect', {x: n * column + column * .1, width: column * .8, y: y + NAME + BAR / 2 - Math.max(0, v), height: Math.max(.5, Math.abs(v)), class: v < 0 ? 'minus' : 'plus'});
    })];
  const mark = h('rect', {class: 'mark', y: 0, height: H, width: Math.max(4, column)});
  const svg = h('svg', {width: W, height: H, role: 'application', tabindex: '0'}, mark, row(a, most, 0, words.first), row(b, most, BAR + NAME, words.second), row(products, mostP, 2 * (BAR + NAME), words.product));
  const show = (i = state.at) => {
    const n = order.indexOf(i), before = order.slice(0, n + 1).reduce((s, j) => s + products[j], 0);
    mark.setAttribute('x', n * column + column / 2 - Math.max(4, column) / 2);
    detail.replaceChildren(h('code', {}, `${number(a[i], 4)} × ${number(b[i], 4)} = ${number(products[i], 5)}`), ` · ${fill(words.here, {i: i + 1, n: size})} · ${fill(words.so_far, {sum: number(before, 4), k: n + 1})}`);
    svg.setAttribute('aria-label', `${value.title}. ${detail.textContent}. ${words.keys}`);
  };
  const under = e => {
    const box = svg.getBoundingClientRect();
    return order[Math.max(0, Math.min(size - 1, Math.floor((e.clientX - box.left) / box.width * size)))];
  };
  svg.addEventListener('pointermove', e => { if (e.buttons) state.at = under(e); show(under(e)); });  // a finger slides along the bars
  svg.addEventListener('pointerdown', e => { state.at = under(e); show(); });
  svg.addEventListener('pointerleave', () => show());
  svg.addEventListener('keydown', e => {
    const by = {ArrowLeft: -1, ArrowRight: 1}[e.key]; if (!by) return;
    e.preventDefault(); state.at = order[Math.max(0, Math.min(size - 1, order.indexOf(state.at) + by))]; show();
  });
  const plus = products.filter(p => p > 0).reduce((s, p) => s + p, 0);
  sum.append(fill(words.sum, {plus: number(plus, 3), minus: number(plus - total, 3), total: number(total, 4)}));
  root.append(h('h4', {}, value.title), h('label', {}, h('input', {type: 'checkbox', checked: state.sorted, onchange: e => { state.sorted = e.target.checked; redraw(); }}), words.sort), svg, detail,
    h('p', {}, h('code', {}, `${byStrength.slice(0, 4).map(i => `${number(a[i], 3)}·${number(b[i], 3)}`).join(' + ')} + … = ${number(total, 4)}`)), sum);
  show();
}

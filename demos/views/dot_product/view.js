import { fill, h, number } from "../_runtime.js";

export const initial = () => ({at: null, sorted: false});
export default function draw(root, value, { state, redraw }) {
  root.replaceChildren();
  if (!value.a || !value.a.length) return;
  const {a, b, words} = value, products = a.map((v, i) => v * b[i]), size = a.length, total = products.reduce((s, p) => s + p, 0);
  const byStrength = [...products.keys()].sort((i, j) => Math.abs(products[j]) - Math.abs(products[i]));
  const order = state.sorted ? byStrength : [...products.keys()];
  if (state.at === null || state.at >= size) state.at = byStrength[0];
  const most = Math.max(...a.map(Math.abs), ...b.map(Math.abs), 1e-6), mostP = Math.max(...products.map(Math.abs), 1e-9);
  const detail = h('p', {class: 'detail', role: 'status'});
  const W = 640, RH = 46, row = (list, scale, y, name) => [h('text', {x: 0, y: y + 12}, name), h('line', {class: 'axis', x1: 0, x2: W, y1: y + 14 + RH / 2, y2: y + 14 + RH / 2}),
    order.map((i, n) => { const v = list[i] / scale * RH / 2; return h('rect', {x: n * W / size + .3, width: Math.max(.6, W / size - .6), y: y + 14 + RH / 2 - Math.max(0, v), height: Math.max(.5, Math.abs(v)), class: v < 0 ? 'minus' : 'plus'}); })];
  const mark = h('rect', {class: 'mark', y: 0, height: 3 * (RH + 16), width: W / size});
  const svg = h('svg', {viewBox: `0 0 ${W} ${3 * (RH + 16)}`, role: 'application', tabindex: '0'}, row(a, most, 0, words.first), row(b, most, RH + 16, words.second), row(products, mostP, 2 * (RH + 16), words.product), mark);
  const show = () => {
    const i = state.at, n = order.indexOf(i), before = order.slice(0, n + 1).reduce((s, j) => s + products[j], 0);
    mark.setAttribute('x', n * W / size);
    detail.replaceChildren(h('code', {}, `${number(a[i], 4)} × ${number(b[i], 4)} = ${number(products[i], 5)}`), ` · ${fill(words.here, {i: i + 1, n: size})} · ${fill(words.so_far, {sum: number(before, 4), k: n + 1})}`);
    svg.setAttribute('aria-label', `${value.title}. ${detail.textContent}. ${words.keys}`);
  };
  svg.addEventListener('click', e => { const box = svg.getBoundingClientRect(); state.at = order[Math.max(0, Math.min(size - 1, Math.floor((e.clientX - box.left) / box.width * size)))]; show(); });
  svg.addEventListener('keydown', e => {
    const by = {ArrowLeft: -1, ArrowRight: 1}[e.key]; if (!by) return;
    e.preventDefault(); state.at = order[Math.max(0, Math.min(size - 1, order.indexOf(state.at) + by))]; show();
  });
  const plus = products.filter(p => p > 0).reduce((s, p) => s + p, 0);
  root.append(h('h4', {}, value.title), h('label', {}, h('input', {type: 'checkbox', checked: state.sorted, onchange: e => { state.sorted = e.target.checked; redraw(); }}), words.sort), svg, detail,
    h('p', {}, h('code', {}, `${byStrength.slice(0, 4).map(i => `${number(a[i], 3)}·${number(b[i], 3)}`).join(' + ')} + … = ${number(total, 4)}`)),
    h('p', {}, fill(words.sum, {plus: number(plus, 3), minus: number(plus - total, 3), total: number(total, 4)})));
  show();
}

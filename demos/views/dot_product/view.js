import { fill, h, linear, number, yAxis } from "../_runtime.js";

const LEFT = 56, TALL = 44, HEAD = 22;
export const sized = true;
export const initial = () => ({at: null, given: null, sorted: false});
export default function draw(root, value, { state, redraw, trigger, width }) {
  if (value.a?.length && !width) return;  // it is drawn when it is seen
  root.replaceChildren();
  if (!value.a || !value.a.length) return;
  const {a, b, words} = value, products = a.map((v, i) => v * b[i]), size = a.length, total = products.reduce((s, p) => s + p, 0), W = width;
  if (state.given !== value.by_size) Object.assign(state, {given: value.by_size, sorted: value.by_size});
  const byStrength = [...products.keys()].sort((i, j) => Math.abs(products[j]) - Math.abs(products[i]));
  const order = state.sorted ? byStrength : [...products.keys()];
  if (state.at === null || state.at >= size) state.at = byStrength[0];
  const most = Math.max(...a.map(Math.abs), ...b.map(Math.abs), 1e-6), mostP = Math.max(...products.map(Math.abs), 1e-9), wide = (W - LEFT - 4) / size;
  const detail = h('p', {class: 'detail', role: 'status'});
  const row = (list, scale, place, name) => {
    const top = place * (TALL + HEAD) + HEAD, Y = linear(-scale, scale, top + TALL, top);
    return [h('text', {x: LEFT, y: top - 6, class: 'ink'}, name), yAxis([-scale, 0, scale].map(v => [Y(v), v ? v.toFixed(scale < .1 ? 3 : 2) : '0']), LEFT, W - 4, '', 0),
      order.map((i, n) => h('rect', {x: LEFT + n * wide, width: Math.max(1, wide - .7), y: Math.min(Y(0), Y(list[i])), height: Math.max(.5, Math.abs(Y(list[i]) - Y(0))), class: list[i] < 0 ? 'minus' : 'plus'}))];
  };
  const H = 3 * (TALL + HEAD) + 6, mark = h('rect', {class: 'mark', y: HEAD - 4, height: H - HEAD, width: Math.max(4, wide)});
  const svg = h('svg', {width: W, height: H, role: 'application', tabindex: '0'}, row(a, most, 0, words.first), row(b, most, 1, words.second), row(products, mostP, 2, words.product), mark);
  const show = () => {
    const i = state.at, n = order.indexOf(i), before = order.slice(0, n + 1).reduce((s, j) => s + products[j], 0);
    mark.setAttribute('x', LEFT + (n + .5) * wide - Math.max(4, wide) / 2);
    detail.replaceChildren(h('code', {}, `${number(a[i], 4)} × ${number(b[i], 4)} = ${number(products[i], 5)}`), ` · ${fill(words.here, {i: i + 1, n: size})} · ${fill(words.so_far, {sum: number(before, 4), k: n + 1})}`);
    svg.setAttribute('aria-label', `${value.title}. ${detail.textContent}. ${words.keys}`);
  };
  const under = e => { state.at = order[Math.max(0, Math.min(size - 1, Math.floor((e.clientX - svg.getBoundingClientRect().left - LEFT) / wide)))]; show(); };
  svg.addEventListener('pointermove', under);
  svg.addEventListener('pointerdown', under);
  svg.addEventListener('keydown', e => {
    const by = {ArrowLeft: -1, ArrowRight: 1}[e.key]; if (!by) return;
    e.preventDefault(); state.at = order[Math.max(0, Math.min(size - 1, order.indexOf(state.at) + by))]; show();
  });
  const plus = products.filter(p => p > 0).reduce((s, p) => s + p, 0);
  root.append(h('h4', {}, value.title), h('label', {}, h('input', {type: 'checkbox', checked: state.sorted, onchange: e => { state.sorted = e.target.checked; redraw(); root.querySelector('input').focus(); trigger('sort', {sorted: state.sorted}); }}), words.sort), svg, detail,
    h('p', {}, fill(words.sum, {plus: number(plus, 3), minus: number(plus - total, 3), total: number(total, 4)})));
  show();
}

import { evenTicks, fill, h, linear, nice, niceTicks, number, xAxis, yAxis } from "../_runtime.js";

const LEFT = 60, RIGHT = 14, WAVE = 62, NEAR = 84, BARS = 170;
// What is drawn from: probabilities at a temperature, each less `floor`, to one again.
export const sharpened = (logits, temperature, floor) => {
  const top = Math.max(...logits), p = logits.map(x => Math.exp((x - top) / temperature)), sum = p.reduce((a, b) => a + b, 0);
  const kept = p.map(x => Math.max(0, x / sum - floor)), left = kept.reduce((a, b) => a + b, 0);
  return left ? kept.map(x => x / left) : p.map(x => x / sum);
};
export const bits = p => p.reduce((total, x) => x > 0 ? total - x * Math.log2(x) : total, 0);
// How many levels, the likeliest first, hold so much of the probability.
export const holding = (p, share) => {
  let total = 0, n = 0;
  for (const x of [...p].sort((a, b) => b - a)) { total += x; n++; if (total >= share) break; }
  return n;
};

export const sized = true;
export const initial = () => ({key: '', temperature: 1, level: null});
export default function draw(root, value, view) {
  const {state, trigger} = view;
  if (value.logits && !view.width) return;
  const focused = root.contains?.(globalThis.document?.activeElement) ? document.activeElement.dataset?.focus : undefined;
  root.replaceChildren();
  if (!value.logits) return;
  const {words, at, size, rate, logits} = value, W = view.width, right = W - RIGHT, middle = (LEFT + right) / 2;
  const key = `${at}|${value.temperature}|${size}`;
  if (state.key !== key) Object.assign(state, {...initial(), key, temperature: value.temperature});
  const pick = to => { const sample = Math.max(0, Math.min(size - 1, Math.round(to))); if (sample !== at) trigger('pick', {at: sample}); };
  const steps = e => {
    const by = {ArrowLeft: -1, ArrowRight: 1, PageUp: -rate / 100, PageDown: rate / 100}[e.key];
    if (by) { e.preventDefault(); pick(at + by); }
  };

  // the whole sound, and the samples around the one that is chosen
  const most = Math.max(.01, ...value.high, ...value.low.map(v => -v)), whole = h('svg', {width: W, height: WAVE + 40, role: 'application', tabindex: '0', 'data-focus': 'whole', 'aria-label': `${words.wave}. ${words.keys}`});
  const X = linear(0, size, LEFT, right), Y = linear(-most, most, WAVE, 4), n = value.low.length;
  const path = value.low.map((v, i) => { const x = LEFT + (i + .5) / n * (right - LEFT); return `M${x.toFixed(1)},${Y(v).toFixed(1)}V${(Y(value.high[i]) - .5).toFixed(1)}`; }).join('');
  whole.append(h('path', {class: 'wave', d: path}), h('line', {class: 'cursor', x1: X(at), x2: X(at), y1: 0, y2: WAVE + 4}),
    ...xAxis(niceTicks(0, size / rate, W < 480 ? 4 : 8).filter(s => s * rate <= size).map(s => [X(s * rate), +s.toFixed(2)]), WAVE + 18, words.seconds, middle, WAVE + 34));
  whole.addEventListener('click', e => pick((e.clientX - whole.getBoundingClientRect().left - LEFT) / (right - LEFT) * size));
  whole.addEventListener('keydown', steps);
  const tall = Math.max(1e-4, ...value.near.map(Math.abs)), A = linear(0, value.near.length - 1, LEFT, right), B = linear(-tall, tall, NEAR, 6);
  const near = h('svg', {width: W, height: NEAR + 38, role: 'application', tabindex: '0', 'data-focus': 'near', 'aria-label': `${fill(words.sample, {n: at.toLocaleString('en'), seconds: number(at / rate, 4)})}. ${words.keys}`});
  near.append(h('line', {class: 'axis', x1: LEFT, x2: right, y1: B(0), y2: B(0)}), h('polyline', {class: 'line', points: value.near.map((v, i) => `${A(i).toFixed(1)},${B(v).toFixed(1)}`).join(' ')}),
    ...value.near.map((v, i) => h('circle', {class: value.first + i === at ? 'here' : 'dot', cx: A(i), cy: B(v), r: value.first + i === at ? 5 : W < 480 ? 1.4 : 2.2})),
    h('text', {x: LEFT - 6, y: B(tall) + 8, 'text-anchor': 'end'}, number(tall, 3)), h('text', {x: LEFT - 6, y: B(-tall), 'text-anchor': 'end'}, number(-tall, 3)),
    ...xAxis([-60, -30, 0, 30, 60].map(k => [at + k - value.first, `${number(1000 * k / rate, 1)}`]).filter(([i]) => i >= 0 && i < value.near.length).map(([i, text]) => [A(i), text]), NEAR + 16, words.around, middle, NEAR + 33));
  near.addEventListener('click', e => pick(value.first + (e.clientX - near.getBoundingClientRect().left - LEFT) / (right - LEFT) * (value.near.length - 1)));
  near.addEventListener('keydown', steps);

  // how likely each level was, at the temperature that is chosen
  const bars = h('svg', {width: W, height: BARS + 44, role: 'application', tabindex: '0', 'data-focus': 'bars'}), told = h('p', {class: 'told', role: 'status'});
  const V = linear(0, logits.length, LEFT, right), zero = logits.length / 2;
  const show = () => {
    const p = sharpened(logits, state.temperature * value.ease, value.floor), top = Math.min(1, nice(Math.max(...p), [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10])), P = linear(0, top, BARS, 8);
    const chosen = state.level ?? value.level, wide = (right - LEFT) / logits.length;
    bars.replaceChildren(...yAxis(evenTicks(0, top, 2).map(v => [P(v), `${+(100 * v).toPrecision(3)} %`]), LEFT, right, words.probability, BARS / 2),
      ...p.map((v, i) => v > 0 ? h('rect', {class: i === value.level ? 'drawn' : 'bar', x: V(i).toFixed(1), y: P(v).toFixed(1), width: Math.max(1, wide - .3).toFixed(2), height: (BARS - P(v)).toFixed(1)}) : null).filter(Boolean),
      h('line', {class: 'mark', x1: V(chosen + .5), x2: V(chosen + .5), y1: BARS, y2: BARS + 6}),
      ...xAxis([0, 64, 128, 192, 255].map(k => [V(k + .5), k]), BARS + 20, words.level, middle, BARS + 38));
    const values = {bits: number(bits(p), 2), n: holding(p, .9), level: chosen, percent: +(100 * p[chosen]).toPrecision(2), temperature: number(state.temperature, 2), way: chosen >= zero ? '+' : '−'};
    told.textContent = fill(state.level === null || state.level === value.level ? words.drawn : words.other, values) + ' ' + fill(words.unsure, values);
    bars.setAttribute('aria-label', `${told.textContent} ${words.bars}`);
  };
  const look = level => { state.level = Math.max(0, Math.min(logits.length - 1, level)); show(); };
  bars.addEventListener('pointermove', e => look(Math.floor((e.clientX - bars.getBoundingClientRect().left - LEFT) / (right - LEFT) * logits.length)));
  bars.addEventListener('pointerleave', () => { state.level = null; show(); });
  bars.addEventListener('keydown', e => {
    const by = {ArrowLeft: -1, ArrowRight: 1}[e.key];
    if (by) { e.preventDefault(); look((state.level ?? value.level) + by); }
  });
  const out = h('output', {}, number(state.temperature, 2));
  const heat = h('input', {type: 'range', min: value.bounds[0], max: value.bounds[1], step: .05, value: state.temperature, 'aria-label': words.temperature, 'data-focus': 'heat',
    oninput: e => { state.temperature = Number(e.target.value); out.textContent = number(state.temperature, 2); show(); },
    onchange: () => trigger('heat', {temperature: state.temperature})});
  root.append(h('h4', {}, words.wave), whole, h('h4', {}, fill(words.sample, {n: at.toLocaleString('en'), seconds: number(at / rate, 4)})), near, h('p', {class: 'muted'}, words.keys),
    h('h4', {}, words.title), h('label', {class: 'heat'}, h('span', {}, words.temperature), heat, out), bars, told);
  show();
  if (focused) root.querySelector(`[data-focus="${focused}"]`)?.focus({preventScroll: true});
}

import { fill, h, linear, number, xAxis } from "../_runtime.js";

export const initial = () => ({at: null, key: '', point: 0});
const COLOURS = ['scratch', 'hub', 'third', 'fourth', 'cell', 'output', 'forget', 'candidate'], SHAPES = ['●', '■', '▲', '◆', '★', '✚', '▼', '✖'];
export default function draw(root, value, { state }) {
  root.replaceChildren();
  if (!value.names || !value.names.length) return;
  const {names, clips, pairs, words} = value, people = [...new Set(names)];
  const key = JSON.stringify([names, clips]);
  if (state.key !== key) Object.assign(state, {key, at: value.start, point: 0});
  const same = pairs.filter(([i, j]) => names[i] === names[j]).map(p => p[2]), other = pairs.filter(([i, j]) => names[i] !== names[j]).map(p => p[2]);
  const rates = t => [same.filter(s => s < t).length, other.filter(s => s >= t).length];
  const candidates = [...new Set([...same, ...other, 1.001])].sort((x, y) => x - y);
  let best = null;
  if (same.length && other.length) for (const t of candidates) { const [fr, fa] = rates(t), x = fr / same.length, y = fa / other.length; if (!best || Math.abs(x - y) < best.gap) best = {t, gap: Math.abs(x - y), rate: (x + y) / 2}; }
  const W = 640, H = 190, L = 34, B = 30, X = linear(-1, 1, L, W - 8), bins = 40;
  const count = list => { const c = Array(bins).fill(0); for (const s of list) c[Math.max(0, Math.min(bins - 1, Math.floor((s + 1) / 2 * bins)))] += 1; return c; };
  const share = list => count(list).map(c => c / Math.max(1, list.length)), top = Math.max(...share(same), ...share(other), .01), Y = linear(0, top, H - B, 10);
  const bars = (list, kind) => share(list).map((v, i) => v ? h('rect', {class: kind, x: X(i * 2 / bins - 1) + (kind === 'same' ? 0 : (W - L - 8) / bins / 2), width: (W - L - 8) / bins / 2 - .5, y: Y(v), height: H - B - Y(v)}) : null);
  const line = h('line', {class: 'limit', y1: 4, y2: H - B}), wrong = h('p', {role: 'status'}), out = h('output', {});
  const svg = h('svg', {viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': fill(words.alt, {same: same.length, other: other.length})}, h('line', {class: 'axis', x1: L, x2: W - 8, y1: H - B, y2: H - B}), bars(other, 'other'), bars(same, 'same'),
    best ? h('line', {class: 'eer', x1: X(best.t), x2: X(best.t), y1: 4, y2: H - B}) : null, line,
    xAxis([-1, -.5, 0, .5, 1].map(v => [X(v), v]), H - B + 14, words.axis, (L + W) / 2, H - 3));
  const paint = () => {
    const [fr, fa] = rates(state.at), pct = (n, of) => of ? `${n} / ${of} (${number(100 * n / of, 1)} %)` : '–';
    line.setAttribute('x1', X(state.at)); line.setAttribute('x2', X(state.at));
    out.textContent = number(state.at, 3);
    wrong.replaceChildren(h('span', {class: 'key other', 'aria-hidden': 'true'}), `${words.accepts}: ${pct(fa, other.length)} · `, h('span', {class: 'key same', 'aria-hidden': 'true'}), `${words.rejects}: ${pct(fr, same.length)}`);
  };
  const slider = h('input', {type: 'range', min: -1, max: 1, step: .005, value: state.at, oninput: e => { state.at = +e.target.value; paint(); }});
  const jump = best ? h('button', {type: 'button', onclick: () => { state.at = Math.min(1, best.t); slider.value = state.at; paint(); }}, fill(words.eer, {rate: number(100 * best.rate, 1), threshold: number(best.t, 3)})) : h('span', {class: 'muted'}, words.more);
  const xs = value.plane.map(p => p[0]), ys = value.plane.map(p => p[1]), span = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys), 1e-6);
  const PX = x => 160 + (x - (Math.max(...xs) + Math.min(...xs)) / 2) / span * 280, PY = y => 150 - (y - (Math.max(...ys) + Math.min(...ys)) / 2) / span * 260;
  const told = h('p', {role: 'status'}), near = i => pairs.filter(p => p[0] === i || p[1] === i).sort((p, q) => q[2] - p[2]).slice(0, 3);
  const style = i => `fill:var(--lm-${COLOURS[people.indexOf(names[i]) % 8]})`;
  const points = names.map((n, i) => h('text', {x: PX(xs[i]), y: PY(ys[i]), 'text-anchor': 'middle', 'dominant-baseline': 'central', style: style(i), class: 'point', onclick: () => { state.point = i; pick(); }}, SHAPES[people.indexOf(n) % 8]));
  const ring = h('circle', {r: 11, class: 'ring'}), plane = h('svg', {viewBox: '0 0 320 300', role: 'application', tabindex: '0', class: 'plane'}, points, ring);
  const pick = () => {
    const i = state.point = Math.min(state.point, names.length - 1);
    ring.setAttribute('cx', PX(xs[i])); ring.setAttribute('cy', PY(ys[i]));
    told.textContent = `${names[i]}, ${clips[i]}. ${words.nearest}: ${near(i).map(p => { const j = p[0] === i ? p[1] : p[0]; return `${names[j]}, ${clips[j]} ${number(p[2], 2)}`; }).join('; ')}`;
    plane.setAttribute('aria-label', `${words.plane}. ${told.textContent}. ${words.keys}`);
  };
  plane.addEventListener('keydown', e => { const by = {ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1}[e.key]; if (!by) return; e.preventDefault(); state.point = (state.point + by + names.length) % names.length; pick(); });
  root.append(h('section', {}, h('h4', {}, fill(words.title, {same: same.length, other: other.length})), svg, h('p', {class: 'legend'}, h('span', {class: 'key same'}), words.same, ' ', h('span', {class: 'key other'}), words.other), h('label', {}, words.threshold, slider, out), wrong, jump),
    h('section', {}, h('h4', {}, words.plane), plane, h('ul', {}, people.map((n, i) => h('li', {}, h('span', {style: `color:var(--lm-${COLOURS[i % 8]})`, 'aria-hidden': 'true'}, SHAPES[i % 8] + ' '), n))), told, h('p', {class: 'muted'}, words.plane_help)));
  paint(); pick();
}

import { h, linear } from "../_runtime.js";

const W = 240, H = 96;
const path = (d, more) => h('path', {d, ...more});
const words = (text, x, y, more) => h('text', {x, y, 'text-anchor': 'middle', ...more}, text);
// A wave around the middle: loud where `loud(t)` is, t from 0 to 1.
const wave = (x0, x1, loud, colour) => Array.from({length: Math.round((x1 - x0) / 5)}, (_, n, t = n * 5 / (x1 - x0)) => h('rect', {
  x: x0 + n * 5, width: 3, rx: 1.5, y: H / 2 - loud(t), height: 2 * loud(t), style: `fill:var(--lm-${colour})`}));
export const points = strokes => strokes.split('.').map(s => s.match(/.{4}/g).map(p => [parseInt(p.slice(0, 2), 36), parseInt(p.slice(2), 36)]));

const draws = {
  digit(strokes) {
    const side = linear(0, 280, 0, H - 8), grid = linear(0, 8, 0, H - 8);
    const ink = d => path(d, {transform: 'translate(20 4)', class: 'ink'});
    const dark = points(strokes).flatMap(s => s).map(([x, y]) => `${Math.floor(x / 35)},${Math.floor(y / 35)}`);
    return [...points(strokes).map(s => ink(`M${s.map(([x, y]) => `${side(x)},${side(y)}`).join(' L')}`)),
      words('→', 121, 54, {class: 'big soft'}),
      ...Array.from({length: 64}, (_, n) => h('rect', {x: 134 + grid(n % 8), y: 4 + grid(n >> 3), width: grid(1) - 1, height: grid(1) - 1,
        style: `fill:var(--lm-cnn);fill-opacity:${dark.includes(`${n % 8},${n >> 3}`) ? 1 : .12}`}))];
  },
  camera: () => [path('M30,74 L58,22 L86,74 Z', {class: 'ink'}), h('circle', {cx: 136, cy: 52, r: 22, class: 'ink'}), h('rect', {x: 182, y: 30, width: 36, height: 36, class: 'ink'}),
    ...[[24, 14, 68], [108, 24, 56], [176, 24, 48]].map(([x, y, s]) => h('rect', {x, y, width: s, height: s === 68 ? 66 : s, rx: 3, class: 'box'}))],
  voice: () => [...wave(16, 96, t => 4 + 26 * Math.abs(Math.sin(9 * t) * Math.sin(3 * t)), 'rnn'), words('= ?', 120, 56, {class: 'big'}),
    ...wave(148, 228, t => 4 + 26 * Math.abs(Math.sin(8 * t + 1) * Math.sin(3.3 * t)), 'gpt')],
  sound: () => Array.from({length: 26}, (_, x) => Array.from({length: 9}, (_, y) => h('rect', {x: 16 + 8 * x, y: 10 + 8.5 * y, width: 7, height: 7.5,
    style: `fill:var(--lm-transformer);fill-opacity:${Math.max(.06, Math.abs(Math.sin(x * .55) * Math.cos(y * .9 - x * .16)) ** 1.5)}`}))),
  speech: () => [...wave(16, 228, t => 3 + 17 * Math.abs(Math.sin(3 * Math.PI * t) * Math.sin(31 * t)), 'lstm').map(r => { r.setAttribute('transform', 'translate(0 -14)'); return r; }),
    ...['o n e', 't w o', 't h r e e'].map((t, n) => words(t, 52 + 70 * n, 84, {}))],
  german: () => [...['a', 'dog', 'runs'].map((t, n) => words(t, 50 + 70 * n, 24, {})), ...['ein', 'Hund', 'rennt'].map((t, n) => words(t, 50 + 70 * n, 86, {class: 'hub'})),
    ...[[0, 0, 3], [1, 1, 3], [2, 2, 3], [0, 1, 1], [1, 2, 1]].map(([a, b, w]) => path(`M${50 + 70 * a},32 C${50 + 70 * a},54 ${50 + 70 * b},50 ${50 + 70 * b},70`, {class: 'link', 'stroke-width': w}))],
  series(data) {
    const X = linear(0, data.length - 1, 12, W - 12), Y = linear(Math.min(...data), Math.max(...data), H - 12, 12), cut = Math.floor(data.length * 2 / 3);
    const line = (from, to, d = 0) => data.slice(from, to).map((v, n) => `${X(from + n)},${Y(v) + d}`);
    return [path(`M${line(cut - 1, undefined, -9).join(' L')} L${line(cut - 1, undefined, 9).reverse().join(' L')} Z`, {class: 'band'}),
      path(`M${line(0, cut).join(' L')}`, {class: 'seen'}), path(`M${line(cut - 1).join(' L')}`, {class: 'foreseen'})];
  },
  train: () => [path('M14,80 C70,78 82,70 104,44 S150,14 226,13', {class: 'seen', style: 'stroke:var(--lm-lstm)'}), path('M14,80 C70,80 100,76 226,72', {class: 'seen', style: 'stroke:var(--lm-rnn)'}),
    words('LSTM', 200, 30, {style: 'fill:var(--lm-lstm)'}), words('RNN', 204, 66, {style: 'fill:var(--lm-rnn)'}), h('line', {class: 'axis', x1: 14, x2: 226, y1: 84, y2: 84})],
};

export default function draw(root, value) {
  root.replaceChildren();
  if (!value.tiles) return;
  root.append(h('ul', {}, value.tiles.map(t => h('li', {}, h('a', {href: t.href},
    h('svg', {viewBox: `0 0 ${W} ${H}`, preserveAspectRatio: 'xMidYMid meet', 'aria-hidden': 'true'}, draws[t.picture](t.data)),
    h('span', {class: 'title'}, t.title), h('small', {}, t.by))))));
}

import assert from "node:assert/strict";
import test from "node:test";
import { drawn } from "./page.mjs";
import * as boxes from "../../demos/views/boxes/view.js";
import * as bars from "../../demos/views/bars/view.js";
import * as curves from "../../demos/views/curves/view.js";
import { spread } from "../../demos/views/alignment/view.js";
import { columns } from "../../demos/views/beam/view.js";
import { runs } from "../../demos/views/collapse/view.js";
import { tones } from "../../demos/views/ctc/view.js";
import { ticks } from "../../demos/views/series/view.js";
import { ranked } from "../../demos/views/next_tokens/view.js";
import * as attention from "../../demos/views/attention/view.js";
import * as lens from "../../demos/views/lens/view.js";
import * as strip from "../../demos/views/strip/view.js";
import { short } from "../../demos/views/sizes/view.js";
import { percent } from "../../demos/views/slopes/view.js";
import * as timeline from "../../demos/views/timeline/view.js";
import * as unrolled from "../../demos/views/unrolled/view.js";

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("overlap of boxes", () => {
  near(boxes.iou([0, 0, 2, 2], [1, 0, 3, 2]), 1 / 3);
  near(boxes.iou([0, 0, 1, 1], [2, 2, 3, 3]), 0);
  near(boxes.iou([0, 0, 2, 2], [0, 0, 2, 2]), 1);
});

// x0, y0, x1, y1, score, label: two on one thing, one of another label there, one outside the picture, one unsure
const found = {
  width: 10, height: 10, labels: ['cat', 'dog'], file: 'a.png',
  candidates: [[0, 0, 4, 4, 0.9, 0], [0, 0, 4, 5, 0.8, 0], [0, 0, 4, 4, 0.7, 1], [20, 20, 22, 22, 0.6, 0], [6, 6, 9, 9, 0.2, 0]],
};

test("the surest box fells those of its label that overlap it too much", () => {
  const { open, kept, lost } = boxes.suppress(found, { score: 0.5, iou: 0.5, off: new Set() });
  assert.deepEqual([open, kept, [...lost.keys()]], [[0, 1, 2, 3], [0, 2], [1]]);
  near(lost.get(1).shared, 0.8);
  assert.deepEqual(boxes.suppress(found, { score: 0.5, iou: 0.9, off: new Set(['dog']) }).kept, [0, 1]);
});

test("boxes are saved in each format", () => {
  const rows = boxes.rows(found, [0, 2]);
  const text = kind => boxes.formats[kind](found, rows)[1];
  assert.deepEqual(JSON.parse(text('JSON')).map(r => [r.label, r.box.xmax]), [['cat', 4], ['dog', 4]]);
  assert.equal(text('CSV').split('\n')[1], '"cat",0.9,0,0,4,4');
  assert.equal(text('YOLO').split('\n')[1], '1 0.200000 0.200000 0.400000 0.400000');
  assert.deepEqual(JSON.parse(text('COCO')).annotations[1].bbox, [0, 0, 4, 4]);
});

test("probabilities of the next token add up, whatever is admitted", () => {
  const group = { logits: [2, 1, 0], rest: [[-1, 5]] };
  const all = (options) => {
    const { p, rest } = ranked(group, { temperature: 1, top_k: 0, top_p: 1, ...options });
    near(p.reduce((a, b) => a + b, 0) + rest, 1);
    return p;
  };
  all({});
  all({ temperature: 2, top_p: 0.9 });
  assert.deepEqual(all({ top_k: 2 }).map(v => v > 0), [true, true, false]);
  assert.deepEqual(all({ top_p: 0.05 }), [1, 0, 0]);
  assert.deepEqual(all({ temperature: 0 }), [1, 0, 0]);
  near(all({ top_k: 2 })[0], 1 / (1 + Math.exp(-1)));
});

test("large and small numbers are said shortly", () => {
  assert.deepEqual([5e3, 1_234_567, 2e10].map(short), ['5 K', '1.23 M', '20 B']);
  assert.deepEqual([0.5, 0.012, 2e-5, 1e-9].map(percent), ['50 %', '1.2 %', '0.002 %', '< 0.001 %']);
});

test("lines are drawn between their axes, and told as a table", () => {
  const line = { name: 'loss', colour: 'scratch', points: [[0, 3], [10, 1]] };
  const root = drawn(curves, { title: 't', x: 'step', y: 'nats', lines: [line], words: { numbers: 'Numbers' } });
  assert.equal(root.all('polyline')[0].attributes.points, '64.0,23.0 686.0,153.0');
  assert.deepEqual(root.all('svg')[0].all('text').map(t => t.textContent),
    ['0', '0.8', '1.6', '2.4', '3.2', 'nats', '0', '2', '4', '6', '8', '10', 'step']);
  assert.deepEqual(root.all('td').map(t => t.textContent), ['0', '3', '10', '1']);
  assert.equal(root.all('svg')[0].attributes.width, '700'); // real pixels, so that type keeps its size
});

test("of many bars what can't be seen is folded, of few nothing is", () => {
  const rows = [0.9985, 0.0005, 0.0004, 0.0003, 0.0003].map((score, i) => ({ label: `l${i}`, score }));
  const root = drawn(bars, { title: 't', colour: 'scratch', rows });
  assert.deepEqual(root.all('ol').map(list => list.all('li').length), [1, 4]);
  assert.equal(root.all('summary')[0].textContent, '+ 4 < 0.1 %');
  const few = drawn(bars, { title: 't', colour: 'scratch', rows: rows.slice(0, 3) });
  assert.deepEqual(few.all('ol').map(list => list.all('li').length), [3]);
  assert.match(few.textContent, /99\.9 %.*< 0\.1 %/s);
});

test("a number has the colour of its side, and none at the centre", () => {
  assert.deepEqual(unrolled.tint(0, -1, 1), { plus: true, alpha: 0 });
  assert.deepEqual(unrolled.tint(-1, -1, 2), { plus: false, alpha: 0.5 });
  assert.deepEqual(unrolled.tint(0.25, 0, 1, 0.5), { plus: false, alpha: 0.5 });
});

test("columns are as wide as their text asks, together as wide as the box", () => {
  assert.deepEqual(timeline.columns([10, 30], 400), [100, 300]);
  assert.deepEqual(timeline.columns([10, 30], 20), [10, 30]);
});

const coded = values => Buffer.from(values).toString('base64');
const words = new Proxy({}, { get: (_, key) => String(key) });

test("a timeline fills its box, and tells the newest word", () => {
  const band = { key: 'forget', name: 'forget gate', units: 2, low: 0, high: 1, centre: 0.5, gate: true, layer: 0, data: coded([0, 255, 128, 128]) };
  const value = { title: 't', tokens: ['a', 'b'], known: [true, false], first: 0, total: 2, ids: [], lanes: [{ name: 'p', colour: 'positive', values: [0.25, 0.5] }], bands: [band], words, pickable: true };
  const root = drawn(timeline, value), canvas = root.all('canvas').find(c => c.attributes.role);
  assert.equal(canvas.attributes.width, '698'); // the box without its border
  assert.match(root.textContent, /token 2 “b” \(unknown\) · p 50\.0 % · unit 0: forget gate 1\.00/);
  assert.match(root.textContent, /closed 0.*1 open/s);
  const [first, second] = canvas.drawn;
  assert.deepEqual([first.slice(0, 2), second.slice(0, 2)], [['--lm-minus', 1], ['--lm-plus', 1]]);
});

test("a network unrolled hands its state from word to word, and opens a unit's sums", () => {
  const strip = { key: 'state', name: 'state', units: 2, low: -1, high: 1, layer: 0, data: coded([0, 255, 128, 128]) };
  const side = { sum: 0.5, terms: [[0, 1, 0.5, 0.5]] };
  const part = { key: 'state', name: 'state', squash: 'tanh', input: side, state: side, bias: 0.1, sum: 1.1, value: 0.8, held: false };
  const sums = { title: 'written out', step: 1, unit: 0, parts: [part], words, output: 0.8, before: null, cell: null };
  const value = { title: 't', tokens: ['a', 'b'], first: 0, total: 2, strips: [strip], answers: [['no', 'negative', 0.6], ['yes', 'positive', 0.7]], words, known: [], ids: [], sums };
  const root = drawn(unrolled, value);
  assert.equal(root.all('path').filter(p => p.attributes.class === 'handed').length, 1);
  assert.match(root.textContent, /word 2 “b” · unit 0: state 1\.00 · yes 70\.0 %/);
  assert.match(root.textContent, /written out.*h = tanh\(1\.100\) = 0\.800/s);
  assert.equal(drawn(unrolled, { ...value, sums: undefined }).all('h5').length, 0);
});

test("words are spread over the whole width, or told to have no room", () => {
  const places = spread([20, 40, 20], 200);
  near(places[0], 10);
  near(places[2], 190);
  assert.equal(spread([100, 100], 200), null);
  assert.deepEqual(spread([40], 200), [100]);
});

test("what was dropped stands below what was kept, step by step", () => {
  const kept = [{ step: 0 }, { step: 0 }, { step: 1 }], dropped = [{ step: 1 }, { step: 0 }];
  assert.deepEqual(columns(kept, dropped), [[0, 1, 4], [2, 3]]);
});

test("a path falls into runs of one letter", () => {
  assert.deepEqual(runs(['', 'e', 'e', '', 'e']).map(r => [r.letter, r.start, r.end]), [['', 0, 0], ['e', 1, 2], ['', 3, 3], ['e', 4, 4]]);
  assert.deepEqual(runs([]), []);
});

test("a frequency lies between the middles of its neighbours", () => {
  assert.deepEqual(tones([100, 300, 600, 1200], [250, 600, 4000]), [[250, 0.75], [600, 2]]);
});

test("ticks of dates leave out what all have in common, and never touch", () => {
  const wide = text => 7 * text.length, day = n => `2024-0${1 + Math.floor(n / 28)}-${String(1 + n % 28).padStart(2, '0')}`;
  const months = Array.from({ length: 24 }, (_, i) => `${2023 + Math.floor(i / 12)}-${String(1 + i % 12).padStart(2, '0')}-01`);
  assert.deepEqual(ticks(months, wide, 300).map(([, text]) => text), ['2023-01', '2023-07', '2024-01', '2024-07']);
  const hours = Array.from({ length: 96 }, (_, i) => `${day(Math.floor(i / 24))} ${String(i % 24).padStart(2, '0')}:00`);
  assert.deepEqual(ticks(hours, wide, 600), [[0, '01-01'], [24, '01-02'], [48, '01-03'], [72, '01-04']]);
  for (const room of [200, 400, 1000]) for (const labels of [months, hours, hours.map((_, i) => String(i))]) {
    const marks = ticks(labels, wide, room), x = i => i / (labels.length - 1) * room;
    for (let k = 1; k < marks.length; k++) assert.ok(x(marks[k][0]) - x(marks[k - 1][0]) > (wide(marks[k][1]) + wide(marks[k - 1][1])) / 2);
  }
});

test("the strip's parts follow one another, and fill what there is", () => {
  for (const [layers, open, length] of [[6, 0, 1122], [6, 5, strip.least(6)], [12, 3, 1122], [6, 2, null], [1, 0, 900]]) {
    const { parts, length: whole } = strip.plan(layers, open, length);
    parts.reduce((end, part) => { near(part.from, end); assert.ok(part.to >= part.from, part.kind); return part.to; }, 0);
    const units = parts.find(p => p.kind === 'units');
    if (length) assert.ok(units.to - units.from >= 50);  // its label has room; downwards it stands beside
    near(parts.at(-1).to, whole);
    if (length) near(whole, length);
    assert.equal(parts.filter(p => p.kind === 'stream').length, layers + 1);
    assert.deepEqual(parts.filter(p => ['attend', 'fold'].includes(p.kind)).map(p => [p.kind, p.layer]),
      Array.from({length: layers}, (_, n) => [n === open ? 'attend' : 'fold', n]));
  }
});

test("a token looks at others with the mean of all heads, or with one", () => {
  const value = {tokens: ['a', 'b'], heads: 2};  // one layer; a column for earlier tokens, then one each
  const weights = new Uint16Array([0, 65535, 0, 0, 13107, 52428, 0, 65535, 0, 0, 39321, 26214]);
  const shares = (token, head) => strip.looks(value, weights, 0, token, head).map(p => Math.round(10 * p) / 10);
  assert.deepEqual([shares(1, 0), shares(1, 1), shares(1)], [[0, .2, .8], [0, .6, .4], [0, .4, .6]]);
});

const floats = values => btoa(String.fromCharCode(...new Uint8Array(new Float32Array(values).buffer)));
const raw = values => btoa(String.fromCharCode(...new Uint8Array(values)));

test("the strip names tokens, blocks and what comes next, and tells one token's way", () => {
  const vector = count => ({values: raw(new Array(count * 2).fill(100)), scales: [1, 1, 1]});
  const value = {
    tokens: [' a', 'b'], ids: [5, 6], first: 3, size: 2, shown: 2, layers: 2, heads: 1, width: 4, block: 0, head: -1, token: -1,
    attention: raw(new Uint8Array(new Uint16Array([0, 65535, 0, 6554, 19660, 39321, 0, 65535, 0, 32768, 0, 32767]).buffer)),
    vectors: {token: vector(2), position: vector(2), stream: vector(6), attended: vector(4), fed: vector(4)}, cells: {values: raw(new Array(16).fill(1)), scales: [1, 1]},
    lengths: {token: [1, 2], position: [1, 1], stream: [[1, 2], [3, 4], [5, 6.5]], attended: [[1, 1], [1, 1]], fed: [[1, 1], [1, 2.5]]},
    active: [[1, 2], [3, 4]], units: [[[[0, 1]], [[1, 1]]], [[[2, 1]], [[3, 1.5]]]], lens: [[['x', .5], ['y', .25], ['z', .75]]],
    says: [[['x', .5]], [['z', .75]]],
    words: Object.fromEntries(['token', 'position', 'norm', 'block', 'head', 'all', 'attention', 'adds', 'let_go', 'hint', 'legend', 'looks', 'attention_adds', 'units', 'mlp_adds', 'length', 'would_say'].map(k => [k, k])),
  };
  Object.assign(value.words, {mlp: '{n} units', next: 'after {token}', earlier: '{n} earlier', follow: 'way of {token}, {n}', start: '{sum}', active: '{n} of {of}', before: 'earlier ones'});
  const root = drawn(strip, value), buttons = root.all('button').map(b => b.textContent), rows = root.all('tr').map(r => r.textContent);
  assert.ok(['▾ block 0', '▸ block 1', '␣a', 'b', 'all', '0'].every(t => buttons.includes(t)), buttons.join());
  assert.ok(root.textContent.includes('after “b”z75.0 %') && root.textContent.includes('way of “b”, 5'));
  assert.equal(rows[2], '1earlier ones 50 % b 50 % 1.0#3 1.5 4 of 42.56.5z 75 %');
});

test("of the lens as many columns are drawn as have room", () => {
  assert.deepEqual([lens.room(1100, 16), lens.room(330, 16), lens.room(330, 2), lens.room(50, 4)], [14, 3, 2, 1]);
  const cell = (token, p) => [[token, p]];
  const words = {axes: 'axes', read: 'read', next: 'came', before: 'none', after: 'after {n}', says: '{layer} {token}: {answers}', came: '{token} came', right: 'right', legend: 'p'};
  const root = drawn(lens, {tokens: ['a', ' b'], cells: [[cell('a', 1), cell(' b', .5)], [cell('x', .1), cell('y', .2)]], words});
  assert.deepEqual(root.all('button').map(b => b.textContent), ['a', 'x', '✓ ␣b', 'y']);
  assert.ok(root.textContent.includes('after 0 ␣b: “y” 20.0 %'));
});

test("names stand along a matrix as far as they have room", () => assert.deepEqual([20, 13, 8, 3].map(attention.every), [1, 1, 2, 5]));

test("attention names its tokens on both axes and writes one cell out", () => {
  const value = {words: {...Object.fromEntries(['block', 'heads', 'head', 'queries', 'keys', 'values', 'axes', 'legend', 'keyboard', 'hint', 'tokens', 'from', 'to', 'products', 'query', 'key', 'value', 'dot', 'more', 'scale', 'mask', 'allowed', 'forbidden', 'softmax', 'takes', 'output', 'cut'].map(k => [k, k])), says: '{query} {key} {percent}'},
    tokens: ['a', 'b'], first: 0, heads: 1, blocks: [{note: ''}, {note: 'says'}], block: 1, head: 0, size: 4, pictures: [raw([255, 0, 128, 128])],
    weights: floats([1, 0, .25, .75]), before: floats([0, 0]), queries: floats([1, 0, 0, 0, 1, 1, 0, 0]), keys: floats([1, 0, 0, 0, 0, 1, 1, 0]), values: floats([1, 2, 3, 4, 5, 6, 7, 8]), allowed: raw([1, 0, 1, 1])};
  const root = drawn(attention, value);
  assert.ok(root.textContent.includes('“b” (1) “a” (0) 25.0') && root.textContent.includes('1.000 ÷ √4 = 1.000 ÷ 2.000 = 0.500'));
  assert.equal(root.all('span').filter(s => s.attributes['data-n'] !== undefined).length, 10);  // rows and columns of the matrix, rows of queries, keys and values
});

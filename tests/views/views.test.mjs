import assert from "node:assert/strict";
import test from "node:test";
import { drawn } from "./page.mjs";
import * as boxes from "../../demos/views/boxes/view.js";
import * as bars from "../../demos/views/bars/view.js";
import * as curves from "../../demos/views/curves/view.js";
import { ranked } from "../../demos/views/next_tokens/view.js";
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
  assert.deepEqual(boxes.suppress(found, { score: 0.5, iou: 0.9, off: new Set([1]) }).kept, [0, 1]);
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

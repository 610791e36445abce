import assert from "node:assert/strict";
import test from "node:test";
import { drawn } from "./page.mjs";
import * as boxes from "../../demos/views/boxes/view.js";
import * as curves from "../../demos/views/curves/view.js";
import { spread } from "../../demos/views/alignment/view.js";
import { columns } from "../../demos/views/beam/view.js";
import { runs } from "../../demos/views/collapse/view.js";
import { tones } from "../../demos/views/ctc/view.js";
import { ticks } from "../../demos/views/series/view.js";
import { ranked } from "../../demos/views/next_tokens/view.js";
import { short } from "../../demos/views/sizes/view.js";
import { percent } from "../../demos/views/slopes/view.js";

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
  assert.equal(root.all('polyline')[0].attributes.points, '52.0,86.0 628.0,162.0');
  assert.deepEqual(root.all('svg')[0].all('text').map(t => t.textContent),
    ['0', '1.25', '2.5', '3.75', '5', 'nats', '0', '2.5', '5', '7.5', '10', 'step']);
  assert.deepEqual(root.all('td').map(t => t.textContent), ['0', '3', '10', '1']);
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

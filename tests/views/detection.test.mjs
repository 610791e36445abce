import assert from "node:assert/strict";
import test from "node:test";
import "./page.mjs";
import * as boxes from "../../demos/views/boxes/view.js";
import * as edges from "../../demos/views/edges/view.js";
import { probability } from "../../demos/views/grid/view.js";
import { valueAt } from "../../demos/views/precision/view.js";
import { fields } from "../../demos/views/responsible/view.js";
import { runs } from "../../demos/views/seen/view.js";
import { stepOf } from "../../demos/views/suppression/view.js";

// x0, y0, x1, y1, score, label: two names for one thing, and another thing
const found = {
  width: 100, height: 100, labels: ['9', 'arrow'], names: ['9', 'arrow'], iou: 0.7,
  candidates: [[10, 10, 30, 30, 0.9, 0], [10, 10, 30, 30.5, 0.8, 1], [11, 10, 30, 30, 0.7, 0], [60, 60, 90, 90, 0.6, 1]],
  marks: [[0, 10, 10, 30, 30], [1, 0, 60, 20, 90]],
};
const asked = { score: 0.25, iou: null, across: true, off: new Set() };

test("two names for one thing are one box, unless both are asked for", () => {
  assert.deepEqual(boxes.suppress(found, asked).kept, [0, 3]);
  assert.deepEqual(boxes.suppress(found, { ...asked, across: false }).kept, [0, 1, 3]);
  assert.deepEqual(boxes.suppress(found, asked).lost.get(1).same, false);
});

test("each step tells who fell to whom", () => {
  const { now, fell, earlier } = stepOf(boxes.suppress(found, asked), 0);
  assert.deepEqual([now, fell.map(([i]) => i), earlier], [0, [1, 2], []]);
});

test("what is right, wrong and missed by the marks", () => {
  const { right, missed } = boxes.judge(found, [0, 1, 3]);
  assert.deepEqual([[...right], missed], [[0], [1]]);
  assert.deepEqual([...boxes.judge(found, [0, 2]).right], [0], 'a mark is taken once, by the surer box');
});

test("the number stands in front, for labels may be digits", () => {
  assert.equal(boxes.counted(found, [0, 1, 3]), '2\u00a0×\u00a0arrow, 1\u00a0×\u00a09');
});

test("no name covers another, and none leaves the picture", () => {
  for (const [width, height] of [[340, 340], [640, 480]]) {
    const areas = Array.from({ length: 8 }, (_, i) => [width * i / 9, 5, width * (i + 1.5) / 9, 60]);
    const sizes = areas.map(() => [70, 34, 18]);
    const put = boxes.places(areas, sizes, width, height);
    put.forEach((a, i) => {
      const w = a.short ? 34 : 70;
      assert.ok(a.left >= 0 && a.top >= 0 && a.left + w <= width && a.top + 18 <= height);
      for (const b of put.slice(0, i)) {
        const apart = a.left + w <= b.left || b.left + (b.short ? 34 : 70) <= a.left || a.top + 18 <= b.top || b.top + 18 <= a.top;
        assert.ok(apart, `${JSON.stringify(a)} covers ${JSON.stringify(b)}`);
      }
    });
  }
});

test("an edge is the mean of its distribution; its likeliest distance is another", () => {
  const p = [0.1, 0, 0.5, 0.4];
  assert.ok(Math.abs(edges.mean(p) - 2.2) < 1e-9);
  assert.equal(edges.likeliest(p), 2);
  assert.equal(edges.sum(p), '0.10·0 + 0.50·2 + 0.40·3');
});

test("a cell's byte is a probability on a scale of square roots", () => {
  assert.deepEqual([0, 255].map(probability), [0, 1]);
  assert.ok(Math.abs(probability(Math.round(Math.sqrt(0.3) * 255)) - 0.3) < 0.005);
});

test("a curve is read between the thresholds that were measured", () => {
  const xs = [0.2, 0.4], ys = [1, 0.5];
  assert.deepEqual([0.1, 0.3, 0.9].map(x => valueAt(xs, ys, x)), [1, 0.75, 0.5]);
});

test("moments in a row are one run", () => {
  assert.deepEqual(runs([true, true, false, true]), [[0, 1], [3, 3]]);
  assert.deepEqual(runs([]), []);
});

test("a cell's numbers have names", () => {
  assert.deepEqual(fields([8, 1, 2, 0.9, 0.8, 0.2, 1, 0.8]), { stride: 8, column: 1, row: 2, score: 0.9, iou: 0.8, fit: 0.2, answers: 1, target: 0.8 });
});

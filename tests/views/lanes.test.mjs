import assert from "node:assert/strict";
import test from "node:test";
import "./page.mjs";
import { arcs, columns } from "../../demos/views/lanes/view.js";
import { points } from "../../demos/views/tiles/view.js";

test("the last words that fit are drawn, over all the room there is", () => {
  const all = columns([30, 20, 50], 160);
  assert.deepEqual(all.map(c => c.i), [0, 1, 2]);
  assert.equal(all.at(-1).x + all.at(-1).width, 160);
  assert.ok(all.every((c, n) => !n || c.x === all[n - 1].x + all[n - 1].width));
  assert.deepEqual(columns([30, 20, 50], 75).map(c => c.i), [1, 2]);
  assert.deepEqual(columns([30], 10), []);
  assert.deepEqual(columns([], 10), []);
});

test("each word's strongest look is an arc; of a chosen word, all that count", () => {
  const weights = [[90, 8, 2], [50, 20, 30], [0, 0, 100]];
  assert.deepEqual(arcs(weights, [0, 1, 2], null), [[0, 1, 8], [1, 0, 50]]);
  assert.deepEqual(arcs(weights, [0, 1, 2], 1), [[1, 0, 50], [1, 2, 30]]);
  assert.deepEqual(arcs(weights, [1, 2], 1), [[1, 2, 30]]);
});

test("strokes are points", () => assert.deepEqual(points('0010.0a0b0c0d'), [[[0, 36]], [[10, 11], [12, 13]]]));

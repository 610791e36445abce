import assert from "node:assert/strict";
import test from "node:test";
import "./page.mjs";
import { bytes, evenTicks, fill, h, linear, nice, niceTicks, number, xAxis, yAxis } from "../../demos/views/_runtime.js";

test("an element has attributes, handlers left out where there is none, and text that is never markup", () => {
  const made = h('p', { class: 'x', hidden: true, title: false, style: 'color:red' }, ['a', [null, h('b', {}, '<i>')]], 1);
  assert.deepEqual(made.attributes, { class: 'x', hidden: '' });
  assert.equal(made.style.cssText, 'color:red');
  assert.equal(made.textContent, 'a<i>1');
});

test("bytes, numbers and phrases", () => {
  assert.deepEqual([...bytes(btoa('AB'))], [65, 66]);
  assert.equal(number('1.23456'), '1.235');
  assert.equal(fill('{n} of {m}', { n: 1, m: 2 }), '1 of 2');
});

test("a scale is linear, upwards and downwards", () => {
  const up = linear(-1, 1, 200, 0);
  assert.deepEqual([-1, 0, 0.5, 1].map(up), [200, 100, 50, 0]);
});

test("round numbers", () => {
  assert.deepEqual([0.0003, 1, 1.2, 3, 7, 99, 1000].map(v => nice(v)), [5e-4, 1, 2, 5, 10, 100, 1000]);
  assert.equal(nice(2.3), 2.5);
  assert.equal(nice(2.3, [1, 2, 5, 10]), 5);
});

test("ticks hold the range, are round, and hit zero exactly", () => {
  assert.deepEqual(niceTicks(-3, 14), [-5, 0, 5, 10, 15]);
  assert.deepEqual(niceTicks(0, 8), [0, 2, 4, 6, 8]);
  for (const [low, high] of [[-0.37, 0.9], [12, 13], [1e-6, 5e-6], [-1e6, 3]]) {
    const ticks = niceTicks(low, high);
    assert.ok(ticks[0] <= low && ticks.at(-1) >= high && ticks.length >= 4 && ticks.length <= 7, String(ticks));
    if (low < 0 && high > 0) assert.ok(ticks.includes(0));
  }
  assert.deepEqual(evenTicks(2, 4), [2, 2.5, 3, 3.5, 4]);
  assert.deepEqual(evenTicks(0, 1, 2), [0, 0.5, 1]);
});

test("axes have a text for each mark, lines across the plot, and titles", () => {
  const [line, label, title] = yAxis([[40, '1 %']], 50, 600, 'share', 100);
  assert.deepEqual(line.attributes, { class: 'axis', x1: '50', x2: '600', y1: '40', y2: '40' });
  assert.deepEqual([label.attributes.x, label.attributes.y, label.textContent], ['44', '44', '1 %']);
  assert.deepEqual([title.attributes.transform, title.textContent], ['rotate(-90 12 100)', 'share']);
  const marks = xAxis([[0, 'a', 'start'], [9, 'b']], 20, 'time', 300, 34);
  assert.deepEqual(marks.map(m => [m.attributes['text-anchor'], m.textContent]),
    [['start', 'a'], ['middle', 'b'], ['middle', 'time']]);
});

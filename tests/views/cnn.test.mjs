import assert from "node:assert/strict";
import test from "node:test";
import { drawn } from "./page.mjs";
import * as convolution from "../../demos/views/convolution/view.js";
import * as toy from "../../demos/views/kernel_toy/view.js";
import * as kernels from "../../demos/views/kernels/view.js";
import * as reasons from "../../demos/views/reasons/view.js";
import * as shift from "../../demos/views/shift/view.js";
import * as stages from "../../demos/views/stages/view.js";

const near = (a, b, by = 1e-9) => assert.ok(Math.abs(a - b) < by, `${a} is not ${b}`);
const text = values => Buffer.from(values).toString('base64');
const sixteen = values => Buffer.from(new Uint16Array(values).buffer).toString('base64');
const words = new Proxy({}, {get: (_, name) => (typeof name === 'string' ? name : undefined)});

// Two input maps of 2 x 2, the second from -1 to 1; a kernel of 3 x 3 that takes the middle, and one that takes its right neighbour.
const number = {
  kind: 'map', layer: 'relu2', channel: 0, y: 0, x: 0, side: 3, bias: .5, scale: 2, shift: -1, padding: 1, pool: 2, field: [5, 1, -2],
  kernel: [[0, 0, 0, 0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1, 0, 0, 0]],
  inputs: {count: 2, height: 2, width: 2, low: [0, -1], high: [3, 1], data: sixteen([0, 21845, 43690, 65535, 0, 65535, 0, 65535])},
};

test("a number of a map is patch times kernel, summed, normalised, and cut at zero", () => {
  const maps = convolution.inputs(number);
  assert.deepEqual(maps.map(m => [...m]), [[0, 1, 2, 3], [-1, 1, -1, 1]]);
  const step = convolution.step(number, maps, 0, 0);
  assert.deepEqual(step.channels.map(c => c.sum), [0, 1]);
  assert.deepEqual(step.channels[0].patch, [0, 0, 0, 0, 0, 1, 0, 2, 3]);
  near(step.total, 1.5); near(step.normalized, 2); near(step.activation, 2);
  near(convolution.step({...number, scale: -1}, maps, 1, 1).activation, 0);
  assert.deepEqual(convolution.size(number), [2, 2]);
  assert.deepEqual(convolution.field(number.field, 1, 0), [-2, -1, 5]);
});

const picture = {height: 28, width: 28, data: text(new Uint8Array(784)), depth: 2};
const column = (name, count, side, more) => ({name, count, height: side, width: side, highs: Array(count).fill(2), order: [...Array(count).keys()], data: text(Array.from({length: count * side * side}, (_, i) => i % 200)), shares: null, field: null, ...more});
const value = {
  picture, words, scale: 'layer', number: null, scores: [{label: 'bag', p: .75}, {label: 'boot', p: .25}],
  columns: [column('relu1', 2, 4, {shares: {most: 1, data: text([255, 1])}, field: [3, 1, -1]}), column('relu2', 9, 4, {shares: {most: 2, data: text(new Uint8Array(18).fill(255))}, field: [5, 1, -2]}), column('pool2', 9, 2)],
  deciding: {most: 4, data: text(new Uint8Array(18).fill(128))},
};

test("every layer is a column of its strongest maps, and says how many there are", () => {
  const root = drawn(stages, value), heads = root.all('button').filter(b => b.attributes.class === 'head');
  assert.deepEqual(heads.map(b => b.textContent), ['relu14×42 ▾', 'relu24×49 ▾', 'pool22×29 ▾']);
  const cells = root.all('button').filter(b => b.attributes.class === 'cell');
  assert.deepEqual(cells.map(b => b.attributes['aria-label']).filter(n => n.startsWith('relu1')), ['relu1, map 0', 'relu1, map 1']);
  assert.equal(cells.filter(b => b.attributes['aria-label'].startsWith('relu2')).length, 5);  // a narrow page shows five
  assert.deepEqual(cells.filter(b => b.attributes.tabindex === '0').length, 1);
  assert.ok(root.textContent.includes('75.0 %'));
});

test("what is unfolded is written out with all that follows", () => {
  const root = drawn(stages, {...value, number: structuredClone(number)});
  const panel = root.all('section')[0], told = panel.all('dd').map(d => d.textContent);
  assert.equal(told[0], '1.000 + 0.000 + 0.500 (bias) = 1.500');
  assert.equal(told[1], '2.000 · 1.500 − 1.000 = 2.000');
  assert.equal(told[2], 'max(0, 2.000) = 2.000');
  assert.equal(told[3], 'max(2.000, 2.000, 6.000, 6.000) = 6.000');
  assert.equal(panel.all('button').filter(b => b.attributes.class === 'input').length, 2);
});

test("a label is weights times values, and softmax", () => {
  const label = {kind: 'label', label: 0, side: 1, values: [1, 2, 3, 0], weights: [1, -1, 2, 5], bias: .5, logits: [5.5, 4.5]};
  assert.deepEqual(convolution.parts(label), [1, -2, 6, 0]);
  near(convolution.softmax([1, 1])[0], .5);
  const told = drawn(stages, {...value, number: label}).all('section')[0].all('dd').map(d => d.textContent);
  assert.equal(told[0], '6.000 − 2.000 + 1.000 + 0.000 (rest) + 0.500 (bias) = 5.500');
  assert.ok(told[1].endsWith('= 73.1 %'));
});

test("a map begins at its strongest number, a pooled one at the number that won", () => {
  const below = {height: 4, width: 4, data: text([0, 9, 1, 1, 0, 0, 7, 1, 0, 0, 0, 0, 0, 0, 0, 0])}, pooled = {height: 2, width: 2, data: text([9, 7, 0, 0])};
  assert.deepEqual(stages.peak(below, 0), [0, 1]);
  assert.deepEqual(stages.winner(below, pooled, 0, [0, 1]), [1, 2]);
  assert.deepEqual(stages.shares({most: 2, data: text([1, 128, 255])}, 0, 3), [-2, 0, 2]);
  assert.deepEqual(stages.strongest([1, -3, 2], 2), [[-3, 1], [2, 2]]);
});

test("a pushed picture moves by whole pixels, no farther than it may", () => {
  assert.deepEqual([...shift.moved([1, 2, 3, 4], 2, 2, 1, 0)], [0, 1, 0, 3]);
  assert.deepEqual([...shift.moved([1, 2, 3, 4], 2, 2, 0, -1)], [3, 4, 0, 0]);
  assert.deepEqual([shift.pushed(0, 17, 8, 8), shift.pushed(0, -900, 8, 8)], [2, -8]);
  const row = {name: 'relu1', step: 1, channel: 0, fixed: .5, aligned: 0, height: 1, width: 1, before: text([1]), after: text([1]), back: text([1]), difference: text([128]), there: [0, 1, 0, 1]};
  const root = drawn(shift, {picture, dx: 1, dy: 0, layers: [row], farthest: 8, told: 'stays', words});
  assert.ok(root.textContent.includes('exact') && root.textContent.includes('50 %'));
});

test("reasons in blocks are means, on the scale of the largest", () => {
  assert.deepEqual(reasons.blocks([1, 3, -1, -1, 1, 3, -1, -1], 4, 2, 2), [1, 1, -.5, -.5, 1, 1, -.5, -.5]);
  const item = {height: 1, width: 1, data: text([255]), frame: [0, 0, 1, 1], over: 'data:image/png;', aspect: 1, smooth: false, title: 't', note: 'n', alt: 'a'};
  const root = drawn(reasons, {items: [item], labels: [['Bag', 'bag 9 %']], chosen: 'Bag', grain: 'pixels', words});
  assert.deepEqual(root.all('button').map(b => [b.textContent, b.attributes['aria-pressed']]), [['bag 9 %', 'true'], ['pixels', 'true'], ['blocks', 'false']]);
});

test("kernels are buttons, one stop for all of them", () => {
  const made = {count: 2, side: 1, most: 2, data: text([1, 255]), layer: 1, layers: 3, channel: 1, patches: [], asked: [], words};
  assert.deepEqual(kernels.kernel(made, 0), [-1]);
  const buttons = drawn(kernels, made).all('button');
  assert.deepEqual(buttons.map(b => b.attributes.tabindex), [undefined, undefined, undefined, '-1', '0']);
  assert.equal(buttons[4].attributes['aria-label'], 'filter 1: 2.0');
});

test("the toy's kernel, stride and padding", () => {
  assert.deepEqual(toy.preset('upright', 3), [-1, 0, 1, -1, 0, 1, -1, 0, 1]);
  assert.equal(toy.outputSize(28, 3, 2, 1), 14);
  assert.deepEqual(toy.patch([255, 0, 0, 255], 2, 3, 1, 1, 0, 0), [0, 0, 0, 0, 1, 0, 0, 0, 1]);
  assert.deepEqual(toy.convolve([255, 0, 0, 255], 2, [2], 1, 1, 0), [2, 0, 0, 2]);
  for (const given of ['blur.5.2.0', '10,0,-10,0,0,0,0,0,5.3.1.2']) assert.equal(toy.write(toy.read(given)), given);
  const root = drawn(toy, {picture: {...picture, data: text(new Uint8Array(784).fill(255))}, toy: 'blur.3.2.1', presets: ['blur'], sides: [3], strides: [2], paddings: [1], words});
  assert.ok(root.textContent.includes('(28 + 2·1 − 3) / 2 + 1 = 14'));
});

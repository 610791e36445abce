import assert from "node:assert/strict";
import test from "node:test";
import { drawn } from "./page.mjs";
import * as matrix from "../../demos/views/matrix/view.js";
import * as plane from "../../demos/views/plane/view.js";
import * as spectrogram from "../../demos/views/spectrogram/view.js";
import * as threshold from "../../demos/views/threshold/view.js";

const near = (a, b, by = 1e-9) => assert.ok(Math.abs(a - b) < by, `${a} is not ${b}`);
const texts = root => root.all('text').map(t => t.textContent);

test("which part of the pairs lies below a threshold", () => {
  const exact = [[0.2, 1], [0.4, 1], [0.9, 2]];
  assert.deepEqual([0.2, 0.3, 0.9, 1].map(t => threshold.below(exact, 0, t)), [0, 0.25, 0.5, 1]);
  near(threshold.below([[0.5, 10]], 0.1, 0.525), 0.75);  // within a part of a histogram they lie evenly
  assert.equal(threshold.below([], 0, 0.5), 0);
});

test("the equal-error threshold lies between the kinds of pairs, or where as many of both are wrong", () => {
  const apart = threshold.equal({ same: [[0.8, 1], [0.9, 1]], other: [[0.1, 1], [0.3, 1]], width: 0 });
  assert.ok(apart.t > 0.3 && apart.t <= 0.8 && apart.rate === 0);
  const mixed = threshold.equal({ same: [[0.4, 1], [0.8, 3]], other: [[0.1, 3], [0.6, 1]], width: 0 });
  near(mixed.rate, 0.25);
  assert.ok(mixed.t > 0.4 && mixed.t <= 0.6);
  assert.equal(threshold.equal({ same: [[0.8, 1]], other: [], width: 0 }), null);
});

const words = { threshold: 'limit', axis: 'cosine', share: 'share', score: 'pair {score}', accepts: 'accepted', rejects: 'refused', same_said: 'same',
  other_said: 'other', here: 'equal {rate}', eer: 'take {threshold} ({rate})', more: 'more', alt: '{same} and {other}', unknown: 'unknown' };

test("a threshold's handle is a slider on the axis, and tells what it gets wrong", () => {
  const row = { name: 'ours', colour: 'ours', at: 0.5, same: [[0.4, 1], [0.8, 1]], other: [[0.1, 1], [0.6, 1]], width: 0, score: 0.7 };
  const root = drawn(threshold, { rows: [row], words, curve: true });
  const handle = root.all('div').find(d => d.attributes.role === 'slider');
  assert.equal(handle.attributes['aria-valuenow'], '0.500');
  assert.ok(root.textContent.includes('same · accepted: 1 / 2 (50.0 %) · refused: 1 / 2 (50.0 %)'));
  assert.ok(texts(root).includes('pair 0.700') && texts(root).includes('limit 0.500') && texts(root).includes('cosine') && texts(root).includes('100 %'));
  // The handle stands where its line stands.
  near(parseFloat(handle.style.left) + 14, Number(root.all('line').find(l => l.attributes.class === 'limit').attributes.x1), 1e-6);
  const alone = drawn(threshold, { rows: [{ ...row, same: [], other: [] }], words, curve: false });
  assert.ok(alone.textContent.includes('unknown'));
});

test("low tones are drawn at the bottom, the loud ones opaque", () => {
  const picture = { columns: 2, rows: 2, data: btoa(String.fromCharCode(255, 0, 0, 100)) };  // the lowest row first
  const whole = spectrogram.part(picture, 1, 0, 1);
  assert.deepEqual([0, 1, 2, 3].map(i => Math.round(255 * whole.loud(i))), [0, 100, 255, 0]);
  const late = spectrogram.part(picture, 1, 0.5, 1);
  assert.deepEqual([late.width, late.from, Math.round(255 * late.loud(0))], [1, 0.5, 100]);
  assert.deepEqual(spectrogram.nearest([[0, 1], [1, 2]], 0.7), [1, 2]);
});

const picture = { name: 'log-mel', columns: 4, rows: 2, data: btoa('\x00\x01\x02\x03\x04\x05\x06\x07'), low: -70, high: 0, unit: 'dB', axis: 'kHz', ticks: [[0, '0'], [1, '8']] };
const track = { name: 'a', seconds: 2, pictures: [picture], file: { url: '/a.ogg' }, source: '', start: 1, curves: [], peaks: [[0.5, 0.5]], pairs: [[0.5, 0.2, 1, 0.8]] };
const said = { play: 'play {name}', stop: 'stop {name}', keys: 'keys', seconds: 'seconds', cosine: 'cosine', threshold: 'limit', pairs: '{n} pairs', row: '{row} of {rows}' };

test("tracks have axes with units, a scale, a button to hear them, and threads between what they share", () => {
  const curve = { name: 'near', points: [[0.5, 0.1], [1.5, 0.9]], limit: 0.5, bottom: 0 };
  const root = drawn(spectrogram, { tracks: [track, { ...track, name: 'b', start: 1, curves: [curve] }], words: said, span: [0, 4], linked: true, layer: 0 });
  for (const text of ['kHz', 'seconds', '8', 'cosine', 'limit 0.500']) assert.ok(texts(root).includes(text), text);
  assert.ok(root.textContent.includes('-70.0 dB'));
  assert.deepEqual(root.all('button').map(b => b.attributes['aria-label']), ['play a', 'play b']);
  const threads = root.all('line').filter(l => l.attributes.class === 'thread');
  assert.equal(threads.length, 2);  // both ends of the pair
  assert.ok(threads.every(l => l.attributes.x1 === l.attributes.x2));
  const pair = root.all('line').filter(l => l.attributes.class === 'pair');
  assert.deepEqual(pair.map(l => l.attributes.x1), [threads[0].attributes.x1, threads[0].attributes.x1]);
  assert.ok(root.all('svg')[0].attributes['aria-label'].includes('1 pairs'));
});

test("the plane has one scale for both directions, and names keep apart", () => {
  const dot = (name, at, more = {}) => ({ name, group: 'g', at, told: `${name} told`, file: null, written: true, asked: false, ...more });
  const root = drawn(plane, { dots: [dot('p', [0, 0]), dot('q', [1, 0]), dot('r', [0, 1]), dot('you', [0.5, 0.5], { asked: true })], axes: ['x', 'y'], words: { keys: 'keys' } });
  const at = root.all('text').filter(t => t.attributes.class?.startsWith('point')).map(t => [Number(t.attributes.x), Number(t.attributes.y)]);
  near(at[1][0] - at[0][0], at[0][1] - at[2][1], 1e-6);
  assert.ok(root.textContent.includes('you told') && texts(root).includes('✦'));
  assert.deepEqual(plane.apart([[0, 50, 10], [20, 60, 12], [200, 260, 12]]), [10, 23, 12]);
  assert.notEqual(plane.mark(0).shape, plane.mark(1).shape);
});

test("a cell says what the threshold gets wrong", () => {
  assert.deepEqual([[true, 0.9], [true, 0.1], [false, 0.9], [false, 0.1]].map(([same, v]) => matrix.verdict(same, v, 0.5)), ['', 'refused', 'accepted', '']);
  const root = drawn(matrix, { names: ['1', '2', '1'], groups: ['p', 'p', 'q'], cosines: [[1, 0.2, 0.9], [0.2, 1, 0], [0.9, 0, 1]], threshold: 0.5,
    files: [{}, {}, {}], words: { accepted: 'accepted', refused: 'refused', scale: 'to {high}', keys: 'keys' } });
  assert.equal(root.all('rect').filter(r => r.attributes.class === 'cell').length, 9);
  assert.equal(texts(root).filter(t => t === '✖').length, 2);
  assert.equal(texts(root).filter(t => t === '○').length, 2);
  assert.ok(root.textContent.includes('p, 1 × p, 2: 0.200 · refused'));
});

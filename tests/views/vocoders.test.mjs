import assert from "node:assert/strict";
import test from "node:test";
import { drawn } from "./page.mjs";
import { takeTurn } from "../../demos/views/listen/view.js";
import * as levels from "../../demos/views/levels/view.js";
import * as live from "../../demos/views/live/view.js";
import * as players from "../../demos/views/players/view.js";
import * as reach from "../../demos/views/reach/view.js";
import * as spectrogram from "../../demos/views/spectrogram/view.js";

const near = (a, b, by = 1e-9) => assert.ok(Math.abs(a - b) < by, `${a} is not ${b}`);
const texts = root => root.all('text').map(t => t.textContent);

test("whoever begins to sound silences whoever sounded before, once", () => {
  const told = [];
  const first = takeTurn(ended => told.push(['first', ended]));
  takeTurn(ended => told.push(['second', ended]))();
  first();
  assert.deepEqual(told, [['first', false], ['second', false]]);
});

test("the receptive field is the tree of all samples that meet at one", () => {
  const rows = reach.needed(2, [1, 2, 4]);
  assert.deepEqual(rows.map(r => [...r].sort((a, b) => a - b)), [[0], [0, 4], [0, 2, 4, 6], [0, 1, 2, 3, 4, 5, 6, 7]]);
  assert.equal(reach.reached(2, [1, 2, 4], 3), 8);
  assert.equal(reach.reached(3, [1, 2, 4], 1), 9);
  assert.deepEqual(reach.needed(3, [5])[1], [0, 5, 10]);
  // What falls on one pixel is drawn once, however many samples there are.
  const many = reach.needed(2, Array.from({length: 40}, () => 1000), 100);
  assert.ok(Math.max(...many.map(r => r.length)) <= 402 && Math.max(...many.at(-1)) === 40_000);
});

const tree = {whole: '{samples} in {ms} through {blocks}', block: '{n} {dilation} {apart} {kernel} {samples} {ms}', axis: 'ms', dilations: 'd', period: 'period {ms}, {n}', keys: 'keys'};
test("the tree says how far it reaches, has axes, and the voice's period as a measure", () => {
  const root = drawn(reach, {kernel: 2, dilations: [1, 2, 4, 8], rate: 1000, period: 5, words: tree});
  assert.ok(root.textContent.includes('16 in 16.0 through 4'));
  for (const text of ['ms', 'd', '8', 'period 5.0, 3.2']) assert.ok(texts(root).includes(text), text);
  assert.equal(drawn(reach, {}).children.length, 0);
});

test("a temperature sharpens and flattens; what is next to impossible never comes", () => {
  const logits = [0, Math.log(3), Math.log(6)], at = t => levels.sharpened(logits, t, 0);
  [.1, .3, .6].forEach((p, i) => near(at(1)[i], p));
  near(at(.5)[2], 36 / 46);
  assert.ok(levels.bits(at(.2)) < levels.bits(at(1)) && levels.bits(at(1)) < levels.bits(at(5)));
  near(levels.bits([.5, .5]), 1);
  assert.deepEqual(levels.sharpened([0, 0, -20], 1, .01), [.5, .5, 0]);
  assert.deepEqual([.5, .8, 1].map(s => levels.holding([.1, .6, .3], s)), [1, 2, 3]);
});

const said = {wave: 'wave', keys: 'keys', seconds: 'seconds', sample: 'sample {n} at {seconds}', around: 'around', title: 'levels', temperature: 'T', probability: 'p', level: 'level',
  drawn: 'drawn {level} {percent}', other: 'other', unsure: '{bits} bits, {n} levels at {temperature}', bars: 'bars'};
test("a sample is drawn with its neighbours and its levels, each with axes", () => {
  const value = {size: 4, low: [-.5, -.2], high: [.5, .1], first: 0, near: [0, .1, .2, -.1], at: 2, logits: [0, 0], level: 1, rate: 1000, temperature: 1, ease: 1, floor: 0, bounds: [.1, 2], words: said};
  const root = drawn(levels, value);
  assert.ok(root.textContent.includes('drawn 1 50') && root.textContent.includes('1.00 bits, 2 levels at 1.00') && root.textContent.includes('sample 2 at 0.0020'));
  for (const text of ['seconds', 'around', 'level', 'p', '50 %']) assert.ok(texts(root).includes(text), text);
  assert.equal(root.all('input')[0].attributes['aria-label'], 'T');
});

test("16 bits become numbers, and a piece is heard once however often it is sent", () => {
  assert.deepEqual([...live.samples(btoa('\x00\x40\x00\x80'))], [.5, -1]);
  assert.deepEqual(live.unheard({pieces: ['a', 'b'], first: 0}, 0), {pieces: ['a', 'b'], next: 2});
  assert.deepEqual(live.unheard({pieces: ['b', 'c'], first: 1}, 2), {pieces: ['c'], next: 3});
  assert.deepEqual(live.unheard({pieces: ['b'], first: 1}, 2), {pieces: [], next: 2});
});

const clock = {label: 'clock', position: 'position', play: 'play {name}', pause: 'pause {name}', flip: 'back to {name}', plays: '{name} plays', keys: 'keys'};
test("players share a clock, and keys move it", () => {
  assert.deepEqual(['ArrowLeft', 'ArrowRight', 'Home', 'End', 'a'].map(k => players.moved(k, .1, 2)), [0, .35, 0, 2, null]);
  const track = name => ({name, note: 'fast', colour: '', file: {url: `/${name}`}});
  const root = drawn(players, {tracks: [track('one'), track('two')], seconds: 2, words: clock, wait: ''});
  assert.deepEqual(root.all('button').slice(0, 2).map(b => b.attributes['aria-label']), ['play one. fast', 'play two. fast']);
  assert.equal(root.all('input')[0].attributes['aria-label'], 'position');
});

test("the same moment goes on in another voice", () => {
  const started = [];
  globalThis.Audio = class {
    constructor(url) { this.url = url; }
    addEventListener() {}
    pause() { started.push(`pause ${this.url}`); }
    play() { started.push(`${this.url} from ${this.currentTime}`); return new Promise(() => {}); }
  };
  const state = players.initial(), root = drawn(players, {}), view = {state, redraw() {}, trigger() {}};
  const made = [];
  const listen = root.constructor.prototype.addEventListener;
  root.constructor.prototype.addEventListener = function (name, run) { if (name === 'click') made.push(run); };
  const track = name => ({name, note: '', colour: '', file: {url: name}});
  players.default(root, {tracks: [track('one'), track('two')], seconds: 2, words: clock, wait: ''}, view);
  root.constructor.prototype.addEventListener = listen;
  const [one, two, flip] = made;
  one();
  state.at = 1.5;
  two();
  flip();
  one();  // it plays: a second press is a pause
  assert.deepEqual(started, ['one from 0.001', 'pause one', 'two from 1.5', 'pause two', 'one from 1.5', 'pause one']);
  assert.equal(state.on, false);
  delete globalThis.Audio;
});

test("what differs is coloured by its sign and has a scale of its own", () => {
  const picture = (signed, unit) => ({name: 'p', columns: 1, rows: 1, data: btoa('\x80'), low: signed ? -20 : -70, high: signed ? 20 : 0, signed, unit, axis: 'kHz', ticks: []});
  const track = (signed, unit) => ({name: 't', seconds: 1, pictures: [picture(signed, unit)], file: null, source: '', start: 0, curves: [], peaks: [], pairs: []});
  const root = drawn(spectrogram, {tracks: [track(false, 'dB'), track(true, '± dB')], words: {row: '', keys: '', seconds: 's'}, span: [0, 1], linked: false, layer: 0});
  assert.ok(root.textContent.includes('-70.0 dB') && root.textContent.includes('20.0 ± dB'));
  assert.deepEqual(root.all('i').map(i => i.attributes.class), ['', 'signed']);
});

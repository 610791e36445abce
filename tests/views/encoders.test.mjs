import assert from "node:assert/strict";
import test from "node:test";
import { drawn } from "./page.mjs";
import * as arcs from "../../demos/views/arcs/view.js";
import * as cloze from "../../demos/views/cloze/view.js";
import * as contributions from "../../demos/views/contributions/view.js";
import * as pieces from "../../demos/views/pieces/view.js";
import * as turns from "../../demos/views/turns/view.js";
import { named, percent } from "../../demos/views/vocabulary/view.js";

test("a head's weights come back, and the mean of all", () => {
  const data = new Uint8Array([255, 0, 0, 255, 0, 255, 255, 0]);  // two heads of one block, two tokens
  assert.deepEqual([...arcs.matrix(data, 2, 2, 0, 0)], [1, 0, 0, 1]);
  assert.deepEqual([...arcs.matrix(data, 2, 2, 0, -1)], [.5, .5, .5, .5]);
});

test("words stand in one line where they fit, and do not touch", () => {
  const line = arcs.inLine(["a", "warm", "film"], 400);
  line.forEach(([left, width], i) => assert.ok(left >= 0 && left + width <= 400 && (!i || left >= line[i - 1][0] + line[i - 1][1])));
  assert.equal(arcs.inLine(Array(40).fill("word"), 400), null);
  const { label, step, side, wide } = arcs.sizes(["a", "warm", "film"], 400);
  assert.ok(label + side <= 400 && side === 3 * step && wide >= label + side);
});

test("words to hide are buttons, masks hold their candidate", () => {
  const root = drawn(cloze, { title: "t", note: "n", words: [{ text: "A", hidden: false }, { text: "[MASK]", hidden: true, filled: "dog" }] });
  assert.deepEqual(root.all("button").map(b => [b.textContent, b.attributes["aria-pressed"]]), [["A", "false"], ["[MASK]dog", "true"]]);
});

test("words that are cut once have no slider; folded words stand whole", () => {
  const words = { told: "", step: "", back: "", on: "", word: "" };
  const sliders = value => drawn(pieces, { title: "t", words, cuts: value, folded: false }).all("input").length;
  assert.equal(sliders([{ steps: [["dog"]], ids: [1] }]), 0);
  assert.equal(sliders([{ steps: [["dogs"], ["dog", "##s"]], ids: [1, 2] }]), 1);
  assert.equal(pieces.longest([{ ids: [1] }, { ids: [1, 2, 3] }, { ids: [1, 2] }]), 1);
});

test("what adds and what takes away stand on their sides", () => {
  const rows = [{ word: "good", added: 2, looked: .5 }, { word: "bad", added: -1, looked: .25 }];
  const root = drawn({ default: (r, v) => contributions.default(Object.assign(r, { style: { setProperty() {} } }), v) },
    { title: "t", colour: "transformer", words: { word: "", for: "", against: "", looked: "", left: "" }, rows });
  assert.deepEqual(root.all("td").map(t => t.textContent), ["+2.00", "50 %", "−1.00", "25 %"]);
});

test("each word tells what would have stood there", () => {
  const words = { at: "{word}:", first: "first", place: "{rank}, {percent}", unknown: "?" };
  const item = { text: "dogs", candidates: [["cats", .6], ["dogs", .3]], score: .3, rank: 2 };
  const root = drawn(turns, { title: "t", words, items: [item, { text: "." }], note: "" });
  assert.deepEqual(root.all("button").map(b => b.textContent), ["dogscats"]);
  assert.deepEqual(root.all("li").map(l => l.textContent), ["cats60 %", "dogs30 %"]);
});

test("the words that moved most of the likely ones are named", () => {
  assert.deepEqual(named([-50, -600, -100, -300], [-60, -600, -200, -500], 2), [2, 0]);
  assert.deepEqual([0, -1, -3, -6].map(percent), ["100 %", "10 %", "0.1 %", "< 0.001 %"]);
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";

const SCRIPT = readFileSync(new URL("../../demos/core/early.js", import.meta.url), "utf8");

// The script in a page; `tell(name, event)` is what happens there, `drawn` is what a home holds when it is asked again.
const page = (drawn = []) => {
  const heard = {};
  const document = {
    addEventListener(name, f) { heard[name] = f; },
    getElementById: () => ({ querySelectorAll: () => drawn }),
  };
  vm.runInNewContext(SCRIPT, { document, Event: class { constructor(name) { this.type = name; } } });
  return (name, event = {}) => {
    const told = { isTrusted: true, stopped: false, preventDefault() {}, stopImmediatePropagation() { told.stopped = true; }, ...event };
    heard[name](told);
    return told.stopped;
  };
};
const button = (words, isConnected = true) => {
  const made = { textContent: words, isConnected, clicks: 0, click() { made.clicks += 1; } };
  made.closest = selector => selector.startsWith(".lm-drop") ? null : selector.startsWith("[id]") ? { id: "home" } : made;
  return made;
};
const box = value => ({ value, told: [], matches: () => true, dispatchEvent(event) { this.told.push(event.type, this.value); } });

test("what is pressed before the page has answered is pressed then, once; later clicks pass", () => {
  const tell = page(), first = button("one"), last = button("two");
  assert.ok(tell("click", { target: first }) && tell("click", { target: last }));
  tell("lmdemo:start");
  assert.deepEqual([first.clicks, last.clicks], [0, 1]);
  assert.ok(!tell("click", { target: first }));
});

test("what was drawn anew meanwhile is found by its words, or left", () => {
  const now = button("two"), tell = page([button("one"), now]);
  tell("click", { target: button("two", false) });
  tell("lmdemo:start");
  assert.equal(now.clicks, 1);
  const left = page([now]);
  left("click", { target: button("gone", false) });
  left("lmdemo:start");
  assert.equal(now.clicks, 1);
});

test("a text that was typed meanwhile stands again, and is told once", () => {
  const tell = page(), typed = box("my own text");
  assert.ok(tell("input", { target: typed }));
  typed.value = "the page's example";
  tell("lmdemo:start");
  assert.deepEqual(typed.told, ["input", "my own text"]);
  assert.ok(!tell("input", { target: typed }));
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";

const SCRIPT = readFileSync(new URL("../../demos/core/url.js", import.meta.url), "utf8");

// The script in a page at an address whose open member is `tab`; what it kept before is in `kept`.
const page = (address, tab, kept = {}) => {
  const location = new URL(address);
  const rules = new Set();
  const window = {}, document = {
    addEventListener() {}, dispatchEvent() {}, querySelector: () => null, getElementById: () => null, documentElement: { classList: { add() {}, remove() {} } },
    head: { append(node) { rules.add(node); } }, createElement: () => ({ remove() { rules.delete(this); } }),
    querySelectorAll: () => [{ id: `panel-${tab}`, offsetParent: {} }],
  };
  vm.runInNewContext(SCRIPT, {
    window, document, location, URL, URLSearchParams, CSS: { escape: text => text }, setTimeout() {},
    history: { state: null, replaceState(_, __, url) { location.href = String(url); } },
    addEventListener() {}, ResizeObserver: class { observe() {} }, CustomEvent: class { constructor(name, { detail }) { Object.assign(this, { name, detail }); } },
    sessionStorage: new Proxy(kept, { get: (_, name) => ({
      getItem: key => kept[key] ?? null, setItem(key, value) { kept[key] = value; } })[name] }),
  });
  return { lmdemo: window.lmdemo, location, kept, rules };
};

test("until the page is open no member is shown but the one that the link names", () => {
  const { lmdemo, rules } = page("http://x/vision?tab=yolo", "yolo");
  assert.match([...rules][0].textContent, /:not\(\[id="panel-yolo"\]\)/);
  lmdemo.start();
  assert.equal(rules.size, 0);
  assert.doesNotMatch([...page("http://x/vision", "cnn").rules][0].textContent, /panel/);
});

test("nothing is written before the server has read the address", () => {
  const { lmdemo, location } = page("http://x/lstm?tab=lstm&text=hi", "lstm");
  lmdemo.put("lstm", "text", "other", "", 2000);
  assert.equal(location.search, "?tab=lstm&text=hi");
});

test("the open member's values stand in the address, defaults and what is too long do not", () => {
  const { lmdemo, location } = page("http://x/lstm?__theme=dark", "lstm");
  lmdemo.put(null, "lang", "hi-Latn", "en", 2000);
  lmdemo.put("lstm", "text", "a film", "", 2000);
  lmdemo.put("lstm", "source", "scratch", "scratch", 2000);
  lmdemo.put("lstm", "long", "xxxx", "", 3);
  lmdemo.put("lstm-speech", "example", "help", "", 2000);
  lmdemo.start();
  assert.deepEqual(Object.fromEntries(location.searchParams), { __theme: "dark", lang: "hi-Latn", tab: "lstm", text: "a film" });
  assert.equal(lmdemo.link(), location.href);
});

test("what a family's members held is kept for the browser tab", () => {
  const { lmdemo, kept } = page("http://x/lstm", "lstm");
  lmdemo.put("lstm-speech", "example", "help", "", 2000);
  lmdemo.start();
  const again = page("http://x/lstm", "lstm", kept);
  assert.deepEqual(JSON.parse(again.lmdemo.saved())["lstm-speech"], { example: "help" });
});

test("what is written goes along, and takes the place of what other pages held", () => {
  const before = { search: "?tab=gpt&text=old&top_k=3", records: { bert: { text: "old", layer: 2 } } };
  const { lmdemo, kept } = page("http://x/lstm", "lstm", { "lmdemo:transformers": JSON.stringify(before) });
  lmdemo.takes("sentence", "lstm-translation", "text");
  lmdemo.start();
  lmdemo.put("lstm-translation", "text", "older", "", 2000, "");
  lmdemo.put("lstm", "text", "a new film", "", 2000, "sentence");
  const saved = JSON.parse(lmdemo.saved());
  assert.deepEqual(saved.threads, { sentence: "a new film" });
  const after = JSON.parse(kept["lmdemo:transformers"]);
  assert.deepEqual(after, { search: "?tab=gpt&top_k=3", records: { bert: { layer: 2 } } });
});

test("the open step is kept and stands in the address again", () => {
  const first = page("http://x/lstm?tab=lstm&step=memory", "lstm");
  first.lmdemo.start();
  assert.equal(new URL(first.location.href).searchParams.get("step"), "memory");
});

test("what other pages hold is looked through once, not at each letter", () => {
  const record = () => JSON.stringify({ search: "?tab=gpt&text=old", records: {} });
  const { lmdemo, kept } = page("http://x/lstm", "lstm", { "lmdemo:transformers": record() });
  lmdemo.start();
  lmdemo.put("lstm", "text", "a", "", 2000, "sentence");
  assert.equal(JSON.parse(kept["lmdemo:transformers"]).search, "?tab=gpt");
  kept["lmdemo:transformers"] = record();
  lmdemo.put("lstm", "text", "an", "", 2000, "sentence");
  assert.equal(kept["lmdemo:transformers"], record());
  assert.equal(JSON.parse(lmdemo.saved()).threads.sentence, "an");
});

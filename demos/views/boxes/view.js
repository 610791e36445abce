import { fill, h, number } from "../_runtime.js";
import { drawn, frames } from "../camera/view.js";

// Colours of labels; none of them is a network's or a sign's.
const COLOURS = ['#00796f', '#c2255c', '#9a5f00', '#5b6400', '#7b3f98', '#a0303a', '#4a5a63', '#8a4b6b'];
export const colour = k => COLOURS[k % COLOURS.length];
export const initial = () => ({});

// -- what is on show, and how: once for the answer and for all steps that look into it -----------------------------------

// `off` holds the names of labels that are left out; `iou` is null while the network's own suffices; `picked` is a candidate.
export const settings = {score: 0.25, iou: null, across: true, off: new Set(), picked: -1, mode: 'steps'};
export const shown = {value: null};
const ACROSS = 0.9;  // overlap from which two boxes are one thing, whatever their labels
const listeners = new Map();  // root -> what draws it
export const listen = (root, redraw) => {
  root.classList?.add('lm-boxes');  // the steps are made of the answer's pieces, and look like them
  listeners.set(root, redraw);
};
export const refresh = () => {
  for (const [root, redraw] of listeners) if (root.isConnected) redraw(); else listeners.delete(root);
};
// The address keeps what the visitor set.
const keep = (name, value, first) => globalThis.lmdemo?.put(shown.value?.member, name, value, first, 300, '');
export const set = (name, value) => {
  settings[name] = value;
  if (name === 'score') keep('score', value, 0.25);
  if (name === 'iou') keep('iou', value, shown.value?.iou);
  if (name === 'across') keep('across', value ? '' : 'no', '');
  if (name === 'mode') keep('mode', value, 'steps');
  if (name === 'off') keep('off', [...value].join(','), '');
  refresh();
};
const take = asked => {  // what a link says, once
  const told = JSON.stringify(asked ?? null);
  if (!asked || settings.asked === told) return;
  settings.asked = told;
  if (asked.score) settings.score = asked.score;
  if (asked.iou) settings.iou = asked.iou;
  if (asked.mode) settings.mode = asked.mode;
  settings.across = asked.across !== 'no';
  settings.off = new Set((asked.off || '').split(',').filter(Boolean));
};

// -- arithmetic ------------------------------------------------------------------------------------------------------

export const iou = (a, b) => {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]), t = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const both = Math.max(0, w) * Math.max(0, t);
  return both / Math.max(1e-9, (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both);
};
// What of a candidate lies in the picture: the network may draw over its borders.
export const cut = (value, i) => value.candidates[i].slice(0, 4).map((v, e) => Math.min(Math.max(v, 0), e % 2 ? value.height : value.width));
// The candidates come surest first; each kept one fells those that overlap it too much, of its label or of any.
export const suppress = (value, state) => {
  const open = value.candidates.map((c, i) => i)
    .filter(i => value.candidates[i][4] >= state.score && !state.off.has(value.labels[value.candidates[i][5]]));
  const lost = new Map(), kept = [], most = state.iou ?? value.iou;
  for (const i of open) {
    if (lost.has(i)) continue;
    kept.push(i);
    for (const j of open) {
      if (j <= i || lost.has(j)) continue;
      const shared = iou(value.candidates[i], value.candidates[j]), same = value.candidates[j][5] === value.candidates[i][5];
      if (shared > (same ? most : state.across ? ACROSS : 1)) lost.set(j, {to: i, shared, same});
    }
  }
  return {open, kept: kept.filter(i => { const [x0, y0, x1, y1] = cut(value, i); return x1 > x0 && y1 > y0; }), lost};
};
// Which boxes are right by the marks of an example: a surer box takes what is marked first.
export const judge = (value, kept) => {
  const taken = new Set(), right = new Set();
  for (const i of kept) {
    const shares = (value.marks || []).map((m, j) => m[0] === value.candidates[i][5] && !taken.has(j) ? iou(cut(value, i), m.slice(1)) : 0);
    const best = shares.indexOf(Math.max(...shares, 0));
    if (best >= 0 && shares[best] >= 0.5) { taken.add(best); right.add(i); }
  }
  return {right, missed: (value.marks || []).map((m, j) => j).filter(j => !taken.has(j))};
};
// '3 × star, 2 × 0', each of them on one line
export const counted = (value, kept) => {
  const counts = new Map();
  for (const i of kept) { const k = value.candidates[i][5]; counts.set(k, (counts.get(k) || 0) + 1); }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([k, n]) => `${n}\u00a0×\u00a0${value.names[k]}`).join(', ');
};
// Where the names of boxes go, the surest first: beside the box, where no other name is. Its score is left out where that helps.
// boxes [x0, y0, x1, y1] and sizes [width, width without the score, height] in pixels -> [{left, top, short}]
export const places = (boxes, sizes, width, height) => {
  const taken = [];
  const shared = (a, b) => Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  return boxes.map(([x0, y0, x1, y1], i) => {
    const [full, brief, t] = sizes[i], middle = (y0 + y1 - t) / 2;
    let best = null;
    for (const w of full === brief ? [full] : [full, brief]) {
      for (const [x, y] of [[x0, y0 - t], [x1 - w, y0 - t], [x0, y1], [x1 - w, y1], [x0, y0], [x1 - w, y0], [x0, y1 - t], [x1 - w, y1 - t], [x1, middle], [x0 - w, middle], [(x0 + x1 - w) / 2, middle]]) {
        const left = Math.max(0, Math.min(width - w, x)), top = Math.max(0, Math.min(height - t, y)), area = [left, top, left + w, top + t];
        const cost = taken.reduce((sum, other) => sum + shared(area, other), 0);
        if (!best || cost < best.cost) best = {left, top, short: w < full, cost, area};
        if (!cost) break;
      }
      if (!best.cost) break;
    }
    taken.push(best.area);
    return best;
  });
};

// -- what is taken away ------------------------------------------------------------------------------------------------

const save = (name, text, type) => {
  const link = h('a', {href: URL.createObjectURL(new Blob([text], {type})), download: name});
  document.body.append(link); link.click(); link.remove(); setTimeout(() => URL.revokeObjectURL(link.href), 5000);
};
export const rows = (value, kept) => kept.map(i => {
  const [xmin, ymin, xmax, ymax] = cut(value, i).map(v => +v.toFixed(1)), [score, k] = value.candidates[i].slice(4);
  return {label: value.labels[k], score, box: {xmin, ymin, xmax, ymax}, k};
});
export const formats = {
  'JSON': (v, r) => ['json', JSON.stringify(r.map(({label, score, box}) => ({label, score, box})), null, 2)],
  'CSV': (v, r) => ['csv', 'label,score,xmin,ymin,xmax,ymax\n' + r.map(x => [`"${x.label}"`, x.score, ...Object.values(x.box)].join(',') + '\n').join('')],
  'COCO': (v, r) => ['coco.json', JSON.stringify({images: [{id: 1, file_name: v.file, width: v.width, height: v.height}],
    annotations: r.map(({k, score, box: b}, i) => ({id: i + 1, image_id: 1, category_id: k + 1, score, iscrowd: 0,
      bbox: [b.xmin, b.ymin, +(b.xmax - b.xmin).toFixed(1), +(b.ymax - b.ymin).toFixed(1)], area: +((b.xmax - b.xmin) * (b.ymax - b.ymin)).toFixed(1)})),
    categories: v.labels.map((name, i) => ({id: i + 1, name}))}, null, 2)],
  'YOLO': (v, r) => ['txt', r.map(({k, box: b}) => [k, ...[(b.xmin + b.xmax) / 2 / v.width, (b.ymin + b.ymax) / 2 / v.height,
    (b.xmax - b.xmin) / v.width, (b.ymax - b.ymin) / v.height].map(n => n.toFixed(6))].join(' ') + '\n').join('')],
};

// -- pieces that the steps share ---------------------------------------------------------------------------------------

export const rect = (value, i, kind, onclick) => {
  const [x0, y0, x1, y1] = cut(value, i), k = value.candidates[i][5];
  return h('rect', {x: x0, y: y0, width: x1 - x0, height: y1 - y0, class: kind, stroke: colour(k), onclick: onclick || (() => {})});
};
export const cellOf = (value, stride, column, row) => {
  const [sx, sy, left, top] = value.frame;
  return {x: (column * stride - left) / sx, y: (row * stride - top) / sy, width: stride / sx, height: stride / sy};
};
export const pick = i => { settings.picked = settings.picked === i ? -1 : i; refresh(); };
export const hits = (value, list) => [...list].reverse().map(i => rect(value, i, 'hit', () => pick(i)));
// The picture as it was given, or as the camera saw it.
const photo = (value, alt, before) => {
  if (!value.live) return h('img', {src: value.src, alt});
  const seen = frames.get(value.live.id), canvas = before?.tagName === 'CANVAS' ? before : h('canvas', {class: 'photo', role: 'img'});
  if (seen) Object.assign(canvas, {width: seen.width, height: seen.height});
  if (seen) canvas.getContext('2d').drawImage(seen, 0, 0);
  canvas.setAttribute('aria-label', alt);
  return canvas;
};
let ruler;
const widthOf = text => {
  ruler ||= Object.assign(document.createElement('canvas').getContext('2d'), {font: '600 12px system-ui, sans-serif'});
  return ruler.measureText(text).width + 10;
};
// Names at boxes, at every width; they are placed once the picture has one.
const named = (value, list, box) => {
  const width = box.clientWidth, height = box.clientHeight;
  box.querySelectorAll('.tag').forEach(tag => tag.remove());
  if (!width) return;
  const words = list.map(i => [value.names[value.candidates[i][5]], number(value.candidates[i][4], 2)]);
  const sizes = words.map(([name, score]) => [widthOf(`${name} ${score}`), widthOf(name), 18]);
  const crowded = sizes.reduce((area, [full, , t]) => area + full * t, 0) > 0.2 * width * height;  // then names alone
  const spots = places(list.map(i => cut(value, i).map((v, e) => v * (e % 2 ? height / value.height : width / value.width))),
    sizes.map(([full, brief, t]) => [crowded ? brief : full, brief, t]), width, height);
  spots.forEach(({left, top, short}, n) => box.append(h('span', {class: 'tag', 'aria-hidden': 'true',
    style: `left:${left}px;top:${top}px;background:${colour(value.candidates[list[n]][5])}`}, short || crowded ? words[n][0] : words[n].join(' '))));
};
const observer = globalThis.ResizeObserver && new ResizeObserver(entries => entries.forEach(e => e.target.tagged?.()));
// A picture with shapes over it, in the picture's pixels, and names at the boxes of `tags`.
export const stage = (value, {shapes = [], tags = [], over = null, alt = '', caption = '', before = null}) => {
  const svg = h('svg', {viewBox: `0 0 ${value.width} ${value.height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true'}, shapes);
  const box = h('div', {class: 'stage', style: `--ratio:${value.width / value.height}`}, photo(value, alt, before), over, svg);
  box.tagged = () => named(value, tags.slice(0, 60), box);
  observer?.observe(box);
  return h('figure', {class: 'panel'}, caption ? h('figcaption', {}, caption) : null, box);
};
export const choices = (label, list, chosen, say, choose) => h('div', {class: 'bar', role: 'group', 'aria-label': label}, list.map(v =>
  h('button', {type: 'button', 'data-key': `${label}${v}`, 'aria-pressed': String(v === chosen), onclick: () => choose(v)}, say(v))));
// The two thresholds; they stand wherever they act, and move together.
export const thresholds = words => {
  const one = (name, text, now) => {
    const told = h('output', {}), input = h('input', {type: 'range', min: 0.01, max: 1, step: 0.01, oninput: e => set(name, +e.target.value)});
    return {node: h('label', {}, h('span', {}, text), input, told), sync: () => {
      if (+input.value !== now()) input.value = now();
      told.textContent = number(now(), 2);
    }};
  };
  const both = [one('score', words.score, () => settings.score), one('iou', words.iou, () => settings.iou ?? shown.value?.iou ?? 0.7)];
  return {node: h('div', {class: 'bar sliders'}, both.map(b => b.node)), sync: () => both.forEach(b => b.sync())};
};
// Replaces what is in `root`; the button that had the focus keeps it.
export const replace = (root, ...children) => {
  const key = root.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  root.replaceChildren(...children.flat().filter(Boolean));
  if (key) [...root.querySelectorAll('[data-key]')].find(b => b.dataset.key === key && !b.disabled)?.focus();
};
export const altOf = (value, kept) => fill(value.words.alt, {list: counted(value, kept.slice(0, 60)) || '–'});

// -- the answer ----------------------------------------------------------------------------------------------------------

const build = (root, value, state) => {
  const words = value.words, sliders = thresholds(words);
  const ui = state.ui = {sliders, words: JSON.stringify(words), title: value.title, chips: new Map(),
    figure: h('div', {class: 'answer'}), status: h('p', {role: 'status', class: 'summary'}),
    classes: h('div', {class: 'bar chips', role: 'group', 'aria-label': words.classes}),
    across: h('input', {type: 'checkbox', onchange: e => set('across', e.target.checked)})};
  const downloads = Object.keys(formats).map(name => h('button', {type: 'button', onclick: () => {
    const v = state.value, [end, text] = formats[name](v, rows(v, suppress(v, settings).kept));
    save(`${v.file}.${end}`, text, 'text/plain');
  }}, name));
  root.replaceChildren(...[value.title ? h('h4', {}, value.title) : null, ui.figure, ui.status, value.main ? sliders.node : null, value.main ? ui.classes : null,
    value.main ? h('details', {}, h('summary', {}, words.more), h('label', {class: 'check'}, ui.across, fill(words.across, {most: ACROSS})),
      h('div', {class: 'bar'}, h('span', {}, words.download), downloads)) : null].filter(Boolean));
};
const chip = (ui, value, k) => {
  const name = value.labels[k], button = h('button', {type: 'button', onclick: () => {
    const off = new Set(settings.off);
    if (!off.delete(name)) off.add(name);
    set('off', off);
  }}, h('span', {class: 'swatch', style: `background:${colour(k)}`}), value.names[k]);
  ui.chips.set(name, button);
  ui.classes.append(button);
};
// The row of labels grows with what a camera sees; what is there stays where it is, so that it can be reached meanwhile.
const label = (ui, value) => {
  const names = new Set(value.labels);
  for (const [name, button] of ui.chips) if (!names.has(name)) { button.remove(); ui.chips.delete(name); }
  const found = [...new Set(value.candidates.filter(c => c[4] >= 0.1).map(c => c[5]))].slice(0, 24);
  if (!value.live) for (const [name, button] of ui.chips) if (!found.includes(value.labels.indexOf(name))) { button.remove(); ui.chips.delete(name); }
  for (const k of found) if (!ui.chips.has(value.labels[k])) chip(ui, value, k);
  for (const [name, button] of ui.chips) button.setAttribute('aria-pressed', String(!settings.off.has(name)));
  ui.classes.hidden = ui.chips.size < 2;
};
const paint = state => {
  const {ui, value} = state, words = value.words, {open, kept} = suppress(value, settings);
  const chosen = value.main && open.includes(settings.picked) ? settings.picked : -1, best = value.candidates[0];
  const shapes = [kept.map(i => rect(value, i, i === chosen ? 'strong' : '')), value.main ? hits(value, kept) : []];
  const figure = stage(value, {shapes, tags: kept, alt: altOf(value, kept), before: ui.figure.querySelector?.('canvas.photo')});
  if (value.live) figure.lastElementChild?.append(h('span', {class: 'rate'}, fill(words.rate, {fps: number(value.live.fps, 1), ms: Math.round(value.live.delay)})));
  ui.figure.replaceChildren(figure);
  const moved = settings.score !== 0.25 || settings.iou !== null || settings.off.size || !settings.across || value.live;
  ui.status.textContent = kept.length ? fill(moved ? words.listed : words.found, {n: kept.length, m: open.length, list: counted(value, kept)})
    : best ? fill(words.nothing, {score: number(best[4], 2), name: value.names[best[5]]}) : words.nothing_at_all;
  ui.sliders.sync();
  ui.across.checked = settings.across;
  label(ui, value);
};
export default function draw(root, value, { state }) {
  if (!value.candidates) {
    root.replaceChildren();
    if (state.value?.main) { shown.value = null; refresh(); }
    state.value = state.ui = null;
    return;
  }
  if (value.live) {
    const delay = drawn(value.live.id);
    if (delay === null) return;  // the camera was switched off meanwhile
    value = {...value, live: {...value.live, ...delay}};
  }
  if (value.main) {
    take(value.asked);
    if (shown.value?.key !== value.key) settings.picked = -1;
    shown.value = value;
  }
  state.value = value;
  if (!state.ui || state.ui.words !== JSON.stringify(value.words) || state.ui.title !== value.title || !root.contains(state.ui.figure)) build(root, value, state);
  listen(root, () => state.value && paint(state));
  refresh();
}

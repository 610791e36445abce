import { bytes, fill, h, number } from "../_runtime.js";

const COLOURS = ['#0072B2', '#B34B00', '#00795A', '#9A3F78', '#6B5D00', '#2F6690', '#7A4A1E', '#5B4B8A'];
const colour = k => COLOURS[k % COLOURS.length];
export const initial = () => ({mode: 'kept', step: 0, picked: -1, off: new Set(), stride: 8, label: 0});
export const iou = (a, b) => {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]), t = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const both = Math.max(0, w) * Math.max(0, t);
  return both / Math.max(1e-9, (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both);
};
// What of a candidate lies in the picture: the network may draw over its borders.
const cut = (value, i) => value.candidates[i].slice(0, 4).map((v, e) => Math.min(Math.max(v, 0), e % 2 ? value.height : value.width));
// The candidates come surest first; each kept one fells those of its label that overlap it too much.
export const suppress = (value, state) => {
  const open = value.candidates.map((c, i) => i).filter(i => value.candidates[i][4] >= state.score && !state.off.has(value.candidates[i][5]));
  const lost = new Map(), kept = [];
  for (const i of open) {
    if (lost.has(i)) continue;
    kept.push(i);
    for (const j of open) {
      if (j <= i || lost.has(j) || value.candidates[j][5] !== value.candidates[i][5]) continue;
      const shared = iou(value.candidates[i], value.candidates[j]);
      if (shared > state.iou) lost.set(j, {to: i, shared});
    }
  }
  return {open, kept: kept.filter(i => { const [x0, y0, x1, y1] = cut(value, i); return x1 > x0 && y1 > y0; }), lost};
};
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
export default function draw(root, value, { state }) {
  if (!value.src) { root.replaceChildren(); return; }
  const words = value.words, before = state.labels, live = value.live && state.live;
  const key = [value.labels, value.candidates.length, value.src].join('|');  // another source on the same picture starts anew too
  if (state.key !== key) {
    if (!live || String(before) !== String(value.labels)) { Object.assign(state, {score: value.score, iou: value.iou, present: []}); state.off.clear(); }
    Object.assign(state, {key, step: 0, picked: -1, label: 0, labels: value.labels, live: value.live});
  }
  const found = [...new Set(value.candidates.map(c => c[5]))];
  const present = value.live ? [...new Set([...state.present || [], ...found])] : found;
  // The next frame of a camera: the controls stay, so that a slider can be dragged meanwhile.
  if (live && state.words === JSON.stringify(words) && String(state.present) === String(present) && state.out && root.contains(state.out)) {
    state.value = value;
    paint(state.out, value, state);
    return;
  }
  root.replaceChildren();
  Object.assign(state, {present, value, words: JSON.stringify(words)});
  const out = state.out = h('div', {});
  const again = () => paint(out, state.value, state);
  const slider = (key, text) => {
    const shown = h('output', {}, number(state[key], 2));
    return h('label', {}, text, h('input', {type: 'range', min: 0.01, max: 1, step: 0.01, value: state[key], oninput: e => {
      state[key] = +e.target.value; shown.textContent = number(state[key], 2); state.step = 0; again(); }}), shown);
  };
  const modes = h('div', {class: 'bar', role: 'group', 'aria-label': words.show});
  const available = ['kept', 'both', 'steps', ...(Object.keys(value.grids).length ? ['grid'] : [])];
  if (!available.includes(state.mode)) state.mode = 'kept';
  for (const mode of available) modes.append(h('button', {type: 'button', 'aria-pressed': String(mode === state.mode), onclick: e => {
    state.mode = mode; modes.querySelectorAll('button').forEach(b => b.setAttribute('aria-pressed', String(b === e.target))); again(); }}, words[mode]));
  const classes = h('div', {class: 'bar', role: 'group', 'aria-label': words.classes});
  if (present.length > 1) for (const k of present.slice(0, 16)) classes.append(h('label', {}, h('input', {type: 'checkbox', checked: !state.off.has(k),
    onchange: e => { e.target.checked ? state.off.delete(k) : state.off.add(k); state.step = 0; again(); }}),
    h('span', {class: 'swatch', style: `background:${colour(k)}`}), value.names[k]));
  if (value.title) root.append(h('h4', {}, value.title));
  root.append(modes, h('div', {class: 'bar'}, slider('score', words.score), slider('iou', words.iou)), classes, out);
  again();
}
const stage = (value, caption, shapes, tags, canvas, alt) => {
  const svg = h('svg', {viewBox: `0 0 ${value.width} ${value.height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true'}, shapes);
  const labels = tags.map(i => { const c = value.candidates[i]; return h('span', {class: 'tag', 'aria-hidden': 'true',
    style: `${c[0] > .85 * value.width ? `right:${100 - 100 * Math.min(c[2], value.width) / value.width}%` : `left:${100 * Math.max(0, c[0]) / value.width}%`};top:${Math.max(7, 100 * c[1] / value.height)}%;background:${colour(c[5])}`},
    h('span', {class: 'name'}, `${value.names[c[5]]} ${number(c[4], 2)}`), h('span', {class: 'short'}, `#${i + 1}`)); });
  return h('figure', {class: 'panel'}, h('figcaption', {}, caption), h('div', {class: 'stage'}, h('img', {src: value.src, alt}), canvas || null, svg, labels));
};
const box = (value, i, kind, onclick) => {
  const [x0, y0, x1, y1] = cut(value, i), k = value.candidates[i][5];
  return h('rect', {x: x0, y: y0, width: x1 - x0, height: y1 - y0, class: kind, stroke: colour(k), onclick: onclick || (() => {})});
};
const cellOf = (value, c) => {
  const [sx, sy, left, top] = value.frame, s = c[6];
  return {x: (c[7] * s - left) / sx, y: (c[8] * s - top) / sy, width: s / sx, height: s / sy};
};
const paint = (out, value, state) => {
  const active = out.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  out.replaceChildren();
  fillIn(out, value, state);
  if (active) [...out.querySelectorAll('[data-key]')].find(b => b.dataset.key === active && !b.disabled)?.focus();
};
const fillIn = (out, value, state) => {
  const words = value.words, found = suppress(value, state), {open, kept, lost} = found;
  const pick = i => { state.picked = state.picked === i ? -1 : i; paint(out, value, state); };
  const chosen = open.includes(state.picked) ? state.picked : -1;
  const best = value.candidates.length ? value.candidates[0] : null;
  const summary = kept.length ? fill(words.found, {n: kept.length, m: open.length}) : best ? fill(words.nothing, {score: number(best[4], 2), name: value.names[best[5]]}) : words.nothing_at_all;
  const status = h('p', {role: 'status'}, summary);
  const alt = fill(words.alt, {list: kept.slice(0, 12).map(i => value.names[value.candidates[i][5]]).join(', ') || '–'});
  const tags = kept.length <= 30 ? kept : [];
  const panels = h('div', {class: 'panels'});
  const marked = i => i < 0 ? [] : [h('rect', {...cellOf(value, value.candidates[i]), stroke: '#D55E00', class: 'strong'}), box(value, i, 'strong')];
  const hits = list => [...list].reverse().map(i => box(value, i, 'hit', () => pick(i)));
  if (state.mode === 'kept') panels.append(stage(value, words.kept, [kept.map(i => box(value, i, '')), marked(chosen), hits(kept)], tags, null, alt));
  if (state.mode === 'both') panels.append(stage(value, fill(words.before, {n: open.length}), [open.map(i => box(value, i, 'thin')), marked(chosen), hits(open)], [], null, alt),
    stage(value, fill(words.after, {n: kept.length}), [kept.map(i => box(value, i, '')), hits(kept)], tags, null, alt));
  if (state.mode === 'steps' && kept.length) {
    state.step = Math.min(state.step, kept.length - 1);
    const now = kept[state.step], fell = [...lost].filter(([, why]) => why.to === now), earlier = kept.slice(0, state.step);
    const go = by => { state.step += by; paint(out, value, state); };
    out.append(h('div', {class: 'bar stepper'}, h('button', {type: 'button', 'data-key': 'previous', disabled: state.step === 0, onclick: () => go(-1)}, words.previous),
      h('button', {type: 'button', 'data-key': 'next', disabled: state.step === kept.length - 1, onclick: () => go(1)}, words.next),
      h('span', {role: 'status'}, fill(words.step, {i: state.step + 1, n: kept.length, name: value.names[value.candidates[now][5]], score: number(value.candidates[now][4], 2), fell: fell.length}))));
    panels.append(stage(value, words.steps, [earlier.map(i => box(value, i, 'thin')), fell.map(([j]) => box(value, j, 'fell')), box(value, now, 'strong')], [now], null, alt));
    panels.append(h('div', {class: 'panel scroll'}, fell.length ? h('table', {}, h('thead', {}, h('tr', {}, h('th', {}, words.box), h('th', {}, words.label), h('th', {}, words.probability), h('th', {}, 'IoU'), h('th', {}, words.to))),
      h('tbody', {}, fell.map(([j, why]) => h('tr', {}, h('td', {}, `#${j + 1}`), h('td', {}, value.names[value.candidates[j][5]]), h('td', {}, number(value.candidates[j][4], 3)), h('td', {}, `${number(why.shared, 3)} > ${number(state.iou, 2)}`), h('td', {}, `#${why.to + 1}`))))) : h('p', {class: 'muted'}, words.none_fell)));
  }
  if (state.mode === 'grid') {
    const grid = value.grids[state.stride], canvas = h('canvas', {width: grid.columns, height: grid.rows, 'aria-hidden': 'true'});
    const data = bytes(grid.data), c = canvas.getContext('2d'), image = c.createImageData(grid.columns, grid.rows), size = grid.rows * grid.columns;
    state.label = Math.min(state.label, value.shown.length - 1);
    for (let i = 0; i < size; i++) image.data.set([213, 94, 0, data[state.label * size + i]], 4 * i);
    c.putImageData(image, 0, 0);
    const [sx, sy, left, top] = value.frame, s = state.stride;
    canvas.style.cssText = `left:${-100 * left / sx / value.width}%;top:${-100 * top / sy / value.height}%;width:${100 * grid.columns * s / sx / value.width}%;height:${100 * grid.rows * s / sy / value.height}%;inset:auto;left:${-100 * left / sx / value.width}%;top:${-100 * top / sy / value.height}%`;
    const lines = [];
    for (let x = 0; x <= grid.columns; x++) lines.push(h('line', {x1: (x * s - left) / sx, x2: (x * s - left) / sx, y1: 0, y2: value.height, stroke: '#fff', 'stroke-opacity': .35, 'stroke-width': .6, 'vector-effect': 'non-scaling-stroke'}));
    for (let y = 0; y <= grid.rows; y++) lines.push(h('line', {y1: (y * s - top) / sy, y2: (y * s - top) / sy, x1: 0, x2: value.width, stroke: '#fff', 'stroke-opacity': .35, 'stroke-width': .6, 'vector-effect': 'non-scaling-stroke'}));
    const mine = kept.filter(i => value.candidates[i][6] === s);
    const choice = (list, at, text, set) => h('div', {class: 'bar', role: 'group'}, list.map((v, i) => h('button', {type: 'button', 'data-key': text(v, i), 'aria-pressed': String(at(v, i)), onclick: () => { set(v, i); paint(out, value, state); }}, text(v, i))));
    out.append(choice(Object.keys(value.grids).map(Number), v => v === state.stride, v => fill(words.stride, {s: v, rows: value.grids[v].rows, columns: value.grids[v].columns}), v => { state.stride = v; }),
      choice(value.shown, (v, i) => i === state.label, v => value.names[v], (v, i) => { state.label = i; }));
    const stageNode = stage(value, fill(words.map, {name: value.names[value.shown[state.label]], s}), [lines, mine.map(i => [box(value, i, ''), h('rect', {...cellOf(value, value.candidates[i]), stroke: '#D55E00', class: 'strong'})]), hits(mine)], mine.length <= 30 ? mine : [], canvas, alt);
    stageNode.querySelector('.stage').style.overflow = 'hidden';
    panels.append(stageNode, h('p', {class: 'panel muted'}, fill(words.responsible, {n: mine.length, s})));
  }
  out.append(status, panels);
  const list = state.mode === 'both' ? open.slice(0, 100) : kept;
  if (list.length) {
    out.append(h('div', {class: 'scroll'}, h('table', {}, h('caption', {class: 'muted'}, words.choose), h('thead', {}, h('tr', {}, ['#', words.label, words.probability, 'xmin', 'ymin', 'xmax', 'ymax', words.cell, words.fate].map(t => h('th', {}, t)))),
      h('tbody', {}, list.map(i => { const c = value.candidates[i], why = lost.get(i); return h('tr', {'aria-selected': String(i === chosen)},
        h('td', {}, h('button', {type: 'button', 'data-key': `#${i}`, 'aria-pressed': String(i === chosen), onclick: () => pick(i)}, `${i + 1}`)), h('td', {}, h('span', {class: 'swatch', style: `background:${colour(c[5])}`}), ` ${value.names[c[5]]}`), h('td', {}, number(c[4], 3)),
        cut(value, i).map(v => h('td', {}, number(v, 1))), h('td', {}, c[6] ? `${c[6]}: ${c[7]}, ${c[8]}` : '–'), h('td', {}, why ? fill(words.lost, {i: why.to + 1, iou: number(why.shared, 2)}) : words.stays)); })))));
    out.append(h('div', {class: 'bar'}, h('span', {}, words.download), Object.keys(formats).map(name => h('button', {type: 'button', onclick: () => { const [end, text] = formats[name](value, rows(value, kept)); save(`${value.file}.${end}`, text, 'text/plain'); }}, name))));
  }
  if (chosen >= 0 && value.edges[chosen]) {
    const c = value.candidates[chosen], sides = [words.left, words.top, words.right, words.bottom];
    out.append(h('h5', {}, fill(words.edges, {i: chosen + 1, name: value.names[c[5]], row: c[8], column: c[7], s: c[6]})),
      h('div', {class: 'edges'}, value.edges[chosen].map((p, e) => {
        const mean = p.reduce((sum, v, i) => sum + v * i, 0), sum = p.map((v, i) => [v, i]).filter(([v]) => v >= .02).map(([v, i]) => `${number(v, 2)}·${i}`).join(' + ');
        return h('div', {}, h('div', {}, sides[e]), h('svg', {viewBox: `0 0 ${p.length} 1`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `${sides[e]}: ${number(mean, 2)}`}, p.map((v, i) => h('rect', {x: i + .1, y: 1 - v, width: .8, height: v}))),
          h('code', {}, `${sum} ≈ ${number(mean, 2)} × ${c[6]} px = ${number(mean * c[6], 1)} px`)); })));
  }
};

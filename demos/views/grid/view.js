import { bytes, fill, h, number } from "../_runtime.js";
import { altOf, cellOf, choices, hits, listen, rect, replace, settings, shown, stage, suppress } from "../boxes/view.js";

/* Which cells answer: the probability of a label in each cell of a grid, over the picture. */
export const initial = () => ({stride: 8, label: 0, key: '', at: null});

// The probability that a cell's byte stands for: bytes are on a scale of square roots.
export const probability = byte => (byte / 255) ** 2;
const heat = (value, grid, data, label) => {
  const canvas = h('canvas', {class: 'heat', width: grid.columns, height: grid.rows, 'aria-hidden': 'true'});
  const c = canvas.getContext('2d'), image = c.createImageData(grid.columns, grid.rows), size = grid.rows * grid.columns;
  for (let i = 0; i < size; i++) image.data.set([91, 31, 138, Math.round(0.85 * data[label * size + i])], 4 * i);
  c.putImageData(image, 0, 0);
  return canvas;
};
const scale = words => h('div', {class: 'scale'}, h('span', {}, words.scale), h('span', {}, '0'), h('i', {}), h('span', {}, '0.25'), h('i', {class: 'half'}), h('span', {}, '1'));

export default function draw(root, made, view) {
  const again = () => {
    const value = shown.value, {state} = view, words = made.words;
    const strides = Object.keys(value?.grids || {}).map(Number);
    if (!words || !value) { root.replaceChildren(); return; }
    if (!strides.length) { replace(root, h('p', {class: 'muted'}, value.live ? words.live : words.none)); return; }
    const {kept} = suppress(value, settings);
    if (state.key !== value.key) {  // where most boxes come from
      const count = s => kept.filter(i => value.candidates[i][6] === s).length;
      Object.assign(state, {key: value.key, label: 0, at: null, stride: strides.reduce((a, b) => count(b) > count(a) ? b : a)});
    }
    state.label = Math.min(state.label, value.shown.length - 1);
    const s = state.stride, grid = value.grids[s], data = grid.bytes ||= bytes(grid.data), size = grid.rows * grid.columns;
    const [sx, sy, left, top] = value.frame, canvas = heat(value, grid, data, state.label);
    canvas.style.cssText = `left:${-100 * left / sx / value.width}%;top:${-100 * top / sy / value.height}%;width:${100 * grid.columns * s / sx / value.width}%;height:${100 * grid.rows * s / sy / value.height}%`;
    const lines = [...Array(grid.columns + 1).keys()].map(x => h('line', {x1: (x * s - left) / sx, x2: (x * s - left) / sx, y1: 0, y2: value.height}))
      .concat([...Array(grid.rows + 1).keys()].map(y => h('line', {y1: (y * s - top) / sy, y2: (y * s - top) / sy, x1: 0, x2: value.width})));
    const mine = kept.filter(i => value.candidates[i][6] === s);
    const cells = mine.map(i => [rect(value, i, 'thin'), h('rect', {...cellOf(value, ...value.candidates[i].slice(6, 9)), class: 'cell'})]);
    const at = state.at && h('rect', {...cellOf(value, s, ...state.at), class: 'at'});
    const figure = stage(value, {shapes: [h('g', {class: 'lines'}, lines), cells, at || [], hits(value, mine)], tags: mine, over: canvas, alt: altOf(value, mine),
      caption: fill(words.map, {name: value.names[value.shown[state.label]], s})});
    const told = h('p', {role: 'status', class: 'muted'});
    const tell = (x, y) => { told.textContent = fill(words.here, {column: x, row: y, p: number(probability(data[state.label * size + y * grid.columns + x]), 3), name: value.names[value.shown[state.label]]}); };
    const box = figure.querySelector('.stage'), ticks = n => [...Array(n).keys()].filter(i => i % Math.ceil(n / 5) === 0);
    box.append(...ticks(grid.columns).map(x => h('span', {class: 'tick', style: `left:max(8px, ${100 * ((x + 0.5) * s - left) / sx / value.width}%);bottom:0`}, `${x}`)),
      ...ticks(grid.rows).slice(0, -1).map(y => h('span', {class: 'tick row', style: `left:0;top:max(7px, ${100 * ((y + 0.5) * s - top) / sy / value.height}%)`}, `${y}`)));
    box.addEventListener('pointermove', e => {
      const area = box.getBoundingClientRect();
      const x = Math.floor(((e.clientX - area.left) / area.width * value.width * sx + left) / s), y = Math.floor(((e.clientY - area.top) / area.height * value.height * sy + top) / s);
      if (x >= 0 && y >= 0 && x < grid.columns && y < grid.rows) tell(x, y);
    });
    if (mine.length) tell(...value.candidates[mine[0]].slice(7, 9));
    replace(root, choices(words.grids, strides, s, v => fill(words.stride, {s: v, rows: value.grids[v].rows, columns: value.grids[v].columns}), v => { state.stride = v; again(); }),
      choices(words.labels, value.shown.map((_, i) => i), state.label, i => value.names[value.shown[i]], i => { state.label = i; again(); }),
      figure, scale(words), told, h('p', {class: 'muted'}, fill(words.responsible, {n: mine.length, s})));
  };
  listen(root, again);
  again();
}

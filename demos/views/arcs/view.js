import { bytes, fill, h, linear } from "../_runtime.js";

export const sized = true;
export const initial = () => ({given: null, block: 0, head: -1, word: null, cell: null, focus: null});
// pixels: a line of the upright list, a letter, what a word has around it, a line of text, between both parts, what the scale takes
const ROW = 24, CHARACTER = 7.7, ROOM = 20, AXES = 22, GAP = 28, SCALE = 260;
const shown = token => token.replaceAll('\n', '↵').replaceAll(' ', '␣') || '∅';
const percent = share => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

// The weights of a block, T x T: those of a head, or of all heads the mean (head -1). They come as square roots in a byte.
export const matrix = (data, size, heads, block, head) => {
  const n = size * size, chosen = head < 0 ? [...Array(heads).keys()] : [head], made = new Float32Array(n);
  for (const k of chosen) for (let i = 0; i < n; i++) made[i] += (data[(block * heads + k) * n + i] / 255) ** 2 / chosen.length;
  return made;
};
// Where words stand in one line, [left, width] each; null where they don't fit.
export const inLine = (tokens, width) => {
  const wide = tokens.map(t => Math.max(26, CHARACTER * t.length + ROOM)), total = wide.reduce((a, b) => a + b, 0);
  if (total > width) return null;
  const gap = Math.min(26, (width - total) / tokens.length);
  let at = (width - total - gap * (tokens.length - 1)) / 2;
  return wide.map(w => { const left = at; at += w + gap; return [left, w]; });
};

export default function draw(root, value, view) {
  const { trigger, state } = view;
  root.replaceChildren();
  if (!value.tokens) return;
  const given = `${value.block},${value.head}`;
  if (state.given !== given) Object.assign(state, {given, block: value.block, head: value.head});
  state.block = Math.min(state.block, value.layers - 1); state.head = Math.min(state.head, value.heads - 1);
  const w = value.words, tokens = value.tokens.map(shown), T = tokens.length;
  if (state.word !== null && state.word >= T) state.word = null;
  if (state.cell && Math.max(...state.cell) >= T) state.cell = null;
  const p = matrix(bytes(value.weights), T, value.heads, state.block, state.head);
  const width = Math.max(280, view.width), beside = width >= 820, size = sizes(tokens, beside ? width * .55 : width);
  const rest = beside ? width - GAP - size.wide : width;
  const choose = (name, to) => {
    state[name] = to; state.focus = `[data-${name}="${to}"]`; state.given = `${state.block},${state.head}`;
    trigger('look', {block: state.block, head: state.head});
    view.redraw();
  };
  const pills = (name, title, options) => h('div', {class: 'pills', role: 'group', 'aria-label': title}, h('span', {class: 'muted'}, title),
    options.map(([to, text]) => h('button', {type: 'button', 'aria-pressed': String(state[name] === to), [`data-${name}`]: to, onclick: () => choose(name, to)}, text)));
  const numbers = n => Array.from({length: n}, (_, i) => [i, String(i)]);
  const told = h('p', {class: 'told', role: 'status'});
  const made = [sentence, grid].map(part => part({w, tokens, T, p, width: rest, state, told, size, beside}));
  root.style.setProperty('--net', `var(--lm-${value.colour})`);
  root.append(h('div', {class: 'choices'}, pills('block', w.block, numbers(value.layers)), pills('head', w.head, [[-1, w.mean], ...numbers(value.heads)])),
    told, h('div', {class: beside ? 'both' : '', style: `gap:${GAP}px`}, made.map(m => m.node)));
  if (value.left) root.append(h('p', {class: 'muted'}, fill(w.left, {n: value.left})));
  const update = (word, cell) => made.forEach(m => m.update(word, cell));
  made.forEach(m => { m.tell = update; });
  update(state.word, state.cell);
  if (state.focus) { root.querySelector(state.focus)?.focus({preventScroll: true}); state.focus = null; }
}

// The matrix: a cell, the words beside it, and all cells together.
export const sizes = (tokens, width) => {
  const label = 6.6 * Math.min(12, Math.max(...tokens.map(t => t.length))) + 12;
  const step = Math.max(15, Math.min(34, Math.floor((width - label - 8) / tokens.length)));
  const side = step * tokens.length;
  return {label, step, side, wide: Math.max(SCALE, Math.ceil(label + side) + 8)};
};

const best = (p, T, i, n) => Array.from({length: T}, (_, j) => j).sort((a, b) => p[i * T + b] - p[i * T + a]).slice(0, n);

const sentence = ({w, tokens, T, p, width, state, told, size, beside}) => {
  const made = {}, row = beside ? size.step : ROW, line = inLine(tokens, width), most = Math.max(...p, 1e-9);
  const column = Math.min(width * .45, Math.max(...tokens.map(t => CHARACTER * t.length + ROOM)));
  const reach = line ? Math.max(...line.map(([a, b]) => a + b)) - line[0][0] : row * T;
  const high = line ? Math.min(220, Math.max(60, reach / 2.6)) : T * row, room = Math.max(0, width - column - 8);
  const x = i => line[i][0] + line[i][1] / 2, y = i => row * (i + .5);
  const along = linear(0, Math.max(1, T - 1), 0, 1);
  // An arc as high (or, where words stand below one another, as far out) as its ends are apart.
  const path = (i, j) => {
    if (line) {
      const a = x(i), b = x(j), top = high - Math.max(14, (high - 8) * along(Math.abs(i - j)) ** .7);
      return i === j ? `M ${a - 6} ${high} C ${a - 12} ${high - 20} ${a + 12} ${high - 20} ${a + 6} ${high}`
        : `M ${a} ${high} C ${a} ${top * 1.33 - high * .33} ${b} ${top * 1.33 - high * .33} ${b} ${high}`;
    }
    const a = y(i), b = y(j), out = Math.max(16, Math.min(room - 6, 440) * along(Math.abs(i - j)) ** .7);
    return i === j ? `M 0 ${a - 5} C 18 ${a - 9} 18 ${a + 9} 0 ${a + 5}` : `M 0 ${a} C ${out * 1.33} ${a} ${out * 1.33} ${b} 0 ${b}`;
  };
  const svg = h('svg', {width: line ? width : room, height: high, 'aria-hidden': 'true'});
  const go = to => { const i = Math.max(0, Math.min(T - 1, to)); buttons[i].focus(); };
  const show = word => { state.cell = null; made.tell(word, null); };
  const buttons = tokens.map((t, i) => h('button', {
    type: 'button', class: 'token', tabindex: i === (state.word ?? 0) ? '0' : '-1', 'data-word': i,
    style: line ? `left:${line[i][0]}px;width:${line[i][1]}px` : `height:${row - 2}px`,
    onclick: () => { state.word = state.word === i ? null : i; show(state.word); },
    onfocus: () => show(i), onpointerenter: () => show(i), onpointerleave: () => show(state.word), onblur: () => show(state.word),
    onkeydown: e => {
      const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[e.key];
      if (step) { e.preventDefault(); go(i + step); }
    },
  }, t));
  const words = h('div', {class: line ? 'line' : 'list', role: 'group', 'aria-label': w.sentence, style: line ? '' : `width:${column}px`}, buttons);
  const top = line || !beside ? 0 : AXES + size.label;  // each word beside its row
  const node = h('div', {class: `sentence${line ? '' : ' upright'}`, style: `padding-top:${top}px`}, line ? [svg, words] : [words, svg]);
  const update = (word, cell) => {
    const from = cell ? cell[0] : word;
    const pairs = [];
    for (let i = 0; i < T; i++) for (let j = 0; j < T; j++) {
      const share = p[i * T + j];
      if (from === null ? i !== j && share > Math.max(1.5 / T, most / 3) : i === from && share > .005) pairs.push([i, j, share]);
    }
    pairs.sort((a, b) => b[2] - a[2]);
    const scale = from === null ? most : Math.max(...pairs.map(a => a[2]), 1e-9);
    svg.replaceChildren(...pairs.slice(0, 60).reverse().map(([i, j, share]) => h('path', {
      d: path(i, j), 'stroke-width': (1 + 6 * share / scale).toFixed(1), 'stroke-opacity': (.2 + .7 * share / scale).toFixed(2),
      class: cell && j === cell[1] ? 'chosen' : ''})));
    buttons.forEach((b, j) => {
      b.style.setProperty('--share', `${from === null ? 0 : Math.round(40 * p[from * T + j] / scale)}%`);
      b.classList.toggle('from', j === from);
      b.setAttribute('aria-pressed', String(j === state.word));
    });
    if (cell) told.textContent = fill(w.says, {query: tokens[cell[0]], key: tokens[cell[1]], percent: percent(p[cell[0] * T + cell[1]])});
    else if (from === null) told.textContent = w.hint;
    else told.textContent = fill(w.most, {query: tokens[from], keys: best(p, T, from, 3).map(j => `“${tokens[j]}” ${percent(p[from * T + j])}`).join(', ')});
  };
  return Object.assign(made, {node, update});
};

const grid = ({w, tokens, T, p, state, beside, size: {label, step, side, wide}}) => {
  const made = {}, most = Math.max(...p, 1e-9), short = t => t.length > 12 ? `${t.slice(0, 11)}…` : t;
  const at = (i, j) => ({x: label + j * step, y: label + i * step});
  const svg = h('svg', {width: label + side + 2, height: label + side + 2, tabindex: '0', role: 'application'});
  for (let i = 0; i < T; i++) {
    const middle = label + (i + .5) * step;
    svg.append(h('text', {x: label - 6, y: middle + 4, 'text-anchor': 'end', class: 'row', 'data-n': i}, short(tokens[i])),
      h('text', {x: 0, y: 0, class: 'column', 'data-n': i, transform: `translate(${middle + 4} ${label - 6}) rotate(-90)`}, short(tokens[i])));
  }
  const cells = Array.from({length: T * T}, (_, n) => h('rect', {...at(Math.floor(n / T), n % T), width: step - 1, height: step - 1,
    'fill-opacity': Math.sqrt(p[n] / most).toFixed(2)}));
  const mark = h('rect', {class: 'mark', width: step, height: step}), band = h('rect', {class: 'band', x: label, width: side, height: step});
  svg.append(h('rect', {class: 'ground', x: label, y: label, width: side, height: side}), band, ...cells, mark);
  const where = e => {
    const box = svg.getBoundingClientRect(), j = Math.floor((e.clientX - box.left - label) / step), i = Math.floor((e.clientY - box.top - label) / step);
    return i >= 0 && j >= 0 && i < T && j < T ? [i, j] : null;
  };
  const show = found => made.tell(state.word, found);
  svg.addEventListener('pointermove', e => show(where(e) ?? state.cell));
  svg.addEventListener('pointerleave', () => show(state.cell));
  svg.addEventListener('click', e => { state.cell = where(e) ?? state.cell; show(state.cell); });
  svg.addEventListener('keydown', e => {
    const move = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
    if (!move) return;
    e.preventDefault();
    const [i, j] = state.cell ?? [0, -1];
    state.cell = [Math.max(0, Math.min(T - 1, i + move[0])), Math.max(0, Math.min(T - 1, j + move[1]))];
    show(state.cell);
  });
  const update = (word, cell) => {
    const row = cell ? cell[0] : word;
    Object.entries({visibility: row === null ? 'hidden' : 'visible', y: label + (row ?? 0) * step}).forEach(([k, v]) => band.setAttribute(k, v));
    Object.entries({visibility: cell ? 'visible' : 'hidden', ...(cell ? at(...cell) : {})}).forEach(([k, v]) => mark.setAttribute(k, v));
    const said = cell ? fill(w.says, {query: tokens[cell[0]], key: tokens[cell[1]], percent: percent(p[cell[0] * T + cell[1]])}) : w.hint;
    svg.setAttribute('aria-label', `${w.matrix}. ${said} ${w.keyboard}`);
  };
  const scale = h('div', {class: 'scale', 'aria-hidden': 'true'}, h('span', {}, '0 %'), h('i'), h('span', {}, percent(most)), h('span', {class: 'muted'}, w.root));
  const node = h('div', {class: 'grid', style: beside ? `width:${wide}px` : ''}, h('p', {class: 'muted'}, w.axes), h('div', {class: 'scroll'}, svg), scale);
  return Object.assign(made, {node, update});
};

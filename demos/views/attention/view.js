import { bytes, colour, fill, h, number, paint, signed } from "../_runtime.js";

export const sized = true;
export const initial = () => ({query: null, key: null, focus: null, numbers: false});
const floats = text => new Float32Array(bytes(text).buffer);
const shown = token => token.replaceAll('\n', '↵').replaceAll(' ', '␣') || '∅';
const sign = value => value < 0 ? 'minus' : 'plus';
const LABEL = 13;  // pixels that a label takes
const NARROW = 720;  // pixels: below, what is written out stands under the matrix, and its numbers are folded

// Every how many-th of the labels fits, where each has so many pixels.
export const every = pixels => Math.max(1, Math.ceil(LABEL / pixels));

export default function draw(root, value, view) {
  const { trigger, state } = view;
  root.replaceChildren();
  if (!value.blocks) return;
  const w = value.words, T = value.tokens.length, tokens = value.tokens.map(shown);
  if (state.query === null || state.query >= T) state.query = T - 1;
  if (state.key === null || state.key >= T) state.key = Math.max(0, state.query - 1);
  const open = value.block >= 0;
  const blocks = h('div', {class: 'blocks', role: 'group', 'aria-label': w.block}, value.blocks.map((block, n) => {
    const own = n === value.block;
    return h('button', {type: 'button', 'aria-pressed': String(own), class: 'fold', 'data-block': n, title: block.note || false, onclick: () => {
      if (own) return;
      state.focus = `.fold[data-block="${n}"]`;
      trigger('open', {block: n, head: value.head});
    }}, `${w.block} ${n}`);
  }));
  const note = open && value.blocks[value.block].note;
  root.append(h('div', {class: 'top'}, blocks, note ? h('p', {class: 'note'}, note) : ''));
  if (open) root.append(inside(root, value, T, tokens, view));
  if (state.focus) { root.querySelector(state.focus)?.focus({preventScroll: true}); state.focus = null; }
}

const inside = (root, value, T, tokens, view) => {
  const { trigger, state } = view;
  const w = value.words, box = h('div', {class: 'inside'});
  const plus = colour(root, '--lm-plus'), minus = colour(root, '--lm-minus'), ground = colour(root, '--lm-ink');
  const weights = floats(value.weights), before = floats(value.before), full = Boolean(value.queries), D = value.size;
  const [Q, K, V] = full ? [value.queries, value.keys, value.values].map(floats) : [];
  const allowed = full ? bytes(value.allowed) : null;
  const width = Math.max(240, view.width || 700), longest = Math.max(...tokens.map(t => t.length));
  const gutter = Math.min(88, 16 + 7 * Math.min(longest, 11));

  const heads = h('div', {class: 'heads', role: 'group', 'aria-label': w.heads});
  value.pictures.forEach((picture, n) => {
    const canvas = h('canvas', {'aria-hidden': 'true'}), pixels = bytes(picture);
    paint(canvas, T, T, i => [...plus, pixels[i] / 255]);
    heads.append(h('button', {type: 'button', 'aria-pressed': String(n === value.head), 'data-head': n, onclick: () => {
      state.focus = `.heads [data-head="${n}"]`; trigger('open', {block: value.block, head: n}); }}, canvas, h('span', {}, `${w.head} ${n}`)));
  });
  box.append(heads);

  // The names of tokens along a picture, as many as have room.
  const names = (pixels, across) => h('div', {class: across ? 'across' : 'down', 'aria-hidden': 'true', style: across ? `height:${gutter}px;margin-left:${gutter}px;width:${pixels}px` : `width:${gutter}px;height:${pixels}px`},
    tokens.map((t, n) => n % every(pixels / T) ? null : h('span', {'data-n': n, style: `${across ? 'left' : 'top'}:${(n + .5) * pixels / T}px`}, t)));

  // -- the matrix: a row for each token that looks, a column for each that is looked at
  const narrow = width < NARROW, room = Math.min(narrow ? width : 0.5 * width, 560) - gutter - 2;
  const side = Math.max(120, Math.floor(Math.min(room, 36 * T, Math.max(narrow ? 250 : 400, 9 * T))));
  const chips = h('div', {class: 'chips', role: 'group', 'aria-label': w.tokens});
  const matrix = h('canvas', {tabindex: '0', role: 'application', style: `width:${side}px;height:${side}px`});
  const mark = h('span', {class: 'mark', 'aria-hidden': 'true'});
  const caption = h('p', {role: 'status', class: 'caption'}), cell = h('div', {class: 'cell'}), numbers = h('div');
  paint(matrix, T, T, i => allowed && !allowed[i] ? [...ground, .1] : [...plus, Math.sqrt(Math.max(0, weights[i]))]);
  const pick = which => h('select', {'aria-label': w[which], onchange: e => { state[which === 'from' ? 'query' : 'key'] = +e.target.value; update(); }},
    tokens.map((t, i) => h('option', {value: i}, `${value.first + i} ${t}`)));
  const from = pick('from'), to = pick('to'), rows = names(side, false), columns = names(side, true);

  const update = () => {
    const i = state.query, j = state.key, p = weights[i * T + j];
    from.value = i; to.value = j;
    mark.style.cssText = `left:${side * j / T}px;top:${side * i / T}px;width:${side / T}px;height:${side / T}px`;
    for (const [labels, chosen] of [[rows, i], [columns, j]]) for (const label of labels.children) label.classList?.toggle('chosen', +label.dataset.n === chosen);
    const largest = Math.max(...weights.slice(i * T, i * T + T), 1e-9);
    chips.replaceChildren(...tokens.map((t, n) => {
      const share = weights[i * T + n];
      return h('button', {type: 'button', class: `${n === i ? 'query' : ''} ${n === j ? 'key' : ''}`, 'data-n': n,
        style: `--share:${Math.round(75 * share / largest)}%`, title: `${number(100 * share, 1)} %`, 'aria-pressed': String(n === i),
        onclick: () => { state.query = n; state.key = Math.min(j, T - 1); update(); chips.children[n].focus(); }}, t);
    }));
    caption.textContent = fill(w.says, {query: `“${tokens[i]}” (${value.first + i})`, key: `“${tokens[j]}” (${value.first + j})`, percent: number(100 * p, 1)});
    matrix.setAttribute('aria-label', `${caption.textContent} ${w.keyboard}`);
    cell.replaceChildren(...(full ? written(i, j, p) : []));
  };

  const written = (i, j, p) => {
    const q = Q.slice(i * D, i * D + D), k = K.slice(j * D, j * D + D), products = q.map((x, n) => x * k[n]);
    const dot = products.reduce((a, b) => a + b, 0), scale = Math.sqrt(D), score = dot / scale;
    const line = (name, values) => {
      const most = Math.max(...Array.from(values, Math.abs), 1e-9);
      return h('tr', {}, h('th', {scope: 'row'}, name), Array.from(values, v => h('td', {class: sign(v), style: `--share:${Math.round(80 * Math.abs(v) / most)}%`}, number(v, 2))));
    };
    const order = Array.from(products.keys()).sort((a, b) => Math.abs(products[b]) - Math.abs(products[a])).slice(0, 3);
    const rest = dot - order.reduce((sum, n) => sum + products[n], 0);
    const plain = (v, digits = 2) => v < 0 ? `− ${number(-v, digits)}` : `+ ${number(v, digits)}`;
    const sum = order.map(n => `(${number(q[n], 2)} × ${number(k[n], 2)})`).join(' + ') + ` ${plain(rest)} (${w.more.replace('{n}', D - 3)}) = ${number(dot)}`;
    const open = allowed[i * T + j], steps = [[w.dot, sum], [w.scale, `${number(dot)} ÷ √${D} = ${number(dot)} ÷ ${number(scale)} = ${number(score)}`],
      [w.mask, open ? `${number(score)} + 0 = ${number(score)} (${w.allowed})` : `${number(score)} − ∞ = −∞ (${w.forbidden})`]];
    if (open) {  // softmax over all that the query may look at; what lies before the shown tokens is part of the sum
      const exponentials = [];
      for (let n = 0; n < T; n++) {
        if (!allowed[i * T + n]) continue;
        let s = 0;
        for (let d = 0; d < D; d++) s += Q[i * D + d] * K[n * D + d];
        exponentials.push(Math.exp(s / scale - score));  // relative to this cell, so that nothing overflows
      }
      const seen = exponentials.reduce((a, b) => a + b, 0), whole = before[i] < 1 - 1e-6 ? seen / (1 - before[i]) : 1 / Math.max(p, 1e-30);
      steps.push([w.softmax, `e^${number(score)} ÷ Σ e^… = 1 ÷ ${whole < 1e4 ? number(whole, 2) : whole.toExponential(2)} = ${number(1 / whole, 4)}`]);
    } else steps.push([w.softmax, 'e^−∞ ÷ Σ e^… = 0']);
    const taken = new Float32Array(D);
    for (let n = 0; n < T; n++) for (let d = 0; d < D; d++) taken[d] += weights[i * T + n] * V[n * D + d];
    const table = (caption, rows) => h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption},
      h('table', {}, h('caption', {}, caption), h('tbody', {}, rows)));
    const title = h('h5', {}, `${tokens[i]} → ${tokens[j]}`), compared = table(w.products, [line(w.query, q), line(w.key, k), line('×', products)]);
    const sums = h('dl', {}, steps.map(([name, text]) => [h('dt', {}, name), h('dd', {}, text)]));
    const mixed = table(w.takes.replace('{percent}', number(100 * p, 1)).replace('{key}', `“${tokens[j]}”`),
        [line(w.value, V.slice(j * D, j * D + D)), line(w.output, taken)]);
    numbers.replaceChildren(...(narrow ? [compared, mixed] : []));
    return narrow ? [title, sums] : [title, compared, sums, mixed];
  };

  const at = offset => Math.max(0, Math.min(T - 1, Math.floor(offset / side * T)));
  matrix.addEventListener('click', e => {
    const area = matrix.getBoundingClientRect();
    [state.key, state.query] = [at(e.clientX - area.left), at(e.clientY - area.top)];
    update();
  });
  matrix.addEventListener('pointermove', e => {
    const area = matrix.getBoundingClientRect(), [j, i] = [at(e.clientX - area.left), at(e.clientY - area.top)];
    matrix.title = `${tokens[i]} → ${tokens[j]}: ${number(100 * weights[i * T + j], 1)} %`;
  });
  matrix.addEventListener('keydown', e => {
    const move = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
    if (!move) return;
    e.preventDefault();
    state.query = Math.max(0, Math.min(T - 1, state.query + move[0]));
    state.key = Math.max(0, Math.min(T - 1, state.key + move[1]));
    update();
  });
  const legend = h('div', {class: 'legend'}, h('span', {}, '0 %'), h('i', {'aria-hidden': 'true'}), h('span', {}, '100 %'), h('span', {class: 'muted'}, w.legend));
  const frame = h('div', {class: 'matrix'}, h('p', {class: 'muted axis'}, w.axes), columns,
    h('div', {class: 'rows'}, rows, h('div', {class: 'frame'}, matrix, mark)), legend, caption,
    h('p', {class: 'picks'}, h('label', {}, `${w.from} `, from), h('label', {}, `${w.to} `, to)));
  const written_out = h('div', {class: 'right'}, cell);
  box.append(h('p', {class: 'muted'}, value.first ? w.cut.replace('{n}', value.first) : w.hint), chips, h('div', {class: 'both'}, frame, written_out));

  if (full) {  // queries, keys and values, a line for each token; on a phone what is told number by number is folded
    const pixels = Math.min(T * LABEL, 416), most = values => Math.max(...Array.from(values, Math.abs), 1e-9);
    const maps = h('div', {class: 'qkv', style: narrow ? '' : `grid-template-columns:calc((100% - ${gutter}px) / 3 + ${gutter}px) 1fr 1fr`}, [[w.queries, Q], [w.keys, K], [w.values, V]].map(([name, values], n) => {
      const canvas = h('canvas', {role: 'img', 'aria-label': `${name}: ${T} × ${D}`, style: `height:${pixels}px`}), largest = most(values);
      paint(canvas, D, T, i => signed(values[i] / largest, plus, minus));
      return h('figure', {}, h('figcaption', {style: n || narrow ? '' : `padding-left:${gutter}px`}, `${name} · ${T} × ${D} `, h('span', {class: 'scale'}, h('b', {}, `−${number(largest, 1)}`), h('i', {'aria-hidden': 'true'}), h('b', {}, `+${number(largest, 1)}`))),
        h('div', {class: 'rows'}, n && !narrow ? null : names(pixels, false), canvas));
    }));
    if (narrow) box.append(h('details', {open: state.numbers, ontoggle: e => { state.numbers = e.target.open; }}, h('summary', {}, w.products), numbers, maps));
    else written_out.append(maps);
  }
  update();
  return box;
};

import { bytes, h, number } from "../_runtime.js";

export const initial = () => ({query: null, key: null, focus: null});
const floats = text => new Float32Array(bytes(text).buffer);
const shown = token => token.replaceAll('\n', '↵').replaceAll(' ', '␣') || '∅';
// Blue for what is positive, orange for what is negative, as everywhere on the page.
const tint = (value, most) => `--share:${Math.round(80 * Math.min(1, Math.abs(value) / most))}%`;
const sign = value => value < 0 ? 'negative' : 'positive';
const paint = (canvas, width, height, colour) => {
  canvas.width = width; canvas.height = height;
  const c = canvas.getContext('2d'), image = c.createImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([...colour(i), 255], 4 * i);
  c.putImageData(image, 0, 0);
};
const heat = share => [255 - 255 * share, 255 - 141 * share, 255 - 77 * share];  // white to blue
const diverge = share => share < 0 ? [255 + 42 * share, 255 + 161 * share, 255 + 255 * share] : heat(share);

export default function draw(root, value, view) {
  const { trigger, state } = view;
  root.replaceChildren();
  if (!value.blocks) return;
  const w = value.words, T = value.tokens.length, tokens = value.tokens.map(shown);
  if (state.query === null || state.query >= T) state.query = T - 1;
  if (state.key === null || state.key >= T) state.key = Math.max(0, state.query - 1);
  const list = h('ol', {class: 'blocks'});
  value.blocks.forEach((block, n) => {
    const open = n === value.block, item = h('li', {class: open ? 'open' : ''});
    const button = h('button', {type: 'button', 'aria-expanded': String(open), class: 'fold', 'data-block': n,
      onclick: () => { state.focus = `.fold[data-block="${n}"]`; trigger('open', {block: open ? -1 : n, head: value.head}); }},
      h('span', {class: 'name'}, `${w.block} ${n}`), h('span', {class: 'note'}, block.note));
    item.append(button);
    if (open) item.append(inside(value, T, tokens, view));
    list.append(item);
  });
  root.append(list);
  if (state.focus) { root.querySelector(state.focus)?.focus({preventScroll: true}); state.focus = null; }
}

const inside = (value, T, tokens, { trigger, state }) => {
  const w = value.words;
  const box = h('div', {class: 'inside'});
  const weights = floats(value.weights), before = floats(value.before), full = Boolean(value.queries), D = value.size;
  const [Q, K, V] = full ? [value.queries, value.keys, value.values].map(floats) : [];
  const allowed = full ? bytes(value.allowed) : null;

  const heads = h('div', {class: 'heads', role: 'group', 'aria-label': w.heads});
  value.pictures.forEach((picture, n) => {
    const canvas = h('canvas', {'aria-hidden': 'true'}), pixels = bytes(picture);
    paint(canvas, T, T, i => heat(pixels[i] / 255));
    heads.append(h('button', {type: 'button', 'aria-pressed': String(n === value.head), 'data-head': n, onclick: () => {
      state.focus = `.heads [data-head="${n}"]`; trigger('open', {block: value.block, head: n}); }}, canvas, h('span', {}, `${w.head} ${n}`)));
  });
  box.append(heads);

  if (full) {  // queries, keys and values, a line for each token
    const most = values => Math.max(...Array.from(values, Math.abs), 1e-9);
    box.append(h('div', {class: 'qkv'}, [[w.queries, Q], [w.keys, K], [w.values, V]].map(([name, values]) => {
      const canvas = h('canvas', {role: 'img', 'aria-label': `${name}: ${T} × ${D}`}), largest = most(values);
      paint(canvas, D, T, i => diverge(values[i] / largest));
      return h('figure', {}, canvas, h('figcaption', {}, `${name} · ${T} × ${D} · ±${number(largest, 1)}`));
    })));
  }

  const chips = h('div', {class: 'chips', role: 'group', 'aria-label': w.tokens});
  const matrix = h('canvas', {tabindex: '0', role: 'application'}), mark = h('span', {class: 'mark', 'aria-hidden': 'true'});
  const caption = h('p', {role: 'status', class: 'caption'}), cell = h('div', {class: 'cell'});
  paint(matrix, T, T, i => allowed && !allowed[i] ? [226, 226, 226] : heat(Math.sqrt(weights[i])));  // grey: looking is not allowed
  const pick = which => h('select', {'aria-label': w[which], onchange: e => { state[which === 'from' ? 'query' : 'key'] = +e.target.value; update(); }},
    tokens.map((t, i) => h('option', {value: i}, `${value.first + i} ${t}`)));
  const from = pick('from'), to = pick('to');

  const update = () => {
    const i = state.query, j = state.key, p = weights[i * T + j];
    from.value = i; to.value = j;
    mark.style.cssText = `left:${100 * j / T}%;top:${100 * i / T}%;width:${100 / T}%;height:${100 / T}%`;
    const largest = Math.max(...weights.slice(i * T, i * T + T), 1e-9);
    chips.replaceChildren(...tokens.map((t, n) => {
      const share = weights[i * T + n];
      return h('button', {type: 'button', class: `${n === i ? 'query' : ''} ${n === j ? 'key' : ''}`, 'data-n': n,
        style: `--share:${Math.round(75 * share / largest)}%`, title: `${number(100 * share, 1)} %`, 'aria-pressed': String(n === i),
        onclick: () => { state.query = n; state.key = Math.min(j, T - 1); update(); chips.children[n].focus(); }}, t);
    }));
    caption.textContent = w.says.replace('{query}', `“${tokens[i]}” (${value.first + i})`).replace('{key}', `“${tokens[j]}” (${value.first + j})`)
      .replace('{percent}', number(100 * p, 1));
    matrix.setAttribute('aria-label', `${caption.textContent} ${w.keyboard}`);
    cell.replaceChildren(...(full ? written(i, j, p) : []));
  };

  const written = (i, j, p) => {
    const q = Q.slice(i * D, i * D + D), k = K.slice(j * D, j * D + D), products = q.map((x, n) => x * k[n]);
    const dot = products.reduce((a, b) => a + b, 0), scale = Math.sqrt(D), score = dot / scale;
    const line = (name, values) => {
      const most = Math.max(...Array.from(values, Math.abs), 1e-9);
      return h('tr', {}, h('th', {scope: 'row'}, name), Array.from(values, v => h('td', {class: sign(v), style: tint(v, most)}, number(v, 2))));
    };
    const order = Array.from(products.keys()).sort((a, b) => Math.abs(products[b]) - Math.abs(products[a])).slice(0, 3);
    const rest = dot - order.reduce((sum, n) => sum + products[n], 0);
    const signed = (v, digits = 2) => v < 0 ? `− ${number(-v, digits)}` : `+ ${number(v, digits)}`;
    const sum = order.map(n => `(${number(q[n], 2)} × ${number(k[n], 2)})`).join(' + ') + ` ${signed(rest)} (${w.more.replace('{n}', D - 3)}) = ${number(dot)}`;
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
    return [h('h5', {}, `${tokens[i]} → ${tokens[j]}`),
      table(w.products, [line(w.query, q), line(w.key, k), line('×', products)]),
      h('dl', {}, steps.map(([name, text]) => [h('dt', {}, name), h('dd', {}, text)])),
      table(w.takes.replace('{percent}', number(100 * p, 1)).replace('{key}', `“${tokens[j]}”`),
        [line(w.value, V.slice(j * D, j * D + D)), line(w.output, taken)])];
  };

  matrix.addEventListener('click', e => {
    const area = matrix.getBoundingClientRect();
    state.key = Math.max(0, Math.min(T - 1, Math.floor((e.clientX - area.left) / area.width * T)));
    state.query = Math.max(0, Math.min(T - 1, Math.floor((e.clientY - area.top) / area.height * T)));
    update();
  });
  matrix.addEventListener('keydown', e => {
    const move = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
    if (!move) return;
    e.preventDefault();
    state.query = Math.max(0, Math.min(T - 1, state.query + move[0]));
    state.key = Math.max(0, Math.min(T - 1, state.key + move[1]));
    update();
  });
  const frame = h('div', {class: 'matrix'}, h('p', {class: 'muted axis'}, w.axes),
    h('div', {class: 'frame'}, matrix, mark), caption, h('p', {class: 'picks'}, h('label', {}, `${w.from} `, from), h('label', {}, `${w.to} `, to)));
  box.append(h('p', {class: 'muted'}, value.first ? w.cut.replace('{n}', value.first) : w.hint), chips, h('div', {class: 'both'}, frame, cell));
  update();
  return box;
};

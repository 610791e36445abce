import { bytes, h, fill, number } from "../_runtime.js";

export const reduced = () => !!globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches;
const signed = (v, digits) => { const text = number(v, digits); return +text === 0 ? text.replace('-', '') : text.replace('-', '−'); };
const strongest = list => list.map((v, i) => [v, i]).sort((a, b) => Math.abs(b[0]) - Math.abs(a[0]));

// -- what is computed ----------------------------------------------------------------------------------------------------

// The input maps of a map, as the numbers that they were.
export const inputs = n => {
  const words = new Uint16Array(bytes(n.inputs.data).buffer), { count, height, width, low, high } = n.inputs, size = height * width;
  return Array.from({length: count}, (_, c) => Float64Array.from(words.subarray(c * size, (c + 1) * size), v => low[c] + (high[c] - low[c]) * v / 65535));
};
// One number of the map: for each input map patch, products and their sum; then the total, normalised, and after ReLU.
export const step = (n, maps, y, x) => {
  const { height, width } = n.inputs, k = n.side;
  const channels = maps.map((map, c) => {
    const patch = n.kernel[c].map((_, i) => {
      const r = y - n.padding + Math.floor(i / k), s = x - n.padding + i % k;
      return r >= 0 && s >= 0 && r < height && s < width ? map[r * width + s] : 0;
    });
    const products = patch.map((v, i) => v * n.kernel[c][i]);
    return { patch, kernel: n.kernel[c], products, sum: products.reduce((a, b) => a + b, 0) };
  });
  const total = channels.reduce((a, c) => a + c.sum, n.bias), normalized = n.scale * total + n.shift;
  return { channels, total, normalized, activation: Math.max(0, normalized) };
};
// Height and width of the map that the kernel makes.
export const size = n => [n.inputs.height + 2 * n.padding - n.side + 1, n.inputs.width + 2 * n.padding - n.side + 1];
// The square of the picture behind a number: left, top, side, in pixels.
export const field = ([side, jump, start], y, x) => [x * jump + start, y * jump + start, side];
// Each map's part of a logit: weights times values, added up over the map's own numbers.
export const parts = n => {
  const each = n.side * n.side, made = [];
  for (let i = 0; i < n.values.length; i += each)
    made.push(n.values.slice(i, i + each).reduce((sum, v, j) => sum + v * n.weights[i + j], 0));
  return made;
};
export const softmax = logits => {
  const e = logits.map(v => Math.exp(v - Math.max(...logits))), sum = e.reduce((a, b) => a + b, 0);
  return e.map(v => v / sum);
};

// -- what it is drawn with -------------------------------------------------------------------------------------------------

// A canvas of numbers from 0 to `most`, as greys; the square root, so that faint answers can be seen.
const grey = (values, width, height, most, attributes = {}) => {
  const canvas = h('canvas', {width, height, 'aria-hidden': 'true', ...attributes}), context = canvas.getContext?.('2d');
  if (!context) return canvas;
  const image = context.createImageData(width, height);
  values.forEach((value, i) => { const v = 255 * Math.sqrt(Math.max(0, value) / most); image.data.set([v, v, v, 255], 4 * i); });
  context.putImageData(image, 0, 0);
  return canvas;
};
// What the network sees.
export const seen = picture => {
  const { width, height } = picture, canvas = h('canvas', {width, height, 'aria-hidden': 'true'}), context = canvas.getContext?.('2d');
  const data = picture.bytes ||= bytes(picture.data), colours = picture.depth === 3 ? 3 : 1;
  if (!context) return canvas;
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([0, 1, 2].map(c => data[colours * i + Math.min(c, colours - 1)]).concat(255), 4 * i);
  context.putImageData(image, 0, 0);
  return canvas;
};
// Puts a frame around the square of the picture behind a number, as far as it lies on it.
export const mark = (node, [left, top, side], { width, height }) => {
  const part = (v, most) => 100 * Math.max(0, Math.min(most, v)) / most;
  const [l, t, r, b] = [part(left, width), part(top, height), part(left + side, width), part(top + side, height)];
  node.hidden = false;
  node.style.cssText = `left:${l}%;top:${t}%;width:${r - l}%;height:${b - t}%`;
};
const place = (node, x, y, w, h, width, height) => { node.style.cssText = `left:${100 * x / width}%;top:${100 * y / height}%;width:${100 * w / width}%;height:${100 * h / height}%`; };
// Where there is little room, numbers are cut: .76 and 1.7.
const short = v => (Math.abs(v) >= 1 ? signed(v, 1) : signed(v, 2).replace('0.', '.'));
const grid = (numbers, side, caption, narrow) => {
  const most = Math.max(...numbers.map(Math.abs), 1e-9);
  return h('div', {class: 'grid', role: 'img', 'aria-label': `${caption}: ${numbers.map(v => signed(v, 2)).join(', ')}`, style: `grid-template-columns:repeat(${side},1fr)`},
    numbers.map(v => h('span', {class: v < 0 ? 'minus' : 'plus', style: `--share:${Math.round(55 * Math.abs(v) / most)}%`}, narrow ? short(v) : signed(v, Math.abs(v) >= 10 ? 1 : 2))));
};
const share = (v, most) => `--share:${Math.round(100 * Math.abs(v) / most)}%;--sign:var(--lm-${v < 0 ? 'minus' : 'plus'})`;
const line = (which, i, side, [one, two, three], names, sum, narrow) => h('div', {class: 'line'}, h('span', {class: 'which'}, which, String(i)),
  grid(one, side, names[0], narrow), h('i', {}, '×'), grid(two, side, names[1], narrow), h('i', {}, '='), grid(three, side, names[2], narrow), h('span', {class: 'sum'}, signed(sum, 3)));
const heads = names => h('div', {class: 'line names', 'aria-hidden': 'true'}, names.map((name, i) => [i > 1 && i < 4 ? h('i', {}) : '', h('span', {class: i === 4 ? 'sum' : ''}, name)]));
const sums = rows => rows.flatMap(([name, text]) => [h('dt', {}, name), h('dd', {}, text.replaceAll('+ -', '− ').replaceAll('-', '−'))]);

export const initial = () => ({ key: '', at: null, pinned: null, timer: null, told: null });

// `view.looked(y, x)`, where there is one, hears which number is looked at; `view.narrow` says that there is little room.
export default function draw(root, value, view) {
  const { state } = view, n = value.number;
  clearInterval(state.timer); state.timer = null;
  if (!n) { root.replaceChildren(); return; }
  const key = n.kind === 'map' ? `${n.layer}.${n.channel}` : `label.${n.label}`;
  if (state.key !== key) Object.assign(state, { key, pinned: null, at: [n.y, n.x] });
  const close = h('button', {type: 'button', class: 'close', 'aria-label': value.words.close, title: value.words.close, onclick: () => view.trigger('pick', {pick: ''})}, '×');
  root.replaceChildren(close, ...(n.kind === 'map' ? ofMap(value, view, view.narrow) : ofLabel(value, view.narrow)));
}

function ofMap({ number: n, words: w, picture }, { state, trigger, looked }, narrow) {
  const maps = n.decoded ||= inputs(n), [height, width] = size(n), { height: below, width: across } = n.inputs;
  const first = below === picture.height && maps.length === 1, own = (i, attributes) => (first ? seen(picture) : grey(maps[i], across, below, Math.max(n.inputs.high[i], 1e-9), attributes));
  const all = n.all ||= Array.from({length: height * width}, (_, i) => step(n, maps, Math.floor(i / width), i % width).activation);
  const title = h('h4', {}), rows = h('div', {class: 'rows'}), chain = h('dl', {}), here = h('span', {class: 'mark', 'aria-hidden': 'true'}), behind = h('span', {class: 'field', 'aria-hidden': 'true'});
  const large = grey(all, width, height, Math.max(...all, 1e-9), {tabindex: '0', role: 'application', 'aria-hidden': 'false'});
  const small = maps.map((_, i) => {
    const window = h('span', {class: 'window', 'aria-hidden': 'true'});
    return { window, button: h('button', {type: 'button', class: 'input', 'aria-label': `${w.input} ${i}`, onclick: () => { state.pinned = state.pinned === i ? null : i; write(); }}, own(i), window) };
  });
  function write() {
    const [y, x] = state.at, s = step(n, maps, y, x), contributed = s.channels.map(c => c.sum), most = Math.max(...contributed.map(Math.abs), 1e-9);
    title.textContent = fill(w.title, {layer: n.layer.replace('relu', ''), channel: n.channel, y, x});
    large.setAttribute('aria-label', `${title.textContent}: ${number(s.activation, 2)}. ${w.keys}`);
    place(here, x, y, 1, 1, width, height);
    mark(behind, field(n.field, y, x), picture);
    looked?.(y, x);
    const shown = [...new Set([...(state.pinned === null ? [] : [state.pinned]), ...strongest(contributed).map(([, i]) => i)])].slice(0, 3);
    small.forEach(({ button, window }, i) => {
      button.style.cssText = share(contributed[i], most);
      button.setAttribute('aria-pressed', String(shown.includes(i)));
      button.setAttribute('title', `${w.input} ${i}: ${signed(contributed[i])}`);
      place(window, x - n.padding, y - n.padding, n.side, n.side, across, below);
    });
    const names = [w.patch, w.kernel, w.products];
    rows.replaceChildren(heads([w.input, ...names, w.sum]), ...shown.map(i => { const c = s.channels[i]; return line(own(i), i, n.side, [c.patch, c.kernel, c.products], names, c.sum, narrow); }));
    const others = maps.length - shown.length, terms = shown.map(i => number(contributed[i]));
    if (others) terms.push(`${number(s.total - n.bias - shown.reduce((a, i) => a + contributed[i], 0))} (${fill(w.rest, {n: others})})`);
    if (n.bias) terms.push(`${number(n.bias)} (bias)`);
    const told = [[w.sum, `${terms.join(' + ')} = ${number(s.total)}`]];
    if (n.scale !== 1 || n.shift !== 0) told.push([w.norm, `${number(n.scale)} · ${number(s.total)} + ${number(n.shift)} = ${number(s.normalized)}`]);
    told.push(['ReLU', `max(0, ${number(s.normalized)}) = ${number(s.activation)}`]);
    const top = Math.floor(y / n.pool) * n.pool, left = Math.floor(x / n.pool) * n.pool;
    if (n.pool && top + n.pool <= height && left + n.pool <= width) {
      const window = Array.from({length: n.pool ** 2}, (_, i) => all[(top + Math.floor(i / n.pool)) * width + left + i % n.pool]);
      told.push([w.window, `max(${window.map(v => number(v)).join(', ')}) = ${number(Math.max(...window))}`]);
    }
    chain.replaceChildren(...sums(told));
  }
  const move = (y, x) => {
    state.at = [Math.max(0, Math.min(height - 1, y)), Math.max(0, Math.min(width - 1, x))];
    write();
    clearTimeout(state.told);
    state.told = setTimeout(() => trigger('at', {pick: `${n.layer}.${n.channel}.${state.at.join('.')}`}), 500);
  };
  const point = e => {
    const area = large.getBoundingClientRect();
    move(Math.floor((e.clientY - area.top) / area.height * height), Math.floor((e.clientX - area.left) / area.width * width));
  };
  large.addEventListener('pointerdown', e => { stop(); large.setPointerCapture(e.pointerId); point(e); });
  large.addEventListener('pointermove', e => { if (e.buttons) point(e); });
  large.addEventListener('keydown', e => {
    const by = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
    if (by) { e.preventDefault(); e.stopPropagation(); stop(); move(state.at[0] + by[0], state.at[1] + by[1]); }
  });
  // The window slides by itself; where motion is not wanted, a press moves it on by one.
  const next = () => {
    if (!large.isConnected) return stop();
    const i = (state.at[0] * width + state.at[1] + 1) % (width * height);
    move(Math.floor(i / width), i % width);
  };
  const play = h('button', {type: 'button', class: 'play', onclick: () => {
    if (reduced()) return next();
    if (state.timer) return stop();
    state.timer = setInterval(next, 160); play.textContent = `❚❚ ${w.pause}`;
  }}, reduced() ? `▸ ${w.next}` : `▶ ${w.play}`);
  function stop() { clearInterval(state.timer); state.timer = null; if (!reduced()) play.textContent = `▶ ${w.play}`; }
  write();
  return [title, h('div', {class: 'parts'},
    h('div', {class: 'left'}, h('div', {class: 'pair'}, h('figure', {}, h('div', {class: 'frame'}, seen(picture), behind), h('figcaption', {}, w.behind)),
      h('figure', {}, h('div', {class: 'frame'}, large, here), h('figcaption', {}, `${n.layer}, ${w.map} ${n.channel}`))),
    play, h('p', {class: 'muted'}, w.inputs), h('div', {class: 'inputs', role: 'group', 'aria-label': w.inputs}, small.map(o => o.button))),
    h('div', {class: 'right'}, rows, chain))];
}

function ofLabel({ number: n, words: w, scores }, narrow) {
  const each = n.side * n.side, of = parts(n), shown = strongest(of).slice(0, 3), most = Math.max(...of.map(Math.abs), 1e-9), all = of.reduce((a, b) => a + b, 0);
  const brightest = Math.max(...n.values, 1e-9), of_map = (list, m) => list.slice(m * each, (m + 1) * each), own = m => grey(of_map(n.values, m), n.side, n.side, brightest);
  const names = [w.values, w.weights, w.products], total = n.logits.reduce((a, v) => a + Math.exp(v), 0), largest = Math.max(...n.logits.map(Math.abs), 1e-9);
  const told = [
    [w.sum, `${shown.map(([v]) => number(v)).join(' + ')} + ${number(all - shown.reduce((a, [v]) => a + v, 0))} (${fill(w.rest, {n: of.length - shown.length})}) + ${number(n.bias)} (bias) = ${number(all + n.bias)}`],
    ['softmax', `e^${number(n.logits[n.label], 2)} / Σ e^logit = ${number(Math.exp(n.logits[n.label]), 2)} / ${number(total, 2)} = ${number(100 * softmax(n.logits)[n.label], 1)} %`]];
  const bars = scores.map((s, k) => h('div', {class: `bar${k === n.label ? ' this' : ''}`}, h('span', {}, s.label),
    h('span', {class: 'axis'}, h('span', {class: n.logits[k] < 0 ? 'minus' : 'plus', style: `width:${50 * Math.abs(n.logits[k]) / largest}%`})), h('span', {class: 'p'}, signed(n.logits[k], 2))));
  return [h('h4', {}, fill(w.title_label, {label: scores[n.label].label})), h('div', {class: 'parts'},
    h('div', {class: 'left'}, h('p', {class: 'muted'}, fill(w.flat, {n: n.values.length, maps: of.length, side: n.side})),
      h('div', {class: 'inputs', role: 'list', 'aria-label': w.values}, of.map((v, m) => h('span', {class: 'input', role: 'listitem', title: `${w.map} ${m}: ${signed(v, 2)}`, 'aria-label': `${w.map} ${m}: ${signed(v, 2)}`, style: share(v, most)}, own(m))))),
    h('div', {class: 'right'}, h('div', {class: 'rows'}, heads([w.map, ...names, w.sum]), shown.map(([sum, m]) => {
      const values = of_map(n.values, m), weights = of_map(n.weights, m);
      return line(own(m), m, n.side, [values, weights, values.map((v, i) => v * weights[i])], names, sum, narrow);
    })), h('dl', {}, sums(told)), h('p', {class: 'muted'}, w.logits),
    h('div', {class: 'bars', role: 'img', 'aria-label': scores.map((s, k) => `${s.label} ${signed(n.logits[k], 2)}`).join(', ')}, bars)))];
}

import { bytes, colour, fill, h, number, paint, signed } from "../_runtime.js";

export const sized = true;
export const initial = () => ({given: null, block: 0, head: -1, pinned: -1, hover: null, shown: null, focus: null});
const shown = token => token.replaceAll('\n', '↵').replaceAll(' ', '␣') || '∅';

const ACROSS = {tokens: 92, vector: 40, sign: 18, norm: 28, space: 8, state: 26, thin: 9, say: 46, next: 176, fold: 16, attend: 100, units: 80};
const DOWN = {tokens: 72, vector: 24, sign: 18, norm: 22, space: 16, state: 20, thin: 8, say: 30, next: 0, fold: 16, attend: 68, units: 36};
const NAMES = 58;  // pixels at the left of the data on their way down: what each part is called
// What all but the open block's attention and units takes, where folded blocks have `fold` pixels each.
const around = (size, layers, fold) => size.tokens + 4 * size.vector + 4 * size.sign + 2 * size.norm + size.space + 2 * size.state + size.say + size.next + (layers - 1) * (fold + size.thin);
// From this width on the data flow to the right, below it downward.
export const least = layers => around(ACROSS, layers, ACROSS.fold) + ACROSS.attend + ACROSS.units;

// Where each part of the strip lies along the way of the data; `length` is what there is, null for as much as is needed.
export const plan = (layers, open, length) => {
  const across = length !== null, size = across ? ACROSS : DOWN;
  let { fold, attend, units } = size;
  if (across) {
    fold += Math.min(30, (length - least(layers)) / Math.max(1, layers - 1));
    const left = length - around(size, layers, fold);
    [attend, units] = [0.56 * left, 0.44 * left];
  }
  const parts = [];
  let at = 0;
  const add = (kind, room, layer = null) => { parts.push({kind, layer, from: at, to: at + room}); at += room; };
  add('tokens', size.tokens); add('token', size.vector); add('plus', size.sign); add('position', size.vector); add('equals', size.sign); add('stream', size.state, 0);
  for (let n = 0; n < layers; n++) {
    if (!across) add('head', n === open ? 64 : 26, n);
    if (n === open) {
      add('norm', size.norm, n); add('attend', attend, n); add('attended', size.vector, n); add('join', size.sign, n);
      add('norm', size.norm, n); if (!across) add('space', 14, n); add('units', units, n); add('space', size.space, n); add('fed', size.vector, n); add('join', size.sign, n); add('stream', size.state, n + 1);
    } else { add('fold', fold, n); add('stream', size.thin, n + 1); }
  }
  add('say', size.say); add('next', size.next);
  return {parts, length: at};
};

// Of the attention (L, heads, T, T + 1), its first column for all earlier tokens, what one token gives to each: of one head, or their mean.
export const looks = (value, weights, layer, token, head = -1) => {
  const T = value.tokens.length, all = head < 0 ? Array.from({length: value.heads}, (_, n) => n) : [head];
  return Array.from({length: T + 1}, (_, j) => all.reduce((sum, a) => sum + weights[((layer * value.heads + a) * T + token) * (T + 1) + j], 0) / all.length / 65535);
};

export default function draw(root, value, view) {
  root.replaceChildren();
  if (!value.tokens) return;
  const { state, trigger } = view, w = value.words, T = value.tokens.length, given = `${value.block} ${value.head} ${value.token}`;
  if (state.given !== given) Object.assign(state, {given, block: value.block, head: value.head, pinned: value.token});
  const width = Math.floor(view.width || 700), across = width >= least(value.layers), names = value.tokens.map(shown);
  const { parts, length } = plan(value.layers, state.block, across ? width : null);
  const early = value.first > 0 ? 1 : 0, begin = across ? 62 : NAMES, pitch = across ? Math.max(22, Math.min(30, 300 / T)) : Math.floor((width - NAMES) / (T + early));
  const deep = begin + pitch * (T + early) + (across ? 4 : 0), middle = t => begin + pitch * (t + early + .5);
  const weights = new Uint16Array(bytes(value.attention).buffer);
  const place = (from, to, t, thick = pitch - 6) => across ? [from, middle(t) - thick / 2, to - from, thick] : [middle(t) - thick / 2, from, thick, to - from];
  const link = (a, s, b, t) => { const m = (a + b) / 2; return across ? `M${a} ${middle(s)}C${m} ${middle(s)} ${m} ${middle(t)} ${b} ${middle(t)}` : `M${middle(s)} ${a}C${middle(s)} ${m} ${middle(t)} ${m} ${middle(t)} ${b}`; };
  const find = (kind, layer) => parts.find(p => p.kind === kind && p.layer === layer);
  const [wide, high] = across ? [width, deep] : [width, length];
  const canvas = h('canvas', {'aria-hidden': 'true', style: `width:${wide}px;height:${high}px`});
  const svg = content => h('svg', {width: wide, height: high, viewBox: `0 0 ${wide} ${high}`, 'aria-hidden': 'true'}, content);
  const kept = () => state.pinned >= value.first && state.pinned < value.first + T;  // else it is not in view
  const hot = () => Math.min(T - 1, state.hover ?? (kept() ? state.pinned - value.first : T - 1));

  const second = across ? 43 : -15;
  // -- lines: the stream, as thick as its vector is long, and what flows between tokens
  const longest = Math.max(...value.lengths.stream.flat(), 1e-9);
  const stream = (t, kind) => Array.from({length: value.layers + 1}, (_, n) => {
    const from = find('stream', n).to, to = n < value.layers ? find('stream', n + 1).from : find('say', null).to - (across ? 18 : 0);
    return h('path', {class: kind, d: link(from, t, to, t), 'stroke-width': number(1 + 6 * value.lengths.stream[n][t] / longest, 2)});
  });
  const bars = t => across ? value.says[t].map(([, p], n) => { const from = find('say', null), y = second + 2 + 26 * n + 13, m = (from.from + from.to) / 2;
    return h('path', {class: 'hot', d: `M${from.to - 18} ${middle(t)}C${m + 14} ${middle(t)} ${m + 8} ${y} ${from.to - 5} ${y}`, 'stroke-width': number(.6 + 7 * p, 2)}); }) : [];
  const attention = (t, kind, least) => Array.from({length: value.layers}, (_, n) => {
    const open = n === state.block, part = find(open ? 'attend' : 'fold', n);
    return looks(value, weights, n, t, open ? state.head : -1).map((p, j) => p < least ? null
      : h('path', {class: `${kind} looks`, d: link(part.from, j - 1, part.to, t), 'stroke-width': number(.6 + 7 * p, 2)}));
  });
  const entry = (t, kind) => [h('path', {class: kind, d: link(find('tokens', null).to - 4, t, find('token', null).from, t), 'stroke-width': 1.5})];
  // A norm before attention, before the MLP, and before the last step: it makes all vectors one size.
  const norm = (from, to) => { const m = (from + to) / 2; return across ? h('line', {class: 'norm', x1: m, x2: m, y1: begin, y2: deep - 4}) : h('line', {class: 'norm', x1: begin, x2: width, y1: m, y2: m}); };
  const norms = [...parts.filter(p => p.kind === 'norm'), {from: find('say', null).from, to: find('say', null).from + (across ? 24 : 26)}];
  const base = svg([norms.map(p => norm(p.from, p.to)), value.tokens.map((_, t) => [stream(t, 'line'), attention(t, 'line', .06), entry(t, 'line')])]);
  const over = svg([]);

  // -- what stands on the strip: names of parts, tokens, blocks to open
  const at = (kind, from, to, offset, content, options = {}, tag = 'span') => h(tag, {...options, class: `at ${kind}`,
    style: across ? `left:${from}px;width:${to - from}px;top:${offset}px` : `left:0;top:${from + offset}px`}, content);
  const labels = [];
  const label = (part, text, offset = second) => labels.push(at('label', part.from, part.to, offset, text));
  label(find('token', null), w.token); label(find('position', null), w.position);
  norms.forEach(p => label(p, w.norm, across ? second : 0));
  labels.push(...[['plus', '+'], ['equals', '=']].flatMap(([kind, sign]) => { const p = find(kind, null);
    return value.tokens.map((_, t) => { const [x, y, a, b] = place(p.from, p.to, t, 16); return h('span', {class: 'at sign', 'aria-hidden': 'true', style: `left:${x}px;top:${y}px;width:${a}px;height:${b}px`}, sign); }); }));
  parts.filter(p => p.kind === 'join').flatMap(p => value.tokens.map((_, t) => place(p.from, p.to, t, 16))).forEach(([x, y, a, b]) =>
    labels.push(h('span', {class: 'at join', 'aria-hidden': 'true', style: `left:${x}px;top:${y}px;width:${a}px;height:${b}px`}, '⊕')));
  for (let n = 0; n < value.layers; n++) {
    const open = n === state.block, first = across ? find(open ? 'norm' : 'fold', n) : find('head', n), end = find('stream', n + 1);
    const narrow = across && !open;
    labels.push(at('block', first.from, end.to, across ? 0 : 2, [open ? `▾ ${w.block} ${n}` : narrow ? n : `▸ ${w.block} ${n}`], {type: 'button', 'data-block': n,
      'aria-expanded': String(open), 'aria-label': `${w.block} ${n}`, title: `${w.block} ${n}`, onclick: () => choose({block: n})}, 'button'));
    if (!open) continue;
    const picks = h('div', {class: 'at picks', role: 'group', 'aria-label': w.head, style: across ? `left:${first.from}px;top:22px` : `left:0;top:${first.from + 34}px`},
      [-1, ...Array(value.heads).keys()].map(a => h('button', {type: 'button', 'data-head': a, 'aria-pressed': String(a === state.head),
        'aria-label': a < 0 ? w.all : `${w.head} ${a}`, onclick: () => choose({head: a})}, a < 0 ? w.all : a)));
    labels.push(picks);
    label(find('attend', n), w.attention, across ? second : 0);
    label(find('attended', n), w.adds); label(find('units', n), fill(w.mlp, {n: value.width})); label(find('fed', n), w.adds);
  }
  const choose = chosen => {
    Object.assign(state, chosen);
    trigger('open', {block: state.block, head: state.head});
    view.redraw();
  };

  const pin = t => {
    state.pinned = state.pinned === value.first + t ? -1 : value.first + t;
    trigger('pin', {token: state.pinned});
    update();
  };
  const tokens = names.map((name, t) => {
    const [x, y, a, b] = place(0, find('tokens', null).to - 6, t, pitch - 2);
    return h('button', {type: 'button', class: 'at name', 'data-t': t, title: `${name} · ${value.ids[t]}`, style: `left:${x}px;top:${y}px;width:${a}px;height:${b}px`,
      onclick: e => { e.stopPropagation(); pin(t); }, onfocus: () => { state.hover = t; update(); }, onblur: () => { state.hover = null; update(); },
      onkeydown: e => {
        const step = {ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1}[e.key];
        if (!step) return;
        e.preventDefault();
        tokens[Math.max(0, Math.min(T - 1, t + step))].focus();
      }}, h('span', {}, name));
  });
  if (early) { const [x, y, a, b] = place(0, find('tokens', null).to - 6, -1, pitch - 2);
    tokens.push(h('span', {class: 'at early', style: `left:${x}px;top:${y}px;width:${a}px;height:${b}px`}, h('span', {}, across ? fill(w.earlier, {n: value.first}) : '…'))); }

  const next = h('div', {class: `next${across ? ' at' : ''}`, style: across ? `left:${find('next', null).from}px;width:${find('next', null).to - find('next', null).from}px;top:${second - 24}px` : ''});
  const panel = h('details', {class: 'panel', open: across || kept()});
  const stage = h('div', {class: `stage ${across ? 'across' : 'down'}`, style: `height:${high}px`}, canvas, base, over, labels, tokens, across ? next : null);

  const update = () => {
    const t = hot();
    const flows = attention(t, 'hot', .005).flat().filter(Boolean);
    over.replaceChildren(...entry(t, 'hot'), ...stream(t, 'hot'), ...flows, ...bars(t));
    if (t !== state.shown) flows.forEach(run);
    state.shown = t;
    tokens.forEach((node, n) => { node.classList?.toggle('hot', n === t); if (n < T) { node.setAttribute('aria-pressed', String(value.first + n === state.pinned)); node.tabIndex = n === t ? 0 : -1; } });
    next.replaceChildren(h('h4', {}, fill(w.next, {token: `“${names[t]}”`})), h('ol', {}, value.says[t].map(([name, p]) => h('li', {},
      h('span', {class: 'token'}, shown(name)), h('span', {class: 'track', 'aria-hidden': 'true'}, h('span', {style: `width:${100 * p}%`})), h('span', {class: 'percent'}, `${number(100 * p, 1)} %`)))));
    if (kept()) panel.open = true;
    panel.replaceChildren(...told(value, weights, names, t, state, () => pin(t)));
  };

  const token = e => {
    const area = stage.getBoundingClientRect(), offset = across ? e.clientY - area.top : e.clientX - area.left;
    const t = Math.floor((offset - begin) / pitch) - early;
    return t >= 0 && t < T ? t : null;
  };
  stage.addEventListener('pointermove', e => {
    const t = e.pointerType === 'touch' ? null : token(e);
    if (t !== state.hover) { state.hover = t; update(); }
  });
  stage.addEventListener('pointerleave', () => { if (state.hover !== null) { state.hover = null; update(); } });
  stage.addEventListener('click', e => { const t = e.target.closest('button') ? null : token(e); if (t !== null) pin(t); });

  // What has the focus keeps it when the strip is drawn anew.
  const named = node => ['block', 'head', 't'].filter(k => k in node.dataset).map(k => `[data-${k}="${node.dataset[k]}"]`)[0] ?? null;
  stage.addEventListener('focusin', e => { state.focus = named(e.target); });
  stage.addEventListener('focusout', e => { if (e.relatedTarget && !stage.contains(e.relatedTarget)) state.focus = null; });
  root.append(h('p', {class: 'muted'}, w.hint), stage, ...(across ? [] : [next]),
    h('div', {class: 'legend'}, h('span', {class: 'scale'}, '−', h('i', {'aria-hidden': 'true'}), '+'), h('span', {class: 'muted'}, fill(w.legend, {shown: value.shown, size: value.size}))), panel);
  fillVectors(root, canvas, value, parts, place, wide, high, across);
  update();
  if (state.focus && document.activeElement === document.body) root.querySelector(state.focus)?.focus({preventScroll: true});
}

// Shows for a moment in which direction a line runs.
const run = path => {
  if (!path.animate || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  path.animate([{strokeDasharray: '6 5', strokeDashoffset: 33}, {strokeDasharray: '6 5', strokeDashoffset: 0}], 900);
};

// The vectors of all tokens at all stages, each number a colour by its sign.
const fillVectors = (root, canvas, value, parts, place, wide, high, across) => {
  const context = canvas.getContext?.('2d'), ratio = globalThis.devicePixelRatio || 1, T = value.tokens.length;
  if (!context) return;
  Object.assign(canvas, {width: wide * ratio, height: high * ratio});
  context.scale(ratio, ratio);
  const plus = colour(root, '--lm-plus'), minus = colour(root, '--lm-minus'), line = document.createElement('canvas');
  const values = Object.fromEntries([...Object.entries(value.vectors), ['units', value.cells]].map(([name, {values}]) => [name, new Int8Array(bytes(values).buffer)]));
  for (const part of parts) {
    const all = values[part.kind], n = part.kind === 'units' ? values.units.length / (value.layers * T) : value.shown;
    if (!all) continue;
    for (let t = 0; t < T; t++) {
      const start = ((part.layer ?? 0) * T + t) * n, [x, y, a, b] = place(part.from + 1, part.to - 1, t);
      paint(line, across ? n : 1, across ? 1 : n, i => signed(all[start + i] / 127, plus, minus));
      context.drawImage(line, x, y, a, b);
    }
  }
  context.lineWidth = 1;
  context.strokeStyle = `rgb(${colour(root, '--lm-line').join(',')})`;
  for (const part of parts.filter(p => values[p.kind])) for (let t = 0; t < T; t++) {
    const [x, y, a, b] = place(part.from + 1, part.to - 1, t);
    context.strokeRect(x - .5, y - .5, a + 1, b + 1);
  }
};

// One token's way through all blocks, in words and numbers.
const told = (value, weights, names, t, state, letGo) => {
  const w = value.words, pinned = state.pinned === value.first + t;
  const title = h('summary', {}, fill(w.follow, {token: `“${names[t]}”`, n: value.first + t + 1, id: value.ids[t]}));
  const percent = p => `${Math.round(100 * p)} %`, lens = value.lens[value.lens.length - value.tokens.length + t];
  const head = [w.block, w.looks, w.attention_adds, w.units, w.mlp_adds, w.length, w.would_say];
  const cell = (n, options, ...content) => h('td', {...options, 'data-label': head[n]}, ...content);
  const rows = Array.from({length: value.layers}, (_, n) => {
    const best = looks(value, weights, n, t, n === state.block ? state.head : -1).map((p, j) => [p, j ? names[j - 1] : w.before]).sort((a, b) => b[0] - a[0]).slice(0, 3);
    return h('tr', {class: n === state.block ? 'open' : ''}, h('th', {scope: 'row', 'data-label': head[0]}, n),
      cell(1, {}, best.filter(([p]) => p >= .01).map(([p, name]) => h('span', {class: 'look'}, h('b', {}, name), ` ${percent(p)} `))),
      cell(2, {class: 'n'}, number(value.lengths.attended[n][t], 1)),
      cell(3, {}, value.units[n][t].slice(0, 3).map(([i, v]) => `#${i} ${number(v, 1)}`).join(' · '), h('small', {}, ` ${fill(w.active, {n: value.active[n][t], of: value.width})}`)),
      cell(4, {class: 'n'}, number(value.lengths.fed[n][t], 1)),
      cell(5, {class: 'n'}, number(value.lengths.stream[n + 1][t], 1)),
      cell(6, {}, lens ? [h('b', {}, shown(lens[n + 1][0])), ` ${percent(lens[n + 1][1])}`] : '–'));
  });
  const go = pinned ? h('button', {type: 'button', class: 'go', onclick: letGo}, w.let_go) : null;
  return [title, h('p', {class: 'muted'}, fill(w.start, {token: number(value.lengths.token[t], 1), position: number(value.lengths.position[t], 1), sum: number(value.lengths.stream[0][t], 1)}), go),
    h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title.textContent}, h('table', {}, h('thead', {}, h('tr', {}, head.map((text, n) => h('th', {scope: 'col', class: [2, 4, 5].includes(n) ? 'n' : ''}, text)))), h('tbody', {}, rows)))];
};

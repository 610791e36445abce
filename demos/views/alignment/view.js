import { fill, h, number } from "../_runtime.js";

const PACE = 800, GAP = 10, ROW = 24;  // milliseconds a step, pixels between words, pixels a row
export const sized = true;
export const initial = () => ({key: '', t: 0, s: 0, upto: null, timer: null});

// Where words of these widths stand in a line of `width` pixels, spread over all of it; null where they don't fit.
export const spread = (widths, width) => {
  const needed = widths.reduce((a, b) => a + b, 0) + GAP * (widths.length - 1);
  if (needed > width) return null;
  const gap = widths.length > 1 ? GAP + (width - needed) / (widths.length - 1) : GAP;
  let left = widths.length > 1 ? 0 : (width - needed) / 2;
  return widths.map(w => { const middle = left + w / 2; left += w + gap; return middle; });
};

export default function draw(root, value, view) {
  const { trigger, state } = view, S = (value.source || []).length, T = (value.target || []).length;
  const width = view.width || 700;
  clearInterval(state.timer);
  root.replaceChildren();
  if (!S || !T) return;
  const key = value.source.join(' ') + value.target.join(' ') + value.weights[0];
  if (state.key !== key) Object.assign(state, {key, t: 0, s: strongest(value.weights[0]), upto: null});
  const w = value.words, steps = value.steps, last = steps.length ? T : T - 1;
  root.style.setProperty('--shade', `var(--lm-${value.colour})`);
  const wide = steps.length && width > 760, W = wide ? width - 256 : width;
  const context = document.createElement('canvas').getContext('2d');
  context.font = `13px ${getComputedStyle(root).fontFamily}`;
  const measured = words => words.map(t => Math.ceil(context.measureText(t).width) + 6);

  const lines = bent(value, measured, W), map = value.matrix ? matrix(value, measured, W) : null;
  const said = h('p', {role: 'status'}), list = h('ol', {}), next = h('div', {class: 'next'}, h('b', {}, w.next), list);
  let timer = null;
  const mark = (t, s, report) => {
    Object.assign(state, {t: Math.max(0, Math.min(last, t)), s: Math.max(0, Math.min(S - 1, s))});
    const upto = state.upto ?? T, row = value.weights[state.t];
    lines.show(state.t, state.s, upto);
    map?.show(state.t, state.s, upto);
    if (steps.length) list.replaceChildren(...chosen(steps[state.t], value.target[state.t] ?? w.end, w.end));
    said.textContent = row ? fill(w.said, {target: value.target[state.t], source: value.source[state.s], percent: number(100 * row[state.s], 1), list: most(row, value.source)})
      : fill(w.ended, {percent: number(100 * steps[state.t].p, 0)});
    at.textContent = fill(w.step, {n: state.t + 1, m: last + 1});
    if (report && row && value.pickable) { clearTimeout(timer); timer = setTimeout(() => trigger('pick', {step: state.t, place: state.s}), 120); }
  };

  // the writing, replayed
  const at = h('span', {}), play = h('button', {type: 'button', onclick: () => run(!state.playing)});
  const run = on => {
    clearInterval(state.timer);
    state.playing = on;
    play.textContent = on ? `❚❚ ${w.pause}` : `▶ ${w.play}`;
    if (!on) return;
    if ((state.upto ?? T) >= T) go(0);
    state.timer = setInterval(() => { if (!root.isConnected || state.t >= last) run(false); else go(state.t + 1); }, PACE);
  };
  const go = t => { t = Math.max(0, Math.min(last, t)); state.upto = t + 1; mark(t, value.weights[t] ? strongest(value.weights[t]) : state.s); };
  const single = (by, label) => h('button', {type: 'button', 'aria-label': label, title: label, onclick: () => { run(false); go(state.t + by); }}, by < 0 ? '◀' : '▶|');
  const player = h('div', {class: 'player', role: 'group', 'aria-label': w.replay}, play, single(-1, w.before), single(1, w.after), at);

  const keys = e => {
    const move = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
    if (e.key === ' ' && steps.length) { e.preventDefault(); run(!state.playing); }
    if (!move) return;
    e.preventDefault();
    run(false);
    state.upto = null;
    mark(state.t + move[0], state.s + move[1], true);
  };
  for (const part of [lines, map]) part?.listen({
    over: (t, s) => { if (!state.playing) mark(t ?? state.t, s ?? state.s); },
    click: (t, s) => { run(false); state.upto = null; mark(t ?? state.t, s ?? state.s, true); }, keys, name: `${value.title}. ${w.keys}`});
  const shown = h('div', {}, h('div', {class: 'scroller'}, lines.svg), map ? h('div', {class: 'scroller'}, map.svg) : null);
  root.append(h('h4', {}, value.title), steps.length ? player : '', h('div', {class: wide ? 'both wide' : 'both'}, shown, steps.length ? next : null), said,
    h('div', {class: 'scale'}, '0 %', h('i', {'aria-hidden': 'true'}), '100 %', h('span', {}, w.scale)));
  run(false);
  mark(state.t, state.s);
}

const strongest = row => row.indexOf(Math.max(...row));
const most = (row, source) => row.map((v, i) => [v, i]).sort((a, b) => b[0] - a[0]).slice(0, 3).filter(([v]) => v >= 0.02)
  .map(([v, i]) => `“${source[i]}” ${number(100 * v, 0)} %`).join(', ');
const name = (piece, end) => piece === '[EOS]' ? end : piece.replace('▁', ' ').trim() || '␣';

// What the writer chose from: the likeliest pieces, and the one that was written.
function chosen(step, written, end) {
  const rows = step.from.map(([piece, p]) => [name(piece, end), p]);
  if (!rows.some(([piece]) => piece === written)) rows.push([written, step.p]);
  return rows.map(([piece, p]) => h('li', {class: piece === written ? 'taken' : ''}, h('i', {style: `width:${100 * p}%`, 'aria-hidden': 'true'}), h('span', {}, piece), h('span', {}, `${number(100 * p, 0)} %`)));
}

// Both sentences with bent lines between them: one above the other where there is room, else side by side.
function bent(value, measured, W) {
  const w = value.words, above = spread(measured(value.source), W - 8), below = spread(measured(value.target), W - 8), flat = above && below;
  const S = value.source.length, T = value.target.length;
  const tall = flat ? 168 : Math.max(S, T) * ROW + 26, left = Math.min(W * 0.42, Math.max(...measured(value.source)) + 4), right = W - Math.min(W * 0.42, Math.max(...measured(value.target)) + 4);
  const svg = h('svg', {width: W, height: tall, role: 'application', tabindex: '0'});
  const from = s => flat ? [above[s] + 4, 46] : [left, 34 + s * ROW], to = t => flat ? [below[t] + 4, 122] : [right, 34 + t * ROW];
  const bends = value.weights.map((row, t) => row.map((v, s) => {
    if (v < 0.02) return null;
    const [x1, y1] = from(s), [x2, y2] = to(t);
    return h('path', {class: 'bend', d: flat ? `M${x1} ${y1}C${x1} ${y1 + 44} ${x2} ${y2 - 44} ${x2} ${y2}` : `M${x1 + 3} ${y1}C${x1 + 50} ${y1} ${x2 - 50} ${y2} ${x2 - 3} ${y2}`, 'stroke-width': (0.8 + 7 * v).toFixed(2)});
  }));
  const anchor = flat ? () => 'middle' : end => end ? 'start' : 'end';
  const read = value.source.map((t, s) => h('text', {x: from(s)[0], y: flat ? 38 : from(s)[1] + 4, 'text-anchor': anchor(false)}, t));
  const written = value.target.map((t, i) => h('text', {x: to(i)[0], y: flat ? 138 : to(i)[1] + 4, 'text-anchor': anchor(true)}, t));
  svg.append(...bends.flat().filter(Boolean), h('text', {class: 'axis', x: flat ? 4 : left, y: 14, 'text-anchor': flat ? 'start' : 'end'}, w.read),
    h('text', {class: 'axis', x: flat ? 4 : right, y: flat ? 162 : 14}, w.written), ...read, ...written);
  const known = s => !value.known.length || value.known[s];
  return {
    svg,
    show: (t, s, upto) => {
      bends.forEach((row, i) => row.forEach((b, j) => b?.setAttribute('stroke-opacity', i >= upto ? 0 : i === t ? 0.25 + 0.75 * value.weights[i][j] : 0.16 * value.weights[i][j] + 0.04)));
      read.forEach((n, i) => n.setAttribute('class', `${known(i) ? '' : 'strange'} ${i === s ? 'chosen' : ''}`));
      written.forEach((n, i) => n.setAttribute('class', i >= upto ? 'coming' : i === t ? 'chosen' : ''));
    },
    listen: ({over, click, keys, name}) => {
      svg.setAttribute('aria-label', name);
      svg.addEventListener('keydown', keys);
      read.forEach((n, s) => { n.addEventListener('pointerenter', () => over(null, s)); n.addEventListener('click', () => click(null, s)); });
      written.forEach((n, t) => { n.addEventListener('pointerenter', () => over(t, null)); n.addEventListener('click', () => click(t, null)); });
    },
  };
}

// Written pieces over read ones, a cell each.
function matrix(value, measured, W) {
  const w = value.words, S = value.source.length, T = value.target.length, reads = measured(value.source);
  const LEFT = Math.max(...measured(value.target)) + 24, cell = Math.max(15, (W - LEFT - 4) / S), upright = Math.max(...reads) > cell;
  const TOP = (upright ? Math.max(...reads) + 4 : 20) + 20, width = Math.max(W, LEFT + S * cell + 4);
  const svg = h('svg', {width, height: TOP + T * ROW + 4, role: 'application', tabindex: '0'}), back = h('rect', {class: 'back', x: LEFT, y: TOP, width: S * cell, height: T * ROW});
  const row = h('rect', {class: 'row', x: 0, width, height: ROW}), box = h('rect', {class: 'mark', width: cell, height: ROW});
  const known = s => !value.known.length || value.known[s];
  const heads = value.source.map((t, s) => { const x = LEFT + (s + 0.5) * cell; return h('text', upright ? {x: x + 4, y: TOP - 5, transform: `rotate(-90 ${x + 4} ${TOP - 5})`} : {x, y: TOP - 6, 'text-anchor': 'middle'}, t); });
  const names = value.target.map((t, i) => h('text', {x: LEFT - 5, y: TOP + i * ROW + 16, 'text-anchor': 'end'}, t));
  const cells = value.weights.map((r, t) => r.map((v, s) => v < 0.005 ? null : h('rect', {class: 'cell', x: LEFT + s * cell + 1, y: TOP + t * ROW + 1, width: cell - 2, height: ROW - 2, rx: 2, 'fill-opacity': v.toFixed(3)})));
  svg.append(h('text', {class: 'axis', x: LEFT, y: 13}, w.read), h('text', {class: 'axis', x: 11, y: TOP + T * ROW / 2, 'text-anchor': 'middle', transform: `rotate(-90 11 ${TOP + T * ROW / 2})`}, w.written),
    row, back, ...heads, ...names, ...cells.flat().filter(Boolean), box);
  const place = e => { const b = back.getBoundingClientRect(); return [Math.floor((e.clientY - b.top) / b.height * T), Math.floor((e.clientX - b.left) / b.width * S)]; };
  return {
    svg,
    show: (t, s, upto) => {
      row.setAttribute('y', TOP + Math.min(t, T - 1) * ROW);
      box.setAttribute('x', LEFT + s * cell); box.setAttribute('y', TOP + Math.min(t, T - 1) * ROW);
      box.setAttribute('visibility', t < T ? 'visible' : 'hidden');
      cells.forEach((r, i) => r.forEach(c => c?.setAttribute('visibility', i < upto ? 'visible' : 'hidden')));
      names.forEach((n, i) => n.setAttribute('class', i >= upto ? 'coming' : i === t ? 'chosen' : ''));
      heads.forEach((n, i) => n.setAttribute('class', `${known(i) ? '' : 'strange'} ${i === s ? 'chosen' : ''}`));
    },
    listen: ({over, click, keys, name}) => {
      svg.setAttribute('aria-label', name);
      svg.addEventListener('keydown', keys);
      back.addEventListener('pointermove', e => over(...place(e)));
      back.addEventListener('click', e => click(...place(e)));
    },
  };
}

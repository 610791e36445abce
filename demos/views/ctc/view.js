import { bytes, h, number } from "../_runtime.js";

export const initial = () => ({key: '', step: 0, row: 0});
export default function draw(root, value, { trigger, state }) {
  root.replaceChildren();
  const T = value.steps || 0, C = (value.letters || []).length, w = value.words;
  if (!T) return;
  if (state.key !== value.data) { state.key = value.data; state.step = Math.max(0, value.path.findIndex(r => value.letters[r] !== '')); state.row = value.path[state.step]; }
  const name = l => l === '' ? '–' : l === ' ' ? '␣' : l, long = l => l === '' ? w.blank : l === ' ' ? w.space : l;
  const cell = Math.max(13, Math.min(22, 900 / T)), ROW = 14, MEL = value.spectrogram ? 120 : 0, width = Math.ceil(T * cell), heat = C * ROW, PATH = 24, AXIS = 18;
  const probabilities = bytes(value.data), at = (row, t) => probabilities[row * T + t] / 255;
  const colours = getComputedStyle(root), accent = colours.getPropertyValue(`--lm-${value.colour}`).trim() || '#0072b2';
  const inner = h('div', {class: 'inner', style: `width:${width}px;height:${MEL + heat + PATH + AXIS}px`});
  if (value.spectrogram) {
    const s = value.spectrogram, pixels = bytes(s.data), canvas = h('canvas', {width: s.frames, height: s.bands, style: `width:${width}px;height:${MEL}px`, role: 'img', 'aria-label': w.spectrogram});
    const c = canvas.getContext('2d'), image = c.createImageData(s.frames, s.bands);
    for (let b = 0; b < s.bands; b++) for (let f = 0; f < s.frames; f++) {
      const v = pixels[(s.bands - 1 - b) * s.frames + f], i = 4 * (b * s.frames + f);
      image.data.set([v, v * 0.85 + 8, 40 + v * 0.55, 255], i);  // dark blue to light yellow
    }
    c.putImageData(image, 0, 0);
    inner.append(canvas);
  }
  const map = h('canvas', {width, height: heat, style: `width:${width}px;height:${heat}px;cursor:crosshair`, tabindex: '0', role: 'application'});
  const c = map.getContext('2d');
  c.fillStyle = accent;
  for (let r = 0; r < C; r++) for (let t = 0; t < T; t++) {
    c.globalAlpha = at(r, t);
    c.fillRect(t * cell, r * ROW, cell - 1, ROW - 1);
  }
  const svg = h('svg', {width, height: PATH + AXIS, 'aria-hidden': 'true'});
  value.path.forEach((r, t) => svg.append(h('text', {class: `letter ${value.letters[r] === '' ? 'blank' : ''}`, x: (t + 0.5) * cell, y: 16, 'text-anchor': 'middle'}, name(value.letters[r]))));
  for (let s = 0; s < T * value.seconds; s += T * value.seconds > 8 ? 1 : 0.5) svg.append(h('text', {x: s / value.seconds * cell + 2, y: PATH + 12}, `${s} s`));
  const column = h('span', {class: 'column', 'aria-hidden': 'true'}), box = h('span', {class: 'cell', 'aria-hidden': 'true'});
  inner.append(map, svg, column, box);
  const names = h('div', {class: 'names', 'aria-hidden': 'true'}, value.letters.map((l, r) => h('span', {style: `top:${MEL + r * ROW + 1}px`}, name(l))), h('span', {style: `top:${MEL + heat + 7}px`}, w.path));
  const caption = h('p', {role: 'status'}), scroller = h('div', {class: 'scroller'}, inner);

  // the path in runs of the same letter
  const runs = [];
  value.path.forEach((r, t) => { if (runs.length && runs.at(-1).row === r) runs.at(-1).end = t; else runs.push({row: r, start: t, end: t}); });
  const letter = run => value.letters[run.row];
  const repeats = h('div', {class: 'runs', role: 'group', 'aria-label': w.runs}), buttons = runs.map(run => h('button', {type: 'button', class: letter(run) === '' ? 'blank' : '', 'aria-label':
    `${long(letter(run))} × ${run.end - run.start + 1}, ${number(run.start * value.seconds, 2)} s`, onclick: () => mark(run.start, run.row, true)}, name(letter(run)).repeat(Math.min(6, run.end - run.start + 1)) + (run.end - run.start > 5 ? '…' : '')));
  repeats.append(...buttons);
  const merged = runs.map(run => name(letter(run))).join(''), text = runs.map(letter).join('').split(/\s+/).join(' ').trim();
  let timer = null;
  const mark = (t, row, report) => {
    state.step = t; state.row = row;
    column.style.cssText = `left:${t * cell}px;width:${cell}px`;
    box.style.cssText = `left:${t * cell - 1}px;width:${cell + 1}px;top:${MEL + row * ROW - 1}px;height:${ROW + 1}px`;
    const best = value.letters.map((l, r) => [at(r, t), l]).sort((a, b) => b[0] - a[0]).slice(0, 4).filter(([p]) => p >= 0.01).map(([p, l]) => `${long(l)} ${number(100 * p, 0)} %`).join(', ');
    caption.textContent = w.said.replace('{seconds}', number(t * value.seconds, 2)).replace('{list}', best).replace('{letter}', long(value.letters[row])).replace('{percent}', number(100 * at(row, t), 1));
    map.setAttribute('aria-label', `${value.title}. ${caption.textContent} ${w.keys}`);
    buttons.forEach((b, i) => b.setAttribute('aria-pressed', String(t >= runs[i].start && t <= runs[i].end)));
    if (report) {
      if (t * cell < scroller.scrollLeft || (t + 1) * cell > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = t * cell - scroller.clientWidth / 2;
      clearTimeout(timer);
      if (value.pickable) timer = setTimeout(() => trigger('pick', {step: t, letter: value.ids[row]}), 120);
    }
  };
  map.addEventListener('click', e => {
    const r = map.getBoundingClientRect();
    mark(Math.max(0, Math.min(T - 1, Math.floor((e.clientX - r.left) / r.width * T))), Math.max(0, Math.min(C - 1, Math.floor((e.clientY - r.top) / r.height * C))), true);
  });
  map.addEventListener('keydown', e => {
    const move = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
    if (!move) return;
    e.preventDefault();
    mark(Math.max(0, Math.min(T - 1, state.step + move[1])), Math.max(0, Math.min(C - 1, state.row + move[0])), true);
  });
  root.append(h('h4', {}, value.title), h('div', {class: 'frame'}, names, scroller), caption, h('p', {class: 'muted'}, w.scale),
    h('h5', {}, w.runs), repeats, h('h5', {}, w.merged), h('div', {class: 'runs'}, merged), h('h5', {}, w.dropped), h('p', {class: 'text'}, text || w.nothing));
  mark(state.step, state.row);
}

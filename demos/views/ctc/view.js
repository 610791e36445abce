import { bytes, fill, h, linear, number } from "../_runtime.js";

export const sized = true;
export const initial = () => ({key: '', step: 0, row: 0});
const ROW = 18, MEL = 128, PATH = 24, AXIS = 34, LEFT = 58;
// The colours of loudness, quiet to loud: dark blue to light yellow.
const loud = v => [v, v * 0.85 + 8, 40 + v * 0.55];

// Round frequencies and the place (from the bottom, in bands) where each lies among the bands' middles.
export const tones = (hertz, wanted = [250, 500, 1000, 2000, 4000, 8000]) => wanted.flatMap(f => {
  const i = hertz.findIndex(x => x >= f);
  return i < 1 ? [] : [[f, i - 1 + (f - hertz[i - 1]) / (hertz[i] - hertz[i - 1])]];
});

export default function draw(root, value, { trigger, state, width: room = 700 }) {
  const before = root.querySelector('audio'), kept = before && before.dataset.url === value.clip?.url ? before : null;
  if (!kept) before?.pause();
  root.replaceChildren();
  const T = value.steps || 0, C = (value.letters || []).length, w = value.words;
  if (!T) return;
  if (state.key !== value.data) { state.key = value.data; state.step = Math.max(0, value.path.findIndex(r => value.letters[r] !== '')); state.row = value.path[state.step]; }
  const name = l => l === '' ? '–' : l === ' ' ? '␣' : l, long = l => l === '' ? w.blank : l === ' ' ? w.space : l;
  const cell = Math.max(8, (room - LEFT) / T), mel = value.spectrogram ? MEL + 8 : 0, width = T * cell, heat = C * ROW;
  const probabilities = bytes(value.data), at = (row, t) => probabilities[row * T + t] / 255;
  const shade = getComputedStyle(root).getPropertyValue(`--lm-${value.colour}`).trim() || '#0072b2', sharp = globalThis.devicePixelRatio || 1;
  const inner = h('div', {class: 'inner', style: `width:${width}px;height:${mel + heat + PATH + AXIS}px`});
  const names = h('div', {class: 'names', 'aria-hidden': 'true'}, value.letters.map((l, r) => h('span', {style: `top:${mel + r * ROW + 3}px`}, name(l))), h('span', {style: `top:${mel + heat + 8}px`}, w.path));
  const maps = [];
  if (value.spectrogram) {
    const s = value.spectrogram, pixels = bytes(s.data), canvas = h('canvas', {width: s.frames, height: s.bands, style: `width:${width}px;height:${MEL}px;margin-bottom:8px`, role: 'img', 'aria-label': w.spectrogram});
    const c = canvas.getContext('2d'), image = c.createImageData(s.frames, s.bands);
    for (let b = 0; b < s.bands; b++) for (let f = 0; f < s.frames; f++)
      image.data.set([...loud(pixels[(s.bands - 1 - b) * s.frames + f]), 255], 4 * (b * s.frames + f));  // high tones on top
    c.putImageData(image, 0, 0);
    inner.append(canvas);
    maps.push(canvas);
    const Y = linear(-0.5, s.bands - 0.5, MEL, 0);
    names.append(...tones(s.hertz).map(([f, band]) => h('span', {style: `top:${Y(band) - 6}px`}, f < 1000 ? `${f}` : `${f / 1000}k`)), h('span', {class: 'axis', style: `top:${MEL / 2 - 10}px`}, 'Hz'));
  }
  const map = h('canvas', {width: Math.round(width * sharp), height: heat * sharp, style: `width:${width}px;height:${heat}px`, tabindex: '0', role: 'application'});
  const c = map.getContext('2d');
  c.scale(sharp, sharp);
  for (let r = 0; r < C; r++) for (let t = 0; t < T; t++) {
    c.globalAlpha = 0.06; c.fillStyle = '#888';
    c.fillRect(t * cell, r * ROW, cell - 1, ROW - 1);
    c.globalAlpha = at(r, t); c.fillStyle = shade;
    c.fillRect(t * cell, r * ROW, cell - 1, ROW - 1);
  }
  maps.push(map);
  const svg = h('svg', {width, height: PATH + AXIS, 'aria-hidden': 'true'}), seconds = T * value.seconds;
  value.path.forEach((r, t) => { if (cell >= 11 || t === 0 || value.path[t - 1] !== r) svg.append(h('text', {class: `letter ${value.letters[r] === '' ? 'blank' : ''}`, x: (t + 0.5) * cell, y: 16, 'text-anchor': 'middle'}, name(value.letters[r]))); });
  const every = [0.1, 0.2, 0.5, 1, 2, 5].find(s => s / value.seconds * cell >= 48) || 10;
  for (let s = 0; s < seconds - every / 4; s += every) svg.append(h('text', {x: s / value.seconds * cell + 2, y: PATH + 12}, number(s, every < 1 ? 1 : 0)));
  svg.append(h('text', {x: Math.min(width, room - LEFT) / 2, y: PATH + 29, 'text-anchor': 'middle'}, w.time));
  const column = h('span', {class: 'column', 'aria-hidden': 'true'}), box = h('span', {class: 'cell', 'aria-hidden': 'true'}), cursor = h('span', {class: 'cursor', 'aria-hidden': 'true'});
  inner.append(map, svg, column, box, cursor);
  const caption = h('p', {role: 'status'}), scroller = h('div', {class: 'scroller'}, inner);
  const follow = x => { if (x < scroller.scrollLeft || x + cell > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = x - scroller.clientWidth / 4; };

  let timer = null;
  const mark = (t, row, report) => {
    state.step = Math.max(0, Math.min(T - 1, t)); state.row = Math.max(0, Math.min(C - 1, row));
    t = state.step; row = state.row;
    column.style.cssText = `left:${t * cell}px;width:${cell}px`;
    box.style.cssText = `left:${t * cell}px;width:${cell - 1}px;top:${mel + row * ROW}px;height:${ROW - 1}px`;
    const best = value.letters.map((l, r) => [at(r, t), l]).sort((a, b) => b[0] - a[0]).slice(0, 4).filter(([p]) => p >= 0.01).map(([p, l]) => `${long(l)} ${number(100 * p, 0)} %`).join(', ');
    caption.textContent = fill(w.said, {seconds: number(t * value.seconds, 2), list: best, letter: long(value.letters[row]), percent: number(100 * at(row, t), 1)});
    if (!report) return;
    map.setAttribute('aria-label', `${value.title}. ${caption.textContent} ${w.keys}`);
    follow(t * cell);
    clearTimeout(timer);
    if (value.pickable) timer = setTimeout(() => trigger('pick', {step: t, letter: value.ids[row]}), 120);
  };
  // A place on a map; on the spectrogram the row is the likeliest letter's.
  const place = (e, canvas) => {
    const r = canvas.getBoundingClientRect(), t = Math.max(0, Math.min(T - 1, Math.floor((e.clientX - r.left) / r.width * T)));
    return [t, canvas === map ? Math.floor((e.clientY - r.top) / r.height * C) : value.path[t]];
  };
  for (const canvas of maps) {
    canvas.addEventListener('pointermove', e => { if (e.pointerType === 'mouse' && sound?.paused !== false) mark(...place(e, canvas)); });
    canvas.addEventListener('click', e => { const [t, row] = place(e, canvas); if (sound) { sound.currentTime = t * value.seconds; stand(); } mark(t, row, true); });
  }
  map.addEventListener('keydown', e => {
    const move = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
    if (e.key === ' ' && sound) { e.preventDefault(); if (sound.paused) sound.play(); else sound.pause(); }
    if (!move) return;
    e.preventDefault();
    mark(state.step + move[1], state.row + move[0], true);
  });

  // the clip: the time of its player drives the cursor
  const sound = value.clip ? kept || h('audio', {controls: true, preload: 'metadata', src: value.clip.url, 'data-url': value.clip.url, 'aria-label': w.player}) : null;
  const stand = () => {
    if (!sound) return;
    const x = Math.min(width - 2, sound.currentTime / value.seconds * cell), t = Math.min(T - 1, Math.floor(sound.currentTime / value.seconds));
    cursor.style.left = `${x}px`;
    cursor.style.visibility = sound.currentTime > 0 ? 'visible' : 'hidden';
    if (!sound.paused) { follow(x); mark(t, value.path[t]); }
  };
  const run = () => { stand(); if (!sound.paused && root.isConnected) requestAnimationFrame(run); };
  if (sound) { sound.onplay = run; sound.onseeking = sound.onseeked = sound.ontimeupdate = sound.onended = stand; }
  const scales = h('div', {class: 'scales'},
    value.spectrogram ? h('span', {}, w.quiet, h('i', {style: `background:linear-gradient(90deg,${[0, 85, 170, 255].map(v => `rgb(${loud(v).map(Math.round)})`).join()})`, 'aria-hidden': 'true'}), fill(w.loud, {n: value.spectrogram.decibels})) : null,
    h('span', {}, '0 %', h('i', {style: `background:linear-gradient(90deg,transparent,${shade})`, 'aria-hidden': 'true'}), `100 % ${w.likely}`));
  root.append(h('h4', {}, value.title), sound ?? '', h('div', {class: 'frame'}, names, scroller), caption, scales, h('p', {class: 'muted'}, w.scale));
  mark(state.step, state.row);
  map.setAttribute('aria-label', `${value.title}. ${caption.textContent} ${w.keys}`);
  stand();
}

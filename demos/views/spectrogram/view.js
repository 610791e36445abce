import { bytes, colour, fill, h, linear, niceTicks, number, paint, signed, xAxis, yAxis } from "../_runtime.js";
import { button, play } from "../listen/view.js";

const LEFT = 56, RIGHT = 14, HEAD = 34, TALL = 104, STRIP = 62, GAP = 8;

// The part of a picture between two seconds, low rows at the bottom: its size, its ends in seconds, and how loud it is, 0 to 1.
export const part = (picture, seconds, from, to) => {
  const data = picture.bytes = picture.bytes || bytes(picture.data), {columns, rows} = picture;
  const first = Math.max(0, Math.floor(from / seconds * columns)), last = Math.min(columns, Math.ceil(to / seconds * columns)), width = Math.max(1, last - first);
  const loud = i => data[(rows - 1 - Math.floor(i / width)) * columns + first + i % width] / 255;
  return {width, rows, from: first / columns * seconds, to: last / columns * seconds, loud};
};
// The measured value nearest to a second.
export const nearest = (points, second) => points.reduce((best, p) => Math.abs(p[0] - second) < Math.abs(best[0] - second) ? p : best);

export const sized = true;
export const initial = () => ({key: '', layer: 0, track: 0, x: null, y: .3});
export default function draw(root, value, view) {
  const { state, trigger } = view;
  if (value.tracks?.length && !view.width) return;  // it is drawn when it is seen
  root.replaceChildren();
  if (!value.tracks || !value.tracks.length) return;
  const W = view.width, {tracks, words, span: [from, to]} = value, right = W - RIGHT, X = linear(from, to, LEFT, right);
  const key = JSON.stringify([value.layer, tracks.map(t => [t.name, t.seconds, t.start])]);
  if (state.key !== key) Object.assign(state, {...initial(), key, layer: value.layer});
  const layers = tracks[0].pictures, layer = Math.min(state.layer, layers.length - 1);
  const box = h('div', {class: 'plot'}), svg = h('svg', {width: W, role: 'application', tabindex: '0'}), cursors = [], add = (...parts) => svg.append(...parts.flat(Infinity));
  const black = colour(root, '--lm-ink'), [plus, minus] = ['--lm-plus', '--lm-minus'].map(name => colour(root, name));
  let y = 0;
  const places = [];
  tracks.forEach(t => {
    const shown = t.pictures[layer], seen = [Math.max(from, t.start), Math.min(to, t.start + t.seconds)], top = y + HEAD, foot = top + TALL, Y = linear(0, 1, foot, top);
    places.push({t, shown, seen, top, foot, Y});
    const cut = part(shown, t.seconds, seen[0] - t.start, seen[1] - t.start), canvas = h('canvas', {'aria-hidden': 'true'});
    canvas.style.cssText = `left:${X(t.start + cut.from)}px;top:${top}px;width:${X(t.start + cut.to) - X(t.start + cut.from)}px;height:${TALL}px`;
    paint(canvas, cut.width, cut.rows, shown.signed ? i => signed(2 * cut.loud(i) - 1, plus, minus) : i => [...black, cut.loud(i)]);
    const url = t.file ? t.file.url : t.source, cursor = h('line', {class: 'cursor', y1: top, y2: foot, visibility: 'hidden'});
    const moved = seconds => { const at = seconds === null ? null : t.start + seconds; cursor.setAttribute('visibility', at === null || at < from || at > to ? 'hidden' : 'visible'); if (at !== null) { cursor.setAttribute('x1', X(at)); cursor.setAttribute('x2', X(at)); } };
    cursors.push({url, moved});
    const title = h('div', {class: 'title', style: `top:${y}px`}, url ? button(url, t.name, words, moved) : '', h('strong', {}, t.name), h('span', {}, shown.name));
    box.append(canvas, title);
    add(h('rect', {class: 'frame', x: LEFT, y: top, width: right - LEFT, height: TALL}),
      yAxis(shown.ticks.map(([at, text]) => [Y(at), text]), LEFT, LEFT - 4, shown.axis, (top + foot) / 2),
      t.pairs.map(p => h('line', {class: 'pair', x1: X(t.start + p[0]), y1: Y(p[1]), x2: X(t.start + p[2]), y2: Y(p[3])})),
      t.peaks.filter(p => t.start + p[0] >= from && t.start + p[0] <= to).map(p => h('circle', {class: 'peak', cx: X(t.start + p[0]), cy: Y(p[1]), r: 2.5})), cursor);
    y = foot + GAP;
    if (t.curves.length) {
      const low = Math.min(...t.curves.map(c => c.bottom)), ticks = niceTicks(low, 1, 2).filter(v => v <= 1), V = linear(Math.min(low, ticks[0]), 1, y + STRIP, y + 6);
      add(yAxis(ticks.map(v => [V(v), +v.toFixed(2)]), LEFT, right, words.cosine, y + STRIP / 2));
      t.curves.forEach((c, i) => {
        const inside = c.points.filter(p => t.start + p[0] >= from && t.start + p[0] <= to);
        add(h('polyline', {class: `line line${i}`, points: inside.map(p => `${X(t.start + p[0]).toFixed(1)},${V(p[1]).toFixed(1)}`).join(' ')}));
        if (c.limit !== null) add(h('line', {class: 'limit', x1: LEFT, x2: right, y1: V(c.limit), y2: V(c.limit)}), h('text', {x: right, y: V(c.limit) + (inside.length && inside.at(-1)[1] >= c.limit ? 13 : -4), 'text-anchor': 'end'}, `${words.threshold} ${number(c.limit, 3)}`));
      });
      y += STRIP + GAP;
    }
  });
  if (value.linked) tracks[0].pairs.forEach(p => [[p[0], p[1]], [p[2], p[3]]].forEach(([s, f]) => {
    const at = X(tracks[0].start + s);
    add(h('line', {class: 'thread', x1: at, x2: at, y1: places[0].Y(f), y2: places[1].Y(f)}));
  }));
  const marks = niceTicks(from, to, W < 480 ? 4 : 8).filter(v => v >= from - 1e-9 && v <= to + 1e-9).map(v => [X(v), +v.toFixed(2)]);
  add(xAxis(marks, y + 8, words.seconds, (LEFT + right) / 2, y + 26));
  svg.setAttribute('height', y + 32);
  const probe = h('line', {class: 'probe', visibility: 'hidden'}), told = h('p', {role: 'status', class: 'told'}, words.keys);
  add(probe);
  const show = () => {
    const {t, shown, seen, top, foot} = places[Math.min(state.track, places.length - 1)], second = Math.max(seen[0], Math.min(seen[1] - 1e-6, state.x)) - t.start;
    const column = Math.min(shown.columns - 1, Math.floor(second / t.seconds * shown.columns)), row = Math.max(0, Math.min(shown.rows - 1, Math.floor(state.y * shown.rows)));
    const level = shown.low + (shown.high - shown.low) * shown.bytes[row * shown.columns + column] / 255;
    probe.setAttribute('x1', X(t.start + second)); probe.setAttribute('x2', X(t.start + second)); probe.setAttribute('y1', top); probe.setAttribute('y2', foot); probe.setAttribute('visibility', 'visible');
    const values = t.curves.map(c => c.points.length ? `${c.name} ${number(nearest(c.points, second)[1], 2)}` : '').filter(Boolean);
    told.textContent = [`${t.name}, ${number(second, 2)} s`, `${shown.axis}: ${fill(words.row, {row: row + 1, rows: shown.rows})}`, `${number(level, 1)} ${shown.unit}`, ...values].join(' · ');
  };
  const under = e => {
    const place = box.getBoundingClientRect(), at = e.clientY - place.top, i = places.findIndex(p => at >= p.top && at <= p.foot + (p.t.curves.length ? STRIP + GAP : 0));
    if (i < 0) return null;
    Object.assign(state, {track: i, x: from + (e.clientX - place.left - LEFT) / (right - LEFT) * (to - from), y: (places[i].foot - at) / TALL});
    return i;
  };
  svg.addEventListener('pointermove', e => { if (under(e) !== null) show(); });
  svg.addEventListener('click', e => { const i = under(e); if (i === null) return; show(); hear(i); });
  const hear = i => { const {url, moved} = cursors[i]; if (url) play(url, moved, Math.max(.001, state.x - tracks[i].start)); };
  svg.addEventListener('keydown', e => {
    const step = (to - from) / 100;
    if (state.x === null) state.x = from;
    if (e.key === 'Enter') { e.preventDefault(); return hear(state.track); }
    const by = {ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, .02], ArrowDown: [0, -.02]}[e.key];
    if (!by) return;
    e.preventDefault();
    if (state.y + by[1] > 1 || state.y + by[1] < 0) state.track = Math.max(0, Math.min(tracks.length - 1, state.track - Math.sign(by[1])));
    state.x = Math.max(from, Math.min(to, state.x + by[0])); state.y = (state.y + by[1] + 1) % 1;
    show();
  });
  const about = tracks.map((t, i) => `${t.name}: ${number(t.seconds, 1)} s${t.curves.map(c => c.points.length ? `, ${c.name} ${number(Math.min(...c.points.map(p => p[1])), 2)} – ${number(Math.max(...c.points.map(p => p[1])), 2)}` : '').join('')}${places[i].t.pairs.length ? `, ${fill(words.pairs, {n: t.pairs.length})}` : ''}`).join('; ');
  svg.setAttribute('aria-label', `${about}. ${words.keys}`);
  box.append(svg);
  const choose = layers.length < 2 ? '' : h('div', {class: 'layers', role: 'group', 'aria-label': words.layers}, layers.map((l, i) => h('button', {type: 'button', 'aria-pressed': String(i === layer),
    onclick: () => { state.layer = i; view.redraw(); root.querySelectorAll('.layers button')[i].focus(); trigger('layer', {layer: i}); }}, l.name)));
  const lines = tracks.find(t => t.curves.length)?.curves ?? [];
  const scales = places.map(p => p.shown).filter((s, i, all) => all.findIndex(o => o.signed === s.signed && o.unit === s.unit) === i);
  root.append(choose, box, h('p', {class: 'scale'}, scales.map(s => h('span', {class: 'ends'}, `${number(s.low, 1)} ${s.unit}`, h('i', {class: s.signed ? 'signed' : '', 'aria-hidden': 'true'}), `${number(s.high, 1)} ${s.unit}`)),
    lines.length > 1 ? lines.map((c, i) => h('span', {class: `key key${i}`}, c.name)) : lines.map(c => h('span', {class: 'key key0'}, c.name))), told);
}

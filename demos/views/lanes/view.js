import { fill, h, linear } from "../_runtime.js";

export const initial = () => ({word: null, width: 0});
// What each kind takes, in pixels: its picture, and below it the line of words.
const PICTURE = {mood: 46, gates: 78, attention: 50, guesses: 20, surprise: 16}, LINE = 34, WORD = 20, GAP = 9, HEAD = 372, NARROW = 620;

// Columns for words of these widths in so many pixels: as many of the last ones as fit, spread over all of it.
export function columns(widths, room) {
  let first = widths.length, taken = 0;
  while (first > 0 && taken + widths[first - 1] <= room) taken += widths[--first];
  const spare = first < widths.length ? (room - taken) / (widths.length - first) : 0;
  const made = [];
  for (let i = first, x = 0; i < widths.length; i++) {
    made.push({i, x, width: widths[i] + spare});
    x += widths[i] + spare;
  }
  return made;
}

// The arcs of a row of weights, the strongest of each word, or all that count of the one that is pointed at.
export const arcs = (weights, shown, word) => shown.flatMap(i => {
  const others = shown.filter(j => j !== i).map(j => [i, j, weights[i][j]]).sort((a, b) => b[2] - a[2]);
  return word === null ? others.slice(0, 1).filter(a => a[2] > 0) : word === i ? others.filter(a => a[2] >= 3) : [];
});

const draws = {
  mood(lane, place) { return line(lane, place, PICTURE.mood); },
  gates(lane, place) {
    const {gates} = lane.values, tall = (PICTURE.gates - LINE - 6) / gates.length;
    return [...line(lane, place, LINE), ...gates.flatMap((unit, u) => place.columns.map(c => h('rect', {
      x: place.left + c.x, y: LINE + 6 + u * tall, width: c.width - 1, height: tall, style: `fill:var(--lm-${lane.colour});fill-opacity:${(unit[c.i] / 100) ** 2}`}))),
      side(place, LINE + 6 + (PICTURE.gates - LINE) / 2, place.words.gates)];
  },
  attention(lane, place) {
    const {weights} = lane.values, base = PICTURE.attention - 2, at = i => place.middle(place.columns.find(c => c.i === i));
    const shown = place.columns.map(c => c.i);
    return [...arcs(weights, shown, place.word).map(([i, j, w]) => {
      const [a, b] = [at(i), at(j)], rise = Math.min(base - 4, 8 + Math.abs(b - a) * .22);
      return h('path', {class: 'arc', d: `M${a},${base} C${a},${base - 1.3 * rise} ${b},${base - 1.3 * rise} ${b},${base}`,
        style: `stroke:var(--lm-${lane.colour});stroke-width:${1 + w / 14};stroke-opacity:${Math.min(1, .3 + w / 60)}`});
    }), side(place, base / 2, place.words.looks)];
  },
  guesses(lane, place) {
    const {guesses, chances, hits} = lane.values;
    return [...place.columns.map(c => h('text', {class: hits[c.i] ? 'guess hit' : 'guess', x: place.middle(c), y: 14, 'text-anchor': 'middle',
      style: hits[c.i] ? `fill:var(--lm-${lane.colour})` : '', 'fill-opacity': hits[c.i] ? 1 : Math.min(1, .65 + chances[c.i] / 100)}, guesses[c.i])),
    side(place, 14, place.words.guess)];
  },
  surprise(lane, place) {
    const {nats} = lane.values, most = Math.max(12, ...nats.filter(v => v !== null));
    return [...place.columns.filter(c => nats[c.i] !== null).flatMap(c => [
      h('rect', {x: place.left + c.x + 1, y: PICTURE.surprise - 1, width: c.width - 2, height: WORD + 1, rx: 4,
        style: `fill:var(--lm-${lane.colour});fill-opacity:${.55 * nats[c.i] / most}`}),
      c.width < 22 ? null : h('text', {class: 'small', x: place.middle(c), y: 10, 'text-anchor': 'middle'}, nats[c.i].toFixed(1))]),
    side(place, 10, place.words.nats)];
  },
};

// A word at the left edge, where there is room for it.
const side = (place, y, text) => place.left ? h('text', {class: 'small', x: place.left - 8, y: y + 1, 'text-anchor': 'end'}, text) : null;

// The mood after each word as a line: praise above the middle, blame below it.
function line(lane, place, tall) {
  const {mood} = lane.values, Y = linear(-1, 1, tall - 3, 3), points = place.columns.map(c => [place.middle(c), Y(mood[c.i])]);
  const path = points.map(([x, y]) => `${x},${y}`), ends = `${points.at(-1)[0]},${Y(0)} ${points[0][0]},${Y(0)}`;
  const half = (name, y0, y1) => {
    const cut = points.flatMap(([x, y], n) => {
      const clamp = v => Math.max(y0, Math.min(y1, v)), next = points[n + 1];
      if (!next || (y - Y(0)) * (next[1] - Y(0)) >= 0) return [`${x},${clamp(y)}`];
      return [`${x},${clamp(y)}`, `${x + (next[0] - x) * (Y(0) - y) / (next[1] - y)},${Y(0)}`];
    });
    return h('path', {d: `M${cut.join(' L')} L${ends} Z`, style: `fill:var(--lm-${name});fill-opacity:.18`});
  };
  const labels = place.left ? [side(place, 11, place.words.positive), side(place, tall - 4, place.words.negative)] : [];
  return [h('line', {class: 'axis', x1: place.left, x2: place.left + place.room, y1: Y(0), y2: Y(0)}),
    half('positive', 0, Y(0)), half('negative', Y(0), tall),
    h('polyline', {class: 'line', points: path.join(' '), style: `stroke:var(--lm-${lane.colour})`}),
    ...points.map(([cx, cy]) => h('circle', {cx, cy, r: 2.6, style: `fill:var(--lm-${lane.colour})`})), ...labels];
}

export default function draw(root, value, view) {
  const {state, redraw} = view;
  if (!state.observer && globalThis.ResizeObserver) {
    state.observer = new ResizeObserver(() => { if (Math.abs(root.clientWidth - state.width) > 1) redraw(); });
    state.observer.observe(root);
  }
  state.width = root.clientWidth;
  const focused = root.contains?.(document.activeElement) && document.activeElement.getAttribute?.('data-focus');
  root.replaceChildren();
  if (!value.lanes) return;
  const narrow = state.width < NARROW, tokens = value.tokens;
  if (state.word >= tokens.length) state.word = null;
  const context = document.createElement('canvas').getContext('2d'), family = getComputedStyle(root).fontFamily;
  context.font = `11px ${family}`;
  const sides = ['positive', 'negative', 'gates', 'looks', 'guess', 'nats'].map(key => context.measureText(value.words[key]).width);
  const inner = narrow ? state.width - 22 : state.width - 22 - HEAD, left = narrow ? 0 : Math.ceil(Math.max(...sides)) + 14, room = inner - left;
  context.font = `${narrow ? 11.5 : 14}px ${family}`;
  const guesses = value.lanes.find(l => l.values.guesses)?.values.guesses || [];
  const wide = text => context.measureText(text || '').width;
  const cols = columns(tokens.map((t, i) => Math.max(wide(t), 1.06 * wide(guesses[i]), 8) + (narrow ? 5 : GAP)), room);
  const middle = c => left + c.x + c.width / 2, hidden = value.before + tokens.length - cols.length;
  const place = {columns: cols, left, room, middle, words: value.words, word: state.word};
  const bodies = [];
  const point = word => {
    if (word === state.word) return;
    state.word = place.word = word;
    for (const paint of bodies) paint();
    said.textContent = word === null ? '' : `${tokens[word]}: ` + value.lanes.filter(l => l.told[word]).map(l => `${l.name}: ${l.told[word]}`).join('; ');
  };
  const at = e => {
    const x = e.clientX - e.currentTarget.getBoundingClientRect().left - left;
    return cols.find(c => x >= c.x && x < c.x + c.width)?.i ?? null;
  };
  const said = h('p', {class: 'unseen', role: 'status'});
  const keys = e => {
    const step = {ArrowRight: 1, ArrowLeft: -1}[e.key];
    if (e.key === 'Escape') point(null);
    if (!step || !cols.length) return;
    e.preventDefault();
    const n = cols.findIndex(c => c.i === state.word);
    point(cols[n < 0 ? (step > 0 ? 0 : cols.length - 1) : Math.max(0, Math.min(cols.length - 1, n + step))].i);
  };
  const list = h('div', {class: narrow ? 'list narrow' : 'list', role: 'group', tabindex: '0', 'data-focus': 'list', 'aria-label': value.words.label, onkeydown: keys,
    onpointerleave: e => { if (e.pointerType !== 'touch') point(null); }});
  value.lanes.forEach((lane, n) => {
    const drawable = Object.keys(lane.values).length && cols.length, height = PICTURE[lane.kind] + WORD;
    const note = h('small', {}, ''), body = h('div', {class: 'inside', style: `height:${height}px`, onpointermove: e => point(at(e)), onpointerdown: e => point(at(e))});
    const paint = () => {
      const here = state.word !== null && lane.told[state.word];
      note.textContent = here ? `${tokens[state.word]}: ${here}` : lane.note;
      note.className = here ? 'here' : '';
      if (!drawable) return;
      const marked = cols.find(c => c.i === state.word);
      body.replaceChildren(h('svg', {width: inner, height, role: 'img', 'aria-label': `${lane.name}: ${lane.told.map((t, i) => `${tokens[i]} ${t}`).join('; ')}`},
        marked ? h('rect', {class: 'column', x: left + marked.x, y: 0, width: marked.width, height}) : null,
        ...draws[lane.kind](lane, place),
        ...cols.map(c => h('text', {class: lane.values.known && !lane.values.known[c.i] ? 'word strange' : 'word', x: middle(c), y: height - 5,
          'text-anchor': 'middle', style: `font-size:${narrow ? 11.5 : 14}px`}, tokens[c.i]))));
    };
    bodies.push(paint);
    list.append(h('section', {class: lane.wrong ? 'lane wrong' : 'lane', style: `--lane:var(--lm-${lane.colour})`},
      h('div', {class: 'head'}, h('a', {href: lane.href, 'data-focus': `lane-${n}`, title: fill(value.words.open, {name: lane.name})}, lane.name, h('span', {'aria-hidden': 'true'}, ' →')), h('b', {}, lane.answer), note), body));
    paint();
  });
  root.append(list, hidden ? h('p', {class: 'muted'}, fill(value.words.before, {n: hidden})) : '', said);
  if (focused) root.querySelector(`[data-focus="${focused}"]`)?.focus({preventScroll: true});
}

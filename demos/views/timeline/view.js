import { bytes, fill, h, linear, number } from "../_runtime.js";
import { tint, written } from "../unrolled/view.js";

export const sized = true;
export const initial = () => ({band: 0, step: 0, unit: 0, asked: null});
const WORDS = 24, END = 8;

// How wide each column is: as its text asks, and all together as wide as there is room.
export const columns = (widths, room) => {
  const all = widths.reduce((sum, x) => sum + x, 0), more = Math.max(1, room / all);
  return widths.map(x => x * more);
};

export default function draw(root, value, { trigger, state, redraw, width: room = 640 }) {
  const open = root.querySelector('details.table')?.open, old = root.querySelector('.scroller');
  const held = document.activeElement?.tagName === 'CANVAS' && root.contains(document.activeElement);  // its successor has the focus
  const atEnd = !old || old.scrollLeft + old.clientWidth >= old.scrollWidth - 4, left = old ? old.scrollLeft : 0;
  root.replaceChildren();
  const T = (value.tokens || []).length;
  if (!T) return;
  const w = value.words, bands = value.bands, ids = value.ids;
  if (state.length !== value.total) { state.step = T - 1; state.length = value.total; }
  state.step = Math.min(state.step, T - 1);
  state.band = Math.min(state.band, bands.length);  // bands.length means: the mean of each
  if (value.sums && [null, `${value.sums.step} ${value.sums.unit}`].includes(state.asked)) {  // not of what was chosen before
    state.step = Math.max(0, Math.min(T - 1, value.sums.step - value.first));
    state.unit = ids.length ? Math.max(0, ids.indexOf(value.sums.unit)) : value.sums.unit;
  }
  const means = bands.length > 0 && state.band === bands.length, rows = means ? bands : bands.slice(state.band, state.band + 1);
  const context = document.createElement('canvas').getContext?.('2d');
  if (context) context.font = `13px ${getComputedStyle(root).fontFamily}`;
  const wide = text => context ? context.measureText(text).width : 7 * text.length;
  const shown = value.tokens.map(t => t === '\n' ? '↵' : t === ' ' ? '␣' : t);
  const margin = means ? Math.max(...bands.map(b => wide(b.name))) + 12 : 50;
  const natural = shown.map(t => Math.max(ids.length && T > 40 ? 16 : 26, Math.ceil(wide(t)) + 10));
  const widths = columns(natural, room - margin - END - 2);
  const starts = widths.reduce((all, x) => [...all, all.at(-1) + x], [margin]);
  const width = starts.at(-1) + END, centre = t => starts[t] + widths[t] / 2;
  const colours = globalThis.getComputedStyle?.(root), css = name => colours?.getPropertyValue(`--lm-${name}`).trim() || '#888';

  // the choice of what the heat map shows
  const choices = h('div', {class: 'choices', role: 'group', 'aria-label': w.quantity});
  const choose = i => { state.band = i; redraw(); root.querySelectorAll('.choices button')[i].focus(); };
  const choice = (i, name) => h('button', {type: 'button', 'aria-pressed': String(i === state.band), onclick: () => choose(i)}, name);
  if (bands.length > 1) choices.append(...bands.map((b, i) => choice(i, b.name)), choice(bands.length, w.means));

  // words and probabilities
  const LANES = value.tall < 200 ? 70 : 96, top = value.lanes.length ? LANES : 6;
  const svg = h('svg', {width, height: top + WORDS, 'aria-hidden': 'true'});
  const column = h('rect', {class: 'column', y: 0, height: top + WORDS});
  svg.append(column);
  const Y = linear(1, 0, 8, LANES - 8);
  const ticks = h('svg', {class: 'ticks', width: margin, height: top + WORDS, style: `margin-right:${-margin}px`, 'aria-hidden': 'true'});  // stays where it is while the words scroll
  if (value.lanes.length) for (const p of [0, 0.5, 1]) {
    svg.append(h('line', {class: 'axis', x1: margin, x2: width, y1: Y(p), y2: Y(p)}));
    ticks.append(h('text', {x: margin - 4, y: Y(p) + 4, 'text-anchor': 'end'}, `${100 * p} %`));
  }
  for (const l of value.lanes) svg.append(
    h('polyline', {class: 'lane', points: l.values.map((p, t) => `${centre(t)},${Y(p)}`).join(' '), style: `stroke:var(--lm-${l.colour})`, 'stroke-dasharray': l.dashed ? '6 4' : false}),
    ...(l.dashed ? [] : l.values.map((p, t) => h('circle', {cx: centre(t), cy: Y(p), r: 2.5, style: `fill:var(--lm-${l.colour})`}))));
  shown.forEach((t, i) => svg.append(h('text', {class: `word${value.known.length && !value.known[i] ? ' strange' : ''}`, x: centre(i), y: top + 16, 'text-anchor': 'middle'}, t)));

  // the heat map: no colour at a scale's centre, a colour on either side
  for (const b of bands) b.bytes = b.bytes || bytes(b.data);
  const at = (b, u, t) => b.low + (b.high - b.low) * b.bytes[u * T + t] / 255;
  const mean = (b, t) => { let sum = 0; for (let u = 0; u < b.units; u++) sum += b.gate ? at(b, u, t) : Math.abs(at(b, u, t)); return sum / b.units; };
  const units = means ? bands.length : rows[0] ? rows[0].units : 0;
  const tall = means ? 26 : Math.max(3, Math.min(10, Math.round((value.tall ?? 300) / Math.max(units, 1)))), height = units * tall;
  state.unit = Math.min(state.unit, Math.max(0, (bands[0] || {units: 1}).units - 1));
  const canvas = h('canvas', {width: Math.round(width), height, style: `width:${width}px;height:${height}px`, tabindex: '0', role: 'application'});
  const c = canvas.getContext?.('2d');
  for (let u = 0; c && u < units; u++) {
    const b = means ? bands[u] : rows[0];
    for (let t = 0; t < T; t++) {
      const { plus, alpha } = tint(means ? mean(b, t) : at(b, u, t), b.low, b.high, b.centre);
      c.globalAlpha = alpha;
      c.fillStyle = css(plus ? 'plus' : 'minus');
      c.fillRect(starts[t], u * tall, widths[t] - 1, tall - (tall > 4 ? 1 : 0));
    }
  }
  const side = h('svg', {class: 'ticks', width: margin, height, style: `margin-right:${-margin}px`, 'aria-hidden': 'true'});  // names of rows
  if (means) bands.forEach((b, i) => side.append(h('text', {x: margin - 6, y: i * tall + 17, 'text-anchor': 'end'}, b.name)));
  else if (units) {
    side.append(h('text', {x: 14, y: height / 2, 'text-anchor': 'middle', transform: `rotate(-90 14 ${height / 2})`}, fill(ids.length ? w.alike : w.units, {n: units})));
    if (!ids.length) for (let u = 0; u < units; u += units > 20 ? 16 : 4) side.append(h('text', {x: margin - 6, y: u * tall + 10, 'text-anchor': 'end'}, String(u)));
  }

  // one cell: what pointer, finger and arrow keys are at
  const cell = h('span', {class: 'cell', 'aria-hidden': 'true'}), caption = h('p', {class: 'told', role: 'status'});
  const tell = (t, row) => {
    column.setAttribute('x', starts[t]); column.setAttribute('width', widths[t]);
    cell.style.cssText = units ? `left:${starts[t] - 1}px;width:${widths[t] + 1}px;top:${top + WORDS + (means ? 0 : row * tall) - 1}px;height:${(means ? height : tall) + 2}px` : 'display:none';
    const said = value.lanes.filter(l => !l.dashed).map(l => `${l.name} ${number(100 * l.values[t], 1)} %`);
    const inner = means ? bands.map(b => `${b.name} ${number(mean(b, t), 2)}`) : rows[0] ? [`${w.unit} ${ids.length ? ids[row] : row}: ${rows[0].name} ${number(at(rows[0], row, t), 2)}`] : [];
    const strange = value.known.length && !value.known[t] ? ` (${w.unknown})` : '';
    caption.textContent = [`${w.token} ${value.first + t + 1} “${shown[t]}”${strange}`, ...said, ...inner].join(' · ');
    canvas.setAttribute('aria-label', `${caption.textContent}. ${w.keys}`);
  };
  let timer = null;
  const pick = () => {
    tell(state.step, state.unit);
    clearTimeout(timer);
    if (!value.pickable || means) return;
    const unit = ids.length ? ids[state.unit] : state.unit, step = value.first + state.step;
    state.asked = `${step} ${unit}`;
    timer = setTimeout(() => trigger('pick', {layer: rows[0].layer, unit, step}), 120);
  };
  const under = e => {
    const box = canvas.getBoundingClientRect(), x = (e.clientX - box.left) / box.width * width;
    return [Math.max(0, Math.min(T - 1, starts.findLastIndex(s => s <= x))), means ? state.unit : Math.max(0, Math.min(units - 1, Math.floor((e.clientY - box.top) / box.height * units)))];
  };
  canvas.addEventListener('pointermove', e => tell(...under(e)));
  canvas.addEventListener('pointerleave', () => tell(state.step, state.unit));
  canvas.addEventListener('click', e => { [state.step, state.unit] = under(e); pick(); });
  canvas.addEventListener('keydown', e => {
    const move = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [0, 0]}[e.key];
    if (!move) return;
    e.preventDefault();
    state.step = Math.max(0, Math.min(T - 1, state.step + move[1]));
    if (!means) state.unit = Math.max(0, Math.min(units - 1, state.unit + move[0]));
    pick();
    if (starts[state.step] < scroller.scrollLeft + margin) scroller.scrollLeft = starts[state.step] - margin;
    if (starts[state.step + 1] > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = starts[state.step + 1] - scroller.clientWidth;
  });
  const scroller = h('div', {class: 'scroller'}, h('div', {class: 'inner', style: `width:${width}px`}, ticks, svg, units ? [side, canvas] : null, cell));
  const legend = h('ul', {}, value.lanes.map(l => h('li', {}, h('span', {class: `key ${l.dashed ? 'dashed' : ''}`, style: `border-color:var(--lm-${l.colour})`, 'aria-hidden': 'true'}), l.name)));
  const table = h('table', {}, h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, w.token), value.lanes.map(l => h('th', {scope: 'col'}, l.name)),
    bands.map(b => h('th', {scope: 'col'}, `${b.name} (${w.mean})`)))), h('tbody', {}, shown.map((t, i) => h('tr', {}, h('th', {scope: 'row'}, t),
    value.lanes.map(l => h('td', {}, `${number(100 * l.values[i], 1)} %`)), bands.map(b => h('td', {}, number(mean(b, i), 2)))))));
  root.append(h('div', {class: 'head'}, h('h4', {}, value.title), value.lanes.length ? legend : ''), choices, caption, scroller);
  scroller.scrollLeft = atEnd ? width : left;
  if (value.sums && !means) root.append(h('div', {class: 'lm-unrolled'}, written(value.sums, centre(state.step) - scroller.scrollLeft)));
  const cut = value.first ? fill(w.cut, {n: T, total: value.total}) : '';
  if (units && !means) {
    const b = rows[0], ends = b.gate ? [`${w.closed} 0`, `1 ${w.open}`] : [number(b.low, 2), `+${number(b.high, 2)}`];
    root.append(h('p', {class: 'bar muted'}, ends[0], h('span', {class: 'scale', 'aria-hidden': 'true'}), ends[1], ` · ${b.gate ? w.gate : w.scale}`, value.known.includes(false) ? ` ${w.dotted}` : '', cut ? ` ${cut}` : ''));
  }
  if (means || !units) root.append(h('p', {class: 'muted'}, means ? `${w.meaning} ${cut}` : cut));
  root.append(h('details', {class: 'table', open: !!open}, h('summary', {}, w.numbers), h('div', {class: 'numbers', tabindex: '0'}, table)));
  tell(state.step, state.unit);
  if (held) canvas.focus({preventScroll: true});
}

import { bytes, h, linear, number } from "../_runtime.js";

export const initial = () => ({band: 0, step: 0, unit: 0, left: null});
const LANES = 96, WORDS = 24, MARGIN = 44;
export default function draw(root, value, { trigger, state, redraw }) {
  const open = root.querySelector('details')?.open, old = root.querySelector('.scroller');
  const atEnd = !old || old.scrollLeft + old.clientWidth >= old.scrollWidth - 4, left = old ? old.scrollLeft : 0;
  root.replaceChildren();
  const T = (value.tokens || []).length;
  if (!T) return;
  const w = value.words, bands = value.bands;
  if (state.length !== value.total) { state.step = T - 1; state.length = value.total; }
  state.step = Math.min(state.step, T - 1);
  state.band = Math.min(state.band, bands.length);  // bands.length means: the mean of each
  const context = document.createElement('canvas').getContext('2d');
  context.font = `13px ${getComputedStyle(root).fontFamily}`;
  const shown = value.tokens.map(t => t === '\n' ? '↵' : t === ' ' ? '␣' : t);
  const widths = shown.map(t => Math.max(value.ids.length ? 16 : 26, Math.ceil(context.measureText(t).width) + 10));
  const starts = widths.reduce((all, x) => [...all, all.at(-1) + x], [MARGIN]);
  const width = starts.at(-1) + 8, centre = t => starts[t] + widths[t] / 2;
  const colours = getComputedStyle(root), css = name => colours.getPropertyValue(`--lm-${name}`).trim() || '#888';

  // the choice of what the heat map shows
  const choices = h('div', {class: 'choices', role: 'group', 'aria-label': w.quantity});
  bands.forEach((b, i) => choices.append(h('button', {type: 'button', style: `--band:var(--lm-${b.colour})`, 'aria-pressed': String(i === state.band),
    onclick: () => choose(i)}, b.name)));
  if (bands.length > 1) choices.append(h('button', {type: 'button', 'aria-pressed': String(state.band === bands.length), onclick: () => choose(bands.length)}, w.means));
  const choose = i => { state.band = i; redraw(); root.querySelectorAll('.choices button')[i].focus(); };

  // words and probabilities
  const top = value.lanes.length ? LANES : 6;
  const svg = h('svg', {width, height: top + WORDS, 'aria-hidden': 'true'});
  const column = h('rect', {class: 'column', y: 0, height: top + WORDS});
  svg.append(column);
  const Y = linear(1, 0, 8, LANES - 8);
  const ticks = h('svg', {class: 'ticks', width: MARGIN, height: top, 'aria-hidden': 'true'});  // stays where it is while the words scroll
  if (value.lanes.length) for (const p of [0, 0.5, 1]) {
    svg.append(h('line', {class: 'axis', x1: MARGIN, x2: width, y1: Y(p), y2: Y(p)}));
    ticks.append(h('text', {x: MARGIN - 4, y: Y(p) + 4, 'text-anchor': 'end'}, `${100 * p} %`));
  }
  for (const l of value.lanes) svg.append(
    h('polyline', {class: 'lane', points: l.values.map((p, t) => `${centre(t)},${Y(p)}`).join(' '), style: `stroke:var(--lm-${l.colour})`, 'stroke-dasharray': l.dashed ? '6 4' : false}),
    ...(l.dashed ? [] : l.values.map((p, t) => h('circle', {cx: centre(t), cy: Y(p), r: 2.5, style: `fill:var(--lm-${l.colour})`}))));
  shown.forEach((t, i) => svg.append(h('text', {class: `word${value.known.length && !value.known[i] ? ' strange' : ''}`, x: centre(i), y: top + 16, 'text-anchor': 'middle'}, t)));

  // the heat map
  const means = state.band === bands.length, rows = means ? bands : [bands[state.band]];
  for (const b of bands) b.bytes = b.bytes || bytes(b.data);
  const at = (b, u, t) => b.low + (b.high - b.low) * b.bytes[u * T + t] / 255;
  const mean = (b, t) => { let sum = 0; for (let u = 0; u < b.units; u++) sum += Math.abs(at(b, u, t)); return sum / b.units; };
  const units = means ? bands.length : rows[0] ? rows[0].units : 0;
  const tall = means ? 26 : Math.max(3, Math.min(9, Math.round(300 / Math.max(units, 1)))), height = units * tall;
  state.unit = Math.min(state.unit, Math.max(0, (means ? bands[0] : rows[0] || {units: 1}).units - 1));
  const canvas = h('canvas', {width, height, style: `width:${width}px;height:${height}px`, tabindex: '0', role: 'application'});
  const c = canvas.getContext('2d');
  for (let u = 0; u < units; u++) {
    const b = means ? bands[u] : rows[0], most = Math.max(Math.abs(b.low), Math.abs(b.high));
    for (let t = 0; t < T; t++) {
      const v = means ? mean(b, t) : at(b, u, t);
      c.globalAlpha = Math.min(1, Math.abs(v) / most);
      c.fillStyle = css(v < 0 ? 'negative' : b.colour);
      c.fillRect(starts[t], u * tall, widths[t] - 1, tall - (tall > 4 ? 1 : 0));
    }
    if (means) { c.globalAlpha = 1; c.fillStyle = css(b.colour); c.fillRect(MARGIN - 8, u * tall + 2, 5, tall - 4); }
  }
  const cell = h('span', {class: 'cell', 'aria-hidden': 'true'}), caption = h('p', {role: 'status'});
  let timer = null;
  const mark = report => {
    const t = state.step, row = means ? null : state.unit;
    column.setAttribute('x', starts[t]); column.setAttribute('width', widths[t]);
    cell.style.cssText = units ? `left:${starts[t] - 1}px;width:${widths[t] + 1}px;top:${top + WORDS + (means ? 0 : row * tall) - 1}px;height:${(means ? height : tall) + 2}px` : 'display:none';
    const said = value.lanes.filter(l => !l.dashed).map(l => `${l.name} ${number(100 * l.values[t], 1)} %`);
    const inner = means ? bands.map(b => `${b.name} ${number(mean(b, t), 2)}`) : rows[0] ? [`${w.unit} ${value.ids.length ? value.ids[row] : row}: ${rows[0].name} ${number(at(rows[0], row, t), 2)}`] : [];
    const strange = value.known.length && !value.known[t] ? ` (${w.unknown})` : '';
    caption.textContent = [`${w.token} ${value.first + t + 1} “${shown[t]}”${strange}`, ...said, ...inner].join(' · ');
    canvas.setAttribute('aria-label', `${caption.textContent}. ${w.keys}`);
    clearTimeout(timer);
    if (report && value.pickable && !means) timer = setTimeout(() => trigger('pick', {layer: rows[0].layer, unit: row, step: value.first + t}), 120);
  };
  canvas.addEventListener('click', e => {
    const box = canvas.getBoundingClientRect(), x = (e.clientX - box.left) / box.width * width;
    state.step = Math.max(0, Math.min(T - 1, starts.findLastIndex(s => s <= x)));
    if (!means) state.unit = Math.max(0, Math.min(units - 1, Math.floor((e.clientY - box.top) / box.height * units)));
    mark(true);
  });
  canvas.addEventListener('keydown', e => {
    const move = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
    if (!move) return;
    e.preventDefault();
    state.step = Math.max(0, Math.min(T - 1, state.step + move[1]));
    if (!means) state.unit = Math.max(0, Math.min(units - 1, state.unit + move[0]));
    mark(true);
    if (starts[state.step] < scroller.scrollLeft + MARGIN) scroller.scrollLeft = starts[state.step] - MARGIN;
    if (starts[state.step + 1] > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = starts[state.step + 1] - scroller.clientWidth;
  });
  const scroller = h('div', {class: 'scroller'}, h('div', {class: 'inner', style: `width:${width}px`}, ticks, svg, units ? canvas : null, cell));
  const legend = h('ul', {}, value.lanes.map(l => h('li', {}, h('span', {class: `key ${l.dashed ? 'dashed' : ''}`, style: `border-color:var(--lm-${l.colour})`, 'aria-hidden': 'true'}), l.name)));
  const table = h('table', {}, h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, w.token), value.lanes.map(l => h('th', {scope: 'col'}, l.name)),
    bands.map(b => h('th', {scope: 'col'}, `${b.name} (${w.mean})`)))), h('tbody', {}, shown.map((t, i) => h('tr', {}, h('th', {scope: 'row'}, t),
    value.lanes.map(l => h('td', {}, `${number(100 * l.values[i], 1)} %`)), bands.map(b => h('td', {}, number(mean(b, i), 2)))))));
  root.append(h('h4', {}, value.title), value.lanes.length ? legend : '', choices, scroller, caption);
  if (units && !means) root.append(h('p', {class: 'muted'}, w.scale.replace('{low}', number(rows[0].low, 2)).replace('{high}', number(rows[0].high, 2)) + (value.known.includes(false) ? ' ' + w.dotted : '')));
  if (means) root.append(h('p', {class: 'muted'}, w.meaning));
  if (value.first) root.append(h('p', {class: 'muted'}, w.cut.replace('{n}', T).replace('{total}', value.total)));
  root.append(h('details', {open: !!open}, h('summary', {}, w.numbers), h('div', {class: 'numbers', tabindex: '0'}, table)));
  scroller.scrollLeft = atEnd ? width : left;
  mark(false);
}

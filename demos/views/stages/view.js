import { bytes, h, fill, number } from "../_runtime.js";
import writeOut, { field, initial as unfolded, mark, reduced, seen } from "../convolution/view.js";

const SHOWN = 7, FEW = 5, MAP = 52, FOLDED = 16, WIDE = 900;

// -- what is computed ----------------------------------------------------------------------------------------------------

// Row and column of a map's largest number.
export const peak = (c, channel) => {
  const data = c.bytes ||= bytes(c.data), pixels = c.height * c.width, own = data.subarray(channel * pixels, (channel + 1) * pixels);
  const best = own.reduce((b, v, i) => (v > own[b] ? i : b), 0);
  return [Math.floor(best / c.width), best % c.width];
};
// A pooled number is the largest of its window: which number of the map below won.
export const winner = (below, pooled, channel, [y, x]) => {
  const side = Math.floor(below.height / pooled.height), data = below.bytes ||= bytes(below.data), start = channel * below.height * below.width;
  let best = [y * side, x * side];
  for (let r = y * side; r < (y + 1) * side; r++) for (let s = x * side; s < (x + 1) * side; s++)
    if (data[start + r * below.width + s] > data[start + best[0] * below.width + best[1]]) best = [r, s];
  return best;
};
// A row of signed bytes as the numbers that they were.
export const shares = (of, row, count) => Array.from((of.bytes ||= bytes(of.data)).subarray(row * count, (row + 1) * count), v => (v - 128) / 127 * of.most);
export const strongest = (list, n) => list.map((v, i) => [v, i]).sort((a, b) => Math.abs(b[0]) - Math.abs(a[0])).slice(0, n);

export const initial = () => ({ scale: null, all: null, focus: null, shown: '', wide: null, observer: null, unfolded: unfolded() });

export default function draw(root, value, view) {
  const { state } = view;
  clearInterval(state.unfolded.timer);
  if (!value.columns) { root.replaceChildren(); return; }
  const had = root.contains?.(globalThis.document?.activeElement), wide = state.wide = root.clientWidth >= WIDE;
  const canvas = new Canvas(root, value, view, wide);
  root.replaceChildren(canvas.controls(), canvas.box, canvas.status, canvas.panel && !wide ? canvas.panel : '', canvas.tray());
  canvas.dark();
  if (had) canvas.refocus();
  if (canvas.panel && !wide && state.shown !== canvas.key) canvas.panel.scrollIntoView?.({block: 'nearest', behavior: reduced() ? 'auto' : 'smooth'});
  state.shown = canvas.key;
  if (globalThis.ResizeObserver && !state.observer) {  // narrow, what is unfolded stands below the columns
    state.observer = new ResizeObserver(() => { if (root.clientWidth && root.clientWidth >= WIDE !== state.wide) view.redraw(); });
    state.observer.observe(root);
  }
}

class Canvas {
  constructor(root, value, { state, trigger, redraw }, wide) {
    Object.assign(this, { root, value, state, trigger, redraw, w: value.words, columns: value.columns, n: value.number, scale: state.scale ?? value.scale, wide });
    this.key = !this.n ? '' : this.n.kind === 'map' ? `${this.n.layer}.${this.n.channel}` : `label.${this.n.label}`;
    this.chosen = !this.n ? -1 : this.n.kind === 'map' ? this.columns.findIndex(c => c.name === this.n.layer) : this.columns.length;
    this.open = !!this.n && wide;
    this.cells = [];
    this.edges = h('svg', {class: 'edges', 'aria-hidden': 'true'});
    this.status = h('p', {class: 'status muted', role: 'status'}, this.w.hint);
    this.frame = h('span', {class: 'field', 'aria-hidden': 'true', hidden: true});
    this.first = seen(value.picture);
    const all = [this.pictureColumn(), ...this.columns.map((_, i) => this.column(i)), this.labels()];
    this.panel = this.n ? this.unfold() : null;
    if (this.open) all.splice(this.chosen + 1, 0, this.panel);
    this.track = h('div', {class: 'columns', role: 'group', 'aria-label': this.w.label}, this.edges, all);
    this.track.addEventListener('keydown', e => this.keys(e));
    this.box = h('div', {class: `box${this.open ? ' open' : ''}`}, this.track);
    this.enter(this.cells.find(o => o.pressed) ?? this.cells[0]);
  }

  // -- columns
  map(c, channel) {
    const canvas = h('canvas', {width: c.width, height: c.height, 'aria-hidden': 'true'}), context = canvas.getContext?.('2d');
    if (!context) return canvas;
    const data = c.bytes ||= bytes(c.data), pixels = c.height * c.width, gain = this.scale === 'map' ? 1 : Math.sqrt(c.highs[channel] / Math.max(...c.highs, 1e-9));
    const image = context.createImageData(c.width, c.height);
    for (let i = 0; i < pixels; i++) { const v = data[channel * pixels + i] * gain; image.data.set([v, v, v, 255], 4 * i); }
    context.putImageData(image, 0, 0);
    return canvas;
  }
  pictureColumn() {
    const { width, height } = this.value.picture;
    return h('div', {class: 'column picture'}, h('div', {class: 'head'}, h('b', {}, this.w.picture), h('span', {}, `${width}×${height}`)), h('div', {class: 'seen'}, this.first, this.frame));
  }
  pressed(i, channel) {  // of a pooled map the one below it is unfolded
    if (this.n?.kind !== 'map' || channel !== this.n.channel) return false;
    return i === this.chosen || (i === this.chosen + 1 && this.columns[i].name.startsWith('pool'));
  }
  column(i) {
    const c = this.columns[i], near = !this.open || i === this.chosen || i === this.chosen - 1, all = fill(this.w.all, {n: c.count, layer: c.name});
    const head = h('button', {type: 'button', class: 'head', 'aria-expanded': String(this.state.all === i), title: all, 'aria-label': all,
      onclick: () => { Object.assign(this.state, {all: this.state.all === i ? null : i, focus: ['head', i]}); this.redraw(); }},
    h('b', {}, c.name), h('span', {}, `${c.width}×${c.height}`), h('span', {class: 'more'}, `${c.count} ▾`));
    const list = c.order.slice(0, this.wide ? SHOWN : FEW), own = this.n?.kind === 'map' && this.pressed(i, this.n.channel) ? this.n.channel : null;
    if (own !== null && !list.includes(own)) list[list.length - 1] = own;
    return h('div', {class: `column${near ? '' : ' folded'}`, style: `width:${near ? MAP : FOLDED}px`}, head,
      list.map((channel, row) => this.cell(i, channel, row, this.map(c, channel), `${c.name}, ${this.w.map} ${channel}`, this.pressed(i, channel))));
  }
  labels() {
    const last = this.columns.length;
    return h('div', {class: 'column labels'}, h('div', {class: 'head'}, h('b', {}, this.w.answer), h('span', {}, 'softmax')), this.value.scores.slice(0, this.wide ? 10 : SHOWN).map((s, k) => {
      const p = `${number(100 * s.p, 1)} %`;
      return this.cell(last, k, k, [h('span', {class: 'name'}, s.label), h('span', {class: 'track'}, h('span', {class: 'fill', style: `width:${100 * s.p}%`})), h('span', {class: 'p'}, p)],
        `${s.label}, ${p}`, this.n?.kind === 'label' && this.n.label === k);
    }));
  }
  cell(i, channel, row, content, name, pressed) {
    const button = h('button', {type: 'button', class: 'cell', tabindex: '-1', 'aria-pressed': String(pressed), 'aria-label': name,
      onclick: () => { this.state.focus = [i, row]; this.pick(i, channel); },
      onpointerenter: () => this.light(i, channel, button), onfocus: () => this.light(i, channel, button), onpointerleave: () => this.dark(), onblur: () => this.dark()}, content);
    this.cells.push({i, channel, row, button, pressed});
    return button;
  }
  pick(i, channel) {
    if (i === this.columns.length) return this.value.deciding && this.trigger('pick', {pick: this.key === `label.${channel}` ? '' : `label.${channel}`});
    let c = this.columns[i], at = peak(c, channel);
    if (c.name.startsWith('pool') && this.columns[i - 1]?.shares) [at, c] = [winner(this.columns[i - 1], c, channel, at), this.columns[i - 1]];
    if (c.shares) this.trigger('pick', {pick: this.key === `${c.name}.${channel}` ? '' : `${c.name}.${channel}.${at.join('.')}`});
  }

  // -- what fed a map lights up, and so does what it looks at
  light(i, channel, button) {
    this.dark();
    button.classList?.add('lit');
    const c = this.columns[i], below = this.columns[i - 1], at = c && peak(c, channel), s = this.value.scores[channel];
    const fed = !c ? this.value.deciding && shares(this.value.deciding, channel, below.count) : c.shares && shares(c.shares, channel, below?.count ?? 1);
    let text = c ? fill(this.w.told, {layer: c.name, map: channel, high: number(c.highs[channel], 2), row: at[0], column: at[1]}) : fill(this.w.told_label, {label: s.label, p: number(100 * s.p, 1)});
    if (fed && below) text += ' ' + fill(this.w.fed, {layer: below.name, maps: strongest(fed, 3).map(([v, m]) => `${m} (${v < 0 ? '−' : '+'}${number(Math.abs(v), 2)})`).join(', ')});
    this.status.textContent = text;
    if (this.open) return;
    if (c?.field) mark(this.frame, field(c.field, ...at), this.value.picture);
    this.connect(i, channel, fed, button);
  }
  connect(i, channel, fed, button) {
    const outer = this.track.getBoundingClientRect(), to = button.getBoundingClientRect(), most = fed ? Math.max(...fed.map(Math.abs), 1e-9) : 1;
    const from = i === 0 ? [{button: this.first, channel: 0}] : this.cells.filter(o => o.i === i - 1 && (fed || o.channel === channel));
    for (const o of from) {
      const b = o.button.getBoundingClientRect(), v = fed ? fed[o.channel] : 1, part = Math.abs(v) / most;
      const [x1, y1, x2, y2] = [b.right - outer.left, b.top + Math.min(b.height, MAP) / 2 - outer.top, to.left - outer.left, to.top + to.height / 2 - outer.top];
      this.edges.append(h('path', {d: `M${x1},${y1}C${(x1 + x2) / 2},${y1} ${(x1 + x2) / 2},${y2} ${x2},${y2}`, class: v < 0 ? 'minus' : 'plus', 'stroke-width': 1 + 3 * part, opacity: .2 + .8 * part}));
      o.button.classList.add('feeds');
    }
  }
  dark() {
    this.edges.replaceChildren();
    this.first.classList?.remove('feeds');
    for (const o of this.cells) o.button.classList?.remove('lit', 'feeds');
    if (this.n?.kind !== 'map') this.frame.hidden = true;
    else mark(this.frame, field(this.n.field, ...this.state.unfolded.at), this.value.picture);
  }

  // -- one number, written out
  unfold() {
    const panel = h('section', {class: 'lm-convolution panel', 'aria-label': this.w.unfolded});
    const trigger = (name, detail) => { if (name === 'pick') this.state.focus = [this.chosen, this.cells.find(o => o.pressed)?.row ?? 0]; this.trigger(name, detail); };
    const looked = (y, x) => mark(this.frame, field(this.n.field, y, x), this.value.picture);
    writeOut(panel, this.value, { state: this.state.unfolded, trigger, looked, narrow: this.root.clientWidth < 600 });
    return panel;
  }

  // -- around the columns
  controls() {
    const choice = name => h('button', {type: 'button', 'aria-pressed': String(this.scale === name), onclick: () => {
      Object.assign(this.state, {scale: name, focus: ['scale', name]}); this.trigger('rescale', {scale: name}); this.redraw(); }}, this.w[`scale_${name}`]);
    const stroke = sign => [h('span', {class: `stroke ${sign}`, 'aria-hidden': 'true'}), this.w[sign]];
    return h('div', {class: 'top'}, h('div', {class: 'seg', role: 'group', 'aria-label': this.w.scale}, choice('layer'), choice('map')),
      h('span', {class: 'legend muted'}, '0', h('span', {class: 'ramp', 'aria-hidden': 'true'}), this.w[`white_${this.scale}`]),
      this.value.deciding ? h('span', {class: 'legend muted'}, stroke('plus'), stroke('minus')) : '');
  }
  tray() {
    const i = this.state.all, c = i === null ? null : this.columns[i];
    if (!c) return '';
    const title = fill(this.w.all, {n: c.count, layer: c.name});
    return h('div', {class: 'tray', role: 'group', 'aria-label': title}, h('p', {class: 'muted'}, title), h('div', {class: 'many'}, c.order.map(channel =>
      h('button', {type: 'button', class: 'cell', 'aria-label': `${c.name}, ${this.w.map} ${channel}`, title: `${this.w.map} ${channel}: ≤ ${number(c.highs[channel], 2)}`, onclick: () => this.pick(i, channel)}, this.map(c, channel)))));
  }

  // -- keyboard: one stop for all maps, arrows between them, Escape folds up
  enter(cell) {
    for (const o of this.cells) o.button.setAttribute('tabindex', o === cell ? '0' : '-1');
    return cell;
  }
  keys(e) {
    if (e.key === 'Escape' && this.n) { this.state.focus = [this.chosen, this.cells.find(o => o.pressed)?.row ?? 0]; this.trigger('pick', {pick: ''}); return; }
    const by = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[e.key], now = this.cells.find(o => o.button === e.target);
    if (!by || !now) return;
    e.preventDefault();
    const there = this.cells.filter(o => o.i === now.i + by[0]), next = by[0] ? there[Math.min(now.row, there.length - 1)] : there.find(o => o.row === now.row + by[1]);
    if (next) this.enter(next).button.focus();
  }
  refocus() {
    const [what, which] = this.state.focus ?? [];
    const node = what === 'scale' ? this.root.querySelector('.seg [aria-pressed=true]') : what === 'head' ? this.root.querySelectorAll('button.head')[which] : this.cells.find(o => o.i === what && o.row === which)?.button;
    node?.focus({preventScroll: true});
  }
}

import { bytes, fill, h, number } from "../_runtime.js";

export const sized = true;
export const initial = () => ({key: '', at: null, step: 0, unit: 0, timer: null, played: false, asked: null});
const TOP = 50, FOOT = 46, STRIP = 20, PACE = 900;  // heights, a strip's width, milliseconds a word

// Between which two colours a number lies: below `centre` the one, above it the other, there none at all.
export const tint = (v, low, high, centre = 0) => ({plus: v >= centre, alpha: Math.min(1, Math.abs(v - centre) / Math.max(high - centre, centre - low, 1e-9))});
const signed = (v, digits = 3) => v < 0 ? `− ${number(-v, digits)}` : `+ ${number(v, digits)}`;

// One unit at one step, written out; `at` is where on the box's width its cell stands.
export function written(value, at = null) {
  const w = value.words;
  const line = (name, [i, x, weight, product]) => h('tr', {}, h('td', {}, `${name}[${i}]`), h('td', {}, number(x)), h('td', {}, '×'), h('td', {}, number(weight)),
    h('td', {}, '='), h('td', {}, number(product)));
  const parts = value.parts.map(p => {
    const most = Math.max(...[p.input.sum, p.state.sum, p.bias, p.sum].map(Math.abs), 1e-9);
    const row = (name, v, kind = false) => h('tr', {class: kind}, h('td', {}, name), h('td', {class: 'signed', 'aria-hidden': 'true'},
      h('i', {class: v < 0 ? 'minus' : 'plus', style: `${v < 0 ? 'right' : 'left'}:50%;width:${50 * Math.abs(v) / most}%`})), h('td', {}, number(v)));
    return h('section', {}, h('h5', {}, p.name), h('table', {}, h('tbody', {}, row(w.input, p.input.sum), row(w.before, p.state.sum), row('bias', p.bias),
      row(w.sum, p.sum, 'sum'),
      h('tr', {class: 'value'}, h('td', {colspan: '2'}, p.held ? w.held : `${p.squash}(${number(p.sum)})`), h('td', {}, number(p.value))))),
    h('details', {}, h('summary', {}, fill(w.all, {n: p.input.terms.length + p.state.terms.length})), h('div', {class: 'all', tabindex: '0'},
      h('table', {}, h('tbody', {}, p.input.terms.map(t => line('x', t)), p.state.terms.map(t => line('h', t)))))));
  });
  const by = Object.fromEntries(value.parts.map(p => [p.key, p])), steps = [];
  if (value.cell === null) steps.push([w.state, `h = tanh(${number(by.state.sum)}) = ${number(value.output)}`]);
  else {
    const f = by.forget.value, i = by.input.value, o = by.output.value, u = by.candidate.value;
    steps.push([w.cell, `c = ${w.forget} × ${w.old} + ${w.write} × ${w.candidate} = ${number(f)} × ${number(value.before)} ${signed(i * u)} = ${number(value.cell)}`]);
    steps.push([w.state, `h = ${w.show} × tanh(c) = ${number(o)} × ${number(Math.tanh(value.cell))} = ${number(value.output)}`]);
  }
  return h('div', {class: 'written', role: 'status', style: at === null ? false : `--at:${Math.round(at)}px`}, h('h4', {}, value.title),
    h('div', {class: 'parts'}, parts), h('dl', {}, steps.map(([name, text]) => [h('dt', {}, name), h('dd', {}, text)])));
}

export default function draw(root, value, { trigger, state, width = 640 }) {
  clearTimeout(state.timer);
  const left = root.querySelector('.scroller')?.scrollLeft ?? 0;
  const held = document.activeElement?.tagName === 'CANVAS' && root.contains(document.activeElement);  // its successor has the focus
  root.replaceChildren();
  const T = (value.tokens || []).length;
  if (!T) return;
  const w = value.words, strips = value.strips, units = strips[0].units;
  const key = value.tokens.join(' ');
  if (state.key !== key) Object.assign(state, {key, at: T, step: T - 1, playing: false});  // another text: all is read
  state.unit = Math.min(state.unit, units - 1);
  if (value.sums && [null, `${value.sums.step} ${value.sums.unit}`].includes(state.asked)) {  // not of what was chosen before
    state.step = Math.max(0, Math.min(T - 1, value.sums.step - value.first));
    state.unit = value.ids.length ? Math.max(0, value.ids.indexOf(value.sums.unit)) : value.sums.unit;
  }
  const still = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? true;
  const colours = globalThis.getComputedStyle?.(root), css = name => colours?.getPropertyValue(`--lm-${name}`).trim() || '#888';

  // where things stand
  const box = Math.max(280, width), tall = Math.max(2, Math.min(8, Math.round(190 / units))), body = units * tall;
  const wide = strips.length * STRIP + (strips.length - 1) * 4, least = Math.max(wide + 44, 12 + 8.5 * Math.max(...value.tokens.map(t => t.length)));
  const cellWidth = Math.max(least, (box - 2) / T), W = cellWidth * T, H = TOP + body + FOOT;
  const centre = t => (t + .5) * cellWidth, stripX = (t, s) => centre(t) - wide / 2 + s * (STRIP + 4);

  // the cells, the words beneath, the answers above, and the arrows from cell to cell
  const svg = h('svg', {width: W, height: H, 'aria-hidden': 'true'});
  const cells = value.tokens.map((token, t) => {
    const [label, colour, p] = value.answers[t], up = TOP + body;
    const g = h('g', {class: 'step'}, h('rect', {class: 'cell', x: centre(t) - wide / 2 - 8, y: TOP - 8, width: wide + 16, height: body + 16, rx: 9}),
      t ? h('path', {class: 'handed', d: `M${centre(t - 1) + wide / 2 + 9} ${TOP + body / 2}H${centre(t) - wide / 2 - 12}m-6 -5l6 5l-6 5`}) : '',
      h('path', {class: 'read', d: `M${centre(t)} ${up + 26}V${up + 11}m-4 5l4 -5l4 5`}),
      h('text', {class: `word${value.known.length && !value.known[t] ? ' strange' : ''}`, x: centre(t), y: H - 5, 'text-anchor': 'middle'}, token),
      h('text', {class: 'answer', x: centre(t), y: 14, 'text-anchor': 'middle', style: `fill:var(--lm-${colour})`}, `${Math.round(100 * p)} %`),
      h('text', {class: 'label', x: centre(t), y: 29, 'text-anchor': 'middle'}, cellWidth < 7 * label.length ? `${label.slice(0, 3)}.` : label));
    svg.append(g);
    return g;
  });
  const canvas = h('canvas', {width: W, height: body, style: `top:${TOP}px;width:${W}px;height:${body}px`, tabindex: '0', role: 'application'});
  const travel = h('canvas', {class: 'travel', width: wide, height: body, style: `top:${TOP}px;width:${wide}px;height:${body}px`, 'aria-hidden': 'true'});
  const mark = h('span', {class: 'mark', 'aria-hidden': 'true'}), caption = h('p', {class: 'told', role: 'status'});
  for (const s of strips) s.bytes = s.bytes || bytes(s.data);
  const at = (s, u, t) => s.low + (s.high - s.low) * s.bytes[u * T + t] / 255;
  const paint = (canvas, t, x, faint) => {
    const c = canvas.getContext('2d');
    strips.forEach((s, i) => {
      for (let u = 0; u < units; u++) {
        const { plus, alpha } = tint(at(s, u, t), s.low, s.high);
        c.globalAlpha = alpha * (faint ? .12 : 1);
        c.fillStyle = css(plus ? 'plus' : 'minus');
        c.fillRect(x + i * (STRIP + 4), u * tall, STRIP, tall - (tall > 3 ? 1 : 0));
      }
    });
  };
  const show = () => {
    canvas.getContext('2d').clearRect(0, 0, W, body);
    cells.forEach((g, t) => { g.setAttribute('class', `step${t < state.at ? '' : ' ahead'}${t === state.at - 1 && state.playing ? ' now' : ''}`); paint(canvas, t, stripX(t, 0), t >= state.at); });
  };

  // one number: what pointer, finger and arrow keys are at
  const tell = (t, u) => {
    const id = value.ids.length ? value.ids[u] : u;
    const [label, , p] = value.answers[t];
    mark.style.cssText = `left:${stripX(t, 0) - 2}px;top:${TOP + u * tall - 1}px;width:${wide + 4}px;height:${tall + 1}px`;
    caption.textContent = [`${w.word} ${value.first + t + 1} “${value.tokens[t]}”`, ...strips.map(s => `${w.unit} ${id}: ${s.name} ${number(at(s, u, t), 2)}`), `${label} ${number(100 * p, 1)} %`].join(' · ');
    canvas.setAttribute('aria-label', `${caption.textContent}. ${w.keys}`);
  };
  let waiting = null;
  const pick = () => {
    tell(state.step, state.unit);
    clearTimeout(waiting);
    const unit = value.ids.length ? value.ids[state.unit] : state.unit, step = value.first + state.step;
    state.asked = `${step} ${unit}`;
    waiting = setTimeout(() => trigger('pick', {layer: strips[0].layer, unit, step}), 120);
  };
  const under = e => {
    const r = canvas.getBoundingClientRect();
    return [Math.max(0, Math.min(T - 1, Math.floor((e.clientX - r.left) / cellWidth))), Math.max(0, Math.min(units - 1, Math.floor((e.clientY - r.top) / tall)))];
  };
  canvas.addEventListener('pointermove', e => tell(...under(e)));
  canvas.addEventListener('pointerleave', () => tell(state.step, state.unit));
  canvas.addEventListener('click', e => { stop(); [state.step, state.unit] = under(e); pick(); });
  const scroller = h('div', {class: 'scroller'}, h('div', {class: 'inner', style: `width:${W}px;height:${H}px`}, svg, canvas, travel, mark));
  const into = t => {  // brings a cell into sight
    if (stripX(t, 0) - 30 < scroller.scrollLeft) scroller.scrollLeft = stripX(t, 0) - 30;
    if (stripX(t, 0) + wide + 60 > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = stripX(t, 0) + wide + 60 - scroller.clientWidth;
  };
  canvas.addEventListener('keydown', e => {
    const move = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Enter: [0, 0]}[e.key];
    if (!move) return;
    e.preventDefault(); stop();
    state.step = Math.max(0, Math.min(T - 1, state.step + move[0])); state.unit = Math.max(0, Math.min(units - 1, state.unit + move[1]));
    into(state.step); pick();
  });

  // the moving picture
  const button = h('button', {type: 'button', class: 'play', onclick: () => state.playing ? stop() : play(state.at >= T ? 0 : state.at)});
  const label = () => { button.textContent = state.playing ? `❚❚ ${w.pause}` : `▶ ${w.play}`; };
  const stop = () => { clearTimeout(state.timer); if (state.playing || state.at < T) { state.playing = false; state.at = T; show(); } travel.style.opacity = 0; label(); };
  const play = t => { state.playing = true; state.at = t; show(); label(); hand(); };
  const hand = () => {  // hands the state from the last cell that was read to the next one
    const t = state.at;
    if (t >= T) { stop(); return; }
    if (t && !still) {
      travel.getContext('2d').clearRect(0, 0, wide, body);
      paint(travel, t - 1, 0, false);
      travel.style.transition = 'none'; travel.style.opacity = 1; travel.style.transform = `translateX(${stripX(t - 1, 0)}px)`;
      travel.getBoundingClientRect();  // so that the way begins there
      travel.style.transition = `transform ${PACE * .55}ms ease-in-out`; travel.style.transform = `translateX(${stripX(t, 0)}px)`;
    }
    into(t);
    state.timer = setTimeout(() => {
      state.at = t + 1; show(); tell(t, state.unit); travel.style.opacity = 0;
      state.timer = setTimeout(hand, PACE * .35);
    }, still ? PACE : PACE * .6);
  };
  show();
  root.append(h('div', {class: 'head'}, h('h4', {}, value.title), button), caption, scroller);
  scroller.scrollLeft = left;
  if (value.sums) root.append(written(value.sums, centre(state.step) - scroller.scrollLeft));
  else root.append(h('p', {class: 'muted'}, w.help));
  root.append(h('p', {class: 'muted'}, strips.map(s => [`${s.name} ${number(s.low, 2)}`, h('span', {class: 'scale', 'aria-hidden': 'true'}), `+${number(s.high, 2)} · `]), w.scale));
  if (value.first) root.append(h('p', {class: 'muted'}, fill(w.cut, {n: T, total: value.total})));
  tell(state.step, state.unit);
  label();
  if (state.playing) hand();
  if (held) canvas.focus({preventScroll: true});
  if (!state.playing && !state.played && !still && !value.sums) { state.played = true; play(0); }
}

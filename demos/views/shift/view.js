import { bytes, colour, h, fill, number } from "../_runtime.js";

// How many whole pixels a finger has pushed the picture, at most `farthest` to each side.
export const pushed = (from, to, pixel, farthest) => Math.max(-farthest, Math.min(farthest, Math.round((to - from) / pixel)));
// A picture pushed aside; black comes in.
export const moved = (data, width, height, dx, dy) => Uint8Array.from(data, (_, i) => {
  const x = i % width - dx, y = Math.floor(i / width) - dy;
  return x >= 0 && y >= 0 && x < width && y < height ? data[y * width + x] : 0;
});

export const initial = () => ({ at: [0, 0], picture: null, nodes: null, held: null, timer: null, sent: 0 });

const paint = (canvas, width, height, of) => {
  const context = canvas.getContext?.('2d');
  if (!context) return canvas;
  const image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set(of(i), 4 * i);
  context.putImageData(image, 0, 0);
  return canvas;
};

export default function draw(root, value, view) {
  const { state, trigger } = view;
  if (!value.picture) { root.replaceChildren(); state.nodes = null; return; }
  const w = value.words, p = value.picture, far = value.farthest, data = p.bytes ||= bytes(p.data);
  if (state.picture !== p.data || !state.held) Object.assign(state, { picture: p.data, at: state.picture === p.data && state.timer ? state.at : [value.dx, value.dy] });
  if (!state.nodes || !root.contains?.(state.nodes.left)) {  // the pad stays while a finger is on it: only what is beside it is drawn anew
    const canvas = h('canvas', {class: 'pad', width: p.width, height: p.height, tabindex: '0', role: 'application'});
    state.nodes = { canvas, said: h('p', {class: 'muted', role: 'status'}), buttons: h('div', {class: 'buttons'}), right: h('div', {class: 'right'}) };
    state.nodes.left = h('div', {class: 'left'}, h('h4', {}, w.drag), canvas, state.nodes.said, state.nodes.buttons);
    canvas.addEventListener('pointerdown', e => { canvas.setPointerCapture(e.pointerId); state.held = [e.clientX, e.clientY, ...state.at]; });
    canvas.addEventListener('pointermove', e => {
      if (!state.held) return;
      const pixel = canvas.getBoundingClientRect().width / state.width, [x, y, dx, dy] = state.held;
      state.go(pushed(x - dx * pixel, e.clientX, pixel, state.far), pushed(y - dy * pixel, e.clientY, pixel, state.far));
    });
    for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, () => { state.held = null; });
    canvas.addEventListener('keydown', e => {
      const by = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[e.key];
      if (by) { e.preventDefault(); state.go(state.at[0] + by[0], state.at[1] + by[1]); }
    });
    root.replaceChildren(h('div', {class: 'both'}, state.nodes.left, state.nodes.right));
  }
  const { canvas, said, buttons, right } = state.nodes;
  Object.assign(state, {width: p.width, far});
  const show = () => {
    const pixels = moved(data, p.width, p.height, ...state.at);
    paint(canvas, p.width, p.height, i => [pixels[i], pixels[i], pixels[i], 255]);
    const text = fill(w.where, {dx: state.at[0], dy: state.at[1]}).replaceAll('-', '−');
    said.textContent = text;
    canvas.setAttribute('aria-label', `${w.drag}. ${text}. ${w.keys}`);
  };
  state.go = (dx, dy) => {
    const next = [dx, dy].map(v => Math.max(-far, Math.min(far, v)));
    if (next[0] === state.at[0] && next[1] === state.at[1]) return;
    state.at = next; show();
    if (state.timer) return;  // at most four questions a second, the last place always among them
    const ask = () => { state.sent = Date.now(); state.timer = null; trigger('move', {dx: state.at[0], dy: state.at[1]}); };
    state.timer = setTimeout(ask, Math.max(0, 250 - (Date.now() - state.sent)));
  };
  buttons.replaceChildren(...[['←', -1, 0, w.left], ['→', 1, 0, w.right], ['↑', 0, -1, w.up], ['↓', 0, 1, w.down]].map(([sign, x, y, name]) =>
    h('button', {type: 'button', 'aria-label': name, onclick: () => state.go(state.at[0] + x, state.at[1] + y)}, sign)),
  h('button', {type: 'button', onclick: () => state.go(0, 0)}, w.reset));
  show();

  const plus = colour(root, '--lm-plus'), minus = colour(root, '--lm-minus');
  const picture = (l, kind) => {
    const values = bytes(l[kind]), node = h('canvas', {width: l.width, height: l.height, role: 'img', 'aria-label': `${l.name}, ${w[kind]}`});
    return paint(node, l.width, l.height, i => {
      if (kind !== 'difference') return [values[i], values[i], values[i], 255];
      const y = Math.floor(i / l.width), x = i % l.width, [top, bottom, left, far] = l.there;
      if (y < top || y >= bottom || x < left || x >= far) return [128, 128, 128, 60];
      const v = values[i] - 128;
      return [...(v < 0 ? minus : plus), Math.min(255, 2 * Math.abs(v))];
    });
  };
  const drawn = value.layers.filter(l => l.before);
  const most = Math.max(1, ...value.layers.map(l => Math.max(l.fixed, l.aligned)));
  const bar = (v, kind) => h('span', {class: 'track'}, h('span', {class: `fill ${kind}`, style: `width:${100 * v / most}%`}));
  right.replaceChildren(h('p', {class: 'told', role: 'status'}, value.told),
    h('div', {class: 'maps', style: `grid-template-columns:6.5rem repeat(${drawn.length}, minmax(0, 1fr))`},
      h('span', {}), drawn.map(l => h('b', {}, l.name, h('small', {}, ` ${w.map} ${l.channel}`))),
      ['before', 'after', 'back', 'difference'].map(kind => [h('span', {class: 'name'}, w[kind]), drawn.map(l => picture(l, kind))])),
    h('div', {class: 'table', role: 'table', 'aria-label': w.table},
      h('div', {class: 'row names', role: 'row'}, h('span', {role: 'columnheader'}, w.layer), h('span', {role: 'columnheader'}, w.step), h('span', {role: 'columnheader'}, w.fixed), h('span', {role: 'columnheader'}, w.aligned)),
      value.layers.map(l => h('div', {class: 'row', role: 'row'}, h('span', {role: 'cell'}, l.name), h('span', {role: 'cell'}, `${l.step}`),
        h('span', {role: 'cell', class: 'value'}, bar(l.fixed, 'fixed'), `${number(100 * l.fixed, 0)} %`),
        h('span', {role: 'cell', class: 'value'}, bar(l.aligned, 'aligned'), l.aligned < 1e-4 && (value.dx || value.dy) ? w.exact : `${number(100 * l.aligned, 0)} %`)))));
}

import { bytes, h, number as plain } from "../_runtime.js";

const number = (value, digits) => plain(value, digits).replace('-', '−');
export const initial = () => ({layer: 0, channel: 0, y: 10, x: 10});
export default function draw(root, value, { trigger, state, redraw }) {
  root.replaceChildren();
  if (!value.layers || !value.layers.length) return;
  const words = value.words, layers = value.layers;
  state.layer = Math.min(state.layer, layers.length - 1);
  const paint = (canvas, layer, channel) => {
    const pixels = layer.bytes = layer.bytes || bytes(layer.data), size = layer.height * layer.width;
    const c = canvas.getContext('2d'), image = c.createImageData(layer.width, layer.height);
    for (let i = 0; i < size; i++) {
      const v = pixels[channel * size + i];
      image.data.set([v, v, v, 255], 4 * i);
    }
    c.putImageData(image, 0, 0);
  };
  const picker = h('div', {class: 'layers', role: 'group', 'aria-label': words.layers});
  layers.forEach((layer, i) => picker.append(h('button', {type: 'button', 'aria-pressed': String(i === state.layer),
    onclick: () => { state.layer = i; state.channel = 0; redraw(); root.querySelectorAll('.layers button')[i].focus(); }},
    `${layer.name} · ${layer.count} × ${layer.height}×${layer.width}`)));
  const layer = layers[state.layer];
  state.channel = Math.min(state.channel, layer.count - 1);
  state.y = Math.min(state.y, layer.height - 1); state.x = Math.min(state.x, layer.width - 1);
  const grid = h('div', {class: 'maps', role: 'group', 'aria-label': words.maps});
  for (let i = 0; i < layer.count; i++) {
    const small = h('canvas', {width: layer.width, height: layer.height, 'aria-hidden': 'true'});
    paint(small, layer, i);
    grid.append(h('button', {type: 'button', 'aria-label': `${words.map} ${i}`, 'aria-pressed': String(i === state.channel), onclick: () => choose(i)}, small));
  }
  const large = h('canvas', {width: layer.width, height: layer.height, tabindex: '0', role: 'application'});
  const mark = h('span', {class: 'mark', 'aria-hidden': 'true'});
  const caption = h('p', {role: 'status'});
  let timer = null;
  const pick = report => {
    mark.style.cssText = `left:${100 * state.x / layer.width}%;top:${100 * state.y / layer.height}%;width:${100 / layer.width}%;height:${100 / layer.height}%`;
    const size = layer.height * layer.width, v = layer.bytes[state.channel * size + state.y * layer.width + state.x];
    caption.textContent = `${layer.name}, ${words.map} ${state.channel}, ${words.row} ${state.y}, ${words.column} ${state.x}: ≈ ${number(layer.low + (layer.high - layer.low) * (v / 255) ** 2, 2)}`;
    large.setAttribute('aria-label', `${caption.textContent}. ${words.keys}`);
    clearTimeout(timer);
    if (report && value.pickable) timer = setTimeout(() => trigger('pick',
      {layer: layer.name, channel: state.channel, y: state.y, x: state.x}), 120);
  };
  const choose = i => {
    state.channel = i;
    grid.querySelectorAll('button').forEach((b, j) => b.setAttribute('aria-pressed', String(j === i)));
    paint(large, layer, i); pick(true);
  };
  large.addEventListener('click', e => {
    const box = large.getBoundingClientRect();
    state.x = Math.min(layer.width - 1, Math.floor((e.clientX - box.left) / box.width * layer.width));
    state.y = Math.min(layer.height - 1, Math.floor((e.clientY - box.top) / box.height * layer.height));
    pick(true);
  });
  large.addEventListener('keydown', e => {
    const move = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
    if (!move) return;
    e.preventDefault();
    state.y = Math.max(0, Math.min(layer.height - 1, state.y + move[0]));
    state.x = Math.max(0, Math.min(layer.width - 1, state.x + move[1]));
    pick(true);
  });
  root.append(picker, h('div', {class: 'both'}, grid,
    h('div', {class: 'one'}, h('div', {class: 'frame'}, large, mark), caption)),
    h('p', {class: 'muted'}, words.scale.replace('{low}', number(layer.low, 2)).replace('{high}', number(layer.high, 2))));
  paint(large, layer, state.channel); pick(false);
}

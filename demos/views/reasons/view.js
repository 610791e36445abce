import { bytes, colour, h, fill, number } from "../_runtime.js";

// Means of squares of `side` numbers, on the scale of the largest of them.
export const blocks = (values, width, height, side) => {
  const means = values.map((_, i) => {
    const top = Math.floor(Math.floor(i / width) / side) * side, left = Math.floor(i % width / side) * side;
    let sum = 0, n = 0;
    for (let y = top; y < Math.min(top + side, height); y++) for (let x = left; x < Math.min(left + side, width); x++) { sum += values[y * width + x]; n++; }
    return sum / n;
  });
  const most = Math.max(...means.map(Math.abs), 1e-9);
  return means.map(v => v / most);
};

export const initial = () => ({ grain: null, focus: null });

export default function draw(root, value, { state, trigger, redraw }) {
  if (!value.items || !value.items.length) { root.replaceChildren(); return; }
  const had = root.contains?.(globalThis.document?.activeElement), w = value.words, grain = state.grain ?? value.grain;
  const plus = colour(root, '--lm-plus'), minus = colour(root, '--lm-minus');
  const choice = (name, text, chosen, act) => h('button', {type: 'button', 'data-name': name, 'aria-pressed': String(chosen), onclick: () => { state.focus = name; act(); }}, text);
  const figures = value.items.map(item => {
    const raw = Array.from(bytes(item.data), v => (v - 128) / 127), { width, height } = item;
    const values = !item.smooth && grain === 'blocks' ? blocks(raw, width, height, 4) : raw;
    const shade = h('canvas', {class: item.smooth ? 'soft' : '', width, height, 'aria-hidden': 'true'}), context = shade.getContext?.('2d');
    if (context) {
      const image = context.createImageData(width, height);
      values.forEach((v, i) => image.data.set([...(v < 0 ? minus : plus), Math.round(225 * Math.abs(v) ** (item.smooth ? 1 : .7))], 4 * i));
      context.putImageData(image, 0, 0);
    }
    const [l, t, r, b] = item.frame, read = h('span', {class: 'read', role: 'status'});
    shade.style.cssText = `left:${100 * l}%;top:${100 * t}%;width:${100 * (r - l)}%;height:${100 * (b - t)}%`;
    const area = h('div', {class: 'area', tabindex: '0', role: 'application', 'aria-label': `${item.alt}. ${w.keys}`, style: `aspect-ratio:${item.aspect}`}, h('img', {src: item.over, alt: '', class: item.over.startsWith('data:image/png') ? 'sharp' : ''}), shade);
    let at = [Math.floor(height / 2), Math.floor(width / 2)];
    const tell = () => { read.textContent = fill(w.read, {row: at[0], column: at[1], value: (values[at[0] * width + at[1]] > 0 ? '+' : '') + number(values[at[0] * width + at[1]], 2).replace('-', '−')}); };
    const point = e => {
      const box = shade.getBoundingClientRect(), x = Math.floor((e.clientX - box.left) / box.width * width), y = Math.floor((e.clientY - box.top) / box.height * height);
      if (x >= 0 && y >= 0 && x < width && y < height) { at = [y, x]; tell(); }
    };
    area.addEventListener('pointermove', point); area.addEventListener('pointerdown', point);
    area.addEventListener('keydown', e => {
      const by = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
      if (by) { e.preventDefault(); at = [Math.max(0, Math.min(height - 1, at[0] + by[0])), Math.max(0, Math.min(width - 1, at[1] + by[1]))]; tell(); }
    });
    return h('figure', {}, h('h4', {}, item.title), area, h('figcaption', {}, item.note, read),
      item.smooth ? '' : h('div', {class: 'seg', role: 'group', 'aria-label': w.grain}, ['pixels', 'blocks'].map(g =>
        choice(`grain-${g}`, w[g], grain === g, () => { state.grain = g; trigger('regrain', {grain: g}); redraw(); }))));
  });
  root.replaceChildren(h('div', {class: 'top'}, h('span', {class: 'muted'}, w.for), value.labels.map(([name, text]) =>
    choice(`label-${name}`, text, name === value.chosen, () => trigger('ask', {label: name})))),
  h('div', {class: 'row'}, figures),
  h('p', {class: 'legend muted'}, ['minus', 'none', 'plus'].map(sign => h('span', {}, h('span', {class: `swatch ${sign}`, 'aria-hidden': 'true'}), w[sign]))));
  if (had && state.focus) [...root.querySelectorAll('button')].find(b => b.dataset.name === state.focus)?.focus();
}

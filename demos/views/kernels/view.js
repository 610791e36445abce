import { bytes, colour, h, number } from "../_runtime.js";

// A kernel's numbers, from bytes around 128.
export const kernel = (value, i) => Array.from((value.bytes ||= bytes(value.data)).subarray(i * value.side ** 2, (i + 1) * value.side ** 2), v => (v - 128) / 127);

export const initial = () => ({ focus: null });

export default function draw(root, value, { state, trigger }) {
  if (!value.count) { root.replaceChildren(); return; }
  const had = root.contains?.(globalThis.document?.activeElement), w = value.words, plus = colour(root, '--lm-plus'), minus = colour(root, '--lm-minus');
  const paint = i => {
    const canvas = h('canvas', {width: value.side, height: value.side, 'aria-hidden': 'true'}), context = canvas.getContext?.('2d');
    if (!context) return canvas;
    const image = context.createImageData(value.side, value.side);
    kernel(value, i).forEach((v, j) => image.data.set([...(v < 0 ? minus : plus), Math.round(255 * Math.abs(v))], 4 * j));
    context.putImageData(image, 0, 0);
    return canvas;
  };
  const layers = h('div', {class: 'seg', role: 'group', 'aria-label': w.layer}, Array.from({length: value.layers}, (_, i) => h('button', {type: 'button', 'data-name': `l${i + 1}`,
    'aria-pressed': String(i + 1 === value.layer), onclick: () => { state.focus = `l${i + 1}`; trigger('pick', {layer: i + 1, channel: 0}); }}, String(i + 1))));
  const buttons = Array.from({length: value.count}, (_, i) => h('button', {type: 'button', class: 'kernel', 'data-name': `k${i}`, tabindex: i === value.channel ? '0' : '-1', 'aria-pressed': String(i === value.channel),
    'aria-label': `${w.filter} ${i}: ${kernel(value, i).map(v => number(v * value.most, 1)).join(' ')}`, title: `${w.filter} ${i}`,
    onclick: () => { state.focus = `k${i}`; trigger('pick', {layer: value.layer, channel: i}); }}, paint(i)));
  const grid = h('div', {class: 'grid', role: 'group', 'aria-label': w.title}, buttons);
  grid.addEventListener('keydown', e => {
    const now = buttons.indexOf(e.target), by = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -8, ArrowDown: 8}[e.key];
    if (!by || now < 0) return;
    e.preventDefault(); buttons[Math.max(0, Math.min(buttons.length - 1, now + by))].focus();
  });
  const pictures = (items, letters) => h('div', {class: 'pieces', role: 'list'}, items.map((item, i) => h('figure', {role: 'listitem'},
    h('img', {src: item.src, alt: item.alt}), h('figcaption', {}, letters ? 'ABCDEFGH'[i] : item.caption))));
  root.replaceChildren(h('div', {class: 'both'},
    h('div', {class: 'left'}, h('div', {class: 'top'}, h('span', {}, w.layer), layers), h('h4', {}, w.title), grid,
      h('p', {class: 'muted legend'}, number(-value.most, 1).replace('-', '−'), h('span', {class: 'ramp', 'aria-hidden': 'true'}), `+${number(value.most, 1)}`), h('p', {class: 'muted'}, w.note)),
    h('div', {class: 'right'}, h('h4', {}, w.strongest), pictures(value.patches, false), h('p', {class: 'muted'}, w.searched),
      value.asked.length ? [h('h4', {}, w.quiz), pictures(value.asked, true)] : '')));
  if (had && state.focus) [...root.querySelectorAll('button')].find(b => b.dataset.name === state.focus)?.focus({preventScroll: true});
}

import { bytes, colour, h, fill, number } from "../_runtime.js";

// A preset of k x k numbers.
export const preset = (name, k) => {
  const m = (k - 1) / 2, all = Array.from({length: k * k}, (_, i) => [Math.floor(i / k) - m, i % k - m]);
  if (name === 'upright') return all.map(([, x]) => (k === 1 ? 1 : Math.sign(x)));
  if (name === 'level') return all.map(([y]) => (k === 1 ? 1 : Math.sign(y)));
  if (name === 'blur') return all.map(() => Math.round(10 / (k * k)) / 10 || .1);
  const centre = ([y, x]) => y === 0 && x === 0, ring = ([y, x]) => Math.abs(y) + Math.abs(x) === 1;
  if (name === 'sharpen') return all.map(p => (centre(p) ? (k === 1 ? 1 : 5) : ring(p) ? -1 : 0));
  return all.map(p => (centre(p) ? (k === 1 ? 1 : 4) : ring(p) ? -1 : 0));
};
export const outputSize = (size, side, stride, padding) => Math.floor((size + 2 * padding - side) / stride) + 1;
// The patch under the kernel at one place of the result; zeros outside the picture.
export const patch = (pixels, size, side, stride, padding, y, x) => Array.from({length: side * side}, (_, i) => {
  const r = y * stride - padding + Math.floor(i / side), c = x * stride - padding + i % side;
  return r >= 0 && c >= 0 && r < size && c < size ? pixels[r * size + c] / 255 : 0;
});
export const convolve = (pixels, size, kernel, side, stride, padding) => {
  const out = outputSize(size, side, stride, padding);
  return Array.from({length: out * out}, (_, i) =>
    patch(pixels, size, side, stride, padding, Math.floor(i / out), i % out).reduce((a, v, j) => a + v * kernel[j], 0));
};
export const read = text => {
  const [kernel, side, stride, padding] = text.split('.');
  return { name: /^[a-z]/.test(kernel) ? kernel : 'own', side: +side, stride: +stride, padding: +padding,
    kernel: /^[a-z]/.test(kernel) ? preset(kernel, +side) : kernel.split(',').map(v => v / 10) };
};
export const write = t => `${t.name === 'own' ? t.kernel.map(v => Math.round(10 * v)).join(',') : t.name}.${t.side}.${t.stride}.${t.padding}`;

export const initial = () => ({ toy: null, given: null, at: null, timer: null, focus: null });

export default function draw(root, value, view) {
  if (!value.picture) { root.replaceChildren(); return; }
  const { state, trigger } = view, w = value.words, size = value.picture.width, pixels = value.picture.bytes ||= bytes(value.picture.data);
  if (state.given !== value.toy && state.sent !== value.toy) state.toy = null;
  state.given = value.toy;
  const t = state.toy ??= read(value.toy), had = root.contains?.(globalThis.document?.activeElement);
  const out = outputSize(size, t.side, t.stride, t.padding), result = convolve(pixels, size, t.kernel, t.side, t.stride, t.padding);
  const most = Math.max(...result.map(Math.abs), 1e-9);
  if (!state.at || state.at[0] >= out || state.at[1] >= out) { const i = result.reduce((b, v, j) => (Math.abs(v) > Math.abs(result[b]) ? j : b), 0); state.at = [Math.floor(i / out), i % out]; }
  const change = part => {
    Object.assign(t, part);
    if ('side' in part && t.name !== 'own') t.kernel = preset(t.name, t.side);
    else if ('side' in part) { t.name = 'outline'; t.kernel = preset(t.name, t.side); }
    state.at = null; state.sent = write(t); view.redraw();
    clearTimeout(state.timer); state.timer = setTimeout(() => trigger('turn', {toy: state.sent}), 400);
  };
  const seg = (label, key, list, name = v => String(v)) => h('div', {class: 'choice'}, h('span', {}, label), h('div', {class: 'seg', role: 'group', 'aria-label': label}, list.map(v => h('button', {type: 'button',
    'data-name': `${key}-${v}`, 'aria-pressed': String(t[key] === v), onclick: () => { state.focus = `${key}-${v}`; change(key === 'name' ? {name: v, kernel: preset(v, t.side)} : {[key]: v}); }}, name(v)))));
  const numbers = h('div', {class: 'numbers', role: 'group', 'aria-label': w.kernel, style: `grid-template-columns:repeat(${t.side},1fr)`}, t.kernel.map((v, i) => {
    const field = h('input', {type: 'number', step: '.1', min: '-9', max: '9', 'aria-label': `${w.kernel} ${Math.floor(i / t.side)}, ${i % t.side}`, 'data-name': `n${i}`});
    field.value = String(Math.round(v * 100) / 100);
    field.addEventListener('change', () => { state.focus = `n${i}`; const kernel = [...t.kernel]; kernel[i] = Math.max(-9, Math.min(9, Math.round(10 * (+field.value || 0)) / 10)); change({name: 'own', kernel}); });
    return field;
  }));
  // -- the picture with its padding, and what comes out
  const whole = size + 2 * t.padding, input = h('canvas', {width: whole, height: whole, 'aria-hidden': 'true'}), output = h('canvas', {width: out, height: out, tabindex: '0', role: 'application'});
  const plus = colour(root, '--lm-plus'), minus = colour(root, '--lm-minus'), one = input.getContext?.('2d'), two = output.getContext?.('2d');
  if (one) {
    const image = one.createImageData(whole, whole);
    for (let i = 0; i < whole * whole; i++) {
      const y = Math.floor(i / whole) - t.padding, x = i % whole - t.padding, inside = y >= 0 && x >= 0 && y < size && x < size, v = inside ? pixels[y * size + x] : 0;
      image.data.set(inside ? [v, v, v, 255] : [128, 128, 128, 90], 4 * i);
    }
    one.putImageData(image, 0, 0);
    const made = two.createImageData(out, out);
    result.forEach((v, i) => made.data.set([...(v < 0 ? minus : plus), Math.round(255 * Math.abs(v) / most)], 4 * i));
    two.putImageData(made, 0, 0);
  }
  const window = h('span', {class: 'window', 'aria-hidden': 'true'}), mark = h('span', {class: 'window', 'aria-hidden': 'true'}), told = h('p', {role: 'status'});
  const show = () => {
    const [y, x] = state.at, part = 100 / whole;
    window.style.cssText = `left:${x * t.stride * part}%;top:${y * t.stride * part}%;width:${t.side * part}%;height:${t.side * part}%`;
    mark.style.cssText = `left:${100 * x / out}%;top:${100 * y / out}%;width:${100 / out}%;height:${100 / out}%`;
    const under = patch(pixels, size, t.side, t.stride, t.padding, y, x), sum = result[y * out + x];
    const terms = under.map((v, i) => [v, t.kernel[i]]).filter(([v, k]) => v && k).map(([v, k]) => `${number(v, 2)}·${k < 0 ? `(${number(k, 1)})` : number(k, 1)}`);
    told.textContent = `${fill(w.at, {row: y, column: x})} ${terms.length ? terms.slice(0, 9).join(' + ') + (terms.length > 9 ? ' + …' : '') : '0'} = ${number(sum, 2)}`.replaceAll('-', '−');
    output.setAttribute('aria-label', `${w.output}. ${told.textContent}. ${w.keys}`);
  };
  const point = e => {
    const box = output.getBoundingClientRect(), clamp = v => Math.max(0, Math.min(out - 1, Math.floor(v * out)));
    state.at = [clamp((e.clientY - box.top) / box.height), clamp((e.clientX - box.left) / box.width)]; show();
  };
  output.addEventListener('pointermove', point); output.addEventListener('pointerdown', point);
  output.addEventListener('keydown', e => {
    const by = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
    if (by) { e.preventDefault(); state.at = state.at.map((v, i) => Math.max(0, Math.min(out - 1, v + by[i]))); show(); }
  });
  const figure = (title, ...inner) => h('figure', {}, h('h4', {}, title), h('div', {class: 'area'}, inner));
  root.replaceChildren(
    h('div', {class: 'controls'}, seg(w.preset, 'name', value.presets, v => w[v]), seg(w.side, 'side', value.sides, v => `${v}×${v}`), seg(w.stride, 'stride', value.strides), seg(w.padding, 'padding', value.paddings)),
    h('div', {class: 'row'}, figure(fill(w.input, {n: whole}), input, window), h('figure', {class: 'middle'}, h('h4', {}, w.kernel), numbers), figure(fill(w.result, {n: out}), output, mark)),
    h('p', {class: 'formula'}, `(${size} + 2·${t.padding} − ${t.side}) / ${t.stride} + 1 = ${out}`, h('span', {class: 'muted'}, ` ${w.formula}`)),
    told, h('p', {class: 'legend muted'}, number(-most, 1).replace('-', '−'), h('span', {class: 'ramp', 'aria-hidden': 'true'}), `+${number(most, 1)}`));
  show();
  if (had && state.focus) [...root.querySelectorAll('button, input')].find(b => b.dataset.name === state.focus)?.focus({preventScroll: true});
}

// What every view shares: it is mounted here, and made of these small helpers.

// Draws `<name>/view.js` into an element of the page, now and whenever its value changes. The module is fetched once for all
// elements; it exports `draw(root, value, view)` and, where the visitor's choices outlive a value, what they are at first:
// `initial()`. `view` holds that `state`, of this element alone, `trigger(event, detail)` and `redraw()`. A module that exports
// `sized = true` lays itself out in real pixels: `view.width` of them, and is drawn again when that changes.
export async function mount(name, element, props, trigger, watch) {
  let redraw = () => {};  // until the module is there; then the value is drawn that is the newest
  watch('value', () => redraw());
  const { default: draw, initial, sized } = await import(`./${name}/view.js`);
  const view = { state: initial?.() ?? {}, trigger, redraw: () => redraw() };
  redraw = () => {
    const root = element.querySelector('.lm-view');
    if (!root) return;
    if (sized) {
      if (!root.firstChild) root.append(h('i'));  // the page's style hides an empty view, which then has no width
      view.width = root.clientWidth;
    }
    draw(root, props.value || {}, view);
    // A title follows the page's h2 in a step, its h1 above them.
    const level = root.closest('.lm-inside') ? 3 : 2;
    for (const title of root.querySelectorAll('h4')) title.setAttribute('aria-level', level);
    for (const title of root.querySelectorAll('h5')) title.setAttribute('aria-level', level + 1);
  };
  redraw();
  if (sized) new ResizeObserver(() => {
    const width = element.querySelector('.lm-view')?.clientWidth;
    if (width && width !== view.width) redraw();
  }).observe(element);
}

// h('button', {class: 'x', onclick: f, 'aria-label': 'y'}, 'text', child): an element; text is never read as markup.
export const h = (tag, attributes, ...children) => {
  const svg = ['svg', 'g', 'rect', 'line', 'path', 'circle', 'text', 'polyline', 'title'].includes(tag);
  const node = svg ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'style') node.style.cssText = value;
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  for (const child of children.flat(Infinity)) if (child !== null && child !== undefined) node.append(child);
  return node;
};
export const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
export const number = (value, digits = 3) => Number(value).toFixed(digits);
// fill('{n} of {m}', {n: 1, m: 2}): a phrase with its values.
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, k) => values[k]);
// A colour of the page's style, as numbers from 0 to 255, for what is painted.
export const colour = (root, name) => {
  const text = globalThis.getComputedStyle ? getComputedStyle(root).getPropertyValue(name).trim() : '';
  return /^#[0-9a-f]{6}$/i.test(text) ? [1, 3, 5].map(i => parseInt(text.slice(i, i + 2), 16)) : [0, 0, 0];
};

// -- axes and scales ----------------------------------------------------------------------------------------------------

// A scale: `low` is drawn at `from`, `high` at `to`.
export const linear = (low, high, from, to) => v => from + (v - low) / (high - low) * (to - from);
// The least round number that is not below `value` > 0: one of `steps` times a power of ten.
export const nice = (value, steps = [1, 2, 2.5, 5, 10]) => {
  const power = 10 ** Math.floor(Math.log10(value));
  return steps.map(k => k * power).find(v => v >= value);
};
// Round numbers, about `count` steps of them, the first not above `low`, the last not below `high` > `low`.
export const niceTicks = (low, high, count = 4) => {
  const step = nice((high - low) / count), first = Math.floor(low / step), last = Math.ceil(high / step);
  return Array.from({length: last - first + 1}, (_, i) => (first + i) * step);
};
// `low`, `high`, and what cuts the way between them into `count` equal steps.
export const evenTicks = (low, high, count = 4) => Array.from({length: count + 1}, (_, i) => low + (high - low) * i / count);
// An axis below a plot: marks [place, text, anchor] written at height `y`, the title around `middle` at height `foot`.
export const xAxis = (marks, y, title, middle, foot) => [
  ...marks.map(([at, text, anchor = 'middle']) => h('text', {x: at, y, 'text-anchor': anchor}, text)),
  h('text', {x: middle, y: foot, 'text-anchor': 'middle'}, title),
];
// An axis left of a plot: for each mark [place, text] a line from `left` to `right`, its text, and the title upright around `middle`.
export const yAxis = (marks, left, right, title, middle) => [
  ...marks.flatMap(([at, text]) => [h('line', {class: 'axis', x1: left, x2: right, y1: at, y2: at}),
    h('text', {x: left - 6, y: at + 4, 'text-anchor': 'end'}, text)]),
  h('text', {x: 12, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 12 ${middle})`}, title),
];

// -- numbers as colours -------------------------------------------------------------------------------------------------

// Paints a picture of `width` times `height` numbers; `pixel(i)` gives the i-th its red, green, blue and how much of them, 0 to 1.
export const paint = (canvas, width, height, pixel) => {
  Object.assign(canvas, {width, height});
  const c = canvas.getContext?.('2d');
  if (!c || !width || !height) return;
  const image = c.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const [r, g, b, share] = pixel(i);
    image.data.set([r, g, b, 255 * share], 4 * i);
  }
  c.putImageData(image, 0, 0);
};
// How a number from -1 to 1 is coloured: by its sign, the more the larger; zero has no colour.
export const signed = (value, plus, minus) => [...(value < 0 ? minus : plus), Math.min(1, Math.abs(value))];

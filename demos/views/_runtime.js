// What every view shares: it is mounted here, and made of these small helpers.

// Draws `<name>/view.js` into an element of the page, now and whenever its value changes. The module is fetched once for all
// elements; it exports `draw(root, value, view)` and, where the visitor's choices outlive a value, what they are at first:
// `initial()`. `view` holds that `state`, of this element alone, `trigger(event, detail)` and `redraw()`.
export async function mount(name, element, props, trigger, watch) {
  let redraw = () => {};  // until the module is there; then the value is drawn that is the newest
  watch('value', () => redraw());
  const { default: draw, initial } = await import(`./${name}/view.js`);
  const view = { state: initial?.() ?? {}, trigger, redraw: () => redraw() };
  redraw = () => {
    const root = element.querySelector('.lm-view');
    if (root) draw(root, props.value || {}, view);
  };
  redraw();
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

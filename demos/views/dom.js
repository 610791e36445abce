// h('button', {class: 'x', onclick: f, 'aria-label': 'y'}, 'text', child): an element; text is never read as markup.
const h = (tag, attributes, ...children) => {
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
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const number = (value, digits = 3) => Number(value).toFixed(digits);

// As much of a browser's document as drawing a view needs: elements that keep what they were given.

export class Element {
  constructor(name) {
    Object.assign(this, { name, attributes: {}, children: [], style: {}, dataset: {}, clientWidth: 700 });
  }
  setAttribute(name, value) { this.attributes[name] = String(value); }
  addEventListener() {}
  append(...children) { this.children.push(...children.map(c => c instanceof Element ? c : String(c))); }
  get firstChild() { return this.children[0]; }
  getContext() {
    const drawn = this.drawn = [];
    const known = {
      measureText: text => ({ width: 7 * text.length }),
      createImageData: (width, height) => ({ data: new Uint8ClampedArray(4 * width * height) }),
      fillRect(...at) { drawn.push([this.fillStyle, this.globalAlpha, ...at]); },
    };
    return new Proxy(known, { get: (context, name) => name in context ? context[name] : () => {} });
  }
  getBoundingClientRect() { return { left: 0, top: 0, width: this.clientWidth, height: 0 }; }
  contains() { return false; }
  remove() {}
  querySelectorAll() { return []; }
  replaceChildren(...children) { this.children = []; this.append(...children); }
  querySelector() { return null; }
  set textContent(text) { this.children = [text]; }
  get textContent() { return this.children.map(c => c instanceof Element ? c.textContent : c).join(''); }
  all(name) { return this.children.flatMap(c => c instanceof Element ? [...(c.name === name ? [c] : []), ...c.all(name)] : []); }
}

globalThis.document = { createElement: name => new Element(name), createElementNS: (_, name) => new Element(name) };
globalThis.getComputedStyle = () => ({ fontFamily: 'sans-serif', color: 'rgb(1, 2, 3)', getPropertyValue: name => name });

globalThis.ImageData = class { constructor(width, height) { this.data = new Uint8ClampedArray(4 * width * height); } };

// What a view draws of a value, the first time it is shown.
export const drawn = (view, value) => {
  const root = new Element('div');
  view.default(root, value, { state: view.initial?.() ?? {}, trigger() {}, redraw() {}, width: 700 });
  return root;
};

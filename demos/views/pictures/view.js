import { h } from "../_runtime.js";

export default function draw(root, value, { trigger }) {
  const focused = root.contains?.(globalThis.document?.activeElement) ? document.activeElement.dataset.id : undefined;
  root.replaceChildren();
  if (!value.items || !value.items.length) return;
  const row = h('div', {class: 'row', role: value.choosable ? 'group' : 'list', 'aria-label': value.title});
  for (const item of value.items) {
    const image = h('img', {src: item.src, alt: item.alt, width: item.side, height: item.side});
    const caption = h('span', {class: 'caption'}, item.caption);
    row.append(value.choosable
      ? h('button', {type: 'button', 'data-id': item.id, 'aria-pressed': String(item.id === value.chosen),
          onclick: () => trigger('choose', {id: item.id})}, image, caption)
      : h('figure', {role: 'listitem'}, image, caption));
  }
  root.append(h('h4', {}, value.title), row);
  if (focused !== undefined) [...row.children].find(b => b.dataset.id === focused)?.focus({preventScroll: true});  // who chose by keyboard stays where they are
  if (value.note) root.append(h('p', {class: 'muted'}, value.note));
}

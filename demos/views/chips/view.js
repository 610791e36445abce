import { h } from "../_runtime.js";

export default function draw(root, value, { trigger }) {
  const left = root.querySelector('div')?.scrollLeft ?? 0;
  root.replaceChildren();
  if (!value.texts || !value.texts.length) return;
  const row = h('div', {role: 'group', 'aria-label': value.title}, value.texts.map(text =>
    h('button', {type: 'button', title: text, onclick: () => trigger('choose', {text})}, h('span', {}, text.replaceAll('\n', ' ↵ ').trim()))));
  root.append(h('h4', {}, value.title), row);
  row.scrollLeft = left;
}

import { h } from "../_runtime.js";

export default function draw(root, value, { trigger }) {
  root.replaceChildren();
  if (!value.texts || !value.texts.length) return;
  root.append(h('h4', {}, value.title), h('div', {role: 'group', 'aria-label': value.title},
    value.texts.map(text => h('button', {type: 'button', onclick: () => trigger('choose', {text})}, text))));
}

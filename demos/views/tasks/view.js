import { h } from "../_runtime.js";

export default function draw(root, value) {
  root.replaceChildren();
  if (!value.rows) return;
  const w = value.words;
  root.append(h('ul', {}, value.rows.map(row => h('li', {}, h('b', {}, row.task),
    h('span', {class: 'models'}, row.models.map(m => h('span', {class: 'model'}, h('a', {href: m.href}, m.name), m.figure ? ` ${m.figure}` : null,
      m.simple ? h('span', {class: m.beaten ? 'simple beaten' : 'simple'}, `${m.beaten ? w.beaten : w.simple} ${m.simple}`) : null)))))),
  h('p', {class: 'muted'}, value.note));
}

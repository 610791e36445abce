import { h, linear } from "../_runtime.js";

export const short = n => n >= 1e9 ? `${+(n / 1e9).toPrecision(3)} B` : n >= 1e6 ? `${+(n / 1e6).toPrecision(3)} M` : `${+(n / 1e3).toPrecision(3)} K`;
export default function draw(root, value) {
  root.replaceChildren();
  if (!value.rows) return;
  const logs = value.rows.map(r => Math.log10(r.parameters)), low = Math.floor(Math.min(...logs)), high = Math.max(...logs);
  const wide = linear(low, high, 2, 100);
  const list = h('ol', {'aria-label': value.title});
  value.rows.forEach((r, i) => list.append(h('li', {class: r.kind},
    h('span', {class: 'name'}, r.source ? h('a', {href: r.source, target: r.source.startsWith('http') && '_blank', rel: 'noopener'}, r.name) : r.name),
    h('span', {class: 'track', 'aria-hidden': 'true'}, h('span', {class: 'fill', style: `width:${wide(logs[i])}%`})),
    h('span', {class: 'value'}, short(r.parameters)))));
  root.append(h('h4', {}, value.title), list, h('p', {class: 'muted'}, value.note));
}

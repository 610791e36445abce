import { h, number } from "../_runtime.js";

export default function draw(root, value) {
  root.replaceChildren();
  for (const group of value.groups || (value.rows ? [value] : [])) {
    const list = h('ol', {class: `bars ${group.colour}`, 'aria-label': group.title});
    for (const row of group.rows) {
      const percent = number(100 * row.score, 1) + ' %';
      list.append(h('li', {},
        h('span', {class: 'name'}, row.label),
        h('span', {class: 'track', 'aria-hidden': 'true'}, h('span', {class: 'fill', style: `width:${100 * row.score}%`})),
        h('span', {class: 'percent'}, percent)));
    }
    root.append(h('section', {}, h('h4', {}, group.title), list));
  }
}

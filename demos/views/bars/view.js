import { h, number } from "../_runtime.js";

const FOLDED = 0.001, FEW = 4;  // so few bars are never folded: they are the classes, and keep their places
const percent = score => score > 0 && score < FOLDED ? '< 0.1 %' : `${number(100 * score, 1)} %`;
const bar = row => h('li', {},
  h('span', {class: 'name'}, row.label),
  h('span', {class: 'track', 'aria-hidden': 'true'}, h('span', {class: 'fill', style: `width:${100 * row.score}%${row.colour ? `;background:var(--lm-${row.colour})` : ''}`})),
  h('span', {class: 'percent'}, percent(row.score)));

// A list of bars; what is too small to be seen stands in a fold below.
export const bars = group => {
  const seen = group.rows.length > FEW ? group.rows.filter(r => r.score >= FOLDED) : group.rows;
  const small = group.rows.filter(r => !seen.includes(r));
  return [h('ol', {class: `bars ${group.colour}`, 'aria-label': group.title}, seen.map(bar)),
    small.length ? h('details', {}, h('summary', {}, `+ ${small.length} < 0.1 %`), h('ol', {class: `bars ${group.colour}`, 'aria-label': `${group.title}, < 0.1 %`}, small.map(bar))) : ''];
};

export default function draw(root, value) {
  const open = root.querySelector('details')?.open;
  root.replaceChildren();
  for (const group of value.groups || (value.rows ? [value] : []))
    root.append(h('section', {}, group.title ? h('h4', {}, group.title) : '', bars(group)));
  if (open) root.querySelectorAll('details').forEach(d => { d.open = true; });
}

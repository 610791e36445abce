import { fill, h, number } from "../_runtime.js";

const signed = v => (v < 0 ? '−' : '+') + number(Math.abs(v), 2);
export default function draw(root, value) {
  root.replaceChildren();
  if (!value.rows || !value.rows.length) return;
  const w = value.words, most = Math.max(...value.rows.map(r => Math.abs(r.added)), 1e-9), seen = Math.max(...value.rows.map(r => r.looked), 1e-9);
  root.style.setProperty('--net', `var(--lm-${value.colour})`);
  const added = v => h('td', {class: v < 0 ? 'minus' : 'plus'}, h('span', {class: 'side'}, v < 0 ? h('i', {style: `width:${100 * -v / most}%`}) : null),
    h('span', {class: 'side'}, v < 0 ? null : h('i', {style: `width:${100 * v / most}%`})), h('b', {}, signed(v)));
  const looked = v => h('td', {class: 'looked'}, h('span', {}, h('i', {style: `width:${100 * v / seen}%`})), h('b', {}, `${number(100 * v, 0)} %`));
  root.append(h('table', {}, h('caption', {}, value.title), h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, w.word),
    h('th', {scope: 'col'}, h('span', {class: 'against'}, `◂ ${w.against}`), h('span', {class: 'for'}, `${w.for} ▸`)), h('th', {scope: 'col'}, w.looked))),
    h('tbody', {}, value.rows.map(r => h('tr', {}, h('th', {scope: 'row'}, r.word), added(r.added), looked(r.looked))))));
  if (value.left) root.append(h('p', {class: 'muted'}, fill(w.left, {n: value.left})));
  if (value.note) root.append(h('p', {class: 'muted'}, value.note));
}

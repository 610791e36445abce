import { h, number } from "../_runtime.js";

export const initial = () => ({t: 0, s: 0});
export default function draw(root, value, { trigger, state }) {
  root.replaceChildren();
  const S = (value.source || []).length, T = (value.target || []).length;
  if (!S || !T) return;
  const w = value.words, strange = s => value.known.length && !value.known[s] ? 'strange' : '';
  state.t = Math.min(state.t, T - 1); state.s = Math.min(state.s, S - 1);
  root.style.setProperty('--shade', `var(--lm-${value.colour})`);
  const shade = (v, most = 0.85) => h('i', {style: `opacity:${Math.min(most, most * v / 0.85).toFixed(3)}`, 'aria-hidden': 'true'});
  const read = value.source.map((t, s) => h('span', {class: strange(s)}, t)), written = value.target.map(t => h('span', {}, t));
  const cells = value.weights.map((row, t) => row.map((v, s) => h('button', {type: 'button', tabindex: '-1', 'aria-label':
    `${value.target[t]} ← ${value.source[s]}: ${number(100 * v, 0)} %`, 'aria-pressed': 'false', onclick: () => mark(t, s, true)}, shade(v))));
  const said = h('p', {role: 'status'});
  let timer = null;
  const mark = (t, s, report) => {
    cells[state.t][state.s].setAttribute('aria-pressed', 'false'); cells[state.t][state.s].tabIndex = -1;
    state.t = t; state.s = s;
    const cell = cells[t][s], row = value.weights[t];
    cell.setAttribute('aria-pressed', 'true'); cell.tabIndex = 0;
    if (report) { cell.focus(); clearTimeout(timer); if (value.pickable) timer = setTimeout(() => trigger('pick', {step: t, place: s}), 120); }
    written.forEach((node, i) => { node.className = i === t ? 'chosen' : ''; node.replaceChildren(value.weights[i][s] > 0.02 ? shade(value.weights[i][s], 0.4) : '', value.target[i]); });
    read.forEach((node, i) => { node.className = `${strange(i)} ${i === s ? 'chosen' : ''}`; node.replaceChildren(row[i] > 0.02 ? shade(row[i], 0.4) : '', value.source[i]); });
    const best = row.map((v, i) => [v, i]).sort((a, b) => b[0] - a[0]).slice(0, 3).filter(([v]) => v >= 0.02).map(([v, i]) => `“${value.source[i]}” ${number(100 * v, 0)} %`).join(', ');
    said.textContent = w.said.replace('{target}', value.target[t]).replace('{list}', best).replace('{source}', value.source[s]).replace('{percent}', number(100 * row[s], 1));
  };
  const table = h('table', {}, h('thead', {}, h('tr', {}, h('th', {}, ''), value.source.map((t, s) => h('th', {scope: 'col'}, h('span', {class: strange(s)}, t))))),
    h('tbody', {}, value.target.map((t, i) => h('tr', {}, h('th', {scope: 'row'}, t), cells[i].map(c => h('td', {}, c))))));
  table.addEventListener('keydown', e => {
    const move = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
    if (!move) return;
    e.preventDefault();
    mark(Math.max(0, Math.min(T - 1, state.t + move[0])), Math.max(0, Math.min(S - 1, state.s + move[1])), true);
  });
  root.append(h('h4', {}, value.title), h('div', {class: 'sentence'}, h('b', {}, w.read), read), h('div', {class: 'sentence'}, h('b', {}, w.written), written),
    h('div', {class: 'scroller', role: 'group', 'aria-label': `${value.title}. ${w.keys}`}, table), said, h('p', {class: 'muted'}, w.scale));
  mark(state.t, state.s);
}

import { h, number } from "../_runtime.js";

export const initial = () => ({focus: null});
export default function draw(root, value, { trigger, state }) {
  const scrolled = [...root.querySelectorAll('.text')].map(t => t.scrollTop);
  root.replaceChildren();
  if (!value.rows || !value.rows.length) return;
  if (value.title) root.append(h('h4', {}, value.title));
  const list = h('div', {class: value.columns ? 'rows columns' : 'rows'});
  root.append(list);
  value.rows.forEach((row, r) => {
    const spans = [], most = Math.max(...row.weights, 1e-9);
    const go = i => {
      i = Math.max(row.first, Math.min(row.tokens.length - 1, i));
      spans.forEach((s, j) => s.tabIndex = j === i ? 0 : -1);
      spans[i].focus();
      return i;
    };
    const pick = i => { state.focus = [r, i]; trigger('pick', {row: r, index: i}); };
    row.tokens.forEach((token, i) => {
      const able = row.pickable && i >= row.first;
      const weight = row.weights[i] ? row.weights[i] / most : 0, shown = token === '\n' ? '↵\n' : token;
      const span = h('span', {
        class: `token${able ? ' pick' : ''}${i === row.chosen ? ' chosen' : ''}`, style: `--shade:var(--lm-${row.colour});--share:${Math.round(55 * weight)}%`,
        title: row.weights.length > i ? number(row.weights[i], 3) : false,
        tabindex: able ? (i === Math.max(row.first, row.chosen) ? '0' : '-1') : false, role: able ? 'button' : false,
        'aria-pressed': able ? String(i === row.chosen) : false,
        'aria-label': able && row.joined ? `${value.words.character} ${i}: ${token === ' ' ? value.words.space : token === '\n' ? value.words.newline : token}` : false,
        onclick: able ? () => pick(i) : null, onkeydown: able ? e => {
          const step = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: 20, ArrowUp: -20}[e.key];
          if (step) { e.preventDefault(); pick(go(i + step)); }
          else if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); pick(i); }
        } : null}, shown);
      spans.push(span);
    });
    const text = h('div', {class: `text${row.joined ? ' joined' : ''}`, role: row.pickable ? 'group' : false, 'aria-label': row.pickable ? row.title : false});
    spans.forEach((s, i) => text.append(s, row.joined || i === spans.length - 1 ? '' : ' '));
    list.append(h('div', {class: 'row'}, row.title ? h('div', {class: 'name'}, row.title) : null, text, row.note ? h('p', {class: 'muted'}, row.note) : null));
    if (row.follow) text.scrollTop = text.scrollHeight;
    else if (scrolled[r]) text.scrollTop = scrolled[r];
    if (state.focus && state.focus[0] === r && state.focus[1] === row.chosen && row.pickable) spans[row.chosen].focus({preventScroll: true});
  });
  state.focus = null;
  if (value.note) root.append(h('p', {class: 'muted'}, value.note));
}

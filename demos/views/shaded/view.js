import { bars } from "../bars/view.js";
import { h, number } from "../_runtime.js";

export const initial = () => ({focus: null, closed: null});
export default function draw(root, value, { trigger, state }) {
  const scrolled = [...root.querySelectorAll('.text')].map(t => t.scrollTop);
  root.replaceChildren();
  if (!value.rows || !value.rows.length) return;
  if (value.title) root.append(h('h4', {}, value.title));
  const list = h('div', {class: value.columns ? 'rows columns' : 'rows'});
  root.append(list);
  let opened = value.opened;
  value.rows.forEach((row, r) => {
    const spans = [], most = Math.max(...row.weights, 1e-9);
    const go = i => {
      i = Math.max(row.first, Math.min(row.tokens.length - 1, i));
      spans.forEach((s, j) => s.tabIndex = j === i ? 0 : -1);
      spans[i].focus();
      return i;
    };
    const pick = i => { state.focus = [r, i]; state.closed = null; trigger('pick', {row: r, index: i}); };
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
          else if (e.key === 'Escape') root.querySelector('.opened')?.remove();
        } : null}, shown);
      spans.push(span);
    });
    const text = h('div', {class: `text${row.joined ? ' joined' : ''}`, role: row.pickable ? 'group' : false, 'aria-label': row.pickable ? row.title : false});
    spans.forEach((s, i) => text.append(s, row.joined || i === spans.length - 1 ? '' : ' '));
    const around = h('div', {class: 'row'}, row.title ? h('div', {class: 'name'}, row.title) : null, text, row.note ? h('p', {class: 'muted'}, row.note) : null);
    list.append(around);
    if (row.follow) text.scrollTop = text.scrollHeight;
    else if (scrolled[r]) text.scrollTop = scrolled[r];
    if (opened && row.chosen >= row.first && state.closed !== row.chosen) {
      open(around, text, spans[row.chosen], opened, () => { state.closed = row.chosen; });
      opened = null;
    }
    if (state.focus && state.focus[0] === r && state.focus[1] === row.chosen && row.pickable) spans[row.chosen].focus({preventScroll: true});
  });
  state.focus = null;
  if (value.note) root.append(h('p', {class: 'muted'}, value.note));
}

// A small card of bars below the chosen token, within its row.
function open(around, text, token, group, closed) {
  const card = h('div', {class: 'opened lm-bars', role: 'status'},
    h('button', {type: 'button', class: 'close', 'aria-label': '×', onclick: () => { closed(); card.remove(); token.focus(); }}, '×'),
    h('section', {}, h('h4', {}, group.title), bars(group)));
  around.append(card);
  const left = token.offsetLeft + token.offsetWidth / 2 - 40, top = token.offsetTop - text.scrollTop + token.offsetHeight + 4;
  card.style.left = `${Math.max(0, Math.min(left, around.clientWidth - card.offsetWidth))}px`;
  card.style.top = `${top}px`;
  // what stands over the edge of the row makes the row longer, and covers nothing that follows
  around.style.paddingBottom = `${Math.max(0, top + card.offsetHeight - around.offsetHeight)}px`;
}

import { fill, h } from "../_runtime.js";

export const initial = () => ({chosen: 0});
const percent = p => p >= 0.1 ? `${Math.round(100 * p)} %` : p >= 0.001 ? `${(100 * p).toFixed(1)} %` : '< 0.1 %';
export default function draw(root, value, { state }) {
  root.replaceChildren();
  if (!value.items || !value.items.length) return;
  const w = value.words, asked = value.items.map((item, i) => item.candidates ? i : -1).filter(i => i >= 0);
  if (!asked.includes(state.chosen)) state.chosen = asked[0] ?? 0;
  const detail = h('div', {class: 'detail', 'aria-live': 'polite'});
  const tell = i => {
    const item = value.items[i];
    buttons.forEach((b, n) => b?.setAttribute('aria-pressed', String(n === i)));
    const own = item.rank === null ? w.unknown : fill(item.rank === 1 ? w.first : w.place, {word: item.text, rank: item.rank, percent: percent(item.score)});
    detail.replaceChildren(h('p', {}, fill(w.at, {word: item.text}), ' ', own),
      h('ol', {}, item.candidates.map(([word, p]) => h('li', {class: word === item.text.toLowerCase() ? 'own' : ''}, h('span', {class: 'name'}, word),
        h('span', {class: 'track', 'aria-hidden': 'true'}, h('i', {style: `width:${100 * p}%`})), h('span', {class: 'percent'}, percent(p))))));
  };
  const choose = i => { state.chosen = i; buttons.forEach((b, n) => { if (b) b.tabIndex = n === i ? 0 : -1; }); tell(i); };
  const step = (i, by) => { const to = asked[Math.max(0, Math.min(asked.length - 1, asked.indexOf(i) + by))]; choose(to); buttons[to].focus(); };
  const buttons = value.items.map((item, i) => item.candidates ? h('button', {
    type: 'button', tabindex: i === state.chosen ? '0' : '-1', class: item.rank === 1 ? 'right' : 'other', style: `--share:${Math.round(40 * item.score)}%`,
    onclick: () => choose(i), onpointerenter: () => tell(i), onpointerleave: () => tell(state.chosen),
    onkeydown: e => {
      const by = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[e.key];
      if (by) { e.preventDefault(); step(i, by); }
    }}, h('span', {}, item.text), h('small', {}, item.rank === 1 ? '✓' : item.candidates[0]?.[0] ?? '')) : null);
  root.append(h('h4', {}, value.title), h('div', {class: 'words', role: 'group', 'aria-label': value.title},
    value.items.map((item, i) => buttons[i] ?? h('span', {class: 'plain'}, item.text))), detail);
  if (value.note) root.append(h('p', {class: 'muted'}, value.note));
  if (asked.length) tell(state.chosen);
}

import { h, fill } from "../_runtime.js";

const KEY = 'lmdemo:score';
const score = () => { try { return JSON.parse(sessionStorage.getItem(KEY)) || {right: 0, asked: 0}; } catch { return {right: 0, asked: 0}; } };
const count = won => {
  const now = score();
  const next = {right: now.right + won, asked: now.asked + 1};
  try { sessionStorage.setItem(KEY, JSON.stringify(next)); } catch { /* forbidden: it is not counted */ }
  return next;
};
export const initial = () => ({about: null, chosen: null, shown: false, score: null});

export default function draw(root, value, view) {
  root.replaceChildren();
  const { state } = view, w = value.words;
  if (!value.question) return;
  if (state.about !== value.about) Object.assign(state, {...initial(), about: value.about});
  const over = state.chosen !== null || state.shown, won = value.right.includes(state.chosen);
  const choose = i => {
    if (over) return;
    Object.assign(state, {chosen: i, score: count(value.right.includes(i) ? 1 : 0)});
    view.redraw();
    root.querySelector('.told')?.focus();
  };
  root.append(h('div', {class: 'asked', role: 'group', 'aria-label': w.title},
    h('p', {}, h('strong', {}, w.title), ' ', value.question),
    h('div', {class: 'choices'}, value.choices.map((text, i) => h('button', {
      type: 'button', disabled: over, 'aria-pressed': String(state.chosen === i), onclick: () => choose(i),
      class: over && value.right.includes(i) ? 'right' : over && state.chosen === i ? 'wrong' : '',
    }, over && value.right.includes(i) ? '✓ ' : over && state.chosen === i ? '✗ ' : '', text)),
    over ? '' : h('button', {type: 'button', class: 'show', onclick: () => { state.shown = true; view.redraw(); root.querySelector('.told')?.focus(); }}, w.show)),
    h('div', {'aria-live': 'polite'}, over ? h('p', {class: 'told', tabindex: '-1'},
      state.chosen === null ? '' : h('strong', {}, `${won ? w.right : w.wrong} `), value.told,
      state.score ? h('span', {class: 'score'}, ' ' + fill(w.score, state.score)) : '') : '')));
}

import { h } from "../_runtime.js";

export const initial = () => ({at: 0, focus: false});
export default function draw(root, value, { trigger, state }) {
  root.replaceChildren();
  if (!value.words || !value.words.length) return;
  state.at = Math.min(state.at, value.words.length - 1);
  const pick = i => { Object.assign(state, {at: i, focus: true}); trigger('pick', {index: i}); };
  const go = to => {
    state.at = Math.max(0, Math.min(value.words.length - 1, to));
    buttons.forEach((b, i) => { b.tabIndex = i === state.at ? 0 : -1; });
    buttons[state.at].focus();
  };
  const buttons = value.words.map((word, i) => h('button', {
    type: 'button', class: `token${word.hidden ? ' masked' : ''}`, tabindex: i === state.at ? '0' : '-1', 'aria-pressed': String(word.hidden),
    onclick: () => pick(i), onkeydown: e => {
      const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[e.key];
      if (step) { e.preventDefault(); go(i + step); }
    },
  }, word.text, word.hidden && word.filled ? h('b', {}, word.filled) : null));
  root.append(h('p', {class: 'muted', title: value.note}, value.title),
    h('div', {class: 'words', role: 'group', 'aria-label': `${value.title}. ${value.note}`}, buttons));
  if (state.focus) { state.focus = false; buttons[state.at].focus({preventScroll: true}); }
}

import { h } from "../_runtime.js";

export const initial = () => ({step: null, word: null, given: null});
const shown = piece => piece.replaceAll('\n', '↵').replaceAll(' ', '␣');
// The word that is cut into most pieces.
export const longest = cuts => cuts.reduce((best, cut, n) => cut.ids.length > cuts[best].ids.length ? n : best, 0);

export default function draw(root, value, { state }) {
  root.replaceChildren();
  if (!value.cuts || !value.cuts.length) return;
  const w = value.words, last = Math.max(...value.cuts.map(c => c.steps.length - 1));
  let step = value.folded ? 0 : state.step === null ? last : Math.min(state.step, last);
  const given = value.cuts.map(c => c.steps[0].join('')).join(' ');
  if (state.given !== given) Object.assign(state, {given, word: value.folded ? longest(value.cuts) : null});
  const slider = h('input', {type: 'range', min: 0, max: last, value: step, 'aria-label': w.step});
  const button = (text, move, label) => h('button', {type: 'button', 'aria-label': label, onclick: () => go(step + move)}, text);
  const told = h('span', {role: 'status'}), text = h('div', {class: 'words', role: 'group', 'aria-label': value.title}), detail = h('div', {class: 'detail'});
  const row = (list, ids) => h('span', {class: 'word'}, list.map((piece, i) => h('span', {class: `piece tone${i % 2}`},
    h('span', {}, shown(piece)), ids ? h('small', {}, ids[i]) : null)));
  const choose = n => {
    state.word = state.word === n ? null : n;
    update();
    text.children[n].focus();
  };
  const update = () => {
    let count = 0;
    text.replaceChildren(...value.cuts.map((cut, n) => {
      const now = Math.min(step, cut.steps.length - 1);
      count += cut.steps[now].length;
      return h('button', {type: 'button', 'aria-pressed': String(n === state.word), onclick: () => choose(n)},
        row(cut.steps[now], !value.folded && now === cut.steps.length - 1 ? cut.ids : null));
    }));
    told.textContent = w.told.replace('{step}', step).replace('{last}', last).replace('{n}', count);
    const cut = value.cuts[state.word];
    detail.replaceChildren(...(cut ? [h('p', {class: 'muted'}, w.word), h('ol', {start: 0}, cut.steps.map((s, i) =>
      h('li', {}, row(s, i === cut.steps.length - 1 ? cut.ids : null))))] : []));
  };
  const go = to => { step = state.step = Math.max(0, Math.min(last, to)); slider.value = step; update(); };
  slider.addEventListener('input', () => go(+slider.value));
  root.append(h('h4', {}, value.title), last && !value.folded ? h('div', {class: 'steps'}, button('◂', -1, w.back), slider, button('▸', 1, w.on), told) : '', text, detail);
  if (value.left) root.append(h('p', {class: 'muted'}, w.left.replace('{n}', value.left)));
  if (value.note) root.append(h('p', {class: 'muted'}, value.note));
  update();
}

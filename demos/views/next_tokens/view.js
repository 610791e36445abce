import { h, number } from "../_runtime.js";

const TOP = 100;
const shown = token => token.replaceAll('\n', '↵').replaceAll(' ', '␣') || '∅';
const share = p => p > 0 && p < 0.001 ? '< 0.1 %' : `${number(100 * p, 1)} %`;
export const initial = () => ({given: null, options: null, timer: null});

// Softmax at a temperature, then what top-k and top-p admit, as the generator does it. The tokens come sorted by logit.
export const ranked = (group, {temperature, top_k, top_p}) => {
  if (temperature === 0) return {p: group.logits.map((_, i) => i ? 0 : 1), kept: group.logits.map((_, i) => i === 0), rest: 0, admitted: 1};
  const e = group.logits.map(l => Math.exp(l / temperature));
  const tail = group.rest.reduce((sum, [l, n]) => sum + n * Math.exp(l / temperature), 0);
  const cut = top_k || Infinity;
  const within = e.slice(0, Math.min(cut, e.length)).reduce((a, b) => a + b, 0) + (cut > e.length ? tail : 0);
  let before = 0;
  const kept = e.map((v, i) => { const in_ = i < cut && (top_p >= 1 || before < Math.max(top_p, 1e-9)); before += v / within; return in_; });
  const tailIn = cut > e.length && (top_p >= 1 || before < top_p);
  const all = e.reduce((sum, v, i) => sum + (kept[i] ? v : 0), 0) + (tailIn ? tail : 0);
  return {p: e.map((v, i) => kept[i] ? v / all : 0), kept, rest: tailIn ? tail / all : 0, admitted: kept.filter(Boolean).length, tail: tailIn};
};

export default function draw(root, value, { trigger, state }) {
  root.replaceChildren();
  if (!value.groups) return;
  const w = value.words, key = JSON.stringify(value.options);
  if (state.given !== key) { state.given = key; state.options = {...value.options}; }  // Python has set the sliders
  const options = state.options, lists = h('div', {class: 'groups'});
  const report = () => { clearTimeout(state.timer); state.timer = setTimeout(() => trigger('options', {...options}), 250); };
  const slider = (name, min, max, step, say) => {
    const told = h('output', {}, say(options[name])), id = `lm-${name}-${Math.random().toString(36).slice(2)}`;
    const input = h('input', {type: 'range', id, min, max, step, 'data-name': name, oninput: e => {
      options[name] = +e.target.value; told.textContent = say(options[name]); bars(); report(); }});
    input.value = options[name];
    return h('div', {class: 'option'}, h('label', {for: id}, w[name]), input, told);
  };
  const bars = () => {
    lists.replaceChildren(...value.groups.map((group, g) => {
      const {p, rest, admitted, tail} = ranked(group, options), list = h('ol', {class: group.colour, 'aria-label': group.title});
      group.tokens.slice(0, value.shown).forEach((token, i) => list.append(h('li', {}, h('button', {type: 'button', disabled: !w.choose,
        class: p[i] ? '' : 'out', 'aria-label': `${shown(token)} ${share(p[i])}. ${w.choose || ''}`,
        onclick: () => trigger('choose', {token, group: g, rank: i})},
        h('span', {class: 'name'}, shown(token)), h('span', {class: 'track', 'aria-hidden': 'true'}, h('span', {class: 'fill', style: `width:${100 * p[i]}%`})),
        h('span', {class: 'percent'}, share(p[i]))))));
      const others = p.slice(value.shown).reduce((a, b) => a + b, 0) + rest;
      return h('section', {}, h('h4', {}, group.title), list, h('p', {class: 'muted', role: 'status'},
        w.others.replace('{percent}', number(100 * others, 1)).replace('{n}', tail ? w.all : admitted)));
    }));
  };
  root.append(h('div', {class: 'options'}, slider('temperature', 0, 2, 0.05, v => number(v, 2)), slider('top_k', 0, TOP, 1, v => v || w.all),
    slider('top_p', 0.05, 1, 0.05, v => v >= 1 ? w.all : number(v, 2))), value.groups.length ? h('p', {class: 'after'}, value.title) : '', lists);
  bars();
}

import { h, number } from "../_runtime.js";

export default function draw(root, value) {
  root.replaceChildren();
  if (value.score === undefined) return;
  const percent = v => `${number(100 * v, 0)} %`, w = value.words;
  const mark = (kind, v, text) => h('span', {class: `mark ${kind}`, style: `left:${100 * v}%`}, h('small', {}, `${text} ${percent(v)}`));
  root.append(h('p', {}, value.title, ' ', h('b', {}, percent(value.score))),
    h('div', {class: 'meter', 'aria-hidden': 'true'}, h('i', {class: value.score < value.tenth ? 'low' : '', style: `width:${100 * value.score}%`}),
      mark('tenth', value.tenth, w.tenth), mark('median', value.median, w.median)));
}

import { h, number } from "../_runtime.js";

export default function draw(root, value) {
  root.replaceChildren();
  if (value.score === undefined) return;
  const percent = v => `${number(100 * v, 0)} %`, w = value.words;
  const mark = (v, text) => [h('span', {class: 'mark', style: `left:${100 * v}%`}), h('span', {}, h('i', {}), `${percent(v)} ${text}`)];
  const [tenth, tenthName] = mark(value.tenth, w.tenth), [median, medianName] = mark(value.median, w.median);
  root.append(h('p', {}, value.title, ' ', h('b', {}, percent(value.score))),
    h('div', {class: 'meter', 'aria-hidden': 'true'}, h('i', {class: value.score < value.tenth ? 'low' : '', style: `width:${100 * value.score}%`}), tenth, median),
    h('p', {class: 'marks'}, tenthName, medianName));
}

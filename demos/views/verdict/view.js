import { fill, h, number } from "../_runtime.js";

export default function draw(root, value) {
  root.replaceChildren();
  for (const a of value.answers || []) {
    const words = value.words, at = v => `${50 * (v + 1)}%`;
    let threshold = a.threshold;
    const said = h('p', {class: 'said', role: 'status'}), limit = h('output', {}), line = h('span', {class: 'limit', 'aria-hidden': 'true'});
    const paint = () => {
      const same = a.score >= threshold;
      said.replaceChildren(h('strong', {}, same ? words.same : words.different), ` · ${fill(words.why, {score: number(a.score, 3), sign: same ? '≥' : '<', threshold: number(threshold, 3)})}`);
      limit.textContent = number(threshold, 3); line.style.left = at(threshold);
    };
    const slider = h('input', {type: 'range', min: -1, max: 1, step: .005, value: threshold, oninput: e => { threshold = +e.target.value; paint(); }});
    root.append(h('section', {class: a.colour, 'aria-label': a.name}, h('h4', {}, a.name), said,
      h('div', {class: 'track', 'aria-hidden': 'true'}, h('span', {class: 'mark', style: `left:${at(a.score)}`}), line),
      h('div', {class: 'ends', 'aria-hidden': 'true'}, h('span', {}, words.low), h('span', {}, '0'), h('span', {}, words.high)),
      h('label', {}, words.threshold, slider, limit)));
    paint();
  }
}

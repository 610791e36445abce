import { fill, h, number } from "../_runtime.js";

// A path in runs of one letter.
export const runs = letters => letters.reduce((all, letter, t) => {
  if (all.length && all.at(-1).letter === letter) all.at(-1).end = t; else all.push({letter, start: t, end: t});
  return all;
}, []);

export default function draw(root, value) {
  root.replaceChildren();
  if (!(value.paths || []).length) return;
  const w = value.words, name = l => l === '' ? '–' : l === ' ' ? '␣' : l, long = l => l === '' ? w.blank : l === ' ' ? w.space : l;
  const said = h('p', {role: 'status'}, w.help);
  const sections = value.paths.map(p => {
    const found = runs(p.letters), rows = [];
    const show = i => {
      rows.forEach(nodes => nodes.forEach((n, j) => n?.classList.toggle('on', j === i)));
      const r = found[i];
      said.textContent = fill(r.letter === '' ? w.dropping : w.one, {letter: long(r.letter), n: r.end - r.start + 1, from: number(r.start * value.seconds, 2), to: number((r.end + 1) * value.seconds, 2)});
    };
    const node = (tag, i, text, more) => h(tag, {class: `run ${found[i].letter === '' ? 'blank' : ''}`, onpointerenter: () => show(i), ...more}, text);
    rows.push(found.map((r, i) => node('button', i, name(r.letter).repeat(Math.min(6, r.end - r.start + 1)) + (r.end - r.start > 5 ? '…' : ''),
      {type: 'button', onclick: () => show(i), onfocus: () => show(i), 'aria-label': `${long(r.letter)} × ${r.end - r.start + 1}, ${number(r.start * value.seconds, 2)} s`})));
    rows.push(found.map((r, i) => node('span', i, name(r.letter), {})));
    rows.push(found.map((r, i) => r.letter === '' ? null : node('span', i, name(r.letter), {})));
    return h('section', {class: p.marked ? 'marked' : ''}, h('h5', {}, p.title), h('dl', {},
      h('dt', {}, w.runs), h('dd', {}, rows[0]), h('dt', {}, w.merged), h('dd', {}, rows[1]), h('dt', {}, w.dropped), h('dd', {}, rows[2]),
      h('dt', {}, w.text), h('dd', {class: 'text'}, p.text || w.nothing)));
  });
  root.append(h('h4', {}, value.title), ...sections, said);
}

import { fill, h, number } from "../_runtime.js";
import { cellOf, choices, colour, listen, replace, shown, stage } from "../boxes/view.js";

/* Whom training would hold responsible: for a marked object the cells inside it, and which of them have to answer. */
export const initial = () => ({object: 0, key: ''});

// Of a cell: stride, column, row, score, IoU, fit, whether it answers, and the score that it should have given.
export const fields = ([stride, column, row, score, iou, fit, answers, target]) => ({stride, column, row, score, iou, fit, answers, target});

export default function draw(root, made, view) {
  const again = () => {
    const value = shown.value, {state} = view, words = made.words;
    if (!value || !words) { root.replaceChildren(); return; }
    if (!made.objects?.length) { replace(root, h('p', {class: 'muted'}, words.unmarked)); return; }
    if (state.key !== value.key) Object.assign(state, {key: value.key, object: 0});
    const object = made.objects[Math.min(state.object, made.objects.length - 1)], cells = object.cells.map(fields), mine = cells.filter(c => c.answers);
    const [x0, y0, x1, y1] = object.box, name = value.names[object.k];
    const mark = (o, kind, onclick) => h('rect', {x: o.box[0], y: o.box[1], width: o.box[2] - o.box[0], height: o.box[3] - o.box[1], class: kind, stroke: colour(o.k), onclick: onclick || (() => {})});
    const shapes = [made.objects.map(o => mark(o, 'thin')), h('rect', {x: x0, y: y0, width: x1 - x0, height: y1 - y0, class: 'strong', stroke: colour(object.k)}),
      cells.map(c => h('rect', {...cellOf(value, c.stride, c.column, c.row), class: c.answers ? 'answers' : 'passed', style: c.answers ? `fill-opacity:${0.25 + 0.6 * c.target}` : ''})),
      made.objects.map((o, j) => mark(o, 'hit', () => { state.object = j; again(); }))];
    const rows = cells.map(c => h('tr', {class: c.answers ? '' : 'passed'}, [`${c.stride}: ${c.column}, ${c.row}`, number(c.score, 2), number(c.iou, 2), number(c.fit, 3), c.answers ? number(c.target, 2) : words.no].map(t => h('td', {}, t))));
    const wanted = c => fill(words.sum, {score: number(c.score, 2), iou: number(c.iou, 2), fit: number(c.fit, 3), target: number(c.target, 2)});
    replace(root, choices(words.objects, made.objects.map((_, j) => j), state.object, j => `#${j + 1} · ${value.names[made.objects[j].k]}`, j => { state.object = j; again(); }),
      h('p', {role: 'status'}, fill(words.title, {name, inside: object.inside, n: mine.length})),
      h('div', {class: 'beside'}, stage(value, {shapes, alt: fill(words.title, {name, inside: object.inside, n: mine.length})}),
        h('div', {}, h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': words.cells}, h('table', {},
          h('thead', {}, h('tr', {}, [words.cell, words.score, 'IoU', words.fit, words.target].map(t => h('th', {scope: 'col'}, t)))), h('tbody', {}, rows))),
        mine.length ? h('p', {}, h('code', {}, wanted(mine[0]))) : null, h('p', {class: 'muted'}, words.key), words.note ? h('p', {class: 'muted'}, words.note) : null)));
  };
  listen(root, again);
  again();
}

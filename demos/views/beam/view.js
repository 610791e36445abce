import { h, number } from "../_runtime.js";

export const initial = () => ({key: '', at: 0});
export default function draw(root, value, { state }) {
  root.replaceChildren();
  const nodes = value.nodes || [];
  if (!nodes.length) return;
  const w = value.words, key = nodes.map(n => n.piece + n.score).join();
  if (state.key !== key) { state.key = key; state.at = value.best; }
  const lines = i => { const p = []; for (; i >= 0; i = nodes[i].parent) p.unshift(i); return p; };
  const said = i => lines(i).filter(j => nodes[j].ending === null).map(j => nodes[j].piece).join('').trim() || w.empty;
  const won = new Set(lines(value.best)), steps = Math.max(...nodes.map(n => n.step)) + 1;
  const context = document.createElement('canvas').getContext('2d');
  context.font = `12px ${getComputedStyle(root).fontFamily}`;
  const label = n => n.ending === null ? n.piece.trim() || '␣' : w.end;
  const columns = Array.from({length: steps}, (_, s) => nodes.map((n, i) => i).filter(i => nodes[i].step === s));
  const widths = columns.map(c => Math.max(46, ...c.map(i => Math.ceil(context.measureText(label(nodes[i])).width) + 16)));
  const lefts = widths.reduce((all, x) => [...all, all.at(-1) + x + 30], [34]);
  const ROW = 42, tall = Math.max(...columns.map(c => c.length)) * ROW + 12, Y = i => 8 + columns[nodes[i].step].indexOf(i) * ROW;
  const svg = h('svg', {width: lefts.at(-1), height: tall, role: 'application', tabindex: '0'});
  const edges = nodes.map((n, i) => {
    const x2 = lefts[n.step], y2 = Y(i) + 16, x1 = n.parent < 0 ? 8 : lefts[n.step - 1] + widths[n.step - 1], y1 = n.parent < 0 ? Y(columns[0][0]) + 16 : Y(n.parent) + 16;
    return h('path', {class: 'edge', d: `M${x1} ${y1}C${x1 + 15} ${y1} ${x2 - 15} ${y2} ${x2} ${y2}`});
  });
  const boxes = nodes.map((n, i) => h('g', {onclick: () => mark(i)}, h('rect', {x: lefts[n.step], y: Y(i), width: widths[n.step], height: 34, rx: 5}),
    h('text', {x: lefts[n.step] + widths[n.step] / 2, y: Y(i) + 14, 'text-anchor': 'middle'}, label(n)),
    h('text', {class: 'score', x: lefts[n.step] + widths[n.step] / 2, y: Y(i) + 28, 'text-anchor': 'middle'}, number(n.score, 2))));
  svg.append(...edges.filter((_, i) => !won.has(i)), ...edges.filter((_, i) => won.has(i)), ...boxes);
  const caption = h('p', {role: 'status'}), scroller = h('div', {class: 'scroller'}, svg);
  const mark = i => {
    state.at = i;
    const path = new Set(lines(i)), n = nodes[i];
    edges.forEach((e, j) => e.setAttribute('class', `edge${path.has(j) ? ' path' : ''}${won.has(j) ? ' best' : ''}`));
    boxes.forEach((b, j) => b.setAttribute('class', `${nodes[j].ending !== null ? 'ended' : ''} ${j === value.best ? 'won' : ''} ${j === i ? 'chosen' : ''}`));
    caption.textContent = (n.ending === null ? w.beginning : w.ending).replace('{text}', said(i)).replace('{score}', number(n.score, 2))
      .replace('{percent}', (100 * Math.exp(n.score)).toPrecision(2)).replace('{ending}', number(n.ending ?? 0, 3)).replace('{pieces}', n.step + 1);
    svg.setAttribute('aria-label', `${value.title}. ${caption.textContent} ${w.keys}`);
  };
  svg.addEventListener('keydown', e => {
    const n = nodes[state.at], column = columns[n.step], row = column.indexOf(state.at);
    const child = nodes.findIndex(m => m.parent === state.at);
    const to = {ArrowLeft: n.parent, ArrowRight: child, ArrowUp: column[row - 1] ?? -1, ArrowDown: column[row + 1] ?? -1}[e.key];
    if (to === undefined) return;
    e.preventDefault();
    if (to < 0) return;
    mark(to);
    const x = lefts[nodes[to].step];
    if (x < scroller.scrollLeft || x + widths[nodes[to].step] > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = x - scroller.clientWidth / 2;
  });
  const ended = nodes.map((n, i) => i).filter(i => nodes[i].ending !== null).sort((a, b) => nodes[b].ending - nodes[a].ending);
  root.append(h('h4', {}, value.title), scroller, caption, h('p', {class: 'muted'}, w.explain), h('h4', {}, w.finished),
    ended.length ? h('ol', {}, ended.map(i => h('li', {class: i === value.best ? 'won' : ''}, `${said(i)} (${number(nodes[i].ending, 3)})`))) : h('p', {}, w.none));
  mark(state.at);
}

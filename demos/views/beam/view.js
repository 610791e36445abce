import { fill, h, number } from "../_runtime.js";

export const sized = true;
export const initial = () => ({key: '', at: 0});
const ROW = 42, TALL = 34, GAP = 30;

// Each step's column: what was kept first, what was dropped below it; places among `kept` followed by `dropped`.
export const columns = (kept, dropped) => {
  const all = [...kept, ...dropped], steps = Math.max(...kept.map(n => n.step)) + 1;
  return Array.from({length: steps}, (_, s) => all.map((_, i) => i).filter(i => all[i].step === s));
};

export default function draw(root, value, { state, width: room = 700 }) {
  root.replaceChildren();
  if (!(value.nodes || []).length) return;
  const kept = value.nodes.length, nodes = [...value.nodes, ...value.dropped.map(n => ({...n, ending: null}))];
  const w = value.words, key = value.nodes.map(n => n.piece + n.score).join();
  if (state.key !== key) { state.key = key; state.at = value.best; }
  const lines = i => { const p = []; for (; i >= 0; i = nodes[i].parent) p.unshift(i); return p; };
  const ends = n => n.ending !== null || n.piece === '[EOS]';
  const said = i => lines(i).filter(j => !ends(nodes[j])).map(j => nodes[j].piece).join('').trim() || w.empty;
  const won = new Set(lines(value.best)), levels = columns(value.nodes, value.dropped);
  const context = document.createElement('canvas').getContext('2d');
  context.font = `13px ${getComputedStyle(root).fontFamily}`;
  const label = n => ends(n) ? w.end : n.piece.trim() || '␣';
  const widths = levels.map(c => Math.max(48, ...c.map(i => Math.ceil(context.measureText(label(nodes[i])).width) + 16)));
  const spare = room - 12 - widths.reduce((a, x) => a + x + GAP, 0), gap = GAP + Math.max(0, Math.min(40, spare / widths.length));
  const lefts = widths.reduce((all, x) => [...all, all.at(-1) + x + gap], [gap]);
  const tall = Math.max(...levels.map(c => c.length)) * ROW + 8, Y = i => 6 + levels[nodes[i].step].indexOf(i) * ROW;
  const svg = h('svg', {width: Math.max(lefts.at(-1), room - 4), height: tall, role: 'application', tabindex: '0'});
  const middle = TALL / 2, edges = nodes.map((n, i) => {
    const x2 = lefts[n.step], y2 = Y(i) + middle, x1 = n.parent < 0 ? 6 : lefts[n.step - 1] + widths[n.step - 1], y1 = n.parent < 0 ? Y(levels[0][0]) + middle : Y(n.parent) + middle;
    return h('path', {d: `M${x1} ${y1}C${x1 + gap / 2} ${y1} ${x2 - gap / 2} ${y2} ${x2} ${y2}`});
  });
  const boxes = nodes.map((n, i) => h('g', {onclick: () => mark(i), onpointerenter: () => mark(i)}, h('rect', {x: lefts[n.step], y: Y(i), width: widths[n.step], height: TALL, rx: 6}),
    h('text', {x: lefts[n.step] + widths[n.step] / 2, y: Y(i) + 15, 'text-anchor': 'middle'}, label(n)),
    h('text', {class: 'score', x: lefts[n.step] + widths[n.step] / 2, y: Y(i) + 29, 'text-anchor': 'middle'}, number(n.score, 2))));
  svg.append(...edges.filter((_, i) => !won.has(i)), ...edges.filter((_, i) => won.has(i)), ...boxes);
  const caption = h('p', {role: 'status'}), scroller = h('div', {class: 'scroller'}, svg);
  const mark = i => {
    state.at = i;
    const path = new Set(lines(i)), n = nodes[i];
    edges.forEach((e, j) => e.setAttribute('class', `edge${j >= kept ? ' lost' : ''}${won.has(j) ? ' best' : ''}${path.has(j) ? ' path' : ''}`));
    boxes.forEach((b, j) => b.setAttribute('class', `${j >= kept ? 'lost' : ends(nodes[j]) ? 'ended' : ''} ${j === value.best ? 'won' : ''} ${j === i ? 'chosen' : ''}`));
    const least = Math.min(...levels[n.step].filter(j => j < kept).map(j => nodes[j].score));
    caption.textContent = fill(i >= kept ? w.dropped : n.ending === null ? w.beginning : w.ending, {text: said(i) + (i >= kept && ends(n) ? ' ⏎' : ''), score: number(n.score, 2), least: number(least, 2),
      percent: (100 * Math.exp(n.score)).toPrecision(2), ending: number(n.ending ?? 0, 3), pieces: n.step + 1, n: n.step + 1});
    svg.setAttribute('aria-label', `${value.title}. ${caption.textContent} ${w.keys}`);
  };
  svg.addEventListener('keydown', e => {
    const n = nodes[state.at], column = levels[n.step], row = column.indexOf(state.at);
    const to = {ArrowLeft: n.parent, ArrowRight: nodes.findIndex(m => m.parent === state.at), ArrowUp: column[row - 1] ?? -1, ArrowDown: column[row + 1] ?? -1}[e.key];
    if (to === undefined) return;
    e.preventDefault();
    if (to < 0) return;
    mark(to);
    const x = lefts[nodes[to].step];
    if (x < scroller.scrollLeft || x + widths[nodes[to].step] > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = x - scroller.clientWidth / 2;
  });
  const legend = h('ul', {class: 'key'}, [['best', w.won], ['', w.kept], ['lost', w.lost]].map(([kind, text]) => h('li', {}, h('i', {class: kind, 'aria-hidden': 'true'}), text)));
  const ended = value.nodes.map((n, i) => i).filter(i => nodes[i].ending !== null).sort((a, b) => nodes[b].ending - nodes[a].ending);
  root.append(h('h4', {}, value.title), scroller, legend, caption, h('h4', {}, w.finished),
    ended.length ? h('ol', {}, ended.map(i => h('li', {class: i === value.best ? 'won' : ''}, `${said(i)} (${number(nodes[i].ending, 3)})`))) : h('p', {}, w.none), h('p', {class: 'muted'}, w.explain));
  mark(state.at);
}

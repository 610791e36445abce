import { fill, h, number } from "../_runtime.js";

export const sized = true;
export const initial = () => ({row: null, column: null});
const shown = token => token.replaceAll('\n', '↵').replaceAll(' ', '␣') || '∅';
const GUTTER = 112, CELL = 66;

// How many columns of words have room.
export const room = (width, count) => Math.max(1, Math.min(count, Math.floor((width - GUTTER) / CELL)));

export default function draw(root, value, { state, width }) {
  root.replaceChildren();
  if (!value.cells || !value.cells.length) return;
  const w = value.words, n = room(width || 700, value.cells.length), first = value.cells.length - n;
  const layers = value.cells[0].length, tokens = value.tokens.map(shown), detail = h('p', {class: 'detail', role: 'status'}), buttons = [];
  const valid = state.row !== null && state.row < layers && state.column >= first && state.column < value.cells.length;
  if (!valid) Object.assign(state, {row: layers - 1, column: value.cells.length - 1});
  const name = row => row ? fill(w.after, {n: row - 1}) : w.before;
  const tell = (row, column) => {
    const best = value.cells[column][row].map(([t, p]) => `“${shown(t)}” ${number(100 * p, 1)} %`).join(', ');
    const came = column + 1 < tokens.length ? fill(w.came, {token: tokens[column + 1]}) : '';
    detail.textContent = `${fill(w.says, {layer: name(row), token: tokens[column], answers: best})} ${came}`;
  };
  const choose = (row, column, focus) => {
    Object.assign(state, {row, column});
    buttons.forEach(b => { const own = +b.dataset.row === row && +b.dataset.column === column; b.setAttribute('aria-pressed', String(own)); b.tabIndex = own ? 0 : -1; if (own && focus) b.focus(); });
    tell(row, column);
  };
  const cell = (row, column) => {
    const [token, p] = value.cells[column][row][0] ?? ['', 0], right = column + 1 < tokens.length && shown(token) === tokens[column + 1];
    const button = h('button', {type: 'button', class: right ? 'right' : '', 'data-row': row, 'data-column': column, style: `--share:${Math.round(100 * p)}%`,
      'aria-label': `${name(row)}, ${tokens[column]}: ${shown(token)} ${number(100 * p, 0)} %${right ? `, ${w.right}` : ''}`,
      onclick: () => choose(row, column, true), onpointerenter: () => tell(row, column), onpointerleave: () => tell(state.row, state.column), onkeydown: e => {
        const step = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[e.key];
        if (!step) return;
        e.preventDefault();
        choose(Math.max(0, Math.min(layers - 1, row + step[0])), Math.max(first, Math.min(tokens.length - 1, column + step[1])), true);
      }}, right ? '✓ ' : '', shown(token));
    buttons.push(button);
    return h('td', {}, button);
  };
  const columns = Array.from({length: n}, (_, i) => first + i);
  root.append(h('table', {}, h('caption', {}, w.axes), h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, w.read), columns.map(c => h('th', {scope: 'col', class: 'token'}, tokens[c])))),
    h('tbody', {}, Array.from({length: layers}, (_, row) => h('tr', {}, h('th', {scope: 'row'}, name(row)), columns.map(c => cell(row, c))))),
    h('tfoot', {}, h('tr', {}, h('th', {scope: 'row'}, w.next), columns.map(c => h('td', {class: 'token'}, tokens[c + 1] ?? '?'))))),
    h('p', {class: 'legend'}, h('span', {}, '0 %'), h('i', {'aria-hidden': 'true'}), h('span', {}, '100 %'), h('span', {class: 'muted'}, w.legend)), detail);
  choose(state.row, state.column, false);
}

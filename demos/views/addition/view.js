import { bytes, colour, fill, h, number, paint, signed } from "../_runtime.js";

export const sized = true;
export const initial = () => ({cell: [0, 0], focus: false});
const GAP = 18;
// The numbers of a map: whole numbers of two bytes, of which 32,000 stands for the largest.
export const numbers = ({values, largest}) => Float32Array.from(new Int16Array(bytes(values).buffer), v => v / 32000 * largest);

export default function draw(root, value, view) {
  const { state } = view;
  root.replaceChildren();
  if (!value.parts) return;
  const w = value.words, T = value.tokens.length, E = value.size, plus = colour(root, '--lm-plus'), minus = colour(root, '--lm-minus');
  const maps = value.parts.map(numbers);
  state.cell = [Math.min(state.cell[0], T - 1), Math.min(state.cell[1], E - 1)];
  const label = Math.min(120, 10 + 7.8 * Math.max(...value.tokens.map(t => t.length))), wide = Math.max(280, view.width) - label;
  const beside = wide >= 560, ROW = beside ? 18 : 15, across = Math.floor(beside ? (wide - 2 * GAP) / 3 : wide);
  const told = h('p', {class: 'told', role: 'status'}), marks = [];
  const names = () => h('div', {class: 'names', style: `width:${label}px;line-height:${ROW}px`, 'aria-hidden': 'true'}, value.tokens.map(t => h('span', {style: `height:${ROW}px`}, t)));
  const tell = ([t, e]) => {
    const [a, b, c] = maps.map(m => number(m[t * E + e], 2));
    told.textContent = fill(w.told, {word: value.tokens[t], n: e, a, b, c});
    marks.forEach(m => { m.style.cssText = `left:${100 * e / E}%;top:${ROW * t}px;width:${Math.max(3, across / E)}px;height:${ROW}px`; });
  };
  const figure = (part, n) => {
    const canvas = h('canvas', {style: `width:${across}px;height:${T * ROW}px`, 'aria-hidden': 'true'}), mark = h('i', {class: 'mark'});
    paint(canvas, E, T, i => signed(Math.sign(maps[n][i]) * Math.sqrt(Math.abs(maps[n][i]) / part.largest), plus, minus));
    marks.push(mark);
    const where = e => {
      const box = canvas.getBoundingClientRect();
      return [Math.max(0, Math.min(T - 1, Math.floor((e.clientY - box.top) / ROW))), Math.max(0, Math.min(E - 1, Math.floor((e.clientX - box.left) / box.width * E)))];
    };
    const frame = h('div', {class: 'frame', style: `width:${across}px`, tabindex: n === 2 ? '0' : false, role: 'application',
      'aria-label': `${part.title}, ${T} × ${E}. ${w.keyboard}`,
      onpointermove: e => tell(where(e)), onpointerleave: () => tell(state.cell), onclick: e => { state.cell = where(e); tell(state.cell); },
      onkeydown: e => {
        const move = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key];
        if (!move) return;
        e.preventDefault();
        state.cell = [Math.max(0, Math.min(T - 1, state.cell[0] + move[0])), Math.max(0, Math.min(E - 1, state.cell[1] + move[1]))];
        tell(state.cell);
      }}, canvas, mark);
    const scale = h('div', {class: 'scale', 'aria-hidden': 'true'}, h('span', {}, `−${number(part.largest, 1)}`), h('i'), h('span', {}, `+${number(part.largest, 1)}`));
    return h('figure', {}, h('figcaption', {}, h('b', {}, ['', '+ ', '= '][n]), part.title),
      h('div', {class: 'map'}, beside && n ? null : names(), frame), h('div', {class: 'under', style: beside && n ? '' : `margin-left:${label}px`},
        h('span', {class: 'axis'}, fill(w.axis, {last: E - 1})), scale));
  };
  root.append(told, h('div', {class: beside ? 'beside' : '', style: `--gap:${GAP}px`}, value.parts.map(figure)));
  if (value.left) root.append(h('p', {class: 'muted'}, fill(w.left, {n: value.left})));
  root.append(h('p', {class: 'muted'}, w.note));
  tell(state.cell);
}

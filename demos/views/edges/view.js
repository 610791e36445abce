import { bytes, fill, h, number } from "../_runtime.js";
import { altOf, cellOf, choices, cut, listen, rect, replace, settings, shown, stage, suppress } from "../boxes/view.js";

/* One box: the distributions of its four edges, and what in the picture its name rests on. Asks with `look` for the latter. */
export const initial = () => ({asked: ''});

// The mean of a distribution over distances, in cells, and the distance that is likeliest.
export const mean = p => p.reduce((sum, v, i) => sum + v * i, 0);
export const likeliest = p => p.indexOf(Math.max(...p));
// The sum that the mean is, its small terms left out.
export const sum = p => p.map((v, i) => [v, i]).filter(([v]) => v >= 0.02).map(([v, i]) => `${number(v, 2)}·${i}`).join(' + ');

const chart = (p, words, side, stride) => {
  const at = mean(p), top = likeliest(p);
  const bars = h('div', {class: 'bars', role: 'img', 'aria-label': `${side}: ${number(at, 2)} ${words.cells}`},
    p.map((v, i) => h('i', {style: `height:${Math.max(100 * v, 0.5)}%`, class: i === top ? 'top' : '', title: `${i}: ${number(v, 3)}`})),
    h('b', {style: `left:${100 * (at + 0.5) / p.length}%`}));
  return h('div', {class: 'edge'}, h('h4', {}, side), h('div', {class: 'plot'}, h('span', {class: 'y'}, '1'), h('span', {class: 'y zero'}, '0'), bars),
    h('div', {class: 'x'}, [0, 5, 10, 15].filter(i => i < p.length).map(i => h('span', {style: `left:${100 * (i + 0.5) / p.length}%`}, `${i}`))), h('p', {class: 'axis'}, words.axis),
    h('code', {}, `${sum(p)} ≈ ${number(at, 2)} × ${stride} px = ${number(at * stride, 1)} px`));
};
const rests = (value, map) => {
  const data = bytes(map.data), canvas = h('canvas', {class: 'heat', width: map.columns, height: map.rows, 'aria-hidden': 'true'});
  const c = canvas.getContext('2d'), image = c.createImageData(map.columns, map.rows), [sx, sy, left, top] = value.frame;
  data.forEach((v, i) => image.data.set([91, 31, 138, Math.round(0.85 * v)], 4 * i));
  c.putImageData(image, 0, 0);
  canvas.style.cssText = `left:${-100 * left / sx / value.width}%;top:${-100 * top / sy / value.height}%;width:${800 * map.columns / sx / value.width}%;height:${800 * map.rows / sy / value.height}%`;
  return canvas;
};
export default function draw(root, made, view) {
  const again = () => {
    const value = shown.value, {state, trigger} = view, words = made.words;
    if (!value || !words) { root.replaceChildren(); return; }
    const {kept} = suppress(value, settings), list = kept.filter(i => value.edges[i]);
    if (!list.length) { replace(root, h('p', {class: 'muted'}, value.live ? words.live : kept.length ? words.none : words.nothing_kept)); return; }
    const i = list.includes(settings.picked) ? settings.picked : list[0], [, , , , score, k, stride, column, row] = value.candidates[i];
    const asked = JSON.stringify([value.key, stride, column, row, k]);
    const map = made.map?.asked === asked ? made.map : null;
    if (!map && state.asked !== asked && made.asks) { state.asked = asked; trigger('look', {asked, stride, column, row, label: value.labels[k]}); }
    const shapes = [rect(value, i, 'strong'), h('rect', {...cellOf(value, stride, column, row), class: 'cell'})];
    const box = cut(value, i), sides = [words.left, words.top, words.right, words.bottom];
    replace(root, choices(words.boxes, list.slice(0, 40), i, j => `#${j + 1} · ${value.names[value.candidates[j][5]]}`, j => { settings.picked = j; again(); }),
      h('p', {}, fill(words.title, {i: i + 1, name: value.names[k], score: number(score, 2), row, column, s: stride})),
      h('div', {class: 'both'}, h('div', {class: 'edges'}, value.edges[i].map((p, e) => chart(p, words, sides[e], stride))),
        h('div', {}, stage(value, {shapes, tags: [i], over: map && rests(value, map), alt: altOf(value, [i]), caption: map ? words.rests : words.cell}),
          map ? h('div', {class: 'scale'}, h('span', {}, words.scale), h('span', {}, '0'), h('i', {}), h('span', {}, '1')) : null,
          h('p', {class: 'muted'}, fill(words.box, {width: Math.round(box[2] - box[0]), height: Math.round(box[3] - box[1]), wide: Math.round((box[2] - box[0]) * value.frame[0]), tall: Math.round((box[3] - box[1]) * value.frame[1])})))));
  };
  listen(root, again);
  again();
}

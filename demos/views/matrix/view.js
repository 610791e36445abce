import { fill, h, number } from "../_runtime.js";
import { play } from "../listen/view.js";

// What a cell says: "" where the threshold is right, else who is taken for whom.
export const verdict = (same, cosine, threshold) => same === (cosine >= threshold) ? '' : same ? 'refused' : 'accepted';

export const sized = true;
export const initial = () => ({key: '', row: 0, column: 1});
export default function draw(root, value, view) {
  const { state } = view;
  if (value.names?.length && !view.width) return;  // it is drawn when it is seen
  root.replaceChildren();
  if (!value.names || value.names.length < 2) return;
  const W = view.width, {names, groups, cosines, files, threshold, words} = value, n = names.length, key = JSON.stringify([groups, names]);
  if (state.key !== key) Object.assign(state, {...initial(), key});
  const runs = []; groups.forEach((g, i) => g === runs.at(-1)?.name ? runs.at(-1).count++ : runs.push({name: g, from: i, count: 1}));
  const left = Math.min(110, W * .25), size = Math.min(34, (W - left - 4) / n), top = 22, side = n * size, low = Math.min(...cosines.flat());
  const shade = v => v < 0 ? `color-mix(in srgb, var(--lm-minus) ${Math.round(-100 * v)}%, transparent)` : `color-mix(in srgb, var(--lm-plus) ${Math.round(100 * v * v)}%, transparent)`;
  const short = (text, space) => text.length * 6.6 > space ? text.slice(0, Math.max(1, Math.floor(space / 6.6) - 1)) + '…' : text;
  const told = h('p', {role: 'status', class: 'told'}), ring = h('rect', {class: 'ring', width: size, height: size});
  const cells = cosines.flatMap((row, i) => row.map((v, j) => {
    const wrong = i === j ? '' : verdict(groups[i] === groups[j], v, threshold), x = left + j * size, y = top + i * size;
    return [h('rect', {class: 'cell', x, y, width: size - 1, height: size - 1, style: `fill:${shade(v)}`, onclick: () => pick(i, j, true), onpointerenter: () => pick(i, j)}),
      wrong ? h('text', {class: `wrong ${wrong}`, x: x + size / 2, y: y + size / 2, 'text-anchor': 'middle', 'dominant-baseline': 'central'}, wrong === 'accepted' ? '✖' : '○') : null];
  }));
  const svg = h('svg', {width: W, height: top + side + 6, role: 'application', tabindex: '0'}, cells,
    runs.map(r => [h('text', {x: left - 8, y: top + (r.from + r.count / 2) * size + 4, 'text-anchor': 'end'}, short(r.name, left - 10)),
      h('text', {x: left + (r.from + r.count / 2) * size, y: 14, 'text-anchor': 'middle'}, short(r.name, r.count * size)),
      h('rect', {class: 'own', x: left + r.from * size - .5, y: top + r.from * size - .5, width: r.count * size, height: r.count * size})]), ring);
  const called = i => `${groups[i]}, ${names[i]}`;
  const pick = (i, j, heard) => {
    Object.assign(state, {row: i, column: j}); ring.setAttribute('x', left + j * size - .5); ring.setAttribute('y', top + i * size - .5);
    const wrong = i === j ? '' : verdict(groups[i] === groups[j], cosines[i][j], threshold);
    told.textContent = `${called(i)} × ${called(j)}: ${number(cosines[i][j], 3)}${wrong ? ` · ${words[wrong]}` : ''}`;
    svg.setAttribute('aria-label', `${told.textContent}. ${words.keys}`);
    if (heard) play(files[i].url, (_, ended) => { if (ended && i !== j) play(files[j].url); });
  };
  svg.addEventListener('keydown', e => {
    if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); return pick(state.row, state.column, true); }
    const by = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[e.key]; if (!by) return;
    e.preventDefault(); pick(Math.max(0, Math.min(n - 1, state.row + by[0])), Math.max(0, Math.min(n - 1, state.column + by[1])));
  });
  root.append(svg, h('p', {class: 'scale'}, h('span', {}, number(Math.min(0, low), 1)), h('i', {'aria-hidden': 'true', style: `background:linear-gradient(90deg, ${[0, .25, .5, .75, 1].map(k => shade(Math.min(0, low) + k * (1 - Math.min(0, low)))).join(',')})`}), h('span', {}, fill(words.scale, {high: '1.0'})),
    h('span', {}, `✖ ${words.accepted}`), h('span', {}, `○ ${words.refused}`)), told);
  pick(Math.min(state.row, n - 1), Math.min(state.column, n - 1));
}

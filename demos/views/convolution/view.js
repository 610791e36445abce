import { h, number } from "../_runtime.js";

export default function draw(root, value) {
  root.replaceChildren();
  if (!value.channels) return;
  const w = value.words;
  const grid = (numbers, caption) => {
    const most = Math.max(...numbers.flat().map(Math.abs), 1e-9);
    return h('table', {class: 'grid'}, h('caption', {}, caption), h('tbody', {}, numbers.map(line => h('tr', {}, line.map(v =>
      h('td', {class: v < 0 ? 'negative' : 'positive', style: `--share:${Math.round(70 * Math.abs(v) / most)}%`}, number(v, 2)))))));
  };
  root.append(h('h4', {}, value.title));
  for (const c of value.channels) root.append(h('div', {class: 'line'},
    grid(c.patch, `${w.patch} (${w.input} ${c.index})`), h('span', {class: 'sign'}, '×'), grid(c.kernel, w.kernel),
    h('span', {class: 'sign'}, '='), grid(c.products, w.products), h('span', {class: 'sign'}, `→ Σ ${number(c.sum)}`)));
  const steps = [];
  const parts = value.channels.map(c => number(c.sum));
  if (value.rest.count) parts.push(`${number(value.rest.sum)} (${w.rest.replace('{n}', value.rest.count)})`);
  if (value.bias) parts.push(`${number(value.bias)} (bias)`);
  steps.push([w.sum, `${parts.join(' + ').replaceAll('+ -', '− ')} = ${number(value.total)}`]);
  if (value.scale !== 1 || value.shift !== 0)
    steps.push([w.norm, `${number(value.scale)} · ${number(value.total)} + ${number(value.shift)} = ${number(value.normalized)}`.replaceAll('+ -', '− ')]);
  steps.push(['ReLU', `max(0, ${number(value.normalized)}) = ${number(value.activation)}`]);
  root.append(h('dl', {}, steps.map(([name, text]) => [h('dt', {}, name), h('dd', {}, text)])));
  if (value.window) root.append(h('div', {class: 'line'}, grid(value.window, w.window), h('span', {class: 'sign'}, `→ max ${number(value.pooled)}`)));
}

import { h, number } from "../_runtime.js";

const signed = (v, digits = 3) => v < 0 ? `− ${number(-v, digits)}` : `+ ${number(v, digits)}`;
export default function draw(root, value) {
  root.replaceChildren();
  if (!value.parts) return;
  const w = value.words;
  const line = (name, [i, x, weight, product]) => h('tr', {}, h('td', {}, `${name}[${i}]`), h('td', {}, number(x)), h('td', {}, '×'), h('td', {}, number(weight)),
    h('td', {}, '='), h('td', {}, number(product)));
  const side = (name, title, s) => {
    const shown = s.terms.slice(0, value.shown), rest = s.terms.slice(value.shown), sum = rest.reduce((a, t) => a + t[3], 0);
    return [h('tr', {class: 'group'}, h('td', {colspan: '6'}, title)), shown.map(t => line(name, t)),
      h('tr', {}, h('td', {colspan: '5'}, w.rest.replace('{n}', rest.length)), h('td', {}, number(sum)))];
  };
  const parts = value.parts.map(p => h('section', {style: `--part:var(--lm-${p.colour})`}, h('h5', {}, p.name),
    h('table', {}, h('tbody', {}, side('x', w.input, p.input), side('h', w.before, p.state),
      h('tr', {}, h('td', {colspan: '5'}, 'bias'), h('td', {}, number(p.bias))),
      h('tr', {class: 'sum'}, h('td', {colspan: '5'}, w.sum), h('td', {}, number(p.sum))),
      h('tr', {class: 'sum'}, h('td', {colspan: '5'}, p.held ? w.held : `${p.squash}(${number(p.sum)})`), h('td', {}, number(p.value))))),
    h('details', {}, h('summary', {}, w.all.replace('{n}', p.input.terms.length + p.state.terms.length)), h('div', {class: 'all', tabindex: '0'},
      h('table', {}, h('tbody', {}, p.input.terms.map(t => line('x', t)), p.state.terms.map(t => line('h', t))))))));
  root.append(h('h4', {}, value.title), h('div', {class: 'parts'}, parts));
  const by = Object.fromEntries(value.parts.map(p => [p.key, p])), steps = [];
  if (value.cell === null) steps.push([w.state, `h = tanh(${number(by.state.sum)}) = ${number(value.output)}`]);
  else {
    const f = by.forget.value, i = by.input.value, o = by.output.value, u = by.candidate.value;
    steps.push([w.cell, `c = ${w.forget} × ${w.old} + ${w.write} × ${w.candidate} = ${number(f)} × ${number(value.before)} ${signed(i * u)} = ${number(value.cell)}`]);
    steps.push([w.state, `h = ${w.show} × tanh(c) = ${number(o)} × ${number(Math.tanh(value.cell))} = ${number(value.output)}`]);
  }
  root.append(h('dl', {}, steps.map(([name, text]) => [h('dt', {}, name), h('dd', {}, text)])));
}

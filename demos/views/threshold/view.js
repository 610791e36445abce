import { fill, h, linear, number, xAxis, yAxis } from "../_runtime.js";

// Which part of [score, count] pairs, each spread evenly over `width`, lies below `t`.
export const below = (pairs, width, t) => {
  const all = pairs.reduce((sum, [, n]) => sum + n, 0);
  const part = s => width ? Math.max(0, Math.min(1, (t - s) / width + .5)) : +(s < t);
  return all ? pairs.reduce((sum, [s, n]) => sum + n * part(s), 0) / all : 0;
};
// Where as many pairs of two are accepted as pairs of one are refused; null without both kinds.
export const equal = ({ same, other, width }) => {
  if (!same.length || !other.length) return null;
  const near = [...same, ...other].map(p => p[0]), low = Math.min(...near) - width, high = Math.max(...near) + width;
  let best = null;
  for (let k = 0; k <= 1000; k++) {
    const t = low + (high - low) * k / 1000, refused = below(same, width, t), accepted = 1 - below(other, width, t), gap = Math.abs(refused - accepted);
    if (!best || gap < best.gap - 1e-12) best = {t, gap, rate: (refused + accepted) / 2};
  }
  return best;
};
const binned = (pairs, low, high, bins) => {
  const made = Array(bins).fill(0), all = pairs.reduce((sum, [, n]) => sum + n, 0) || 1;
  for (const [s, n] of pairs) made[Math.max(0, Math.min(bins - 1, Math.floor((s - low) / (high - low) * bins)))] += n / all;
  return made;
};

const NAME = 125;  // about what the name of the equal-error point is wide

export const sized = true;
export const initial = () => ({key: '', at: null});
export default function draw(root, value, view) {
  const { state, trigger } = view;
  if (value.rows?.length && !view.width) return;  // it is drawn when it is seen
  root.replaceChildren();
  if (!value.rows || !value.rows.length) return;
  const W = view.width, words = value.words, key = JSON.stringify(value.rows.map(r => [r.name, r.at, r.score]));
  if (state.key !== key) Object.assign(state, {key, at: value.rows.map(r => r.at)});
  value.rows.forEach((row, i) => root.append(one(row, state, i, W, value, trigger)));
}

function one(row, state, i, W, { rows, words, curve }, trigger) {
  const named = rows.length > 1 || curve;
  const known = [...row.same, ...row.other].map(p => p[0]), scores = [...known, ...(row.score === null ? [] : [row.score]), row.at];
  const low = Math.max(-1, Math.floor(10 * Math.min(...scores) - .5) / 10), high = 1, left = curve ? 66 : 12, right = W - 14;
  const top = row.score === null ? 22 : 40, tall = known.length ? 92 : 18, foot = top + tall, second = curve ? foot + 52 : foot, end = curve ? second + 92 : foot, H = end + 38;
  const X = linear(low, high, left, right), width = Math.max(.02, row.width), bins = Math.round((high - low) / width);
  const same = binned(row.same, low, high, bins), other = binned(row.other, low, high, bins), most = Math.max(...same, ...other, 1e-9), Y = linear(0, most, foot, top + 2);
  const area = counts => `M${X(low)},${foot}` + counts.map((v, k) => `V${Y(v).toFixed(1)}H${X(low + (k + 1) * (high - low) / bins).toFixed(1)}`).join('') + `V${foot}Z`;
  const ticks = []; for (let v = Math.ceil(low * 5 - 1e-9) / 5; v <= high + 1e-9; v += .2) ticks.push([X(v), v.toFixed(1)]);
  const parts = [h('line', {class: 'axis', x1: left, x2: right, y1: foot, y2: foot}),
    known.length ? [h('path', {class: 'other', d: area(other)}), h('path', {class: 'same', d: area(same)})] : []];
  const best = equal(row), here = h('text', {'text-anchor': 'end', class: 'ink'}, best ? fill(words.here, {rate: number(100 * best.rate, 1)}) : '');
  if (curve && known.length) {
    const V = linear(0, 1, end, second), grid = Array.from({length: 161}, (_, k) => low + (high - low) * k / 160);
    const path = f => 'M' + grid.map(t => `${X(t).toFixed(1)},${V(f(t)).toFixed(1)}`).join('L');
    parts.push(xAxis(ticks, foot + 17, '', 0, 0), yAxis([0, .5, 1].map(v => [V(v), `${100 * v} %`]), left, right, words.share, (second + end) / 2),
      h('path', {class: 'accepts', d: path(t => 1 - below(row.other, row.width, t))}), h('path', {class: 'rejects', d: path(t => below(row.same, row.width, t))}));
    if (best) parts.push(h('circle', {class: 'eer', cx: X(best.t), cy: V(best.rate), r: 5}), h('line', {class: 'to', x1: X(best.t), x2: X(best.t), y1: V(best.rate) - 6, y2: V(.72)}), here);
    here.setAttribute('y', V(.72));
  }
  parts.push(xAxis(ticks, end + 19, words.axis, (left + right) / 2, H - 6));
  if (row.score !== null) {
    const at = X(row.score), anchor = at > W - 70 ? 'end' : 'middle';
    parts.push(h('line', {class: `score ${row.colour}`, x1: at, x2: at, y1: 18, y2: foot}), h('circle', {class: `score ${row.colour}`, cx: at, cy: foot, r: 6}),
      h('text', {x: Math.min(at, right), y: 13, 'text-anchor': anchor, class: 'ink'}, fill(words.score, {score: number(row.score, 3)})));
  }
  const limit = h('line', {class: 'limit', y1: top - 4, y2: end}), label = h('text', {y: top - 8, class: 'ink'});
  const told = fill(words.alt, {same: row.same.reduce((n, p) => n + p[1], 0), other: row.other.reduce((n, p) => n + p[1], 0)});
  const svg = h('svg', {width: W, height: H, role: 'img', 'aria-label': `${row.name}. ${known.length ? told : words.unknown}`}, parts, limit, label);
  const handle = h('div', {class: 'handle', role: 'slider', tabindex: '0', 'aria-label': `${words.threshold} (${row.name})`, 'aria-valuemin': low, 'aria-valuemax': high, style: `top:${end - 14}px`});
  const wrong = h('p', {role: 'status'});
  const count = list => list.reduce((n, p) => n + p[1], 0), tally = (part, list) => `${Math.round(part * count(list)).toLocaleString('en')} / ${count(list).toLocaleString('en')} (${number(100 * part, 1)} %)`;
  const paint = () => {
    const t = state.at[i], at = X(t);
    limit.setAttribute('x1', at); limit.setAttribute('x2', at);
    const beside = row.score === null ? 0 : X(row.score) - at;  // no line runs through a name
    const [x, anchor] = beside > 0 && beside < 64 ? [at + beside - 6, 'end'] : beside < 0 && beside > -64 ? [at + beside + 6, 'start'] : [Math.min(at, right), at > W - 70 ? 'end' : at < 70 ? 'start' : 'middle'];
    label.setAttribute('x', x); label.setAttribute('text-anchor', anchor);
    if (best) here.setAttribute('x', (at < X(best.t) && at > X(best.t) - NAME ? at : X(best.t)) - 7);
    label.textContent = `${words.threshold} ${number(t, 3)}`;
    handle.style.left = `${at - 14}px`;
    handle.setAttribute('aria-valuenow', number(t, 3));
    const decided = row.score === null ? '' : h('strong', {}, row.score >= t ? words.same_said : words.other_said);
    wrong.replaceChildren(decided, decided && known.length ? ' · ' : '', ...(known.length ? [
      h('span', {class: 'key other', 'aria-hidden': 'true'}), `${words.accepts}: ${tally(1 - below(row.other, row.width, t), row.other)} · `,
      h('span', {class: 'key same', 'aria-hidden': 'true'}), `${words.rejects}: ${tally(below(row.same, row.width, t), row.same)}`] : []));
    handle.setAttribute('aria-valuetext', `${number(t, 3)}. ${wrong.textContent}`);
  };
  const move = t => { state.at[i] = Math.round(1000 * Math.max(low, Math.min(high, t))) / 1000; paint(); };
  const done = () => { if (i === 0) trigger('move', {at: state.at[i]}); };
  const box = h('div', {class: 'plot'}, svg, handle);
  const drag = e => move(low + (e.clientX - box.getBoundingClientRect().left - left) / (right - left) * (high - low));
  box.addEventListener('pointerdown', e => { box.setPointerCapture(e.pointerId); handle.focus({preventScroll: true}); drag(e); e.preventDefault(); });
  box.addEventListener('pointermove', e => { if (box.hasPointerCapture(e.pointerId)) drag(e); });
  box.addEventListener('pointerup', done);
  handle.addEventListener('keydown', e => {
    const to = {ArrowLeft: state.at[i] - .005, ArrowDown: state.at[i] - .005, ArrowRight: state.at[i] + .005, ArrowUp: state.at[i] + .005,
      PageDown: state.at[i] - .05, PageUp: state.at[i] + .05, Home: low, End: high}[e.key];
    if (to === undefined) return;
    e.preventDefault(); move(to);
  });
  handle.addEventListener('keyup', e => { if (/Arrow|Page|Home|End/.test(e.key)) done(); });
  const jump = !curve ? '' : best ? h('button', {type: 'button', onclick: () => { move(best.t); done(); }}, fill(words.eer, {rate: number(100 * best.rate, 1), threshold: number(best.t, 3)})) : h('p', {class: 'muted'}, words.more);
  paint();
  return h('section', {class: row.colour, 'aria-label': row.name}, named ? h('h4', {}, row.name) : '', box, known.length ? '' : h('p', {class: 'muted'}, words.unknown), wrong, jump);
}

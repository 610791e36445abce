import { fill, h, number } from "../_runtime.js";

/* What was seen when in a video: a lane for each label; a moment that is chosen is shown in the video, and looked into. */
export const initial = () => ({at: 0});

// Runs of frames in which a label was seen: [from, to] as indices, both included.
export const runs = flags => flags.reduce((found, on, i) => {
  const last = found[found.length - 1];
  if (on && last && last[1] === i - 1) last[1] = i;
  else if (on) found.push([i, i]);
  return found;
}, []);

export default function draw(root, value, { state, trigger }) {
  if (!value.times?.length) { root.replaceChildren(); return; }
  const words = value.words, total = value.seconds, n = value.times.length;
  const film = () => document.querySelector(`#${value.film} video`);
  const input = h('input', {type: 'range', min: 0, max: n - 1, step: 1, value: Math.min(state.at, n - 1), 'aria-label': words.moment});
  const told = h('p', {role: 'status'});
  const left = i => 100 * value.times[i] / total, end = i => i + 1 < n ? left(i + 1) : 100;
  const tell = () => {
    const i = state.at, seen = value.lanes.filter(l => l.counts[i]).map(l => `${l.counts[i]} × ${l.name}`);
    told.textContent = fill(words.at, {seconds: number(value.times[i], 1), list: seen.join(', ') || words.none});
  };
  const go = (i, report) => {
    state.at = Math.max(0, Math.min(n - 1, i));
    input.value = state.at;
    const video = film();
    if (video) video.currentTime = value.times[state.at];
    tell();
    if (report) trigger('moment', {index: state.at});
  };
  input.addEventListener('input', () => go(+input.value, false));
  input.addEventListener('change', () => go(+input.value, true));
  const lanes = h('div', {class: 'lanes'}, value.lanes.map(l => h('div', {class: 'lane'}, h('span', {class: 'name'}, l.name),
    h('div', {class: 'track'}, runs(l.counts.map(c => c > 0)).map(([a, b]) => h('i', {style: `left:${left(a)}%;width:${end(b) - left(a)}%`, title: `${l.name}: ${number(value.times[a], 1)}–${number(value.times[b], 1)} s`}))))));
  lanes.addEventListener('click', e => {
    const area = lanes.querySelector('.track').getBoundingClientRect(), at = (e.clientX - area.left) / area.width * total;
    if (at < 0) return;
    go(value.times.reduce((best, t, i) => t <= at ? i : best, 0), true);
  });
  root.replaceChildren(h('div', {class: 'scrub'}, input), lanes,
    h('div', {class: 'axis'}, [0, 0.25, 0.5, 0.75, 1].map(v => h('span', {style: `left:${100 * v}%`}, `${number(v * total, 1)} s`))), told, h('p', {class: 'muted'}, words.help));
  const video = film();
  video?.addEventListener('timeupdate', () => {
    const i = value.times.reduce((best, t, j) => t <= video.currentTime + 0.05 ? j : best, 0);
    if (i !== state.at) { state.at = i; input.value = i; tell(); }
  });
  tell();
}

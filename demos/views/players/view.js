import { fill, h, number } from "../_runtime.js";
import { play } from "../listen/view.js";

export const initial = () => ({key: '', track: 0, before: null, at: 0, turn: 0, on: false});
// Where a key leads on the clock: a quarter of a second to either side, or to an end; null where it leads nowhere.
export const moved = (key, at, seconds) => {
  const to = {ArrowLeft: at - .25, ArrowRight: at + .25, Home: 0, End: seconds}[key];
  return to === undefined ? null : Math.max(0, Math.min(seconds, to));
};

export default function draw(root, value, view) {
  const {state} = view;
  const focused = root.contains?.(globalThis.document?.activeElement) ? document.activeElement.dataset?.focus : undefined;
  root.replaceChildren();
  if (!value.tracks?.length) return;
  const {tracks, seconds, words} = value, key = tracks[0].file.url ?? tracks[0].file.path;
  if (state.key !== key) {
    if (state.on) state.stop?.();
    Object.assign(state, {...initial(), key, turn: state.turn + 1});
  }
  state.track = Math.min(state.track, tracks.length - 1);
  const clock = h('span', {class: 'clock'}), told = h('p', {class: 'told', role: 'status'});
  const rows = tracks.map((t, i) => h('button', {type: 'button', class: 'track', 'data-focus': `track-${i}`, style: t.colour ? `--mark:var(--lm-${t.colour})` : '', onclick: () => press(i)},
    h('i', {'aria-hidden': 'true'}), h('b', {}, t.name), h('span', {}, t.note)));
  const flip = h('button', {type: 'button', class: 'flip', 'data-focus': 'flip', onclick: () => begin(state.before)});
  const line = h('input', {type: 'range', min: 0, max: seconds, step: .01, value: state.at, 'aria-label': words.position, 'data-focus': 'line',
    oninput: e => { state.at = Number(e.target.value); if (state.on) begin(state.track); else show(); }});
  const show = () => {
    line.value = state.at;
    clock.textContent = `${number(state.at, 1)} / ${number(seconds, 1)} s`;
    rows.forEach((row, i) => {
      const on = state.on && i === state.track;
      row.dataset.on = String(on);
      row.dataset.chosen = String(i === state.track);
      row.setAttribute('aria-label', fill(on ? words.pause : words.play, {name: tracks[i].name}) + (tracks[i].note ? `. ${tracks[i].note}` : ''));
      row.children[0].textContent = on ? '❚❚' : '▶';
    });
    const other = tracks[state.before];
    flip.hidden = !other;
    flip.textContent = other ? fill(words.flip, {name: other.name}) : '';
  };
  const press = i => state.on && i === state.track ? pause() : begin(i);
  const pause = () => { state.turn++; state.on = false; state.stop?.(); show(); };
  const begin = i => {
    if (i !== state.track) state.before = state.track;
    if (state.at >= seconds - .02) state.at = 0;
    const turn = ++state.turn;
    Object.assign(state, {track: i, on: true});
    told.textContent = fill(words.plays, {name: tracks[i].name});
    state.stop = play(tracks[i].file.url, (at, ended) => {
      if (state.turn !== turn) return;  // another took over
      if (at !== null) state.at = at; else Object.assign(state, {on: false, at: ended ? 0 : state.at});
      state.show();  // this may have been drawn anew meanwhile
    }, Math.max(.001, state.at));
    show();
  };
  const keys = e => {
    const i = Number(e.key) - 1;
    if (e.target !== line && tracks[i]) { e.preventDefault(); begin(i); return; }
    const to = e.target === line ? null : moved(e.key, state.at, seconds);
    if (to === null) return;
    e.preventDefault();
    state.at = to;
    if (state.on) begin(state.track); else show();
  };
  root.append(h('div', {role: 'group', 'aria-label': words.label, onkeydown: keys}, h('div', {class: 'line'}, line, clock), h('div', {class: 'rows'}, rows), flip),
    h('p', {class: 'muted'}, value.wait || words.keys), told);
  state.show = show;
  show();
  if (focused) [...rows, flip, line].find(b => b.dataset.focus === focused)?.focus({preventScroll: true});
}

import { fill, h } from "../_runtime.js";

let current = null;
// Whoever begins to sound silences whoever sounded before: `hush(ended)` is called once, by the next one or by what is given back.
export const takeTurn = (hush, url = null) => {
  current?.stop(false);
  const mine = current = {url, stop: (ended = false) => { if (current !== mine) return; current = null; hush(ended); }};
  return mine.stop;
};
// Plays a clip, and whatever played before falls silent; the same clip again only stops. `told(seconds)` is called as it goes
// on, at last with (null, whether it came to its end). Gives what stops it.
export const play = (url, told = () => {}, from = 0) => {
  if (current?.url === url && !from) { current.stop(); return undefined; }
  const audio = new Audio(url);
  let on = true;
  const stop = takeTurn(ended => { on = false; audio.pause(); told(null, ended); }, url);
  const tick = () => { if (!on) return; told(audio.currentTime); requestAnimationFrame(tick); };
  audio.addEventListener('ended', () => stop(true));
  audio.addEventListener('error', () => stop());
  audio.currentTime = from;
  audio.play().then(tick, () => stop());
  return stop;
};
// A button that plays a clip, and stops it.
export const button = (url, name, words, told = () => {}) => {
  const made = h('button', {type: 'button', class: 'lm-listen-play', 'aria-label': fill(words.play, {name}), onclick: () => play(url, seconds => {
    const on = seconds !== null;
    if (made.dataset.on !== String(on)) {
      made.dataset.on = String(on); made.textContent = on ? '■' : '▶';
      made.setAttribute('aria-label', fill(on ? words.stop : words.play, {name}));
    }
    told(seconds);
  })}, '▶');
  return made;
};

export default function draw(root, value) {
  root.replaceChildren();
  for (const clip of value.clips || []) root.append(h('span', {}, button(clip.file.url, clip.name, value.words), clip.name));
}

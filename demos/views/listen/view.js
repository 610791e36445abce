import { fill, h } from "../_runtime.js";

let current = null;
// Plays a clip, and whatever played before falls silent; the same clip again only stops. `told(seconds)` is called as it goes
// on, at last with (null, whether it came to its end).
export const play = (url, told = () => {}, from = 0) => {
  const before = current;
  before?.stop(false);
  if (before?.url === url && !from) return;
  const audio = new Audio(url);
  const mine = current = {url, stop: ended => { if (current !== mine) return; current = null; audio.pause(); told(null, ended); }};
  const tick = () => { if (current !== mine) return; told(audio.currentTime); requestAnimationFrame(tick); };
  audio.addEventListener('ended', () => mine.stop(true));
  audio.addEventListener('error', () => mine.stop(false));
  audio.currentTime = from;
  audio.play().then(tick, () => mine.stop(false));
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

import { fill, h } from "../_runtime.js";
import { open, say, stop } from "../devices.js";

/* The browser's camera. A frame is sent when the one before it is on show, so that none waits; what was sent is kept here until
   its answer comes, and the boxes are drawn on it. */
const SIDE = 640, LATE = 8000, PAUSE = 80;  // pixels of a frame's longer side; milliseconds after which an answer is no longer waited for; least between two frames
export const frames = new Map();  // id -> the frame, a canvas
const sent = new Map();  // id -> when
let serial = 0, running = null, shownAt = [];

// An answer is on show: how late it is, and how many come a second; null where the camera was switched off meanwhile.
export const drawn = id => {
  const at = sent.get(id), now = performance.now();
  if (!running || at === undefined) return frames.has(id) ? {delay: 0, fps: 0} : null;
  sent.delete(id);
  for (const other of frames.keys()) if (other < id) frames.delete(other);
  shownAt = [...shownAt.filter(t => now - t < 3000), now];
  clearTimeout(running.late);
  running.late = setTimeout(running.next, Math.max(0, PAUSE - (now - at)));
  const span = now - shownAt[0];
  return {delay: now - at, fps: span > 0 ? 1000 * (shownAt.length - 1) / span : 0};
};
export const initial = () => ({told: '', off: 0});

const shot = video => {
  const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
  const canvas = h('canvas', {width: Math.round(video.videoWidth * scale), height: Math.round(video.videoHeight * scale)});
  canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas;
};

export default function draw(root, value, { state, trigger }) {
  const words = value.words || {};
  if (running?.state === state && value.off > state.off) state.end('');  // something else was given
  state.off = Math.max(state.off, value.off || 0);
  if (state.words === JSON.stringify(words) && state.root === root) return;
  Object.assign(state, {words: JSON.stringify(words), root});
  const video = state.video || h('video', {playsinline: true, muted: true, 'aria-label': words.label});
  video.muted = true;
  const button = h('button', {type: 'button', class: 'go'}), told = h('p', {role: 'status'}, state.told);
  const wording = () => { button.textContent = running?.state === state ? words.stop : words.start; video.hidden = running?.state !== state; };

  state.end = (why, keep = false) => {
    if (running?.state !== state) return;
    const now = running;
    clearTimeout(now.late); clearTimeout(now.limit);
    running = null;
    if (keep && now.last) trigger('still', {jpeg: now.last.toDataURL('image/jpeg', 0.9)});
    else frames.clear();
    sent.clear();
    stop(now.stream);
    state.told = told.textContent = why;
    wording();
  };
  const next = () => {
    const now = running;
    clearTimeout(now.late);
    if (document.hidden || !video.videoWidth) { now.late = setTimeout(next, 200); return; }
    const id = ++serial, canvas = now.last = shot(video);
    frames.set(id, canvas);
    sent.set(id, performance.now());
    trigger('frame', {id, off: state.off, jpeg: canvas.toDataURL('image/jpeg', 0.8)});
    now.late = setTimeout(() => { sent.delete(id); next(); }, LATE);
  };
  const start = async () => {
    button.disabled = true;
    const block = root.closest('.block') ?? root;
    try {
      const stream = await open({video: {width: {ideal: 1280}, facingMode: {ideal: 'environment'}}}, block);
      running = {state, stream, next, last: null, late: 0, limit: setTimeout(() => state.end(fill(words.limit, {seconds: value.seconds}), true), 1000 * value.seconds)};
      shownAt = [];
      stream.addEventListener('left', () => state.end(''));
      video.srcObject = stream;
      state.told = told.textContent = words.running;
      wording();
      await video.play();
      next();
    } catch (error) {
      if (running?.state === state) { state.end(''); say(block, 'busy', 'camera'); }
      else if (!(error instanceof Error)) throw error;
    } finally { button.disabled = false; }
  };
  button.addEventListener('click', () => running?.state === state ? state.end(words.held, true) : start());
  state.video = video;
  wording();
  // Where there is no camera, the way beside this one is offered (devices.js).
  const other = h('button', {type: 'button', hidden: true, 'data-lm-upload': '', onclick: () => root.closest('.tabs')?.querySelector('[role=tab]')?.click()});
  root.replaceChildren(button, other, h('p', {class: 'muted'}, words.help), told, video);
}

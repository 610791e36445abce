import { bytes, h } from "../_runtime.js";
import { takeTurn } from "../listen/view.js";

const AHEAD = .08;  // seconds between the first piece and its sound, so that the second is there in time
export const initial = () => ({key: '', next: 0, end: 0, stop: null});
// 16 bits a sample, lowest byte first -> numbers from -1 to 1.
export const samples = text => {
  const data = bytes(text), view = new DataView(data.buffer);
  return Float32Array.from({length: data.length / 2}, (_, i) => view.getInt16(2 * i, true) / 32768);
};
// The pieces that were not heard yet, and the number of the one after them.
export const unheard = (value, next) => {
  const from = Math.max(0, next - value.first);
  return {pieces: value.pieces.slice(from), next: Math.max(next, value.first + value.pieces.length)};
};

export default function draw(root, value, view) {
  const {state} = view;
  root.replaceChildren();
  if (!value.key) { state.stop?.(); return; }
  if (state.key !== value.key) {
    state.stop?.();
    Object.assign(state, {...initial(), key: value.key});
    if (globalThis.AudioContext) {
      const context = new AudioContext();
      state.context = context;
      state.stop = takeTurn(() => { state.context = null; context.close(); });
    }
  }
  const {pieces, next} = unheard(value, state.next), context = state.context;
  state.next = next;
  if (context) {
    context.resume();
    for (const text of pieces) {
      const data = samples(text), buffer = context.createBuffer(1, data.length, value.rate), node = context.createBufferSource();
      buffer.copyToChannel(data, 0);
      Object.assign(node, {buffer});
      node.connect(context.destination);
      const at = Math.max(context.currentTime + AHEAD, state.end);
      node.start(at);
      state.end = at + data.length / value.rate;
    }
  }
  root.append(h('p', {role: 'status'}, h('i', {'aria-hidden': 'true'}), value.told));
}

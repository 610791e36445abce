import { h } from "../_runtime.js";

const SIDE = 280, PEN = 16;
const SETTLE = 450;  // milliseconds without a pen before a drawing is taken to be finished: half-drawn digits are not asked about
export const initial = () => ({ timer: null });

export default function draw(root, value, { trigger, state }) {
  const words = value.words || {};
  let strokes = (value.strokes || '').split('.').filter(Boolean)
    .map(s => s.match(/.{4}/g).map(p => [parseInt(p.slice(0, 2), 36), parseInt(p.slice(2), 36)]));
  let current = null, cursor = [140, 140], down = false;
  const code = n => Math.max(0, Math.min(SIDE - 1, Math.round(n))).toString(36).padStart(2, '0');
  const text = () => strokes.map(s => s.map(([x, y]) => code(x) + code(y)).join('')).join('.');
  const canvas = h('canvas', {width: SIDE, height: SIDE, tabindex: '0', role: 'application',
    'aria-label': words.label, 'aria-describedby': 'pad-help'});
  const said = h('span', {class: 'muted', role: 'status'});
  const paint = () => {
    const c = canvas.getContext('2d');
    c.fillStyle = '#fff'; c.fillRect(0, 0, SIDE, SIDE);
    c.strokeStyle = c.fillStyle = '#000'; c.lineWidth = PEN; c.lineCap = c.lineJoin = 'round';
    for (const stroke of current ? [...strokes, current] : strokes) {
      c.beginPath(); c.moveTo(...stroke[0]); stroke.forEach(p => c.lineTo(...p));
      c.lineTo(stroke[stroke.length - 1][0] + .01, stroke[stroke.length - 1][1]); c.stroke();
    }
    if (document.activeElement === canvas) {
      c.strokeStyle = down ? '#d55e00' : '#0072b2'; c.lineWidth = 2;
      c.beginPath(); c.arc(cursor[0], cursor[1], PEN / 2 + 2, 0, 7); c.stroke();
    }
  };
  clearTimeout(state.timer);
  const send = () => { clearTimeout(state.timer); state.timer = setTimeout(() => trigger('draw', {strokes: text()}), strokes.length ? SETTLE : 0); };
  const finish = () => {
    if (!current) return;
    strokes.push(current); current = null;
    while (text().length > 4096 && strokes.length > 1) strokes.shift();
    if (text().length > 4096) strokes[0] = strokes[0].slice(-1000);
    paint(); send();
  };
  const at = e => {
    const box = canvas.getBoundingClientRect();
    return [(e.clientX - box.left) * SIDE / box.width, (e.clientY - box.top) * SIDE / box.height];
  };
  const extend = p => {
    const last = current[current.length - 1];
    if (Math.hypot(p[0] - last[0], p[1] - last[1]) >= 5) { current.push(p); paint(); }
  };
  canvas.addEventListener('pointerdown', e => {
    e.preventDefault(); canvas.setPointerCapture(e.pointerId); clearTimeout(state.timer); down = false; current = [at(e)]; cursor = current[0]; paint();
  });
  canvas.addEventListener('pointermove', e => { if (current && !down) extend(at(e)); });
  for (const name of ['pointerup', 'pointercancel']) canvas.addEventListener(name, () => { if (!down) finish(); });
  canvas.addEventListener('keydown', e => {
    const moves = {ArrowLeft: [-8, 0], ArrowRight: [8, 0], ArrowUp: [0, -8], ArrowDown: [0, 8]};
    if (moves[e.key]) {
      cursor = cursor.map((v, i) => Math.max(0, Math.min(SIDE - 1, v + moves[e.key][i])));
      if (down) extend([...cursor]);
    } else if (e.key === ' ') {
      if (down) { down = false; finish(); } else { down = true; current = [[...cursor]]; }
      said.textContent = down ? words.down : words.up;
    } else return;
    e.preventDefault(); paint();
  });
  canvas.addEventListener('focus', paint); canvas.addEventListener('blur', () => { if (down) { down = false; finish(); } paint(); });
  const button = (label, action) => h('button', {type: 'button', onclick: () => { action(); current = null; paint(); send(); }}, label);
  root.replaceChildren(
    h('div', {class: 'pad'}, canvas,
      h('div', {class: 'side'},
        button(words.undo, () => strokes.pop()), button(words.clear, () => { strokes = []; }), said)),
    h('p', {class: 'muted', id: 'pad-help'}, words.help));
  paint();
}

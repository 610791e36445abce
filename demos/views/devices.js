/* Camera and microphone, for every member alike. Whoever asks the browser for one is answered here:

   - what can't be had is said once, in the visitor's language, beside the input that asked: why, and what to do. The asker is
     left waiting, for Gradio (tried: 6.31) would say it once more, in English, or its key only;
   - on a phone the back camera comes first;
   - nothing runs unseen: when the input that asked is no longer looked at (another tab, another member, a hidden page), its
     camera and microphone stop, and that is said, too.

   A view opens a device with `open` and is told why there is none. */
const HIDDEN = 300;  // milliseconds between two looks at whether what asked is still to be seen
const running = new Map();  // stream -> the part of the page that asked for it
const given = globalThis.navigator?.mediaDevices;
const real = given?.getUserMedia?.bind(given);
let asker = globalThis.document?.body, looking = 0;

// The words of the page's language; they stand in the page's head.
const words = () => {
  const all = JSON.parse(document.getElementById('lm-devices')?.textContent || '{}');
  return all[new URLSearchParams(location.search).get('lang')] ?? all.en ?? {};
};

// Why there is no device: a key of the words.
export const reason = (error, secure = window.isSecureContext && Boolean(real)) => {
  if (!secure) return 'insecure';
  if (['NotAllowedError', 'SecurityError', 'PermissionDeniedError'].includes(error?.name)) return 'denied';
  if (['NotFoundError', 'OverconstrainedError', 'DevicesNotFoundError'].includes(error?.name)) return 'missing';
  return 'busy';
};

// What is asked for: on a phone the back camera, where nobody chose another.
export const wanted = constraints => {
  const video = constraints?.video;
  if (!video || video.deviceId || video.facingMode) return constraints;
  return {...constraints, video: {...(video === true ? {} : video), facingMode: {ideal: 'environment'}}};
};

const upload = block => {
  const choices = 'button[aria-label="Upload file"], [data-testid="upload-button"], [data-lm-upload]';
  for (let at = block; at && at !== document.body; at = at.parentElement) {
    const found = at.querySelector(choices) ?? at.querySelector('input[type=file]');
    if (found) return found;
  }
  return null;
};

export const say = (block, key, device = '') => {
  const said = words(), other = upload(block);
  clear(block);
  const notice = document.createElement('div'), text = document.createElement('p');
  notice.className = 'lm-notice';
  notice.setAttribute('role', key === 'left' ? 'status' : 'alert');
  text.textContent = (said[`${key}.${device}`] ?? said[key] ?? key);
  notice.append(text);
  if (other && key !== 'left') {
    const button = document.createElement('button');
    Object.assign(button, {type: 'button', textContent: said.upload ?? ''});
    button.addEventListener('click', () => { notice.remove(); other.click(); });
    notice.append(button);
  }
  block.after(notice);
};
export const clear = block => {
  while (block.nextElementSibling?.classList.contains('lm-notice')) block.nextElementSibling.remove();
};

export const stop = stream => {
  running.delete(stream);
  stream.getTracks().forEach(track => track.stop());
};
const seen = block => !document.hidden && block.isConnected && block.getClientRects().length > 0;
const look = () => {
  for (const [stream, block] of running) {
    if (stream.getTracks().every(track => track.readyState === 'ended')) running.delete(stream);
    else if (!seen(block)) {
      const device = stream.getVideoTracks().length ? 'camera' : 'microphone';
      stop(stream);
      stream.dispatchEvent(new Event('left'));
      if (block.isConnected) say(block, 'left', device);
    }
  }
  if (!running.size) looking = clearInterval(looking) ?? 0;
};

// Asks for a device for a part of the page; rejects with the reason, which has been said there.
export const open = async (constraints, block) => {
  const device = constraints?.video ? 'camera' : 'microphone';
  clear(block);
  try {
    if (!real || !window.isSecureContext) throw new DOMException('', 'SecurityError');
    const stream = await real(wanted(constraints));
    running.set(stream, block);
    looking ||= setInterval(look, HIDDEN);
    look();
    return stream;
  } catch (error) {
    const why = reason(error);
    say(block, why, device);
    throw new Error(why, {cause: error});
  }
};

if (globalThis.document?.addEventListener) {
  for (const name of ['pointerdown', 'click', 'keydown']) {
    document.addEventListener(name, e => { asker = e.target.closest?.('.block') ?? asker; }, true);
  }
  document.addEventListener('visibilitychange', look);
  window.addEventListener('pagehide', () => [...running.keys()].forEach(stop));
  const getUserMedia = constraints => open(constraints, asker).catch(() => new Promise(() => {}));
  // Without https a browser has no devices at all; what asks then is to be told as well.
  if (given) given.getUserMedia = getUserMedia;
  else Object.defineProperty(navigator, 'mediaDevices', {configurable: true, value: {getUserMedia, enumerateDevices: async () => []}});
}

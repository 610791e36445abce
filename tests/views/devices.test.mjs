import assert from "node:assert/strict";
import test from "node:test";
import "./page.mjs";
import { reason, wanted } from "../../demos/views/devices.js";

test("why there is no camera or microphone", () => {
  const told = (name, secure = true) => reason({ name }, secure);
  assert.deepEqual(['NotAllowedError', 'NotFoundError', 'OverconstrainedError', 'NotReadableError'].map(n => told(n)),
    ['denied', 'missing', 'missing', 'busy']);
  assert.equal(told('NotAllowedError', false), 'insecure');
});

test("the back camera comes first, where nobody chose another", () => {
  assert.deepEqual(wanted({ video: true }).video, { facingMode: { ideal: 'environment' } });
  assert.deepEqual(wanted({ video: { width: 640 } }).video, { width: 640, facingMode: { ideal: 'environment' } });
  for (const video of [{ deviceId: { exact: 'a' } }, { facingMode: 'user' }]) assert.deepEqual(wanted({ video }).video, video);
  assert.deepEqual(wanted({ audio: true }), { audio: true });
});

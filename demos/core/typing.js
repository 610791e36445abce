/* Gradio's text boxes tell of a key that was pressed, and of nothing else (`input` listens to `keypress`). What is pasted,
   deleted, dropped, dictated or written on a phone is told here, as one more key. */
let pressed = false;
addEventListener('keypress', event => {
  if (!event.isTrusted) return;
  pressed = true;
  setTimeout(() => { pressed = false; });  // the text that comes of it changes before that
}, true);
addEventListener('input', event => {
  if (!pressed && event.target.matches?.('[data-testid=textbox]')) event.target.dispatchEvent(new KeyboardEvent('keypress'));
});

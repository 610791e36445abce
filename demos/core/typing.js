/* Gradio (tried: 6.31) tells of typing at `keypress`: before the letter is there, and not at all when letters are taken away,
   pasted, dictated, or typed on glass. Here each change of a text box is told, once, when it is there. Enter stays Gradio's. */
const BOX = '[data-testid=textbox]';
document.addEventListener('keypress', event => {
  if (event.isTrusted && event.key !== 'Enter' && event.target.matches(BOX)) event.stopImmediatePropagation();
}, true);
document.addEventListener('input', event => {
  if (event.target.matches(BOX)) event.target.dispatchEvent(new KeyboardEvent('keypress'));
});

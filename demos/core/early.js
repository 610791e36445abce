/* Until the server has read the address, and answered it, its answer would write over what a visitor does meanwhile. So what
   is typed or pressed by then waits, and is done when `url.js` says that the page has started. What is drawn anew meanwhile
   is found again by its words. */
(() => {
  const BOX = '[data-testid=textbox]', PRESSED = '.lm-chips button, label:has(> input), button.primary, button.secondary';
  const LIVE = '.lm-drop, .lm-fold > .label-wrap, [role=tab]', HOME = '[id]:not(button, input, label)';
  const typed = new Map();
  let pressed, started = false;  // `pressed`: the last one alone, as if the others had been answered and made way
  const again = ({ target, home, words }) => target.isConnected ? target
    : [...document.getElementById(home)?.querySelectorAll(PRESSED) ?? []].find(e => e.textContent === words);
  document.addEventListener('input', event => {
    if (started || !event.target.matches(BOX)) return;
    event.stopImmediatePropagation();
    typed.set(event.target, event.target.value);
    pressed = undefined;
  }, true);
  document.addEventListener('click', event => {
    const target = !started && event.isTrusted && event.target.closest(PRESSED);
    if (!target || event.target.closest(LIVE)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed = { target, home: target.closest(HOME)?.id, words: target.textContent };
  }, true);
  document.addEventListener('lmdemo:start', () => {
    started = true;
    for (const [box, text] of typed) {
      box.value = text;
      box.dispatchEvent(new Event('input', { bubbles: true }));
    }
    if (pressed) again(pressed)?.click();
  });
})();

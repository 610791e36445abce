/* A guided visit: the parts of a member's page, one after the other, started by a click on the question mark in the header.
   What is said stands in its `data-words`: of all members, and of a member itself. */
const STOPS = {given: '.lm-given', answered: '.lm-answered', steps: '.lm-steps > .tab-wrapper', guess: '.lm-guess .asked', learn: '.lm-learn'};
let ended = () => {};

const panel = () => [...document.querySelectorAll('[id^="panel-"]:not(button)')].find(p => p.offsetParent !== null);
const make = (tag, properties, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};

const visit = button => {
  ended();
  const here = panel(), all = JSON.parse(button.dataset.words), words = {...all[''], ...all[here?.id.slice('panel-'.length)]};
  const seen = selector => [...(here?.querySelectorAll(selector) ?? [])].find(e => e.offsetParent !== null);
  const stops = Object.entries(STOPS).map(([key, selector]) => [words[key], seen(selector)]).filter(([text, place]) => text && place);
  if (!stops.length) return;
  let at = 0;
  const text = make('p', {}), count = make('small', {});
  const leave = make('button', {type: 'button', textContent: words.leave}), next = make('button', {type: 'button', className: 'next'});
  const box = make('div', {className: 'lm-stop', role: 'dialog'}, text, make('div', {}, count, leave, next));
  box.setAttribute('aria-label', button.title);
  const place = () => {
    const target = stops[at][1].getBoundingClientRect(), width = Math.min(360, innerWidth - 24);
    const below = target.bottom + 8 + box.offsetHeight < innerHeight;
    Object.assign(box.style, {
      width: `${width}px`, left: `${Math.max(12, Math.min(innerWidth - width - 12, target.left))}px`,
      top: `${Math.max(60, below ? target.bottom + 8 : Math.min(target.top + 8, innerHeight - box.offsetHeight - 12))}px`,
    });
  };
  const show = () => {
    document.querySelector('.lm-toured')?.classList.remove('lm-toured');
    stops[at][1].classList.add('lm-toured');
    stops[at][1].scrollIntoView({block: at ? 'center' : 'nearest'});
    text.textContent = stops[at][0];
    count.textContent = words.of.replace('{n}', at + 1).replace('{total}', stops.length);
    next.textContent = at + 1 < stops.length ? words.next : words.done;
    place();
    next.focus({preventScroll: true});
  };
  const keys = event => { if (event.key === 'Escape') ended(); };
  ended = () => {
    document.querySelector('.lm-toured')?.classList.remove('lm-toured');
    document.removeEventListener('keydown', keys);
    removeEventListener('scroll', place);
    box.remove();
    button.focus({preventScroll: true});
    ended = () => {};
  };
  leave.onclick = () => ended();
  next.onclick = () => { if (++at < stops.length) show(); else ended(); };
  document.addEventListener('keydown', keys);
  addEventListener('scroll', place, {passive: true});
  document.querySelector('.gradio-container .contain').append(box);
  show();
};

document.addEventListener('click', event => {
  const button = event.target.closest?.('.lm-tour');
  if (button) visit(button);
});

/* The page's state in its address. `put` notes a value, `open` says that another member was chosen; both rewrite the query
   without a reload once `start` has said that the server has read it. Each page's query, and what its other members held,
   are kept for this browser tab, so that whoever comes back to a family finds it as it was left. */
window.lmdemo = window.lmdemo || (() => {
  const PANEL = 'panel-', KEPT = ['__theme', 'view'], records = {}, shared = {};
  let ready = false;
  const path = () => location.pathname.replace(/\/$/, '').split('/').pop();
  const family = () => document.querySelector('.lm-tabs [aria-selected=true]')?.dataset.family ?? path();
  const stored = name => { try { return JSON.parse(sessionStorage.getItem('lmdemo:' + name)) || {}; } catch { return {}; } };
  const store = (name, value) => { try { sessionStorage.setItem('lmdemo:' + name, JSON.stringify(value)); } catch { /* full or forbidden */ } };
  const open = () => [...document.querySelectorAll(`[id^="${PANEL}"]:not(button)`)].find(p => p.offsetParent !== null)?.id.slice(PANEL.length);
  const drawn = new Set(), waiting = new Set();  // members that were filled from what was kept, and have not answered yet
  const query = values => new URLSearchParams(Object.entries(values).filter(([, v]) => v !== null && v !== undefined && v !== ''));
  const write = () => {
    if (!ready) return;  // the server has not read the query yet
    const url = new URL(location.href), old = url.searchParams, tab = open();
    if (tab) shared.tab = tab;
    const next = query({...Object.fromEntries(KEPT.filter(k => old.has(k)).map(k => [k, old.get(k)])), ...shared, ...records[shared.tab]});
    url.search = next.toString();
    history.replaceState(history.state, '', url);
    store(family(), {search: url.search, records});
  };
  const look = () => {
    const member = open();
    if (ready && waiting.delete(member)) document.dispatchEvent(new CustomEvent('lmdemo:look', {detail: member}));
  };
  // A tab is a link: it leads to what that family held when it was left, in the language of now.
  const follow = event => {
    const link = event.target.closest?.('.lm-tabs a[data-family]');
    if (!link) return;
    // Who leaves before the page has answered finds what its link asked for.
    if (!ready) store(family(), {search: location.search, records: {...stored(family()).records, ...records}});
    const next = new URLSearchParams(stored(link.dataset.family).search || ''), theme = new URLSearchParams(location.search).get('__theme');
    next.delete('lang'); next.delete('view');
    if (shared.lang) next.set('lang', shared.lang);
    if (theme) next.set('__theme', theme);
    link.search = next.toString();
  };
  for (const name of ['click', 'auxclick', 'contextmenu']) document.addEventListener(name, follow, true);
  return {
    put(owner, name, value, initial, limit) {
      const target = owner === null ? shared : (records[owner] = records[owner] || {});
      target[name] = (value === initial || String(value ?? '').length > limit) ? null : value;
      write();
    },
    open() { write(); setTimeout(() => { write(); look(); }, 100); },  // once more when the panels have changed
    saved() {
      const kept = stored(family()).records || {};
      for (const [member, record] of Object.entries(kept)) if (Object.values(record).some(v => v !== null)) waiting.add(member);
      return JSON.stringify(kept);
    },
    start() {
      ready = true;
      waiting.delete(open());
      this.open();
      document.querySelector('.lm-tabs [aria-selected=true]')?.scrollIntoView({block: 'nearest', inline: 'center'});
    },
    link() { return location.href; },
    async drawn(member, diagram) {  // from when its member was first looked at: Mermaid measures, and nothing is measured unseen
      await new Promise(seen => setTimeout(seen, 150));  // a panel is told to be open before it is to be seen
      if (ready && open() === member) drawn.add(member);
      return drawn.has(member) ? diagram : '';
    },
  };
})();

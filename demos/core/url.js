/* The page's state in its address. `put` notes a value, `open` says that another member was chosen; both rewrite the query
   without a reload once `start` has said that the server has read it. Each page's query, and what its other members held,
   are kept for this browser tab, so that whoever comes back to a family finds it as it was left. What goes along from member
   to member, such as a sentence, is kept beside them. */
window.lmdemo = window.lmdemo || (() => {
  const PANEL = 'panel-', STEP = 'step-', THREADS = 'threads', KEPT = ['__theme', 'view'], records = {}, shared = {};
  let ready = false, shown;  // `shown`: the member that the address speaks of
  // Until the server has opened the member that the link names, another stands in its place: that one is not shown.
  const MOUNTING = 'lm-mounting', LOADING = 'lm-loading';
  const QUIET = 300, LATEST = 3_000;  // ms: what was answered is drawn when the page has had its height for so long, or at last
  const linked = new URLSearchParams(location.search).get('tab'), curtain = document.createElement('style');
  document.documentElement.classList.add(MOUNTING, LOADING);
  const others = linked ? `[id^="${PANEL}"][role=tabpanel]:not([id="${PANEL}${CSS.escape(linked)}"]), ` : '';
  curtain.textContent = `${others}.wrap.full.translucent, .gradio-container:not(:has(.lm-head)) .main { visibility: hidden; }`;  // what moves before style.css is there
  document.head.append(curtain);
  const settled = () => {
    const drawn = () => { grown.disconnect(); document.documentElement.classList.remove(LOADING); };
    let timer;
    const grown = new ResizeObserver(() => { clearTimeout(timer); timer = setTimeout(drawn, QUIET); });
    grown.observe(document.body);  // is told at once, too
    setTimeout(drawn, LATEST);
  };
  const path = () => location.pathname.replace(/\/$/, '').split('/').pop();
  const chosen = () => document.querySelector('.lm-tabs [aria-selected=true]');
  const family = () => chosen()?.dataset.family ?? path();
  const stored = name => { try { return JSON.parse(sessionStorage.getItem('lmdemo:' + name)) || {}; } catch { return {}; } };
  const store = (name, value) => { try { sessionStorage.setItem('lmdemo:' + name, JSON.stringify(value)); } catch { /* full or forbidden */ } };
  const panel = () => [...document.querySelectorAll(`[id^="${PANEL}"]:not(button)`)].find(p => p.offsetParent !== null);
  const open = () => panel()?.id.slice(PANEL.length);
  const waiting = new Set();  // members that answer when they are first looked at, or again since something came along
  const swept = new Set();  // what was taken from the records of other pages, which no other page writes while this one is open
  const takes = {};  // what goes along -> the keys of the fields that take it, by member
  const query = values => new URLSearchParams(Object.entries(values).filter(([, v]) => v !== null && v !== undefined && v !== ''));
  const write = push => {
    if (!ready) return;  // the server has not read the query yet
    const url = new URL(location.href), old = url.searchParams, tab = open();
    if (tab) shared.tab = tab;
    const next = query({...Object.fromEntries(KEPT.filter(k => old.has(k)).map(k => [k, old.get(k)])), ...shared, ...records[shared.tab]});
    url.search = next.toString();
    history[push && tab && shown && tab !== shown ? 'pushState' : 'replaceState'](history.state, '', url);
    if (tab) shown = tab;
    store(family(), {search: url.search, records});
  };
  const saved = () => JSON.stringify({...stored(family()).records, [THREADS]: stored(THREADS)});
  const look = () => {
    const member = open();
    if (ready && waiting.delete(member)) document.dispatchEvent(new CustomEvent('lmdemo:look', {detail: {member, saved: saved()}}));
  };
  // What is written here is what all members find from now on: what they held before makes way.
  const along = (thread, owner, name, value) => {
    const now = stored(THREADS);
    if (now[thread] === value) return;
    store(THREADS, {...now, [thread]: value});
    (takes[thread] = takes[thread] || {})[owner] = name;
    for (const key of swept.has(name) ? [] : Object.keys(sessionStorage)) {
      const other = key.replace('lmdemo:', '');
      if (!key.startsWith('lmdemo:') || other === THREADS || other === family()) continue;
      const kept = stored(other);
      if (!kept.search) continue;
      const search = new URLSearchParams(kept.search);
      for (const [key, held] of [...search]) if (key === name || held === now[thread]) search.delete(key);
      for (const record of Object.values(kept.records || {}))
        for (const [key, held] of Object.entries(record)) if (key === name || (held && held === now[thread])) delete record[key];
      store(other, {...kept, search: `?${search}`});
    }
    swept.add(name);
    for (const [member, key] of Object.entries(takes[thread])) {
      if (member === owner) continue;
      delete records[member]?.[key];
      waiting.add(member);
    }
  };
  // Opens the step that the address names, once its member is to be seen.
  const step = () => {
    const member = open(), key = records[member]?.step;
    const button = key && document.getElementById(`${STEP}${member}-${key}-button`);
    if (button && button.getAttribute('aria-selected') !== 'true') button.click();
  };
  // A link to a family leads to what it held when it was left, in the language of now; one to a member of this page opens it.
  const follow = event => {
    const link = event.target.closest?.('a[data-family]');
    if (!link) return;
    const member = link.dataset.member, here = link.dataset.family === family();
    if (here && member && event.type === 'click' && document.getElementById(`${PANEL}${member}-button`)) {
      event.preventDefault();
      document.getElementById(`${PANEL}${member}-button`).click();
      scrollTo({top: 0});
      return;
    }
    // Who leaves before the page has answered finds what its link asked for.
    if (!ready) store(family(), {search: location.search, records: {...stored(family()).records, ...records}});
    const given = link.dataset.query ?? (member ? `tab=${member}` : stored(link.dataset.family).search || '');
    const next = new URLSearchParams(given), theme = new URLSearchParams(location.search).get('__theme');
    next.delete('view');
    next.delete('lang');
    if (shared.lang) next.set('lang', shared.lang);
    if (theme) next.set('__theme', theme);
    link.search = next.toString();
  };
  for (const name of ['click', 'auxclick', 'contextmenu']) document.addEventListener(name, follow, true);
  document.addEventListener('click', event => {
    const button = event.target.closest?.(`[id^="${STEP}"][id$="-button"]`), member = open();
    if (!button || !member) return;
    (records[member] = records[member] || {}).step = button.id.slice(`${STEP}${member}-`.length, -'-button'.length);
    button.scrollIntoView({block: 'nearest', inline: 'center'});
    write();
  });
  addEventListener('pageshow', () => swept.clear());  // come back to, after other pages were open
  addEventListener('popstate', () => {
    const member = new URLSearchParams(location.search).get('tab');
    if (!member || member === open()) return;
    shown = member;
    document.getElementById(`${PANEL}${member}-button`)?.click();
  });
  const copy = async button => {
    const told = button.textContent;
    try { await navigator.clipboard.writeText(location.href); } catch {  // not on https: the old way
      const box = document.body.appendChild(Object.assign(document.createElement('textarea'), {value: location.href}));
      box.select();
      document.execCommand('copy');
      box.remove();
    }
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = told; }, 2000);
  };
  document.addEventListener('click', event => {
    const button = event.target.closest?.('.lm-copy'), skip = event.target.closest?.('.lm-skip');
    if (button) copy(button);
    if (skip) {
      event.preventDefault();
      panel()?.querySelector('.lm-given :is(textarea, input:not([type=hidden]), button):not([tabindex="-1"])')?.focus();
    }
  });
  return {
    put(owner, name, value, initial, limit, thread) {
      const target = owner === null ? shared : (records[owner] = records[owner] || {});
      target[name] = (value === initial || String(value ?? '').length > limit) ? null : value;
      if (owner === null && name === 'lang') document.documentElement.lang = value;
      if (thread && ready && value && value !== initial) along(thread, owner, name, value);
      write();
    },
    answers(member) { if (member !== open()) waiting.add(member); },
    takes(thread, member, name) { (takes[thread] = takes[thread] || {})[member] = name; },
    open() { write(true); setTimeout(() => { write(true); step(); look(); }, 100); },  // once more when the panels have changed
    saved() {  // asked for when all parts of the page are there
      document.documentElement.classList.remove(MOUNTING);
      if (document.activeElement === document.body) document.querySelector('[autofocus]')?.focus();  // which nothing unseen can have
      return saved();
    },
    start() {
      const named = new URLSearchParams(location.search).get('step'), kept = stored(family()).records || {};
      for (const [member, record] of Object.entries(kept)) if (record?.step) (records[member] = records[member] || {}).step = record.step;
      ready = true;
      curtain.remove();
      settled();
      shown = open();
      if (named && shown) (records[shown] = records[shown] || {}).step = named;
      waiting.delete(shown);
      const asked = new URLSearchParams(location.search);  // what a link brings goes along, what a page begins with does not
      for (const [thread, members] of Object.entries(takes)) if (asked.get(members[shown])) along(thread, shown, members[shown], asked.get(members[shown]));
      document.documentElement.lang = shared.lang || 'en';
      this.open();
      chosen()?.scrollIntoView({block: 'nearest', inline: 'center'});
      document.dispatchEvent(new CustomEvent('lmdemo:start', {detail: {}}));  // for `early.js`
    },
    link() { return location.href; },
  };
})();

/* The search: what can be found is in scripts, loaded when somebody first searches. Nothing leaves the browser. */

"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("search");
  if (!form) return;

  const { fold } = window.evidence;
  const field = form.elements.q;
  const told = document.getElementById("told");
  const results = document.getElementById("results");
  const more = document.getElementById("more");
  const shards = Number(form.dataset.shards);
  const PAGE = 50;
  const AT_ONCE = 4;
  const REMEMBERED = 16; /* of more files than these, folded words would fill the memory */
  const NAMES = {
    case: ["Case", "cases"], narrative: ["Narrative", "narratives"], code: ["Code", "codes"], test: ["Test", "tests"],
    hypothesis: ["Hypothesis", "hypotheses"], evidence: ["Evidence", "evidence"], quote: ["Quote", "quotes"],
    search: ["Search", "searches"], source: ["Source", "sources"],
  };
  /* Where words are found says how much they are what was looked for. */
  const WORTH = { case: 30, source: 25, quote: 50, code: 40, test: 40, evidence: 40, hypothesis: 35, narrative: 30, search: 20 };

  /* A query: words, and words in quotation marks that stand together. */
  const LETTER = /[\p{L}\p{N}]/u;
  const PARTED = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u; /* scripts that part their words */
  const parse = (query) => {
    const terms = [];
    for (const [, phrase, word] of fold(query).matchAll(/"([^"]*)"?|([^\s"]+)/gu)) {
      const words = (phrase ?? word).replace(/\s+/gu, " ").trim();
      if (LETTER.test(words)) terms.push({ words, begins: PARTED.test(words[0]), whole: phrase !== undefined });
    }
    return terms;
  };

  /* Words of scripts that part them are found from their beginnings; phrases end where a word does. */
  const isLetter = (text, place) => place >= 0 && place < text.length && LETTER.test(text[place]);
  const find = (text, term, from = 0) => {
    const { words, begins, whole } = term;
    for (let at = text.indexOf(words, from); at !== -1; at = text.indexOf(words, at + 1)) {
      if (!begins) return at;
      if (!isLetter(text, at - 1) && !(whole && isLetter(text, at + words.length))) return at;
    }
    return -1;
  };

  /* What was loaded, and what is found in it. */
  const loaded = new Array(shards).fill(null);
  let asked = 0;
  let arrived = 0;
  let terms = [];
  let hits = [];
  let sums = {};
  let seen = PAGE;

  const look = (pieces) => {
    for (const [address, title, years, places] of pieces) {
      const over = fold(title);
      const inTitle = terms.map((term) => find(over, term) !== -1);
      for (const place of places) {
        const [kind, id, head, words = "", second = "", language = "", uses = []] = place;
        const own = kind === "case" || kind === "source";
        const text = place.folded ?? fold(`${head} ${words} ${second}`);
        if (shards <= REMEMBERED) place.folded = text;
        let worth = WORTH[kind] ?? 0;
        let here = 0;
        const all = terms.every((term, n) => {
          const at = find(text, term);
          if (at === -1) {
            if (own && inTitle[n]) here += 1;
            return inTitle[n];
          }
          here += 1;
          if (!isLetter(text, at + term.words.length)) worth += 4; /* a whole word */
          return true;
        });
        if (!all || !here) continue;
        if (own && inTitle.every(Boolean)) worth += 50;
        sums[kind] = (sums[kind] ?? 0) + 1;
        hits.push({ kind, address, id, title, years, head, words, second, language, uses, worth: worth + 5 * here });
      }
    }
  };

  window.evidence.found = (number, pieces) => {
    loaded[number] = pieces;
    arrived += 1;
    ask();
    if (terms.length) {
      waiting.push(pieces);
      work();
    }
  };

  /* What waits is looked through a little at a time, so that the page answers meanwhile. */
  const SLICE = 40;
  let waiting = [];
  let working = 0;
  const work = () => {
    if (working) return;
    working = window.setTimeout(() => {
      working = 0;
      const begun = performance.now();
      while (waiting.length && performance.now() - begun < SLICE) look(waiting.shift());
      if (waiting.length) work();
      show();
    });
  };
  const busy = () => terms.length > 0 && (waiting.length > 0 || arrived < shards);

  const ask = () => {
    while (asked < shards && asked - arrived < AT_ONCE) {
      const script = document.createElement("script");
      const number = asked;
      script.src = `search/${number}.js`;
      script.addEventListener("error", () => window.evidence.found(number, []));
      document.head.append(script);
      asked += 1;
    }
  };

  /* A snippet: the words round the first hit of each term, with every hit marked. */
  const BEFORE = 70;
  const AFTER = 150;
  const folded = (words) => {
    let text = "";
    const places = [];
    let at = 0;
    for (const letter of words) {
      const small = fold(letter);
      for (let n = 0; n < small.length; n += 1) places.push(at);
      text += small;
      at += letter.length;
    }
    places.push(words.length);
    return { text, places };
  };
  const spans = (words) => {
    const { text, places } = folded(words);
    const found = [];
    const firsts = [];
    for (const term of terms) {
      let at = find(text, term);
      if (at !== -1) firsts.push(places[at]);
      for (; at !== -1; at = find(text, term, at + term.words.length)) {
        found.push([places[at], places[at + term.words.length]]);
      }
    }
    const ascending = (a, b) => a[0] - b[0] || a[1] - b[1];
    return { found: found.sort(ascending), pieces: windows(words, firsts.length ? firsts : [0]) };
  };
  /* Pieces of a text, between words if there are spaces; those that touch are one. */
  const windows = (words, firsts) => {
    const pieces = [];
    for (const first of firsts.sort((a, b) => a - b)) {
      let begin = Math.max(0, first - BEFORE);
      let end = Math.min(words.length, first + AFTER);
      const space = words.indexOf(" ", begin);
      if (begin && space !== -1 && space < first) begin = space + 1;
      while (begin && begin < first && !LETTER.test(words[begin])) begin += 1;
      const last = words.lastIndexOf(" ", end);
      if (end < words.length && last > first + AFTER / 2) end = last;
      const before = pieces.at(-1);
      if (before && begin <= before[1]) before[1] = end;
      else pieces.push([begin, end]);
    }
    return pieces;
  };
  const snippet = (words) => {
    const { found, pieces } = spans(words);
    const cut = document.createDocumentFragment();
    pieces.forEach(([begin, end], n) => {
      if (begin) cut.append(n ? " … " : "… ");
      let at = begin;
      for (const [from, to] of found) {
        if (from < at || to > end) continue;
        const mark = document.createElement("mark");
        mark.textContent = words.slice(from, to);
        cut.append(words.slice(at, from), mark);
        at = to;
      }
      cut.append(words.slice(at, end));
    });
    if (pieces.at(-1)[1] < words.length) cut.append(" …");
    return cut;
  };

  const element = (name, className, ...children) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  };
  const result = (hit) => {
    const link = element("a", "", hit.title || hit.address);
    link.href = hit.address + (hit.id && !hit.address.includes("#") ? `#${encodeURIComponent(hit.id)}` : "");
    const where = element("p", "where", element("span", "kind", NAMES[hit.kind]?.[0] ?? hit.kind), " ", link);
    if (hit.years && !hit.title.includes(hit.years.slice(0, 4))) where.append(`, ${hit.years}`);
    if (hit.head) where.append(" ", element("span", "quiet", hit.head));
    const made = element("li", "", where);
    for (const [words, language] of [[hit.words, hit.language], [hit.second, ""]]) {
      if (!words) continue;
      const part = element("p", "snippet", snippet(words));
      part.dir = "auto";
      if (language) part.lang = language;
      made.append(part);
    }
    if (hit.uses.length) {
      const used = element("p", "used quiet", "Used in ");
      hit.uses.forEach(([address, title], n) => {
        const to = element("a", "", title);
        to.href = address;
        used.append(n ? "; " : "", to);
      });
      made.append(used);
    }
    return made;
  };

  const said = (kind, count) => {
    const still = busy() ? ", still looking" : "";
    const what = kind ? ` in ${NAMES[kind][1]}` : "";
    return count ? `${count} ${count === 1 ? "passage" : "passages"} found${what}${still}.` : `Nothing found${what}${still}.`;
  };
  /* While files come in, a few times a second is enough. */
  let drawing = 0;
  let drawn = 0;
  const show = () => {
    if (drawing) return;
    drawing = window.setTimeout(() => {
      drawing = 0;
      drawn = performance.now();
      const kind = form.elements.kind.value;
      const chosen = kind ? hits.filter((hit) => hit.kind === kind) : hits;
      chosen.sort((a, b) => b.worth - a.worth || (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
      results.replaceChildren(...chosen.slice(0, seen).map(result));
      more.hidden = chosen.length <= seen;
      told.textContent = terms.length ? said(kind, chosen.length) : "";
      for (const sum of form.querySelectorAll("[data-kind]")) {
        const of = sum.dataset.kind;
        const count = of ? (sums[of] ?? 0) : hits.length;
        sum.textContent = terms.length ? `(${count})` : "";
      }
    }, busy() ? Math.max(0, 250 - (performance.now() - drawn)) : 0);
  };

  const search = () => {
    terms = parse(field.value);
    hits = [];
    sums = {};
    seen = PAGE;
    waiting = terms.length ? loaded.filter(Boolean) : [];
    if (terms.length) ask();
    if (waiting.length) work();
    show();
  };

  /* The address: search.html?q=quemoy&kind=quote */
  const keep = (how) => {
    const query = new URLSearchParams();
    if (field.value.trim()) query.set("q", field.value.trim());
    if (form.elements.kind.value) query.set("kind", form.elements.kind.value);
    try {
      window.history[how](null, "", location.pathname + (query.size ? `?${query}` : ""));
    } catch {
      /* some browsers keep no address for a file on a disk */
    }
  };
  const fromAddress = () => {
    const query = new URLSearchParams(location.search);
    field.value = query.get("q") ?? "";
    form.elements.kind.value = query.get("kind") ?? "";
    if (!form.querySelector('[name="kind"]:checked')) form.elements.kind[0].checked = true;
    search();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
    keep("pushState");
  });
  form.addEventListener("change", (event) => {
    if (event.target.name !== "kind") return;
    seen = PAGE;
    show();
    keep("replaceState");
  });
  let typing = 0;
  field.addEventListener("input", () => {
    window.clearTimeout(typing);
    typing = window.setTimeout(() => {
      search();
      keep("replaceState");
    }, 200);
  });
  more.addEventListener("click", () => {
    const next = results.children.length;
    seen += PAGE;
    show();
    window.setTimeout(() => results.children[next]?.querySelector("a")?.focus());
  });

  /* Arrows lead from the field to the results, and from one to the next. */
  document.getElementById("search-page").addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = [...results.querySelectorAll(".where > a")];
    const at = links.indexOf(document.activeElement);
    if (!step || (at === -1 && (event.target !== field || step < 0))) return;
    event.preventDefault();
    (links[at + step] ?? (step < 0 ? field : document.activeElement)).focus();
  });
  window.addEventListener("popstate", fromAddress);

  fromAddress();
  window.evidence.ready();
  if (!field.value) field.focus();
});

/* The matrix of cases: sorted by any column, narrowed by any filter. What was chosen stands in the address. */

"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("narrow");
  const table = document.querySelector("table.matrix");
  if (!form || !table) return;

  const { fold } = window.evidence;
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const count = document.getElementById("matching");
  const order = new Intl.Collator(document.documentElement.lang || "en", { numeric: true });
  const stages = [...form.elements.stage.options].map((option) => option.value);
  const names = [...new Set([...form.elements].map((field) => field.name).filter(Boolean))];
  const codes = names.filter((name) => name.startsWith("code."));

  /* What a row can be found by is read from it once, when it is first needed. */
  const rows = [...body.rows].map((row, place) => ({ row, place, cells: null, words: null }));
  const list = (value) => (value ? value.split("\n") : []);
  const read = (one) => {
    if (one.cells) return one;
    const { row } = one;
    const cells = new Map();
    for (const cell of row.cells) if (cell.dataset.variable !== undefined) cells.set(`code.${cell.dataset.variable}`, cell.dataset);
    one.episodes = list(row.dataset.episodes);
    one.opponents = list(row.dataset.opponents);
    one.cells = cells;
    return one;
  };
  const words = (one) => (one.words ??= fold(`${one.row.textContent} ${one.row.dataset.opponents ?? ""}`));

  const hasCode = (cell, wanted) => {
    if (wanted === "!none") return cell?.code === undefined;
    if (wanted === "!any") return cell?.code !== undefined;
    if (wanted === "!contested") return cell?.contested !== undefined;
    return cell?.code === wanted;
  };
  const matches = (one, wanted, terms) => {
    read(one);
    const { dataset } = one.row;
    return (
      (!wanted.episode || one.episodes.includes(wanted.episode)) &&
      (!wanted.decade || (dataset.decade || "undated") === wanted.decade) &&
      (!wanted.opponent || one.opponents.includes(wanted.opponent)) &&
      (!wanted.stage || dataset.stage === wanted.stage) &&
      codes.every((name) => !wanted[name] || hasCode(one.cells.get(name), wanted[name])) &&
      terms.every((term) => words(one).includes(term))
    );
  };

  /* What is chosen: a value for each filter, and a column with its direction. */
  const chosen = () => Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
  let ordered = rows;
  let sorted = { column: "dates", down: false };

  const narrow = () => {
    const wanted = chosen();
    const terms = fold(wanted.text).split(" ").filter(Boolean);
    for (const one of rows) one.matches = matches(one, wanted, terms);
    draw();
    form.elements.clear.disabled = names.every((name) => !wanted[name]);
  };

  /* Thousands of rows are slow to lay out: the first of them are shown, all of them on paper and where asked for. */
  const MANY = 1000;
  const FIRST = 300;
  const rest = document.createElement("button");
  rest.type = "button";
  rest.className = "rest-of-rows";
  rest.hidden = true;
  table.parentElement.after(rest);
  let room = rows.length > MANY ? FIRST : Infinity;
  const draw = () => {
    let matching = 0;
    for (const one of ordered) {
      if (one.row.hidden === one.matches) one.row.hidden = !one.matches;
      if (!one.matches) continue;
      matching += 1;
      one.row.classList.toggle("beyond", matching > room);
    }
    count.textContent = `${matching} of ${rows.length} cases`;
    rest.hidden = matching <= room;
    rest.textContent = `Show all ${matching}`;
  };
  rest.addEventListener("click", () => {
    const next = ordered.filter((one) => one.matches)[room];
    room = Infinity;
    draw();
    next?.row.querySelector("a").focus();
  });

  const keyOf = (column, place) => {
    if (column === "dates") return (one) => one.place;
    if (column === "stage") return (one) => stages.indexOf(one.row.dataset.stage);
    if (column.startsWith("code.")) {
      return (one) => {
        const cell = read(one).cells.get(column);
        return cell?.code === undefined ? null : Number(cell.rank ?? 99);
      };
    }
    return (one) => one.row.cells[place].textContent.trim();
  };
  const sort = () => {
    const place = heads.findIndex((head) => head.dataset.sort === sorted.column);
    const key = keyOf(sorted.column, place);
    const keys = new Map(rows.map((one) => [one, key(one)]));
    const sign = sorted.down ? -1 : 1;
    const compare = (a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      if (x === y) return a.place - b.place;
      if (x === null || x === "") return 1; /* what has nothing here comes last, either way */
      if (y === null || y === "") return -1;
      return sign * (typeof x === "number" ? x - y : order.compare(x, y)) || a.place - b.place;
    };
    ordered = [...rows].sort(compare);
    body.append(...ordered.map((one) => one.row));
    draw();
    for (const head of heads) {
      if (head.dataset.sort === sorted.column) head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  };

  /* The address: ?decade=1950s&sort=-code.ALLY#cases */
  const toAddress = () => {
    const said = new URLSearchParams(Object.entries(chosen()).filter(([, value]) => value));
    if (sorted.column !== "dates" || sorted.down) said.set("sort", (sorted.down ? "-" : "") + sorted.column);
    const query = said.toString();
    return location.pathname + (query ? `?${query}` : "") + (query || location.hash ? "#cases" : "");
  };
  const keep = (how) => {
    try {
      window.history[how](null, "", toAddress());
    } catch {
      /* some browsers keep no address for a file on a disk: then it is not kept */
    }
  };
  const fromAddress = (query) => {
    const said = new URLSearchParams(query);
    for (const name of names) {
      const field = form.elements[name];
      field.value = said.get(name) ?? "";
      if (field.selectedIndex === -1) field.value = "";
    }
    const column = said.get("sort") ?? "dates";
    const bare = column.replace(/^-/, "");
    const known = heads.some((head) => head.dataset.sort === bare);
    const before = `${sorted.column} ${sorted.down}`;
    sorted = known ? { column: bare, down: column !== bare } : { column: "dates", down: false };
    narrow();
    if (before !== `${sorted.column} ${sorted.down}`) sort();
  };

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const { sort: column } = head.dataset;
      sorted = { column, down: sorted.column === column && !sorted.down };
      sort();
      keep("pushState");
    });
  }

  form.addEventListener("change", (event) => {
    if (event.target.name === "text") return;
    narrow();
    keep("pushState");
  });
  let waiting = 0;
  form.elements.text.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      narrow();
      keep("replaceState");
    }, 120);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.clear.addEventListener("click", () => {
    for (const name of names) form.elements[name].value = "";
    narrow();
    keep("pushState");
    form.elements.text.focus();
  });
  window.addEventListener("popstate", () => fromAddress(location.search));

  /* Figures and lists lead to the cases that they count. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-narrow]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    fromAddress(new URL(link.href).search);
    keep("pushState");
    const title = document.getElementById("cases-title");
    title.scrollIntoView();
    title.focus({ preventScroll: true });
  });

  fromAddress(location.search);
  window.evidence.ready();
  if (location.search || rows.length > MANY) document.getElementById(location.hash.slice(1))?.scrollIntoView();
});

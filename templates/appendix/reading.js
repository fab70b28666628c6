/* Pages to read: notes that are followed and left again, permanent links that are copied, citations, challenges.
   Everything here is a help: without it, notes and links lead where they lead. */

"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const about = globalThis.about || {};
  const here = window.location;

  /* --- What a reader is told, also one who listens */

  const said = document.createElement("p");
  said.className = "said";
  said.setAttribute("role", "status");
  document.body.append(said);
  let silence = 0;
  const say = (words) => {
    window.clearTimeout(silence);
    said.textContent = "";
    said.textContent = words;
    silence = window.setTimeout(() => (said.textContent = ""), 6000);
  };

  const copy = async (words) => {
    try {
      await navigator.clipboard.writeText(words);
      return true;
    } catch {
      /* Where there is no clipboard for scripts, the browser's own command may still do it. */
      const field = document.createElement("textarea");
      const focused = document.activeElement;
      field.value = words;
      field.readOnly = true;
      field.className = "skip";
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      if (focused) focused.focus();
      return done;
    }
  };

  /* --- Permanent links */

  const base = () => {
    const canonical = document.querySelector('link[rel="canonical"]');
    return canonical ? canonical.href : here.href;
  };
  const address = (link) => new URL(link.getAttribute("href"), base()).href;

  document.addEventListener("click", async (event) => {
    const link = event.target.closest(".permalink");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const words = address(link);
    const what = link.getAttribute("aria-label").replace(/^Permanent link to /u, "");
    const mark = link.getAttribute("href");
    if (mark.startsWith("#") && window.history.replaceState) window.history.replaceState(null, "", mark);
    say((await copy(words)) ? `The address of ${what} is copied: ${words}` : `The address of ${what}: ${words}`);
  });

  /* --- What is led to is opened, and notes are followed and left again */

  const reveal = (place) => {
    for (let box = place.parentElement; box; box = box.parentElement) {
      if (box.localName === "details") box.open = true;
    }
  };
  const led = () => {
    let name = here.hash.slice(1);
    try {
      name = decodeURIComponent(name);
    } catch {
      /* no address of ours */
    }
    const place = name && document.getElementById(name);
    if (place) {
      const hidden = !place.getClientRects().length || place.closest("details:not([open])");
      reveal(place);
      if (hidden) place.scrollIntoView();
    }
    return place;
  };
  window.addEventListener("hashchange", led);
  led();

  const target = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const pairs = ".marks a.mark, .note a.back";

  document.addEventListener("click", (event) => {
    const link = event.target.closest(pairs);
    const place = link && target(link);
    if (!place || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    reveal(place);
    if (window.history.pushState) window.history.pushState(null, "", link.hash);
    place.focus({ preventScroll: true });
    const seen = place.getBoundingClientRect();
    if (seen.top < 0 || seen.bottom > window.innerHeight) place.scrollIntoView({ block: "nearest" });
    lit(place);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    const note = document.activeElement && document.activeElement.closest(".note");
    const back = note && note.querySelector("a.back");
    if (back) back.click();
  });

  /* A mark and its note light up together. */
  let shining = [];
  const lit = (...places) => {
    for (const one of shining) one.classList.remove("lit");
    shining = places;
    for (const one of shining) one.classList.add("lit");
  };
  for (const kind of ["mouseover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      const from = event.target.closest && (event.target.closest(".marks a.mark") || event.target.closest(".note"));
      if (!from) return lit();
      const link = from.matches("a") ? from : from.querySelector("a.back");
      const other = link && target(link);
      return other ? lit(from, other) : lit();
    });
  }

  /* --- Citations: what only a browser knows is filled in */

  const page = base().replace(/#.*$/u, "");
  const shown = (entry) => {
    const place = document.querySelector("html > body main > .entry") === entry ? "" : `#${entry.id}`;
    return page + place;
  };
  for (const hole of document.querySelectorAll("[data-fill]")) {
    const entry = hole.closest(".entry");
    if (hole.dataset.fill === "address" && entry) hole.textContent = shown(entry);
    if (hole.dataset.fill === "revision" && about.revision) {
      hole.textContent = `, revision ${about.revision}` + (about.digest ? ` (digest ${about.digest.slice(0, 12)})` : "");
    }
    if (hole.dataset.fill === "read") {
      const day = new Date().toLocaleDateString("en-US", { year: "numeric", month: "long", day: "numeric" });
      hole.textContent = `, accessed ${day}`;
    }
  }
  for (const block of document.querySelectorAll(".copied")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", block.getAttribute("aria-label") ? `Copy: ${block.getAttribute("aria-label")}` : "Copy the citation");
    button.addEventListener("click", async () => {
      say((await copy(block.textContent.trim())) ? "The citation is copied." : "This browser did not let the citation be copied; mark it and copy it by hand.");
    });
    block.after(button);
  }

  /* --- Challenges: a W3C Web Annotation that the reader saves and sends; nothing is sent from here */

  const made = (name, attributes = {}, ...inside) => {
    const one = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
    one.append(...inside);
    return one;
  };

  const uuid = () => {
    if (window.crypto.randomUUID) return window.crypto.randomUUID();
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };

  const AROUND = 50;
  const CUT = /^… | …$/gu;
  const around = (block, marks) => {
    const range = document.createRange();
    range.setStart(block, 0);
    range.setEndBefore(marks[0]);
    const before = range.toString().replace(CUT, "");
    range.setStartAfter(marks[marks.length - 1]);
    range.setEnd(block, block.childNodes.length);
    return [before, range.toString().replace(CUT, "")];
  };

  /* The words of a quote as they are held, and those before and after where the page shows them. */
  const selector = (box) => {
    if (box.dataset.variable) {
      return { type: "TextQuoteSelector", exact: box.dataset.words, prefix: box.dataset.variable };
    }
    const block = [...box.querySelectorAll("blockquote")].find((one) => one.querySelector("mark, .words"));
    const marks = block ? [...block.querySelectorAll("mark, .words")] : [];
    const own = box.querySelector(".as-quoted q, .words-of");
    const exact = box.dataset.words || (own ? own.textContent : marks.map((one) => one.textContent).join(""));
    const found = { type: "TextQuoteSelector", exact: exact.trim() };
    if (marks.length) {
      const [before, after] = around(block, marks);
      if (before) found.prefix = before.replace(/\s+/gu, " ").slice(-AROUND);
      if (after) found.suffix = after.replace(/\s+/gu, " ").slice(0, AROUND);
    }
    return found;
  };

  const annotation = (box, answers) => {
    const meta = document.querySelector('meta[name="generator"]');
    const canonical = document.querySelector('link[rel="canonical"]');
    const mark = box.dataset.address.replace(/^[^#]*/u, "");
    const one = {
      "@context": ["http://www.w3.org/ns/anno.jsonld", { evidence: "urn:evidence:terms:" }],
      id: `urn:uuid:${uuid()}`,
      type: "Annotation",
      motivation: answers.motivation,
      created: new Date().toISOString(),
    };
    if (answers.name) {
      one.creator = { type: "Person", name: answers.name };
      if (answers.address) one.creator.id = answers.address;
    }
    if (meta) one.generator = { type: "Software", name: meta.content };
    one.body = [{ type: "TextualBody", value: answers.reason, format: "text/plain", purpose: answers.motivation }];
    one.target = {
      type: "SpecificResource",
      id: box.dataset.challenge,
      source: canonical ? new URL(mark, canonical.href).href : box.dataset.address,
      selector: [selector(box)],
    };
    if (about.release) one["evidence:release"] = about.release;
    if (about.revision) one["evidence:revision"] = Number(about.revision);
    if (about.digest) one["evidence:digest"] = about.digest;
    return one;
  };

  const save = (name, text) => {
    const url = URL.createObjectURL(new Blob([text], { type: "application/ld+json" }));
    const link = made("a", { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    window.setTimeout(() => URL.revokeObjectURL(url), 60000);
  };

  let form = null;
  const dialog = () => {
    const radio = (value, words, checked) => {
      const input = made("input", { type: "radio", name: "motivation", value });
      input.defaultChecked = checked;
      return made("label", {}, input, made("span", {}, words));
    };
    const field = (words, input) => made("label", {}, made("span", {}, words), input);
    const parts = {
      title: made("h2", { id: "asking-title" }),
      quote: made("blockquote", { dir: "auto", tabindex: "0" }),
      reason: made("textarea", { name: "reason", maxlength: "20000", required: "", "aria-describedby": "asking-problem" }),
      name: made("input", { type: "text", name: "name", autocomplete: "name", maxlength: "300" }),
      address: made("input", { type: "text", name: "address", autocomplete: "url", maxlength: "300" }),
      problem: made("p", { class: "problem", id: "asking-problem", role: "alert" }),
    };
    const cancel = made("button", { type: "button" }, "Cancel");
    const to = (about.authors || []).join(", ");
    parts.form = made(
      "form",
      { method: "dialog", novalidate: "" },
      parts.title,
      parts.quote,
      made("fieldset", {}, made("legend", {}, "What you think of it"), radio("questioning", "I doubt it", true), radio("assessing", "I think that it is wrong, and say what is right", false)),
      field("Your reason", parts.reason),
      parts.problem,
      field("Your name, if you wish", parts.name),
      field("An address or ORCID of yours, if you wish", parts.address),
      made("p", { class: "quiet" }, `Nothing is sent from here. A file is saved on your computer; send it to the study’s authors${to ? ` (${to})` : ""}, who answer it in the next release.`),
      made("div", { class: "choices" }, made("button", { type: "submit" }, "Save the challenge"), cancel),
    );
    parts.box = made("dialog", { class: "asking", "aria-labelledby": "asking-title" }, parts.form);
    document.body.append(parts.box);
    cancel.addEventListener("click", () => parts.box.close());
    parts.reason.addEventListener("input", () => {
      parts.problem.textContent = "";
      parts.reason.removeAttribute("aria-invalid");
    });
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const answers = Object.fromEntries([...new FormData(parts.form)].map(([key, value]) => [key, String(value).trim()]));
      if (!answers.reason) {
        parts.problem.textContent = "Say why: without a reason there is nothing to answer.";
        parts.reason.setAttribute("aria-invalid", "true");
        parts.reason.focus();
        return;
      }
      const key = decodeURIComponent(parts.of.dataset.challenge.split(":").pop());
      const name = `challenge-${key.replace(/[^\p{L}\p{N}._-]+/gu, "-")}.jsonld`;
      save(name, `${JSON.stringify(annotation(parts.of, answers), null, 2)}\n`);
      parts.reason.value = "";
      parts.box.close();
      say(`${name} is saved. Send it to the study’s authors${to ? ` (${to})` : ""}.`);
    });
    return parts;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".challenge");
    const box = button && button.closest("[data-challenge]");
    if (!box) return;
    form ||= dialog();
    form.of = box;
    const chosen = selector(box);
    const code = Boolean(box.dataset.variable);
    form.title.textContent = button.textContent.trim();
    form.quote.textContent = code ? `${chosen.prefix}: ${chosen.exact}` : chosen.exact;
    const speaks = box.querySelector("[lang]");
    if (speaks && !code) form.quote.lang = speaks.lang;
    else form.quote.removeAttribute("lang");
    form.problem.textContent = "";
    said.textContent = "";
    form.box.showModal();
    form.reason.focus();
  });
});

/* Every page: the theme, and what other scripts share. It stands in the head, so that nothing flashes or moves. */

"use strict";

(() => {
  const root = document.documentElement;
  root.classList.add("js");

  /* An address may say what is chosen on a page: nothing of it is shown before that is so, and then nothing moves. */
  if (window.location.search) root.classList.add("waiting");
  const ready = () => root.classList.remove("waiting");
  window.addEventListener("load", ready);

  /* A theme that was chosen is kept in the browser, if it lets us; else the system's holds. */
  const NAME = "evidence-theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const kept = (change) => {
    try {
      return change(window.localStorage);
    } catch {
      return null;
    }
  };
  const chosen = kept((store) => store.getItem(NAME));
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);

  const switchTheme = (button) => {
    const say = () => button.setAttribute("aria-pressed", String(isDark()));
    say();
    dark.addEventListener("change", say);
    button.addEventListener("click", () => {
      const wanted = isDark() ? "light" : "dark";
      if ((wanted === "dark") === dark.matches) {
        delete root.dataset.theme;
        kept((store) => store.removeItem(NAME));
      } else {
        root.dataset.theme = wanted;
        kept((store) => store.setItem(NAME, wanted));
      }
      say();
    });
  };

  /* Folding: letters without case, accents and what cannot be seen; quotation marks and dashes of one kind. */
  const MARKS = /[\p{M}\p{Cf}\u0640]/gu;
  const ALIKE = {
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'", "\u2039": "'", "\u203a": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2033": '"', "\u00ab": '"', "\u00bb": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
    "\u00df": "ss", "\u00e6": "ae", "\u0153": "oe", "\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u00f0": "d",
    "\u00fe": "th", "\u0131": "i", "\u03c2": "\u03c3",
  };
  const KNOWN = new RegExp(`[${Object.keys(ALIKE).join("")}]`, "gu");
  const PLAIN = /^[ -~]*$/; /* what folding leaves as it is, but for capitals */

  const fold = (words) => {
    const small = words.toLowerCase();
    if (PLAIN.test(small)) return small;
    return small
      .normalize("NFKD")
      .replace(MARKS, "")
      .toLowerCase()
      .replace(KNOWN, (sign) => ALIKE[sign])
      .replace(/\s/gu, " ");
  };

  window.evidence = { fold, ready };

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    if (button) switchTheme(button);
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
      const field = document.querySelector('form[role="search"] input[type="search"]');
      if (event.key !== "/" || typing || !field || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.focus();
      field.select();
    });
  });
})();

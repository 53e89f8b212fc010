// Filters of the lists, and the search. Plain script: pages open from disk, where modules and
// requests do not work. Everything shown comes in as text, never as markup.
"use strict";
(function () {
  const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const words = (text) => fold(text).split(/\s+/).filter(Boolean);

  function fits(row, wanted) {
    return wanted.every(([key, value]) => {
      if (key === "text") {
        row.folded = row.folded || fold(row.textContent);
        return words(value).every((word) => row.folded.includes(word));
      }
      if (key === "least-confidence") return Number(row.dataset.confidence) >= Number(value);
      const held = row.dataset[key] || "";
      return held === value || held.split(" ").includes(value);
    });
  }

  function filters(form) {
    const table = document.getElementById(form.dataset.filters);
    const fields = [...form.querySelectorAll("[data-filter]")];
    const rows = [...table.querySelectorAll("tbody tr:not(.day)")];
    const groups = [...table.tBodies].filter((body) => body.querySelector(".day"));
    const count = form.querySelector("[data-count]");
    const none = document.querySelector("[data-none]");

    function apply() {
      const wanted = fields.filter((f) => f.value).map((f) => [f.dataset.filter, f.value]);
      let shown = 0;
      for (const row of rows) {
        row.hidden = !fits(row, wanted);
        shown += row.hidden ? 0 : 1;
      }
      for (const group of groups) {
        group.hidden = ![...group.rows].some((row) => !row.hidden && !row.matches(".day"));
      }
      count.textContent = shown + " of " + rows.length;
      if (none) none.hidden = shown > 0;
      return wanted;
    }

    // The chosen filters stay in the address, so that a link shows the same rows.
    function keep() {
      const wanted = apply();
      const query = new URLSearchParams(wanted).toString();
      history.replaceState(null, "", query ? "#f?" + query : "#");
    }

    function read() {
      if (!location.hash.startsWith("#f?")) return;
      const query = new URLSearchParams(location.hash.slice(3));
      for (const field of fields) field.value = query.get(field.dataset.filter) || "";
      apply();
    }

    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", keep);
    form.addEventListener("reset", () => setTimeout(keep));
    addEventListener("hashchange", read);
    read();
  }

  function search(list) {
    const index = window.policywireIndex || [];
    const count = document.querySelector("[data-search-count]");
    const box = document.querySelector("header input[name=q]");
    box.value = new URLSearchParams(location.search).get("q") || "";

    function show() {
      const wanted = words(box.value);
      list.replaceChildren();
      if (!wanted.length) return;
      const found = [];
      for (const entry of index) {
        const [kind, title, path, more] = entry;
        const first = fold(title);
        const all = first + " " + fold(kind + " " + more);
        if (wanted.every((word) => all.includes(word))) {
          const rank = wanted.reduce((sum, word) => sum + (first.startsWith(word) ? 3 : first.includes(word) ? 2 : 0), 0);
          found.push([kind === "measure" ? rank : rank + 1, entry]);
        }
      }
      found.sort((a, b) => b[0] - a[0]);
      count.textContent = found.length + " found" + (found.length > 100 ? ", the first 100 shown" : "");
      for (const [, [kind, title, path, more]] of found.slice(0, 100)) {
        const item = document.createElement("li");
        const link = document.createElement("a");
        const note = document.createElement("span");
        link.href = path;
        link.textContent = title;
        note.className = "source";
        note.textContent = kind + (more ? " · " + more : "");
        item.append(link, note);
        list.append(item);
      }
    }

    box.addEventListener("input", show);
    show();
  }

  document.querySelectorAll("form[data-filters]").forEach(filters);
  const results = document.querySelector("[data-search-results]");
  if (results) addEventListener("load", () => search(results));
})();

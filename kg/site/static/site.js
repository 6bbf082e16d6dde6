// Comforts that a page does well without: copy buttons, tables that sort, and a placeholder for lost pictures.
"use strict";
(() => {
  const placeholder = new URL("placeholder.svg", document.currentScript.src).href;

  // Pictures: the placeholder goes when the picture is there, and comes when it cannot be had.
  const seen = (image) => image.classList.add("seen");
  const lost = (image) => {
    if (image.src === placeholder || image.closest(".brand")) return;
    image.src = placeholder;
    image.classList.add("lost");
    if (image.alt) image.alt += " (the picture could not be loaded)";
  };
  for (const image of document.images) {
    if (image.complete && image.naturalWidth) seen(image);
    else if (image.complete && image.src) lost(image);
  }
  document.addEventListener("load", (event) => event.target.tagName === "IMG" && seen(event.target), true);
  document.addEventListener("error", (event) => event.target.tagName === "IMG" && lost(event.target), true);

  // A query with the values of the address (`?gene=ncbigene:208`), which pages of things lead to.
  const given = new URLSearchParams(location.search);
  const slots = [...document.querySelectorAll("[data-parameter]")].filter((slot) => given.has(slot.dataset.parameter));
  const escapes = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  for (const slot of slots) {
    const name = slot.dataset.parameter;
    const values = given.getAll(name);
    const terms = values.map((value) => `"${value.replace(/[\\"\n\r\t]/g, (char) => escapes[char])}"`).join(" ");
    if (slot.textContent.trim() === terms) continue;
    slot.textContent = ` ${terms} `;
    for (const cell of document.querySelectorAll("[data-set]")) {
      if (cell.dataset.set === name) cell.textContent = values.join(", ");
    }
    for (const note of document.querySelectorAll("[data-default]")) note.hidden = false;
    for (const run of document.querySelectorAll("[data-run]")) {
      const target = new URL(run.href);
      target.searchParams.set("query", slot.closest("code").textContent);
      run.href = target;
    }
  }

  // Copy buttons.
  const said = document.createElement("p");
  said.className = "sr";
  said.setAttribute("role", "status");
  document.body.append(said);

  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  const button = (label, text) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "copy plain";
    made.textContent = label;
    made.addEventListener("click", async () => {
      await copied(text());
      said.textContent = made.textContent = "Copied";
      setTimeout(() => { made.textContent = label; said.textContent = ""; }, 1600);
    });
    return made;
  };
  for (const block of document.querySelectorAll("[data-copy]")) {
    block.before(button(`Copy ${block.dataset.copy}`, () => block.textContent));
  }
  for (const list of document.querySelectorAll("[data-copy-list]")) {
    const items = [...list.children];
    const row = document.createElement("p");
    row.className = "actions";
    row.append(
      button("Copy symbols", () => items.map((item) => item.textContent.trim()).join("\n")),
      button("Copy ids", () => items.map((item) => item.dataset.id).join("\n")),
    );
    list.before(row);
  }

  // Tables: a button in each heading sorts the rows that are here.
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const textOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.sort ?? cell.textContent.trim();
  };
  const sort = (table, head) => {
    const numbers = head.classList.contains("n");
    const was = head.getAttribute("aria-sort");
    const down = was ? was === "ascending" : numbers;
    const value = (row) => {
      const text = textOf(row, head.cellIndex);
      if (!numbers) return text;
      return text === "" ? -Infinity : Number(text.replaceAll(",", ""));
    };
    const order = numbers ? (a, b) => a[0] - b[0] : (a, b) => collator.compare(a[0], b[0]);
    const rows = [...table.tBodies[0].rows].map((row) => [value(row), row]).sort(order);
    if (down) rows.reverse();
    table.tBodies[0].append(...rows.map((pair) => pair[1]));
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    if (!table.tBodies[0] || table.tBodies[0].rows.length < 2) continue;
    for (const head of table.tHead.querySelectorAll("th:not([data-fixed])")) {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "sort";
      made.textContent = head.textContent;
      made.title = "Sort the rows of this page";
      made.addEventListener("click", () => sort(table, head));
      head.replaceChildren(made);
    }
  }
})();

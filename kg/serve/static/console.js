/* The query page, made quicker: the YASGUI editor in place of the text field, answers without a new page, and a
   button that stops a query. Without this script every form works as it stands. */
"use strict";
(() => {
  const page = document.getElementById("console");
  if (!page) return;
  const field = document.getElementById("query");
  const status = document.getElementById("running");
  const stop = document.getElementById("stop");
  let editor = null;
  let asking = null;

  const terms = async () => {
    try {
      const answer = await fetch(page.dataset.terms, { headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : {};
    } catch {
      return {};
    }
  };

  const addCompletion = (Yasqe, known) => {
    const add = (from, name, words) =>
      Yasqe.forkAutocompleter(from, { name, persistenceId: null, get: () => words });
    const prefixes = Object.entries(known.prefixes || {}).map(([name, iri]) => `${name}: <${iri}>`);
    add("prefixes", "kg-prefixes", prefixes);
    add("class", "kg-classes", known.classes || []);
    add("property", "kg-properties", known.properties || []);
  };

  const startEditor = async () => {
    if (!window.Yasgui || !window.Yasgui.Yasqe) return;
    const Yasqe = window.Yasgui.Yasqe;
    addCompletion(Yasqe, await terms());
    for (const name of ["prefixes", "class", "property"]) delete Yasqe.Autocompleters[name];
    Yasqe.defaults.autocompleters = ["variables", "kg-prefixes", "kg-classes", "kg-properties"];
    const place = document.createElement("div");
    place.className = "editor";
    field.after(place);
    editor = new Yasqe(place, {
      value: field.value,
      persistenceId: null,
      createShareableLink: null,
      showQueryButton: false,
      resizeable: false,
      collapsePrefixesOnLoad: false,
      extraKeys: { Tab: false, "Shift-Tab": false },
    });
    const input = editor.getInputField();
    input.setAttribute("aria-label", "SPARQL query");
    const scroller = editor.getScrollerElement();
    scroller.tabIndex = 0;
    scroller.setAttribute("role", "group");
    scroller.setAttribute("aria-label", "Text of the query");
    field.hidden = true;
    editor.on("change", () => { field.value = editor.getValue(); });
    editor.addKeyMap({ "Ctrl-Enter": () => run(field.form), "Cmd-Enter": () => run(field.form), Tab: false, "Shift-Tab": false });
    document.documentElement.dataset.editor = "yasqe";
  };

  const running = (controller) => {
    asking = controller;
    stop.hidden = controller === null;
    page.classList.toggle("busy", controller !== null);
  };

  const tick = (begun) => {
    status.textContent = `Running for ${Math.round((performance.now() - begun) / 1000)} s`;
  };

  const show = (text, address) => {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const id of ["answer", "fields"]) {
      const old = document.getElementById(id);
      const made = fresh.getElementById(id);
      if (old && made) old.replaceWith(made);
    }
    const asked = fresh.getElementById("query");
    if (asked && asked.value !== field.value) {
      field.value = asked.value;
      if (editor) editor.setValue(asked.value);
    }
    document.title = fresh.title;
    history.pushState({}, "", address);
    document.dispatchEvent(new CustomEvent("kg:content"));
  };

  const run = async (form, clicked) => {
    if (asking) asking.abort();
    const data = new URLSearchParams(new FormData(form));
    if (clicked && clicked.name) data.set(clicked.name, clicked.value);
    const address = `${form.action.split(/[?#]/)[0]}?${data}`;
    const controller = new AbortController();
    running(controller);
    const begun = performance.now();
    tick(begun);
    const clock = setInterval(() => tick(begun), 1000);
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: controller.signal });
      show(await answer.text(), address);
      status.textContent = `Done after ${((performance.now() - begun) / 1000).toFixed(1)} s`;
      document.getElementById("answer").focus({ preventScroll: false });
    } catch (error) {
      status.textContent = error.name === "AbortError" ? "Stopped" : "The server could not be reached; try again.";
    } finally {
      clearInterval(clock);
      if (asking === controller) running(null);
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form.ask")) return;
    event.preventDefault();
    run(form, event.submitter);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#answer a.view");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    fetch(link.href, { headers: { Accept: "text/html" } })
      .then((answer) => answer.text())
      .then((text) => show(text, link.href))
      .catch(() => { location.href = link.href; });
  });
  stop.addEventListener("click", () => { if (asking) asking.abort(); });
  window.addEventListener("popstate", () => location.reload());
  startEditor();
})();

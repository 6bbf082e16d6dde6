// Search without a server: loads the few shards that a question needs (kg/site/search_index.py writes them).
"use strict";
(() => {
  const input = document.querySelector("input[data-search]");
  if (!input) return;
  const folder = new URL("search/", document.currentScript.src).href;
  const { root, suffix } = input.dataset;
  const list = document.querySelector("[data-results]");
  const SUGGESTIONS = 8, PAGE = 20;

  // Shards: scripts that call kgShard, each loaded once.
  const shards = new Map(), arrived = new Map();
  window.kgShard = (name, rows, best) => arrived.set(name, { rows, best });
  const load = (name, file = name) => {
    if (!shards.has(name)) {
      shards.set(name, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = `${folder}${encodeURIComponent(file)}.js`;
        script.onload = () => (arrived.has(name) ? done(arrived.get(name)) : script.onerror());
        script.onerror = () => { shards.delete(name); failed(new Error(`no shard ${file}`)); };
        document.head.append(script);
      }));
    }
    return shards.get(name);
  };

  // Terms: the same rules as `normal` and `shard_name`.
  const GREEK = {};
  const greek = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon phi chi psi omega";
  greek.split(" ").forEach((name, place) => { GREEK["αβγδεζηθικλμνξοπρσςτυφχψω"[place]] = name; });
  const words = (text) => {
    let plain = "";
    for (const letter of text.normalize("NFKD").toLowerCase()) {
      if (GREEK[letter]) plain += GREEK[letter];
      else if (letter.length === 1 && /[\p{L}\p{N}]/u.test(letter)) plain += letter;
      else if (!/\p{M}/u.test(letter)) plain += " ";
    }
    return plain.split(" ").filter(Boolean);
  };
  const shardName = (prefix) => (
    prefix && `t-${prefix.replace(/[^\x00-\x7f]/g, (letter) => `_${letter.charCodeAt(0).toString(16)}`)}`
  ) || "t";
  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const numbers = (text) => {
    const found = [];
    let last = 0, step = 0, shift = 0;
    for (const letter of text || "") {
      const digit = DIGITS.indexOf(letter);
      step += (digit & 31) << shift;
      shift += 5;
      if (digit < 32) { found.push(last += step); step = shift = 0; }
    }
    return found;
  };
  const merged = (lists) => [...new Set(lists.flat())].sort((a, b) => a - b);

  // Look a term up: what it is exactly, and what begins with it.
  const lookup = async (about, text) => {
    const term = text.slice(0, about.max);
    const found = { exact: [[], [], []], begins: [[], [], []] };
    let prefix = "";
    while (about.split[prefix] && prefix.length < term.length) {
      const letter = term[prefix.length];
      if (!about.split[prefix].includes(letter)) return found;
      prefix += letter;
    }
    const shard = await load(shardName(prefix));
    const rows = shard.rows.filter((row) => row[0].startsWith(term));
    for (const place of [0, 1, 2]) {
      found.exact[place] = merged(rows.filter((row) => row[0] === term).map((row) => numbers(row[place + 1])));
      found.begins[place] = shard.best && prefix === term
        ? numbers(shard.best[place])
        : merged(rows.map((row) => numbers(row[place + 1])));
    }
    return found;
  };

  // What was typed: a pasted address counts by its last part, `ncbigene:208` also by what follows the colon.
  const asked = (text) => {
    const link = text.trim().match(/^https?:\/\/(?:(?:dx\.)?doi\.org\/(.+)|.*?([^/]+)\/?)$/i);
    if (!link) return text;
    const part = link[1] || link[2].replace(/\.html$/, "");
    try { return decodeURIComponent(part); } catch { return part; }
  };
  const find = async (typed) => {
    const about = (await load("", "index")).rows;
    const text = asked(typed), all = words(text), whole = all.join("");
    if (!whole) return { about, hits: [] };
    const terms = all.filter((word) => !about.stop.includes(word));
    const looked = await Promise.all([whole, ...(terms.length ? terms : all)].map((term) => lookup(about, term)));
    const [direct, ...each] = looked;
    const behind = text.includes(":") ? words(text.slice(text.indexOf(":") + 1)).join("") : "";
    const bare = behind ? (await lookup(about, behind)).exact : [[], []];
    const lists = each.map(({ exact, begins }, place) => merged(
      place === each.length - 1 && whole.length > 1 ? [...exact, ...begins] : exact,
    ));
    let shared = lists[0];
    for (const other of lists.slice(1)) {
      const known = new Set(other);
      shared = shared.filter((number) => known.has(number));
    }
    const steps = [direct.exact[0], direct.exact[1], bare[0]];
    if (all.length > 1) steps.push(shared);
    steps.push(direct.begins[0], direct.begins[1], shared);
    return { about, hits: [...new Set(steps.flat())] };
  };
  const documents = (about, hits) => Promise.all(hits.map(async (number) => {
    const file = await load(`d-${Math.floor(number / about.step)}`);
    const [path, label, remark] = file.rows[number % about.step];
    return { href: root + path + suffix, kind: about.kinds[path.split("/")[0]] || "", label, remark };
  }));

  const element = (name, className, text) => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };
  const fill = (item, found, hit) => {
    item.append(element("span", "kind", found.kind), hit);
    if (found.remark) item.append(" ", element("span", "quiet small", found.remark));
    return item;
  };
  const link = (found) => {
    const made = element("a", "hit", found.label);
    made.href = found.href;
    return made;
  };

  // Only the answer to what was typed last is shown.
  let turn = 0;
  const latest = async (text, show, failed) => {
    const mine = ++turn;
    try {
      const { about, hits } = await find(text);
      if (mine === turn) await show(about, hits, () => mine === turn);
    } catch (error) {
      if (mine === turn) failed(error);
    }
  };

  // The page of results.
  const results = () => {
    const status = document.getElementById("found"), hint = status.textContent;
    const more = element("button", "plain", "Show more");
    more.type = "button";
    more.hidden = true;
    list.after(more);
    const show = async (about, hits, current) => {
      const add = async () => {
        const from = list.childElementCount;
        const found = await documents(about, hits.slice(from, from + PAGE));
        if (!current()) return;
        list.append(...found.map((one) => fill(element("li", "", ""), one, link(one))));
        more.hidden = list.childElementCount >= hits.length;
        if (from && list.children[from]) list.children[from].querySelector("a").focus();
      };
      list.replaceChildren();
      more.onclick = add;
      await add();
      status.textContent = hits.length === 1 ? "1 result" : `${hits.length.toLocaleString("en")} results`;
      if (!hits.length) status.textContent = "Nothing has this name. Try fewer letters, another name, or an identifier.";
    };
    const update = () => {
      const text = input.value;
      try {
        history.replaceState(null, "", text ? `?q=${encodeURIComponent(text)}` : location.pathname);
      } catch { /* a browser may refuse this for files; the results are the same */ }
      if (text.trim()) {
        return latest(text, show, () => { status.textContent = "The search index could not be loaded."; });
      }
      turn++;
      list.replaceChildren();
      more.hidden = true;
      status.textContent = hint;
      return undefined;
    };
    input.form.addEventListener("submit", (event) => { event.preventDefault(); update(); });
    input.value = new URLSearchParams(location.search).get("q") || input.value;
    if (!input.value) input.focus();
    return update;
  };

  // Suggestions below the field of any other page (ARIA combobox with a list).
  const suggestions = () => {
    const box = element("ul", "suggestions", "");
    box.id = "suggestions";
    box.hidden = true;
    const status = element("p", "sr", "");
    for (const [name, value] of [["role", "listbox"], ["aria-label", "Suggestions"]]) box.setAttribute(name, value);
    status.setAttribute("role", "status");
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", box.id]]) {
      input.setAttribute(name, value);
    }
    input.parentElement.append(box, status);
    let chosen = -1;
    const choose = (place) => {
      chosen = place;
      [...box.children].forEach((item, number) => item.setAttribute("aria-selected", String(number === chosen)));
      if (chosen < 0) input.removeAttribute("aria-activedescendant");
      else {
        input.setAttribute("aria-activedescendant", box.children[chosen].id);
        box.children[chosen].scrollIntoView({ block: "nearest" });
      }
    };
    const open = (shown) => {
      box.hidden = !shown;
      input.setAttribute("aria-expanded", String(shown));
      if (!shown) choose(-1);
    };
    const option = (found, number) => {
      const item = fill(element("li", "", ""), found, element("span", "hit", found.label));
      item.id = `suggestion-${number}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.href = found.href;
      item.addEventListener("mousedown", (event) => event.preventDefault());
      item.addEventListener("click", () => { location.href = found.href; });
      return item;
    };
    const show = async (about, hits, current) => {
      const found = await documents(about, hits.slice(0, SUGGESTIONS));
      if (!current()) return;
      box.replaceChildren(...found.map(option));
      open(found.length > 0);
      status.textContent = found.length ? `${found.length} suggestions` : "No suggestions";
    };
    input.addEventListener("keydown", (event) => {
      const count = box.hidden ? 0 : box.childElementCount;
      if (event.key === "Escape" && count) { event.preventDefault(); open(false); }
      if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); location.href = box.children[chosen].dataset.href; }
      if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        choose((chosen + 1 + step + count + 1) % (count + 1) - 1);
      }
    });
    input.addEventListener("blur", () => open(false));
    return () => {
      if (input.value.trim()) return latest(input.value, show, () => open(false));
      turn++;
      return open(false);
    };
  };

  const update = list ? results() : suggestions();
  let timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(update, 60);
  });
  if (input.value.trim() && (list || document.activeElement === input)) update();
})();

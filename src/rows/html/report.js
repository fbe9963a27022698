// Shows the rows of the page as a table: searched, filtered, sorted, a page of them at a time. All that comes of a
// mailbox becomes text, never markup.
(() => {
  "use strict";

  const LONG = 120;
  const MOST_PRINTED = 1000;
  const byId = id => document.getElementById(id);
  const number = new Intl.NumberFormat("en");
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  const rows = [];
  for (const element of document.querySelectorAll("script.rows")) {
    for (const row of JSON.parse(element.textContent)) rows.push(row);
    element.remove();
  }
  const headings = [...document.querySelectorAll("thead th")];
  const names = headings.map(heading => heading.textContent);
  // A row that is longer than its columns is that of a mailbox that failed: a cause follows, and what happened.
  const failureColumn = headings.findIndex(heading => "failure" in heading.dataset);
  const width = failureColumn < 0 ? names.length : failureColumn;
  // Where a failure leaves nothing to be shown but whose it is, it takes the place of all that is missing.
  const failuresSpan = failureColumn > 1 && rows.every(row => row.length === width || row.every((value, at) => at === 0 || at >= width || value === null));
  const columns = names.map((_, column) => column).filter(column => !(failuresSpan && column === failureColumn));
  const outcomeColumn = names.findIndex((name, at) => at < width && (name === "Outcome" || name === "Change"));

  const causeOf = row => row[width];
  const outcomeOf = row => {
    if (outcomeColumn >= 0 && row[outcomeColumn] !== null) return String(row[outcomeColumn]);
    return causeOf(row) === undefined ? "Succeeded" : "Failed";
  };

  // ---- Text of values

  function textOf(value) {
    if (value === null || value === undefined) return "";
    if (value === true) return "True";
    if (value === false) return "False";
    if (Array.isArray(value)) {
      return value.some(item => item !== null && typeof item === "object")
        ? value.map(textOf).join("\n")
        : value.map(textOf).join(", ");
    }
    if (typeof value === "object") {
      if ("Setting" in value) return `${value.Setting}: ${textOf(value.From) || "(none)"} \u2192 ${textOf(value.To) || "(none)"}`;
      return Object.entries(value).map(([name, part]) => `${name}: ${textOf(part)}`).join("; ");
    }
    return String(value);
  }

  /** What a column shows of a row. */
  function cellText(row, column) {
    if (column === failureColumn) return causeOf(row) === undefined ? "" : `${causeOf(row)}\n${row[width + 1]}`;
    return textOf(row[column]);
  }

  /** Controls and marks of direction, which could make a text look like another, are seen as what they are. */
  const shown = text => text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]/g, "\ufffd");

  // ---- Which rows, in which order

  const state = { words: [], outcome: "", column: -1, value: "", cause: "", sort: -1, descending: false, page: 0, size: 50 };
  let chosen = [];
  const haystacks = new Array(rows.length);
  const orders = new Map();

  function haystack(at) {
    haystacks[at] ??= names.map((_, column) => cellText(rows[at], column)).join("\n").toLowerCase();
    return haystacks[at];
  }

  /** Whether a value, or an item of a list, is the one that a bar stands for. */
  function isValue(cell, value) {
    const items = Array.isArray(cell) ? cell : [cell];
    return items.some(item => shown(textOf(item?.Setting ?? item)) === shown(value));
  }

  function isChosen(at) {
    const row = rows[at];
    if (state.outcome && outcomeOf(row) !== state.outcome) return false;
    if (state.cause && causeOf(row) !== state.cause) return false;
    if (state.column >= 0) {
      if (causeOf(row) !== undefined && row[state.column] === null) return false;
      if (!isValue(row[state.column], state.value)) return false;
    }
    return state.words.every(word => haystack(at).includes(word));
  }

  /** How the texts of a column compare: as numbers or points in time where all are, else as words. */
  function comparison(texts) {
    const filled = texts.filter(text => text !== "");
    const by = key => (one, other) => key(one) - key(other);
    if (filled.every(text => /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text))) return by(Number);
    if (filled.every(text => /^\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.test(text) && !Number.isNaN(Date.parse(text)))) return by(Date.parse);
    return collator.compare;
  }

  /** The place of each row by a column; that of a row without a value is -1. Made once for each column. */
  function order(column) {
    if (!orders.has(column)) {
      const texts = rows.map(row => cellText(row, column));
      const distinct = [...new Set(texts)];
      const compare = comparison(distinct);
      distinct.sort(compare);
      const places = new Map();
      let place = -1;
      distinct.forEach((text, at) => {
        if (at === 0 || compare(distinct[at - 1], text) !== 0) place += 1;
        places.set(text, text === "" ? -1 : place);
      });
      orders.set(column, Int32Array.from(texts, text => places.get(text)));
    }
    return orders.get(column);
  }

  function choose() {
    chosen = [];
    for (let at = 0; at < rows.length; at += 1) if (isChosen(at)) chosen.push(at);
    if (state.sort >= 0) {
      const places = order(state.sort);
      const sign = state.descending ? -1 : 1;
      // What has no value comes last, either way.
      chosen.sort((one, other) => {
        if (places[one] < 0 || places[other] < 0) return places[other] < 0 ? (places[one] < 0 ? 0 : -1) : 1;
        return sign * (places[one] - places[other]);
      });
    }
    state.page = 0;
    show();
  }

  // ---- What is seen

  const table = document.querySelector("table");
  const body = table.tBodies[0];
  const isNumeric = names.map((_, column) => column < width && rows.length > 0
    && rows.every(row => row[column] === null || typeof row[column] === "number") && rows.some(row => row[column] !== null));

  function element(tag, text, properties = {}) {
    return Object.assign(document.createElement(tag), { textContent: text }, properties);
  }

  function cell(row, column) {
    const data = element("td", "", { dir: "auto" });
    data.setAttribute("role", "cell");
    data.dataset.name = names[column];
    if (isNumeric[column]) data.className = "number";
    const text = shown(cellText(row, column));
    if (column === failureColumn) data.className = "failure";
    else if (/\S{60}/.test(text) || (text.length > 30 && /\s/.test(text))) data.classList.add("long");
    if (column === 0 && names[0] === "MailboxName") data.classList.add("mailbox");
    if (text !== "" && column === failureColumn) {
      data.append(element("strong", causeOf(row)), element("div", shown(row[width + 1])));
    } else if (text.length > LONG) {
      const whole = element("details", "");
      whole.append(element("summary", `${text.slice(0, LONG).replace(/\s+/g, " ")}\u2026`), text);
      data.append(whole);
    } else {
      data.textContent = text;
    }
    return data;
  }

  function line(at) {
    const row = rows[at];
    const made = document.createElement("tr");
    made.setAttribute("role", "row");
    if (outcomeOf(row) === "Failed" || causeOf(row) !== undefined) made.className = "failed";
    if (failuresSpan && causeOf(row) !== undefined) {
      made.append(cell(row, 0), cell(row, failureColumn));
      made.lastChild.colSpan = width - 1;
    } else {
      made.append(...columns.map(column => cell(row, column)));
    }
    return made;
  }

  function describe(from, to) {
    const parts = [];
    if (state.column >= 0) parts.push(`${names[state.column]} is ${state.value || "(none)"}`);
    if (state.cause) parts.push(`failed by ${state.cause}`);
    const which = chosen.length === rows.length ? "" : `, of ${number.format(rows.length)} in all`;
    const range = chosen.length ? `Rows ${number.format(from + 1)} to ${number.format(to)} of ${number.format(chosen.length)}` : "No rows";
    return shown(range + which + (parts.length ? `: ${parts.join(", ")}` : ""));
  }

  function show(from = state.page * state.size, most = state.size) {
    const to = Math.min(from + most, chosen.length);
    body.replaceChildren(...chosen.slice(from, to).map(line));
    byId("state").firstElementChild.textContent = describe(from, to);
    byId("all").hidden = chosen.length === rows.length;
    headings.forEach((heading, column) => {
      if (column === state.sort) heading.ariaSort = state.descending ? "descending" : "ascending";
      else heading.removeAttribute("aria-sort");
    });
    byId("sort").value = state.sort < 0 ? "" : `${state.sort}${state.descending ? "d" : "a"}`;
    showPages();
    fit();
  }

  /** A table that is wider than the page moves within its frame, which a keyboard must reach. */
  function fit() {
    const frame = byId("scroll");
    const isPhone = getComputedStyle(table).display === "block";
    frame.classList.remove("wide");
    const isWide = !isPhone && table.scrollWidth > frame.clientWidth;
    frame.classList.toggle("wide", isWide);
    const attributes = { role: "region", tabindex: "0", "aria-labelledby": "rows-title" };
    for (const [name, value] of Object.entries(attributes)) {
      if (isWide) frame.setAttribute(name, value);
      else frame.removeAttribute(name);
    }
  }

  const pages = byId("pages");
  const steps = [
    ["First", () => 0],
    ["Previous", () => state.page - 1],
    ["Next", () => state.page + 1],
    ["Last", last => last],
  ];
  const lastPage = () => Math.max(0, Math.ceil(chosen.length / state.size) - 1);
  const pageNumber = document.createElement("span");

  function showPages() {
    pages.hidden = lastPage() === 0;
    pageNumber.textContent = `Page ${number.format(state.page + 1)} of ${number.format(lastPage() + 1)}`;
    for (const button of pages.querySelectorAll("button")) {
      const isBack = button.textContent === "First" || button.textContent === "Previous";
      button.disabled = isBack ? state.page === 0 : state.page === lastPage();
    }
  }

  // ---- What a person does

  function sortBy(column, descending) {
    state.sort = column;
    state.descending = descending;
    choose();
  }

  /** Up, down, and as the rows came. */
  function turn(column) {
    if (state.sort !== column) sortBy(column, false);
    else if (!state.descending) sortBy(column, true);
    else sortBy(-1, false);
  }

  /** A link's part after `#`: `failed`, `cause=...`, or `column=...&value=...`. */
  function follow() {
    const asked = location.hash.slice(1);
    const parameters = new URLSearchParams(asked);
    state.outcome = asked === "failed" ? "Failed" : "";
    state.cause = parameters.get("cause") ?? "";
    state.column = parameters.has("column") ? names.indexOf(parameters.get("column")) : -1;
    state.value = parameters.get("value") ?? "";
    state.words = [];
    byId("search").value = "";
    byId("outcome").value = state.outcome;
    choose();
    if (asked) byId("table").scrollIntoView();
  }

  function link(entry, column) {
    const name = entry.querySelector(".name");
    const asked = column ? { column, value: entry.dataset.value } : { cause: entry.dataset.value };
    const anchor = element("a", name.textContent, { href: `#${new URLSearchParams(asked)}` });
    name.replaceChildren(anchor);
  }

  function prepare() {
    const outcomes = new Map();
    for (const row of rows) outcomes.set(outcomeOf(row), (outcomes.get(outcomeOf(row)) ?? 0) + 1);
    if (!outcomes.has("Failed")) outcomes.set("Failed", 0);
    byId("outcome").append(element("option", "All", { value: "" }));
    for (const [name, count] of [...outcomes].sort()) {
      byId("outcome").append(element("option", `${name} (${number.format(count)})`, { value: name }));
    }
    byId("sort").append(element("option", "Order of the run", { value: "" }));
    // The link to it leads to the rows.
    document.querySelector(".causes")?.removeAttribute("id");
    if (failuresSpan) headings[failureColumn].remove();
    for (const column of columns) {
      const heading = headings[column];
      for (const [direction, mark] of [["a", "\u2191"], ["d", "\u2193"]]) {
        byId("sort").append(element("option", `${names[column]} ${mark}`, { value: `${column}${direction}` }));
      }
      const button = element("button", names[column], { type: "button" });
      button.addEventListener("click", () => turn(column));
      heading.replaceChildren(button);
      if (isNumeric[column]) heading.className = "number";
    }
    for (const list of document.querySelectorAll(".chart ul")) {
      for (const entry of list.querySelectorAll("[data-value]")) link(entry, list.dataset.column);
    }
    for (const [name, to] of steps) {
      const button = element("button", name, { type: "button" });
      button.addEventListener("click", () => {
        state.page = to(lastPage());
        show();
        byId("table").scrollIntoView();
      });
      pages.append(button);
    }
    pages.insertBefore(pageNumber, pages.children[2]);
    const zone = { year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
    for (const time of document.querySelectorAll("time")) {
      time.title = time.textContent;
      time.textContent = new Date(time.dateTime).toLocaleString("en-GB", zone);
    }
  }

  prepare();
  byId("controls").addEventListener("submit", event => event.preventDefault());
  byId("search").addEventListener("input", event => {
    state.words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
    choose();
  });
  byId("outcome").addEventListener("change", event => {
    state.outcome = event.target.value;
    choose();
  });
  byId("size").addEventListener("change", event => {
    state.size = Number(event.target.value);
    state.page = 0;
    show();
  });
  byId("sort").addEventListener("change", event => {
    const asked = event.target.value;
    sortBy(asked === "" ? -1 : parseInt(asked, 10), asked.endsWith("d"));
  });
  byId("all").addEventListener("click", () => { if (location.hash === "#table") follow(); });
  addEventListener("hashchange", follow);
  addEventListener("resize", fit);
  // Paper has no pages of a table to turn.
  addEventListener("beforeprint", () => show(0, MOST_PRINTED));
  addEventListener("afterprint", () => show());
  byId("controls").hidden = false;
  table.hidden = false;
  follow();
})();

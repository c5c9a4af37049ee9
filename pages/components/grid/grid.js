// The table of the Compare page. It stands in the page's own DOM (no shadow), because the viewer listens there.
const SYMBOLS = { agree: "=", near: "≈", conflict: "≠", empty: "–" };

const make = (tag, className, ...content) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...content.filter((part) => part !== null && part !== undefined && part !== false && part !== ""));
  return node;
};

const sureness = (cell, words) => {
  const node = make("span", "sure", cell.sure);
  node.title = words.sure;
  return node;
};

const state = (name, words) => {
  const node = make("span", `state ${name}`, make("span", "symbol", SYMBOLS[name]), make("span", "word", words[name]));
  node.querySelector(".symbol").setAttribute("aria-hidden", "true");
  return node;
};

// What differs is told by strike-through and underline, not by colour alone.
const written = (cell, words) => {
  if (!cell.text) return make("span", "none", words.none);
  if (!cell.diff.length) return make("span", "text", cell.text);
  const kinds = { same: "span", added: "ins", missing: "del" };
  return make("span", "text", ...cell.diff.map(([kind, text]) => make(kinds[kind], "", kind === "missing" && !text.trim() ? "␣" : text)));
};

function head(view, { columns, words, locked }) {
  const row = make("tr", "");
  for (const [name, title] of [["field", words.field], ["consensus", words.consensus], ["draft", words.draft]])
    row.append(make("th", name, title));
  for (const column of columns) {
    const whole = make("button", "whole", words.whole);
    whole.type = "button";
    whole.disabled = locked;
    whole.title = words.wholeHint;
    whole.setAttribute("aria-label", `${words.whole}: ${column.title}`);
    whole.onclick = () => view.fire("whole", { model: column.model });
    const title = make("div", "model", column.title);
    title.title = column.about;
    row.append(make("th", "answer", title, make("div", "about", column.provider), make("div", "facts", column.facts), whole));
  }
  return make("thead", "", row);
}

function cellNode(view, row, cell, column) {
  const { words, locked } = view.data;
  const button = make("button", "value", written(cell, words));
  button.type = "button";
  button.setAttribute("aria-label", `${row.title}, ${column.title}: ${words[cell.state]}, ${cell.text || words.none}`);
  const foot = make("span", "foot", state(cell.state, words), cell.page && make("span", "page", cell.page), cell.sure && sureness(cell, words));
  if (cell.note) foot.append(make("span", "warn", cell.note));
  if (cell.taken) foot.append(make("span", "taken", words.taken));
  const take = make("button", "take", words.take);
  take.disabled = locked;
  take.onclick = () => view.fire("taken", { path: row.path, model: column.model });
  const open = make("button", "open", words.open);
  open.onclick = () => view.fire("opened", { path: row.path, page: cell.sheet });
  for (const act of [take, open]) act.type = "button";
  const node = make("td", `answer ${cell.state} st-key-${cell.key}`, button, foot, make("span", "acts", take, open));
  node.dataset.cell = cell.key;
  node.onclick = (event) => !event.target.closest("button") && button.focus();
  return node;
}

function body(view, { rows, columns, words }) {
  const node = make("tbody", "");
  let group = "";
  for (const row of rows) {
    if (row.group !== group) {
      group = row.group;
      if (group) {
        const line = make("tr", "group", make("th", "", group));
        line.firstChild.colSpan = columns.length + 3;
        node.append(line);
      }
    }
    const title = make("th", "field", make("span", "name", row.title), row.required && make("span", "star", "*"), state(row.state, words));
    title.scope = "row";
    const votes = make("span", "votes", row.votes);
    const line = make("tr", row.state, title, make("td", "consensus", make("span", row.consensus ? "text" : "none", row.consensus || (row.decided ? words.none : words.tie)), votes));
    line.append(make("td", "draft", make("span", row.draft ? "text" : "none", row.draft || words.none)));
    row.cells.forEach((cell, index) => line.append(cellNode(view, row, cell, columns[index])));
    node.append(line);
  }
  return node;
}

const cells = (view) => [...view.root.querySelectorAll("td.answer")];

function mark(view, key) {
  view.chosen = key;
  for (const cell of cells(view)) cell.classList.toggle("chosen", cell.dataset.cell === key);
}

function move(view, event) {
  const cell = event.target.closest("td.answer");
  if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
  const width = view.data.columns.length;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -width, ArrowDown: width };
  if (event.key in steps) {
    const all = cells(view);
    all[all.indexOf(cell) + steps[event.key]]?.querySelector(".value").focus();
    event.preventDefault();
  } else if (event.key === "Enter" && event.target.matches(".value")) {
    cell.querySelector(".take").click();
    event.preventDefault();
  }
}

const views = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".compare-grid");
  let view = views.get(root);
  if (!view) {
    views.set(root, (view = { root, chosen: data.chosen }));
    root.addEventListener("focusin", ({ target }) => {
      const cell = target.closest("td.answer");
      if (cell && cell.dataset.cell !== view.chosen) mark(view, cell.dataset.cell);
    });
    root.addEventListener("keydown", (event) => move(view, event));
  }
  view.fire = setTriggerValue;
  view.data = data;
  const focused = root.contains(document.activeElement);
  const table = make("table", "", head(view, data), body(view, data));
  table.style.setProperty("--models", data.columns.length);
  root.setAttribute("aria-label", data.words.label);
  root.replaceChildren(table);
  mark(view, view.chosen);
  if (focused) root.querySelector("td.chosen .value")?.focus({ preventScroll: true });
}

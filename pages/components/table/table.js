// Documents as an accessible table. Names are links, so that the keyboard and a new tab work as everywhere.
const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

const checkbox = (label) => {
  const box = element("input");
  box.type = "checkbox";
  box.setAttribute("aria-label", label);
  return box;
};

// How a value of each kind of column is drawn into its cell. `null` leaves the cell empty.
const DRAW = {
  text: (cell, value) => cell.append(String(value)),
  number: (cell, value, column) => cell.append(String(value), element("span", "unit", column.unit)),
  badge: (cell, value) => cell.append(element("span", `badge ${value.color}`, value.text)),
  meter: (cell, value, column) => {
    const meter = element("span", `meter ${value.level}`);
    const filled = element("span");
    filled.style.width = `${value.percent}%`;
    meter.append(filled);
    cell.title = column.label;
    cell.append(meter, element("span", "percent", `${value.percent}%`));
  },
  link: (cell, value, _column, row) => {
    const link = element("a", "", value);
    link.href = row.link;
    cell.append(link);
    if (row.note) cell.append(element("div", row.failed ? "note error" : "note", row.note));
  },
};

const cells = (row, columns) =>
  columns.map((column) => {
    const cell = element("td", column.kind);
    const value = row.cells[column.key];
    if (value !== null && value !== undefined && value !== "") DRAW[column.kind](cell, value, column, row);
    const hint = row.hints[column.key];
    if (hint) cell.title = hint;
    return cell;
  });

export default function (component) {
  const { data, parentElement, setTriggerValue, setStateValue } = component;
  const root = parentElement.querySelector(".table");
  const here = new Set(data.rows.map((row) => row.id));
  const chosen = new Set((root.chosen ?? []).filter((id) => here.has(id)));
  const boxes = [];
  const all = checkbox(data.words.all);

  const paint = () => {
    root.chosen = [...chosen];
    for (const { box, id, line } of boxes) {
      box.checked = chosen.has(id);
      line.classList.toggle("chosen", box.checked);
    }
    all.checked = chosen.size > 0 && chosen.size === data.rows.length;
    all.indeterminate = chosen.size > 0 && !all.checked;
  };
  const choose = (ids, on) => {
    for (const id of ids) on ? chosen.add(id) : chosen.delete(id);
    paint();
    setStateValue("selected", [...chosen]);
  };

  const head = element("tr");
  if (data.selectable) {
    const corner = element("th", "check");
    corner.append(all);
    head.append(corner);
    all.onchange = () => choose(here, all.checked);
  }
  for (const column of data.columns) {
    const title = element("th", column.kind, column.label);
    title.style.width = column.width ?? "";
    head.append(title);
  }

  const body = element("tbody");
  for (const row of data.rows) {
    const line = element("tr");
    if (data.selectable) {
      const corner = element("td", "check");
      const box = checkbox(`${data.words.select}: ${row.name}`);
      box.onchange = () => choose([row.id], box.checked);
      corner.append(box);
      line.append(corner);
      boxes.push({ box, id: row.id, line });
    }
    line.append(...cells(row, data.columns));
    line.onclick = (event) => {
      // The whole cell of the check box is its target: it is small.
      if (event.target.matches("td.check")) event.target.firstChild.click();
      if (event.target.closest(".check") || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      setTriggerValue("opened", row.id);
    };
    body.append(line);
  }

  const table = element("table");
  const top = element("thead");
  top.append(head);
  table.append(top, body);
  root.replaceChildren(table);
  paint();
}

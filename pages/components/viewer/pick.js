// Pointing: click a word, drag over words in reading order, Alt+drag over a block, hold and drag on a touch screen.

function listenToPointer(view) {
  const { stage } = view;
  stage.addEventListener("mousedown", (event) => event.button === 0 && onSheet(view, event) && event.preventDefault());
  stage.addEventListener("pointerdown", (event) => begin(view, event));
  stage.addEventListener("pointermove", (event) => move(view, event));
  stage.addEventListener("pointerup", (event) => finish(view, event));
  stage.addEventListener("pointercancel", () => cancel(view));
  stage.addEventListener("pointerleave", () => (view.tip.hidden = true));
  stage.addEventListener("touchmove", (event) => view.selection?.active && event.preventDefault(), { passive: false });
  stage.addEventListener("contextmenu", (event) => view.selection && event.preventDefault());
  stage.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoom(view, event.deltaY < 0 ? 1.1 : 1 / 1.1);
    },
    { passive: false },
  );
}

const onSheet = (view, event) => view.sheetNode.contains(event.composedPath()[0]);

function begin(view, event) {
  if (event.button !== 0 || !view.sheet || !onSheet(view, event)) return;
  const index = wordAt(view, event);
  if (index < 0) return;
  const touch = event.pointerType === "touch";
  view.selection = { from: index, to: index, x: event.clientX, y: event.clientY, touch, active: !touch, block: event.altKey, scroll: view.stage.scrollTop };
  if (touch) view.selection.timer = setTimeout(() => activate(view), 350);
  else {
    view.stage.setPointerCapture(event.pointerId);
    paintSelection(view);
  }
}

function activate(view) {
  if (!view.selection) return;
  view.selection.active = true;
  paintSelection(view);
}

function move(view, event) {
  const selection = view.selection;
  if (!selection) return showTip(view, event);
  if (!selection.active) {
    if (Math.hypot(event.clientX - selection.x, event.clientY - selection.y) > 10) cancel(view);
    return;
  }
  const frame = view.stage.getBoundingClientRect();
  if (event.clientY > frame.bottom - 24) view.stage.scrollTop += 14;
  if (event.clientY < frame.top + 24) view.stage.scrollTop -= 14;
  selection.endX = event.clientX;
  selection.endY = event.clientY;
  const index = wordAt(view, event, true);
  if (index >= 0) selection.to = index;
  paintSelection(view);
}

function finish(view, event) {
  const selection = view.selection;
  if (!selection) return;
  clearTimeout(selection.timer);
  if (selection.touch && !selection.active && view.stage.scrollTop !== selection.scroll) return cancel(view);
  const chosen = selected(view);
  view.selection = null;
  for (const word of view.words) word.node.classList.remove("picking");
  if (chosen.length) pick(view, chosen, event);
}

function cancel(view) {
  clearTimeout(view.selection?.timer);
  view.selection = null;
  for (const word of view.words) word.node.classList.remove("picking");
}

function pick(view, indices, event) {
  const field = fieldUnder(view, event);
  // With no field chosen, or with Ctrl, evidence is a way to its field.
  if (field && (event.ctrlKey || event.metaKey || !view.field(view.chosen))) return focusField(view, field.path);
  if (view.data.locked) return note(view, view.data.labels.locked);
  if (!view.field(view.chosen)) return note(view, view.data.labels.choose);
  for (const index of indices) view.words[index].node.classList.add("picked");
  const spans = [];
  for (const index of indices) {
    const { start, end } = view.words[index];
    if (spans.length && index === spans.at(-1).last + 1) Object.assign(spans.at(-1), { end, last: index });
    else spans.push({ start, end, last: index });
  }
  act(view, "picked", {
    field: view.chosen,
    page: view.sheet.source,
    spans: spans.map(({ start, end }) => [start, end]),
    add: event.shiftKey,
  });
}

/** The indices of the words selected so far, in reading order. */
function selected(view) {
  const { from, to, block, x, y, endX, endY } = view.selection;
  if (block && endX !== undefined) {
    const [x0, x1, y0, y1] = [Math.min(x, endX), Math.max(x, endX), Math.min(y, endY), Math.max(y, endY)];
    return view.words.flatMap(({ node }, index) => {
      const r = node.getBoundingClientRect();
      const [cx, cy] = [(r.left + r.right) / 2, (r.top + r.bottom) / 2];
      return cx >= x0 && cx <= x1 && cy >= y0 && cy <= y1 ? [index] : [];
    });
  }
  const first = Math.min(from, to);
  return Array.from({ length: Math.abs(from - to) + 1 }, (_, step) => first + step);
}

function paintSelection(view) {
  const chosen = new Set(selected(view));
  view.words.forEach(({ node }, index) => node.classList.toggle("picking", chosen.has(index)));
}

/** The index of the word under the pointer, or with `near` the closest one on its line; -1 when there is none. */
function wordAt(view, event, near = false) {
  const hit = view.shadow.elementsFromPoint(event.clientX, event.clientY).find((node) => node.classList?.contains("word"));
  if (hit && view.sheetNode.contains(hit)) return Number(hit.dataset.index);
  if (!near) return -1;
  let best = -1;
  let least = Infinity;
  view.words.forEach(({ node }, index) => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    const across = Math.max(left - event.clientX, 0, event.clientX - right);
    const down = Math.max(top - event.clientY, 0, event.clientY - bottom);
    // A word of the same line is nearer than one of the next line, however far along.
    const distance = across + down * 40;
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}

/** The field whose evidence lies under the pointer; the chosen one before others. */
function fieldUnder(view, event) {
  if (!view.sheet) return null;
  const [x, y] = [event.clientX, event.clientY];
  const marks = view.sheet.blocks ? ".lit, .bright" : ".box";
  let found = null;
  for (const node of view.sheetNode.querySelectorAll(marks)) {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    if (x >= left && x <= right && y >= top && y <= bottom) found = node;
  }
  return found && view.field(found.dataset.field);
}

function showTip(view, event) {
  const field = event.pointerType === "touch" ? null : fieldUnder(view, event);
  view.tip.hidden = !field;
  if (!field) return;
  view.tip.textContent = field.title;
  const frame = view.root.getBoundingClientRect();
  view.tip.style.left = `${Math.min(event.clientX - frame.left + 12, frame.width - view.tip.offsetWidth - 8)}px`;
  view.tip.style.top = `${event.clientY - frame.top + 18}px`;
}

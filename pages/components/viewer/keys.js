// The chosen field, the keyboard, and what goes back to Python. The fields are Streamlit widgets outside of this
// component; each stands in a container whose class the data names.

const CHOSEN = "rightsdesk-chosen"; // a style element: a class set on a widget's container would not survive a rerun

function listenToPage(view) {
  const choosing = (event) => {
    const asked = event.type === "click" && event.target.closest?.("[data-show]");
    if (asked) return focusField(view, asked.dataset.show);
    const box = event.target.closest?.('[class*="st-key-field-"]');
    const field = box && view.data.fields.find(({ key }) => box.classList.contains(`st-key-${key}`));
    if (!field) return;
    view.last = event.target;
    if (field.path !== view.chosen) choose(view, field.path);
  };
  const keys = (event) => onKey(view, event);
  document.addEventListener("focusin", choosing);
  document.addEventListener("click", choosing);
  document.addEventListener("keydown", keys, true);
  return () => {
    document.removeEventListener("focusin", choosing);
    document.removeEventListener("click", choosing);
    document.removeEventListener("keydown", keys, true);
  };
}

function choose(view, path) {
  const field = view.field(path);
  view.chosen = field ? path : null;
  view.turnTo = view.chosen;
  markChosen(view);
  drawEvidence(view);
  revealEvidence(view);
  keepAddress(view);
}

function markChosen(view) {
  const field = view.field(view.chosen);
  view.target.textContent = "";
  if (field) {
    const title = document.createElement("b");
    title.textContent = field.title;
    view.target.append(Object.assign(document.createElement("span"), { textContent: `${view.data.labels.target} ` }), title);
  } else view.target.textContent = view.data.labels.choose;
  const style = document.getElementById(CHOSEN) ?? document.head.appendChild(Object.assign(document.createElement("style"), { id: CHOSEN }));
  style.textContent = field ? `.st-key-${field.key} { --chosen: 1; background: var(--review-chosen) !important; box-shadow: -3px 0 0 var(--review-accent) !important; }` : "";
}

const container = (view, path) => document.querySelector(`.st-key-${view.field(path)?.key}`);

const inputOf = (box) => box?.querySelector('input:not([type="hidden"]):not(:disabled), textarea:not(:disabled), button:not(:disabled)');

/** Choose a field and put the cursor into it. One that was just added comes a little later than the viewer. */
function focusField(view, path, tries = 40) {
  if (tries && !container(view, path)) return setTimeout(() => focusField(view, path, tries - 1), 50);
  choose(view, path);
  const box = container(view, path);
  const input = inputOf(box);
  input?.focus({ preventScroll: true });
  input?.select?.(); // What is typed now replaces the old text, as after Tab.
  box?.scrollIntoView({ block: "nearest" });
}

/** A rerun may swap a widget for another one (a line that became long): the cursor goes into the new one. */
function keepFocus(view) {
  const lost = view.last && !view.last.isConnected && document.activeElement === document.body;
  if (lost && view.data && view.field(view.chosen) && !window.rightsdeskInput?.isOver()) inputOf(container(view, view.chosen))?.focus({ preventScroll: true });
}

/** Scroll to the chosen field as soon as it is there: after a reload the fields come later than the viewer. */
function showContainer(view, tries = 40) {
  const box = view.chosen && container(view, view.chosen);
  if (box) {
    box.scrollIntoView({ block: "nearest" });
    // Once more when the panes have got their heights.
    setTimeout(() => document.activeElement === document.body && box.scrollIntoView({ block: "nearest" }), 500);
  }
  if (!box && view.chosen && tries) setTimeout(() => showContainer(view, tries - 1), 75);
}

function step(view, by, wanted = () => true) {
  const fields = view.data.fields;
  const at = fields.findIndex(({ path }) => path === view.chosen);
  for (let moved = 1; moved <= fields.length; moved++) {
    const start = at < 0 && by < 0 ? 0 : at;
    const field = fields[(((start + by * moved) % fields.length) + fields.length) % fields.length];
    if (wanted(field)) return focusField(view, field.path);
  }
  note(view, view.data.labels.no_doubt);
}

const ALT = {
  ArrowDown: (view) => step(view, 1),
  ArrowUp: (view) => step(view, -1),
  KeyJ: (view) => step(view, 1, (field) => field.doubt),
  KeyK: (view) => change(view, "confirmed"),
  Delete: (view) => change(view, "cleared"),
  Equal: (view) => zoom(view, 1.2),
  NumpadAdd: (view) => zoom(view, 1.2),
  Minus: (view) => zoom(view, 1 / 1.2),
  NumpadSubtract: (view) => zoom(view, 1 / 1.2),
  Digit0: (view) => zoom(view, 0),
  Numpad0: (view) => zoom(view, 0),
};
const PLAIN = {
  PageDown: (view) => show(view, view.page + 1),
  PageUp: (view) => show(view, view.page - 1),
};

function onKey(view, event) {
  // What lies over the page (a dialog, an open list) has the keys.
  if (window.rightsdeskInput?.isOver()) return;
  if (event.code === "Enter" && isTyping(view, event)) return leaveLine(event);
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  // While an input method composes, plain keys are its own; with Alt it ends, and the key is meant for us.
  if (event.isComposing && !event.altKey) return;
  if (event.code === "Escape" && view.selection) return cancel(view);
  const action = (event.altKey ? ALT : PLAIN)[event.code];
  if (!action) return;
  event.preventDefault();
  event.stopPropagation();
  view.tip.hidden = true;
  // Whatever the key does, also when it leads nowhere: what stands in the field is kept.
  if (event.altKey) commitField();
  action(view);
}

/** Whether Enter ends what is typed: in a field of one line, however long; not where it chooses a syllable. */
function isTyping(view, event) {
  if (event.isComposing || event.keyCode === 229 || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return false;
  if (event.target.tagName !== "TEXTAREA") return false;
  const box = event.target.closest('[class*="st-key-field-"]');
  return Boolean(box) && view.data.fields.some(({ key, lines }) => !lines && box.classList.contains(`st-key-${key}`));
}

/** Commit what is typed, and stay. */
function leaveLine(event) {
  event.preventDefault();
  commitField();
}

/** Commit what is typed in the field with the cursor, and leave the cursor there. */
function commitField() {
  const inField = document.activeElement?.closest?.('[class*="st-key-field-"]') ? document.activeElement : null;
  inField?.blur();
  inField?.focus({ preventScroll: true });
}

function change(view, name) {
  if (view.data.locked) return note(view, view.data.labels.locked);
  if (!view.field(view.chosen)) return note(view, view.data.labels.choose);
  act(view, name, { field: view.chosen });
}

/** Tell Python. What is typed is committed first, so that it cannot win over what comes now; focus comes back. */
function act(view, name, payload) {
  const active = document.activeElement;
  const inField = active?.closest?.('[class*="st-key-field-"]') ? active : null;
  inField?.blur();
  view.fire(name, payload);
  inField?.focus({ preventScroll: true });
}

function note(view, text) {
  view.note.textContent = text;
  view.note.hidden = false;
  clearTimeout(view.noteTimer);
  view.noteTimer = setTimeout(() => (view.note.hidden = true), 4000);
}

/** Page and field stand in the address: a reload or a link comes back to the same place. */
function keepAddress(view) {
  clearTimeout(view.addressTimer);
  view.addressTimer = setTimeout(() => {
    const url = new URL(window.location.href);
    if (url.searchParams.get("document") !== view.data.document) return;
    url.searchParams.set("page", view.page);
    if (view.chosen) url.searchParams.set("field", view.chosen);
    else url.searchParams.delete("field");
    if (url.href !== window.location.href) window.history.replaceState(window.history.state, "", url);
  }, 120);
}

// The viewer's keyboard: which key does what, and which are left to whatever has the cursor.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./parts.js";

const FILES = ["viewer/paint.js", "viewer/pick.js", "viewer/keys.js"];
const FIELDS = [
  { path: "title", key: "field-title", doubt: false, lines: false },
  { path: "signed", key: "field-signed", doubt: true, lines: false },
  { path: "rights", key: "field-rights", doubt: false, lines: true },
  { path: "fee", key: "field-fee", doubt: true, lines: false },
];

/** A viewer of which `done` says what its keys did. */
function viewer({ chosen = null, over = false, fields = FIELDS, active = null, locked = false } = {}) {
  const done = [];
  const stubs = {
    focusField: (_view, path) => done.push(`to ${path}`),
    note: (_view, text) => done.push(`says ${text}`),
    zoom: (_view, factor) => done.push(`zoom ${factor}`),
    show: (_view, page) => done.push(`page ${page}`),
    cancel: () => done.push("cancel"),
  };
  const given = { window: { rightsdeskInput: { isOver: () => over } }, document: { activeElement: active } };
  const view = {
    chosen, page: 3, selection: null, tip: {},
    data: { fields, locked, labels: { no_doubt: "no doubt", locked: "locked", choose: "choose" } },
    field: (path) => fields.find((field) => field.path === path),
    fire: (name, payload) => done.push(`${name} ${payload.field}`),
  };
  return { view, done, ...load(FILES, ["onKey", "step", "isTyping", "act"], given, stubs) };
}

function key(code, more = {}) {
  const pressed = { prevented: false };
  return Object.assign(pressed, {
    code, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, isComposing: false, keyCode: 0, target: { tagName: "DIV" },
    preventDefault: () => (pressed.prevented = true), stopPropagation: () => {}, ...more,
  });
}
const alt = (code, more = {}) => key(code, { altKey: true, ...more });

/** Where a line of text is typed: a text area in the container of a field. */
function area(name) {
  const box = { classList: { contains: (wanted) => wanted === `st-key-${name}` } };
  const node = { tagName: "TEXTAREA", log: [], closest: () => (name ? box : null) };
  return Object.assign(node, { blur: () => node.log.push("blur"), focus: () => node.log.push("focus") });
}

test("steps go from field to field and round", () => {
  for (const [from, by, to] of [[null, 1, "title"], [null, -1, "fee"], ["title", 1, "signed"], ["fee", 1, "title"], ["title", -1, "fee"]]) {
    const { view, done, step } = viewer({ chosen: from });
    step(view, by);
    assert.deepEqual(done, [`to ${to}`], `${from} ${by}`);
  }
});

test("the next doubtful field is asked for, the chosen one last", () => {
  for (const [from, to] of [["title", "signed"], ["signed", "fee"], ["fee", "signed"]]) {
    const { view, done, onKey } = viewer({ chosen: from });
    onKey(view, alt("KeyJ"));
    assert.deepEqual(done, [`to ${to}`]);
  }
  const { view, done, onKey } = viewer({ chosen: "title", fields: FIELDS.filter(({ doubt }) => !doubt) });
  onKey(view, alt("KeyJ"));
  assert.deepEqual(done, ["says no doubt"]);
});

test("each key of the page does its own", () => {
  const wanted = [
    [alt("ArrowDown"), "to rights"], [alt("ArrowUp"), "to title"], [alt("KeyK"), "confirmed signed"], [alt("Delete"), "cleared signed"],
    [alt("Equal"), "zoom 1.2"], [alt("NumpadAdd"), "zoom 1.2"], [alt("Minus"), `zoom ${1 / 1.2}`], [alt("Digit0"), "zoom 0"],
    [key("PageDown"), "page 4"], [key("PageUp"), "page 2"],
  ];
  for (const [event, did] of wanted) {
    const { view, done, onKey } = viewer({ chosen: "signed" });
    onKey(view, event);
    assert.deepEqual([done, event.prevented], [[did], true], event.code);
  }
});

test("keys that are not the page's are left alone", () => {
  const { view, done, onKey } = viewer({ chosen: "signed" });
  for (const event of [key("KeyK"), key("ArrowDown"), alt("KeyQ"), alt("PageDown"), alt("KeyK", { ctrlKey: true }), alt("KeyK", { shiftKey: true })]) {
    onKey(view, event);
    assert.ok(!event.prevented, event.code);
  }
  assert.deepEqual(done, []);
});

test("what lies over the page has the keys", () => {
  const { view, done, onKey } = viewer({ chosen: "signed", over: true });
  onKey(view, alt("KeyK"));
  onKey(view, key("PageDown"));
  assert.deepEqual(done, []);
});

test("while an input method composes, plain keys are its own, and those with Alt ours", () => {
  const { view, done, onKey } = viewer({ chosen: "signed" });
  onKey(view, key("PageDown", { isComposing: true }));
  assert.deepEqual(done, []);
  onKey(view, alt("KeyK", { isComposing: true }));
  assert.deepEqual(done, ["confirmed signed"]);
});

test("Escape ends a selection, and without one belongs to others", () => {
  const { view, done, onKey } = viewer();
  onKey(view, key("Escape"));
  view.selection = { from: 1, to: 2 };
  onKey(view, key("Escape"));
  assert.deepEqual(done, ["cancel"]);
});

test("a key that leads nowhere still keeps what is typed", () => {
  const typed = area("field-title");
  const { view, onKey } = viewer({ chosen: "title", active: typed, fields: FIELDS.slice(0, 1) });
  onKey(view, alt("KeyJ", { target: typed }));
  assert.deepEqual(typed.log, ["blur", "focus"]);
});

test("Enter commits a field of one line and stays; in one of several it is a new line", () => {
  const line = area("field-title");
  const { view, onKey } = viewer({ active: line });
  const enter = key("Enter", { target: line });
  onKey(view, enter);
  assert.deepEqual([line.log, enter.prevented], [["blur", "focus"], true]);
  for (const event of [
    key("Enter", { target: area("field-rights") }),
    key("Enter", { target: area("") }),
    key("Enter", { target: line, isComposing: true }),
    key("Enter", { target: line, keyCode: 229 }),
    key("Enter", { target: line, shiftKey: true }),
    key("Enter", { target: { tagName: "INPUT" } }),
  ]) {
    onKey(view, event);
    assert.ok(!event.prevented);
  }
});

test("what is typed is committed before Python hears of anything else", () => {
  const typed = area("field-title");
  const { view, done, act } = viewer({ active: typed });
  view.fire = (name) => typed.log.push(name);
  act(view, "cleared", { field: "title" });
  assert.deepEqual([typed.log, done], [["blur", "cleared", "focus"], []]);
});

test("an approved document changes nothing, and says so; without a field one is asked for", () => {
  const locked = viewer({ chosen: "title", locked: true });
  locked.onKey(locked.view, alt("Delete"));
  assert.deepEqual(locked.done, ["says locked"]);
  const none = viewer();
  none.onKey(none.view, alt("KeyK"));
  assert.deepEqual(none.done, ["says choose"]);
});

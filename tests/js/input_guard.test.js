// What is typed is committed before anything else happens: the decisions, with a clock of our own. Hands: tests/browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeClock, load } from "./parts.js";

const NAMES = ["guard", "written", "pressed", "commit", "onLeft", "mayLeave", "answered", "onClick", "onKey", "press", "watch", "isEarlyPress"];

/** A page: `app` is what Streamlit says of itself, `layers` lie over it, `buttons` have shortcuts. */
function page({ layers = [], buttons = [] } = {}, more = {}) {
  const clock = fakeClock();
  const app = { state: "notRunning", getAttribute: (name) => (name === "data-test-script-state" ? app.state : "CONNECTED") };
  const labels = (of) => of.map((button) => ({ getAttribute: () => `Shortcut ${button.shortcut}`, closest: () => button }));
  const document = {
    querySelector: (selector) => (selector.includes("stApp") ? app : null),
    querySelectorAll: (selector) => (selector.startsWith('[role="dialog"]') ? layers : labels(buttons)),
  };
  const window = { dispatched: [], history: { state: null }, dispatchEvent: (event) => window.dispatched.push(event) };
  const PopStateEvent = class {};
  const given = { ...more, document, window, PopStateEvent, performance: clock.performance, setTimeout: clock.setTimeout };
  return { clock, app, document, window, ...load(["input_guard/messages.js", "input_guard/input_guard.js"], NAMES, given) };
}

/** A field in which somebody types; it says how often it was left. */
function field(value, isConnected = true) {
  return { value, isConnected, left: 0, blur() { this.left++; }, contains(node) { return node === this; } };
}

function event(more = {}) {
  const happened = { prevented: false, stopped: false };
  return Object.assign(happened, {
    isTrusted: true, button: 0, code: "", ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, repeat: false,
    getModifierState: () => false,
    preventDefault: () => (happened.prevented = true),
    stopImmediatePropagation: () => (happened.stopped = true),
    ...more,
  });
}

const link = (more = {}) => ({ href: "/extract", isConnected: true, clicks: 0, click() { this.clicks++; }, closest() { return this; }, ...more });
const clickOn = (target, more = {}) => event({ composedPath: () => [target], ...more });
const settled = () => new Promise((done) => setTimeout(done, 5));

test("a shortcut is the same however it is written", () => {
  const { written } = page();
  for (const text of ["Ctrl + Shift + Enter", "shift+ctrl+enter", "⌘ + Shift + Enter", "Mod+Shift+Enter"])
    assert.equal(written(text), "ctrl+enter+shift");
  assert.equal(written("⌥ + K"), "alt+k");
  assert.equal(written("Option + K"), written("Alt + K"));
  assert.notEqual(written("Alt + K"), written("Ctrl + K"));
});

test("a key press is spelt like the shortcut on its button", () => {
  const { written, pressed } = page();
  assert.equal(pressed(event({ code: "Enter", ctrlKey: true, shiftKey: true })), written("Ctrl + Shift + Enter"));
  assert.equal(pressed(event({ code: "NumpadEnter", metaKey: true })), written("⌘ + Enter"));
  assert.equal(pressed(event({ code: "Digit1", altKey: true })), written("Alt + 1"));
  assert.equal(pressed(event({ code: "ArrowRight", altKey: true })), written("Alt + ArrowRight"));
});

test("a key counts by its place, since a Korean keyboard has another letter on it", () => {
  const { pressed } = page();
  assert.equal(pressed(event({ code: "KeyK", key: "ㅏ", ctrlKey: true })), "ctrl+k");
});

test("plain keys and those typed with AltGr are no shortcuts", () => {
  const { pressed } = page();
  assert.equal(pressed(event({ code: "KeyK" })), "");
  assert.equal(pressed(event({ code: "KeyK", shiftKey: true })), "");
  const altGr = event({ code: "KeyQ", ctrlKey: true, altKey: true, getModifierState: (name) => name === "AltGraph" });
  assert.equal(pressed(altGr), "");
});

test("committing leaves the open field once", () => {
  const { guard, commit } = page();
  assert.equal(commit(), false);
  const open = (guard.open = field("봄날"));
  assert.equal(commit(), true);
  assert.deepEqual([open.left, guard.open], [1, null]);
  assert.equal(commit(), false);
});

test("a field that a rerun took away has nothing to commit", () => {
  const { guard, commit } = page();
  guard.open = field("봄날", false);
  assert.equal(commit(), false);
});

test("a page may be left once what was typed has been sent and answered", () => {
  const { guard, clock, app, onLeft, mayLeave } = page();
  assert.ok(mayLeave());
  guard.before = "봄";
  guard.open = field("봄날");
  assert.ok(!mayLeave(), "text stands in a field");
  onLeft({ target: guard.open });
  clock.now += 4900;
  assert.ok(!mayLeave(), "Streamlit has not sent it yet");
  guard.sent = clock.now;
  guard.owed = true;
  assert.ok(!mayLeave(), "the server has not begun");
  app.state = "running";
  guard.begun = clock.now;
  assert.ok(!mayLeave(), "the server works");
  app.state = "notRunning";
  assert.ok(mayLeave());
});

test("a field that is left as it was sends nothing, and holds nobody up", () => {
  const { guard, clock, onLeft, mayLeave } = page();
  guard.before = "봄";
  guard.open = field("봄");
  onLeft({ target: guard.open });
  assert.ok(!mayLeave());
  clock.now += 301;
  assert.ok(mayLeave());
});

test("leaving another field than the open one changes nothing", () => {
  const { guard, onLeft } = page();
  const open = (guard.open = field("봄"));
  onLeft({ target: field("가을") });
  assert.equal(guard.open, open);
});

test("what starts no run is given up on before what the server works at", async () => {
  const idle = page();
  idle.guard.sent = idle.clock.now;
  const began = idle.clock.now;
  await idle.answered();
  assert.ok(idle.clock.now - began > 8000 && idle.clock.now - began < 8500, "nothing runs");

  const busy = page();
  busy.guard.sent = busy.clock.now;
  busy.app.state = "running";
  const since = busy.clock.now;
  await busy.answered();
  assert.ok(busy.clock.now - since >= 15_000 && busy.clock.now - since < 15_500, "it runs on and on");
});

test("a link waits for the text that stands in a field, then goes where it leads", async () => {
  const { guard, onClick } = page();
  const open = (guard.open = field("봄날"));
  const way = link();
  const click = clickOn(way);
  onClick(click);
  assert.ok(click.prevented && click.stopped);
  assert.deepEqual([open.left, way.clicks], [1, 0]);
  await settled();
  assert.deepEqual([way.clicks, guard.passing], [1, false]);
});

test("a link that a rerun drew anew is found by its address", async () => {
  const { guard, document, onClick } = page();
  const again = link();
  document.querySelectorAll = () => [link({ href: "/other" }), again];
  guard.open = field("봄날");
  onClick(clickOn(link({ isConnected: false })));
  await settled();
  assert.equal(again.clicks, 1);
});

test("a link goes at once when nothing is on its way, and into a new tab in any case", () => {
  const { guard, onClick } = page();
  const free = clickOn(link());
  onClick(free);
  assert.ok(!free.prevented);
  guard.open = field("봄날");
  for (const held of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }, { button: 1 }]) {
    const click = clickOn(link(), held);
    onClick(click);
    assert.ok(!click.prevented);
  }
  assert.equal(guard.open.left, 0);
});

test("a click beside the open field commits it, one inside does not", () => {
  const { guard, onClick } = page();
  const open = (guard.open = field("봄날"));
  onClick(clickOn(Object.assign(open, { closest: () => null })));
  assert.equal(open.left, 0);
  onClick(clickOn({ closest: () => null }));
  assert.equal(open.left, 1);
});

/** A page with the script at work on it, and Streamlit, which asks for the page as soon as "back" is pressed. */
function watched() {
  const sent = [];
  class WebSocket {}
  WebSocket.prototype.send = (message) => sent.push(message);
  class MutationObserver { observe() {} }
  const given = page({}, { WebSocket, MutationObserver });
  const { window } = given;
  window.addEventListener = () => {};
  const socket = new WebSocket();
  window.dispatchEvent = window.back = () => {
    window.event = { type: "popstate" };
    socket.send("the page before");
    window.event = undefined;
  };
  given.watch();
  return { ...given, sent, socket };
}

test("the way back in the history waits for what is typed, and is taken once", async () => {
  const { guard, window, sent, socket } = watched();
  const open = (guard.open = field("봄날"));
  open.blur = () => {
    window.event = { type: "focusout" };
    socket.send("봄날");
  };
  window.back();
  assert.deepEqual(sent, ["봄날"]);
  await settled();
  assert.deepEqual(sent, ["봄날", "the page before"]);
  window.back();
  assert.equal(sent.length, 3, "nothing is held back where nothing is typed");
});

const approve = (more = {}) => ({ shortcut: "Ctrl + Enter", isConnected: true, clicks: 0, click() { this.clicks++; }, closest: () => null, ...more });
const ctrlEnter = (more = {}) => event({ code: "Enter", ctrlKey: true, ...more });

test("a shortcut commits the open field, then presses its button", async () => {
  const button = approve();
  const { guard, onKey } = page({ buttons: [button] });
  guard.before = "봄날";
  const open = (guard.open = field("봄날"));
  const key = ctrlEnter();
  onKey(key);
  assert.ok(key.prevented && key.stopped);
  assert.deepEqual([open.left, button.clicks], [1, 0], "not in one message");
  await settled();
  assert.equal(button.clicks, 1);
});

test("a shortcut acts once while its key is held, never on a button that is off, and not when a script sent it", async () => {
  const on = approve();
  const { onKey } = page({ buttons: [on] });
  onKey(ctrlEnter({ repeat: true }));
  const script = ctrlEnter({ isTrusted: false });
  onKey(script);
  const off = approve({ disabled: true });
  const { onKey: onOther } = page({ buttons: [off] });
  const key = ctrlEnter();
  onOther(key);
  await settled();
  assert.deepEqual([on.clicks, off.clicks, script.prevented, key.prevented], [0, 0, false, true]);
});

test("what lies over the page keeps its shortcuts from it", async () => {
  const below = approve();
  const layer = { getClientRects: () => [{}], getAttribute: () => null, querySelectorAll: () => [] };
  const { onKey } = page({ layers: [layer], buttons: [below] });
  const key = ctrlEnter();
  onKey(key);
  const alt = event({ code: "KeyJ", altKey: true });
  onKey(alt);
  const other = event({ code: "KeyC", ctrlKey: true });
  onKey(other);
  await settled();
  assert.deepEqual([key.prevented, below.clicks, alt.prevented, other.prevented], [true, 0, true, false]);
});

test("a layer that is hidden lies over nothing", async () => {
  const button = approve();
  const hidden = { getClientRects: () => [], getAttribute: () => null, querySelectorAll: () => [] };
  const { onKey } = page({ layers: [hidden], buttons: [button] });
  onKey(ctrlEnter());
  await settled();
  assert.equal(button.clicks, 1);
});

// A message of the browser as it goes over the wire; numbers stay below 128, so that each is a byte.
const part = (number, bytes) => [number * 8 + 2, bytes.length, ...bytes];
const text = (number, words) => part(number, [...new TextEncoder().encode(words)]);
const automatic = [6 * 8, 1];
const rerun = (widgets, more = []) =>
  Uint8Array.from(part(11, [...text(1, "lang=ko"), ...part(2, widgets.flatMap((widget) => part(1, widget))), ...more]));
const title = [...text(1, "title"), ...text(6, "봄날")];
const pressed = [...text(1, "undo"), 2 * 8, 1];
const picked = [...text(1, "viewer"), 0x82, 0x01, 3, ...new TextEncoder().encode("[1]")]; // Field 16: two bytes.

test("a press that a timer's message tells early is told once, by the message of its own", () => {
  const { isEarlyPress } = page();
  assert.ok(isEarlyPress(rerun([title, pressed], automatic)));
  assert.ok(isEarlyPress(rerun([title, picked], automatic)));
  assert.ok(!isEarlyPress(rerun([title, pressed])), "the press itself");
  assert.ok(!isEarlyPress(rerun([title], automatic)), "a look around");
  assert.ok(!isEarlyPress(rerun([title, [...text(1, "undo"), 2 * 8, 0]], automatic)), "a button that was not pressed");
  assert.ok(!isEarlyPress("text"));
});

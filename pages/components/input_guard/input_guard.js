// What a person typed is committed before anything else happens, and a shortcut acts on the topmost thing only.
// It listens on the window while an event is on its way down: before Streamlit, and before the other components.

const TEXT = 'input:not([type="checkbox"], [type="radio"], [type="file"], [type="range"]), textarea';
// What lies over the page and takes its keys: dialogs, popovers, menus, lists that are open to choose from.
const LAYERS = '[role="dialog"], [role="alertdialog"], [role="listbox"], [role="menu"], [data-testid="stPopoverBody"]';
// Ways to another page: links, and in the head of the page (the mark) a button.
const LEAVING = 'a[href]:not([target="_blank"], [download], [href^="#"]), [data-testid="stHeader"] button';
const LONGEST_WAIT = 15_000; // ms; after it a page is left although the server has not answered

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const guard = {
  open: null, // the field that holds text which is not committed
  sent: 0, // when something last went to the server
  begun: 0, // when the server last began to work on something
  acted: -Infinity, // when a person last did something on the page
  left: -Infinity, // when a field with text in it was last left
  due: 0, // ms for which what stood in it may be expected to be sent
  before: "", // what stood in the field when it was entered
  owed: false, // the server has not yet answered what a person did
  passing: false, // an event that was held back goes on now
};

/** Commit the open field. True when there was one. */
function commit() {
  const field = guard.open;
  if (!field?.isConnected) return false;
  field.blur(); // Ends an input method's composition, too: what is composed so far is text.
  onLeft({ target: field }); // In a window without focus no event says so.
  return true;
}

function onLeft({ target }) {
  if (target !== guard.open) return;
  guard.open = null;
  guard.acted = guard.left = performance.now();
  guard.due = target.value === guard.before ? 300 : 5000;
}

const state = () => document.querySelector('[data-testid="stApp"]')?.getAttribute("data-test-script-state");
const isAnswered = () => state() === "notRunning" && guard.begun >= guard.sent;
// A page that is still being drawn, or an upload, may be left at any time; what a person did may not be cut off.
const mayLeave = () => !guard.open && !isComing() && (!guard.owed || isAnswered());

// Streamlit sends what was typed in a timer of its own, after React has drawn.
const isComing = () => guard.sent < guard.left && performance.now() - guard.left < guard.due;

/** Wait until what was typed is on its way; where it was no change, nothing is. */
async function onItsWay() {
  while (isComing()) await sleep(5);
}

/** Wait until the server has answered all that was sent to it. */
async function answered() {
  const since = performance.now();
  await onItsWay();
  // Something that starts no run is never answered: give up on it sooner.
  const isOver = () => isAnswered() || (state() === "notRunning" && performance.now() - guard.sent > 8000);
  for (let calm = 0; calm < 3 && performance.now() - since < LONGEST_WAIT; await sleep(20)) calm = isOver() ? calm + 1 : 0;
}

// ---- leaving the page ----

/** Hold a way out of the page back until nothing is on its way any more, then take it. */
async function leave(go) {
  commit();
  await answered();
  guard.passing = true;
  try {
    go();
  } finally {
    guard.passing = false;
  }
}

function onClick(event) {
  const [target] = event.composedPath();
  const link = target.closest?.(LEAVING);
  if (guard.passing || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link && !mayLeave()) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const same = () => [...document.querySelectorAll("a")].find(({ href }) => href === link.href);
    leave(() => (link.isConnected ? link : same())?.click());
  } else if (guard.open && !guard.open.contains(target)) commit();
}

/** Whether a message asks for the page that "back" or "forward" leads to before what was typed is on its way. The event
 * itself cannot be held back: a window calls its listeners in the order in which they came, and Streamlit came first. */
const isTooEarly = () => window.event?.type === "popstate" && !guard.passing && !mayLeave();

const turnAgain = () => window.dispatchEvent(new PopStateEvent("popstate", { state: window.history.state }));

/** The tab is closed or loaded again. No timer of Streamlit's would ever fire again, so this one fires at once. */
function onUnload(event) {
  if (!guard.open) return;
  const { setTimeout: later } = window;
  window.setTimeout = (task, delay, ...rest) => (delay ? later(task, delay, ...rest) : queueMicrotask(() => task(...rest)));
  later(() => (window.setTimeout = later), 0); // The person may stay.
  commit();
  const connection = document.querySelector('[data-testid="stApp"]')?.getAttribute("data-test-connection-state");
  if (connection && connection !== "CONNECTED") event.preventDefault(); // Asks before the text is gone.
}

// ---- shortcuts ----

const isShown = (node) => node.getClientRects().length > 0 && node.getAttribute("aria-hidden") !== "true";

/** What lies on top: the layer that opened last, else the page. */
const topmost = () => [...document.querySelectorAll(LAYERS)].filter(isShown).at(-1) ?? document;

const NAMES = { "⌥": "alt", option: "alt", "⌘": "ctrl", cmd: "ctrl", mod: "ctrl", meta: "ctrl", control: "ctrl" };

/** A shortcut as Streamlit writes it on its buttons ("Ctrl + Shift + Enter"), in one order. */
const written = (text) =>
  text.toLowerCase().split("+").map((part) => NAMES[part.trim()] ?? part.trim()).sort().join("+");

/** The same of a key event; empty without Ctrl, Alt or ⌘. By the place of the key: its letter may be a Korean one. */
function pressed(event) {
  if (!(event.ctrlKey || event.altKey || event.metaKey) || event.getModifierState("AltGraph")) return "";
  const key = event.code.replace(/^(Key|Digit|Numpad(?=Enter))/, "").toLowerCase();
  const held = [(event.ctrlKey || event.metaKey) && "ctrl", event.altKey && "alt", event.shiftKey && "shift"];
  return [...held.filter(Boolean), key].sort().join("+");
}

const LABEL = '[aria-label^="Shortcut "]';
const withShortcut = (root, shortcut) =>
  [...root.querySelectorAll(LABEL)]
    .filter((label) => written(label.getAttribute("aria-label").slice("Shortcut ".length)) === shortcut)
    .map((label) => label.closest("button, a"))
    .filter(Boolean);

function onKey(event) {
  const shortcut = pressed(event);
  if (!shortcut || !event.isTrusted) return;
  const layer = topmost();
  const isKnown = withShortcut(document, shortcut).length > 0;
  // Alt belongs to the page's own keys. What lies over the page keeps them from it.
  if (!isKnown && (layer === document || !event.altKey)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = withShortcut(layer, shortcut).find((found) => !found.disabled);
  if (button && !event.repeat) press(button);
}

/** Press a button after what stands in the open field. In one message both would come in any order, or only one. */
async function press(button) {
  commit();
  await onItsWay();
  const key = [...(button.closest('[class*="st-key-"]')?.classList ?? [])].find((name) => name.startsWith("st-key-"));
  (button.isConnected ? button : document.querySelector(`.${CSS.escape(key ?? "")} button`))?.click();
}

function watch() {
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (...data) {
    if (isTooEarly()) return void leave(turnAgain);
    if (isEarlyPress(data[0])) return undefined; // The timer comes again.
    guard.sent = performance.now();
    guard.owed ||= guard.sent - guard.acted < 400;
    return send.apply(this, data);
  };
  const onState = () => {
    if (state() === "running") guard.begun = performance.now();
    if (isAnswered()) guard.owed = false;
  };
  const app = document.querySelector('[data-testid="stApp"]');
  new MutationObserver(onState).observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });

  const isText = (node) => node.matches?.(TEXT) && document.contains(node);
  const acts = ({ target }) => target.closest?.('[data-testid="stMain"], [role="dialog"]') && (guard.acted = performance.now());
  window.addEventListener("focusin", ({ target }) => isText(target) && (guard.before = target.value), true);
  window.addEventListener("input", ({ target }) => isText(target) && (guard.open = target), true);
  window.addEventListener("focusout", onLeft, true);
  for (const name of ["pointerup", "keydown"]) window.addEventListener(name, acts, true);
  window.addEventListener("click", onClick, true);
  window.addEventListener("keydown", onKey, true);
  window.addEventListener("beforeunload", onUnload);
  window.rightsdeskInput = { isOpen: () => guard.open !== null, isOver: () => topmost() !== document };
}

export default function () {
  if (!window.rightsdeskInput) watch();
}

// The viewer's logic that needs no browser. Real hands: tests/browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./parts.js";

const FILES = ["viewer/paint.js", "viewer/pick.js", "viewer/keys.js"];
const plain = (value) => JSON.parse(JSON.stringify(value));

test("a selection runs in reading order, whichever way it was drawn", () => {
  const { selected } = load(FILES, ["selected"]);
  assert.deepEqual(plain(selected({ selection: { from: 2, to: 4 } })), [2, 3, 4]);
  assert.deepEqual(plain(selected({ selection: { from: 4, to: 2 } })), [2, 3, 4]);
  assert.deepEqual(plain(selected({ selection: { from: 3, to: 3 } })), [3]);
});

test("a block takes the words whose middle lies in it", () => {
  const { selected } = load(FILES, ["selected"]);
  const word = (left, top) => ({ node: { getBoundingClientRect: () => ({ left, right: left + 10, top, bottom: top + 10 }) } });
  const words = [word(0, 0), word(20, 0), word(0, 20), word(20, 20)];
  const selection = { block: true, x: 30, y: 12, endX: 18, endY: -2 };
  assert.deepEqual(plain(selected({ words, selection })), [1]);
});

test("only places of the page that is shown are shown", () => {
  const { placesHere } = load(FILES, ["placesHere"]);
  const field = { evidence: [[1, 0, 3, []], [2, 9, 12, []], [1, 30, 31, []]] };
  assert.deepEqual(plain(placesHere({ sheet: { page: 1 } }, field)).map(([, start]) => start), [0, 30]);
  assert.deepEqual(plain(placesHere({}, field)), []);
});

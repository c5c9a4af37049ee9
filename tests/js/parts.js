// The parts of a component share one scope, as `pages/components/*/__init__.py` joins them: here too, without a browser.
import { readFileSync } from "node:fs";
import vm from "node:vm";

const COMPONENTS = new URL("../../pages/components/", import.meta.url);

/**
 * The functions of the files, called in a world that holds `given` (stand-ins for document and the like).
 * `stubs` take the place of functions that the files declare.
 */
export function load(files, names, given = {}, stubs = {}) {
  const source = files.map((file) => readFileSync(new URL(file, COMPONENTS), "utf8")).join("\n");
  const script = `${source.replaceAll("export default function", "function component_main")}\n({ ${names.join(", ")} })`;
  const world = vm.createContext({ console, Map, WeakMap, window: {}, document: {}, ...given });
  const functions = vm.runInContext(script, world);
  Object.assign(world, stubs);
  return functions;
}

/** A clock that stands still, and timers that move it on: whoever sleeps wakes at once, and later. */
export function fakeClock() {
  const clock = {
    now: 100_000,
    performance: { now: () => clock.now },
    setTimeout: (task, delay = 0) => {
      clock.now += delay;
      queueMicrotask(task);
    },
  };
  return clock;
}

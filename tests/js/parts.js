// The parts of a component share one scope, as `pages/components/*/__init__.py` joins them: here too, without a browser.
import { readFileSync } from "node:fs";
import vm from "node:vm";

const COMPONENTS = new URL("../../pages/components/", import.meta.url);

/** The functions of the files, called in a world that holds `given` (stand-ins for document and the like). */
export function load(files, names, given = {}) {
  const source = files.map((file) => readFileSync(new URL(file, COMPONENTS), "utf8")).join("\n");
  const script = `${source.replaceAll("export default function", "function component_main")}\n({ ${names.join(", ")} })`;
  return vm.runInNewContext(script, { console, Map, WeakMap, window: {}, document: {}, ...given });
}

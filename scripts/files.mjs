// What the checks share: the project's own files, and which lines of them are production code.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const skipped = new Set(['.git', 'target', 'node_modules', 'dist', 'data']);

/** Paths of all files under `folder` that end in one of `endings`, relative to the root. */
export function filesUnder(folder, endings) {
    const found = [];
    const walk = (path) => {
        for (const entry of readdirSync(path, { withFileTypes: true })) {
            if (entry.isDirectory()) {
                if (!skipped.has(entry.name)) walk(join(path, entry.name));
            } else if (endings.some((ending) => entry.name.endsWith(ending))) {
                found.push(relative(root, join(path, entry.name)));
            }
        }
    };
    walk(join(root, folder));
    return found.sort();
}

/** Whether the whole file is test or generated code. */
export function isTestOrGenerated(path) {
    return /(^|\/)(tests|gen|benches|examples)\//.test(path) || /(^|\/)tests\.rs$|\.test\.(ts|tsx|mjs)$/.test(path);
}

/** The file's lines before its inline test module. */
export function productionLines(path) {
    const lines = readFileSync(join(root, path), 'utf8').split('\n');
    const test = lines.findIndex((line, i) => line.trim() === '#[cfg(test)]' && /^\s*mod \w+ \{/.test(lines[i + 1] ?? ''));
    return test < 0 ? lines : lines.slice(0, test);
}

/** Prints the faults found and ends the process accordingly. */
export function report(faults) {
    for (const fault of faults) console.error(fault);
    process.exit(faults.length === 0 ? 0 : 1);
}

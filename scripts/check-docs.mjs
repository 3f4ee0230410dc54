// Paths that README.md and docs/ name must exist: targets of links, and anything in backticks that
// begins with one of our folders.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesUnder, report, root } from './files.mjs';

/** Made by building, not committed. */
const generated = /^(target|web\/dist|web\/node_modules|data)(\/|$)/;
const ours = /^(?:media|signaling|src|web|tests|docs|scripts|\.ci)\/[\w./@-]*$/;

const faults = [];
const documents = ['README.md', 'CHANGELOG.md'].filter((path) => existsSync(join(root, path)));
if (existsSync(join(root, 'docs'))) documents.push(...filesUnder('docs', ['.md']));

for (const document of documents) {
    readFileSync(join(root, document), 'utf8').split('\n').forEach((line, i) => {
        const where = `${document}:${i + 1}`;
        for (const [, target] of line.matchAll(/\]\(([^)\s]+)\)/g)) {
            if (/^[a-z]+:|^#/.test(target)) continue;
            if (!existsSync(join(root, dirname(document), target.replace(/#.*$/, '')))) faults.push(`${where}: no ${target}`);
        }
        for (const [, quoted] of line.matchAll(/`([^`]+)`/g)) {
            const path = quoted.replace(/:\d+$/, '');
            if (ours.test(path) && !generated.test(path) && !existsSync(join(root, path))) faults.push(`${where}: no ${path}`);
        }
    });
}

report(faults);

// No production file over 600 lines. scripts/size-exceptions.json may name one file a package,
// with its reason and its length; the length may only shrink. (Functions over 80 lines fail clippy.)
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder, isTestOrGenerated, productionLines, report, root } from './files.mjs';

const LONGEST_FILE = 600;
const list = 'scripts/size-exceptions.json';
const exceptions = JSON.parse(readFileSync(join(root, list), 'utf8'));
const faults = [];

/** The folder of the package that a file belongs to. */
function packageOf(path) {
    let folder = path;
    while (folder.includes('/')) {
        folder = folder.slice(0, folder.lastIndexOf('/'));
        if (existsSync(join(root, folder, 'Cargo.toml')) || existsSync(join(root, folder, 'package.json'))) return folder;
    }
    return '.';
}

const folders = ['media', 'signaling', 'src', 'web', 'tests/load', 'tests/sim', 'scripts'].filter((folder) => existsSync(join(root, folder)));
for (const path of folders.flatMap((folder) => filesUnder(folder, ['.rs', '.ts', '.tsx', '.mjs', '.css']))) {
    // The crates under tests/ are programs of their own: there only what is under their own tests/ is test code.
    if (isTestOrGenerated(path.replace(/^tests\//, ''))) continue;
    const length = productionLines(path).length;
    const exception = exceptions[path];
    if (exception === undefined) {
        if (length > LONGEST_FILE) faults.push(`${path}: ${length} lines, ${LONGEST_FILE} are allowed`);
    } else if (length !== exception.lines) {
        faults.push(`${path}: ${length} lines, ${list} says ${exception.lines}; it may only shrink`);
    }
}

const seen = new Set();
for (const [path, { reason }] of Object.entries(exceptions)) {
    if (!existsSync(join(root, path))) faults.push(`${list}: ${path} does not exist`);
    if (!reason) faults.push(`${list}: ${path} has no reason`);
    if (seen.has(packageOf(path))) faults.push(`${list}: more than one file of ${packageOf(path)}`);
    seen.add(packageOf(path));
}

if (existsSync(join(root, '.git'))) {
    const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    for (const commit of git('log', '--format=%H', '--', list).split('\n').filter(Boolean)) {
        let earlier = {};
        try {
            earlier = JSON.parse(git('show', `${commit}:${list}`));
        } catch {
            continue; // The commit removed the list.
        }
        for (const [path, { lines }] of Object.entries(exceptions)) {
            if (earlier[path] !== undefined && earlier[path].lines < lines) {
                faults.push(`${list}: ${path} had ${earlier[path].lines} lines in ${commit.slice(0, 8)}, now ${lines}`);
            }
        }
    }
}

report(faults);

// Processes of our own that run in one of the namespaces, and that are ended with the test.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Starts a program in a namespace; its standard error is kept for the message of a failure. */
export function start(namespace, program, args, { environment = {} } = {}) {
    const child = spawn('ip', ['netns', 'exec', namespace, program, ...args], {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { ...process.env, ...environment },
    });
    const lines = [];
    const waiting = [];
    let errors = '';
    let ended = false;
    const settle = () => {
        for (let i = waiting.length - 1; i >= 0; i -= 1) {
            const { wanted, resolve, reject } = waiting[i];
            const at = lines.findIndex(wanted);
            if (at >= 0) resolve(lines.splice(at, 1)[0]);
            else if (ended) reject(new Error(`${program} ended: ${errors.slice(-2000)}`));
            else continue;
            waiting.splice(i, 1);
        }
    };
    createInterface({ input: child.stdout }).on('line', (line) => {
        lines.push(line);
        settle();
    });
    child.stderr.on('data', (data) => {
        errors = (errors + data).slice(-20_000);
    });
    const exit = new Promise((resolve) => {
        child.on('close', () => {
            ended = true;
            settle();
            resolve();
        });
    });
    return {
        child,
        errors: () => errors,
        /** The next line of output that fits, also one that came already. */
        line: (wanted) =>
            new Promise((resolve, reject) => {
                waiting.push({ wanted, resolve, reject });
                settle();
            }),
        write: (text) => child.stdin.write(`${text}\n`),
        stop: async () => {
            if (!ended) child.kill('SIGTERM');
            await exit;
        },
        /** Dies at once, without a word to anyone. */
        kill: async () => {
            if (!ended) child.kill('SIGKILL');
            await exit;
        },
    };
}

import { setTimeout as pause } from 'node:timers/promises';

/** Waits until `condition` yields something truthy and returns that; fails with `what` after `deadline` ms. */
export async function until(what, condition, deadline, every = 50) {
    const end = performance.now() + deadline;
    for (;;) {
        const value = await condition();
        if (value) return value;
        if (performance.now() > end) throw new Error(`not within ${deadline} ms: ${typeof what === 'function' ? await what() : what}`);
        await pause(every);
    }
}

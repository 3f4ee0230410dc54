/** Something that is asked of the gateway from a form or a button: once at a time, and what came of it. */
import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ApiFault } from './api';

/** One such thing. */
export interface Task {
  readonly busy: ReadonlySignal<boolean>;
  readonly fault: ReadonlySignal<ApiFault | null>;
  /** Does `work`, unless something is under way; resolves to whether it was done. */
  run(work: () => Promise<void>): Promise<boolean>;
  /** Forgets the last fault. */
  clear(): void;
}

/** A task of a component. */
export function useTask(): Task {
  const busy = useSignal(false);
  const fault = useSignal<ApiFault | null>(null);
  return {
    busy,
    fault,
    clear: () => {
      fault.value = null;
    },
    run: async (work) => {
      if (busy.peek()) return false;
      busy.value = true;
      fault.value = null;
      try {
        await work();
        return true;
      } catch (error) {
        if (!(error instanceof ApiFault)) throw error;
        fault.value = error;
        return false;
      } finally {
        busy.value = false;
      }
    },
  };
}

/** What a page fetches for what it shows; when that changes, what is under way is given up. */
export function useLoad(
  load: (signal: AbortSignal) => Promise<void>,
  of: readonly unknown[],
): Pick<Task, 'busy' | 'fault'> {
  const busy = useSignal(true);
  const fault = useSignal<ApiFault | null>(null);
  useEffect(() => {
    const giveUp = new AbortController();
    busy.value = true;
    fault.value = null;
    load(giveUp.signal)
      .catch((error: unknown) => {
        if (giveUp.signal.aborted) return;
        if (!(error instanceof ApiFault)) throw error;
        fault.value = error;
      })
      .finally(() => {
        if (!giveUp.signal.aborted) busy.value = false;
      });
    return () => giveUp.abort();
  }, of);
  return { busy, fault };
}

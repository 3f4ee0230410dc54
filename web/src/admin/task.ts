/** Something that is asked of the gateway from a form or a button: once at a time, and what came of it. */
import { type ReadonlySignal, useSignal } from '@preact/signals';
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

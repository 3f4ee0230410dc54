import { useEffect } from 'preact/hooks';

/** Keeps the screen from going dark while the component is there; a browser takes the lock away from hidden pages. */
export function useAwakeScreen(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let ended = false;
    const take = async (): Promise<void> => {
      if (document.hidden || !('wakeLock' in navigator)) return;
      try {
        const taken = await navigator.wakeLock.request('screen');
        if (ended) void taken.release();
        else lock = taken;
      } catch {
        // A battery that runs low refuses; the briefing goes on.
      }
    };
    const again = (): void => void take();
    again();
    document.addEventListener('visibilitychange', again);
    return () => {
      ended = true;
      document.removeEventListener('visibilitychange', again);
      void lock?.release();
    };
  }, []);
}

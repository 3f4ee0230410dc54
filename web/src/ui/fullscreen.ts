/** The whole page on the whole screen, where the browser can. */
import { type ReadonlySignal, signal } from '@preact/signals';

const current = signal(false);

/** Whether the page fills the screen. */
export const fullScreen: ReadonlySignal<boolean> = current;

/** Whether this browser lets a page fill the screen; iPhones do not. */
export function canFillScreen(): boolean {
  return document.fullscreenEnabled === true;
}

/** Follows the browser, which leaves full screen by a key of its own, until the returned function is called. */
export function followFullScreen(): () => void {
  const update = (): void => {
    current.value = document.fullscreenElement !== null;
  };
  update();
  document.addEventListener('fullscreenchange', update);
  return () => document.removeEventListener('fullscreenchange', update);
}

/** Goes to full screen or back. A browser that refuses leaves everything as it is. */
export function toggleFullScreen(): void {
  const change =
    document.fullscreenElement === null
      ? document.documentElement.requestFullscreen({ navigationUI: 'hide' })
      : document.exitFullscreen();
  change.catch(() => undefined);
}

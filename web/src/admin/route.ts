/** Which page is shown, as the address says. */
import { computed, type ReadonlySignal, signal } from '@preact/signals';

const shown = signal(new URL(location.href));
addEventListener('popstate', () => {
  shown.value = new URL(location.href);
});

/** The path shown, without a closing slash. */
export const path: ReadonlySignal<string> = computed(() => shown.value.pathname.replace(/(.)\/+$/, '$1'));

/** The query shown. */
export const query: ReadonlySignal<URLSearchParams> = computed(() => shown.value.searchParams);

/** Shows another page of the console. */
export function go(target: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', target);
  else history.pushState(null, '', target);
  shown.value = new URL(location.href);
  if (!replace) scrollTo(0, 0);
}

/** Changes fields of the query in place; what is `null` is taken out. */
export function ask(fields: Readonly<Record<string, string | null>>): void {
  const next = new URL(shown.peek());
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || value === '') next.searchParams.delete(name);
    else next.searchParams.set(name, value);
  }
  go(next.pathname + next.search, { replace: true });
}

/** Follows a link within the console without loading the page anew. */
export function follow(event: MouseEvent): void {
  const anchor = event.currentTarget as HTMLAnchorElement;
  const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!isPlain || anchor.origin !== location.origin) return;
  event.preventDefault();
  go(anchor.pathname + anchor.search);
}

/** Who has signed in. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Who } from '../gen/api';
import { ApiFault, call, onSignedOut } from './api';
import { safeReturn } from './model/return';
import { go } from './route';

/** What is known of the person at the page. */
export type Session =
  | { readonly name: 'asking' }
  | { readonly name: 'nobody' }
  | { readonly name: 'unreachable'; readonly fault: ApiFault }
  | { readonly name: 'somebody'; readonly who: Who };

const state = signal<Session>({ name: 'asking' });

/** Who has signed in. */
export const session: ReadonlySignal<Session> = state;

onSignedOut(() => {
  state.value = { name: 'nobody' };
});

/** Asks the gateway whose session the browser holds. */
export async function askWho(): Promise<void> {
  state.value = { name: 'asking' };
  try {
    state.value = { name: 'somebody', who: (await call('GET /api/v1/session', {})).value };
  } catch (error) {
    if (!(error instanceof ApiFault)) throw error;
    state.value = error.code === 'not_signed_in' ? { name: 'nobody' } : { name: 'unreachable', fault: error };
  }
}

/** Signs in; then {@link session} says who. */
export async function signIn(login: string, password: string, code: string | null): Promise<void> {
  const body = code === null ? { login, password } : { login, password, code };
  state.value = { name: 'somebody', who: (await call('POST /api/v1/session', { body })).value };
}

/** Signs out, here or in every browser. */
export async function signOut(everywhere: boolean): Promise<void> {
  await (everywhere ? call('DELETE /api/v1/sessions', {}) : call('DELETE /api/v1/session', {}));
  state.value = { name: 'nobody' };
  go('/sign-in');
}

/** Goes back to the page that asked for signing in. */
export function goBack(asked: string | null): void {
  const target = safeReturn(asked, location.origin);
  // A room is another document.
  if (target.startsWith('/r/')) location.assign(target);
  else go(target, { replace: true });
}

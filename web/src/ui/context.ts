import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Room } from '../state/room';
import type { Preferences } from './model/preferences';
import type { RoomView } from './model/view';

/** What every component may reach. */
export interface Scope {
  readonly room: Room;
  readonly view: RoomView;
  readonly preferences: Preferences;
}

/** Carries the {@link Scope} down the tree. */
export const ScopeContext = createContext<Scope | null>(null);

/** The scope of the page. */
export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (scope === null) throw new Error('no scope above this component');
  return scope;
}

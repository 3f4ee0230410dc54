import { useEffect } from 'preact/hooks';
import { type Scope, useScope } from './context';
import { type KeyContext, type Shortcut, shortcutFor } from './model/shortcuts';
import { FILTER_ID } from './roster';

/** Where a key was pressed. */
function contextOf(event: KeyboardEvent, singleKeys: boolean): KeyContext {
  const target = event.target instanceof Element ? event.target : null;
  return {
    inField: target?.closest('input, select, textarea, [contenteditable]') != null,
    onControl: target?.closest('button, a, summary, label') != null,
    inDialog: document.querySelector('dialog[open], [popover]:popover-open') !== null,
    singleKeys,
  };
}

/** Opens the roll call and goes to its filter. */
function goToFilter({ view }: Scope): void {
  view.panelOpen.value = true;
  // The field is there after the panel was drawn.
  requestAnimationFrame(() => document.getElementById(FILTER_ID)?.focus());
}

/** Does what a shortcut asks for. */
function perform(shortcut: Shortcut, scope: Scope): void {
  const { room, view } = scope;
  switch (shortcut) {
    case 'talk':
      if (room.own.peek()?.muted !== true) room.pushToTalk(true);
      break;
    case 'microphone':
      void view.toggleMicrophone();
      break;
    case 'camera':
      void view.toggleCamera();
      break;
    case 'hand':
      view.toggleHand();
      break;
    case 'share':
      view.toggleShare();
      break;
    case 'layout':
      view.toggleLayout();
      break;
    case 'previousPage':
      view.turn(-1);
      break;
    case 'nextPage':
      view.turn(1);
      break;
    case 'roster':
      view.togglePanel();
      break;
    case 'filter':
      goToFilter(scope);
      break;
    case 'quality':
      if (view.leads.peek()) view.open({ name: 'quality' });
      break;
    case 'help':
      view.open({ name: 'help' });
      break;
  }
}

/** Listens for shortcuts while the room is on the screen. */
export function useShortcuts(): void {
  const scope = useScope();
  useEffect(() => {
    const down = (event: KeyboardEvent): void => {
      const shortcut = shortcutFor(event, contextOf(event, scope.preferences.singleKeys.peek()));
      if (shortcut !== null) perform(shortcut, scope);
      // A held key must not scroll the page either.
      const held = event.repeat && event.code === 'Space' && !contextOf(event, true).onControl;
      if (shortcut !== null || (held && !contextOf(event, true).inField)) event.preventDefault();
    };
    const up = (event: KeyboardEvent): void => {
      if (event.code === 'Space') scope.room.pushToTalk(false);
    };
    addEventListener('keydown', down);
    addEventListener('keyup', up);
    return () => {
      removeEventListener('keydown', down);
      removeEventListener('keyup', up);
    };
  }, []);
}

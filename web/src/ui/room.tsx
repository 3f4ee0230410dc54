import { useEffect } from 'preact/hooks';
import { useAwakeScreen } from './awake';
import { ChairMenu } from './chair';
import { useScope } from './context';
import { Dialogs } from './dialogs';
import { useShortcuts } from './keyboard';
import { Door, OutageBanner, OutagePage, SoundBlocked, Toasts } from './notices';
import { Panel } from './panel';
import { Pictures } from './pictures';
import { StatusStrip } from './status';
import { Toolbar } from './toolbar';

/** From this width on the panel stands beside the pictures and is open at first. */
const WIDE = '(min-width: 1000px)';

/** The briefing. */
export function RoomPage() {
  const { view } = useScope();
  useShortcuts();
  useAwakeScreen();
  useEffect(() => {
    view.panelOpen.value = matchMedia(WIDE).matches;
  }, []);
  return (
    <div class="room" data-panel={view.panelOpen.value}>
      <StatusStrip />
      <OutageBanner />
      <Pictures />
      {view.panelOpen.value && <Panel />}
      <SoundBlocked />
      {!view.panelOpen.value && <Door rows={1} />}
      <Toolbar />
      <Toasts />
      <OutagePage />
      <ChairMenu />
      <Dialogs />
    </div>
  );
}

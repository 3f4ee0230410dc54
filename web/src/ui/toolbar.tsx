import { useEffect } from 'preact/hooks';
import { t } from '../i18n';
import { useScope } from './context';
import { canFillScreen, followFullScreen, fullScreen, toggleFullScreen } from './fullscreen';
import { canFloat, toggleMiniature } from './miniature';
import { MicrophoneTool, Tool } from './tools';

function CameraTool() {
  const { room, view } = useScope();
  const camera = room.media.value.camera;
  return (
    <Tool
      id="camera"
      icon={camera ? 'camera' : 'cameraOff'}
      text={t(camera ? 'bar.cameraOn' : 'bar.cameraOff')}
      tone={camera ? 'on' : 'off'}
      hint={t('bar.cameraHint')}
      keys="V"
      onClick={() => void view.toggleCamera()}
    />
  );
}

/** How the page stands on the screen: layout, whole screen, small window; the latter two where the browser can. */
function LookTools() {
  const scope = useScope();
  const { view } = scope;
  const grid = view.layout.value === 'grid';
  const full = fullScreen.value;
  const small = view.miniature.value !== null;
  useEffect(followFullScreen, []);
  return (
    <>
      <Tool
        id="layout"
        icon={grid ? 'stage' : 'grid'}
        text={t('bar.layout')}
        hint={t('bar.layoutHint')}
        keys="L"
        onClick={() => view.toggleLayout()}
      />
      {canFillScreen() && (
        <Tool
          id="full-screen"
          icon={full ? 'smaller' : 'larger'}
          text={t(full ? 'bar.fullScreenEnd' : 'bar.fullScreen')}
          tone={full ? 'on' : 'plain'}
          hint={t('bar.fullScreenHint')}
          onClick={toggleFullScreen}
        />
      )}
      {canFloat() && (
        <Tool
          id="miniature"
          icon="miniature"
          text={t('bar.miniature')}
          tone={small ? 'on' : 'plain'}
          hint={t('bar.miniatureHint')}
          onClick={() => void toggleMiniature(scope)}
        />
      )}
    </>
  );
}

/** The controls, always in the same order. */
export function Toolbar() {
  const { room, view } = useScope();
  const raised = (room.own.value?.hand ?? null) !== null;
  const sharing = room.media.value.screen;
  const canShare = 'getDisplayMedia' in (navigator.mediaDevices ?? {});
  return (
    <nav class="toolbar" aria-label={t('bar.label')}>
      <MicrophoneTool />
      <CameraTool />
      <Tool
        id="hand"
        icon="hand"
        text={t(raised ? 'bar.handDown' : 'bar.handUp')}
        tone={raised ? 'warn' : 'plain'}
        hint={t('bar.handHint')}
        keys="H"
        onClick={() => view.toggleHand()}
      />
      <Tool
        id="share"
        icon="share"
        text={t(sharing ? 'bar.shareStop' : 'bar.share')}
        tone={sharing ? 'on' : 'plain'}
        hint={t('bar.shareHint')}
        keys="S"
        disabled={!canShare}
        onClick={() => view.toggleShare()}
      />
      <LookTools />
      <Tool
        id="roster"
        icon="people"
        text={t('panel.open')}
        hint={t('panel.openHint')}
        keys="G"
        count={room.hands.value.length}
        onClick={() => view.togglePanel()}
      />
      <Tool
        id="settings"
        icon="settings"
        text={t('bar.settings')}
        hint={t('bar.settingsHint')}
        onClick={() => view.open({ name: 'settings' })}
      />
      <Tool
        id="help"
        icon="keyboard"
        text={t('bar.help')}
        hint={t('bar.helpHint')}
        keys="?"
        onClick={() => view.open({ name: 'help' })}
      />
      <Tool
        id="leave"
        icon="leave"
        text={t('bar.leave')}
        tone="danger"
        hint={t('bar.leaveHint')}
        onClick={() => view.open({ name: 'leave' })}
      />
    </nav>
  );
}

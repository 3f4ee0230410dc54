import { t } from '../i18n';
import type { Room } from '../state/room';
import { useScope } from './context';
import { Icon, type IconName } from './icon';
import type { RoomView } from './model/view';

/** How a tool looks beside its word. */
type Tone = 'plain' | 'on' | 'off' | 'warn' | 'danger';

function Tool(props: {
  readonly id: string;
  readonly icon: IconName;
  readonly text: string;
  readonly hint: string;
  readonly keys?: string;
  readonly tone?: Tone;
  readonly disabled?: boolean;
  readonly count?: number;
  readonly onClick: () => void;
}) {
  return (
    <button
      type="button"
      class="tool"
      data-tool={props.id}
      data-tone={props.tone ?? 'plain'}
      title={props.hint}
      aria-keyshortcuts={props.keys}
      disabled={props.disabled}
      // A click with the mouse leaves the focus where it is: Space stays push-to-talk.
      onMouseDown={(event) => event.preventDefault()}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
      <span class="tool-text">{props.text}</span>
      {props.count !== undefined && props.count > 0 && <span class="tool-count">{props.count}</span>}
    </button>
  );
}

/** What the button of the microphone says. */
function microphoneFace(room: Room): { icon: IconName; text: string; tone: Tone } {
  const state = room.media.value.microphone;
  if (room.own.value?.muted === true) {
    return { icon: 'muted', text: t('bar.microphoneMuted'), tone: 'warn' };
  }
  if (state === 'off') return { icon: 'microphoneOff', text: t('bar.microphoneOff'), tone: 'off' };
  if (room.phase.value.name === 'recovering' || !room.connected.value) {
    return { icon: 'microphone', text: t('bar.microphoneUnsent'), tone: 'warn' };
  }
  return {
    icon: 'microphone',
    text: t(state === 'open' ? 'bar.microphoneOn' : 'bar.microphoneTalking'),
    tone: 'on',
  };
}

function Devices({ room, view }: { readonly room: Room; readonly view: RoomView }) {
  const microphone = microphoneFace(room);
  const camera = room.media.value.camera;
  const muted = room.own.value?.muted === true;
  return (
    <>
      <Tool
        id="microphone"
        {...microphone}
        hint={t(muted ? 'bar.microphoneMutedHint' : 'bar.microphoneHint')}
        keys="M"
        onClick={() => void view.toggleMicrophone()}
      />
      <Tool
        id="camera"
        icon={camera ? 'camera' : 'cameraOff'}
        text={t(camera ? 'bar.cameraOn' : 'bar.cameraOff')}
        tone={camera ? 'on' : 'off'}
        hint={t('bar.cameraHint')}
        keys="V"
        onClick={() => void view.toggleCamera()}
      />
    </>
  );
}

/** The controls, always in the same order. */
export function Toolbar() {
  const { room, view } = useScope();
  const raised = (room.own.value?.hand ?? null) !== null;
  const sharing = room.media.value.screen;
  const canShare = 'getDisplayMedia' in (navigator.mediaDevices ?? {});
  const grid = view.layout.value === 'grid';
  return (
    <nav class="toolbar" aria-label={t('bar.label')}>
      <Devices room={room} view={view} />
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
      <Tool
        id="layout"
        icon={grid ? 'stage' : 'grid'}
        text={t('bar.layout')}
        hint={t('bar.layoutHint')}
        keys="L"
        onClick={() => view.toggleLayout()}
      />
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

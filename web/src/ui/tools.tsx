import { t } from '../i18n';
import type { Room } from '../state/room';
import { useScope } from './context';
import { Icon, type IconName } from './icon';

/** How a tool looks beside its word. */
type Tone = 'plain' | 'on' | 'off' | 'warn' | 'danger';

/** A button of the toolbar: sign and word. */
export function Tool(props: {
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
  if (room.phase.value.name === 'recovering' || !room.connected.value || room.mediaLostSince.value !== null) {
    return { icon: 'microphone', text: t('bar.microphoneUnsent'), tone: 'warn' };
  }
  return {
    icon: 'microphone',
    text: t(state === 'open' ? 'bar.microphoneOn' : 'bar.microphoneTalking'),
    tone: 'on',
  };
}

/** The microphone's button. */
export function MicrophoneTool() {
  const { room, view } = useScope();
  const muted = room.own.value?.muted === true;
  return (
    <Tool
      id="microphone"
      {...microphoneFace(room)}
      hint={t(muted ? 'bar.microphoneMutedHint' : 'bar.microphoneHint')}
      keys="M"
      onClick={() => void view.toggleMicrophone()}
    />
  );
}

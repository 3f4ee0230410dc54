import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { t } from '../i18n';
import type { DeviceOption, DeviceState, SoundProcessing } from '../state/room';
import { useScope } from './context';
import { Crest } from './crest';
import { Icon } from './icon';
import { adviceFor } from './model/advice';
import { OwnVideo } from './picture';

/** How many steps the level meter has. */
const LEVEL_STEPS = 12;

/** How loud the own microphone is. */
function LevelMeter() {
  const { room } = useScope();
  const step = useComputed(() => Math.min(LEVEL_STEPS, Math.ceil(room.devices.level.value * LEVEL_STEPS)));
  return (
    <div class="level">
      <meter class="hidden" aria-label={t('lobby.level')} min={0} max={LEVEL_STEPS} value={step.value} />
      {Array.from({ length: LEVEL_STEPS }, (_, index) => (
        <span key={index} class={index < step.value ? 'level-step full' : 'level-step'} />
      ))}
    </div>
  );
}

function Choice(props: {
  readonly label: string;
  readonly none: string;
  readonly options: readonly DeviceOption[];
  readonly chosen: string;
  /** The choice of the system's device, where that is one. */
  readonly system?: string;
  readonly onChoose: (id: string) => void;
}) {
  const id = useId();
  const known =
    props.options.length === 0 ||
    (props.system !== undefined && props.chosen === '') ||
    props.options.some((option) => option.id === props.chosen);
  return (
    <div class="choice">
      <label for={id}>{props.label}</label>
      <select
        id={id}
        value={props.chosen}
        disabled={props.options.length === 0}
        onChange={(event) => props.onChoose(event.currentTarget.value)}
      >
        {props.options.length === 0 && <option value="">{props.none}</option>}
        {props.options.length > 0 && props.system !== undefined && <option value="">{props.system}</option>}
        {!known && (
          <option value={props.chosen} disabled>
            {t('lobby.choose')}
          </option>
        )}
        {props.options.map((option, index) => (
          <option key={option.id} value={option.id}>
            {option.label === '' ? t('lobby.unnamedDevice', { number: index + 1 }) : option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Why a device gives nothing, and what to do; never in the way of joining. */
function Problem({ device, onRetry }: { readonly device: DeviceState; readonly onRetry: () => void }) {
  const { view } = useScope();
  const problem = device.name === 'failed' ? device.problem : null;
  useEffect(() => {
    if (problem !== null) view.messages.say(() => t(`device.${problem}.text`));
  }, [problem]);
  if (problem === null) return null;
  return (
    <div class="problem">
      <Icon name="warning" />
      <p>
        <strong>{t(`device.${problem}.text`)}</strong> {t(adviceFor(problem, navigator.userAgent))}
      </p>
      <button type="button" onClick={onRetry}>
        {t('app.retry')}
      </button>
    </div>
  );
}

const chosenOf = (device: DeviceState): string => (device.name === 'on' ? device.deviceId : '');

/** The own picture, mirrored, or a crest that says why there is none. */
export function Preview({ name }: { readonly name: string }) {
  const { devices } = useScope().room;
  const stream = devices.ownPicture.value;
  const camera = devices.camera.value;
  return (
    <figure class="preview" aria-label={t('lobby.preview')}>
      {stream !== null && <OwnVideo stream={stream} mirrored={true} />}
      <div class="cover">
        <Crest name={name} />
        <span class="cover-text">{t(camera.name === 'starting' ? 'lobby.opening' : 'lobby.cameraOff')}</span>
      </div>
      {camera.name === 'on' && camera.height > 0 && (
        <span class="badge size-badge">
          {camera.width}×{camera.height}
        </span>
      )}
    </figure>
  );
}

function Check(props: {
  readonly text: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={props.checked}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      {props.text}
    </label>
  );
}

/** What the browser does to the sound of the own microphone. */
function Processing() {
  const { devices } = useScope().room;
  const chosen = devices.processing.value;
  const choose = (change: Partial<SoundProcessing>) =>
    void devices.chooseProcessing({ ...chosen, ...change });
  return (
    <details class="processing">
      <summary>{t('lobby.processing')}</summary>
      <Check text={t('lobby.processingRoom')} checked={chosen.room} onChange={(room) => choose({ room })} />
      <Check
        text={t('lobby.echoCancellation')}
        checked={chosen.echoCancellation && !chosen.room}
        disabled={chosen.room}
        onChange={(echoCancellation) => choose({ echoCancellation })}
      />
      <Check
        text={t('lobby.noiseSuppression')}
        checked={chosen.noiseSuppression}
        onChange={(noiseSuppression) => choose({ noiseSuppression })}
      />
    </details>
  );
}

/** Plays a tone on the chosen speaker; says when it cannot. */
function SpeakerTest() {
  const { devices } = useScope().room;
  const state = useSignal<'idle' | 'playing' | 'failed'>('idle');
  const play = async (): Promise<void> => {
    state.value = 'playing';
    try {
      await devices.testSpeaker();
      state.value = 'idle';
    } catch {
      state.value = 'failed';
    }
  };
  return (
    <>
      <button type="button" disabled={state.value === 'playing'} onClick={() => void play()}>
        <span aria-hidden="true">♪</span>
        {t(state.value === 'playing' ? 'lobby.testingSound' : 'lobby.testSound')}
      </button>
      {state.value === 'failed' && (
        <div class="problem wide">
          <Icon name="warning" />
          <p>{t('lobby.testFailed')}</p>
        </div>
      )}
    </>
  );
}

/** Camera, microphone and speaker. */
export function DeviceChoices() {
  const { devices } = useScope().room;
  const speakers = devices.speakers.value;
  return (
    <div class="choices">
      <Choice
        label={t('lobby.camera')}
        none={t('lobby.noCameraFound')}
        options={devices.cameras.value}
        chosen={chosenOf(devices.camera.value)}
        onChoose={(id) => void devices.chooseCamera(id)}
      />
      <Problem device={devices.camera.value} onRetry={() => void devices.startCamera()} />
      <Choice
        label={t('lobby.microphone')}
        none={t('lobby.noMicrophoneFound')}
        options={devices.microphones.value}
        chosen={chosenOf(devices.microphone.value)}
        onChoose={(id) => void devices.chooseMicrophone(id)}
      />
      <LevelMeter />
      <Problem device={devices.microphone.value} onRetry={() => void devices.startMicrophone()} />
      <Processing />
      <div class="choice-pair">
        <Choice
          label={t('lobby.speaker')}
          none={t('lobby.speakerDefault')}
          system={t('lobby.speakerDefault')}
          options={speakers}
          chosen={devices.speaker.value}
          onChoose={(id) => void devices.chooseSpeaker(id)}
        />
        <SpeakerTest />
      </div>
    </div>
  );
}

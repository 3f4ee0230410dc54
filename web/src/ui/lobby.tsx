import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import type { DeviceState, LobbyInfo, RoomErrorCode } from '../state/room';
import { useScope } from './context';
import { DeviceChoices, Preview } from './devices';
import { Icon } from './icon';
import { LineTest } from './line';
import { remedyOf } from './model/errors';
import { ErrorText, LATE_AFTER, RemedyButton, Waiting } from './outcome';
import { LanguageButton } from './status';

function Without(props: {
  readonly text: string;
  readonly device: DeviceState;
  readonly start: () => Promise<void>;
  readonly stop: () => void;
}) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={props.device.name === 'off'}
        onChange={(event) => {
          if (event.currentTarget.checked) props.stop();
          else void props.start();
        }}
      />
      {props.text}
    </label>
  );
}

/** Enter joins from anywhere but a control that has its own use for it. */
function useEnter(join: () => void): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : null;
      if (event.key !== 'Enter' || event.repeat || target?.closest('button, select, a, summary') != null)
        return;
      event.preventDefault();
      join();
    };
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  });
}

/** Why the person was not let in, in sight wherever the page is scrolled to, with what helps. */
function Refusal({ error }: { readonly error: RoomErrorCode }) {
  const { view } = useScope();
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    element.current?.scrollIntoView({ block: 'nearest' });
    view.messages.sayNow(`${t(`error.${error}.text`)} ${t(`error.${error}.action`)}`);
  }, [error]);
  return (
    <div ref={element} class="refusal">
      <ErrorText error={error} />
      {error !== 'unreachable' && <RemedyButton error={error} />}
    </div>
  );
}

/** In front of the room: choose devices, see oneself, go in. Nothing here blocks joining. */
export function Lobby({ lobby, error }: { readonly lobby: LobbyInfo; readonly error: RoomErrorCode | null }) {
  const { room, view } = useScope();
  const { devices } = room;
  const phase = room.phase.value;
  const late = phase.name === 'joining' && view.now.value - phase.since > LATE_AFTER;
  const joining = phase.name === 'joining';
  const waiting = phase.name === 'waiting' ? phase : null;
  const shown = late ? 'unreachable' : error;
  // What helps then is another button than "join".
  const barred = waiting !== null || (error !== null && remedyOf(error) !== 'retry');
  const lacking = devices.camera.value.name === 'failed' || devices.microphone.value.name === 'failed';
  const button = useRef<HTMLButtonElement>(null);
  const join = (): void => {
    if (!joining && !barred) void room.join();
  };
  useEnter(join);
  useEffect(() => {
    void devices.preview();
    button.current?.focus({ preventScroll: true });
  }, []);
  return (
    <main id="main" class="page lobby">
      <header class="lobby-head">
        <h1>{lobby.room.title}</h1>
        <LanguageButton />
      </header>
      {waiting !== null && <Waiting code={waiting.code} place={waiting.place} />}
      {waiting === null && shown !== null && <Refusal error={shown} />}
      <div class="lobby-body">
        <div class="lobby-self">
          <Preview name={lobby.site} />
          <dl class="facts">
            <dt>{t('lobby.site')}</dt>
            <dd>
              <strong>{lobby.site}</strong>
              {lobby.role !== 'site' && <span class="role">{t(`role.${lobby.role}`)}</span>}
            </dd>
          </dl>
          <p class="encrypted" title={t('room.encryptionHelp')}>
            <Icon name="lock" />
            {t('lobby.encryption')}
          </p>
        </div>
        {!barred && (
          <div class="lobby-join">
            <button ref={button} type="button" class="primary join" disabled={joining} onClick={join}>
              {joining ? t('lobby.joining') : `${t('lobby.join')} `}
              {!joining && <span class="join-hint">{t('lobby.joinHint')}</span>}
            </button>
            {lacking && <p class="encrypted">{t('device.joinAnyway')}</p>}
          </div>
        )}
        <div class="lobby-choices">
          <DeviceChoices />
          <LineTest />
          <Without
            text={t('lobby.withoutMicrophone')}
            device={devices.microphone.value}
            start={() => devices.startMicrophone()}
            stop={() => devices.stopMicrophone()}
          />
          <Without
            text={t('lobby.withoutCamera')}
            device={devices.camera.value}
            start={() => devices.startCamera()}
            stop={() => devices.stopCamera()}
          />
        </div>
      </div>
    </main>
  );
}

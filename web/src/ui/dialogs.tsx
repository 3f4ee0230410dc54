import { useId } from 'preact/hooks';
import type { Key } from '../i18n';
import { chooseLanguage, language, t } from '../i18n';
import { useScope } from './context';
import { DeviceChoices, Preview } from './devices';
import { SaveDiagnosis } from './diagnosis';
import { lazy } from './lazy';
import { Confirmation, Modal } from './modal';
import { THEMES } from './model/preferences';

/** What each key does, in the order of the toolbar. */
const KEYS: readonly { readonly keys: readonly string[]; readonly text: Extract<Key, `help.${string}`> }[] = [
  { keys: ['M'], text: 'help.microphone' },
  { keys: ['V'], text: 'help.camera' },
  { keys: ['H'], text: 'help.hand' },
  { keys: ['S'], text: 'help.share' },
  { keys: ['L'], text: 'help.layout' },
  { keys: ['PgUp', 'PgDn'], text: 'help.pages' },
  { keys: ['G'], text: 'help.roster' },
  { keys: ['/'], text: 'help.filter' },
  { keys: ['Q'], text: 'help.quality' },
  { keys: ['?'], text: 'help.help' },
];

function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal title={t('help.title')} closeLabel={t('app.close')} onClose={onClose}>
      <dl class="keys">
        <dt>
          <kbd>{t('help.spaceKey')}</kbd>
        </dt>
        <dd>{t('help.space')}</dd>
        {KEYS.map(({ keys, text }) => (
          <>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(text)}</dd>
          </>
        ))}
      </dl>
      <p class="note">{t('help.note')}</p>
    </Modal>
  );
}

/** Its program is fetched when it is first opened: few people ever do. */
const Quality = lazy(async () => (await import('./quality')).QualityDialog);

function Appearance() {
  const { preferences } = useScope();
  const theme = useId();
  const chosen = useId();
  return (
    <div class="choices">
      <div class="choice">
        <label for={theme}>{t('app.theme')}</label>
        <select
          id={theme}
          value={preferences.theme.value}
          onChange={(event) => {
            const name = THEMES.find((one) => one === event.currentTarget.value);
            if (name !== undefined) preferences.theme.value = name;
          }}
        >
          {THEMES.map((name) => (
            <option key={name} value={name}>
              {t(`app.theme.${name}`)}
            </option>
          ))}
        </select>
      </div>
      <div class="choice">
        <label for={chosen}>{t('app.language')}</label>
        <select
          id={chosen}
          value={language.value}
          onChange={(event) => chooseLanguage(event.currentTarget.value === 'en' ? 'en' : 'vi')}
        >
          <option value="vi" lang="vi">
            {t('app.vietnamese')}
          </option>
          <option value="en" lang="en">
            {t('app.english')}
          </option>
        </select>
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={preferences.singleKeys.value}
          onChange={(event) => {
            preferences.singleKeys.value = event.currentTarget.checked;
          }}
        />
        {t('settings.singleKeys')}
      </label>
    </div>
  );
}

function Settings({ onClose }: { readonly onClose: () => void }) {
  const { room } = useScope();
  return (
    <Modal title={t('settings.title')} closeLabel={t('app.close')} wide={true} onClose={onClose}>
      <div class="settings">
        <Preview name={room.own.value?.name ?? ''} />
        <DeviceChoices />
        <Appearance />
      </div>
      <SaveDiagnosis />
    </Modal>
  );
}

/** The dialog that is open, if one is. */
export function Dialogs() {
  const { room, view } = useScope();
  const dialog = view.dialog.value;
  const close = (): void => {
    view.dialog.value = null;
  };
  switch (dialog?.name) {
    case undefined:
      return null;
    case 'settings':
      return <Settings onClose={close} />;
    case 'quality':
      return <Quality onClose={close} />;
    case 'help':
      return <Help onClose={close} />;
    case 'leave':
      return (
        <Confirmation
          title={t('leave.title')}
          text={t('leave.text')}
          safe={t('leave.stay')}
          danger={t('leave.confirm')}
          onClose={close}
          onConfirm={() => room.leave()}
        />
      );
    case 'end':
      return (
        <Confirmation
          title={t('chair.endTitle')}
          text={t('chair.endText')}
          safe={t('app.cancel')}
          danger={t('chair.endConfirm')}
          onClose={close}
          onConfirm={() => view.order({ action: 'end' })}
        />
      );
    case 'remove':
      return (
        <Confirmation
          title={t('chair.removeTitle', { name: room.member(dialog.member).value?.name ?? '' })}
          text={t('chair.removeText')}
          safe={t('app.cancel')}
          danger={t('chair.removeConfirm')}
          onClose={close}
          onConfirm={() => view.order({ action: 'remove', member: dialog.member })}
        />
      );
  }
}

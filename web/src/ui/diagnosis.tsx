import { t } from '../i18n';
import { useScope } from './context';

/** Hands a file to the browser's downloads. */
function save(name: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has begun with the click; the address is not needed any more.
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

/** Saves what an operator needs to know of a failed call, and says what is not in it. */
export function SaveDiagnosis() {
  const { room, view } = useScope();
  return (
    <div class="save-diagnosis">
      <button
        type="button"
        onClick={() => {
          room.diagnosis().then(
            (diagnosis) => {
              const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
              save(`giaoban-${time}.json`, JSON.stringify(diagnosis, null, 1));
              view.messages.show({ kind: 'info', text: t('diagnosis.saved') });
            },
            () =>
              view.messages.show({
                kind: 'error',
                text: t('app.notLoaded'),
                action: t('app.notLoadedAction'),
              }),
          );
        }}
      >
        {t('diagnosis.save')}
      </button>
      <span class="note">{t('diagnosis.note')}</span>
    </div>
  );
}

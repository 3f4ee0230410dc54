import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Modal } from './modal';

/** What every dialog takes. */
interface DialogProps {
  readonly onClose: () => void;
}

/** A dialog whose program is fetched when it is first opened. */
export function lazy(load: () => Promise<ComponentType<DialogProps>>): ComponentType<DialogProps> {
  let loaded: ComponentType<DialogProps> | null = null;
  return function Lazy({ onClose }: DialogProps) {
    const [Dialog, show] = useState<ComponentType<DialogProps> | null>(() => loaded);
    const [failed, fail] = useState(false);
    useEffect(() => {
      if (loaded !== null) return;
      load().then(
        (dialog) => {
          loaded = dialog;
          show(() => dialog);
        },
        () => fail(true),
      );
    }, []);
    if (Dialog !== null) return <Dialog onClose={onClose} />;
    if (!failed) return null;
    return (
      <Modal title={t('app.notLoaded')} closeLabel={t('app.close')} onClose={onClose}>
        <p>{t('app.notLoadedAction')}</p>
      </Modal>
    );
  };
}

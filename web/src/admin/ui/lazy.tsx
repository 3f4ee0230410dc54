import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';

/** A page whose program is fetched when it is first shown; an old page against a newer gateway says so. */
export function lazy(load: () => Promise<ComponentType>): ComponentType {
  let loaded: ComponentType | null = null;
  return function Lazy() {
    const [Page, show] = useState<ComponentType | null>(() => loaded);
    const [failed, fail] = useState(false);
    useEffect(() => {
      if (loaded !== null) return;
      load().then(
        (page) => {
          loaded = page;
          show(() => page);
        },
        () => fail(true),
      );
    }, []);
    if (Page !== null) return <Page />;
    if (!failed) return <p aria-busy="true">{t('app.loading')}</p>;
    return (
      <div class="fault">
        <p>{t('app.outdated')}</p>
        <button type="button" class="primary" onClick={() => location.reload()}>
          {t('app.reload')}
        </button>
      </div>
    );
  };
}

import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Who } from '../../gen/api';
import { Icon } from '../../ui/icon';
import { THEMES, type Theme } from '../../ui/model/preferences';
import { type Key, t } from '../i18n';
import { messages } from '../messages';
import { follow, path, query } from '../route';
import { signOut } from '../session';
import { LanguageButton } from './page';

/** A page in the bar above all pages. */
export interface Place {
  readonly path: string;
  readonly name: Key;
}

/** A link to another page; the chosen unit goes along. */
function PlaceLink({ place }: { readonly place: Place }) {
  const unit = query.value.get('unit');
  const here = path.value === place.path || path.value.startsWith(`${place.path}/`);
  return (
    <a
      href={unit === null ? place.path : `${place.path}?unit=${encodeURIComponent(unit)}`}
      aria-current={here ? 'page' : undefined}
      onClick={follow}
    >
      {t(place.name as 'app.name')}
    </a>
  );
}

function ThemeChoice({ theme }: { readonly theme: Signal<Theme> }) {
  return (
    <select
      class="theme"
      aria-label={t('app.theme')}
      value={theme.value}
      onChange={(event) => {
        theme.value = event.currentTarget.value as Theme;
      }}
    >
      {THEMES.map((name) => (
        <option key={name} value={name}>
          {t(`app.theme.${name}`)}
        </option>
      ))}
    </select>
  );
}

function Toasts() {
  return (
    <section class="toasts" aria-label={t('app.messages')}>
      {messages.toasts.value.map((toast) => (
        <div key={toast.id} class="toast" data-kind={toast.kind}>
          <p>{toast.text}</p>
          <button
            type="button"
            class="quiet square"
            aria-label={t('app.close')}
            onClick={() => messages.dismiss(toast.id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}

/** What stands around every page of the console. */
export function Frame(props: {
  readonly who: Who;
  readonly theme: Signal<Theme>;
  readonly places: readonly Place[];
  /** What stands beside the page; `null` for nothing. */
  readonly side: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="console">
      <a class="skip" href="#main">
        {t('app.skip')}
      </a>
      <header class="bar">
        <span class="brand">{t('app.name')}</span>
        <nav class="places" aria-label={t('app.places')}>
          {props.places.map((place) => (
            <PlaceLink key={place.path} place={place} />
          ))}
        </nav>
        <div class="me">
          <a href="/account" aria-current={path.value === '/account' ? 'page' : undefined} onClick={follow}>
            {props.who.name}
          </a>
          <ThemeChoice theme={props.theme} />
          <LanguageButton />
          <button type="button" class="quiet" onClick={() => void signOut(false)}>
            <Icon name="leave" />
            {t('account.signOut')}
          </button>
        </div>
      </header>
      <div class={props.side === null ? 'body' : 'body sided'}>
        {props.side}
        <main id="main">{props.children}</main>
      </div>
      <Toasts />
    </div>
  );
}

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { chooseLanguage, language } from '../../i18n/language';
import { t } from '../i18n';
import { messages } from '../messages';

/** The heading of a page: it names the document and has the focus when the page comes. */
export function Heading({
  text,
  children,
}: {
  readonly text: string;
  readonly children?: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = `${text} – ${t('app.name')}`;
  }, [text]);
  return (
    <div class="heading">
      <h1 ref={heading} tabIndex={-1}>
        {text}
      </h1>
      {children}
    </div>
  );
}

/** Shows the page in the other language. */
export function LanguageButton() {
  const other = language.value === 'vi' ? 'en' : 'vi';
  return (
    <button
      type="button"
      class="quiet language"
      lang={other}
      aria-label={`${other.toUpperCase()} – ${t('app.otherLanguage')}`}
      title={t('app.otherLanguage')}
      onClick={() => chooseLanguage(other)}
    >
      {other.toUpperCase()}
    </button>
  );
}

/** What is said to whoever cannot see it: when there is time, and at once. */
export function LiveRegions() {
  return (
    <div class="hidden">
      <div aria-live="polite">{messages.polite.value}</div>
      <div aria-live="assertive">{messages.assertive.value}</div>
    </div>
  );
}

/** A page for whoever has not signed in: one thing to do. */
export function Door({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <main id="main" class="door">
      <header class="door-head">
        <span class="brand">{t('app.name')}</span>
        <LanguageButton />
      </header>
      <Heading text={title} />
      {children}
    </main>
  );
}

/** What may be wider than the page and is then scrolled, also by keyboard. */
export function Scroll({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

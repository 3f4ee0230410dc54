import { useSignal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { t } from '../i18n';
import type { EndReason, RoomErrorCode } from '../state/room';
import { useScope } from './context';
import { SaveDiagnosis } from './diagnosis';
import { Icon } from './icon';
import { remedyOf } from './model/errors';
import { pastedLink } from './model/link';
import { LanguageButton } from './status';

/** A gateway that has not answered for so long (milliseconds) is spoken of; it is asked on. */
export const LATE_AFTER = 5_000;

/** The page of what a person who signed in is called to. */
const BRIEFINGS = '/account/briefings';

/** Sentence, cause, next step and code of an error. */
export function ErrorText({ error }: { readonly error: RoomErrorCode }) {
  return (
    <>
      <p class="outcome-text">{t(`error.${error}.text`)}</p>
      <CauseAndNext cause={t(`error.${error}.cause`)} next={t(`error.${error}.action`)} />
      <p class="outcome-code">{t('app.code', { code: error })}</p>
    </>
  );
}

function CauseAndNext({ cause, next }: { readonly cause: string; readonly next: string }) {
  return (
    <dl class="facts">
      <dt>{t('app.cause')}</dt>
      <dd>{cause}</dd>
      <dt>{t('app.next')}</dt>
      <dd>{next}</dd>
    </dl>
  );
}

/** The one button that belongs to an error. */
export function RemedyButton({ error }: { readonly error: RoomErrorCode }) {
  const { room } = useScope();
  switch (remedyOf(error)) {
    case 'take_over':
      return (
        <button type="button" class="primary" onClick={() => void room.join({ takeOver: true })}>
          {t('refused.takeOver')}
        </button>
      );
    case 'reload':
      return (
        <button type="button" class="primary" onClick={() => location.reload()}>
          {t('app.reload')}
        </button>
      );
    case 'retry':
      return (
        <button
          type="button"
          class="primary"
          onClick={() => void (room.lobby.peek() === null ? room.open() : room.join())}
        >
          {t('app.retry')}
        </button>
      );
    case 'link':
      return <PasteLink />;
    case 'none':
      return null;
  }
}

/** Opens the link that a person pastes. */
function PasteLink() {
  const { view } = useScope();
  const id = useId();
  const text = useSignal('');
  const wrong = useSignal(false);
  return (
    <form
      class="paste"
      onSubmit={(event) => {
        event.preventDefault();
        const link = pastedLink(text.value, location.origin);
        wrong.value = link === null;
        if (link === null) view.messages.sayNow(t('landing.badLink'));
        if (link === null) return;
        const here = location.pathname + location.search;
        location.assign(link);
        // Another fragment alone loads nothing.
        if (link.startsWith(`${here}#`)) location.reload();
      }}
    >
      <label for={id}>{t('landing.paste')}</label>
      <div class="paste-line">
        <input
          id={id}
          type="text"
          autocomplete="off"
          spellcheck={false}
          aria-invalid={wrong.value}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="primary">
          {t('landing.open')}
        </button>
      </div>
      {wrong.value && (
        <p class="problem">
          <Icon name="warning" />
          {t('landing.badLink')}
        </p>
      )}
    </form>
  );
}

/** Opened without a link: says what this is and how to get in. */
export function Landing() {
  useEffect(() => {
    // Who has signed in is shown what calls him.
    void fetch('/api/v1/session').then(
      (answer) => answer.ok && location.replace(BRIEFINGS),
      () => {},
    );
  }, []);
  return (
    <main id="main" class="page outcome">
      <header class="outcome-head">
        <span class="brand">{t('app.name')}</span>
        <LanguageButton />
      </header>
      <h1>{t('landing.title')}</h1>
      <p>{t('landing.text')}</p>
      <ol class="steps">
        <li>{t('landing.step1')}</li>
        <li>{t('landing.step2')}</li>
        <li>{t('landing.step3')}</li>
      </ol>
      <PasteLink />
      <p>
        <a href={`/sign-in?return=${BRIEFINGS}`}>{t('landing.signIn')}</a>
      </p>
    </main>
  );
}

/** Not let in, and why. */
export function Refused({ error }: { readonly error: RoomErrorCode }) {
  return (
    <main id="main" class="page outcome">
      <header class="outcome-head">
        <span class="brand">{t('app.name')}</span>
        <LanguageButton />
      </header>
      <h1>{t('refused.title')}</h1>
      <ErrorText error={error} />
      <RemedyButton error={error} />
      <SaveDiagnosis />
    </main>
  );
}

/** At the door: why, which place in the queue, and that nobody has to click. */
export function Waiting({ code, place }: { readonly code: RoomErrorCode; readonly place: number }) {
  const { room, view } = useScope();
  useEffect(() => view.messages.say(() => t('lobby.place', { place })), [place]);
  return (
    <div class="refusal door">
      <p>
        <strong>{t('lobby.place', { place })}</strong> {t('lobby.waitHint')}
      </p>
      <ErrorText error={code} />
      <button type="button" onClick={() => room.leave()}>
        {t('lobby.stopWaiting')}
      </button>
    </div>
  );
}

/** Over, why, and by whose order. */
export function Ended(props: { readonly reason: EndReason; readonly by: string | null }) {
  const { reason, by } = props;
  const { room } = useScope();
  return (
    <main id="main" class="page outcome">
      <header class="outcome-head">
        <span class="brand">{room.info.value?.title ?? t('app.name')}</span>
        <LanguageButton />
      </header>
      <h1>{t(`ended.${reason}.text`)}</h1>
      <CauseAndNext cause={t(`ended.${reason}.cause`)} next={t(`ended.${reason}.action`)} />
      {by !== null && (
        <p class="ended-by">
          {t('ended.by')}: <strong>{by}</strong>
        </p>
      )}
      {reason !== 'removed' && reason !== 'revoked' && (
        <button type="button" class="primary" onClick={() => location.reload()}>
          {t('ended.rejoin')}
        </button>
      )}
      <SaveDiagnosis />
    </main>
  );
}

/** While the link is looked up or the seat is taken up again; says so when the gateway does not answer. */
export function Opening() {
  const { room, view } = useScope();
  const phase = room.phase.value;
  const late = phase.name === 'joining' && view.now.value - phase.since > LATE_AFTER;
  return (
    <main id="main" class="page outcome" aria-busy="true">
      <p>{t('app.loading')}</p>
      {late && <ErrorText error="unreachable" />}
      {late && <SaveDiagnosis />}
    </main>
  );
}

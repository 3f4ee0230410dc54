import { t } from '../i18n';
import { isLed, missingFromStage } from '../state/roster';
import { useScope } from './context';
import { SaveDiagnosis } from './diagnosis';
import { Icon } from './icon';
import { duration } from './model/format';

/** So many of those at the door have a row. */
const DOOR_ROWS = 3;

/** What has just happened, at the edge of the page; said by the live regions too. */
export function Toasts() {
  const { messages } = useScope().view;
  if (messages.toasts.value.length === 0) return null;
  return (
    <section class="toasts" aria-label={t('app.messages')}>
      {messages.toasts.value.map((toast) => (
        <div key={toast.id} class="toast" data-kind={toast.kind}>
          {toast.kind === 'error' && <Icon name="warning" />}
          <p>
            <strong>{toast.text}</strong>
            {toast.action !== undefined && <> {toast.action}</>}
            {toast.code !== undefined && (
              <span class="toast-code">{t('app.code', { code: toast.code })}</span>
            )}
          </p>
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

/** The two voices of the page: one waits for a pause, one interrupts. */
export function LiveRegions() {
  const { messages } = useScope().view;
  return (
    <div class="hidden">
      <div aria-live="polite">{messages.polite.value}</div>
      <div aria-live="assertive">{messages.assertive.value}</div>
    </div>
  );
}

/** A word over the dimmed pictures; then how long the connection is gone, counted. */
export function OutageBanner() {
  const { view } = useScope();
  const loss = view.loss.value;
  if (view.outage.value === 'dim') {
    return (
      <section class="outage-note" aria-label={t('recovering.title')}>
        {t('tile.recovering')}
      </section>
    );
  }
  if (view.outage.value !== 'banner' || loss.what === 'nothing') return null;
  const seconds = Math.floor((view.now.value - loss.since) / 1000);
  return (
    <section class="outage-banner" aria-label={t('recovering.title')}>
      <Icon name="warning" />
      {t(loss.what === 'media' ? 'recovering.media' : 'recovering.banner', { seconds })}
    </section>
  );
}

/** After a minute: a whole page, with the way out. */
export function OutagePage() {
  const { room, view } = useScope();
  const phase = room.phase.value;
  if (view.outage.value !== 'page' || phase.name !== 'recovering') return null;
  return (
    <section class="outage-page" aria-labelledby="outage-title">
      <h2 id="outage-title">{t('recovering.title')}</h2>
      <p class="outage-time">{t('recovering.time', { time: duration(view.now.value - phase.since) })}</p>
      <p>{t('recovering.text')}</p>
      <button type="button" class="danger" onClick={() => room.leave()}>
        {t('bar.leave')}
      </button>
      <SaveDiagnosis />
    </section>
  );
}

/** Who waits at the door, for the chair, with a button for each of the first. */
export function Door() {
  const { room, view } = useScope();
  const waiting = room.waiting.value;
  if (!view.isChair.value || waiting.length === 0) return null;
  const first = waiting.slice(0, DOOR_ROWS);
  const more = waiting.length - first.length;
  return (
    <section class="door-queue" aria-label={t('door.title', { count: waiting.length })}>
      <strong>{t('door.title', { count: waiting.length })}</strong>
      <ol>
        {first.map(({ member, name }) => (
          <li key={member}>
            <span>{name}</span>
            <button
              type="button"
              aria-label={t('door.admitHint', { name })}
              onClick={() => view.order({ action: 'admit', member })}
            >
              {t('door.admit')}
            </button>
          </li>
        ))}
      </ol>
      {more > 0 && <p>{t('door.more', { count: more })}</p>}
    </section>
  );
}

/** What is amiss with who leads and what is on the stage, in the strip. */
export function LeadFlags() {
  const { room } = useScope();
  const missing = missingFromStage(room.stage.value);
  const name = missing === null ? '' : (room.member(missing.member).value?.name ?? '');
  return (
    <>
      {!isLed(room.present.value) && (
        <span class="status-item flag" title={t('room.chairlessHelp')}>
          {t('room.chairless')}
        </span>
      )}
      {missing !== null && (
        <span class="status-item flag" title={t('room.stageAwayHelp')}>
          {t('room.stageAway', { name })}
        </span>
      )}
    </>
  );
}

/** The browser refuses to play sound until someone clicks. */
export function SoundBlocked() {
  const { room } = useScope();
  if (!room.soundBlocked.value) return null;
  return (
    <section class="sound-blocked" aria-label={t('sound.blocked')}>
      <p>{t('sound.blocked')}</p>
      <button type="button" class="primary" onClick={() => void room.unblockSound()}>
        <Icon name="speaker" />
        {t('sound.enable')}
      </button>
    </section>
  );
}

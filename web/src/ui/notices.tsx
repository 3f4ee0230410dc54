import { useComputed } from '@preact/signals';
import { t } from '../i18n';
import { leadOf, missingFromStage } from '../state/roster';
import { useScope } from './context';
import { SaveDiagnosis } from './diagnosis';
import { Icon } from './icon';
import { duration } from './model/format';

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

/** Who waits at the door, for who keeps it, with a button for each of the first `rows`. */
export function Door({ rows }: { readonly rows: number }) {
  const { room, view } = useScope();
  const waiting = room.waiting.value;
  if (!view.keepsDoor.value || waiting.length === 0) return null;
  const first = waiting.slice(0, rows);
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

/** Who leads, unless it is the chair. */
function LeadFlag() {
  const { room } = useScope();
  const lead = useComputed(() => leadOf(room.present.value, room.acting.value)).value;
  switch (lead) {
    case 'chair':
      return null;
    case 'acting': {
      const name = room.member(room.acting.value ?? -1).value?.name ?? '';
      return (
        <span class="status-item flag" title={t('room.actingHelp')}>
          {t('room.acting', { name })}
        </span>
      );
    }
    case 'deputy_soon':
    case 'nobody':
      return (
        <span
          class="status-item flag"
          title={t(lead === 'nobody' ? 'room.chairlessHelp' : 'room.deputySoonHelp')}
        >
          {t('room.chairless')}
        </span>
      );
  }
}

/** That the own link ends, in the strip. */
export function LinkFlag() {
  const { view } = useScope();
  const end = view.linkEnd.value;
  if (end.name === 'far') return null;
  return (
    <span class="status-item flag" title={t('link.overHelp')}>
      {end.name === 'near' ? t('link.left', { time: duration(end.left) }) : t('link.over')}
    </span>
  );
}

/** What is amiss with who leads and what is on the stage, in the strip. */
export function LeadFlags() {
  const { room } = useScope();
  const missing = missingFromStage(room.stage.value);
  const name = missing === null ? '' : (room.member(missing.member).value?.name ?? '');
  return (
    <>
      <LeadFlag />
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

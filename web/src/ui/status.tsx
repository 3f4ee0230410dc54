import { chooseLanguage, language, t } from '../i18n';
import type { Network } from '../state/room';
import { useScope } from './context';
import { Icon } from './icon';
import { clock } from './model/format';
import { LeadFlags, LinkFlag } from './notices';
import { Attendance } from './roster';

/** The classification over every page: word and colour; nothing ever lies above it. */
export function ClassificationBanner() {
  const { room } = useScope();
  const info = room.info.value;
  if (info === null) return null;
  const word = t(`classification.${info.classification}`);
  return (
    <section
      class="classification"
      data-level={info.classification}
      aria-label={t('classification.label', { word })}
    >
      {word}
    </section>
  );
}

/** Switches to the other language, named in that language. */
export function LanguageButton() {
  const other = language.value === 'vi' ? 'en' : 'vi';
  const sign = other.toUpperCase();
  return (
    <button
      type="button"
      class="quiet language"
      lang={other}
      aria-label={`${sign} – ${t('app.otherLanguage')}`}
      title={t('app.otherLanguage')}
      onClick={() => chooseLanguage(other)}
    >
      {sign}
    </button>
  );
}

/** The word for each number of bars. */
const NETWORK_WORDS = ['none', 'weak', 'fair', 'good'] as const;

function NetworkBars({ network }: { readonly network: Network | null }) {
  const bars = network?.bars ?? 0;
  const rtt = Math.max(1, Math.round(network?.rtt ?? 0));
  const label =
    network === null
      ? t('room.networkUnknown')
      : t('room.network', { word: t(`network.${NETWORK_WORDS[bars]}`), rtt });
  return (
    <span class="status-item network" data-bars={network === null ? undefined : bars} title={label}>
      <svg class="bars" viewBox="0 0 24 20" aria-hidden="true" focusable="false">
        {[1, 2, 3].map((bar) => (
          <rect
            key={bar}
            class={bar <= bars ? 'bar full' : 'bar'}
            x={bar * 8 - 8}
            y={20 - bar * 6}
            width="6"
            height={bar * 6}
          />
        ))}
      </svg>
      <span class="hidden">{label}</span>
      <span aria-hidden="true">{bars === 0 || network === null ? '—' : t('room.rtt', { rtt })}</span>
    </span>
  );
}

function Clock() {
  const { room, view } = useScope();
  return (
    <time class="status-item clock" title={t('room.clock')}>
      {clock(new Date(view.now.value + room.clockOffset.value))}
    </time>
  );
}

/** The strip that never hides: room, encryption, attendance, network, clock, language. */
export function StatusStrip() {
  const { room } = useScope();
  return (
    <header class="status">
      <h1 class="status-title">{room.info.value?.title ?? t('app.name')}</h1>
      <span class="status-item encryption" title={t('room.encryptionHelp')}>
        <Icon name="lock" />
        <span class="status-word" aria-hidden="true">
          {t('room.encryption')}
        </span>
        <span class="status-short" aria-hidden="true">
          {t('room.encryptionShort')}
        </span>
        <span class="hidden">{t('room.encryptionHelp')}</span>
      </span>
      <span class="status-item sites">
        <Icon name="people" />
        <span class="status-word">{t('room.present')}</span>
        <Attendance />
      </span>
      {room.locked.value && <span class="status-item flag">{t('room.locked')}</span>}
      {room.mutedAll.value && <span class="status-item flag">{t('room.mutedAll')}</span>}
      <LeadFlags />
      <LinkFlag />
      <span class="status-space" />
      <NetworkBars network={room.network.value} />
      <Clock />
      <LanguageButton />
    </header>
  );
}

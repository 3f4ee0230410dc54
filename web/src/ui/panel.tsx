import { useComputed } from '@preact/signals';
import { t } from '../i18n';
import { ChairTools } from './chair';
import { useScope } from './context';
import { Icon } from './icon';
import { matches } from './model/text';
import { PRESENCE_SIGN } from './model/tiles';
import { MenuButton } from './tile';

/** The id of the filter's field, for the shortcut that goes there. */
export const FILTER_ID = 'roster-filter';

function Row({ id }: { readonly id: number }) {
  const { room, view } = useScope();
  const member = room.member(id).value;
  if (member === null) return null;
  const isSelf = room.self.value?.member === id;
  const here = member.presence !== 'absent';
  return (
    <li class="row" data-presence={member.presence} data-speaking={member.speaking}>
      <span class="row-sign" aria-hidden="true">
        {PRESENCE_SIGN[member.presence]}
      </span>
      <span class="row-name">
        {isSelf ? t('tile.self', { name: member.name }) : member.name}
        <span class="row-note">
          {member.role === 'chair' ? `${t('role.chair')} · ` : ''}
          {t(`presence.${member.presence}`)}
          {member.muted ? ` · ${t('tile.muted')}` : ''}
        </span>
      </span>
      {member.hand !== null && (
        <span class="row-icon" title={t('tile.hand')}>
          <Icon name="hand" />
          <span class="hidden">{t('tile.hand')}</span>
        </span>
      )}
      {member.screen && <Icon name="share" />}
      {here && (
        <span class="row-icon" data-on={member.microphone && !member.muted} title={microphoneTitle(member)}>
          <Icon name={member.muted ? 'muted' : member.microphone ? 'microphone' : 'microphoneOff'} />
          <span class="hidden">{microphoneTitle(member)}</span>
        </span>
      )}
      {view.isChair.value && !isSelf && <MenuButton member={member} />}
    </li>
  );
}

function microphoneTitle(member: {
  readonly microphone: boolean;
  readonly muted: boolean;
  readonly speaking: boolean;
}) {
  if (member.muted) return t('tile.muted');
  if (!member.microphone) return t('tile.microphoneOff');
  return member.speaking ? t('tile.speaking') : t('bar.microphoneOn');
}

/** How many of how many are there. */
export function Attendance() {
  const { room } = useScope();
  const text = useComputed(() => `${room.present.value.length}/${room.order.value.length}`);
  return <>{text}</>;
}

function Roster() {
  const { room, view } = useScope();
  // The list follows the order and the filter; each row follows its own member.
  const rows = useComputed(() =>
    room.order.value.filter((id) => matches(room.member(id).peek()?.name ?? '', view.filter.value)),
  ).value;
  return (
    <section class="roster" aria-labelledby="roster-title">
      <div class="panel-head">
        <h2 id="roster-title">{t('panel.roster')}</h2>
        <span class="panel-count">
          <Attendance />
        </span>
        <input
          id={FILTER_ID}
          type="search"
          autocomplete="off"
          aria-label={t('panel.filter')}
          placeholder={t('panel.filterShort')}
          value={view.filter.value}
          onInput={(event) => {
            view.filter.value = event.currentTarget.value;
          }}
        />
      </div>
      {rows.length === 0 ? (
        <p class="panel-empty">{t('panel.noMatch', { query: view.filter.value })}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be within reach of the keyboard
        <ul class="rows" tabIndex={0} aria-labelledby="roster-title">
          {rows.map((id) => (
            <Row key={id} id={id} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Hands() {
  const { room, view } = useScope();
  const hands = room.hands.value;
  return (
    <section class="hands" aria-labelledby="hands-title">
      <div class="panel-head">
        <h2 id="hands-title">{t('panel.hands', { count: hands.length })}</h2>
      </div>
      {hands.length === 0 && <p class="panel-empty">{t('panel.noHands')}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: as above */}
      <ol class="rows" tabIndex={0} aria-labelledby="hands-title">
        {hands.map((member, index) => (
          <li key={member.member} class="row">
            <span class="row-sign">{index + 1}</span>
            <span class="row-name">{member.name}</span>
            {view.isChair.value && (
              <>
                <button
                  type="button"
                  class="primary"
                  aria-label={t('panel.inviteHint', { name: member.name })}
                  title={t('panel.inviteHint', { name: member.name })}
                  onClick={() => view.invite(member)}
                >
                  {t('panel.invite')}
                </button>
                <button
                  type="button"
                  aria-label={t('panel.lowerHint', { name: member.name })}
                  title={t('panel.lowerHint', { name: member.name })}
                  onClick={() => view.order({ action: 'lower_hand', member: member.member })}
                >
                  {t('panel.lower')}
                </button>
              </>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Roll call and requests to speak; for the chair also the orders for the whole room. */
export function Panel() {
  const { view } = useScope();
  return (
    <aside class="panel" aria-label={t('panel.title')}>
      <button
        type="button"
        class="quiet square panel-close"
        aria-label={t('app.close')}
        onClick={() => {
          view.panelOpen.value = false;
        }}
      >
        <Icon name="close" />
      </button>
      {view.isChair.value && <ChairTools />}
      <Roster />
      <Hands />
    </aside>
  );
}
